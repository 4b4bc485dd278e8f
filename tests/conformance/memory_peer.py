"""A subject within the test: a coroutine that gets the octets of each connection and answers with any it likes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from statuary.conformance.channel import Channel


class ServerSide:
    """What the subject holds of a connection."""

    def __init__(self, incoming: asyncio.StreamReader, outgoing: asyncio.StreamReader) -> None:
        self._incoming = incoming
        self._outgoing = outgoing

    async def head(self) -> bytes:
        """The octets up to the end of the next header section; empty where the peer is done."""
        try:
            return await self._incoming.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return b""

    async def read(self, octets: int) -> bytes:
        return await self._incoming.readexactly(octets)

    def write(self, data: bytes) -> None:
        self._outgoing.feed_data(data)

    def close(self) -> None:
        self._outgoing.feed_eof()

    def reset(self) -> None:
        self._outgoing.set_exception(ConnectionResetError(104, "Connection reset by peer"))


Serve = Callable[[ServerSide], Awaitable[None]]


class MemoryPeer:
    """Runs ``serve`` for each connection."""

    takes_octets = True
    half_closes = True

    def __init__(self, serve: Serve) -> None:
        self._serve = serve
        self.connections = 0

    async def connect(self) -> Channel:
        self.connections += 1
        incoming, outgoing = asyncio.StreamReader(limit=1 << 24), asyncio.StreamReader(limit=1 << 24)
        task = asyncio.create_task(self._run(ServerSide(incoming, outgoing)))
        return _ClientSide(incoming, outgoing, task)

    async def _run(self, side: ServerSide) -> None:
        await self._serve(side)


class _ClientSide:
    def __init__(
        self, outgoing: asyncio.StreamReader, incoming: asyncio.StreamReader, task: asyncio.Task[None]
    ) -> None:
        self._outgoing = outgoing
        self._incoming = incoming
        self._task = task

    def send(self, data: bytes) -> None:
        if not self._outgoing.at_eof():
            self._outgoing.feed_data(data)

    async def receive(self) -> bytes:
        return await self._incoming.read(65536)

    def half_close(self) -> None:
        self._outgoing.feed_eof()

    def abort(self) -> None:
        self._task.cancel()


def answers(*octets: bytes) -> Serve:
    """A subject that answers the requests of each connection with these octets in turn, then closes."""

    async def serve(side: ServerSide) -> None:
        for answer in octets:
            if not await side.head():
                return
            side.write(answer)
        side.close()

    return serve


def always(octets: bytes) -> Serve:
    """A subject that answers each request with the same octets, and stays."""

    async def serve(side: ServerSide) -> None:
        while await side.head():
            side.write(octets)

    return serve
