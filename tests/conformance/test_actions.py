"""The notation of what the scripted server does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary.conformance.scripted.actions import Do, Octets, Pause, Say, compose, read_action

NOW = "Sun, 06 Nov 1994 08:49:37 GMT"


def composed(text: str, method: str = "GET") -> tuple[str, bool]:
    action = read_action(text)
    assert isinstance(action, Say)
    one = compose(action, method, {"now": NOW})
    return one.octets.decode("latin-1").replace(f"Date: {NOW}\r\n", "").replace("\r\n", "|"), one.closes


@pytest.mark.parametrize(
    ("text", "method", "octets", "closes"),
    [
        ("200 || hello", "GET", "HTTP/1.1 200 OK|Content-Length: 5||hello", False),
        ("200 || hello", "HEAD", "HTTP/1.1 200 OK|Content-Length: 5||", False),
        ("200", "CONNECT", "HTTP/1.1 200 OK||", False),
        ("204", "GET", "HTTP/1.1 204 No Content||", False),
        ("103 | Link: </a>", "GET", "HTTP/1.1 103 Early Hints|Link: </a>||", False),
        ("299 Surprise | X: a", "GET", "HTTP/1.1 299 Surprise|X: a|Content-Length: 0||", False),
        ("200 | Content-Length: - || all", "GET", "HTTP/1.1 200 OK||all", True),
        ("200 | Connection: close || x", "GET", "HTTP/1.1 200 OK|Connection: close|Content-Length: 1||x", True),
        ("HTTP/1.0 200 || x", "GET", "HTTP/1.0 200 OK|Content-Length: 1||x", True),
        ("200 | Transfer-Encoding: chunked || 0", "GET", "HTTP/1.1 200 OK|Transfer-Encoding: chunked||0", False),
        ("200 | Content-Length: 9 ||", "GET", "HTTP/1.1 200 OK|Content-Length: 9||", False),
    ],
)
def test_responses(text: str, method: str, octets: str, closes: bool) -> None:
    assert composed(text, method) == (octets, closes)


def test_other_actions() -> None:
    assert read_action("+ab") == Octets("ab")
    assert read_action("pause 0.5") == Pause(0.5)
    assert read_action("reset") == Do("reset")


@given(st.text())
def test_whatever_the_text(text: str) -> None:
    try:
        read_action(text)
    except ValueError:
        return
