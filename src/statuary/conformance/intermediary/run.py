"""A run of the checker of intermediaries: what the subject does is found out, then every scenario that applies is played."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from statuary import __version__, requirements
from statuary.conformance import linting
from statuary.conformance.confirming import AGAIN, as_both, confirmed
from statuary.conformance.exchanging import FIRST_PATIENCE, Conclusion
from statuary.conformance.intermediary.facts import OFFERED
from statuary.conformance.intermediary.judgements import CUT
from statuary.conformance.intermediary.playing import Played, Setting, play, result_of
from statuary.conformance.intermediary.probes import PLAIN, PROBES
from statuary.conformance.intermediary.scenario import ForwardingScenario, Role
from statuary.conformance.report import JUDGED, Report, Result
from statuary.conformance.run import Known, Progress
from statuary.message.response import Exchange
from statuary.semantics.judgement import Finding
from statuary.semantics.judgement import Role as JudgedRole
from statuary.wire.transcript import Seen

_MOST_SEEN_IN = 12
_LONGEST_TURN = 0.5  # seconds
_MOST_LOST = 2  # plays of a scenario in which the request was lost on its way to the upstream
# Rules for who makes a request in the first place
_FOR_USER_AGENTS = frozenset({"rfc9110-7.2-2", "rfc9110-8.6-1", "rfc9110-8.6-2", "rfc9110-10.1.5-1"})
# Whoever passes on a 407 or a 426 may leave out the fields that it requires, which are for one hop alone
_FOR_THIS_HOP = frozenset({"rfc9110-15.5.8-1", "rfc9110-11.7.1-1", "rfc9110-15.5.22-1", "rfc9110-7.8-8"})
# That other responses have a Date shows a clock, but the upstream's
_BY_OTHER_CLOCKS = frozenset({"rfc9110-6.6.1-2"})
# What an origin server does about conditions, a cache need not: RFC 9110 sections 13.1.1 and 13.1.4, RFC 9111 section 4.3.2;
# and a gateway need not know units of ranges: RFC 9110 section 14.2
_FOR_ORIGINS = frozenset(
    {"rfc9110-13.1.1-3", "rfc9110-13.1.2-5", "rfc9110-13.1.3-7", "rfc9110-13.1.4-6", "rfc9110-14.2-3"}
)


class CannotCheck(Exception):  # noqa: N818
    """A plain GET doesn't come through, so that nothing would follow from a check. The message says what came instead."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be played: scenarios in the order of their results, and how many at once."""

    scenarios: Sequence[ForwardingScenario]
    jobs: int = 16
    judges: bool = True


async def check(setting: Setting, known: Known, plan: Plan, progress: Progress | None = None) -> Report:
    """Check an intermediary; the upstream is open, and is left for the caller to close. Raises CannotCheck."""
    running = IntermediaryRun(setting, known, plan)
    await running.prove()
    await running.discover()
    results = await running.play_all(progress or (lambda *_: None))
    return running.report([*results, *(running.judged() if plan.judges else ())])


