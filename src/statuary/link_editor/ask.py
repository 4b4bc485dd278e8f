"""Asking where a URL leads: HEAD first, and GET where HEAD was refused or may be wrong; polite to each host."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from statuary.link_editor.verdict import MOST_REDIRECTS, Hop, chain_of
from statuary.semantics.reaction import Attempt, Policy
from statuary.semantics.target_uri import origin_of
from statuary.user_agent.agent import UserAgent
from statuary.user_agent.errors import FetchError
from statuary.user_agent.pool import PoolLimits
from statuary.user_agent.timeouts import Timeouts

# After these, another request would be one more of what was too much already
_TOO_MUCH = (429, 503)


class Ask(Protocol):
    """Sends a request and what follows from it; gives all attempts, in order, at least one."""

    async def __call__(self, method: str, url: str) -> Sequence[Attempt]: ...


@dataclass(frozen=True, slots=True)
class Manners:
    """How much is asked of others: requests at once, in all and to one host; seconds for an answer; of waits, the longest."""

    jobs: int = 64
    per_host: int = 2
    timeout: float = 20.0
    longest_wait: float = 60.0
    retries: int = 1


def user_agent(manners: Manners, *, addresses: dict[tuple[str, int], tuple[str, int]] | None = None) -> UserAgent:
    """Our user agent, with these manners; ``addresses`` as it takes them."""
    policy = Policy(
        most_redirects=MOST_REDIRECTS,
        most_retries=manners.retries,
        longest_wait=manners.longest_wait,
        most_waiting=2 * manners.longest_wait,
        first_backoff=1.0,
        chooses=False,
    )
    seconds = manners.timeout
    return UserAgent(
        policy,
        timeouts=Timeouts(
            connect=seconds, tls=seconds, first_octet=seconds, between_octets=seconds, for_connection=None
        ),
        # Whoever redirects to a host is polite to it, too
        pool=PoolLimits(per_route=manners.per_host, idle=manners.jobs, idle_seconds=10.0),
        remembers=False,
        decodes=False,
        addresses=addresses,
    )


def asking(agent: UserAgent) -> Ask:
    """The user agent as what is asked here: content is not read."""

    async def ask(method: str, url: str) -> Sequence[Attempt]:
        try:
            async with agent.stream(method, url) as streamed:
                return streamed.attempts
        except FetchError as error:
            return tuple(step.attempt for step in error.steps)

    return ask


async def chain_for(url: str, ask: Ask) -> tuple[Hop, ...]:
    """Where a URL leads."""
    chain = chain_of(await ask("HEAD", url))
    if not _needs_get(chain):
        return chain
    # Many servers treat HEAD badly; what is said about a link is said of GET
    return chain_of(await ask("GET", url))


def _needs_get(chain: Sequence[Hop]) -> bool:
    last = chain[-1]
    if last.status is None:
        return last.failure != "unreachable"
    return last.status // 100 != 2 and last.status != 300 and last.status not in _TOO_MUCH


async def each(urls: Iterable[str], do: Callable[[str], Awaitable[None]], manners: Manners) -> None:
    """Await ``do`` for each URL: so many at once, and never more than so many of one host."""
    lanes: dict[str, deque[str]] = {}
    for url in urls:
        lanes.setdefault(origin_of(url), deque()).append(url)
    # A host is in line as often as it may be asked at once
    line = deque(host for turn in range(manners.per_host) for host, lane in lanes.items() if len(lane) > turn)

    async def work() -> None:
        while line:
            host = line.popleft()
            lane = lanes[host]
            if lane:
                await do(lane.popleft())
            if lane:
                line.append(host)

    async with asyncio.TaskGroup() as group:
        for _ in range(min(manners.jobs, len(line))):
            group.create_task(work())
