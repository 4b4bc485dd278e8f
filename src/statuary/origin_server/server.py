"""The origin server as a program: listening sockets, the clock, connections, and an orderly end."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable, Sequence

from statuary.fields.dates import format_http_date
from statuary.origin_server.access_log import AccessLog
from statuary.origin_server.connection import Connection
from statuary.origin_server.server_connection import ServerConnection
from statuary.origin_server.settings import DEFAULT_SETTINGS, Settings
from statuary.origin_server.signals import obey
from statuary.origin_server.site import Site
from statuary.semantics.decision import Respond
from statuary.transport.clock import Clock, SystemClock

log = logging.getLogger("statuary")

SWEEP = 0.5
"""Seconds between looks at the time-outs: the precision of all of them."""


class OriginServer:
    """Serves one site on any number of connections. ``connect`` makes the protocol for a new one."""

    def __init__(
        self,
        site: Site,
        settings: Settings = DEFAULT_SETTINGS,
        *,
        log: AccessLog | None = None,
        clock: Clock | None = None,
        scheme: str = "http",
    ) -> None:
        self.site = site
        self.settings = settings
        self.scheme = scheme
        self.clock: Clock = clock if clock is not None else SystemClock()
        self.log = log if log is not None else AccessLog("none")
        self.connections: set[ServerConnection] = set()
        self.tick = self.clock.tick()
        self.idle_deadline = self.tick + settings.idle_timeout
        """Until when to wait for the next request on a connection that has just answered one."""
        self.stopping = False
        self.seconds = -1
        """The time as of the last call of ``now``."""
        self.date_line = b""
        """As of then: Date (RFC 9110 section 6.6.1), and Server where the settings name one, as finished field lines."""
        self._server_line = b""
        self._retired: list[Site] = []
        self._empty = asyncio.Event()
        self._call_itself(settings.server_name)

    def connect(self) -> ServerConnection:
        return Connection(self)

    def _call_itself(self, name: str | None) -> None:
        self._server_line = f"Server: {name}\r\n".encode("latin-1") if name else b""
        self.seconds = -1
        self.now()

    async def renew(self, site: Site, name: str | None) -> None:
        """Serve ``site``, and be called ``name``, from the next request on. Exchanges go on with the site that they began
        with, which is closed when none needs it. What opening the new one raises is raised, and nothing has changed.
        """
        await site.open()
        self._retired.append(self.site)
        self.site = site
        self._call_itself(name)

    def now(self) -> int:
        """Seconds since the epoch."""
        now = int(self.clock.now())
        if now != self.seconds:
            self.seconds = now
            self.date_line = f"Date: {format_http_date(now)}\r\n".encode("latin-1") + self._server_line
        return now

    def record(self, peer: str, user: str | None, line: str, answer: Respond, octets: int) -> None:
        """A response has been handed to the connection."""
        self.log.record(self.seconds, peer, user, line, answer.status, octets, answer.because)

    def admit(self, connection: ServerConnection) -> bool:
        """Whether there is room for one more connection; counted in either case until it is dismissed."""
        self.connections.add(connection)
        return len(self.connections) <= self.settings.most_connections and not self.stopping

    def dismiss(self, connection: ServerConnection) -> None:
        self.connections.discard(connection)
        if not self.connections:
            self._empty.set()

    def sweep(self) -> None:
        """Look at the clock for every connection, and write the log out."""
        self.tick = self.clock.tick()
        self.idle_deadline = self.tick + self.settings.idle_timeout
        self.now()
        for connection in list(self.connections):
            connection.check_time(self.tick)
        self.log.flush()

    async def serve(self, sockets: Sequence[socket.socket], stop: asyncio.Event) -> None:
        """Serve on listening ``sockets`` until ``stop`` is set; then finish what is in flight."""
        loop = asyncio.get_running_loop()
        await self.site.open()
        listeners = [await loop.create_server(self.connect, sock=listening, backlog=2048) for listening in sockets]
        sweeping = loop.create_task(self._keep_sweeping())
        try:
            await stop.wait()
        finally:
            for listener in listeners:
                listener.close()
            await self.finish()
            sweeping.cancel()
            for site in (*self._retired, self.site):
                await site.close()
            self.log.flush()

    async def _keep_sweeping(self) -> None:
        while True:
            await asyncio.sleep(SWEEP)
            try:
                self.sweep()
                await self._close_retired()
            except Exception:
                # One connection's trouble must not end the time-outs of all
                log.exception("a sweep failed")

    async def _close_retired(self) -> None:
        for site in [one for one in self._retired if not any(it.needs(one) for it in self.connections)]:
            self._retired.remove(site)
            await site.close()

    async def finish(self) -> None:
        """Close idle connections, let the others finish their exchange, drop those that take too long."""
        self.stopping = True
        for connection in list(self.connections):
            connection.stop()
        if self.connections:
            self._empty.clear()
            try:
                async with asyncio.timeout(self.settings.shutdown_timeout):
                    await self._empty.wait()
            except TimeoutError:
                self.abort()

    def abort(self) -> None:
        """Drop all connections."""
        for connection in list(self.connections):
            connection.abort()


def listen(host: str, port: int) -> list[socket.socket]:
    """Listening sockets for all addresses of ``host``; port 0 takes one that is free, the same for all. Raises OSError."""
    addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    sockets: list[socket.socket] = []
    try:
        for family, kind, protocol, _, address in dict.fromkeys(addresses):
            listening = socket.socket(family, kind, protocol)
            sockets.append(listening)
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            listening.bind((address[0], port, *address[2:]))
            port = listening.getsockname()[1]
            listening.listen(2048)
            listening.setblocking(False)
    except OSError:
        for listening in sockets:
            listening.close()
        raise
    return sockets


async def serve_until_signal(
    server: OriginServer,
    sockets: Sequence[socket.socket],
    lifeline: int | None = None,
    renew: Callable[[], Awaitable[None]] | None = None,
    is_hung_up: Callable[[], bool] = lambda: False,
) -> None:
    """Serve until told to stop by a signal; see signals.obey."""
    stop, wanted = asyncio.Event(), asyncio.Event()
    obey(stop.set, server.abort, lifeline, None if renew is None else wanted.set, is_hung_up)
    renewing = None if renew is None else asyncio.get_running_loop().create_task(_keep_renewing(renew, wanted))
    try:
        await server.serve(sockets, stop)
    finally:
        if renewing is not None:
            renewing.cancel()


async def _keep_renewing(renew: Callable[[], Awaitable[None]], wanted: asyncio.Event) -> None:
    while True:
        await wanted.wait()
        wanted.clear()
        try:
            await renew()
        except Exception:
            log.exception("nothing was renewed")
