"""One scenario against intermediaries that do known things: what reached either side, and the verdict."""

from __future__ import annotations

import re

import pytest
from tests.conformance.intermediary.relay import played, result, same

BREAKS = "rfc9110-7.6.1-4"  # a MUST


def scenario(
    outcomes: str, send: str = 'send = "GET /a | X-Sent: 1"', serve: str = '"200 | X-Said: 2 || fine"', **keys: str
) -> str:
    lines = [f"{key} = {value}" for key, value in keys.items()]
    start = ["[[scenario]]", 'id = "t.one"', 'title = "t"', send, f"serve = {serve}", *lines]
    return "\n".join([*start, f"outcomes = [{outcomes}]"])


@pytest.mark.parametrize(
    ("conditions", "is_so"),
    [
        ('received = { requests = ["GET /a"] }', True),
        ('received = { requests = ["GET /b"] }', False),
        ("received = { count = 1, connections = 1 }", True),
        ("received = { count = 0 }", False),
        ('received = { fields = { X-Sent = "1" }, lacks = ["X-Said"] }', True),
        ('received = { has = ["X-Said"] }', False),
        ('received = { target = "{path}/a" }', True),
        ('received = { target = "/^http:/" }', False),
        ("answer = 200", True),
        ('answer = { status = "2xx", fields = { X-Said = "2" }, content = "fine", whole = true }', True),
        ('answer = { status = 200, has = ["X-Sent"] }', False),
        ("answer = { whole = false }", False),
        ('answer = { status = 200, end = "open" }', True),
        ('answer = { status = 200, end = "closed" }', False),
        ("answers = [{}]", True),
        ('received = { count = 1 }, answer = { status = 200, interim = [] }, holds = ["content_is_kept"]', True),
        ('holds = ["via_was_added_to_the_request"]', False),
    ],
)
def test_conditions(conditions: str, is_so: bool) -> None:
    right = scenario(f'{{ {conditions}, why = "so" }}', otherwise=f'"{BREAKS}"')
    wrong = scenario(f'{{ {conditions}, breaks = "{BREAKS}", why = "so" }}')
    assert result(right).verdict == ("pass" if is_so else "fail")
    assert result(wrong).verdict == ("fail" if is_so else "inconclusive")


def test_what_happened_is_told_from_both_sides() -> None:
    told = result(scenario('{ answer = 404, why = "no" }'))
    assert told.verdict == "inconclusive"
    assert told.detail == "The subject answered 200; GET /a reached the upstream; nothing follows from that"
    assert [(one.connection, one.kind) for one in told.events] == [
        ("a", "opened"),
        ("a", "sent"),
        ("up1", "received"),
        ("up1", "sent"),
        ("a", "received"),
    ]


def test_the_upstream_is_away() -> None:
    text = scenario('{ received = { count = 0 }, answer = "none", why = "as it is" }', upstream='"away"')
    assert result(text).verdict == "pass"


def test_interim_responses_are_read_when_they_come() -> None:
    steps = 'steps = [{ send = "GET /a", read = "interim" }, {}]'
    text = scenario('{ answers = [103, 200], why = "both" }', steps, '[["103 | Link: </a>", "200 || fine"]]')
    assert result(text).verdict == "pass"


def test_content_is_held_back_until_100_comes() -> None:
    head = "POST {to}/a HTTP/1.1\\r\\nHost: {host}\\r\\nExpect: 100-continue\\r\\nContent-Length: 3\\r\\n\\r\\n"
    steps = f'steps = [{{ raw = "{head}", read = "interim" }}, {{ raw = "abc" }}]'
    outcome = '{ received = { content = "abc", held = true }, answers = [100, 201], why = "both" }'
    assert result(scenario(outcome, steps, '[["100", "content", "201 || made"]]')).verdict == "pass"
    assert result(scenario(outcome, steps, '[["early", "201 || made"]]')).verdict == "inconclusive"


def test_100_is_for_who_waits_for_it() -> None:
    outcome = '{ received = { content = "abc" }, answer = { status = 201, interim = [100] }, why = "both" }'
    serve = '[["continue", "201 || made"]]'
    waits = 'send = "POST /a | Expect: 100-continue || abc"'
    assert result(scenario(outcome, waits, serve)).verdict == "pass"
    assert result(scenario(outcome, 'send = "POST /a || abc"', serve)).verdict == "inconclusive"
    assert result(scenario(outcome.replace("100", ""), 'send = "POST /a || abc"', serve)).verdict == "pass"


def test_a_response_can_be_seen_to_be_incomplete() -> None:
    outcomes = '{ answer = { status = 200, whole = false }, why = "it ended early" }'
    assert result(scenario(outcomes, serve='[["200 | Content-Length: 10 || abc", "close"]]')).verdict == "pass"


@pytest.mark.parametrize("serve", ['[["200 || fine", "+more"]]', '[["204", "+HTTP/1.1 200 OK\\r\\n\\r\\n"]]'])
def test_a_connection_out_of_step_is_found(serve: str) -> None:
    found = result(scenario('{ received = { count = 1 }, why = "in itself it is right" }', serve=serve))
    assert (found.verdict, found.breaks) == ("fail", "rfc9112-9.3-5")
    assert "neither closed nor in step" in found.detail


def test_an_answer_that_belongs_to_another_request_is_found() -> None:
    def swapped(octets: bytes) -> bytes:
        return octets.replace(b"\r\n\r\np-1", b"\r\n\r\np-9")

    text = scenario('{ answer = 200, why = "right" }')
    assert result(text, back=swapped).breaks == "rfc9112-9.3-5"


@pytest.mark.parametrize("status", [429, 503])
def test_a_subject_that_is_busy_breaks_nothing_that_is_said_of_a_class(status: int) -> None:
    serve = f'"{status}"'
    of_class = f'{{ answer = {{ status = ["4xx", "5xx"] }}, breaks = "{BREAKS}", why = "wrong" }}'
    assert result(scenario(of_class, serve=serve)).verdict == "inconclusive"
    assert result(scenario(of_class.replace('"4xx"', f'"4xx", {status}'), serve=serve)).verdict == "fail"
    assert result(scenario(of_class.replace(f'breaks = "{BREAKS}", ', ""), serve=serve)).verdict == "pass"


def test_silence_ends() -> None:
    text = scenario('{ received = { count = 0 }, answer = "silence", why = "nothing came" }')
    assert result(text, onward=lambda octets: b"").verdict == "pass"


def test_garbage_at_the_upstream_is_seen() -> None:
    text = scenario('{ received = { requests = ["GET /a"] }, why = "fine" }', upstream='"alone"')
    found = played(text, onward=lambda octets: re.sub(rb"^GET ", b"G(T ", octets))
    assert found.result.verdict == "inconclusive"
    assert [one.method for one in found.received] == ["?"]


def test_what_is_not_known_of_a_subject_makes_it_not_applicable() -> None:
    text = scenario('{ answer = 200, why = "so" }', 'send = "GET /a | X-Wait: {upstream_patience}"')
    assert result(text).verdict == "not applicable"
    assert result(text, same, same, upstream_patience="1").verdict == "pass"
