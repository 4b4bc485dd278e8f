"""A Python callable as the client: it is given a case and returns what came of it."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from statuary.conformance.client.abilities import ABILITIES
from statuary.conformance.client.case import Case, NotTold, Order, Told, read_told

Caller = Callable[[Order, float], Any]
"""Given one order and the seconds that it has, it gives a status, a Told, or a mapping as in the pull protocol; what it
raises is a failure. It may be a coroutine function."""


class CallingDriver:
    """Calls a function for each order, in a thread unless it is a coroutine function."""

    def __init__(self, caller: Caller, abilities: Collection[str] | None = None) -> None:
        self._caller = caller
        usual = frozenset(ABILITIES) - {"expect", "unsized", "resume", "proxy", "retries", "credentials", "tls"}
        self.abilities = usual if abilities is None else frozenset(abilities)

    async def perform(self, case: Case) -> Sequence[Told]:
        """What came of each order."""
        told: list[Told] = []
        try:
            async with asyncio.timeout(case.seconds):
                for order in case.orders:
                    told.append(await self._one(order, case.seconds))  # noqa: PERF401 - those done in time count
        except TimeoutError:
            told += [Told()] * (len(case.orders) - len(told))
        return told

    async def _one(self, order: Order, seconds: float) -> Told:
        try:
            if inspect.iscoroutinefunction(self._caller):
                value = await self._caller(order, seconds)
            else:
                value = await asyncio.to_thread(self._caller, order, seconds)
        except Exception as error:  # whatever a client raises is how it tells a failure
            return Told(error=f"{type(error).__name__}: {error}"[:200])
        return _told(value)

    async def close(self) -> None:
        """Nothing is left running."""


def _told(value: Any) -> Told:
    if isinstance(value, Told):
        return value
    if isinstance(value, Mapping):
        return read_told([dict(value)])[0]
    if isinstance(value, int):
        return Told(value)
    raise NotTold(f"a client gives a status, a Told or a mapping, not {type(value).__name__}")
