"""Asking for everything that links lead to: each URI once, however often it stands and whoever leads there.

What is known is not asked for; hosts are asked in their turn, and left alone when they ask for it; what is found is kept
at once. Redirects are followed hop by hop, so that all of this holds for where they lead, too.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

from statuary.link_editor.ask import Answered, Ask, Manners, hop_for, walked
from statuary.link_editor.line import Line, host_of
from statuary.link_editor.names import name_of
from statuary.link_editor.remember import Memory
from statuary.link_editor.robots import Robots
from statuary.link_editor.verdict import MOST_REDIRECTS, Hop, Kind, chain_from, is_circle
from statuary.semantics.target_uri import origin_of
from statuary.transport.clock import Clock

Progress = Callable[[int, int], None]
"""Called after each URL with how many are done, of how many."""
Sleep = Callable[[float], Coroutine[Any, Any, object]]

_FAILURES_OF_THE_UNHEARD, _FAILURES_IN_A_ROW = 3, 10
"""After so many in a row, nothing else is asked of an origin of which nothing was ever heard; and of another."""
_MOST_RETRIED = 5
"""Repetitions of what failed, by host."""
# Another try may bring something else
_PASSING = (408, 500, 502, 504)


@dataclass(frozen=True, slots=True)
class Unasked:
    """A URI that was not asked for, and what that makes of its links."""

    kind: Kind
    why: str


class Survey:
    """``run`` it; then ``chain`` and ``named`` tell what is known, ``unasked`` what was not asked for.

    ask     None to ask for nothing
    skips   what is left out
    sleep   lets time pass
    fragments  whether what those name is looked for that redirects have
    """

    def __init__(
        self,
        ask: Ask | None,
        memory: Memory,
        clock: Clock,
        manners: Manners,
        *,
        robots: Robots | None = None,
        skips: Callable[[str], bool] = lambda uri: False,
        sleep: Sleep = asyncio.sleep,
        fragments: bool = True,
    ) -> None:
        self._ask = ask
        self._memory = memory
        self._clock = clock
        self._manners = manners
        self._robots = robots
        self._skips = skips
        self._sleep = sleep
        self._fragments = fragments
        self._line = Line(manners.per_host, manners.interval, clock.tick)
        self._hops: dict[str, Hop] = {}
        self._walked: dict[str, tuple[Hop, ...]] = {}
        self._wanted: dict[str, set[str]] = {}
        self._named: dict[tuple[str, str], bool | None] = {}
        self._depths: dict[str, int] = {}
        self._in_line: set[str] = set()  # or being asked for
        self._circles: set[str] = set()
        self._tries: Counter[str] = Counter()
        self._retried: Counter[str] = Counter()
        self._failures: Counter[str] = Counter()
        self._heard: set[str] = set()  # origins of which something came, if no answer
        self._closed: dict[str, Unasked] = {}
        self._progress: Progress | None = None
        self._is_saving = False
        self._workers = 0
        self._done = 0
        self._news = asyncio.Event()
        self.unasked: dict[str, Unasked] = {}
        self.asked = 0
        self.known = 0

    async def run(self, uris: Mapping[str, Collection[str]], progress: Progress | None = None) -> None:
        """Find out about all URIs, and whether there is something in their pages with the names given.

        What was found is kept if it is ended early.
        """
        self._progress = progress
        self._memory.forget(self._now())
        try:
            for uri, names in uris.items():
                self._enter(uri, 0, names)
            await self._work_off()
            # A circle may be one for those only who keep no cookies
            for uri in uris:
                if self._ask is not None and is_circle(chain_from(uri, self._hops)):
                    self._circles.add(uri)
                    self._line_up(uri)
            await self._work_off()
        finally:
            self._memory.save()

    def chain(self, uri: str) -> tuple[Hop, ...]:
        """Where a URI leads, as far as that is known."""
        return self._walked.get(uri) or chain_from(uri, self._hops)

    def named(self, uri: str, name: str) -> bool | None:
        """Whether something in a page has that name; None where nobody can tell."""
        return self._named.get((uri, name))

    # What is to be asked for

    def _enter(self, uri: str, depth: int, names: Collection[str]) -> None:
        """A URI that a link leads to, after so many redirects, with names that are to be looked for at the end."""
        is_new = uri not in self._hops and uri not in self._in_line and uri not in self.unasked
        is_nearer = depth < self._depths.get(uri, MOST_REDIRECTS + 1)
        wanted = self._wanted.get(uri, set())
        more = set(names) - wanted
        if not (is_new or is_nearer or more):
            return
        if is_nearer:
            self._depths[uri] = depth
        if more:
            self._wanted[uri] = wanted | more
        if is_new:
            self._recall(uri)
        hop = self._hops.get(uri)
        if hop is None:
            if is_new and not self._is_left_out(uri):
                self._line_up(uri)
        elif hop.next is not None:
            self._go_on(hop)
        elif self._missing(uri) and self._ask is not None:
            self._line_up(uri)

    def _recall(self, uri: str) -> None:
        now = self._now()
        hop = self._memory.get(uri, now)
        if hop is None or self._skips(uri):
            return
        self._hops[uri] = hop
        if uri in self._wanted:
            for name, is_there in self._memory.names(uri, now).items():
                self._named[uri, name] = is_there
        if not self._missing(uri):
            self.known += 1

    def _is_left_out(self, uri: str) -> bool:
        """Whether it is not to be asked for, and nothing is known of it."""
        if self._skips(uri):
            self.unasked[uri] = Unasked("unchecked", "It is left out.")
        elif self._ask is None:
            self.unasked[uri] = Unasked("unchecked", "Nothing is asked for, and it isn't known.")
        elif (closed := self._closed.get(host_of(uri))) is not None:
            self.unasked[uri] = closed
        elif self._failures and self._is_given_up(origin_of(uri)):
            self._give_up_on(uri)
        return uri in self.unasked or uri in self._hops

    def _missing(self, uri: str) -> set[str]:
        """Names that are still to be looked for in a page."""
        hop = self._hops.get(uri)
        if hop is not None and (hop.status is None or hop.status // 100 != 2):
            return set()
        return {name for name in self._wanted.get(uri, ()) if (uri, name) not in self._named}

    def _go_on(self, hop: Hop) -> None:
        """To where a hop leads."""
        depth = self._depths.get(hop.uri, 0) + 1
        if hop.next is not None and depth <= MOST_REDIRECTS:
            self._enter(hop.next, depth, self._names_behind(hop))

    def _names_behind(self, hop: Hop) -> Collection[str]:
        """The names that are to be looked for where a hop leads."""
        if hop.fragment is None:
            return self._wanted.get(hop.uri, ())
        name = name_of(hop.fragment) if self._fragments and hop.is_for_good else None
        return () if name is None else (name,)

    # Asking

    def _line_up(self, uri: str) -> None:
        if uri not in self._in_line:
            self._in_line.add(uri)
            self._line.put(uri)
            self._news.set()

    async def _work_off(self) -> None:
        """Until nobody is in line."""
        async with asyncio.TaskGroup() as group:
            while True:
                self._news.clear()
                while self._workers < self._manners.jobs and (uri := self._line.take()) is not None:
                    self._workers += 1
                    group.create_task(self._work(uri))
                due = self._line.due() if self._workers < self._manners.jobs else None
                if due is None and not self._workers:
                    return
                await self._something(due)

    async def _something(self, seconds: float | None) -> None:
        """Wait for news, or so long."""
        if seconds is None:
            await self._news.wait()
            return
        news, time = asyncio.ensure_future(self._news.wait()), asyncio.ensure_future(self._sleep(seconds))
        try:
            await asyncio.wait((news, time), return_when=asyncio.FIRST_COMPLETED)
        finally:
            news.cancel()
            time.cancel()

    async def _work(self, uri: str | None) -> None:
        """Ask for this URI, and for the next in line, as long as there is one that may be asked for."""
        try:
            while uri is not None:
                try:
                    is_done = await self._look_into(uri)
                finally:
                    self._line.done(uri)
                self._in_line.discard(uri)
                if is_done:
                    self._done += 1
                else:
                    self._line_up(uri)
                if self._progress is not None:
                    self._progress(self._done, self._done + len(self._in_line))
                uri = self._line.take()
        finally:
            self._workers -= 1
            self._news.set()

    async def _look_into(self, uri: str) -> bool:
        """Whether that was all, and it has not to be asked for again."""
        assert self._ask is not None
        if self._robots is not None and not await self._robots.permits(uri):
            self.unasked[uri] = Unasked("unchecked", "Its robots.txt keeps robots out.")
            return True
        if uri in self._circles:
            self._walked[uri] = await walked(uri, self._ask, MOST_REDIRECTS)
            return True
        names = self._missing(uri)
        try:
            answered = await hop_for(uri, self._ask, names)
        except ValueError as error:
            self.unasked[uri] = Unasked("invalid URL", f"It can't be asked for: {error}.")
            return True
        if self._is_put_off(answered):
            return False
        self._take(answered, names)
        # Somebody may want to know of another name since
        return not self._missing(uri)

    def _take(self, answered: Answered, names: Collection[str]) -> None:
        """The answer is final: keep it, and go on to where it leads."""
        hop = answered.hop
        self.asked += 1
        self._hops[hop.uri] = hop
        named = {name: answered.named.get(name) for name in names}
        for name, is_there in named.items():
            self._named[hop.uri, name] = is_there
        self._memory.put(hop, self._now(), named)
        if not self._is_saving:
            # As soon as what else has come by now was looked at
            self._is_saving = True
            asyncio.get_running_loop().call_soon(self._save)
        origin = origin_of(hop.uri)
        if hop.failure not in ("unreachable", "timeout"):
            self._heard.add(origin)
        if hop.status is None or hop.status == 503:
            self._note_failure(hop.uri)
        elif self._failures:
            self._failures.pop(origin, None)
        if hop.next is not None:
            self._go_on(hop)

    def _is_put_off(self, answered: Answered) -> bool:
        """Whether it is to be asked for once more, its host having been left alone for a while."""
        hop, manners = answered.hop, self._manners
        tries = self._tries[hop.uri]
        if hop.status in (429, 503):
            seconds = answered.after if answered.after is not None else 2.0**tries
            if seconds > manners.longest_wait or self._line.rest(hop.uri, seconds) > manners.most_waiting:
                # A 503 may be said of this resource alone
                if hop.status == 429:
                    self._close(hop, seconds)
                return False
        elif hop.status in _PASSING or (hop.status is None and hop.failure != "malformed"):
            host = host_of(hop.uri)
            if tries >= manners.retries or self._retried[host] >= _MOST_RETRIED:
                return False
            self._retried[host] += 1
            self._line.rest(hop.uri, 1.0)
        else:
            return False
        self._tries[hop.uri] += 1
        return tries < manners.retries

    def _close(self, hop: Hop, seconds: float) -> None:
        """The host wants to be left alone for longer than anybody waits: what is in line there is not asked for."""
        host = host_of(hop.uri)
        closed = Unasked(
            "unreachable",
            f"{host} answered {hop.status} and asks to be left alone for {seconds:g} seconds: it was not asked for.",
        )
        self._closed[host] = closed
        for uri in self._line.drain(hop.uri):
            self._in_line.discard(uri)
            if uri not in self._hops:
                self.unasked[uri] = closed

    def _note_failure(self, uri: str) -> None:
        origin = origin_of(uri)
        self._failures[origin] += 1
        if self._is_given_up(origin):
            for one in self._line.drain(uri):
                self._in_line.discard(one)
                if origin_of(one) != origin:
                    self._line_up(one)
                elif one not in self._hops:
                    self._give_up_on(one)

    def _is_given_up(self, origin: str) -> bool:
        most = _FAILURES_IN_A_ROW if origin in self._heard else _FAILURES_OF_THE_UNHEARD
        return self._failures[origin] >= most

    def _give_up_on(self, uri: str) -> None:
        times = self._failures[origin_of(uri)]
        self.unasked[uri] = Unasked(
            "unreachable", f"{host_of(uri)} had no answer to be used {times} times in a row: it was not asked for."
        )

    def _save(self) -> None:
        self._is_saving = False
        self._memory.save()

    def _now(self) -> int:
        return int(self._clock.now())
