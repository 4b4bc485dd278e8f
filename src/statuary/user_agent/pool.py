"""Connections that are kept for the next request of the same route, and how many there may be (RFC 9112 section 9.3)."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from statuary.user_agent.connecting import Route
from statuary.user_agent.connection import Connection
from statuary.user_agent.errors import ConnectionFailed


@dataclass(frozen=True, slots=True)
class PoolLimits:
    """How many connections there are: ``per_route`` at once to one origin (by one way), ``idle`` kept in all, each for at
    most ``idle_seconds``.
    """

    per_route: int = 64
    idle: int = 100
    idle_seconds: float = 15.0

    def __post_init__(self) -> None:
        if self.per_route < 1 or self.idle < 0 or self.idle_seconds < 0:
            raise ValueError("at least one connection, and no less than none is kept")


class Pool:
    """``take`` a connection, idle or new, and ``give`` it back, in whatever state it is. ``tick`` gives seconds."""

    def __init__(
        self, opens: Callable[[Route], Awaitable[Connection]], limits: PoolLimits, tick: Callable[[], float]
    ) -> None:
        self._opens = opens
        self._limits = limits
        self._tick = tick
        self._idle: defaultdict[Route, list[Connection]] = defaultdict(list)
        self._open: dict[Route, int] = {}
        self._waiting: defaultdict[Route, deque[asyncio.Future[None]]] = defaultdict(deque)
        self._taken: set[Connection] = set()
        self._kept = 0  # idle ones, of all routes
        self._sweep: asyncio.TimerHandle | None = None

    async def take(
        self, route: Route, *, fresh: bool = False, careful: bool = False, seconds: float | None = None
    ) -> tuple[Connection, bool]:
        """A connection, and whether it was used before: never where it has to be ``fresh``.

        ``careful`` looks once more whether the peer has closed an idle one. Raises ConnectionFailed if none can be
        opened, or becomes free in time.
        """
        while True:
            if not fresh and (idle := self._idle.get(route)):
                connection = idle.pop()
                self._kept -= 1
                if careful and connection.is_reusable:
                    await asyncio.sleep(0)  # a closing that has arrived is heard of now
                if not connection.is_reusable or self._is_old(connection):
                    self._forget(connection)
                    continue
                self._taken.add(connection)
                return connection, True
            if self._open.get(route, 0) >= self._limits.per_route and (idle := self._idle.get(route)):
                self._kept -= 1
                self._forget(idle.pop(0))
            if self._open.get(route, 0) < self._limits.per_route:
                return await self._new(route), False
            await self._turn(route, seconds)

    def give(self, connection: Connection) -> None:
        """Back from an exchange. It is kept only if its last response is whole and it is in step."""
        self._taken.discard(connection)
        if not connection.is_reusable or not self._limits.idle:
            self._forget(connection)
            return
        route = connection.key
        assert isinstance(route, Route)
        connection.idle_since = self._tick()
        self._idle[route].append(connection)
        self._kept += 1
        if self._waiting:
            self._next(route)
        if self._kept > 2 * self._limits.idle and self._sweep is not None:
            self._sweep.cancel()
            self._clean()
        if self._sweep is None:
            self._sweep = asyncio.get_running_loop().call_later(self._limits.idle_seconds, self._clean)

    def close(self) -> None:
        """Close all of them, those in use too."""
        if self._sweep is not None:
            self._sweep.cancel()
            self._sweep = None
        for connection in [*self._taken, *(one for idle in self._idle.values() for one in idle)]:
            connection.close()
        self._taken.clear()
        self._idle.clear()
        self._open.clear()
        self._kept = 0

    async def _new(self, route: Route) -> Connection:
        self._open[route] = self._open.get(route, 0) + 1
        try:
            connection = await self._opens(route)
        except BaseException:
            self._ended(route)
            raise
        connection.key = route
        self._taken.add(connection)
        return connection

    async def _turn(self, route: Route, seconds: float | None) -> None:
        """Wait for a connection of the route to become free."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[route].append(turn)
        try:
            async with asyncio.timeout(seconds):
                await turn
        except TimeoutError:
            raise ConnectionFailed(
                "unreachable", f"All {self._limits.per_route} connections to {route.host} are in use.", is_final=True
            ) from None
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._next(route)  # it was our turn, and we don't want it
            raise
        finally:
            waiting = self._waiting[route]
            if turn in waiting:
                waiting.remove(turn)
            if not waiting:
                del self._waiting[route]

    def _next(self, route: Route) -> None:
        """One who waits may try again."""
        for turn in self._waiting.get(route, ()):
            if not turn.done():
                turn.set_result(None)
                return

    def _forget(self, connection: Connection) -> None:
        connection.close()
        route = connection.key
        assert isinstance(route, Route)
        self._ended(route)

    def _ended(self, route: Route) -> None:
        """One connection less. Nothing is kept of routes without any: a proxy sees no end of them."""
        left = self._open.get(route, 0) - 1
        if left > 0:
            self._open[route] = left
        else:
            self._open.pop(route, None)
        self._next(route)

    def _is_old(self, connection: Connection) -> bool:
        return self._tick() - connection.idle_since > self._limits.idle_seconds

    def _clean(self) -> None:
        """Closes what was idle for too long, and the oldest of too many."""
        self._sweep = None
        idle = sorted((one for kept in self._idle.values() for one in kept), key=lambda one: one.idle_since)
        excess = len(idle) - self._limits.idle
        for number, connection in enumerate(idle):
            if number < excess or self._is_old(connection) or not connection.is_reusable:
                assert isinstance(connection.key, Route)
                self._idle[connection.key].remove(connection)
                self._kept -= 1
                self._forget(connection)
        for route in [route for route, kept in self._idle.items() if not kept]:
            del self._idle[route]
        if self._idle:
            loop = asyncio.get_running_loop()
            self._sweep = loop.call_later(max(1.0, self._limits.idle_seconds / 4), self._clean)
