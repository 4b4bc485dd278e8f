"""The checker's driver for the client: a client for each case, in a thread of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from statuary.conformance.client.abilities import ABILITIES
from statuary.conformance.client.case import Case, Order, Told, authority

from .client import Client
from .message import Failure, Task

MOST_AT_ONCE = 64
_BEFORE_END = 0.2  # seconds that the client has less than its case
_AFTER_TIME = 0.5


class PlainDriver:
    """Has clients of a class obey cases."""

    def __init__(self, made: type[Client], lacks: frozenset[str] = frozenset()) -> None:
        self.abilities = frozenset(ABILITIES) - lacks
        self._made = made
        self._threads = ThreadPoolExecutor(MOST_AT_ONCE)

    async def perform(self, case: Case) -> Sequence[Told]:
        """What came of each order."""
        told: list[Told] = []
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(case.seconds + _AFTER_TIME):
                await loop.run_in_executor(self._threads, self._obey, case, told)
        except TimeoutError:
            pass
        return [*told, *(Told() for _ in case.orders[len(told) :])]

    def _obey(self, case: Case, told: list[Told]) -> None:
        client = self._made(authority())
        try:
            for order in case.orders:
                told.append(_told(client, _task(order), case.seconds - _BEFORE_END))  # noqa: PERF401 - it is read meanwhile
        finally:
            client.close()

    async def close(self) -> None:
        """Wait for no one."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _task(order: Order) -> Task:
    return Task(
        order.method,
        order.url,
        order.fields,
        None if order.content is None else order.content.encode("latin-1"),
        order.expect,
        order.credentials,
        order.proxy,
        None if order.resume is None else order.resume.encode("latin-1"),
        order.unsized,
    )


def _told(client: Client, task: Task, seconds: float) -> Told:
    try:
        status, content, url = client.obey(task, seconds)
    except Failure as failure:
        return Told(failure.status, None, str(failure))
    except Exception as error:  # whatever a fault brings about
        return Told(None, None, f"{type(error).__name__}: {error}"[:200])
    return Told(status, content, None, url)
