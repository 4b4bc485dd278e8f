"""A gateway or proxy from the first octet of a client's connection to the last. RFC 9110 section 7, RFC 9112 section 9."""

from __future__ import annotations

import contextlib
import select
import socket
import time
from collections.abc import Iterator
from email.utils import formatdate

from tests.faulty_server.connection import Listener
from tests.faulty_server.message import PHRASES, Fields, Refused, Request, Response, explained
from tests.faulty_server.reading import Reading
from tests.faulty_server.stream import Ended, Silent, Stream

from .forwarding import NAME, Forwarding
from .upstream import Address, Bad, Pool, Reply, UpstreamReading, connect

IDLE = 10.0
IDEMPOTENT = ("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE")


class Place:
    """What all connections have in common: where the upstream is (None for a proxy), and how long it may take."""

    def __init__(self, upstream: int | None, patience: float = 1.0) -> None:
        self.upstream = upstream
        self.patience = patience
        self.pool = Pool()


class Intermediary(Reading, UpstreamReading, Forwarding):
    """The side of one client's connection. A fault is a subclass with a method or two replaced."""

    def __init__(self, connected: socket.socket, place: Place) -> None:
        self.stream = Stream(connected, 5.0)
        self.place = place
        self.is_proxy = place.upstream is None
        self.host = f"127.0.0.1:{connected.getsockname()[1]}"
        self.has_answered = False
        """Whether octets of a final response have been sent for the request at hand."""

    def run(self) -> None:
        """Serve requests until the connection ends."""
        with contextlib.suppress(Ended):
            while self.serve_one():
                pass
        self.stream.close()

    def serve_one(self) -> bool:
        """Read one request and have it answered. Says whether another may follow."""
        if not self.await_request():
            return False
        self.request = None
        self.has_answered = False
        try:
            return self.forward(self.read_head())
        except Refused as refused:
            return self.say(self.request, refused.response)
        except Silent:
            response = explained(408, "the request took too long to arrive")
            response.closes = True
            return self.say(self.request, response)

    def await_request(self) -> bool:
        """Wait for the first octet of a request."""
        self.stream.expect_by(IDLE)
        try:
            while not self.stream.buffer:
                self.stream.fill()
        except Silent:
            return False
        self.stream.expect_by(self.stream.patience)
        return True

    # What is answered here

    def forward(self, request: Request) -> bool:
        """Pass a request on, or answer it here."""
        self.refuse_loop(request)
        if self.is_final(request):
            self.read_content(request)
            return self.say(request, self.final_answer(request))
        if request.method == "CONNECT":
            return self.tunnel(request)
        return self.exchange(request, self.address(request))

    def refuse_loop(self, request: Request) -> None:
        """A request that was here before goes round in circles: RFC 9110 section 7.6.3."""
        if f" {NAME}" in (request.get("Via") or ""):
            raise Refused(508 if 508 in PHRASES else 502, "this request was here before", closes=True)

    def is_final(self, request: Request) -> bool:
        """Whether Max-Forwards makes this the last recipient: RFC 9110 section 7.6.2."""
        value = request.get("Max-Forwards") or ""
        return request.method in ("TRACE", "OPTIONS") and value.isdecimal() and int(value) == 0

    def final_answer(self, request: Request) -> Response:
        """What the last recipient says: RFC 9110 sections 9.3.7, 9.3.8."""
        if request.method == "OPTIONS":
            return Response(200, [("Allow", "GET, HEAD, POST, PUT, DELETE, OPTIONS, TRACE")])
        sensitive = ("authorization", "proxy-authorization", "cookie")
        lines = [f"{name}: {value}\r\n" for name, value in request.fields if name.lower() not in sensitive]
        text = f"{request.method} {request.target} HTTP/1.{request.version[1]}\r\n{''.join(lines)}\r\n"
        return Response(200, [("Content-Type", "message/http")], text.encode("latin-1"))

    def say(self, request: Request | None, response: Response) -> bool:
        """Send a response of our own. Says whether another request may follow."""
        if self.has_answered:
            raise Ended
        closes = response.closes or self.client_closes(request)
        if request is not None and request.has_content and not request.content:
            closes = True  # what remains of it would be taken for a request
        fields: Fields = [("Date", formatdate(usegmt=True)), *response.fields]
        if closes:
            fields.append(("Connection", "close"))
        if response.status not in (204, 304):
            fields.append(("Content-Length", str(len(response.content))))
        content = b"" if request is not None and request.method == "HEAD" else response.content
        self.write(self.head(response.status, PHRASES.get(response.status, ""), fields) + content)
        return not closes

    def client_closes(self, request: Request | None) -> bool:
        """Whether the client's connection ends with this exchange: RFC 9112 section 9.3."""
        if request is None:
            return True
        options = request.tokens("Connection")
        if request.version < (1, 1):
            return self.closes_before_1_1(options)
        return "close" in options

    def closes_before_1_1(self, options: list[str]) -> bool:
        """A client of HTTP/1.0 may ask to keep its connection, but not a proxy: RFC 9112 section 9.3."""
        return self.is_proxy or "close" in options or "keep-alive" not in options

    def resolve(self, request: Request) -> None:
        """Targets without an authority can't be routed by a proxy; https can't be reached by it."""
        super().resolve(request)
        if self.is_proxy and request.method != "CONNECT" and "://" not in request.target:
            raise Refused(400, "a proxy needs the whole URI", closes=True)
        if request.scheme != "http":
            raise Refused(501, "only http can be reached", closes=True)

    def normalized(self, path: str) -> str:
        """Paths are for the origin."""
        return path

    def address(self, request: Request) -> Address:
        """Where the next hop is."""
        if self.place.upstream is not None:
            return "127.0.0.1", self.place.upstream
        host, _, port = request.authority.partition(":")
        return host, int(port or 80)

    # Passing on

    def exchange(self, request: Request, address: Address) -> bool:
        """Pass a request on, and its responses back."""
        waits = self.waits(request)
        if not waits:
            self.read_content(request)
        for attempt in (1, 2):
            upstream, was_idle = self.connected(address, is_fresh=attempt > 1)
            try:
                return self.converse(request, upstream, address, waits=waits)
            except (Ended, Bad, Silent) as failure:
                upstream.socket.close()
                if self.has_answered:
                    self.cut_off()
                is_lost = isinstance(failure, Ended) and was_idle and attempt == 1
                if is_lost and self.may_repeat(request, waits=waits):
                    continue
                return self.say(request, self.failure(failure))
            except Exception:
                upstream.socket.close()
                raise
        raise AssertionError

    def may_repeat(self, request: Request, *, waits: bool) -> bool:
        """Whether a request may be sent again when its connection was lost: RFC 9110 section 9.2.2."""
        return request.method in IDEMPOTENT and not waits

    def waits(self, request: Request) -> bool:
        """Whether the client waits for 100: RFC 9110 section 10.1.1."""
        return request.version >= (1, 1) and request.has_content and "100-continue" in request.tokens("Expect")

    def connected(self, address: Address, *, is_fresh: bool) -> tuple[Stream, bool]:
        """A connection to the next hop, and whether it was idle before."""
        while not is_fresh and (idle := self.place.pool.take(address)) is not None:
            if not self.has_more(idle):
                return idle, True
            idle.socket.close()
        try:
            return connect(address, self.place.patience), False
        except OSError:
            raise Refused(*self.refused()) from None

    def refused(self) -> tuple[int, str]:
        """What is said where there is no connection."""
        return 502, "the next server can't be reached"

    def failure(self, failure: Exception) -> Response:
        """What is said where no response came: RFC 9110 sections 15.6.3, 15.6.5."""
        if isinstance(failure, Silent):
            return explained(504, "the next server did not answer in time")
        return explained(502, "the next server's answer could not be used")

    def cut_off(self) -> None:
        """End the client's connection so that it sees that the response is incomplete: RFC 9112 section 8."""
        raise Ended

    def converse(self, request: Request, upstream: Stream, address: Address, *, waits: bool) -> bool:
        """One request on one connection to the next hop."""
        upstream.expect_by(self.place.patience)
        upstream.socket.settimeout(self.place.patience)
        upstream.send(self.onward_head(request))
        if not waits:
            upstream.send(self.onward_content(request))
        reply = self.read_reply_head(upstream, request)
        for _ in range(self.MOST_INTERIM):
            if reply.status // 100 != 1 or reply.status == 101:
                break
            self.pass_interim(request, reply)
            if waits and reply.status == 100:
                waits = False
                self.read_content(request)
                upstream.send(self.onward_content(request))
            upstream.expect_by(self.place.patience)
            reply = self.read_reply_head(upstream, request)
        else:
            raise Bad
        if reply.status == 101:
            return self.switch(request, reply, upstream)
        return self.pass_back(request, reply, upstream, address, waits=waits)

    def onward_head(self, request: Request) -> bytes:
        """The header section for the next hop, with our version: RFC 9110 section 2.5."""
        line = f"{request.method} {self.onward_target(request)} HTTP/1.1\r\n"
        lines = "".join(f"{name}: {value}\r\n" for name, value in self.onward_fields(request))
        return f"{line}{lines}\r\n".encode("latin-1")

    def onward_content(self, request: Request) -> bytes:
        """The content as it is framed for the next hop."""
        if not request.chunked:
            return request.content
        trailers = "".join(f"{name}: {value}\r\n" for name, value in self.onward_trailers(request))
        chunk = f"{len(request.content):x}\r\n".encode() + request.content + b"\r\n" if request.content else b""
        return chunk + f"0\r\n{trailers}\r\n".encode("latin-1")

    def onward_trailers(self, request: Request) -> Fields:
        """Trailer fields are passed on, but for those that Connection names: RFC 9110 section 7.6.1."""
        named = self.nominated(request.fields)
        return [line for line in request.trailers if line[0].lower() not in named]

    def pass_interim(self, request: Request, reply: Reply) -> None:
        """Interim responses are for clients who know them: RFC 9110 section 15.2."""
        if request.version < (1, 1):
            return
        fields = [line for line in self.back_fields(request, reply) if line[0].lower() != "content-length"]
        self.write(self.head(reply.status, reply.reason or "", fields))

    def pass_back(self, request: Request, reply: Reply, upstream: Stream, address: Address, *, waits: bool) -> bool:
        """A final response, with its content framed anew."""
        closes = self.client_closes(request) or waits
        framing = self.back_framing(request, reply)
        closes |= framing == "close"
        fields = self.framed(request, reply, self.back_fields(request, reply), framing)
        if closes:
            fields.append(("Connection", "close"))
        elif request.version < (1, 1):
            fields.append(("Connection", "keep-alive"))
        self.has_answered = True
        self.write(self.head(self.back_status(reply), reply.reason or "", fields))
        for piece in self.patiently(upstream, self.pieces(upstream, reply)):
            self.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n" if framing == "chunked" else piece)
        if framing == "chunked":
            trailers = "".join(f"{name}: {value}\r\n" for name, value in self.back_trailers(request, reply))
            self.write(f"0\r\n{trailers}\r\n".encode("latin-1"))
        if not waits and self.may_use_again(upstream, request, reply):
            self.place.pool.leave(address, upstream)
        else:
            upstream.socket.close()
        return not closes

    def back_status(self, reply: Reply) -> int:
        """The status code is what the upstream said: RFC 9110 section 15."""
        return reply.status

    def patiently(self, upstream: Stream, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """Every piece has its own time."""
        for piece in pieces:
            upstream.expect_by(self.place.patience)
            yield piece

    def back_trailers(self, request: Request, reply: Reply) -> Fields:
        """Likewise."""
        named = self.nominated(reply.fields)
        return [line for line in reply.trailers if line[0].lower() not in named]

    def back_framing(self, request: Request, reply: Reply) -> str:
        """How the content ends for the client: RFC 9112 section 6."""
        if reply.framing in ("none", "length"):
            return reply.framing
        return "chunked" if request.version >= (1, 1) else "close"

    def framed(self, request: Request, reply: Reply, fields: Fields, framing: str) -> Fields:
        """The fields that say so; where there is no content, what the upstream said of it."""
        if framing == "none":
            if reply.status == 204:
                return [line for line in fields if line[0].lower() != "content-length"]
            return fields
        rest = [line for line in fields if line[0].lower() != "content-length"]
        if framing == "length":
            return [*rest, ("Content-Length", str(reply.length))]
        return [*rest, ("Transfer-Encoding", "chunked")] if framing == "chunked" else rest

    def head(self, status: int, reason: str, fields: Fields) -> bytes:
        """A status line with our version, and a header section."""
        lines = "".join(f"{name}: {value}\r\n" for name, value in fields)
        return f"HTTP/1.1 {status} {reason}\r\n{lines}\r\n".encode("latin-1")

    def write(self, octets: bytes) -> None:
        """Where all octets pass on their way to the client."""
        self.stream.send(octets)

    # Tunnels

    def switch(self, request: Request, reply: Reply, upstream: Stream) -> bool:
        """A protocol that the client asked for: RFC 9110 section 15.2.2."""
        if not self.asks_for_upgrade(request):
            raise Bad
        self.has_answered = True
        self.write(self.head(101, "Switching Protocols", self.back_fields(request, reply)))
        self.relay(upstream)
        return False

    def tunnel(self, request: Request) -> bool:
        """RFC 9110 section 9.3.6. Gateways make none."""
        if not self.is_proxy:
            raise Refused(501, "a gateway makes no tunnels", closes=True)
        host, _, port = request.target.rpartition(":")
        try:
            upstream = connect((host, int(port)), self.place.patience)
        except OSError:
            raise Refused(*self.refused()) from None
        self.has_answered = True
        self.write(self.tunnel_head())
        self.relay(upstream)
        return False

    def tunnel_head(self) -> bytes:
        """No content and no framing fields: RFC 9110 section 9.3.6."""
        return b"HTTP/1.1 200 OK\r\n\r\n"

    def relay(self, upstream: Stream) -> None:
        """Octets both ways until both sides have ended."""
        client = self.stream
        client.send(bytes(upstream.buffer))
        upstream.send(bytes(client.buffer))
        client.buffer.clear()
        ends = {client.socket: upstream.socket, upstream.socket: client.socket}
        deadline = time.monotonic() + IDLE
        while ends and time.monotonic() < deadline:
            for ready in select.select(list(ends), [], [], 1.0)[0]:
                try:
                    octets = ready.recv(65536)
                    ends[ready].settimeout(IDLE)
                    ends[ready].sendall(octets)
                except OSError:
                    octets = b""
                if not octets:
                    other = ends.pop(ready)
                    with contextlib.suppress(OSError):
                        other.shutdown(socket.SHUT_WR)
        upstream.socket.close()


class Front(Listener):
    """Accepts connections, and ends those to the upstream when it stops."""

    def __init__(self, kind: type[Intermediary], place: Place) -> None:
        super().__init__(kind, place)
        self.place = place

    def end(self) -> None:
        """Stop serving."""
        self.shutdown()
        self.server_close()
        self.place.pool.close()
