"""conclude, walked through every outcome, method that can be performed, and kind of resource that it can be performed on."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from statuary.fields.validators import EntityTag
from statuary.message.response import Whole
from statuary.semantics.decision import Perform, Respond, conclude, decide, failure, outcome, path_of
from statuary.semantics.decision.answers import refuse
from statuary.semantics.resource import Representation, Resource

from .demands import check_response
from .kinds import CUSTOM, EXPECTATIONS, KINDS, MODIFIED, NOW, VERSIONS, Kind, by_name

METHODS = ("POST", "PUT", "DELETE", "PATCH", CUSTOM)

STATE = Representation(length=12, etag=EntityTag("new", weak=False), last_modified=NOW)
REPORT = Representation(
    source="report", media_type="text/plain", length=7, etag=EntityTag("report", weak=False), last_modified=MODIFIED
)
ENDLESS_REPORT = replace(REPORT, length=None)

# Each outcome in each of its forms, its status, and the fields that it alone accounts for: RFC 9110 sections 9.3 and 15
ROWS: tuple[tuple[outcome.Outcome, int, dict[str, str | None]], ...] = (
    (outcome.Created(), 201, {"Location": None, "Content-Length": "0"}),
    (outcome.Created("/new"), 201, {"Location": "/new", "Content-Length": "0"}),
    (outcome.Created("/new", STATE), 201, {"Location": "/new", "ETag": '"new"'}),
    (
        outcome.Created("/new", STATE, REPORT),
        201,
        {"ETag": '"new"', "Content-Type": "text/plain", "Content-Length": "7"},
    ),
    (outcome.Created(None, None, REPORT), 201, {"ETag": None, "Content-Type": "text/plain"}),
    (outcome.Created(None, STATE, ENDLESS_REPORT), 201, {"Content-Length": None}),
    (outcome.Done(), 204, {"ETag": None, "Content-Length": None}),
    (outcome.Done(STATE), 204, {"ETag": '"new"', "Last-Modified": "Tue, 14 Nov 2023 22:13:20 GMT"}),
    (outcome.Done(STATE, REPORT), 200, {"ETag": '"new"', "Content-Length": "7", "Accept-Ranges": None}),
    (outcome.Done(None, REPORT), 200, {"ETag": None, "Last-Modified": None}),
    (outcome.Accepted(), 202, {"Location": None, "Retry-After": None}),
    (outcome.Accepted("/jobs/1", 5), 202, {"Link": '</jobs/1>; rel="monitor"', "Retry-After": "5"}),
    (outcome.ResetView(), 205, {"Content-Length": "0"}),
    (outcome.SeeOther("/thanks"), 303, {"Location": "/thanks"}),
    (outcome.Malformed("This is not JSON."), 400, {}),
    (outcome.Refused(), 403, {}),
    (outcome.Refused("Not on a Sunday."), 403, {}),
    (outcome.Vanished(), 404, {}),
    (outcome.Conflict("It is checked out."), 409, {}),
    (outcome.TooLarge(), 413, {}),
    (outcome.WrongType(), 415, {"Accept": None, "Accept-Patch": None, "Accept-Encoding": None}),
    (outcome.WrongType(("text/plain", "image/*")), 415, {"Accept-Encoding": None}),
    (outcome.Unprocessable("The end is before the start."), 422, {}),
    (outcome.StorageFull(), 507, {}),
    (outcome.Failed(), 500, {}),
)


def performable(kind: Kind, method: str) -> bool:
    return isinstance(decide(kind.ask(method), kind.resource, NOW), Perform)


PERFORMABLE = tuple(kind for kind in KINDS if any(performable(kind, method) for method in METHODS))


def fields_of(resource: Resource) -> set[tuple[str, str]]:
    return set(resource.fields)


@pytest.mark.parametrize("kind", by_name(PERFORMABLE))
def test_every_outcome_has_its_response(kind: Kind) -> None:
    for method in METHODS:
        if not performable(kind, method):
            continue
        for version in VERSIONS:
            for expectation in EXPECTATIONS[:2]:
                request = kind.ask(method, expectation, version=version, content_length=10)
                for came, status, fields in ROWS:
                    answer = conclude(request, kind.resource, came)
                    assert answer.status == status
                    check_response(method, version, answer)
                    assert {name: answer.field(name) for name in fields} == fields
                    assert path_of(answer)[-1] == "is_performed"
                    assert answer.interim == ()
                    if status < 300:
                        assert fields_of(kind.resource) <= set(answer.fields)


@pytest.mark.parametrize("method", METHODS)
def test_a_type_that_is_not_taken_is_told_from_those_that_are(method: str) -> None:
    # RFC 5789 section 2.2 has a field of its own for PATCH
    field, other = ("Accept-Patch", "Accept") if method == "PATCH" else ("Accept", "Accept-Patch")
    answer = conclude(KINDS[0].ask(method), KINDS[0].resource, outcome.WrongType(("text/plain", "image/*")))
    assert (answer.field(field), answer.field(other)) == ("text/plain, image/*", None)


@pytest.mark.parametrize(("name", "retry_after"), [("small content", None), ("small content for a while", "60")])
def test_content_found_too_large_is_told_when_to_come_again(name: str, retry_after: str | None) -> None:
    kind = next(kind for kind in KINDS if kind.name == name)
    answer = conclude(kind.ask("PUT"), kind.resource, outcome.TooLarge())
    assert (answer.status, answer.field("Retry-After")) == (413, retry_after)


def test_what_was_overtaken_is_answered_by_the_later_decision() -> None:
    request, resource = KINDS[0].ask("PUT"), KINDS[0].resource
    later = refuse(request, 412, "rfc9110-13.2.2-1", "Somebody was faster.")
    answer = conclude(request, resource, outcome.Overtaken(later))
    assert (answer.status, answer.detail, answer.question) == (412, "Somebody was faster.", "is_performed")


def test_a_report_is_sent_and_its_validators_are_not() -> None:
    answer = conclude(KINDS[0].ask("POST"), KINDS[0].resource, outcome.Done(None, REPORT))
    assert answer.content == Whole(REPORT)
    assert answer.field("ETag") is None


def test_a_failure_tells_nothing_of_its_cause() -> None:
    answer = failure(KINDS[0].ask("PUT"))
    assert isinstance(answer, Respond)
    assert (answer.status, answer.detail) == (500, "Something went wrong on this server.")
    check_response("PUT", (1, 1), answer)


def test_every_outcome_is_in_a_row() -> None:
    assert {type(came) for came, _, _ in ROWS} | {outcome.Overtaken} == set(get_args(outcome.Outcome))
