"""What follows from how a play ended, also where the client does not tell all that an outcome depends on."""

from __future__ import annotations

import pytest

from statuary.conformance.client.case import Told
from statuary.conformance.client.judging import Ending, conclude
from statuary.conformance.client.scenario_files import read_scenarios
from statuary.conformance.scripted.received import read_head

SCENARIO = """
[[scenario]]
id = "test.one"
title = "One"
ask = "GET /start"
serve = "200 || hello"
outcomes = [
  { count = 1, status = 200, got = "hello", why = "Read" },
  { count = 1, status = "1xx", breaks = "rfc9110-15.2-2", why = "Taken for final" },
  { count = 1, status = 200, breaks = "rfc9112-7.1-2", why = "Read as something else" },
]
"""
WITHOUT_LAST = SCENARIO.replace(
    '  { count = 1, status = 200, breaks = "rfc9112-7.1-2", why = "Read as something else" },\n', ""
)
AT_END = SCENARIO.replace(
    '{ count = 1, status = 200, got = "hello", why = "Read" }',
    '{ count = 1, status = 200, url = "/#part$/", why = "With its fragment" }',
)
ONE = read_head(b"GET /start HTTP/1.1\r\nHost: a\r\n\r\n", "a")


@pytest.mark.parametrize(
    ("text", "told", "verdict"),
    [
        (SCENARIO, Told(200, b"hello"), "pass"),
        (SCENARIO, Told(200, b"hel"), "fail"),
        (SCENARIO, Told(200, None), "not applicable"),  # it may be either
        (WITHOUT_LAST, Told(200, None), "pass"),  # nothing else is known that it could be
        (WITHOUT_LAST, Told(200, b"hel"), "inconclusive"),
        (SCENARIO, Told(103, None), "fail"),
        (SCENARIO, Told(200, None, "it broke"), "inconclusive"),
        (SCENARIO, Told(), "inconclusive"),
        (AT_END, Told(200, b"", None, "http://a/start#part"), "pass"),
        (AT_END, Told(200, b"", None, "http://a/start"), "fail"),
        (AT_END, Told(200, b""), "not applicable"),
    ],
)
def test_what_follows(text: str, told: Told, verdict: str) -> None:
    [scenario] = read_scenarios(text, "test.toml")
    assert conclude(scenario, Ending((ONE,), (told,), {})).verdict == verdict


def test_a_client_that_sent_nothing() -> None:
    [scenario] = read_scenarios(SCENARIO, "test.toml")
    conclusion = conclude(scenario, Ending((), (Told(None, None, "no such host"),), {}))
    assert (conclusion.verdict, conclusion.detail) == (
        "inconclusive",
        "The client sent nothing: no such host.",
    )


def test_octets_that_are_no_request() -> None:
    [scenario] = read_scenarios(WITHOUT_LAST.replace("count = 1", 'count = "1+"'), "test.toml")
    told = (Told(200, b"hello"),)
    rest = read_head(b"content", "a")
    assert conclude(scenario, Ending((ONE, rest), told, {})).breaks == "rfc9110-2.2-12"
    handshake = read_head(b"\x16\x03\x01\x02", "a")
    assert conclude(scenario, Ending((ONE, handshake), told, {})).verdict == "pass"
