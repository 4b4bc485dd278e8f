"""The scripted server of one play with a client: its origins, each a port of its own, some with TLS.

Since each play has ports of its own, whatever comes there belongs to it, however malformed. What it all means is for
judging.py.
"""

from __future__ import annotations

import asyncio
import re
import ssl
import time
from collections.abc import Mapping
from importlib import resources

from statuary.conformance.client.scenario import ClientScenario
from statuary.conformance.conversation import Record
from statuary.conformance.scripted.received import Received
from statuary.conformance.scripted.server import Script, ScriptedConnections, moments
from statuary.conformance.scripted.wire import Wire
from statuary.message.fields import FieldLine

ORIGINS = ("a", "b", "tls", "other")
"""Two of http; one of https with a certificate for its name; one with a certificate for another name."""
MOST_CONNECTIONS = 160
FRAME = "/statuary-frame.html"
"""What the page of the pull protocol loads from the origin under test, so that its requests are of the same origin."""
_SECURE = ("tls", "other")


def context_of(origin: str) -> ssl.SSLContext | None:
    """The TLS of an origin, None for those of http."""
    if origin not in _SECURE:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.set_alpn_protocols(["http/1.1"])
    folder = resources.files("statuary.conformance.client") / "certificates"
    with resources.as_file(folder / ("server.pem" if origin == "tls" else "other.pem")) as path:
        context.load_cert_chain(path)
    return context


class ScriptedServer(ScriptedConnections):
    """What a scenario has the server say, on as many ports as it has origins. ``open`` first, ``close`` last."""

    def __init__(self, scenario: ClientScenario, record: Record, frame: bytes = b"") -> None:
        super().__init__(MOST_CONNECTIONS)
        waits = any(one.expect for one in scenario.ask)
        self.scenario = scenario
        self.script = Script(record, scenario.serve, continues=not waits)
        self._frame = frame
        self._servers: list[asyncio.Server] = []

    @property
    def received(self) -> list[Received]:
        """The requests, in the order in which they came."""
        return self.script.received

    @property
    def facts(self) -> dict[str, str]:
        """The origins, and dates, for placeholders."""
        return self.script.facts

    async def open(self) -> None:
        """Take connections, on free ports of this machine."""
        loop = asyncio.get_running_loop()
        for origin in origins_of(self.scenario):
            context = context_of(origin)
            server = await loop.create_server(
                lambda origin=origin: Wire(origin, self.accept, self._note, may_half_close=origin not in _SECURE),
                "127.0.0.1",
                0,
                ssl=context,
            )
            self._servers.append(server)
            host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
            self.facts.update({origin: f"{'https' if context else 'http'}://{host}", f"{origin}.host": host})
        self.facts.update(moments(int(time.time())))

    async def close(self) -> None:
        """End everything at once."""
        for server in self._servers:
            server.close()
        await self.abort()

    async def settle(self) -> None:
        """Let what the client sent last arrive."""
        for _ in range(3):
            await asyncio.sleep(0.005)

    def _note(self, wire: Wire, kind: str, data: bytes) -> None:
        self.script.record.note(wire.label, kind, data)

    def script_of(self, wire: Wire, request: Received) -> Script | None:
        """The only one, but for what browsers ask besides: the frame in which scripts run, icons, and leave to ask."""
        request.scheme = "https" if wire.origin in _SECURE else "http"
        if request.target == FRAME and self._frame:
            wire.send(_ok(self._frame, "text/html; charset=utf-8"))
        elif request.target == "/favicon.ico":
            wire.send(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        elif request.method == "OPTIONS" and "access-control-request-method" in request.fields:
            leave = "".join(f"Access-Control-Allow-{what}: *\r\n" for what in ("Origin", "Methods", "Headers"))
            wire.send(f"HTTP/1.1 204 No Content\r\n{leave}\r\n".encode("ascii"))
        else:
            return self.script
        return None

    def for_scripts(self, request: Received) -> tuple[FieldLine, ...]:
        """What lets a script of another origin see a response, where one asks."""
        if "origin" not in request.fields:
            return ()
        return (("Access-Control-Allow-Origin", "*"), ("Access-Control-Expose-Headers", "*"))

    async def tunnel(self, wire: Wire, request: Received, script: Script) -> None:
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


def _ok(content: bytes, type: str) -> bytes:
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Type: {type}\r\nCache-Control: no-store\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode("ascii") + content
