"""Every status code and what is done about it: the table "Every status code at work", its last column."""

from __future__ import annotations

import pytest
from tests.semantics.reaction.attempts import attempt, reaction

from statuary import status
from statuary.semantics.reaction import (
    CLASSES,
    CODES,
    Ask,
    Attempt,
    Deliver,
    GiveUp,
    Gone,
    Login,
    Policy,
    Send,
    Wait,
    react,
)
from statuary.semantics.target_uri import uri_of

LOGIN = Login("http://a.test:80", "alice", "wonderland")


@pytest.mark.parametrize(
    ("text", "kind", "because"),
    [
        ("GET / => 200", Deliver, "rfc9110-15.3.1"),
        ("PUT / || x => 201 | Location: /b", Deliver, "rfc9110-15.3.2"),
        ("POST / || x => 202", Deliver, "rfc9110-15.3.3"),
        ("GET / => 203", Deliver, "rfc9110-15.3.4"),
        ("PUT / || x => 204", Deliver, "rfc9110-15.3.5-s2"),
        ("POST / || x => 205", Deliver, "rfc9110-15.3.6-s1"),
        ("GET / | Range: bytes=0-1 => 206 | Content-Range: bytes 0-1/9 || ab", Deliver, "rfc9110-15.3.7"),
        ("GET / => 206 | Content-Range: bytes 0-1/9 || ab", GiveUp, "rfc9110-15.3.7"),
        ("GET / => 299", Deliver, "rfc9110-15.3"),
        ("GET / => 300", Deliver, "rfc9110-15.4.1"),
        ("GET / => 300 | Location: /b", Send, "rfc9110-15.4.1"),
        ("GET / => 301 | Location: /b", Send, "rfc9110-15.4.2"),
        ("GET / => 302 | Location: /b", Send, "rfc9110-15.4.3"),
        ("POST / || x => 303 | Location: /b", Send, "rfc9110-15.4.4"),
        ('GET / | If-None-Match: "1" => 304', Deliver, "rfc9110-15.4.5"),
        ("GET / => 304", GiveUp, "rfc9110-15.4.5"),
        ("GET / => 305 | Location: http://p.test/", GiveUp, "rfc9110-15.4.6-s1"),
        ("GET / => 306 | Location: /b", Send, "rfc9110-15.4.1"),  # unused: as 300
        ("GET / => 307 | Location: /b", Send, "rfc9110-15.4.8"),
        ("GET / => 308 | Location: /b", Send, "rfc9110-15.4.9"),
        ("GET / => 399", Deliver, "rfc9110-15.4.1"),
        ("GET / => 400", GiveUp, "rfc9110-15.5.1"),
        ("GET / => 401", GiveUp, "rfc9110-15.5.2"),
        ('GET / => 401 | WWW-Authenticate: Basic realm="r"', Ask, "rfc9110-15.5.2"),
        ("GET / => 402", Ask, "rfc9110-15.5.3"),
        ("GET / => 403", GiveUp, "rfc9110-15.5.4"),
        ("GET / => 404", GiveUp, "rfc9110-15.5.5"),
        ("DELETE / => 405 | Allow: GET", GiveUp, "rfc9110-15.5.6"),
        ('GET / => 407 | Proxy-Authenticate: Basic realm="r"', GiveUp, "rfc9110-15.5.8"),
        ("GET / => 408", Send, "rfc9110-15.5.9"),
        ("GET / => 410", GiveUp, "rfc9110-15.5.11"),
        ("PUT / | Transfer-Encoding: chunked || x => 411", Send, "rfc9110-15.5.12"),
        ("PUT / || x => 411", GiveUp, "rfc9110-15.5.12"),
        ('PUT / | If-Match: "1" || x => 412', GiveUp, "rfc9110-15.5.13"),
        ("PUT / || x => 413", GiveUp, "rfc9110-15.5.14"),
        ("PUT / || x => 413 | Retry-After: 5", Send, "rfc9110-15.5.14-3"),
        ("GET / | Range: bytes=9- => 416", GiveUp, "rfc9110-15.5.17"),
        ("PUT / | Expect: 100-continue || x => 417", Send, "rfc9110-10.1.1-6"),
        ("PUT / || x => 417", GiveUp, "rfc9110-15.5.18"),
        ("GET / => 421", Send, "rfc9110-15.5.20"),
        ("GET / => 425", Send, "rfc8470-5.2"),
        ("GET / => 429 | Retry-After: 1", Send, "rfc6585-4-1"),
        ("GET / => 431", GiveUp, "rfc6585-5"),
        ("GET / => 451", GiveUp, "rfc7725-3"),
        ("GET / => 471", GiveUp, "rfc9110-15"),
        ("GET / => 500", Send, "rfc9110-9.2.2"),
        ("POST / || x => 500", GiveUp, "rfc9110-15.6.1"),
        ("GET / => 502", Send, "rfc9110-9.2.2"),
        ("GET / => 503 | Retry-After: 1", Send, "rfc9110-15.6.4"),
        ("GET / => 504", Send, "rfc9110-9.2.2"),
        ("GET / => 599", GiveUp, "rfc9110-15"),
        ("GET / => 799", GiveUp, "rfc9110-15"),
    ],
)
def test_every_code(text: str, kind: type, because: str) -> None:
    done = reaction(text)
    assert (type(done), done.because) == (kind, because), done
    assert done.says.endswith((".", "?"))


