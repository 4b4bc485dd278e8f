"""A tap between an intermediary and a server: passes octets on as they are, and keeps those of each connection."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class Tapped:
    """One connection to the server.

    port      its local port, by which the server tells it from others
    sent      octets to the server
    answered  octets of ``sent`` that had been passed on when the server last sent something
    """

    port: int
    sent: bytearray = field(default_factory=bytearray)
    answered: int = 0


class Tap:
    """Takes connections, and opens one to the server for each."""

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0
        self.connections: list[Tapped] = []

    def accept(self, incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._run(incoming, outgoing))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
        try:
            from_server, to_server = await asyncio.open_connection("127.0.0.1", self._server_port)
        except OSError:
            outgoing.close()
            return
        tapped = Tapped(to_server.get_extra_info("sockname")[1])
        self.connections.append(tapped)
        there = asyncio.ensure_future(_there(incoming, to_server, tapped))
        try:
            with contextlib.suppress(ConnectionError):
                while octets := await from_server.read(65536):
                    tapped.answered = len(tapped.sent)
                    outgoing.write(octets)
                    await outgoing.drain()
        finally:
            there.cancel()
            outgoing.close()
            to_server.close()

    async def finish(self) -> None:
        """Until all connections are over."""
        while self._tasks:
            await asyncio.wait(self._tasks)


async def _there(incoming: asyncio.StreamReader, to_server: asyncio.StreamWriter, tapped: Tapped) -> None:
    with contextlib.suppress(ConnectionError):
        while octets := await incoming.read(65536):
            tapped.sent += octets
            to_server.write(octets)
            await to_server.drain()
    to_server.close()


@contextlib.asynccontextmanager
async def tapping(server_port: int) -> AsyncIterator[Tap]:
    """A tap in front of the server at a port of this machine."""
    tap = Tap(server_port)
    server = await asyncio.start_server(tap.accept, "127.0.0.1", 0)
    tap.port = server.sockets[0].getsockname()[1]
    try:
        yield tap
    finally:
        server.close()