class IntermediaryRun:
    """A run under way."""

    def __init__(self, setting: Setting, known: Known, plan: Plan) -> None:
        # Credentials that it asks for are needed from the first request on
        self._setting = replace(setting, facts={name: value for name, value in known.told.items() if value})
        self._known = known
        self._plan = plan
        self._date = datetime.now(UTC)
        self._began = time.monotonic()
        self._gate = asyncio.Semaphore(plan.jobs)
        self._waiting_room = asyncio.Semaphore(4 * plan.jobs)
        self._results: dict[str, Result] = {}
        self._played: list[tuple[ForwardingScenario, Played]] = []
        self._plays = 0

    async def prove(self) -> None:
        """Find out whether a plain GET comes through. Raises CannotCheck."""
        played = await self._play(PLAIN, FIRST_PATIENCE)
        if played.result.verdict != "pass":
            where = f"127.0.0.1:{self._setting.upstream.port}"
            raise CannotCheck(
                f"a GET through {self._known.url} to the upstream at {where} does not come through: {played.result.detail}"
            )
        self._played.clear()

    async def discover(self) -> None:
        """Find out what the subject offers, as far as nobody told."""
        facts = dict(self._setting.facts)
        for name, scenario in PROBES.items():
            if name in self._known.told or self._setting.role not in scenario.roles:
                continue
            if (await self._play(scenario)).result.verdict == "pass":
                facts[name] = "yes"
        self._setting = replace(self._setting, facts=facts)
        self._played.clear()

    async def play_all(self, progress: Progress) -> list[Result]:
        """The results of all scenarios of the plan, in its order."""

        async def one(scenario: ForwardingScenario) -> None:
            self._results[scenario.id] = await self._in_turn(scenario)
            progress(self._results[scenario.id], len(self._results), len(self._plan.scenarios))

        shared = [scenario for scenario in self._plan.scenarios if scenario.upstream == "shared"]
        async with asyncio.TaskGroup() as group:
            # Those that take long first, so that none of them begins when all else is done
            for scenario in sorted(shared, key=lambda scenario: -scenario.waits):
                group.create_task(one(scenario))
        async with asyncio.TaskGroup() as group:
            for scenario in shared:
                if _found_silence(self._results[scenario.id]):
                    group.create_task(self._play_calmly(scenario))
        for scenario in self._plan.scenarios:
            if scenario.upstream == "alone":
                await one(scenario)
        away = [scenario for scenario in self._plan.scenarios if scenario.upstream == "away"]
        # It is away for all of them at once: some subjects try again for seconds before they give up
        async with asyncio.TaskGroup() as group:
            for scenario in away:
                group.create_task(one(scenario))
        return [self._results[scenario.id] for scenario in self._plan.scenarios]

    async def _in_turn(self, scenario: ForwardingScenario) -> Result:
        """The result of one of those that are played at once; who waits for something lets others begin."""
        waits = scenario.waits or "upstream_patience" in scenario.needs
        async with asyncio.TaskGroup() as group, contextlib.AsyncExitStack() as waiting:
            async with self._gate:
                playing = group.create_task(self.result(scenario))
                await asyncio.wait((playing,), timeout=0 if waits else _LONGEST_TURN)
                if not playing.done():
                    await waiting.enter_async_context(self._waiting_room)
            return await playing

    async def _play_calmly(self, scenario: ForwardingScenario) -> None:
        """Play it once more: a subject that was silent may have been busy with others, or answer nothing any more."""
        async with self._gate:
            again = (await self._play(scenario)).result
            self._plays += 1
            plain = (await play(PLAIN, self._setting, f"p-{self._plays}")).result
        self._results[scenario.id] = as_both(self._results[scenario.id], again if plain.verdict == "pass" else plain)

    async def result(self, scenario: ForwardingScenario) -> Result:
        """What a scenario shows."""
        if self._setting.role not in scenario.roles:
            return result_of(scenario, Conclusion("not applicable", f"It is not for a {self._setting.role}."))
        lack = next((name for name in scenario.needs if name not in self._setting.facts), None)
        if lack is not None:
            detail = f"The subject is not known to offer {OFFERED[lack]}."
            return result_of(scenario, Conclusion("not applicable", detail))

        async def once(number: int) -> Result:
            played = await self._play(scenario)
            for _ in range(_MOST_LOST):
                if not _was_lost(scenario, played):
                    break
                played = await self._play(scenario)
            return played.result

        return await confirmed(once)

    async def _play(self, scenario: ForwardingScenario, patience: int = 1) -> Played:
        self._plays += 1
        setting = replace(self._setting, bounds=self._setting.bounds.times(patience))
        played = await play(scenario, setting, f"p-{self._plays}")
        self._played.append((scenario, played))
        return played

    def judged(self) -> list[Result]:
        """A result for each requirement that judge finds broken in what the subject sent, and not in what it was sent."""
        said = {(result.id, result.breaks) for result in self._results.values() if result.breaks is not None}
        found: dict[str, list[tuple[Finding, Result]]] = {}
        for scenario, played in self._played:
            for finding in _introduced(scenario, played, self._setting.role):
                if (scenario.id, finding.requirement) not in said:
                    found.setdefault(finding.requirement, []).append((finding, played.result))
        return [_judged(requirement, findings) for requirement, findings in sorted(found.items())]

    def report(self, results: Sequence[Result]) -> Report:
        """The report with these results."""
        facts = self._setting.facts.items()
        return Report(
            subject=self._known.name,
            url=self._known.url,
            version=self._known.version,
            date=self._date.isoformat(timespec="seconds").replace("+00:00", "Z"),
            statuary=__version__,
            results=tuple(results),
            seconds=time.monotonic() - self._began,
            facts={name: value for name, value in facts if "credentials" not in name},
            options={"role": self._setting.role},
        )


