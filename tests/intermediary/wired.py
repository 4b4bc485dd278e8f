"""Both ends of an intermediary on sockets: upstreams that do what a test tells them, and a client of raw octets."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import functools
import hashlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import Any, NamedTuple, ParamSpec

from statuary.intermediary.gateway import gateway
from statuary.intermediary.proxy import proxy
from statuary.intermediary.server import Intermediary
from statuary.intermediary.settings import IntermediarySettings
from statuary.message.fields import Fields
from statuary.message.response import Response
from statuary.wire.response_stream import ResponseStream

P = ParamSpec("P")
LIMIT = 180
"""Seconds after which a test that hangs is ended: nothing waits for as long."""


def in_loop(test: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Run an async test in an event loop of its own."""

    @functools.wraps(test)
    def run(*arguments: P.args, **named: P.kwargs) -> None:
        asyncio.run(asyncio.wait_for(test(*arguments, **named), LIMIT))

    return run


# The upstream


class Asked(NamedTuple):
    """A request as it arrived at an upstream."""

    line: str
    fields: str
    content: bytes

    def field(self, name: str) -> str | None:
        found = re.search(rf"^{name}: (.*?)\r$", self.fields, re.MULTILINE | re.IGNORECASE)
        return found[1] if found else None


class Link:
    """One connection at an upstream."""

    def __init__(self, incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter, number: int) -> None:
        self.incoming = incoming
        self.outgoing = outgoing
        self.number = number

    async def head(self) -> Asked | None:
        """The head of the next request, None if none comes any more."""
        try:
            octets = await self.incoming.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            return None
        line, _, fields = octets.decode("latin-1").partition("\r\n")
        return Asked(line, fields, b"")

    async def request(self) -> Asked | None:
        """The next request with its content, chunks as they came."""
        asked = await self.head()
        if asked is None:
            return None
        if asked.field("transfer-encoding"):
            return asked._replace(content=await self.incoming.readuntil(b"0\r\n\r\n"))
        length = int(asked.field("content-length") or 0)
        return asked._replace(content=await self.incoming.readexactly(length))

    async def say(self, octets: bytes) -> None:
        self.outgoing.write(octets)
        await self.outgoing.drain()

    def reset(self) -> None:
        self.outgoing.transport.abort()


Serve = Callable[[Link], Awaitable[None]]


