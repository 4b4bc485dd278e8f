"""The time, as an argument: a clock of the system's, and one that is set by hand."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """``now`` gives seconds since the epoch; ``tick`` seconds from an arbitrary start that never go back."""

    def now(self) -> float: ...

    def tick(self) -> float: ...


class SystemClock:
    """The machine's own clocks."""

    now = staticmethod(time.time)
    tick = staticmethod(time.monotonic)


class ManualClock:
    """A clock that stands still until it is told to go on."""

    def __init__(self, now: float = 0.0) -> None:
        self._now = now

    def now(self) -> float:
        return self._now

    def tick(self) -> float:
        return self._now

    def advance(self, seconds: float) -> None:
        self._now += seconds
