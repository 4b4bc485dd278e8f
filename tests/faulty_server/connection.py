"""A connection from its first octet to its last: requests in, responses out, and when it ends. RFC 9112 sections 6 and 9."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

from .answering import Answering, http_date
from .message import PHRASES, Fields, Refused, Request, Response, explained
from .reading import Reading
from .site import World
from .stream import Ended, Silent, Stream
from .websocket import echo

IDLE = 15.0
"""Seconds for which a connection is kept open between requests."""
SMALL = 100_000
"""Content of so many octets is read although the answer doesn't depend on it, to keep the connection."""


class Origin(Reading, Answering):
    """The server's side of one connection. A fault is a subclass with a method or two replaced."""

    CHUNK_SIZE = 16_000

    def __init__(self, connected: socket.socket, world: World) -> None:
        self.stream = Stream(connected, world.patience)
        self.world = world
        self.port = connected.getsockname()[1]

    def run(self) -> None:
        """Serve requests until the connection ends."""
        with contextlib.suppress(Ended):
            while self.serve_one():
                pass
        self.stream.close()

    def serve_one(self) -> bool:
        """Read one request and answer it. Says whether another may follow."""
        if not self.await_request():
            return False
        self.request = None
        try:
            response = self.answer(self.read_head())
        except Refused as refused:
            response = refused.response
        except Silent:
            response = self.out_of_time()
        request = self.request
        if request is not None and response.status == 101:
            self.switch(request, response)
            return False
        closes = self.closes_after(request, response)
        self.send(request, response, closes)
        return not closes

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

    def out_of_time(self) -> Response:
        """The rest of a request didn't come in time: RFC 9110 section 15.5.9."""
        response = explained(408, "the request took too long to arrive")
        response.closes = True
        return response

    def answer(self, request: Request) -> Response:
        """Decide by the header section what can be, read the content, act. Raises Refused and Silent."""
        try:
            with self.world.lock:
                resource = self.admit(request)
        except Refused as refused:
            return self.refuse(request, refused.response)
        if self.expects_continue(request):
            self.send_continue(request)
        self.read_content(request)
        with self.world.lock:
            if request.method in ("PUT", "DELETE"):
                resource = self.admit(request)
            return self.perform(request, resource)

    def expects_continue(self, request: Request) -> bool:
        """Whether the client waits for 100: RFC 9110 section 10.1.1."""
        return request.version >= (1, 1) and request.has_content and "100-continue" in request.tokens("Expect")

    def send_continue(self, request: Request) -> None:
        """Ask for the content, unless some of it is there already."""
        self.interim(100)

    def refuse(self, request: Request, response: Response) -> Response:
        """A final response that needs no content: what is small is read to keep in step: RFC 9112 section 9.3."""
        if request.has_content and not response.closes:
            if self.expects_continue(request) or request.length > SMALL:
                response.closes = True
            else:
                self.read_content(request)
        return response

    def closes_after(self, request: Request | None, response: Response) -> bool:
        """Whether the response is the last one here: RFC 9112 section 9.3."""
        if response.closes or request is None:
            return True
        return request.version < (1, 1) or "close" in request.tokens("Connection")

    def switch(self, request: Request, response: Response) -> None:
        """Send a 101 and speak the other protocol from then on: RFC 9110 section 15.2.2."""
        self.write(self.head(response))
        echo(self.stream)

    # Writing: RFC 9112 sections 2, 4, 6 and 7

    def interim(self, status: int, *fields: tuple[str, str]) -> None:
        """Send an interim response."""
        self.write(self.head(Response(status, list(fields))))

    def send(self, request: Request | None, response: Response, closes: bool) -> None:
        """Complete the response, let ``altered`` see it, and send it."""
        self.complete(request, response, closes)
        self.altered(request, response)
        self.write(self.octets(request, response))

    def complete(self, request: Request | None, response: Response, closes: bool) -> None:
        """Add what every response needs: Date, Connection, and how its content is delimited."""
        response.fields.insert(0, ("Date", http_date(time.time())))
        if closes:
            value = response.get("Connection")
            response.set("Connection", f"{value}, close" if value else "close")
        if request is None or request.version < (1, 1):
            response.chunked = False
        if response.chunked:
            response.set("Transfer-Encoding", "chunked")
        elif response.status not in (204, 304):
            response.set("Content-Length", str(len(response.content)))

    def altered(self, request: Request | None, response: Response) -> None:
        """Where a fault can change a completed response."""

    def octets(self, request: Request | None, response: Response) -> bytes:
        """All octets of a final response."""
        if (request is not None and request.method == "HEAD") or response.status in (204, 304):
            return self.head(response)
        if response.chunked:
            return self.head(response) + self.in_chunks(response.content, response.trailers)
        return self.head(response) + response.content

    def head(self, response: Response) -> bytes:
        """The status-line and the header section."""
        return self.status_line(response) + self.field_lines(response.fields) + b"\r\n"

    def status_line(self, response: Response) -> bytes:
        """RFC 9112 section 4."""
        reason = PHRASES.get(response.status, "") if response.reason is None else response.reason
        return f"{response.version} {response.status} {reason}\r\n".encode("latin-1")

    def field_lines(self, fields: Fields) -> bytes:
        """RFC 9112 section 5."""
        return "".join(f"{name}: {value}\r\n" for name, value in fields).encode("latin-1")

    def in_chunks(self, content: bytes, trailers: Fields) -> bytes:
        """RFC 9112 section 7.1."""
        octets = b""
        for start in range(0, len(content), self.CHUNK_SIZE):
            chunk = content[start : start + self.CHUNK_SIZE]
            octets += f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n"
        return octets + b"0\r\n" + self.field_lines(trailers) + b"\r\n"

    def write(self, octets: bytes) -> None:
        """Where all octets pass on their way out."""
        self.stream.send(octets)


class Serving(Protocol):
    """What serves one connection until it ends."""

    def run(self) -> object: ...


class Listener(socketserver.ThreadingTCPServer):
    """Accepts connections on 127.0.0.1, each of which gets a thread, and is served by what is made of its socket."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, serving: Callable[[socket.socket, Any], Serving], world: object, port: int = 0) -> None:
        self.serving = serving
        self.world = world
        super().__init__(("127.0.0.1", port), socketserver.BaseRequestHandler)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    def finish_request(self, request: object, client_address: object) -> None:
        """Serve one connection."""
        assert isinstance(request, socket.socket)
        self.serving(request, self.world).run()

    def shutdown_request(self, request: object) -> None:
        """The connection has closed its socket itself."""

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is nothing to report."""

    def start(self) -> None:
        """Serve in a thread of its own."""
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.005}, daemon=True).start()