def _found_silence(result: Result) -> bool:
    """Whether something was found wrong in a play in which the subject did not answer in time."""
    return result.verdict in AGAIN and any(event.kind == "silent" for event in result.events)


def _was_lost(scenario: ForwardingScenario, played: Played) -> bool:
    """Whether a request may have been lost on a connection to the upstream that had just ended: RFC 9112 section 9.5."""
    answered = played.result.statuses[-1:]
    is_without_upstream = scenario.upstream != "away" and not played.received and answered in ((502,), (503,), (504,))
    return is_without_upstream and played.result.verdict != "pass"


def _introduced(scenario: ForwardingScenario, played: Played, role: Role) -> list[Finding]:
    """What judge finds in messages that the subject sent, and not in those that it was sent."""
    forwarded = [seen for one in played.received if (seen := one.seen()) is not None]
    found = []
    if not any(step.raw for step in scenario.steps):
        known = _breaks([Seen(Exchange(request, (), None)) for request in played.asked], "client") | _FOR_USER_AGENTS
        found += [one for one in linting.examine(forwarded, "client") if one.requirement not in known]
    if all(one.final is not None for one in played.received) and not _says_octets(scenario):
        known = (
            _breaks(forwarded, "server")
            | _FOR_ORIGINS
            | (_FOR_THIS_HOP | _BY_OTHER_CLOCKS if forwarded else frozenset())
        )
        told = [_without_cuts(one) for one in played.seen] if forwarded else played.seen
        introduced = [one for one in linting.examine(told, "server") if one.requirement not in known]
        # A gateway is an origin server to its clients, a proxy is not
        found += [one for one in introduced if role == "gateway" or _binds_others(one.requirement)]
    return found


def _binds_others(requirement: str) -> bool:
    """Whether a requirement binds others than origin servers."""
    return requirements.lookup(requirement).binds != ("origin",)


def _without_cuts(seen: Seen) -> Seen:
    """What was seen, but for contents that end early: so an incomplete response is passed on, RFC 9112 section 8."""
    return replace(seen, problems=tuple(one for one in seen.problems if not one.detail.startswith(CUT)))


def _breaks(seen: Sequence[Seen], role: JudgedRole) -> set[str]:
    return {finding.requirement for finding in linting.examine(seen, role)}


def _says_octets(scenario: ForwardingScenario) -> bool:
    turns = scenario.serve.values() if isinstance(scenario.serve, Mapping) else scenario.serve
    return any(text.startswith("+") for turn in turns for text in turn)


def _judged(requirement: str, found: Sequence[tuple[Finding, Result]]) -> Result:
    finding, result = found[0]
    times = "" if len(found) == 1 else f" ({len(found)} times)"
    return Result(
        id=f"{JUDGED}{requirement}",
        title=requirements.lookup(requirement).paraphrase,
        verdict=finding.strength,
        detail=f"{finding.detail}{times}",
        breaks=requirement,
        shows=(requirement,),
        events=result.events,
        seen_in=tuple(dict.fromkeys(one.id for _, one in found))[:_MOST_SEEN_IN],
    )
