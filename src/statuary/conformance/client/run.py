"""A run of the client checker: every scenario that applies is played, many at once, and judge is given all requests seen."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from statuary import __version__, requirements
from statuary.conformance import linting
from statuary.conformance.client.abilities import ABILITIES
from statuary.conformance.client.case import case_of, needed_for
from statuary.conformance.client.driver import CommandDriver, Driver
from statuary.conformance.client.judging import Ending, conclude
from statuary.conformance.client.pull import frame
from statuary.conformance.client.scenario import Ask, ClientScenario, Outcome
from statuary.conformance.client.server import ScriptedServer
from statuary.conformance.confirming import confirmed
from statuary.conformance.conversation import Record
from statuary.conformance.exchanging import Conclusion
from statuary.conformance.report import JUDGED, Answer, Event, Report, Result
from statuary.semantics.judgement import Finding
from statuary.semantics.judgement.finding import sentence
from statuary.wire.transcript import Seen

_MOST_SEEN_IN = 12

# What a scenario orders in so many words is not the client's doing
_ORDERED = frozenset({"rfc9110-8.3-1", "rfc9110-9.3.1-1", "rfc9110-9.3.2-4", "rfc9110-9.3.5-2"})


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be played: scenarios in the order of their results, and how many at once."""

    scenarios: Sequence[ClientScenario]
    jobs: int = 8
    judges: bool = True


Progress = Callable[[Result, int, int], None]
"""Told of each result, how many there are, and how many there will be."""


async def check(driver: Driver, name: str, version: str, plan: Plan, progress: Progress | None = None) -> Report:
    """Check a client. The driver is ready, and is left for the caller to close. Raises CannotDrive."""
    running = ClientRun(driver, plan)
    await running.prove()
    results = await running.play_all(progress or (lambda *_: None))
    if plan.judges:
        await running.judge_again()
    return running.report(name, version, [*results, *(running.judged() if plan.judges else ())])


_PLAIN = ClientScenario(
    id="plain.get",
    title="A plain GET",
    codes=(),
    shows=(),
    ask=(Ask("GET /plain"),),
    serve=(("200 || plain",),),
    outcomes=(Outcome("The client does what it is told, and tells it", status=("200",)),),
)


_POST = ClientScenario(
    id="plain.post",
    title="A plain POST with content",
    codes=(),
    shows=(),
    ask=(Ask("POST /plain || content"),),
    serve=(("200 || plain",),),
    outcomes=(Outcome("Its content says POST already", requests=("POST /plain",)),),
)


class CannotDrive(Exception):  # noqa: N818
    """The client makes no plain GET, or doesn't tell 200 of it, so that nothing would follow from a check.

    What it gets wrong with that is no reason: it is found again.
    """


