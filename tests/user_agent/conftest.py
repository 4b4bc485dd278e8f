"""A user agent whose time passes at once, and which remembers how long it would have waited."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

import pytest

from statuary.semantics.reaction import Policy
from statuary.transport.clock import ManualClock
from statuary.user_agent.agent import UserAgent
from statuary.user_agent.timeouts import Timeouts


@dataclass
class Patience:
    """Lets time pass by the clock alone; ``waits`` has what was waited for. ``holds`` makes it wait for good."""

    clock: ManualClock = field(default_factory=lambda: ManualClock(1_800_000_000))
    waits: list[float] = field(default_factory=list)
    holds: bool = False

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        if self.holds:
            await asyncio.Event().wait()
        self.clock.advance(seconds)


def agent(patience: Patience | None = None, policy: Policy | None = None, **options: Any) -> UserAgent:
    """A user agent for tests: no environment, no real waiting, short limits."""
    patience = patience or Patience()
    options.setdefault("proxies", None)
    options.setdefault("timeouts", Timeouts(connect=5, tls=5, first_octet=5, between_octets=5))
    return UserAgent(policy, clock=patience.clock, sleep=patience.sleep, **options)


def run(coroutine: Coroutine[Any, Any, None]) -> None:
    """Run a test that is a coroutine; it may not hang."""

    async def bounded() -> None:
        async with asyncio.timeout(180):
            await coroutine

    asyncio.run(bounded())


@pytest.fixture
def patience() -> Patience:
    return Patience()
