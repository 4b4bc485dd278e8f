"""Requests as they are written, and what is never written; what is written, our own reader reads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary.message.fields import Fields
from statuary.message.request import UNKNOWN_LENGTH, Request
from statuary.wire.limits import WireLimits
from statuary.wire.request_reader import RequestReader
from statuary.wire.request_writer import Form, format_request


def request(method: str = "GET", path: str = "/a", *lines: tuple[str, str], **known: object) -> Request:
    known.setdefault("authority", "a.test")
    return Request(method, path, Fields(lines), **known)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (request(), "GET /a HTTP/1.1\nHost: a.test\n\n"),
        (request(query=""), "GET /a? HTTP/1.1\nHost: a.test\n\n"),
        (request("GET", "/a", ("B", "c")), "GET /a HTTP/1.1\nHost: a.test\nB: c\n\n"),
        (request("PUT", content_length=3), "PUT /a HTTP/1.1\nHost: a.test\nContent-Length: 3\n\n"),
        (request("POST"), "POST /a HTTP/1.1\nHost: a.test\nContent-Length: 0\n\n"),
        (request("DELETE"), "DELETE /a HTTP/1.1\nHost: a.test\n\n"),
        (
            request("PUT", content_length=UNKNOWN_LENGTH),
            "PUT /a HTTP/1.1\nHost: a.test\nTransfer-Encoding: chunked\n\n",
        ),
        (request("OPTIONS", "*"), "OPTIONS * HTTP/1.1\nHost: a.test\n\n"),
        (
            request("GET", "/a", ("Upgrade", "websocket"), ("TE", "trailers")),
            "GET /a HTTP/1.1\nHost: a.test\nUpgrade: websocket\nTE: trailers\nConnection: TE, Upgrade\n\n",
        ),
        (
            request("GET", "/a", ("Connection", "upgrade"), ("Upgrade", "websocket")),
            "GET /a HTTP/1.1\nHost: a.test\nUpgrade: websocket\nConnection: upgrade\n\n",
        ),
        (request("GET", "/a", ("Host", "a.test")), "GET /a HTTP/1.1\nHost: a.test\n\n"),
    ],
)
def test_what_is_written(made: Request, text: str) -> None:
    assert format_request(made) == text.replace("\n", "\r\n").encode()


@pytest.mark.parametrize(
    ("made", "form", "line"),
    [
        (request(query="b"), "absolute", "GET http://a.test/a?b HTTP/1.1"),
        (request("OPTIONS", "*"), "absolute", "OPTIONS http://a.test HTTP/1.1"),
        (request("CONNECT", "", authority="a.test:443", target="a.test:443"), "origin", "CONNECT a.test:443 HTTP/1.1"),
    ],
)
def test_the_form_of_the_target(made: Request, form: Form, line: str) -> None:
    assert format_request(made, form=form).decode().split("\r\n")[0] == line


def test_the_last_request_says_so() -> None:
    assert b"\r\nConnection: close\r\n" in format_request(request(), closes=True)


@pytest.mark.parametrize(
    "made",
    [
        request("GET /b"),
        request(""),
        request("GET", "/a b"),
        request("GET", "/a\r\nX: y"),
        request("GET", "/ä"),
        request(query="b\n"),
        request(authority="a.test\r\nX: y"),
        request(authority=""),
        request(authority=None),
        request(authority="user@a.test"),
        request("GET", "/a", ("Host", "b.test")),
        request("GET", "/a", ("X", "y\r\nZ: 1")),
        request("GET", "/a", ("X", "y\n")),
        request("GET", "/a", ("X", "\0")),
        request("GET", "/a", ("X Y", "z")),
        request("GET", "/a", ("X:", "z")),
        request("GET", "/a", ("X", "\u2028")),
        request("GET", "/a", ("Content-Length", "3")),
        request("PUT", "/a", ("Content-Length", "4"), content_length=3),
        request("PUT", "/a", ("Transfer-Encoding", "chunked"), content_length=3),
        request("PUT", "/a", ("Transfer-Encoding", "gzip, chunked"), content_length=UNKNOWN_LENGTH),
        request("TRACE", content_length=3),
    ],
)
def test_what_cannot_be_sent(made: Request) -> None:
    with pytest.raises(ValueError, match=r"."):
        format_request(made)


@given(
    st.text(max_size=6),
    st.text(max_size=10),
    st.lists(st.tuples(st.text(max_size=6), st.text(max_size=10)), max_size=3),
    st.text(max_size=8),
)
def test_whatever_is_given_one_request_comes_out_or_none(
    method: str, path: str, lines: list[tuple[str, str]], authority: str
) -> None:
    made = Request(method, f"/{path}", Fields(lines), authority=authority)
    try:
        data = format_request(made)
    except ValueError:
        return
    assert data.count(b"\r\n\r\n") == 1
    reader = RequestReader(WireLimits())
    reader.feed(data)
    read = reader.next_request()
    assert read is not None
    assert (read.method, read.target) == (method, f"/{path}")