class ClientRun:
    """A run under way: each scenario is played when its result is asked for, and all that is seen is kept."""

    def __init__(self, driver: Driver, plan: Plan) -> None:
        self._driver = driver
        self._plan = plan
        self._date = datetime.now(UTC)
        self._began = time.monotonic()
        self._gate = asyncio.Semaphore(plan.jobs)
        self._results: dict[str, Result] = {}
        self._seen: list[tuple[str, Seen]] = []
        self._plays = 0

    async def play_all(self, progress: Progress) -> list[Result]:
        """The results of all scenarios of the plan, in its order."""

        async def one(scenario: ClientScenario) -> None:
            progress(await self.result(scenario), len(self._results), len(self._plan.scenarios))

        # Those that take long first, so that none of them begins when all else is done
        longest = sorted(self._plan.scenarios, key=lambda scenario: -_pauses(scenario))
        async with asyncio.TaskGroup() as group:
            for scenario in longest:
                group.create_task(one(scenario))
        return [self._results[scenario.id] for scenario in self._plan.scenarios]

    async def prove(self) -> None:
        """Find out whether the client does what it is told, and tells it; and what it takes for POST. Raises CannotDrive."""
        result = await self._play(_PLAIN)
        if result.verdict != "pass" and result.breaks is None:
            raise CannotDrive(f"It doesn't do a plain GET that is answered 200: {result.detail}")
        if isinstance(self._driver, CommandDriver) and self._driver.may_lack_post:
            self._driver.names_post = (await self._play(_POST)).verdict != "pass"
        self._seen.clear()

    async def result(self, scenario: ClientScenario) -> Result:
        """What a scenario shows."""
        lack = lacking(scenario, self._driver.abilities)
        if lack is not None:
            result = _result(scenario, Conclusion("not applicable", f"The client is not known to {lack}."))
        else:
            async with self._gate:
                result = await confirmed(lambda number: self._play(_patient(scenario) if number > 1 else scenario))
        self._results[scenario.id] = result
        return result

    async def _play(self, scenario: ClientScenario) -> Result:
        self._plays += 1
        id = f"{self._plays}.{scenario.id}"
        record = Record(time.monotonic, time.monotonic())
        server = ScriptedServer(scenario, record, frame())
        try:
            await server.open()
            told = await self._driver.perform(case_of(scenario, server.facts, id))
            await server.settle()
            ending = Ending(tuple(server.received), tuple(told), server.facts)
            conclusion = conclude(scenario, ending)
        except Exception as error:  # a mistake of ours is no failure of the client
            conclusion = Conclusion("harness error", f"{type(error).__name__}: {error}")
        finally:
            await server.close()
        self._seen += [(scenario.id, seen) for one in server.received if (seen := one.seen()) is not None]
        statuses = tuple(one.final.status for one in server.received if one.final is not None)
        return _result(scenario, conclusion, tuple(record.events), statuses, time.monotonic() - record.began)

    async def judge_again(self) -> None:
        """Play again what alone shows a finding of judge, and let that count: others on a busy machine may meet our ports."""
        by_requirement = (dict.fromkeys(id for _, id, _ in found) for found in self._found().values())
        alone = dict.fromkeys(next(iter(ids)) for ids in by_requirement if len(ids) == 1)
        self._seen = [(id, seen) for id, seen in self._seen if id not in alone]
        async with asyncio.TaskGroup() as group:
            for scenario in self._plan.scenarios:
                if scenario.id in alone:
                    group.create_task(self._play_again(scenario))

    async def _play_again(self, scenario: ClientScenario) -> None:
        async with self._gate:
            await self._play(replace(scenario, seconds=2 * scenario.seconds))

    def judged(self) -> list[Result]:
        """A result for each requirement that judge finds broken in the requests, unless a scenario says so already."""
        return [_judged(requirement, findings) for requirement, findings in sorted(self._found().items())]

    def _found(self) -> dict[str, list[tuple[Finding, str, Seen]]]:
        """What judge finds, by requirement, with the scenario and the request."""
        said = {(result.id, result.breaks) for result in self._results.values() if result.breaks is not None}
        found: dict[str, list[tuple[Finding, str, Seen]]] = {}
        for id, seen in self._seen:
            for finding in linting.examine([seen], "client"):
                if finding.requirement not in _ORDERED and (id, finding.requirement) not in said:
                    found.setdefault(finding.requirement, []).append((finding, id, seen))
        return found

    def report(self, name: str, version: str, results: Sequence[Result]) -> Report:
        """The report with these results."""
        return Report(
            subject=name,
            url="",
            version=version,
            date=self._date.isoformat(timespec="seconds").replace("+00:00", "Z"),
            statuary=__version__,
            results=tuple(results),
            seconds=time.monotonic() - self._began,
            facts={"able to": ", ".join(sorted(self._driver.abilities))},
            options={"role": "client"},
        )


def lacking(scenario: ClientScenario, abilities: frozenset[str]) -> str | None:
    """What a client is not known to be able to do that a scenario needs, or None."""
    return next((ABILITIES[name] for name in needed_for(scenario) if name not in abilities), None)


def _patient(scenario: ClientScenario) -> ClientScenario:
    """The scenario with twice the time, as its second play has it: a slow machine is no fault of the client's."""
    return replace(scenario, seconds=2 * scenario.seconds)


def _pauses(scenario: ClientScenario) -> float:
    return sum(float(text[6:]) for text in scenario.texts if text.startswith("pause "))


def _result(
    scenario: ClientScenario,
    conclusion: Conclusion,
    events: tuple[Event, ...] = (),
    statuses: tuple[int, ...] = (),
    seconds: float = 0.0,
) -> Result:
    return Result(
        id=scenario.id,
        title=scenario.title,
        verdict=conclusion.verdict,
        detail=sentence(conclusion.detail),
        breaks=conclusion.breaks,
        shows=scenario.shows,
        codes=scenario.codes,
        statuses=statuses,
        answers=tuple(Answer(one.looks(), one.why, one.breaks) for one in scenario.outcomes),
        events=events,
        fix=scenario.fix,
        plays=0 if conclusion.verdict == "not applicable" and not events else 1,
        seconds=seconds,
    )


def _judged(requirement: str, found: Sequence[tuple[Finding, str, Seen]]) -> Result:
    finding, _, seen = found[0]
    row = requirements.lookup(requirement)
    octets = _octets(seen)
    times = "" if len(found) == 1 else f" ({len(found)} times)"
    return Result(
        id=f"{JUDGED}{requirement}",
        title=row.paraphrase,
        verdict=finding.strength,
        detail=f"{finding.detail}{times}",
        breaks=requirement,
        shows=(requirement,),
        events=(Event(0.0, "a", "received", octets),),
        seen_in=tuple(dict.fromkeys(id for _, id, _ in found))[:_MOST_SEEN_IN],
    )


def _octets(seen: Seen) -> bytes:
    """A request that judge spoke of, put together again."""
    request = seen.exchange.request
    lines = "".join(f"{name}: {value}\r\n" for name, value in request.fields)
    version = f"HTTP/{request.version[0]}.{request.version[1]}"
    return f"{request.method} {request.target} {version}\r\n{lines}\r\n".encode("latin-1")[:4096]
