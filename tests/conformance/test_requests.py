"""The notation of requests: their octets, and the value that judge is given."""

from __future__ import annotations

import pytest

from statuary.conformance.requests import compose, facts_of_request
from statuary.message.request import UNKNOWN_LENGTH

FACTS = {"host": "a.test", "file": "/f", "meets.402": "POST /paid | X: 1 || abc", "tag": 'a | "b" || c'}


@pytest.mark.parametrize(
    ("text", "octets"),
    [
        ("GET {file}", b"GET /f HTTP/1.1\r\nHost: a.test\r\n\r\n"),
        ("GET {file} HTTP/1.0 | Host: -", b"GET /f HTTP/1.0\r\n\r\n"),
        ("PUT /a || xy", b"PUT /a HTTP/1.1\r\nHost: a.test\r\nContent-Length: 2\r\n\r\nxy"),
        ("PUT /a | Content-Length: - || xy", b"PUT /a HTTP/1.1\r\nHost: a.test\r\n\r\nxy"),
        ("PUT /a | Content-Length: 5", b"PUT /a HTTP/1.1\r\nHost: a.test\r\nContent-Length: 5\r\n\r\n"),
        (
            "PUT /a | Transfer-Encoding: chunked || 0\r\n\r\n",
            b"PUT /a HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        ),
        ("GET / | host: b | A: 1 | A:", b"GET / HTTP/1.1\r\nhost: b\r\nA: 1\r\nA: \r\n\r\n"),
        (
            "{meets.402} | Range: bytes=0-0",
            b"POST /paid HTTP/1.1\r\nHost: a.test\r\nX: 1\r\nRange: bytes=0-0\r\nContent-Length: 3\r\n\r\nabc",
        ),
        ("{meets.402}", b"POST /paid HTTP/1.1\r\nHost: a.test\r\nX: 1\r\nContent-Length: 3\r\n\r\nabc"),
        ("GET / | If-Match: {tag}", b'GET / HTTP/1.1\r\nHost: a.test\r\nIf-Match: a | "b" || c\r\n\r\n'),
    ],
)
def test_octets(text: str, octets: bytes) -> None:
    assert compose(text, FACTS).octets == octets


def test_the_value() -> None:
    request = compose("GET http://b.test/p?q=1 | Range: bytes=0-0", FACTS).request
    assert (request.method, request.path, request.query, request.authority) == ("GET", "/p", "q=1", "b.test")
    assert request.fields.get("range") == "bytes=0-0"
    assert compose("CONNECT b.test:1", FACTS).request.authority == "b.test:1"
    assert compose("PUT / | Transfer-Encoding: chunked || 0\r\n\r\n", FACTS).request.content_length == UNKNOWN_LENGTH
    assert compose("PUT / || abc", FACTS).request.content_length == 3
    assert compose("GET /", FACTS).request.content_length is None


@pytest.mark.parametrize("text", ["", "GET", "GET  /", "GET / HTTP/11", "GET / | no colon", "GET / x y", "GET / | : x"])
def test_not_a_request(text: str) -> None:
    with pytest.raises(ValueError, match="not a"):
        facts_of_request(text)


def test_facts_of_request() -> None:
    assert facts_of_request("GET {file} | If-Match: {tag} || {x*3}") == ["file", "tag"]
    assert facts_of_request("{meets.402} | A: {tag}") == ["meets.402", "tag"]
