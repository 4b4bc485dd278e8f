"""A run of the checker: every scenario that applies is played, many at once, and judge is given all exchanges seen."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from statuary import __version__, requirements
from statuary.conformance import linting
from statuary.conformance.channel import Channel, Peer
from statuary.conformance.conversation import Record
from statuary.conformance.discovery import Discovered, discover, fresh_facts
from statuary.conformance.fetch import Target, target_of
from statuary.conformance.player import Bounds, Played, lacking, play, result_of
from statuary.conformance.report import Event, Report, Result
from statuary.conformance.requests import compose
from statuary.conformance.scenario import Scenario
from statuary.semantics.judgement import Finding
from statuary.wire.transcript import Seen

_AGAIN = ("fail", "warn")
"""Verdicts that are reported only if a second play finds the same."""
_MOST_SEEN_IN = 12


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
    """Check a subject. Raises discovery.Unreachable where there is none, ValueError for a URL that is none."""
    began = time.monotonic()
    date = datetime.now(UTC)
    target = target_of(known.url)
    record = Record(time.monotonic, began)
    found = await discover(peer, target, known.told, plan.bounds, record, int(date.timestamp()))
    running = _Running(peer, target, found, plan, progress or (lambda *_: None))
    results = await running.play_all()
    if plan.judges:
        results += _judged(record, running, results)
    return Report(
        subject=known.name,
        url=known.url,
        version=known.version,
        date=date.isoformat(timespec="seconds").replace("+00:00", "Z"),
        statuary=__version__,
        results=tuple(results),
        seconds=time.monotonic() - began,
        facts={name: value[:200] for name, value in found.facts.items() if not name.startswith("protected.")},
        options={"remarks": " ".join(found.remarks)} if found.remarks else {},
    )


class _Running:
    """The scenarios of a run under way, and what has been seen so far."""

    def __init__(self, peer: Peer, target: Target, found: Discovered, plan: Plan, progress: Progress) -> None:
        self.peer = peer
        self.target = target
        self.found = found
        self.plan = plan
        self.progress = progress
        self.seen: list[tuple[float, str, Seen]] = []
        self.events: dict[str, tuple[Event, ...]] = {}
        self.written: list[str] = []
        self._gate = asyncio.Semaphore(plan.jobs)
        self._done = 0

    async def play_all(self) -> list[Result]:
        first = [one for one in self.plan.scenarios if not one.after]
        later = [one for one in self.plan.scenarios if one.after]
        results = {result.id: result for result in await self._play_these(first, {})}
        results |= {result.id: result for result in await self._play_these(later, results)}
        await self._tidy()
        return [results[one.id] for one in self.plan.scenarios]

    async def _play_these(self, scenarios: Sequence[Scenario], before: Mapping[str, Result]) -> list[Result]:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._scenario(one, before)) for one in scenarios]
        return [task.result() for task in tasks]

    async def _scenario(self, scenario: Scenario, before: Mapping[str, Result]) -> Result:
        result = self._not_played(scenario, before)
        if result is None:
            async with self._gate:
                result = await self._played(scenario)
        self._done += 1
        self.progress(result, self._done, len(self.plan.scenarios))
        return result

    def _not_played(self, scenario: Scenario, before: Mapping[str, Result]) -> Result | None:
        lack = lacking(scenario, self.found.facts, takes_octets=self.peer.takes_octets)
        if lack is not None:
            return result_of(scenario, "not applicable", lack)
        for other in scenario.after:
            if other in before and before[other].verdict != "pass":
                if before[other].verdict == "not applicable":
                    return result_of(scenario, "not applicable", f"It comes after {other}, which is not applicable.")
                return result_of(scenario, "inconclusive", f"It comes after {other}, which did not pass.")
        return None

    async def _played(self, scenario: Scenario) -> Result:
        first = await self._play(scenario)
        if first.result.verdict not in _AGAIN:
            return first.result
        second = await self._play(scenario)
        if (second.result.verdict, second.result.breaks) == (first.result.verdict, first.result.breaks):
            return replace(second.result, plays=2)
        return replace(
            first.result,
            verdict="inconclusive",
            breaks=None,
            plays=2,
            detail=f"Played twice, with different outcomes: {first.result.detail} Then: {second.result.detail or 'pass'}"[
                :240
            ],
        )

    async def _play(self, scenario: Scenario) -> Played:
        facts = fresh_facts(self.found.facts, int(time.time()))
        if "new" in facts:
            self.written.append(facts["new"])
        played = await play(scenario, self.peer, facts, self.found.baseline, self.plan.bounds)
        self.seen += [(at, scenario.id, seen) for at, seen in played.seen]
        self.events[scenario.id] = played.result.events
        return played

    async def _tidy(self) -> None:
        """Remove what the plays may have left in the writable area."""
        gate = asyncio.Semaphore(self.plan.jobs)

        async def remove(path: str) -> None:
            async with gate:
                await _remove(self.peer, path, self.found.facts, self.plan.bounds)

        async with asyncio.TaskGroup() as group:
            for path in self.written:
                group.create_task(remove(path))


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


def _judged(record: Record, running: _Running, results: Sequence[Result]) -> list[Result]:
    """A result for each requirement that judge finds broken in what was seen, except where a scenario says so already."""
    seen = sorted([*((at, "discovery", one) for at, one in record.seen), *running.seen], key=lambda one: one[0])
    findings: dict[str, list[Finding]] = {}
    for finding in linting.examine([one for _, _, one in seen], "server"):
        findings.setdefault(finding.requirement, []).append(finding)
    said = {(result.id, result.breaks) for result in results if result.breaks is not None}
    judged = []
    for requirement, found in sorted(findings.items()):
        where = [seen[finding.exchange][1] for finding in found]
        if not all((id, requirement) in said for id in where):
            events = record.events if where[0] == "discovery" else running.events[where[0]]
            judged.append(_finding_result(requirement, found, list(dict.fromkeys(where)), tuple(events), seen))
    return judged


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
