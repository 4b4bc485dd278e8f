"""Heads of responses: every status code, and nothing that a client would read differently."""

from __future__ import annotations

import http.client
import io
import socket
from typing import cast

import h11
import pytest

from statuary import status
from statuary.wire.response_writer import format_head, status_line


def test_a_status_line() -> None:
    assert status_line(200) == b"HTTP/1.1 200 OK\r\n"
    # Its space stands without a reason phrase: rfc9112-4-4
    assert status_line(471) == b"HTTP/1.1 471 \r\n"


@pytest.mark.parametrize("code", range(100, 600))
def test_every_code_is_read_back_by_others(code: int) -> None:
    head = format_head(code, (("Content-Length", "0"), ("A", "b")), b"Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n")
    client = h11.Connection(h11.CLIENT)
    client.send(h11.Request(method="GET", target="/", headers=[("Host", "a"), ("Upgrade", "b")]))
    client.send(h11.EndOfMessage())
    client.receive_data(head)
    event = cast("h11.Response | h11.InformationalResponse", client.next_event())
    assert event.status_code == code
    assert event.reason.decode() == status.phrase(code)
    assert list(event.headers)[:1] == [(b"date", b"Sun, 06 Nov 1994 08:49:37 GMT")]


def test_the_order_of_lines() -> None:
    assert format_head(204, (("A", "b"),), b"Date: c\r\n") == b"HTTP/1.1 204 No Content\r\nDate: c\r\nA: b\r\n\r\n"
    assert format_head(100, ()) == b"HTTP/1.1 100 Continue\r\n\r\n"


def test_http_client_reads_it() -> None:
    class Socket(io.BytesIO):
        def makefile(self, mode: str) -> io.BytesIO:
            return self

    response = http.client.HTTPResponse(cast("socket.socket", Socket(format_head(204, (("A", "b"),)))))
    response.begin()
    assert (response.status, response.reason, response.getheader("a")) == (204, "No Content", "b")


def test_a_field_that_would_end_the_head_is_refused() -> None:
    with pytest.raises(ValueError, match="not representable"):
        format_head(200, (("A", "b\r\n\r\n"),))
