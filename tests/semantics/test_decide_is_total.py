"""decide, walked through the product of methods, kinds of resource, conditional fields, ranges, expectations, contents and
versions: there is an answer every time, and it has all that its status code demands.

What is crossed with what keeps the walk to just under a million requests; test_the_walk_is_as_long_as_it_says counts them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import pytest

from statuary import methods
from statuary.fields.dates import format_http_date
from statuary.message.request import UNKNOWN_LENGTH, Request
from statuary.semantics.decision import QUESTIONS, REFUSALS, Decision, Perform, Respond, decide, path_of
from statuary.semantics.decision.pertinence import Refusal, pertinent

from .demands import IN_304, SENT_BY_ORIGIN_SERVERS, check_response
from .kinds import (
    ACCESSES,
    CUSTOM,
    EXISTING,
    EXPECTATIONS,
    KINDS,
    MISSING,
    MODIFIED,
    NOW,
    SERVICE,
    SIMULATED,
    UNKNOWN,
    VERSIONS,
    Kind,
    Lines,
    by_name,
)

METHODS = (*methods.IMPLEMENTABLE, CUSTOM, UNKNOWN)
CONDITIONED = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", CUSTOM, "CONNECT"})
"""Methods that select or modify a representation; CONNECT where a resource has made something of it."""

TRUE_DATE, FALSE_DATE = format_http_date(MODIFIED), format_http_date(MODIFIED - 10)

# For the plain page: whether the condition is true is the column
STATES: dict[str, dict[str, str]] = {
    "If-Match": {"true": '"a"', "false": '"b"'},
    "If-Unmodified-Since": {"true": TRUE_DATE, "false": FALSE_DATE},
    "If-None-Match": {"true": '"b", W/"c"', "false": 'W/"a"'},
    "If-Modified-Since": {"true": FALSE_DATE, "false": TRUE_DATE},
}
SINGLES: tuple[Lines, ...] = (
    *(((name, value),) for name, states in STATES.items() for value in states.values()),
    *(((name, value),) for name in ("If-Match", "If-None-Match") for value in ("*", "a, b")),
    *(((name, "yesterday"),) for name in ("If-Unmodified-Since", "If-Modified-Since")),
)
PAIRS: tuple[Lines, ...] = tuple(
    ((one, STATES[one][first]), (other, STATES[other][second]))
    for one, other in (
        ("If-Match", "If-Unmodified-Since"),
        ("If-Match", "If-None-Match"),
        ("If-Match", "If-Modified-Since"),
        ("If-Unmodified-Since", "If-None-Match"),
        ("If-Unmodified-Since", "If-Modified-Since"),
        ("If-None-Match", "If-Modified-Since"),
    )
    for first, second in product(("true", "false"), repeat=2)
)
FEW_CONDITIONS: tuple[Lines, ...] = (
    (),
    *(((name, states["false"]),) for name, states in STATES.items()),
    (("If-Match", '"a"'), ("If-None-Match", '"a"')),
)
CONDITIONS: tuple[Lines, ...] = ((), *SINGLES, *PAIRS)

CONTENTS = (None, 10, UNKNOWN_LENGTH)

RANGES: tuple[Lines, ...] = (
    (),
    *(
        (("Range", value),)
        for value in (
            *("bytes=0-99", "bytes=-100", "bytes=0-9, 20-29, -5", "bytes=0-9,5-19", "bytes=0-0,9999-"),
            *("bytes=9999-", "bytes=-0", "bytes=9-1", "lines=1-2"),
        )
    ),
)
IF_RANGES: tuple[Lines, ...] = (
    (),
    *((("If-Range", value),) for value in ('"a"', '"b"', 'W/"a"', TRUE_DATE, FALSE_DATE, "yesterday")),
)

OF_CONTENT = ("Content-Type", "Content-Length", "Content-Range")
"""What a part says of itself rather than of the whole."""


def test_kinds_have_names_of_their_own() -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS)


FULLY = EXISTING + MISSING + SERVICE
LESS_FULLY = ACCESSES + SIMULATED


@pytest.mark.parametrize("kind", by_name(FULLY))
def test_conditions_contents_expectations_and_versions(kind: Kind) -> None:
    walk(kind, CONDITIONS)


@pytest.mark.parametrize("kind", by_name(LESS_FULLY))
def test_credentials_and_simulations(kind: Kind) -> None:
    walk(kind, FEW_CONDITIONS)


def walk(kind: Kind, conditions: tuple[Lines, ...]) -> None:
    walker = Walker(kind)
    for expectation, version, content in product(EXPECTATIONS, VERSIONS, CONTENTS):
        attributes = {"version": version, "content_length": content}
        plain = {method: walker.decide(kind.ask(method, expectation, **attributes)) for method in METHODS}
        check_parity(plain["GET"], plain["HEAD"])
        for lines in conditions[1:]:
            answers = {m: walker.decide(kind.ask(m, expectation + lines, **attributes)) for m in METHODS}
            check_parity(answers["GET"], answers["HEAD"])
            for method, answer in answers.items():
                check_conditions(method, plain[method], answer, lines)


@pytest.mark.parametrize("kind", by_name(KINDS))
def test_ranges(kind: Kind) -> None:
    walker = Walker(kind)
    for conditions in FEW_CONDITIONS if kind in EXISTING else FEW_CONDITIONS[:1]:
        whole = {method: walker.decide(kind.ask(method, conditions)) for method in METHODS}
        for range_, if_range in product(RANGES, IF_RANGES):
            for method in METHODS:
                answer = walker.decide(kind.ask(method, conditions + range_ + if_range))
                check_range(method, whole[method], answer, resumed=bool(if_range))


class Walker:
    """Decides for one kind of resource, and checks what can be checked of one decision. Equal responses are checked once."""

    def __init__(self, kind: Kind) -> None:
        self.resource = kind.resource
        self.forgetful = replace(kind.resource)
        self.left_out = {method: self._left_out(method) for method in METHODS}
        self.seen: set[object] = set()

    def _left_out(self, method: str) -> tuple[Refusal, ...]:
        asked = pertinent(REFUSALS, self.resource, method)
        return tuple(refuses for refuses in REFUSALS if refuses not in asked)

    def decide(self, request: Request) -> Decision:
        decision = decide(request, self.resource, NOW)
        # Leaving questions out must not change the answer: they would all have passed
        for refuses in self.left_out[request.method]:
            assert refuses(request, self.resource, NOW) is None, (refuses, request)
        if self.resource.answers:
            # Nor must remembering answers
            self.forgetful.answers.clear()
            assert decision == decide(request, self.forgetful, NOW)
        if isinstance(decision, Perform):
            check_performance(request, decision)
        else:
            self.check_once(request, decision)
        return decision

    def check_once(self, request: Request, answer: Respond) -> None:
        key = (
            *(request.method, request.version, answer.status, answer.question, answer.fields, answer.interim),
            answer.content,
        )
        if key in self.seen:
            return
        self.seen.add(key)
        check_response(request.method, request.version, answer)
        assert path_of(answer)[-1] == answer.question
        assert path_of(answer) == QUESTIONS[: len(path_of(answer))]
        assert (answer.status == 101) == (answer.protocol is not None)
        if answer.status == 405:
            assert request.method not in (answer.field("Allow") or "").split(", ")
        if answer.interim:
            expected = 100 if answer.status == 101 else 103
            assert {interim.status for interim in answer.interim} == {expected}


def check_performance(request: Request, decision: Perform) -> None:
    facts = methods.lookup(request.method)
    assert facts is None or not facts.is_safe, "a safe method changes nothing: RFC 9110 section 9.2.1"
    assert decision.method == request.method
    assert path_of(decision) == QUESTIONS
    # 100 is for a client that waits to send content, and understands it: RFC 9110 section 10.1.1
    waits = request.fields.get("expect") == "100-continue" and request.version >= (1, 1) and request.content_length
    assert [interim.status for interim in decision.interim] == ([100] if waits else [])


def check_parity(get: Decision, head: Decision) -> None:
    """HEAD is GET without content: RFC 9110 section 9.3.2. A switch of protocols is for GET alone."""
    assert isinstance(get, Respond)
    assert isinstance(head, Respond)
    if get.status != 101:
        assert get.status == head.status
        assert (get.fields, get.question, get.interim) == (head.fields, head.question, head.interim)


def is_same(method: str, one: Decision, other: Decision) -> bool:
    """Whether a field made no difference; but TRACE shows every field, so there only the status can be the same."""
    if method == "TRACE" and isinstance(one, Respond) and isinstance(other, Respond):
        return (one.status, one.question) == (other.status, other.question)
    return one == other


def check_conditions(method: str, plain: Decision, answer: Decision, lines: Lines) -> None:
    """Preconditions count only where the answer would have been a success: RFC 9110 section 13.2.1."""
    if isinstance(plain, Respond) and plain.status == 428:
        assert isinstance(answer, Perform) or answer.status in (412, 428)
    elif method not in CONDITIONED or (isinstance(plain, Respond) and not 200 <= plain.status < 300):
        assert is_same(method, answer, plain)
    elif answer != plain:
        assert isinstance(answer, Respond)
        assert answer.status == 412 or (answer.status == 304 and method in ("GET", "HEAD"))
        # A simulation asks after preconditions itself
        assert answer.question in ("is_precondition_true", "is_it_simulated")
        if answer.status == 304:
            check_not_modified(plain, answer)


def check_not_modified(found: Decision, answer: Respond) -> None:
    """A 304 has what the 200 would have had of certain fields: RFC 9110 section 15.4.5."""
    assert isinstance(found, Respond)
    for name in ("Cache-Control", "Content-Location", "ETag", "Expires", "Vary"):
        assert answer.field(name) == found.field(name)


def check_range(method: str, whole: Decision, answer: Decision, *, resumed: bool) -> None:
    """Range bears on a GET whose answer would be 200, and on nothing else: RFC 9110 section 14.2."""
    if method != "GET" or not isinstance(whole, Respond) or whole.question != "is_found":
        assert is_same(method, answer, whole)
    elif answer != whole:
        assert isinstance(answer, Respond)
        assert answer.status in (206, 416)
        assert answer.question == "is_part_wanted"
        if answer.status == 206:
            check_part(whole, answer, resumed=resumed)


def check_part(whole: Respond, answer: Respond, *, resumed: bool) -> None:
    """The part has what the 200 would have had, or to If-Range only what is required: RFC 9110 section 15.3.7."""
    of_whole = [line for line in whole.fields if line[0] not in OF_CONTENT]
    if resumed:
        of_whole = [line for line in of_whole if line[0].lower() in IN_304]
        if whole.field("ETag") is not None:
            of_whole = [line for line in of_whole if line[0] != "Last-Modified"]
    assert sorted(line for line in answer.fields if line[0] not in OF_CONTENT) == sorted(of_whole)


def cases() -> Iterator[int]:
    each = len(METHODS) * len(EXPECTATIONS) * len(VERSIONS) * len(CONTENTS)
    yield each * len(FULLY) * len(CONDITIONS)
    yield each * len(LESS_FULLY) * len(FEW_CONDITIONS)
    ranged = len(METHODS) * (1 + len(RANGES) * len(IF_RANGES))
    yield ranged * (len(EXISTING) * len(FEW_CONDITIONS) + len(KINDS) - len(EXISTING))


def test_the_walk_is_as_long_as_it_says() -> None:
    assert 900_000 < sum(cases()) < 1_000_000


def test_the_walk_comes_by_every_status_that_decide_sends() -> None:
    met: set[int] = set()
    for kind, method, content in product(KINDS, METHODS, CONTENTS):
        for lines in (*FEW_CONDITIONS, *EXPECTATIONS, *RANGES):
            decision = decide(kind.ask(method, lines, content_length=content), kind.resource, NOW)
            met.update(interim.status for interim in decision.interim)
            if isinstance(decision, Respond):
                met.add(decision.status)
    only_concluded = {201, 202, 422, 500}
    assert met == SENT_BY_ORIGIN_SERVERS - only_concluded