class Upstream:
    """A server whose every connection is served by ``serve``."""

    def __init__(self, serve: Serve) -> None:
        self._serve = serve
        self._tasks: set[asyncio.Task[None]] = set()
        self.asked: list[Asked] = []
        self.links = 0
        self.ended = asyncio.Event()
        """Set when a connection's script is over."""
        self.url = ""
        self.authority = ""

    def accept(self, incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
        self.links += 1
        task = asyncio.ensure_future(self._run(Link(incoming, outgoing, self.links)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, link: Link) -> None:
        try:
            await self._serve(link)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.ended.set()
            link.outgoing.close()

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@contextlib.asynccontextmanager
async def serving(serve: Serve) -> AsyncIterator[Upstream]:
    upstream = Upstream(serve)
    server = await asyncio.start_server(upstream.accept, "127.0.0.1", 0)
    upstream.authority = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    upstream.url = f"http://{upstream.authority}"
    try:
        yield upstream
    finally:
        server.close()
        await upstream.stop()


@contextlib.asynccontextmanager
async def answering(*answers: bytes) -> AsyncIterator[Upstream]:
    """An upstream with an answer for each request, whichever connection it comes on; the last one for all that follow."""
    left = list(answers)
    upstream: Upstream

    async def serve(link: Link) -> None:
        while (asked := await link.request()) is not None:
            upstream.asked.append(asked)
            await link.say(left.pop(0) if len(left) > 1 else left[0])

    async with serving(serve) as upstream:
        yield upstream


# The client


class Received:
    """What a client got: interim responses, final ones, and whether the last is whole."""

    def __init__(self) -> None:
        self.interim: list[Response] = []
        self.heads: list[Response] = []
        self.contents: list[bytearray] = []
        self.trailers: list[Fields | None] = []

    def head(self, response: Response) -> None:
        self.heads.append(response)
        self.contents.append(bytearray())

    def content(self, octets: bytes) -> None:
        self.contents[-1] += octets

    def end(self, trailers: Fields | None) -> None:
        self.trailers.append(trailers)

    @property
    def is_whole(self) -> bool:
        return len(self.trailers) == len(self.heads)


class _Sink:
    def __init__(self, received: Received) -> None:
        self._received = received
        self.head, self.content, self.end = received.head, received.content, received.end

    def interim(self, response: Response) -> None:
        self._received.interim.append(response)


class Client:
    """Sends octets, and reads responses strictly."""

    def __init__(self, incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
        self.incoming = incoming
        self.outgoing = outgoing
        self.received = Received()
        self._stream: ResponseStream | None = None
        self._pending = b""

    async def send(self, octets: bytes) -> None:
        self.outgoing.write(octets)
        await self.outgoing.drain()

    async def response(self, method: str = "GET") -> tuple[int, bytes]:
        """Status and content of the next final response."""
        count = len(self.received.trailers)
        stream = await self._until(lambda: len(self.received.trailers) > count, method)
        self._stream, self._pending = None, stream.rest
        return self.received.heads[-1].status, bytes(self.received.contents[-1])

    async def until_interim(self, count: int = 1, method: str = "POST") -> None:
        """Until that many interim responses have come in all."""
        await self._until(lambda: len(self.received.interim) >= count, method)

    async def until_content(self, octets: int, method: str = "GET") -> None:
        """Until so much of the content of the next response has come."""
        count = len(self.received.contents)
        await self._until(lambda: self._is_there(count, octets), method)

    def _is_there(self, count: int, octets: int) -> bool:
        return len(self.received.contents) > count and len(self.received.contents[-1]) >= octets

    async def _until(self, is_there: Callable[[], bool], method: str) -> ResponseStream:
        if self._stream is None:
            self._stream = ResponseStream(_Sink(self.received))
            self._stream.expect(method)
            pending, self._pending = self._pending, b""
            self._stream.feed(pending)
        while not is_there():
            octets = await self.incoming.read(65536)
            if not octets:
                self._stream.close()
                assert is_there(), "the connection was closed"
                break
            self._stream.feed(octets)
        return self._stream

    async def rest(self) -> bytes:
        """All octets to the end of the connection."""
        return await self.incoming.read()

    @property
    def final(self) -> Response:
        return self.received.heads[-1]


@contextlib.asynccontextmanager
async def running(intermediary: Intermediary) -> AsyncIterator[str]:
    """The authority at which it listens."""
    server = await asyncio.get_running_loop().create_server(intermediary.connect, "127.0.0.1", 0)
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for connection in list(intermediary.connections):
            connection.abort()
        intermediary.close()


@contextlib.asynccontextmanager
async def connected(authority: str) -> AsyncIterator[Client]:
    host, _, port = authority.rpartition(":")
    incoming, outgoing = await asyncio.open_connection(host, int(port))
    try:
        yield Client(incoming, outgoing)
    finally:
        outgoing.close()
        with contextlib.suppress(OSError):
            await outgoing.wait_closed()


@contextlib.asynccontextmanager
async def through_gateway(
    *to: str, settings: IntermediarySettings | None = None, **options: Any
) -> AsyncIterator[Client]:
    """A client of a gateway to these upstreams."""
    made = gateway(to, settings or IntermediarySettings(), name="gateway.test", **options)
    async with running(made) as authority, connected(authority) as client:
        yield client


def get(path: str = "/", *lines: str, method: str = "GET", version: str = "1.1") -> bytes:
    """The octets of a request without content."""
    fields = "".join(f"{line}\r\n" for line in ("Host: example.org", *lines))
    return f"{method} {path} HTTP/{version}\r\n{fields}\r\n".encode("latin-1")


@contextlib.asynccontextmanager
async def through_proxy(settings: IntermediarySettings | None = None, **options: Any) -> AsyncIterator[Client]:
    """A client of a proxy that leads to this machine, and to any port."""
    async with running(proxy_here(settings, **options)) as authority, connected(authority) as client:
        yield client


def proxy_here(settings: IntermediarySettings | None = None, **options: Any) -> Intermediary:
    """A proxy that leads to this machine, and to any port."""
    defaults: dict[str, Any] = {"name": "proxy.test", "allows_private": True, "tunnel_ports": None}
    return proxy(settings or IntermediarySettings(), **(defaults | options))


def ask(url: str, *lines: str, method: str = "GET") -> bytes:
    """The octets of a request to a proxy, without content."""
    authority = url.partition("://")[2].partition("/")[0]
    fields = "".join(f"{line}\r\n" for line in (f"Host: {authority}", *lines))
    return f"{method} {url} HTTP/1.1\r\n{fields}\r\n".encode()


def connect(authority: str, *lines: str) -> bytes:
    """The octets of a request for a tunnel."""
    fields = "".join(f"{line}\r\n" for line in (f"Host: {authority}", *lines))
    return f"CONNECT {authority} HTTP/1.1\r\n{fields}\r\n".encode()


def basic(user: str, password: str) -> str:
    """The field line that shows credentials to a proxy."""
    return f"Proxy-Authorization: Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"


def digest(challenging: Response, url: str, method: str = "GET", *, count: int = 1) -> str:
    """The field line that answers a 407 of a proxy: as ``user``, whose password is ``secret``, for the count-th time."""
    found = re.search(r'nonce="([^"]+)"', challenging.fields.get("proxy-authenticate", ""))
    assert found is not None
    secret = hashlib.sha256(b"user:proxy:secret").hexdigest()
    action = hashlib.sha256(f"{method}:{url}".encode()).hexdigest()
    proof = hashlib.sha256(f"{secret}:{found[1]}:{count:08x}:c:auth:{action}".encode()).hexdigest()
    return (
        f'Proxy-Authorization: Digest username="user", realm="proxy", nonce="{found[1]}", uri="{url}", '
        f'algorithm=SHA-256, qop=auth, nc={count:08x}, cnonce="c", response="{proof}"'
    )


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
