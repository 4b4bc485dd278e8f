"""One intermediary after the other on the same listening sockets: what SIGHUP asks for.

The next one takes new connections, those that are idle, and the others after their exchange, which the one before finishes.
None is refused or closed for it.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable, Sequence

from statuary.intermediary.client_connection import ClientConnection
from statuary.intermediary.server import Intermediary
from statuary.origin_server.signals import obey

log = logging.getLogger("statuary")


class Generations:
    """``make`` gives an intermediary, and another each time; None if there can't be another now, which it tells people."""

    def __init__(self, make: Callable[[], Intermediary | None]) -> None:
        self._make = make
        self._newest: Intermediary | None = None
        self._serving: dict[asyncio.Task[None], tuple[Intermediary, asyncio.Event]] = {}
        self._over = asyncio.Event()

    async def serve(self, sockets: Sequence[socket.socket]) -> None:
        """Until told to ``stop``; then all finish what is in flight."""
        self.renew()
        loop = asyncio.get_running_loop()
        listeners = [await loop.create_server(self._connect, sock=one, backlog=2048) for one in sockets]
        await self._over.wait()
        for listener in listeners:
            listener.close()
        for server, stop in self._serving.values():
            server.hurry.set()
            stop.set()
        await asyncio.gather(*self._serving, return_exceptions=True)

    def _connect(self) -> asyncio.Protocol:
        assert self._newest is not None
        return self._newest.connect()

    def renew(self) -> bool:
        """Let another one take over, if there is one."""
        if self._over.is_set() or (fresh := self._make()) is None:
            return False
        self._newest = fresh
        for before, stop in self._serving.values():
            before.successor = before.successor or fresh
            for connection in list(before.connections):
                if isinstance(connection, ClientConnection) and connection.is_idle:
                    connection.follow()
            stop.set()
        # It does not listen itself: whoever is accepted while another takes over would be lost
        stop = asyncio.Event()
        task = asyncio.get_running_loop().create_task(fresh.serve((), stop))
        self._serving[task] = fresh, stop
        task.add_done_callback(self._ended)
        return True

    def _ended(self, task: asyncio.Task[None]) -> None:
        _, stop = self._serving.pop(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("serving has failed", exc_info=task.exception())
        if not stop.is_set():
            self.stop()  # it was the one that serves

    def stop(self) -> None:
        self._over.set()

    def abort(self) -> None:
        """Drop what is in flight."""
        for server, _ in self._serving.values():
            server.abort()


async def serve_until_signal(
    make: Callable[[], Intermediary | None],
    sockets: Sequence[socket.socket],
    lifeline: int | None = None,
    is_hung_up: Callable[[], bool] = lambda: False,
) -> None:
    """As an origin server does, and with another intermediary from ``make`` whenever it is asked to renew itself."""
    generations = Generations(make)
    obey(generations.stop, generations.abort, lifeline, generations.renew, is_hung_up)
    await generations.serve(sockets)
