"""What is common to servers that are scripted: they read every request, and say what its script asks, rightly or wrongly.

Bounded in octets, time and count, whatever the peer does. Which ports they have and which requests belong to which script is
for those who use it; what it all means is for judging.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from statuary.conformance.conversation import Record
from statuary.conformance.scripted.actions import Do, Octets, Pause, Say, compose, read_action
from statuary.conformance.scripted.received import EMPTY_LINE, GARBAGE, HEAD_END, Received, read_head
from statuary.conformance.scripted.wire import MOST_CONTENT, Wire
from statuary.conformance.template import fill
from statuary.fields.content_length import parse_content_length
from statuary.fields.dates import format_http_date
from statuary.message.fields import FieldLine, Fields
from statuary.message.response import Response
from statuary.wire.chunked import ChunkedDecoder
from statuary.wire.limits import WireLimits
from statuary.wire.malformed import MalformedMessage
from statuary.wire.response_reader import Problem

MOST_REQUESTS = 120
MOST_HEAD = 128 * 1024
_FOR_CONTENT = 3.0  # seconds that the server waits for the content of a request
_REFUSAL = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_TLS = b"\x16\x03"  # how a handshake begins, which is no request

Turns = tuple[tuple[str, ...], ...] | Mapping[str, tuple[str, ...]]
"""What is said to each request: actions (actions.py), in the order of the requests or by place."""


@dataclass(slots=True)
class Script:
    """What is to be said in one play, and what has come.

    record      where events are noted
    serve       what is said
    facts       for placeholders in it
    continues   whether a request that waits for 100 gets it without the script saying so
    received    the requests, in the order in which they came
    wires       the connections that had requests on them, likewise
    """

    record: Record
    serve: Turns
    facts: dict[str, str] = field(default_factory=dict)
    continues: bool = True
    received: list[Received] = field(default_factory=list)
    wires: list[Wire] = field(default_factory=list)

    def turn(self, request: Received) -> tuple[str, ...]:
        """The actions for a request that has been put among the received."""
        if isinstance(self.serve, Mapping):
            nothing = ("404 || The scenario has nothing here.",)
            return self.serve.get(request.place) or self.serve.get("*") or nothing
        return self.serve[min(len(self.received), len(self.serve)) - 1]


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


class ScriptedConnections:
    """Converses on every connection that is given to it. Subclasses say to which script a request belongs."""

    def __init__(self, most_connections: int) -> None:
        self._most_connections = most_connections
        self._wires: list[Wire] = []
        self._tasks: set[asyncio.Task[None]] = set()

    def script_of(self, wire: Wire, request: Received) -> Script | None:
        """The script that a request belongs to, None where it belongs to none and has been dealt with."""
        raise NotImplementedError

    def for_scripts(self, request: Received) -> tuple[FieldLine, ...]:
        """Field lines that every final response has besides."""
        return ()

    def has_read(self, wire: Wire, request: Received, script: Script) -> None:
        """Called when all content of a request has come."""

    async def tunnel(self, wire: Wire, request: Received, script: Script) -> None:
        """Do what a CONNECT asks for, until it ends."""

    def accept(self, wire: Wire) -> None:
        """Begin with a connection."""
        self._wires.append(wire)
        wire.label = f"{wire.origin}{len(self._wires)}"
        if len(self._wires) > self._most_connections:
            wire.abort()
            return
        task = asyncio.get_running_loop().create_task(self._converse(wire))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def abort(self) -> None:
        """End all connections at once."""
        for task in self._tasks:
            task.cancel()
        for wire in self._wires:
            wire.abort()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.sleep(0)  # until the connections are closed
        self._wires.clear()

    async def _converse(self, wire: Wire) -> None:
        with contextlib.suppress(OSError):  # the client is gone
            await self._speak(wire)

    async def _speak(self, wire: Wire) -> None:
        request: Received | None = None
        while (request := await self._next(wire, request)) is not None:
            script = self.script_of(wire, request)
            if script is None:
                await self._content(wire, request, _FOR_CONTENT)
                continue
            if len(script.received) >= MOST_REQUESTS:
                break
            if wire not in script.wires:
                script.wires.append(wire)
            request.connection = script.wires.index(wire) + 1
            request.at = request.answered = script.record.tick()
            script.received.append(request)
            if request.method == GARBAGE:
                wire.send(_REFUSAL)
                break
            if await self._answer(wire, request, script):
                return
            await self._content(wire, request, None)
            self.has_read(wire, request, script)
        await wire.end()

    # Reading

    async def _next(self, wire: Wire, before: Received | None) -> Received | None:
        empty_lines = 0
        while True:
            while wire.buffer.startswith(b"\r\n"):
                del wire.buffer[:2]
                empty_lines += 1
                if before is not None and empty_lines == 1:
                    before.problems.append(EMPTY_LINE)
            end = HEAD_END.search(wire.buffer)
            if end is not None or wire.buffer.startswith(_TLS) or len(wire.buffer) > MOST_HEAD:
                break
            if not await wire.more(None):
                break
        if not wire.buffer:
            return None
        head = bytes(wire.buffer[: end.end()] if end is not None else wire.buffer)
        del wire.buffer[: len(head)]
        request = read_head(head, wire.origin)
        if before is None and empty_lines:
            request.problems.append(EMPTY_LINE)
        return request

    async def _content(self, wire: Wire, request: Received, seconds: float | None) -> None:
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

    async def _octets(self, wire: Wire, request: Received, length: int) -> None:
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

    async def _chunks(self, wire: Wire, request: Received) -> None:
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
                request.trailers = decoder.trailers
                request.is_whole = True
                return
            if not await wire.more(None):
                return

    # Answering

    async def _answer(self, wire: Wire, request: Received, script: Script) -> bool:
        """Do what the script says; whether the connection has ended."""
        waits, closes = True, False
        for text in script.turn(request):
            if wire.is_lost:
                return True
            action = read_action(text)
            if not isinstance(action, Say | Octets):
                wire.flush()
            match action:
                case Say() as say:
                    composed = compose(say, request.method, script.facts, self.for_scripts(request))
                    if say.is_interim:
                        request.interim.append(composed.response)
                    else:
                        await self._settle_content(wire, request, script, waits=waits)
                        request.final = composed.response
                        closes |= composed.closes
                    self._send(wire, request, script, composed.octets)
                case Octets(text):
                    if request.final is None:
                        await self._settle_content(wire, request, script, waits=waits)
                    self._send(wire, request, script, fill(text, script.facts).encode("latin-1"))
                case Pause(seconds):
                    await asyncio.sleep(seconds)
                case Do("content"):
                    await self._content(wire, request, _FOR_CONTENT)
                case Do("continue"):
                    self._continue(wire, request, script)
                    wire.flush()
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
                    await self.tunnel(wire, request, script)
                    return True
        wire.flush()
        if closes:
            await wire.end()
        return closes

    async def _settle_content(self, wire: Wire, request: Received, script: Script, *, waits: bool) -> None:
        """Wait for the content unless the client waits itself; where it was not told to, it is sent 100 as usual."""
        if waits and script.continues:
            self._continue(wire, request, script)
        if waits and not request.is_waiting:
            wire.flush()
            await self._content(wire, request, _FOR_CONTENT)

    def _continue(self, wire: Wire, request: Received, script: Script) -> None:
        if request.is_waiting:
            self._send(wire, request, script, b"HTTP/1.1 100 Continue\r\n\r\n")
            request.interim.append(Response(100, Fields()))

    def _send(self, wire: Wire, request: Received, script: Script, octets: bytes) -> None:
        if request.held is None and request.announces_content:
            request.held = not wire.buffer and not request.content and not wire.decoder
        request.answered = script.record.tick()
        wire.hold(octets)
