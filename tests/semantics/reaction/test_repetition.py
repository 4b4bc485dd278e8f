"""Asking once more: what, when, how often, and never twice what may have been done already."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest
from tests.semantics.reaction.attempts import NOW, attempt, reaction

from statuary.fields.dates import format_http_date
from statuary.semantics.reaction import Ask, Failure, GiveUp, Policy, Send, react


@pytest.mark.parametrize("failure", get_args(Failure))
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "POST", "PATCH", "X"])
def test_failures(failure: Failure, method: str) -> None:
    content = " || x" if method in ("PUT", "POST", "PATCH") else ""
    done = react([attempt(f"{method} /{content}", failure=failure)])
    is_repeated = failure != "malformed" and (failure == "unreachable" or method not in ("POST", "PATCH", "X"))
    assert isinstance(done, Send if is_repeated else GiveUp), done
    if isinstance(done, Send):
        assert done.new_connection
        assert done.keeps_content is bool(content)
        assert done.after > 0


def test_an_idle_connection_that_was_closed_costs_no_time_and_no_retry() -> None:
    dropped = replace(attempt("GET /", failure="dropped"), is_reused=True)
    done = react([dropped], Policy(most_retries=0))
    assert isinstance(done, Send)
    assert (done.after, done.new_connection) == (0.0, True)
    # The next one is a new connection, so that is that
    assert isinstance(react([dropped, attempt("GET /", failure="dropped")], Policy(most_retries=0)), GiveUp)
    assert isinstance(react([replace(attempt("POST / || x", failure="dropped"), is_reused=True)]), GiveUp)


def test_unsafe_ones_are_repeated_only_if_allowed() -> None:
    for text, failure in (("POST / || x", "dropped"), ("POST / || x => 503", None), ("POST / || x => 408", None)):
        dropped = attempt(text, failure=failure)
        assert isinstance(react([dropped]), GiveUp)
        assert isinstance(react([dropped], Policy(repeats_unsafe="do")), Send)
        asked = react([dropped], Policy(repeats_unsafe="ask"))
        assert isinstance(asked, Ask)
        assert asked.question == "repeat"
        assert asked.then is not None


@pytest.mark.parametrize(
    ("value", "after"),
    [
        ("5", 5.0),
        ("0", 0.0),
        (format_http_date(NOW + 9), 9.0),
        (format_http_date(NOW - 9), 0.0),
        ("soon", 0.375),
        ("-1", 0.375),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_in_both_forms(value: str, after: float, status: int) -> None:
    done = reaction(f"GET / => {status} | Retry-After: {value}", policy=Policy(jitter=0.5))
    assert isinstance(done, Send)
    assert done.after == after


def test_backing_off_takes_twice_as_long_each_time() -> None:
    policy = Policy(most_retries=5, jitter=1.0)
    waits = [reaction(*["GET / => 503"] * number, policy=policy) for number in (1, 2, 3)]
    assert [one.after for one in waits if isinstance(one, Send)] == [0.5, 1.0, 2.0]


def test_a_number_of_times() -> None:
    for text in ("GET / => 503", "GET / => 500", "GET / => 429 | Retry-After: 1"):
        assert isinstance(reaction(*[text] * 3), Send)
        done = reaction(*[text] * 4)
        assert isinstance(done, GiveUp)
        assert done.response is not None


def test_within_a_budget_of_waiting() -> None:
    assert isinstance(reaction("GET / => 503 | Retry-After: 121"), GiveUp)
    waited = [attempt("GET / => 503 | Retry-After: 100", waited=seconds) for seconds in (0.0, 100.0, 100.0)]
    assert isinstance(react(waited[:2]), Send)
    assert isinstance(react(waited, Policy(most_waiting=250.0)), GiveUp)


@pytest.mark.parametrize("status", [408, 421, 425])
def test_once_on_a_new_connection(status: int) -> None:
    done = reaction(f"GET / => {status}")
    assert isinstance(done, Send)
    assert done.new_connection
    assert isinstance(reaction(f"GET / => {status}", f"GET / => {status}"), GiveUp)


def test_421_and_425_did_nothing_so_that_unsafe_ones_can_be_repeated() -> None:
    assert isinstance(reaction("POST / || x => 421"), Send)
    assert isinstance(reaction("POST / || x => 425"), Send)


def test_417_is_repeated_without_the_expectation() -> None:
    done = reaction("POST / | Expect: 100-continue | A: b || x => 417")
    assert isinstance(done, Send)
    assert set(done.request.fields.names()) == {"a"}
    assert done.keeps_content
    assert isinstance(reaction("POST / | Expect: 100-continue || x => 417", "POST / || x => 417"), GiveUp)


def test_411_is_repeated_with_a_length() -> None:
    done = reaction("POST / | Transfer-Encoding: chunked || x => 411")
    assert isinstance(done, Send)
    assert done.keeps_content
    assert "transfer-encoding" not in done.request.fields


@pytest.mark.parametrize(
    "status", [400, 403, 404, 405, 406, 409, 410, 412, 414, 415, 422, 428, 431, 451, 501, 505, 507]
)
def test_what_would_be_the_same_again_is_not_repeated(status: int) -> None:
    assert isinstance(reaction(f"GET / => {status}"), GiveUp)


def test_413_only_where_it_is_temporary() -> None:
    assert isinstance(reaction("PUT / || x => 413"), GiveUp)
    assert isinstance(reaction("PUT / || x => 413 | Retry-After: 3"), Send)
    assert isinstance(reaction("POST / || x => 413 | Retry-After: 3"), GiveUp)


def test_a_repetition_that_failed_is_not_repeated() -> None:
    for failure in ("dropped", "timeout", "incomplete"):
        done = react([attempt("GET /", failure="dropped"), attempt("GET /", failure=failure)])
        assert isinstance(done, GiveUp)
        assert done.because == "rfc9110-9.2.2-3"
    unreachable = attempt("GET /", failure="unreachable")
    assert isinstance(react([unreachable, unreachable]), Send)
    assert isinstance(react([unreachable, attempt("GET /", failure="dropped")]), Send)
