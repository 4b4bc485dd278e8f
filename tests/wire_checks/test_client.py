"""The raw client reads by the framing alone: rows of octets that a server sends, and what must be made of them."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from .client import Connection, Malformed, NoAnswer, Response

LONG = 10.0
"""How long to wait for octets that do come, in seconds."""
SHORT = 0.05
"""How long to wait where none will come."""


@contextmanager
def answering(octets: bytes, *, stay: bool = False, reset: bool = False) -> Iterator[Connection]:
    """A connection to a peer which sends these octets at once and then ends (or stays until the client is done)."""
    connected, done = threading.Event(), threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            peer, _ = listener.accept()
            with peer:
                connected.wait(LONG)
                peer.sendall(octets)
                if reset:
                    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
                if stay:
                    done.wait(LONG)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            with Connection("127.0.0.1", listener.getsockname()[1], LONG) as connection:
                connected.set()
                yield connection
        finally:
            done.set()
            thread.join()


OK = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    ("octets", "method", "status", "framing", "content"),
    [
        (OK + b"Content-Length: 2\r\n\r\nhi", "GET", 200, "length", b"hi"),
        (OK + b"Content-Length: 2\r\n\r\n", "HEAD", 200, "none", b""),
        (OK + b"\r\nall of it", "GET", 200, "close", b"all of it"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n2;a=b\r\nhi\r\n0\r\n\r\n", "GET", 200, "chunked", b"hi"),
        (OK + b"Transfer-Encoding: gzip\r\n\r\nxx", "GET", 200, "close", b"xx"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", "PUT", 204, "none", b""),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", "GET", 304, "none", b""),
        (b"HTTP/1.1 200 \r\n\r\n", "CONNECT", 200, "none", b""),
        (b"HTTP/1.0 404 \r\nContent-Length: 0\r\n\r\n", "GET", 404, "length", b""),
    ],
)
def test_reads_one_response(octets: bytes, method: str, status: int, framing: str, content: bytes) -> None:
    with answering(octets) as connection:
        response = connection.read_response(method)
        assert (response.status, response.framing, response.content) == (status, framing, content)
        assert connection.end() == "closed"


def test_reads_responses_one_by_one() -> None:
    octets = OK + b"Content-Length: 2\r\n\r\nhi"
    with answering(octets + b"HTTP/1.1 304 x\r\n\r\n" + octets) as connection:
        assert [one.status for one in connection.read_responses("GET", "GET", "GET")] == [200, 304, 200]


def test_collects_interim_responses() -> None:
    octets = (
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n"
        + OK
        + b"Content-Length: 0\r\n\r\n"
    )
    with answering(octets) as connection:
        response = connection.read_response("PUT")
    assert [one.status for one in response.interim] == [100, 103]
    assert response.interim[1].field("link") == "<a>"


def test_an_interim_response_can_be_read_alone() -> None:
    with answering(b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"Content-Length: 0\r\n\r\n") as connection:
        assert connection.read_interim("PUT").status == 100
        assert connection.read_response("PUT").interim == ()


def test_reads_trailers() -> None:
    octets = OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\nX-Sum: 1\r\n\r\n"
    with answering(octets) as connection:
        assert connection.read_response().trailers == (("X-Sum", "1"),)


def test_combines_field_lines() -> None:
    with answering(OK + b"Vary: A\r\nvary:B\r\nContent-Length: 0\r\nConnection: x, Close\r\n\r\n") as connection:
        response = connection.read_response()
    assert response.field("VARY") == "A, B"
    assert response.members("vary") == ["a", "b"]
    assert response.says_close
    assert response.field("Date") is None


@pytest.mark.parametrize(
    "octets",
    [
        b"<html>",
        b"HTTP/1.1 200\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1  200 OK\r\n\r\n",
        b"http/1.1 200 OK\r\n\r\n",
        OK + b"Name : value\r\n\r\n",
        OK + b"Name\r\n\r\n",
        OK + b"A: b\r\n folded\r\n\r\n",
        OK + b"A: b\rc\r\n\r\n",
        OK + b"Content-Length: 1, 2\r\n\r\nx",
        OK + b"Content-Length: +1\r\n\r\nx",
        OK + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\nx\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n1\r\nabc0\r\n\r\n",
    ],
)
def test_refuses_what_is_no_response(octets: bytes) -> None:
    with answering(octets) as connection, pytest.raises(Malformed):
        connection.read_response()


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"HTTP",
        OK,
        OK + b"Content-Length: 5\r\n\r\nhi",
        OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhi",
        OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n",
    ],
)
@pytest.mark.parametrize(
    ("stay", "reset", "end"), [(False, False, "closed"), (True, False, "open"), (False, True, "reset")]
)
def test_says_how_an_answer_is_missing(octets: bytes, stay: bool, reset: bool, end: str) -> None:
    with answering(octets, stay=stay, reset=reset) as connection:
        connection.timeout = SHORT if stay else LONG
        with pytest.raises(NoAnswer) as missing:
            connection.read_response()
    assert missing.value.end == end


def test_an_open_connection_is_told_from_a_closed_one() -> None:
    octets = OK + b"Content-Length: 0\r\n\r\n"
    ends = []
    for stay in (True, False):
        with answering(octets, stay=stay) as connection:
            connection.read_response()
            connection.timeout = SHORT if stay else LONG
            ends.append(connection.end())
    assert ends == ["open", "closed"]


def test_octets_behind_the_last_response_are_noticed() -> None:
    with answering(OK + b"Content-Length: 0\r\n\r\nmore") as connection:
        connection.read_response()
        with pytest.raises(Malformed):
            connection.end()


def test_responses_are_recorded() -> None:
    seen: list[Response] = []
    record: Callable[[Response], None] = seen.append
    with answering(OK + b"Content-Length: 0\r\n\r\n") as connection:
        connection._record = record
        connection.send(b"GET / HTTP/1.1\r\n", b"\r\n")
        connection.read_response()
    assert [one.request for one in seen] == ["GET / HTTP/1.1"]
