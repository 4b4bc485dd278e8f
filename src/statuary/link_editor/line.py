"""Who is asked next: URIs in line, host by host, so that no host is asked too often or too much at once. Pure.

A host that was begun with goes before one that wasn't, so that its connections are used again while they last.
"""

from __future__ import annotations

import heapq
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import urlsplit

_PORTS = {"http": 80, "https": 443}
_ORIGIN = re.compile(r"[^:/?#]*://[^/?#]*")


def host_of(uri: str) -> str:
    """The host that is asked for a URI, with its port unless it is the scheme's: http and https are one and the same."""
    origin = _ORIGIN.match(uri)
    return _host(origin[0] if origin is not None else uri)


@lru_cache(maxsize=4096)
def _host(origin: str) -> str:
    parts = urlsplit(origin)
    host = parts.hostname or ""
    return host if parts.port in (None, _PORTS.get(parts.scheme)) else f"{host}:{parts.port}"


@dataclass(slots=True)
class _Lane:
    """One host: what it is to be asked for, how many requests it has now, and when it may have the next."""

    uris: deque[str] = field(default_factory=deque)
    running: int = 0
    most: int = 1
    next_at: float = 0.0
    waited: float = 0.0
    is_in_line: bool = False
    is_begun: bool = False


class Line:
    """``put`` URIs in, ``take`` what may be asked for now, and say when it is ``done``.

    ``per_host`` is how many a host has at once, ``interval`` how many seconds are between two requests to it at least,
    ``tick`` gives seconds.
    """

    def __init__(self, per_host: int, interval: float, tick: Callable[[], float]) -> None:
        self._per_host = per_host
        self._interval = interval
        self._tick = tick
        self._lanes: dict[str, _Lane] = {}
        self._new: deque[_Lane] = deque()
        self._begun: deque[_Lane] = deque()
        self._resting: list[tuple[float, int, _Lane]] = []
        self._turn = 0

    def put(self, uri: str) -> None:
        """Last in the line of its host."""
        host = host_of(uri)
        lane = self._lanes.get(host)
        if lane is None:
            lane = self._lanes[host] = _Lane(most=self._per_host)
        lane.uris.append(uri)
        self._line_up(lane)

    def take(self) -> str | None:
        """A URI that may be asked for now; None where there is none."""
        if self._resting:
            self._wake()
        while line := self._begun or self._new:
            lane = line.popleft()
            lane.is_in_line = False
            if lane.uris and lane.next_at <= self._tick() and lane.running < lane.most:
                lane.is_begun = True
                lane.running += 1
                lane.next_at = self._tick() + self._interval
                uri = lane.uris.popleft()
                self._line_up(lane)
                return uri
            # It was told to rest since, or nothing is left of it
            self._line_up(lane)
        return None

    def done(self, uri: str) -> None:
        """What was taken was asked for."""
        lane = self._lanes[host_of(uri)]
        lane.running -= 1
        self._line_up(lane)

    def rest(self, uri: str, seconds: float) -> float:
        """Leave the host of a URI alone for so long, and from then on have one request at it at once.

        Gives the seconds that it was left alone in all.
        """
        lane = self._lanes[host_of(uri)]
        until = self._tick() + seconds
        if until > lane.next_at:
            lane.waited += until - max(lane.next_at, self._tick())
            lane.next_at = until
        lane.most = 1
        return lane.waited

    def drain(self, uri: str) -> list[str]:
        """Everything that is in line at the host of a URI, which is taken out."""
        lane = self._lanes[host_of(uri)]
        drained = list(lane.uris)
        lane.uris.clear()
        return drained

    def due(self) -> float | None:
        """Seconds until a host may be asked that now rests; None where none is waited for."""
        while self._resting and not self._resting[0][2].uris:
            heapq.heappop(self._resting)[2].is_in_line = False
        return max(0.0, self._resting[0][0] - self._tick()) if self._resting else None

    def _line_up(self, lane: _Lane) -> None:
        if lane.is_in_line or not lane.uris or lane.running >= lane.most:
            return
        lane.is_in_line = True
        if lane.next_at > self._tick():
            self._turn += 1
            heapq.heappush(self._resting, (lane.next_at, self._turn, lane))
        else:
            (self._begun if lane.is_begun else self._new).append(lane)

    def _wake(self) -> None:
        now = self._tick()
        while self._resting and self._resting[0][0] <= now:
            lane = heapq.heappop(self._resting)[2]
            lane.is_in_line = False
            self._line_up(lane)
