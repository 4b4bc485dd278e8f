"""The scripted server of one play: its origins, each a port of its own, and every request that comes, octet by octet.

It says what the scenario asks, rightly or wrongly, whatever the client does, and is bounded in octets, time and count. Since
each play has ports of its own, whatever comes there belongs to it, however malformed. What it all means is for judging.py.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import ssl
import struct
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from urllib.parse import urlsplit

from statuary.conformance.client.answers import Do, Octets, Pause, Say, compose, read_action
from statuary.conformance.client.scenario import ClientScenario
from statuary.conformance.conversation import Record
from statuary.conformance.requests import request_value
from statuary.conformance.template import fill
from statuary.fields.content_length import parse_content_length
from statuary.fields.dates import format_http_date
from statuary.message.fields import FieldLine, Fields
from statuary.message.response import Exchange, Response
from statuary.wire.chunked import ChunkedDecoder
from statuary.wire.limits import WireLimits
from statuary.wire.malformed import MalformedMessage
from statuary.wire.response_reader import Problem, read_fields
from statuary.wire.transcript import Seen

ORIGINS = ("a", "b", "tls", "other")
"""Two of http; one of https with a certificate for its name; one with a certificate for another name."""
MOST_REQUESTS = 120
MOST_CONNECTIONS = 160
MOST_HEAD = 128 * 1024
MOST_CONTENT = 4 * 1024 * 1024
FRAME = "/statuary-frame.html"
"""What the page of the pull protocol loads from the origin under test, so that its requests are of the same origin."""

_FOR_CONTENT = 3.0  # seconds that the server waits for the content of a request
_AFTER_END = 0.5  # seconds in which a client may close what the server has closed
_REQUEST_LINE = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([!-~\x80-\xff]+) HTTP/([0-9])\.([0-9])")
GARBAGE = "?"
"""The method of octets that are no request."""


def context_of(origin: str) -> ssl.SSLContext | None:
    """The TLS of an origin, None for those of http."""
    if origin not in ("tls", "other"):
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.set_alpn_protocols(["http/1.1"])
    folder = resources.files("statuary.conformance.client") / "certificates"
    with resources.as_file(folder / ("server.pem" if origin == "tls" else "other.pem")) as path:
        context.load_cert_chain(path)
    return context


@dataclass(slots=True)
class Received:
    """A request as it came, and what was said to it.

    origin      the origin that it came to
    connection  number of its connection, from 1 in the order of their first requests
    method      "?" where the octets are no request
    target      as it came
    octets      its header section with the request line
    at          when it came, in seconds
    answered    when the server said something for the last time
    content     so far, decoded if it is chunked
    is_whole    whether all its content has come
    held        whether none of its content had come when the server first said something; None without content
    """

    origin: str
    connection: int
    method: str
    target: str
    version: str
    fields: Fields
    octets: bytes
    problems: list[Problem]
    at: float = 0.0
    answered: float = 0.0
    content: bytes = b""
    is_whole: bool = False
    held: bool | None = None
    interim: list[Response] = field(default_factory=list)
    final: Response | None = None

    @property
    def path(self) -> str:
        """The path of its target, whatever its form."""
        if self.method == "CONNECT":
            return self.target
        if self.target.startswith("/"):
            return self.target.partition("?")[0].partition("#")[0]
        with contextlib.suppress(ValueError):
            return urlsplit(self.target).path or "/"
        return self.target

    @property
    def place(self) -> str:
        """Its path as scenarios write it: with the origin's name, unless that is a."""
        return self.path if self.origin == "a" or self.method == "CONNECT" else f"{self.origin}{self.path}"

    @property
    def announces_content(self) -> bool:
        """Whether content follows its header section: RFC 9112 section 6.3."""
        return "transfer-encoding" in self.fields or self.fields.get("content-length", "0").strip() != "0"

    @property
    def expects(self) -> bool:
        """Whether it waits for 100: RFC 9110 section 10.1.1."""
        return "100-continue" in self.fields.get("expect", "").lower()

    @property
    def sent(self) -> str:
        """How much of its content came."""
        return "whole" if self.is_whole else "part" if self.content else "none"

    def seen(self) -> Seen | None:
        """The exchange for judge; None where the octets are no request."""
        if self.method == GARBAGE:
            return None
        scheme = "https" if self.origin in ("tls", "other") else "http"
        request = request_value(self.method, self.target, self.version, self.fields, self.content, scheme)
        return Seen(Exchange(request, tuple(self.interim), self.final), tuple(self.problems))


