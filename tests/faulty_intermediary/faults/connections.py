"""Connections kept or ended wrongly, and tunnels: RFC 9112 section 9, RFC 9110 section 9.3.6."""

from __future__ import annotations

from tests.faulty_server.message import Fields, Refused, Request, explained
from tests.faulty_server.stream import Stream

from ..intermediary import Intermediary
from ..upstream import Reply
from .registry import PROXY, plant, replaces

plant(
    "excess-kept",
    "rfc9112-6.3-15",
    "MUST NOT",
    "What an upstream sends too much is the next client's answer",
    has_more=lambda self, stream: False,
)
plant(
    "closed-used-again",
    "rfc9112-9.6-8",
    "MUST NOT",
    "A connection is used again though the upstream said close",
    may_use_again=lambda self, stream, request, reply: reply.framing != "close",
    may_repeat=lambda self, request, waits: False,
    has_more=lambda self, stream: bool(stream.buffer),
)


@replaces(
    "onward_fields",
    "close-said-in-vain",
    "rfc9112-9.6-2",
    "MUST NOT",
    "More is sent to an upstream that was told close",
)
def _(self: Intermediary, request: Request) -> Fields:
    return [*Intermediary.onward_fields(self, request), ("Connection", "close")]


@replaces("client_closes", "close-ignored", "rfc9112-9.6-4", "MUST", "A client that says close is kept")
def _(self: Intermediary, request: Request | None) -> bool:
    return request is None


@replaces(
    "closes_before_1_1", "1.0-kept", "rfc9112-9.3-7", "MUST NOT", "A client of HTTP/1.0 is kept by a proxy", PROXY
)
def _(self: Intermediary, options: list[str]) -> bool:
    return "keep-alive" not in options


@replaces(
    "closes_before_1_1",
    "1.0-kept-unasked",
    "rfc9112-9.3-s1",
    "STATED",
    "A client of HTTP/1.0 is kept though it didn't ask",
)
def _(self: Intermediary, options: list[str]) -> bool:
    return False


@replaces("pass_back", "close-unsaid", "rfc9112-9.6-5", "SHOULD", "The last response doesn't say close")
def _(
    self: Intermediary, request: Request, reply: Reply, upstream: Stream, address: tuple[str, int], *, waits: bool
) -> bool:
    def head(status: int, reason: str, fields: Fields) -> bytes:
        rest = [line for line in fields if line != ("Connection", "close")]
        return Intermediary.head(self, status, reason, rest)

    self.head = head  # type: ignore[method-assign]
    try:
        return Intermediary.pass_back(self, request, reply, upstream, address, waits=waits)
    finally:
        del self.head


@replaces(
    "say", "unread-content-kept", "rfc9112-9.3-5", "MUST", "Content that was not read is taken for the next request"
)
def _(self: Intermediary, request: Request | None, response: Request) -> bool:
    content, chunked = (request.length, request.chunked) if request is not None else (0, False)
    if request is not None:
        request.length, request.chunked = 0, False
    response.closes = False  # type: ignore[attr-defined]
    try:
        return Intermediary.say(self, request, response)  # type: ignore[arg-type]
    finally:
        if request is not None:
            request.length, request.chunked = content, chunked


# Tunnels

plant(
    "tunnel-with-length",
    "rfc9110-8.6-8",
    "MUST NOT",
    "2xx to CONNECT has Content-Length",
    PROXY,
    tunnel_head=lambda self: b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
)
plant(
    "tunnel-chunked",
    "rfc9110-9.3.6-6",
    "MUST NOT",
    "2xx to CONNECT has Transfer-Encoding",
    PROXY,
    tunnel_head=lambda self: b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
)


@replaces("relay", "tunnel-cut", "rfc9110-9.3.6-4", "MUST", "A tunnel whose client has ended is closed at once", PROXY)
def _(self: Intermediary, upstream: Stream) -> None:
    upstream.send(bytes(self.stream.buffer))
    self.stream.buffer.clear()
    self.stream.socket.settimeout(2)
    try:
        while octets := self.stream.socket.recv(65536):
            upstream.send(octets)
            upstream.socket.settimeout(0.3)
            self.stream.send(upstream.socket.recv(65536))
    except OSError:
        pass
    upstream.socket.close()


@replaces(
    "tunnel", "connect-refused-200", "rfc9110-9.3.6-s1", "STATED", "A tunnel that can't be made is told as 200", PROXY
)
def _(self: Intermediary, request: Request) -> bool:
    try:
        return Intermediary.tunnel(self, request)
    except Refused:
        return self.say(request, explained(200, "no tunnel"))


@replaces(
    "tunnel", "connect-passed-on", "rfc9110-9.3.6-s1", "STATED", "CONNECT itself is sent to the server it names", PROXY
)
def _(self: Intermediary, request: Request) -> bool:
    head = f"CONNECT {request.target} HTTP/1.1\r\nHost: {request.target}\r\n\r\n"
    self.stream.buffer[:0] = head.encode("latin-1")
    return Intermediary.tunnel(self, request)


@replaces(
    "tunnel_head",
    "tunnel-begins-with-a-chunk",
    "rfc9110-9.3.6-s1",
    "STATED",
    "A last chunk stands between the answer to CONNECT and the tunnel",
    PROXY,
)
def _(self: Intermediary) -> bytes:
    return Intermediary.tunnel_head(self) + b"0\r\n\r\n"