def test_interim_responses_are_waited_after() -> None:
    assert reaction("GET /") == Wait("rfc9110-15", "The answer is still to come.")
    for text in ("GET / => 100", "GET / => 103 => 103", "GET / => 102", "GET / => 199"):
        done = reaction(text)
        assert isinstance(done, Wait)
        assert not done.send_content


def test_a_100_lets_the_content_go_that_was_held() -> None:
    held = attempt("PUT / | Expect: 100-continue | Content-Length: 3 => 103 => 100", content="held")
    done = react([held])
    assert isinstance(done, Wait)
    assert done.send_content
    assert react([attempt("PUT / | Content-Length: 3 => 103", content="held")]) != done


@pytest.mark.parametrize(
    ("text", "view"),
    [
        ("GET / => 200", "show"),
        ("PUT / || x => 204", "keep"),
        ("POST / || x => 205", "reset"),
        ("GET / | Upgrade: websocket => 101 | Upgrade: websocket", "switch"),
        ("GET / | Upgrade: websocket => 101 | Upgrade: WebSocket", "switch"),
    ],
)
def test_what_becomes_of_the_view(text: str, view: str) -> None:
    done = reaction(text)
    assert isinstance(done, Deliver)
    assert done.view == view


@pytest.mark.parametrize(
    "text", ["GET / => 101 | Upgrade: x", "GET / | Upgrade: x => 101", "GET / | Upgrade: x => 101 | Upgrade: y"]
)
def test_only_what_was_offered_is_switched_to(text: str) -> None:
    done = reaction(text)
    assert isinstance(done, GiveUp)
    assert done.because == "rfc9110-7.8-6"


def test_203_is_marked() -> None:
    done = reaction("GET / => 203")
    assert isinstance(done, Deliver)
    assert done.is_transformed


def test_410_is_remembered() -> None:
    assert reaction("GET /a?b => 410").remember == (Gone("http://a.test/a?b"),)  # type: ignore[union-attr]


def test_a_monitor_is_asked_until_the_work_is_done() -> None:
    policy = Policy(monitors=True, most_monitored=2)
    first = reaction("POST /jobs || x => 202 | Location: /jobs/1 | Retry-After: 5", policy=policy)
    assert isinstance(first, Send)
    assert (first.request.method, uri_of(first.request), first.after) == ("GET", "http://a.test/jobs/1", 5.0)
    assert first.request.content_length is None
    again = reaction("POST /jobs || x => 202 | Location: /jobs/1", "GET /jobs/1 => 202", policy=policy)
    assert isinstance(again, Send)
    assert uri_of(again.request) == "http://a.test/jobs/1"
    enough = reaction("POST /jobs || x => 202 | Location: /jobs/1", *["GET /jobs/1 => 202"] * 2, policy=policy)
    assert isinstance(enough, Deliver)
    elsewhere = reaction("POST /jobs || x => 202 | Location: http://b.test/jobs/1", policy=policy)
    assert isinstance(elsewhere, Deliver)


def test_each_registered_code_has_its_reaction_or_its_class() -> None:
    assert set(CODES) <= set(status.PHRASES)
    assert {code // 100 for code in status.PHRASES} - {1} == set(CLASSES)
    # Interim responses are no reaction's business but that of waiting
    assert [code for code in CODES if code < 200] == [101]


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "X"])
def test_there_is_a_reaction_to_whatever_comes(method: str) -> None:
    content = " || x" if method in ("POST", "PUT") else ""
    for code in range(200, 1000):
        done = reaction(f"{method} /{content} => {code}")
        assert isinstance(done, Deliver | Send | Ask | GiveUp), code


def test_an_unknown_code_is_as_the_first_of_its_class() -> None:
    for code, other in ((299, 200), (399, 300), (499, 400), (599, 505), (799, 505)):
        assert type(reaction(f"GET / => {code}")) is type(reaction(f"GET / => {other}"))


def test_nothing_to_react_to() -> None:
    with pytest.raises(ValueError, match="nothing was sent"):
        react([])


def test_a_policy_has_sensible_limits() -> None:
    with pytest.raises(ValueError, match="jitter"):
        Policy(jitter=2)
    with pytest.raises(ValueError, match="limits"):
        Policy(most_retries=-1)


def test_secrets_are_not_shown() -> None:
    assert "wonderland" not in repr(Policy(logins=(LOGIN,)))
    assert "wonderland" not in repr(LOGIN)


def test_an_attempt_that_failed_with_a_response_keeps_it() -> None:
    cut = attempt("POST / || x => 200 | Content-Length: 9 || abc", failure="incomplete")
    done = react([cut])
    assert isinstance(done, GiveUp)
    assert done.response == cut.final
    assert isinstance(react([Attempt(cut.request, failure="dropped")]), GiveUp)
