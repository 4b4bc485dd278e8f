from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from statuary.fields.dates import format_http_date
from statuary.fields.validators import EntityTag
from statuary.message.fields import Fields
from statuary.message.request import Request
from statuary.semantics.decision import Respond, decide
from statuary.semantics.preconditions import (
    evaluate,
    has_precondition,
    if_match_holds,
    if_modified_since_holds,
    if_none_match_holds,
    if_range_holds,
    if_unmodified_since_holds,
)
from statuary.semantics.resource import Representation, Resource

from .kinds import BARE, EVERY, MODIFIED, NOW

STRONG = EntityTag("a", weak=False)
WEAK = EntityTag("a", weak=True)
DATE = format_http_date(MODIFIED)
EARLIER, LATER = format_http_date(MODIFIED - 1), format_http_date(MODIFIED + 1)


def tagged(etag: EntityTag | None) -> Representation:
    return replace(BARE, etag=etag)


def dated(last_modified: int | None) -> Representation:
    return replace(BARE, last_modified=last_modified)


# RFC 9110 section 13.1.1, compared strongly
@pytest.mark.parametrize(
    ("value", "etag", "holds"),
    [
        ('"a"', STRONG, True),
        ('"b"', STRONG, False),
        ('"b", "a"', STRONG, True),
        ('"b" , ,"a",', STRONG, True),
        ('"b,a"', STRONG, False),
        ('"a,b"', EntityTag("a,b", weak=False), True),
        ('W/"a"', STRONG, False),
        ('"a"', WEAK, False),
        ('W/"a"', WEAK, False),
        ('"A"', STRONG, False),
        ('""', EntityTag("", weak=False), True),
        ("*", STRONG, True),
        ("*", WEAK, True),
        ("*", None, True),
        ('"a"', None, False),
        ("", STRONG, False),
        ("a", STRONG, False),
        ('"a', STRONG, False),
        ('"a", b', STRONG, False),
        ('w/"a"', STRONG, False),
        ('*, "a"', STRONG, False),
    ],
)
def test_if_match(value: str, etag: EntityTag | None, holds: bool) -> None:
    assert if_match_holds(value, tagged(etag)) is holds


@pytest.mark.parametrize("value", ["*", '"a"', "a"])
def test_nothing_matches_where_nothing_is(value: str) -> None:
    assert if_match_holds(value, None) is False


# RFC 9110 section 13.1.2, compared weakly; the last column for a method that changes something
@pytest.mark.parametrize(
    ("value", "etag", "holds", "holds_for_change"),
    [
        ('"a"', STRONG, False, False),
        ('"b"', STRONG, True, True),
        ('"b", "a"', STRONG, False, False),
        ('"a,b"', EntityTag("a,b", weak=False), False, False),
        ('W/"a"', STRONG, False, False),
        ('"a"', WEAK, False, False),
        ('W/"a"', WEAK, False, False),
        ("*", STRONG, False, False),
        ("*", None, False, False),
        ('"a"', None, True, True),
        ("", STRONG, True, True),
        ("a", STRONG, True, False),  # invalid: ignored, but not by what it was to protect
        ('"a', STRONG, True, False),
    ],
)
def test_if_none_match(value: str, etag: EntityTag | None, holds: bool, holds_for_change: bool) -> None:
    assert if_none_match_holds(value, tagged(etag), reads=True) is holds
    assert if_none_match_holds(value, tagged(etag), reads=False) is holds_for_change


@pytest.mark.parametrize(("value", "holds"), [("*", True), ('"a"', True), ("a", False)])
def test_if_none_match_where_nothing_is(value: str, holds: bool) -> None:
    assert if_none_match_holds(value, None, reads=False) is holds


# RFC 9110 sections 13.1.3 and 13.1.4
@pytest.mark.parametrize(
    ("value", "last_modified", "is_modified", "is_unmodified"),
    [
        (DATE, MODIFIED, False, True),
        (EARLIER, MODIFIED, True, False),
        (LATER, MODIFIED, False, True),
        (format_http_date(NOW + 10**6), MODIFIED, False, True),  # a date to come is a date
        ("Sunday, 06-Nov-94 08:49:37 GMT", 784111777, False, True),
        ("Sun Nov  6 08:49:37 1994", 784111777, False, True),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 784111778, True, False),
        # Ignored, that is true, if it is no date
        ("yesterday", MODIFIED, True, True),
        ("0", MODIFIED, True, True),
        ("", MODIFIED, True, True),
        (f"{DATE}, {DATE}", MODIFIED, True, True),
        (DATE.replace("GMT", "UTC"), MODIFIED, True, True),
        # or if there is none to compare it with
        (DATE, None, True, True),
    ],
)
def test_dates(value: str, last_modified: int | None, is_modified: bool, is_unmodified: bool) -> None:
    current = dated(last_modified)
    assert if_modified_since_holds(value, current, NOW) is is_modified
    assert if_unmodified_since_holds(value, current, NOW) is is_unmodified


def test_dates_where_nothing_is() -> None:
    assert if_modified_since_holds(DATE, None, NOW)
    assert if_unmodified_since_holds(DATE, None, NOW)


