"""A run of the checker: every scenario that applies is played, many at once, and judge is given all exchanges seen."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from statuary import __version__, requirements
from statuary.conformance import linting
from statuary.conformance.channel import Channel, Peer
from statuary.conformance.confirming import confirmed
from statuary.conformance.conversation import Record
from statuary.conformance.discovery import Discovered, Unreadable, discover, fresh_facts
from statuary.conformance.exchanging import Bounds
from statuary.conformance.fetch import target_of
from statuary.conformance.player import Played, lacking, play, result_of
from statuary.conformance.report import Event, Report, Result
from statuary.conformance.requests import compose
from statuary.conformance.scenario import Scenario
from statuary.semantics.judgement import Finding
from statuary.wire.response_reader import GRAMMAR
from statuary.wire.transcript import Seen

_MOST_SEEN_IN = 12
_LONGEST_FACT = 200


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be played, and how.

    scenarios  in the order in which their results are given
    jobs       how many are played at once
    bounds     of each play
    judges     whether judge is given all exchanges seen
    """

    scenarios: Sequence[Scenario]
    jobs: int = 16
    bounds: Bounds = field(default_factory=Bounds)
    judges: bool = True


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the subject before the run: its name, URL, version, and the facts that were told."""

    name: str
    url: str
    version: str = ""
    told: Mapping[str, str] = field(default_factory=dict)


Progress = Callable[[Result, int, int], None]
"""Told of each result, how many there are, and how many there will be."""


async def run(peer: Peer, known: Known, plan: Plan, progress: Progress | None = None) -> Report:
    """Check a subject. Raises discovery.Unreachable where there is none, ValueError for a URL that is none.

    Where its answers can't be read, that is all that the report says.
    """
    record = Record(time.monotonic, time.monotonic())
    try:
        running = await Run.open(peer, known, plan, record)
    except Unreadable as reason:
        return _unreadable(known, record, str(reason))
    results = await running.play_all(progress or (lambda *_: None))
    await running.tidy()
    return running.report([*results, *(running.judged() if plan.judges else ())])


class Run:
    """A run under way: scenarios are played when their results are asked for, each once, and all that is seen is kept.

    ``open`` finds out about the subject first. When all is done, ``tidy`` removes what was written, ``judged`` gives what
    judge has to say, and ``report`` puts everything together.
    """

    def __init__(self, peer: Peer, known: Known, plan: Plan, found: Discovered, record: Record, date: datetime) -> None:
        self.found = found
        self._peer = peer
        self._known = known
        self._plan = plan
        self._record = record
        self._date = date
        self._by_id = {scenario.id: scenario for scenario in plan.scenarios}
        self._results: dict[str, Result] = {}
        self._seen: list[tuple[float, str, Seen]] = []
        self._events: dict[str, tuple[Event, ...]] = {}
        self._written: list[str] = []
        self._gate = asyncio.Semaphore(plan.jobs)
        # Scenarios that wait keep no others waiting, unless they are to be played one by one
        self._waiting_room = asyncio.Semaphore(plan.jobs) if plan.jobs > 1 else self._gate

    @classmethod
    async def open(cls, peer: Peer, known: Known, plan: Plan, record: Record | None = None) -> Run:
        """Find out about the subject. Raises discovery.Unreachable, and ValueError for a URL that is none."""
        record = record or Record(time.monotonic, time.monotonic())
        date = datetime.now(UTC)
        target = target_of(known.url)
        found = await discover(peer, target, known.told, plan.bounds, record, int(date.timestamp()))
        return cls(peer, known, plan, found, record, date)

    async def play_all(self, progress: Progress) -> list[Result]:
        """The results of all scenarios of the plan, in its order."""

        async def one(scenario: Scenario) -> None:
            progress(await self.result(scenario), len(self._results), len(self._plan.scenarios))

        for is_later in (False, True):
            async with asyncio.TaskGroup() as group:
                for scenario in sorted(self._plan.scenarios, key=lambda one: not one.waits):
                    if bool(scenario.after) is is_later:
                        group.create_task(one(scenario))
        return [self._results[scenario.id] for scenario in self._plan.scenarios]

    async def result(self, scenario: Scenario) -> Result:
        """What a scenario shows; those that it comes after are played first, unless they have been."""
        for other in scenario.after:
            if other not in self._results and other in self._by_id:
                await self.result(self._by_id[other])
        result = self._not_played(scenario)
        if result is None:
            async with self._waiting_room if scenario.waits else self._gate:
                result = await self._played(scenario)
        self._results[scenario.id] = result
        return result

    def _not_played(self, scenario: Scenario) -> Result | None:
        lack = lacking(scenario, self.found.facts, self._peer)
        if lack is not None:
            return result_of(scenario, "not applicable", lack)
        for other in scenario.after:
            if other in self._results and self._results[other].verdict != "pass":
                if self._results[other].verdict == "not applicable":
                    return result_of(scenario, "not applicable", f"It comes after {other}, which is not applicable.")
                return result_of(scenario, "inconclusive", f"It comes after {other}, which did not pass.")
        return None

    async def _played(self, scenario: Scenario) -> Result:
        async def once(number: int) -> Result:
            return (await self._play(scenario)).result

        return await confirmed(once)

    async def _play(self, scenario: Scenario) -> Played:
        facts = fresh_facts(self.found.facts, int(time.time()))
        if "new" in facts and scenario.writes:
            self._written.append(facts["new"])
        played = await play(scenario, self._peer, facts, self.found.baseline, self._plan.bounds)
        self._seen += [(at, scenario.id, seen) for at, seen in played.seen]
        self._events[scenario.id] = played.result.events
        return played

    async def tidy(self) -> None:
        """Remove what the plays may have left in the writable area."""
        gate = asyncio.Semaphore(self._plan.jobs)

        async def remove(path: str) -> None:
            async with gate:
                await _remove(self._peer, path, self.found.facts, self._plan.bounds)

        async with asyncio.TaskGroup() as group:
            for path in self._written:
                group.create_task(remove(path))

    def judged(self) -> list[Result]:
        """A result for each requirement that judge finds broken in what was seen, except where a scenario says so already."""
        seen = sorted([*((at, "discovery", one) for at, one in self._record.seen), *self._seen], key=lambda one: one[0])
        findings: dict[str, list[Finding]] = {}
        for finding in linting.examine([one for _, _, one in seen], "server"):
            findings.setdefault(finding.requirement, []).append(finding)
        said = {(result.id, result.breaks) for result in self._results.values() if result.breaks is not None}
        judged = []
        for requirement, found in sorted(findings.items()):
            where = list(dict.fromkeys(seen[finding.exchange][1] for finding in found))
            if not all((id, requirement) in said for id in where):
                events = tuple(self._record.events) if where[0] == "discovery" else self._events[where[0]]
                judged.append(_finding_result(requirement, found, where, events, seen))
        return judged

    def report(self, results: Iterable[Result]) -> Report:
        """The report with these results."""
        facts = self.found.facts.items()
        return Report(
            subject=self._known.name,
            url=self._known.url,
            version=self._known.version,
            date=self._date.isoformat(timespec="seconds").replace("+00:00", "Z"),
            statuary=__version__,
            results=tuple(results),
            seconds=time.monotonic() - self._record.began,
            facts={name: value[:_LONGEST_FACT] for name, value in facts if not name.startswith("protected.")},
            options={"remarks": " ".join(self.found.remarks)} if self.found.remarks else {},
        )


def _unreadable(known: Known, record: Record, reason: str) -> Report:
    """The report where no answer can be read."""
    result = Result(
        id="discovery.readable",
        title="The first request is answered in HTTP/1.1",
        verdict="fail",
        detail=f"{reason}.",
        breaks=GRAMMAR,
        shows=(GRAMMAR,),
        events=tuple(record.events),
    )
    date = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    seconds = time.monotonic() - record.began
    return Report(known.name, known.url, known.version, date, __version__, (result,), seconds)


async def _remove(peer: Peer, path: str, facts: Mapping[str, str], bounds: Bounds) -> None:
    channel: Channel | None = None
    try:
        async with asyncio.timeout(bounds.answer):
            channel = await peer.connect()
            channel.send(compose(f"DELETE {path} | Connection: close", facts).octets)
            await channel.receive()
    except (OSError, TimeoutError):
        return
    finally:
        if channel is not None:
            channel.abort()


def _finding_result(
    requirement: str,
    found: Sequence[Finding],
    where: Sequence[str],
    events: tuple[Event, ...],
    seen: Sequence[tuple[float, str, Seen]],
) -> Result:
    row = requirements.lookup(requirement)
    exchanges = [seen[finding.exchange][2].exchange for finding in found]
    statuses = sorted({one.final.status for one in exchanges if one.final is not None})
    times = "" if len(found) == 1 else f" ({len(found)} times)"
    return Result(
        id=f"judge.{requirement}",
        title=row.paraphrase,
        verdict=found[0].strength,
        detail=f"{found[0].detail}{times}",
        breaks=requirement,
        shows=(requirement,),
        codes=tuple(statuses),
        statuses=tuple(statuses),
        events=events,
        seen_in=tuple(where[:_MOST_SEEN_IN]),
    )
