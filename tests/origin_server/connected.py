"""A client on a connection in memory, its server's clock, and sites made of a few lines, for the tests of the connection."""

from __future__ import annotations

import asyncio
import functools
import os
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import Any, NamedTuple, ParamSpec

from statuary.fields.validators import EntityTag
from statuary.message.fields import FieldLine
from statuary.message.request import Request
from statuary.origin_server.access_log import AccessLog, LogStyle
from statuary.origin_server.server import OriginServer
from statuary.origin_server.server_connection import ServerConnection
from statuary.origin_server.settings import DEFAULT_SETTINGS, Settings
from statuary.origin_server.site import RequestContent, Site
from statuary.semantics.decision.outcome import Done, Outcome
from statuary.semantics.resource import Representation, Resource
from statuary.transport.clock import ManualClock
from statuary.transport.memory import MemoryTransport

NOW = 784111777
DATE = "Sun, 06 Nov 1994 08:49:37 GMT"

P = ParamSpec("P")


def in_loop(test: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Run an async test in an event loop of its own."""

    @functools.wraps(test)
    def run(*arguments: P.args, **named: P.kwargs) -> None:
        asyncio.run(test(*arguments, **named))

    return run


class Received(NamedTuple):
    """One response as it arrived. ``whole`` is false if its content was cut."""

    status: int
    fields: Mapping[str, str]
    content: bytes = b""
    trailers: tuple[FieldLine, ...] = ()
    whole: bool = True


def page(text: str = "hello", media_type: str = "text/plain", **rest: Any) -> Resource:
    octets = text.encode()
    representation = Representation(octets, media_type, len(octets), EntityTag(f"e{len(octets)}", weak=False))
    return Resource(variants=(representation,), **rest)


def sourced(source: object, length: int | None = None, **rest: Any) -> Resource:
    """A resource whose content comes from a File or a Stream."""
    return Resource(variants=(Representation(source, "text/plain", length),), **rest)


class Table(Site):
    """Resources by path, and what was asked of it. What is stored is read whole, unless ``performs`` says otherwise."""

    def __init__(self, **resources: Resource) -> None:
        self.resources = {"/" + name: resource for name, resource in resources.items()}
        self.asked: list[str] = []
        self.stored: list[bytes] = []
        self.performs: Callable[[Request, RequestContent], Awaitable[Outcome]] = self.store

    def resource(self, request: Request, now: int) -> Resource | Awaitable[Resource]:
        self.asked.append(request.path)
        return self.resources.get(request.path, Resource(exists=False))

    async def perform(self, request: Request, resource: Resource, content: RequestContent) -> Outcome:
        return await self.performs(request, content)

    async def store(self, request: Request, content: RequestContent) -> Outcome:
        self.stored.append(await content.read())
        return Done()


WRITABLE = page(methods=("GET", "HEAD", "PUT", "OPTIONS"))


class Entries:
    """An access log that is read back."""

    def __init__(self, style: LogStyle = "common") -> None:
        self._descriptor = os.memfd_create("log")
        self.log = AccessLog(style, self._descriptor)

    def lines(self) -> list[str]:
        self.log.flush()
        return self.written().decode().splitlines()

    def written(self) -> bytes:
        return os.pread(self._descriptor, 1 << 20, 0)

    def __del__(self) -> None:
        os.close(self._descriptor)


class Bench:
    """A server with a clock that stands still, and its connections."""

    def __init__(self, site: Site, settings: Settings = DEFAULT_SETTINGS, *, log: AccessLog | None = None) -> None:
        self.clock = ManualClock(NOW)
        self.site = site
        self.server = OriginServer(site, settings, log=log, clock=self.clock)

    def connect(self, *, high_water: int | None = None) -> Peer:
        return Peer(self.server.connect(), high_water)

    def pass_time(self, seconds: float) -> None:
        """Let time pass, with a sweep every half second of it."""
        while seconds > 0:
            self.clock.advance(min(0.5, seconds))
            seconds -= 0.5
            self.server.sweep()


class Peer(MemoryTransport):
    """The client's end."""

    def __init__(self, connection: ServerConnection, high_water: int | None = None) -> None:
        self.connection = connection
        super().__init__(connection, high_water=high_water, peer="192.0.2.1")

    def send(self, *pieces: bytes) -> None:
        for piece in pieces:
            self.receive(piece)

    def ask(self, line: str, *fields: str, content: bytes = b"") -> None:
        """Send one HTTP/1.1 request, Host included."""
        self.send(request(line, *fields, content=content))

    async def settle(self) -> None:
        """Let all that can go on without time, disk or peer go on."""
        for _ in range(40):
            await asyncio.sleep(0)

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Let what a thread does for the connection be done; the turns are many, and bounded."""
        async with asyncio.timeout(180):
            while not is_so():  # noqa: ASYNC110 - what it waits for has no event
                await asyncio.sleep(0)

    def reads_to_the_end(self) -> bool:
        """Read what is there; whether the connection has ended."""
        self.drain()
        return self.closed

    def responses(self, *methods: str) -> list[Received]:
        """What came so far, as answers to ``methods`` (GET for all that are not named), interim responses too."""
        return read_responses(bytes(self.sent), methods, ended=self.ended or self.closed)

    def statuses(self, *methods: str) -> list[int]:
        return [response.status for response in self.responses(*methods)]


def request(line: str, *fields: str, content: bytes = b"") -> bytes:
    version = "" if " HTTP/" in line else " HTTP/1.1"
    lines = [line + version, "Host: example.org", *fields]
    if content:
        lines.append(f"Content-Length: {len(content)}")
    return "".join(text + "\r\n" for text in lines).encode("latin-1") + b"\r\n" + content


def read_responses(octets: bytes, methods: Sequence[str] = (), *, ended: bool = True) -> list[Received]:
    """Responses as a client reads them, who takes nothing on trust: every octet belongs to one of them."""
    found: list[Received] = []
    final = 0
    while octets:
        head, end, octets = octets.partition(b"\r\n\r\n")
        assert end, f"no end of a head: {head!r}"
        first, *lines = head.decode("latin-1").split("\r\n")
        version, status, _ = first.split(" ", 2)
        assert version == "HTTP/1.1"
        pairs = [tuple(line.split(": ", 1)) for line in lines]
        fields = {name.lower(): value for name, value in pairs}
        assert len(fields) == len(pairs) or "link" in fields, f"a field is repeated: {pairs}"
        code = int(status)
        method = methods[final] if final < len(methods) else "GET"
        final += code >= 200
        if code < 200 or method == "HEAD" or code in (204, 304):
            found.append(Received(code, fields))
        elif "transfer-encoding" in fields:
            content, trailers, octets, whole = _chunks(octets)
            found.append(Received(code, fields, content, trailers, whole))
        elif "content-length" in fields:
            length = int(fields["content-length"])
            found.append(Received(code, fields, octets[:length], whole=len(octets) >= length))
            octets = octets[length:]
        else:
            assert fields["connection"] == "close"
            found.append(Received(code, fields, octets, whole=ended))
            octets = b""
        if code == 101:
            found.append(Received(0, {}, octets))
            break
    return found


def _chunks(octets: bytes) -> tuple[bytes, tuple[FieldLine, ...], bytes, bool]:
    content = b""
    while octets:
        size, _, octets = octets.partition(b"\r\n")
        length = int(size, 16)
        if not length:
            lines: list[FieldLine] = []
            while not octets.startswith(b"\r\n"):
                line, _, octets = octets.partition(b"\r\n")
                name, _, value = line.decode().partition(": ")
                lines.append((name, value))
            return content, tuple(lines), octets[2:], True
        content += octets[:length]
        octets = octets[length + 2 :]
    return content, (), b"", False
