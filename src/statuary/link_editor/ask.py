"""Asking for one URI: how it is asked, and what is made of the answer. Where that leads is for others to follow."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field, replace
from http.cookiejar import CookieJar
from itertools import pairwise
from typing import Protocol

from statuary.link_editor import names as naming
from statuary.link_editor.verdict import Hop, hop_of
from statuary.semantics.reaction import Policy
from statuary.semantics.reaction.waiting import asked_delay
from statuary.user_agent.agent import UserAgent
from statuary.user_agent.cookies import cookies_for, take_cookies
from statuary.user_agent.errors import FetchError
from statuary.user_agent.fetched import Streamed
from statuary.user_agent.pool import PoolLimits
from statuary.user_agent.timeouts import Timeouts

MOST_READ = 4 * 1024 * 1024
"""Octets of a page that are looked into for what fragments name."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of a request.

    after   seconds that the host asked to be left alone; None where it didn't
    named   of the names that were looked for, whether each is there; None where nobody can tell
    """

    hop: Hop
    after: float | None = None
    named: dict[str, bool | None] = field(default_factory=dict)


class Ask(Protocol):
    """Sends one request and follows nothing. Names are looked for in what comes; cookies go by the jar, if there is one.

    Raises ValueError for what can't be asked for.
    """

    async def __call__(
        self, method: str, uri: str, *, names: Collection[str] = (), jar: CookieJar | None = None
    ) -> Answered: ...


@dataclass(frozen=True, slots=True)
class Manners:
    """How much is asked of others.

    jobs          requests at once, in all
    per_host      and to one host
    timeout       seconds for an answer
    longest_wait  seconds that one Retry-After may ask for
    most_waiting  seconds that a host is waited for in all
    retries       repetitions of what failed, or was put off
    interval      seconds from one request to a host to the next, at least
    """

    jobs: int = 128
    per_host: int = 2
    timeout: float = 20.0
    longest_wait: float = 60.0
    most_waiting: float = 600.0
    retries: int = 1
    interval: float = 0.05


def user_agent(manners: Manners, *, addresses: dict[tuple[str, int], tuple[str, int]] | None = None) -> UserAgent:
    """Our user agent, with these manners; ``addresses`` as it takes them."""
    seconds = manners.timeout
    return UserAgent(
        # Following and waiting is done in line with everything else that is asked of a host
        Policy(follows=False, chooses=False, most_retries=1, longest_wait=0.0, most_waiting=0.0),
        timeouts=Timeouts(
            connect=seconds, tls=seconds, first_octet=seconds, between_octets=seconds, for_connection=None
        ),
        pool=PoolLimits(per_route=manners.per_host, idle=2 * manners.jobs, idle_seconds=10.0),
        cookies=None,
        remembers=False,
        addresses=addresses,
    )


def asking(agent: UserAgent) -> Ask:
    """The user agent as what is asked here."""

    async def ask(method: str, uri: str, *, names: Collection[str] = (), jar: CookieJar | None = None) -> Answered:
        cookie = cookies_for(jar, uri) if jar is not None else None
        try:
            async with agent.stream(method, uri, fields=[("Cookie", cookie)] if cookie else ()) as streamed:
                attempt = streamed.attempts[-1]
                if jar is not None:
                    take_cookies(jar, uri, streamed.response)
                named: dict[str, bool | None] = {}
                if names and streamed.status // 100 == 2 and naming.is_html(streamed.fields):
                    named = await _named(streamed, names, agent.timeouts.first_octet)
                after = (
                    asked_delay(streamed.response, int(agent.clock.now())) if streamed.status in (429, 503) else None
                )
                hop = hop_of(attempt)
        except FetchError as error:
            after, named, hop = None, {}, hop_of(error.steps[-1].attempt, error.steps[-1].problem)
        # It may have been spelt otherwise for the request
        return Answered(hop if hop.uri == uri else replace(hop, uri=uri), after, named)

    return ask


async def _named(streamed: Streamed, names: Collection[str], seconds: float | None) -> dict[str, bool | None]:
    """Whether the names are there, in as much of the page as is looked into and comes in time."""
    content = bytearray()
    is_whole = False
    with suppress(TimeoutError, FetchError):
        async with asyncio.timeout(seconds):
            async for piece in streamed:
                content += piece
                if len(content) >= MOST_READ:
                    break
            else:
                is_whole = True
    named = naming.found(naming.text_of(bytes(content), streamed.fields), names)
    return named if is_whole else {name: is_there or None for name, is_there in named.items()}


async def hop_for(uri: str, ask: Ask, names: Collection[str] = ()) -> Answered:
    """What comes of a URI: HEAD first, and GET where HEAD was refused or may be wrong, or the page is looked into."""
    if not names:
        answered = await ask("HEAD", uri)
        if not _needs_get(answered.hop):
            return answered
    # Many servers treat HEAD badly; what is said about a link is said of GET
    return await ask("GET", uri, names=names)


def _needs_get(hop: Hop) -> bool:
    if hop.status is None:
        return hop.failure != "unreachable"
    return hop.status // 100 != 2 and hop.status != 300 and hop.status not in (429, 503) and hop.next is None


async def walked(uri: str, ask: Ask, most: int) -> tuple[Hop, ...]:
    """The chain from a URI for somebody who keeps cookies: without them, some sites lead in a circle."""
    jar = CookieJar()
    hops: list[Hop] = []
    visits: Counter[str] = Counter()
    following: str | None = uri
    # Who comes by a third time has learnt nothing new the second
    while following is not None and len(hops) <= most and visits[following] < 2:
        visits[following] += 1
        hops.append((await ask("GET", following, jar=jar)).hop)
        following = hops[-1].next
    return tuple(hop for hop, after in pairwise([*hops, None]) if hop and (after is None or after.uri != hop.uri))