# RFC 9110 section 13.1.5: a tag compared strongly, or exactly the date, if that is strong (section 8.8.2.2)
@pytest.mark.parametrize(
    ("value", "etag", "last_modified", "now", "holds"),
    [
        (None, STRONG, MODIFIED, NOW, True),
        ('"a"', STRONG, MODIFIED, NOW, True),
        ('"b"', STRONG, MODIFIED, NOW, False),
        ('W/"a"', STRONG, MODIFIED, NOW, False),
        ('W/"a"', WEAK, MODIFIED, NOW, False),
        ('"a"', WEAK, MODIFIED, NOW, False),
        ('"a"', None, MODIFIED, NOW, False),
        ('"a", "b"', STRONG, MODIFIED, NOW, False),
        ("*", STRONG, MODIFIED, NOW, False),
        (DATE, STRONG, MODIFIED, NOW, True),
        (EARLIER, STRONG, MODIFIED, NOW, False),
        (LATER, STRONG, MODIFIED, NOW, False),
        (DATE, STRONG, None, NOW, False),
        (DATE, STRONG, MODIFIED, MODIFIED + 2, True),
        (DATE, STRONG, MODIFIED, MODIFIED + 1, False),  # it could change once more within that second
        (DATE, STRONG, MODIFIED, MODIFIED, False),
        ("yesterday", STRONG, MODIFIED, NOW, False),
        ("", STRONG, MODIFIED, NOW, False),
    ],
)
def test_if_range(value: str | None, etag: EntityTag | None, last_modified: int | None, now: int, holds: bool) -> None:
    assert if_range_holds(value, replace(BARE, etag=etag, last_modified=last_modified), now) is holds


# The order of RFC 9110 section 13.2.2, as a table of its own. Absent is "-", and "?" is anything at all. The first row that
# fits is the one. Columns: If-Match, If-Unmodified-Since, If-None-Match, If-Modified-Since; then the answer to a read and to
# a change, None if the preconditions hold.
PRECEDENCE: tuple[tuple[str, str, str, str, int | None, int | None], ...] = (
    ("F", "?", "?", "?", 412, 412),  # step 1
    ("-", "F", "?", "?", 412, 412),  # step 2, for want of If-Match
    ("?", "?", "F", "?", 304, 412),  # step 3
    ("?", "?", "-", "F", 304, None),  # step 4, for want of If-None-Match, and for GET and HEAD
    ("?", "?", "?", "?", None, None),
)
VALUES = (
    {"T": ("If-Match", '"a"'), "F": ("If-Match", '"b"')},
    {"T": ("If-Unmodified-Since", DATE), "F": ("If-Unmodified-Since", EARLIER)},
    {"T": ("If-None-Match", '"b"'), "F": ("If-None-Match", '"a"')},
    {"T": ("If-Modified-Since", EARLIER), "F": ("If-Modified-Since", DATE)},
)
CURRENT = replace(BARE, etag=STRONG, last_modified=MODIFIED)


@pytest.mark.parametrize("states", list(product("-TF", repeat=4)), ids="".join)
def test_precedence(states: tuple[str, ...]) -> None:
    row = next(row for row in PRECEDENCE if all(p in ("?", s) for p, s in zip(row[:4], states, strict=True)))
    fields = Fields(values[state] for values, state in zip(VALUES, states, strict=True) if state != "-")
    for method, expected in (("GET", row[4]), ("HEAD", row[4]), ("PUT", row[5]), ("DELETE", row[5]), ("POST", row[5])):
        assert evaluate(Request(method, fields=fields), CURRENT, NOW) == expected


@pytest.mark.parametrize("first", ["T", "F"])
def test_a_date_counts_only_for_want_of_the_tag_even_if_the_tag_is_invalid(first: str) -> None:
    unmodified = Fields([("If-Match", "a"), VALUES[1][first]])
    assert evaluate(Request("PUT", fields=unmodified), CURRENT, NOW) == 412
    modified = Fields([("If-None-Match", "a"), VALUES[3][first]])
    assert evaluate(Request("GET", fields=modified), CURRENT, NOW) is None


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("If-Match", True),
        ("if-none-match", True),
        ("If-Unmodified-Since", True),
        ("If-Modified-Since", False),  # only for reads
        ("If-Range", False),
    ],
)
def test_has_precondition(name: str, counts: bool) -> None:
    assert has_precondition(Fields([(name, "x")])) is counts


# Through decide: what a client that creates, replaces or reads is told
@pytest.mark.parametrize(
    ("method", "exists", "line", "status"),
    [
        ("PUT", True, ("If-None-Match", "*"), 412),  # create, do not overwrite
        ("PUT", False, ("If-None-Match", "*"), None),
        ("PUT", True, ("If-Match", "*"), None),
        ("PUT", False, ("If-Match", "*"), 412),
        ("PUT", False, ("If-Match", '"a"'), 412),
        ("PUT", True, ("If-Match", '"a"'), None),
        ("PUT", True, ("If-Match", '"b"'), 412),
        ("DELETE", True, ("If-Unmodified-Since", EARLIER), 412),
        ("DELETE", True, ("If-Modified-Since", DATE), None),
        ("GET", True, ("If-Match", '"b"'), 412),
        ("GET", True, ("If-None-Match", '"a"'), 304),
        ("GET", True, ("If-None-Match", "*"), 304),
        ("GET", True, ("If-Modified-Since", DATE), 304),
        ("HEAD", True, ("If-Modified-Since", DATE), 304),
        ("OPTIONS", True, ("If-Match", '"b"'), 204),  # section 13.2.1: not for methods that select nothing
        ("TRACE", True, ("If-None-Match", "*"), 200),
        ("GET", False, ("If-None-Match", "*"), 404),  # would not be a success without it
        ("GET", False, ("If-Match", "*"), 404),
    ],
)
def test_decided(method: str, exists: bool, line: tuple[str, str], status: int | None) -> None:
    resource = Resource(exists=exists, variants=(CURRENT,) if exists else (), methods=EVERY, creatable_by=("PUT",))
    decision = decide(Request(method, fields=Fields([line])), resource, NOW)
    assert (decision.status if isinstance(decision, Respond) else None) == status
