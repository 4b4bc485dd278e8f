"""An intermediary that passes on octets as they are, and nothing else: what a scenario finds of it is known beforehand."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from statuary.conformance.channel import SocketPeer
from statuary.conformance.exchanging import Bounds
from statuary.conformance.intermediary.playing import Played, Setting, play
from statuary.conformance.intermediary.scenario_files import read_scenarios
from statuary.conformance.intermediary.upstream import ScriptedUpstream
from statuary.conformance.report import Result

Change = Callable[[bytes], bytes]
"""What a relay makes of octets; empty for nothing passed on."""


def same(octets: bytes) -> bytes:
    return octets


class Relay:
    """A relay to the upstream, with a change to what goes and to what comes back."""

    def __init__(self, upstream: ScriptedUpstream, onward: Change = same, back: Change = same) -> None:
        self.upstream = upstream
        self.onward = onward
        self.back = back
        self.port = 0
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._ends: list[asyncio.StreamWriter] = []

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for end in self._ends:
            end.transport.abort()
        await asyncio.sleep(0)  # until they are closed

    async def _accept(self, incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
        self._ends.append(outgoing)
        try:
            onward = await asyncio.open_connection("127.0.0.1", self.upstream.port)
        except OSError:
            outgoing.transport.abort()
            return
        self._ends.append(onward[1])
        there = asyncio.create_task(_pass_on(incoming, onward[1], self.onward))
        back = asyncio.create_task(_pass_on(onward[0], outgoing, self.back))
        self._tasks |= {there, back}


async def _pass_on(incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter, change: Change) -> None:
    try:
        while data := await incoming.read(65536):
            if changed := change(data):
                outgoing.write(changed)
        with contextlib.suppress(OSError):
            outgoing.write_eof()
    except OSError:
        outgoing.transport.abort()


def played(text: str, onward: Change = same, back: Change = same, **facts: str) -> Played:
    """What one scenario shows of a relay that is a gateway."""

    async def session() -> Played:
        upstream = ScriptedUpstream()
        await upstream.open()
        relay = Relay(upstream, onward, back)
        await relay.open()
        peer = SocketPeer("127.0.0.1", relay.port)
        setting = Setting("gateway", peer, f"127.0.0.1:{relay.port}", upstream, Bounds(0.5, 10.0), facts)
        (scenario,) = read_scenarios(text, "test")
        try:
            return await play(scenario, setting, "p-1")
        finally:
            await relay.close()
            await upstream.close()

    return asyncio.run(session())


def result(text: str, onward: Change = same, back: Change = same, **facts: str) -> Result:
    return played(text, onward, back, **facts).result
