"""The scripted upstream of all plays: one port, to which a gateway passes on whatever comes, and a proxy what names it.

Which play a request belongs to is told by the path that its resources are under. What doesn't tell belongs to the play that
is alone, or goes to that which its connection served last.
"""

from __future__ import annotations

import asyncio
import re

from statuary.conformance.scripted.received import Received
from statuary.conformance.scripted.server import Script, ScriptedConnections
from statuary.conformance.scripted.wire import Wire

PROBE = "/probe"
"""Where the upstream says the play's name, whatever the scenario: whether a connection is in step is found out with it."""
_MOST_CONNECTIONS = 2000
_PLAY = re.compile(r"/(p-\d+)(?=[/?#]|$)")
_UNKNOWN = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nCache-Control: no-store\r\n\r\n"


class ScriptedUpstream(ScriptedConnections):
    """``open`` first, ``close`` last; each play has its script between ``begin`` and ``finish``."""

    def __init__(self) -> None:
        super().__init__(_MOST_CONNECTIONS)
        self.host = ""
        self.alone: Script | None = None
        self._port = 0
        self._absences = 0
        self._scripts: dict[str, Script] = {}
        self._serves: dict[Wire, Script] = {}
        self._server: asyncio.Server | None = None

    async def open(self, port: int = 0) -> None:
        """Take connections at a port of this machine, any free one for 0. Raises OSError."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Wire("a", self.accept, self._note), "127.0.0.1", port)
        self._port = self._server.sockets[0].getsockname()[1]
        self.host = f"127.0.0.1:{self._port}"

    @property
    def port(self) -> int:
        """The port, once it is open."""
        return self._port

    async def leave(self) -> None:
        """Refuse connections from now on, and end those that there are."""
        self._absences += 1
        await self.close()

    async def return_(self) -> None:
        """Take connections again, once nobody wants it away any more."""
        self._absences -= 1
        if self._absences == 0:
            await self.open(self._port)

    async def close(self) -> None:
        """End everything at once."""
        if self._server is not None:
            self._server.close()
            self._server = None
        await self.abort()

    def begin(self, id: str, script: Script, *, is_alone: bool = False) -> None:
        """Requests under that path belong to this script from now on; where it is alone, any others as well."""
        self._scripts[id] = script
        self.alone = script if is_alone else self.alone

    def finish(self, id: str) -> None:
        """Nothing belongs to it any more."""
        if self._scripts.pop(id, None) is self.alone:
            self.alone = None

    def accept(self, wire: Wire) -> None:
        """Begin with a connection; those that are gone are forgotten."""
        self._wires = [one for one in self._wires if not one.is_lost]
        self._serves = {one: script for one, script in self._serves.items() if not one.is_lost}
        super().accept(wire)

    def script_of(self, wire: Wire, request: Received) -> Script | None:
        """The script of the play whose path the target has, or of the only one."""
        named = _PLAY.search(request.target)
        script = self.alone or self._serves.get(wire)
        if named is not None:
            script = self._scripts.get(named[1])
            request.prefix = f"/{named[1]}"
        if script is None:
            wire.send(_UNKNOWN)
            return None
        self._serves[wire] = script
        if named is not None and request.path == PROBE:
            name = named[1].encode("ascii")
            wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nCache-Control: no-store\r\n\r\n%b" % (len(name), name))
            if "close" in request.fields.get("connection", "").lower():
                wire.half_close()
            return None
        self._note(wire, "received", request.octets, is_whole=True)
        return script

    def has_read(self, wire: Wire, request: Received, script: Script) -> None:
        """Note the content."""
        if request.content:
            self._note(wire, "received", request.content, is_whole=True)

    def _note(self, wire: Wire, kind: str, data: bytes, *, is_whole: bool = False) -> None:
        # Octets are noted with the request that they belong to, which is not known when they come
        script = self._serves.get(wire)
        if script is not None and kind != "opened" and (kind != "received" or is_whole):
            number = script.wires.index(wire) + 1 if wire in script.wires else len(script.wires) + 1
            script.record.note(f"up{number}", kind, data)
