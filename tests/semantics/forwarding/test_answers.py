"""Each question of forwarding has a message that it ends, and judge finds no fault with what the client is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.semantics.forwarding.ways import GATEWAY, NOW, PROXY, USERS, asked, came, failed, like

from statuary.message.fields import Fields
from statuary.message.request import Request
from statuary.message.response import Exchange, Response
from statuary.semantics.forwarding import Answer, Drop, Hop, Tunnel, forward_response
from statuary.semantics.forwarding import requests as inbound
from statuary.semantics.forwarding import responses as outbound
from statuary.semantics.forwarding.failures import MEANINGS
from statuary.semantics.forwarding.passage import Inbound, Outbound
from statuary.semantics.judgement import judge

OLD = like(PROXY, next_version=(1, 0))
TWO_LENGTHS = Fields([("Host", "a.test"), ("Content-Length", "5"), ("Content-Length", "6"), ("Content-Type", "a/b")])
FROM = "http://a.test/b"
CONTENT = ("Content-Length: 5", "Content-Type: a/b")

ENDED: dict[str, tuple[Request, Hop]] = {
    "is_version_known": (Request("GET", "/", Fields([("Host", "a")]), authority="a", version=(0, 9)), GATEWAY),
    "is_request_framing_clear": (Request("PUT", "/", TWO_LENGTHS, authority="a.test"), GATEWAY),
    "is_target_clear": (asked("GET /b"), PROXY),
    "is_scheme_reachable": (asked("GET ftp://a.test/"), PROXY),
    "is_connection_secured": (Request("GET", "/", scheme="https", carried_by="http", authority="a.test"), GATEWAY),
    "does_it_stay_below": (asked("GET /b/%2E./c"), like(GATEWAY, prefix="/a")),
    "are_credentials_sufficient": (asked(f"GET {FROM}"), like(PROXY, access=USERS)),
    "has_it_not_been_here": (asked(f"GET {FROM}", "Via: 1.1 proxy.test"), PROXY),
    "is_it_elsewhere": (asked("GET http://proxy.test:3128/", "Host: proxy.test:3128"), PROXY),
    "may_it_go_there": (asked(f"GET {FROM}"), like(PROXY, hosts=frozenset({"b.test"}))),
    "may_it_go_further": (asked(f"TRACE {FROM}", "Max-Forwards: 0"), PROXY),
    "is_content_within_limit": (asked(f"PUT {FROM}", *CONTENT), like(PROXY, most_content=1)),
    "can_content_be_framed": (asked(f"PUT {FROM}", "Transfer-Encoding: chunked", "Content-Type: a/b"), OLD),
    "can_expectations_be_met": (asked(f"PUT {FROM}", "Expect: 100-continue", *CONTENT), OLD),
    "open_tunnel": (asked("CONNECT a.test:443", "Host: a.test:443"), PROXY),
}
REPLACED: dict[str, tuple[Request, Response, Hop]] = {
    "is_code_in_range": (asked(f"GET {FROM}"), came(600), PROXY),
    "was_switch_offered": (asked(f"GET {FROM}"), came(101, "Upgrade: a"), PROXY),
    "can_client_take_it": (asked(f"GET {FROM} HTTP/1.0"), came(103), PROXY),
    "is_it_awaited": (asked("GET /b"), came(100), GATEWAY),
    "was_it_sent_already": (
        asked(f"PUT {FROM}", "Expect: 100-continue", *CONTENT),
        came(100),
        like(OLD, sends_continue=True),
    ),
    "is_response_framing_clear": (asked(f"GET {FROM}"), came(200, "Content-Length: x"), PROXY),
}


def name_of(question: Callable[..., Any]) -> str:
    return question.__name__


def check(request: Request, response: Response) -> None:
    found = judge([Exchange(request, (), response)], "intermediary")
    assert [f for f in found if f.strength != "note" and f.message == "response"] == []


@pytest.mark.parametrize("question", inbound.QUESTIONS, ids=name_of)
def test_every_question_about_a_request(question: inbound.Question) -> None:
    request, hop = ENDED[question.__name__]
    passage = Inbound(request, hop, NOW)
    ended = [asks for asks in inbound.QUESTIONS[: inbound.QUESTIONS.index(question) + 1] if asks(passage) is not None]
    assert ended == [question]
    outcome = question(passage)
    assert isinstance(outcome, Answer | Tunnel)
    check(request, outcome.response)


@pytest.mark.parametrize("question", outbound.QUESTIONS, ids=name_of)
def test_every_question_about_a_response(question: outbound.Question) -> None:
    request, response, hop = REPLACED[question.__name__]
    passage = Outbound(request, response, hop, NOW, (1, 1), closes=False)
    assert [asks for asks in outbound.QUESTIONS if asks(passage) is not None] == [question]
    outcome = forward_response(request, response, hop, NOW)
    assert isinstance(outcome, Answer | Drop)
    if isinstance(outcome, Answer):
        check(request, outcome.response)


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "CONNECT", "OPTIONS"])
@pytest.mark.parametrize("kind", MEANINGS)
def test_every_failure(kind: str, method: str) -> None:
    lines = CONTENT if method == "PUT" else ()
    for line in (f"{method} {FROM}", f"{method} {FROM} HTTP/1.0"):
        request = asked("CONNECT a.test:443" if method == "CONNECT" else line, *lines)
        outcome = failed(request, PROXY, kind=kind)
        assert isinstance(outcome, Answer)
        check(request, outcome.response)


def test_the_tables_know_no_other_questions() -> None:
    assert list(ENDED) == [question.__name__ for question in inbound.QUESTIONS]
    assert list(REPLACED) == [question.__name__ for question in outbound.QUESTIONS]
