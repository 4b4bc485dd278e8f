"""Usual requests share their answer. That it is the one the questions would give is tested by the walk in
test_decide_is_total, and here where it takes several requests to go wrong; and who shares, and what is kept.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from statuary.message.fields import FieldLine, Fields
from statuary.message.request import Request
from statuary.semantics.decision import REFUSALS, decide
from statuary.semantics.decision.pertinence import pertinent
from statuary.semantics.decision.usual import ALWAYS, LONGEST, MOST
from statuary.semantics.resource import Resource

from .kinds import CODINGS, ENGLISH, GERMAN, LANGUAGES, LENGTH, NOW, PAGE, PICTURE, TYPES, ZIPPED, page

PLAIN = page()
ALL = page(
    variants=(
        *(ENGLISH, GERMAN, PICTURE),
        *(replace(one, coding="gzip", location=None) for one in (ENGLISH, GERMAN, PICTURE)),
    )
)


def ask(*lines: FieldLine, method: str = "GET", path: str = "/page") -> Request:
    return Request(method, path, Fields(lines))


def is_shared(resource: Resource, *requests: Request) -> bool:
    one, *others = [decide(request, resource, NOW) for request in requests]
    return all(other is one for other in others)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_plain_page_has_no_questions_but_those_that_are_looked_after(method: str) -> None:
    assert pertinent(REFUSALS, PLAIN, method) == ALWAYS


@pytest.mark.parametrize(
    "lines",
    [
        (),
        (("User-Agent", "b"), ("Cookie", "c=d")),
        (("Accept", "image/png"),),  # counts only among variants of several types
        (("Accept-Language", "de"),),
        (("If-Range", '"a"'),),  # counts only with a Range
    ],
)
def test_what_shares_the_answer_of_any_other_request(lines: tuple[FieldLine, ...]) -> None:
    assert is_shared(page(), ask(), ask(*lines))


@pytest.mark.parametrize(
    ("resource", "line"),
    [
        (page(), ("If-None-Match", '"a"')),
        (page(), ("If-None-Match", '"b"')),
        (page(), ("Accept-Encoding", "gzip, br")),
        (CODINGS, ("Accept-Encoding", "gzip, br")),
        (LANGUAGES, ("Accept-Language", "de, en;q=0.5")),
        (TYPES, ("Accept", "image/*")),
    ],
)
def test_who_asks_alike_shares(resource: Resource, line: FieldLine) -> None:
    resource = replace(resource)
    first = ask(line)
    assert is_shared(resource, first, ask(line, ("X-A", "b")))
    assert not is_shared(resource, first, ask())


def test_methods_do_not_share() -> None:
    assert not is_shared(page(), ask(), ask(method="HEAD"))


VALUES: dict[str, tuple[str | None, ...]] = {
    "Accept": (None, "image/*", "text/html;q=0.5, image/png"),
    "Accept-Language": (None, "de", "en, de;q=0.5"),
    "Accept-Encoding": (None, "gzip", "identity;q=0"),
    "If-None-Match": (None, '"a"', 'W/"z", "p"', "*"),
    "If-Modified-Since": (None, "Tue, 14 Nov 2023 22:13:20 GMT", "Mon, 01 Jan 1990 00:00:00 GMT"),
}


@pytest.mark.parametrize(
    "resource", [PLAIN, CODINGS, LANGUAGES, TYPES, ALL], ids=["plain", "codings", "languages", "types", "all"]
)
def test_an_answer_is_that_to_the_first_of_its_kind(resource: Resource) -> None:
    """Whatever was asked before: each request comes a second time, after a neighbour of it."""
    remembering, forgetful = replace(resource), replace(resource)
    for values in product(*VALUES.values()):
        lines = tuple((name, value) for name, value in zip(VALUES, values, strict=True) if value is not None)
        neighbours = [(*lines[:n], *lines[n + 1 :]) for n in range(len(lines))]
        for method, sent in product(("GET", "HEAD"), (lines, *neighbours, lines)):
            request = ask(*sent, method=method)
            forgetful.answers.clear()
            assert decide(request, remembering, NOW) == decide(request, forgetful, NOW)


@pytest.mark.parametrize(
    "line",
    [
        ("Range", f"bytes={LENGTH}-"),
        ("If-Match", '"b"'),
        ("If-Unmodified-Since", "Sun, 06 Nov 1994 08:49:37 GMT"),
        ("If-Modified-Since", "Tue, 14 Nov 2023 22:13:20 GMT"),
        ("Expect", "tea"),
        ("Accept-Encoding", "identity;q=0"),
        ("Early-Data", "1"),
    ],
)
def test_what_is_asked_for_its_own_sake(line: FieldLine) -> None:
    resource = page(refuses_early_data=True)
    assert is_shared(resource, ask(), ask())
    for _ in range(2):
        answer = decide(ask(line), resource, NOW)
        assert answer == decide(ask(line), replace(resource), NOW)
        assert answer != decide(ask(), resource, NOW)


@pytest.mark.parametrize(
    ("resource", "request_"),
    [
        (page(), Request(path="*")),
        (page(), Request(scheme="https", carried_by="http")),
    ],
)
def test_a_target_that_is_not_the_resource_is_seen(resource: Resource, request_: Request) -> None:
    decide(ask(), resource, NOW)
    assert decide(request_, resource, NOW) == decide(request_, replace(resource), NOW) != decide(ask(), resource, NOW)


@pytest.mark.parametrize(
    "resource",
    [
        page(variants=()),
        page(hints=("</a.css>; rel=preload",)),
        page(authorities=frozenset({"a.example"})),
        page(scheme="http"),
        page(exists=False),
    ],
)
def test_a_resource_that_is_more_than_a_page_remembers_nothing(resource: Resource) -> None:
    for _ in range(2):
        decide(ask(), resource, NOW)
    assert resource.answers == {}


def test_what_is_remembered_has_an_end() -> None:
    resource = page(variants=(PAGE, ZIPPED))
    for number in range(3 * MOST):
        for method in ("GET", "HEAD", "OPTIONS", "PUT", "BREW"):
            for line in (("If-None-Match", f'"a", "{number}"'), ("X-Number", str(number))):
                decide(ask(line, method=method, path=f"/{number}"), resource, NOW)
        long = "gzip, br;" + f"q=0.{number}".ljust(LONGEST, "0")
        decide(ask(("Accept-Encoding", long)), resource, NOW)
    assert set(resource.answers) == {"GET", "HEAD"}
    for answers in resource.answers.values():
        assert 0 < len(answers.given) <= MOST
        assert all(len(value or "") < LONGEST for likeness in answers.given for value in likeness)


def test_a_changed_resource_has_forgotten() -> None:
    resource = page()
    decide(ask(), resource, NOW)
    assert replace(resource).answers == {}
    assert replace(resource) == resource