class ScriptedServer:
    """What a scenario has the server say, on as many ports as it has origins. ``open`` first, ``close`` last."""

    def __init__(self, scenario: ClientScenario, record: Record, frame: bytes = b"") -> None:
        self.scenario = scenario
        self.record = record
        self.received: list[Received] = []
        self.facts: dict[str, str] = {}
        self.connections = 0
        self._frame = frame
        self._servers: list[asyncio.Server] = []
        self._wires: list[_Wire] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Take connections, on free ports of this machine."""
        loop = asyncio.get_running_loop()
        for origin in origins_of(self.scenario):
            context = context_of(origin)
            server = await loop.create_server(
                lambda origin=origin: _Wire(self, origin),
                "127.0.0.1",
                0,
                ssl=context,
            )
            self._servers.append(server)
            host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
            self.facts |= {origin: f"{'https' if context else 'http'}://{host}", f"{origin}.host": host}
        self.facts |= moments(int(time.time()))

    async def close(self) -> None:
        """End everything at once."""
        for server in self._servers:
            server.close()
        for task in self._tasks:
            task.cancel()
        for wire in self._wires:
            wire.abort()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.sleep(0)  # until the connections are closed

    async def settle(self) -> None:
        """Let what the client sent last arrive."""
        for _ in range(3):
            await asyncio.sleep(0.005)

    def accept(self, wire: _Wire) -> None:
        """Begin with a connection."""
        self._wires.append(wire)
        if len(self._wires) > MOST_CONNECTIONS:
            wire.abort()
            return
        task = asyncio.get_running_loop().create_task(self._converse(wire))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _converse(self, wire: _Wire) -> None:
        with contextlib.suppress(OSError):  # the client is gone
            await self._speak(wire)

    async def _speak(self, wire: _Wire) -> None:
        while (request := await self._next(wire)) is not None:
            if self._is_besides(wire, request):
                continue
            if len(self.received) >= MOST_REQUESTS:
                break
            request.at = request.answered = self.record.tick()
            self.received.append(request)
            if request.method == GARBAGE:
                wire.send(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                break
            if await self._answer(wire, request):
                return
            await self._content(wire, request, None)
        await wire.end()

    # Reading

    async def _next(self, wire: _Wire) -> Received | None:
        while True:
            while wire.buffer.startswith(b"\r\n"):
                del wire.buffer[:2]
            end = wire.buffer.find(b"\r\n\r\n")
            if end >= 0 or len(wire.buffer) > MOST_HEAD:
                break
            if not await wire.more(None):
                end = -1
                break
        if not wire.buffer:
            return None
        if not wire.number:
            self.connections += 1
            wire.number = self.connections
        head = bytes(wire.buffer[: end + 4] if end >= 0 else wire.buffer)
        del wire.buffer[: len(head)]
        line, _, section = head.decode("latin-1").partition("\r\n")
        found = _REQUEST_LINE.fullmatch(line) if end >= 0 else None
        if found is None:
            return Received(wire.origin, wire.number, GARBAGE, "", "HTTP/1.1", Fields(), head, [])
        method, target, major, minor = found.groups()
        fields, problems = read_fields(section.removesuffix("\r\n"), "request")
        version = f"HTTP/{major}.{minor}"
        return Received(wire.origin, wire.number, method, target, version, fields, head, problems)

    async def _content(self, wire: _Wire, request: Received, seconds: float | None) -> None:
        """Read on until all content has come, the client is gone or the time is over."""
        if request.is_whole:
            return
        try:
            async with asyncio.timeout(seconds):
                if "transfer-encoding" in request.fields:
                    await self._chunks(wire, request)
                else:
                    length = parse_content_length(request.fields.get("content-length"))
                    await self._octets(wire, request, length if isinstance(length, int) else 0)
        except TimeoutError:
            return

    async def _octets(self, wire: _Wire, request: Received, length: int) -> None:
        while True:
            piece = bytes(wire.buffer[: length - wire.taken])
            del wire.buffer[: len(piece)]
            wire.taken += len(piece)
            request.content = (request.content + piece)[:MOST_CONTENT]
            if wire.taken >= length:
                request.is_whole = True
                wire.taken = 0
                return
            if not await wire.more(None):
                return

    async def _chunks(self, wire: _Wire, request: Received) -> None:
        wire.decoder = decoder = wire.decoder or ChunkedDecoder(WireLimits())
        while True:
            data = bytes(wire.buffer)
            wire.buffer.clear()
            try:
                request.content = (request.content + decoder.decode(data))[:MOST_CONTENT]
            except MalformedMessage as error:
                request.problems.append(Problem("request", "rfc9110-2.2-12", error.detail))
                return
            if decoder.done:
                wire.buffer += decoder.rest
                wire.decoder = None
                request.is_whole = True
                return
            if not await wire.more(None):
                return

    # Answering

    async def _answer(self, wire: _Wire, request: Received) -> bool:
        """Do what the scenario says; whether the connection has ended."""
        waits, closes = True, False
        for text in self._turn(request):
            if wire.is_lost:
                return True
            action = read_action(text)
            if not isinstance(action, Say | Octets):
                wire.flush()
            match action:
                case Say() as say:
                    composed = compose(say, request.method, self.facts, _for_scripts(request))
                    if say.is_interim:
                        request.interim.append(composed.response)
                    else:
                        await self._settle_content(wire, request, waits=waits)
                        request.final = composed.response
                        closes |= composed.closes
                    self._send(wire, request, composed.octets)
                case Octets(text):
                    if request.final is None:
                        await self._settle_content(wire, request, waits=waits)
                    self._send(wire, request, fill(text, self.facts).encode("latin-1"))
                case Pause(seconds):
                    await asyncio.sleep(seconds)
                case Do("content"):
                    await self._content(wire, request, _FOR_CONTENT)
                case Do("early"):
                    waits = False
                case Do("stay"):
                    closes = False
                case Do("half-close"):
                    wire.half_close()
                case Do("reset"):
                    wire.reset()
                    return True
                case Do("close"):
                    closes = True
                case Do("tunnel"):
                    await self._tunnel(wire, request)
                    return True
        wire.flush()
        if closes:
            await wire.end()
        return closes

    async def _tunnel(self, wire: _Wire, request: Received) -> None:
        """Pass octets both ways between the client and the origin of ours that its CONNECT names: RFC 9110 section 9.3.6."""
        if request.target not in {value for name, value in self.facts.items() if name.endswith(".host")}:
            return
        incoming, outgoing = await asyncio.open_connection(*request.target.rsplit(":", 1))

        async def back() -> None:
            while data := await incoming.read(65536):
                wire.send(data)
            wire.half_close()

        task = asyncio.get_running_loop().create_task(back())
        try:
            while wire.buffer or await wire.more(None):
                outgoing.write(bytes(wire.buffer))
                wire.buffer.clear()
        finally:
            task.cancel()
            outgoing.transport.abort()

    async def _settle_content(self, wire: _Wire, request: Received, *, waits: bool) -> None:
        """Wait for the content unless the client waits itself; where it was not told to, it is sent 100 as usual."""
        is_held = request.expects and all(one.status != 100 for one in request.interim)
        if waits and is_held and not any(one.expect for one in self.scenario.ask):
            self._send(wire, request, b"HTTP/1.1 100 Continue\r\n\r\n")
            request.interim.append(Response(100, Fields()))
            is_held = False
        if waits and not is_held:
            wire.flush()
            await self._content(wire, request, _FOR_CONTENT)

    def _send(self, wire: _Wire, request: Received, octets: bytes) -> None:
        if request.held is None and request.announces_content:
            request.held = not wire.buffer and not request.content and not wire.decoder
        request.answered = self.record.tick()
        wire.hold(octets)

    def _turn(self, request: Received) -> tuple[str, ...]:
        serve = self.scenario.serve
        if isinstance(serve, Mapping):
            return serve.get(request.place) or serve.get("*") or ("404 || The scenario has nothing here.",)
        index = min(len(self.received), len(serve)) - 1
        return serve[index]

    def _is_besides(self, wire: _Wire, request: Received) -> bool:
        """What browsers ask for besides: the frame in which scripts run, icons, and leave to make a request."""
        if request.target == FRAME and self._frame:
            wire.send(_ok(self._frame, "text/html; charset=utf-8"))
        elif request.target == "/favicon.ico":
            wire.send(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        elif request.method == "OPTIONS" and "access-control-request-method" in request.fields:
            leave = "".join(f"Access-Control-Allow-{what}: *\r\n" for what in ("Origin", "Methods", "Headers"))
            wire.send(f"HTTP/1.1 204 No Content\r\n{leave}\r\n".encode("ascii"))
        else:
            return False
        return True


def origins_of(scenario: ClientScenario) -> tuple[str, ...]:
    """The origins that a scenario mentions, and always a."""
    places = [one.send.split(" ")[1] for one in scenario.ask]
    places += [one.proxy or "" for one in scenario.ask]
    if isinstance(scenario.serve, Mapping):
        places += scenario.serve
    named = {place.partition("/")[0] for place in places}
    return tuple(
        origin
        for origin in ORIGINS
        if origin == "a" or origin in named or any(re.search(rf"\{{{origin}[.}}]", text) for text in scenario.texts)
    )


def moments(now: int) -> dict[str, str]:
    """Dates that scenarios may use."""
    return {
        "now": format_http_date(now),
        "soon": format_http_date(now + 2),
        "soon.rfc850": time.strftime("%A, %d-%b-%y %H:%M:%S GMT", time.gmtime(now + 2)),
        "soon.asctime": time.asctime(time.gmtime(now + 2)),
        "tomorrow": format_http_date(now + 86400),
        "long_ago": format_http_date(784111777),
    }


def _for_scripts(request: Received) -> tuple[FieldLine, ...]:
    """What lets a script of another origin see a response, where one asks."""
    if "origin" not in request.fields:
        return ()
    return (("Access-Control-Allow-Origin", "*"), ("Access-Control-Expose-Headers", "*"))


def _ok(content: bytes, type: str) -> bytes:
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Type: {type}\r\nCache-Control: no-store\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode("ascii") + content


class _Wire(asyncio.Protocol):
    """One connection: what has come on it and was not read yet."""

    def __init__(self, server: ScriptedServer, origin: str) -> None:
        self.origin = origin
        self.number = 0
        self.buffer = bytearray()
        self.taken = 0  # octets of the content that is being read
        self.decoder: ChunkedDecoder | None = None
        self.is_lost = False
        self._server = server
        self._label = ""
        self._transport: asyncio.Transport | None = None
        self._has_ended = False
        self._has_finished = False
        self._held = b""
        self._came = asyncio.Event()
        self._received = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._server.accept(self)
        self._label = f"{self.origin}{len(self._server._wires)}"
        self._server.record.note(self._label, "opened")

    def data_received(self, data: bytes) -> None:
        self._server.record.note(self._label, "received", data)
        self._received += len(data)
        if self._received <= 2 * MOST_CONTENT:
            self.buffer += data
        self._came.set()

    def eof_received(self) -> bool:
        self._has_ended = True
        self._server.record.note(self._label, "ended")
        self._came.set()
        return self.origin in ("a", "b")

    def connection_lost(self, error: Exception | None) -> None:
        if not self.is_lost and error is not None:
            self._server.record.note(self._label, "reset")
        self.is_lost = self._has_ended = True
        self._came.set()

    async def more(self, seconds: float | None) -> bool:
        """Wait for more octets; false once there are no more to come, or not in time."""
        if self._has_ended:
            return False
        self._came.clear()
        before = self._received
        try:
            async with asyncio.timeout(seconds):
                await self._came.wait()
        except TimeoutError:
            return False
        return self._received > before

    def hold(self, octets: bytes) -> None:
        """Send octets with those that follow, so that they arrive together: what comes too much is there at once."""
        self._held += octets

    def flush(self) -> None:
        """Send what is held."""
        if self._held:
            held, self._held = self._held, b""
            self.send(held)

    def send(self, octets: bytes) -> None:
        """Send octets, unless the client is gone or nothing more was to come."""
        if self._transport is not None and not self.is_lost and not self._has_finished:
            self._server.record.note(self._label, "sent", octets)
            self._transport.write(octets)

    def half_close(self) -> None:
        """Say that nothing more will come."""
        if self._transport is None or self.is_lost or self._has_finished or not self._transport.can_write_eof():
            return
        self._has_finished = True
        self._server.record.note(self._label, "half-closed")
        with contextlib.suppress(OSError):  # the client has reset it
            self._transport.write_eof()

    async def end(self) -> None:
        """Close it in stages, so that the client gets all that was sent: RFC 9112 section 9.6."""
        if self._transport is None or self.is_lost:
            return
        if self._transport.can_write_eof():
            self.half_close()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_AFTER_END):
                    while not self._has_ended:
                        await self.more(None)
        self.is_lost = True
        self._transport.close()

    def reset(self) -> None:
        """End it so that the client sees an error."""
        if self._transport is not None and not self.is_lost:
            self._server.record.note(self._label, "reset")
            own: socket.socket = self._transport.get_extra_info("socket")
            own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.abort()

    def abort(self) -> None:
        """Be done with it at once."""
        self.is_lost = True
        if self._transport is not None:
            self._transport.abort()
