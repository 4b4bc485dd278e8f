"""One scenario with an intermediary: the client's side and the upstream's, and what both together show.

Each play is bounded in time and octets, and whatever the subject does ends in a verdict.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass

from statuary import requirements
from statuary.conformance.channel import Peer
from statuary.conformance.conversation import BUSY, Answered, Conversation, Record
from statuary.conformance.entries import UNDECIDED
from statuary.conformance.exchanging import Baseline, Bounds, Conclusion, Exchanging
from statuary.conformance.intermediary.judgements import JUDGEMENTS, Sight
from statuary.conformance.intermediary.scenario import ForwardingScenario, Outcome, Role
from statuary.conformance.intermediary.upstream import PROBE, ScriptedUpstream
from statuary.conformance.matching import is_seen, said
from statuary.conformance.report import Answer, Result
from statuary.conformance.requests import Composed, compose
from statuary.conformance.scenario import ResponseSeen
from statuary.conformance.scripted.expectation import have_come
from statuary.conformance.scripted.received import Received
from statuary.conformance.scripted.server import Script, moments
from statuary.conformance.template import fill
from statuary.message.request import Request
from statuary.semantics.judgement.finding import sentence, strength_of
from statuary.wire.transcript import Seen

_AFTER_PATIENCE = 1.5  # seconds
_AWAY = ("502", "503", "504")
_BEGINS = re.compile(r"\s*\S+ \{to\}")  # a request to the proxy, not one in a tunnel
_MOST_NAMED = 4


@dataclass(frozen=True, slots=True)
class Setting:
    """What all plays with a subject have in common.

    host   host and port of the subject
    facts  what it is known to offer (facts.py)
    """

    role: Role
    peer: Peer
    host: str
    upstream: ScriptedUpstream
    bounds: Bounds
    facts: Mapping[str, str]

    def bounds_of(self, scenario: ForwardingScenario) -> Bounds:
        """What waits for the subject to lose patience with its upstream has to be as patient."""
        if "upstream_patience" not in scenario.needs and scenario.upstream != "away":
            return self.bounds
        patience = float(self.facts.get("upstream_patience", 0))
        return Bounds(max(self.bounds.answer, patience + _AFTER_PATIENCE), self.bounds.play)

    def facts_of(self, id: str) -> dict[str, str]:
        """The facts of one play."""
        host, path = self.upstream.host, f"/{id}"
        return {
            **moments(int(time.time())),
            **self.facts,
            "id": id,
            "path": path,
            "to": path if self.role == "gateway" else f"http://{host}{path}",
            "host": self.host if self.role == "gateway" else host,
            "up": f"http://{host}{path}",
            "up.host": host,
            "subject": self.host,
            "scheme": "http",
        }

    def composed(self, text: str, facts: Mapping[str, str]) -> Composed:
        """A request as scenarios write it: with a path of the play's own, and the credentials that a proxy asks for."""
        method, space, rest = text.partition(" ")
        if rest.startswith("/"):
            text = f"{method}{space}{{to}}{rest}"
        if self.shows_credentials(facts) and "| proxy-authorization:" not in text.lower():
            head, mark, content = text.partition(" || ")
            text = f"{head} | Proxy-Authorization: {{credentials}}{mark}{content}"
        return compose(text, facts)

    def piece(self, text: str, facts: Mapping[str, str]) -> bytes:
        """Octets as scenarios write them; behind the fields of a request the credentials that a proxy asks for."""
        if self.shows_credentials(facts) and _BEGINS.match(text):
            text = text.replace("\r\n\r\n", "\r\nProxy-Authorization: {credentials}\r\n\r\n", 1)
        return fill(text, facts).encode("latin-1")

    def shows_credentials(self, facts: Mapping[str, str]) -> bool:
        """Whether requests have credentials that their scenario doesn't name."""
        return "credentials" in facts and self.role == "proxy"


@dataclass(frozen=True, slots=True)
class Played:
    """What one play gave: the result, the exchanges with the client, its requests, and those that reached the upstream."""

    result: Result
    seen: tuple[Seen, ...] = ()
    asked: tuple[Request, ...] = ()
    received: tuple[Received, ...] = ()


async def play(scenario: ForwardingScenario, setting: Setting, id: str) -> Played:
    """Play a scenario once. Never raises, but for cancellation."""
    record = Record(time.monotonic, time.monotonic())
    facts = setting.facts_of(id)
    waits = any("| expect:" in text.lower() for step in scenario.steps for text in (*step.send, *step.raw))
    script = Script(record, scenario.serve, facts, continues=not waits)
    playing = _Play(scenario, setting, script)
    setting.upstream.begin(id, script, is_alone=scenario.upstream != "shared")
    try:
        conclusion = await playing.concluded(playing.run)
    finally:
        setting.upstream.finish(id)
    seen = tuple(one for _, one in playing.seen)
    asked = tuple(one.asked.request for one in playing.answers if one is not None and one.asked.request is not None)
    return Played(_result(scenario, playing, conclusion), seen, asked, tuple(script.received))


def result_of(scenario: ForwardingScenario, conclusion: Conclusion) -> Result:
    """The result of a scenario that is not played."""
    return Result(
        scenario.id,
        scenario.title,
        conclusion.verdict,
        conclusion.detail,
        codes=scenario.codes,
        shows=scenario.shows,
        plays=0,
    )


def _result(scenario: ForwardingScenario, playing: _Play, conclusion: Conclusion) -> Result:
    record = playing.record
    return Result(
        id=scenario.id,
        title=scenario.title,
        verdict=conclusion.verdict,
        detail=sentence(conclusion.detail),
        breaks=conclusion.breaks,
        shows=scenario.shows,
        codes=scenario.codes,
        statuses=tuple(playing.statuses),
        answers=tuple(Answer(one.looks(), one.why, one.breaks) for one in scenario.outcomes),
        events=tuple(record.events),
        fix=scenario.fix,
        seconds=record.tick() - record.began,
    )


class _Play(Exchanging):
    """A play under way."""

    def __init__(self, scenario: ForwardingScenario, setting: Setting, script: Script) -> None:
        probe = setting.composed(f"GET {PROBE} | Connection: close", script.facts)
        bounds = setting.bounds_of(scenario)
        super().__init__(setting.peer, script.facts, Baseline(probe, "200"), bounds, script.record)
        self.scenario = scenario
        self.setting = setting
        self.script = script
        self.last_step = next((step for step in reversed(scenario.steps) if step.read != "nothing"), scenario.steps[-1])
        self.name = script.facts["id"].encode("ascii")
        self.answers: list[Answered | None] = []
        self.ends: dict[str, str] = {}
        self.seen: list[tuple[float, Seen]] = []

    def composed(self, text: str) -> Composed:
        return self.setting.composed(text, self.facts)

    def piece(self, text: str) -> bytes:
        return self.setting.piece(text, self.facts)

    async def run(self) -> Conclusion:
        await self.do_steps()
        await asyncio.sleep(0.01)  # for what the subject sends on last
        self.seen = list(self.record.seen)
        conclusion = await self.conclusion()
        if conclusion.verdict == "pass" and await self.is_astray():
            breaks = self.scenario.astray
            assert breaks is not None
            return _broken(
                breaks, f"{self.what_happened()}; then the client's connection was neither closed nor in step"
            )
        return conclusion

    async def do_steps(self) -> None:
        is_away = self.scenario.upstream == "away"
        if is_away:
            await self.setting.upstream.leave()
        try:
            for step in self.scenario.steps:
                answered = await self.exchange(step)
                if step.read != "nothing":
                    self.answers.append(answered)
        finally:
            if is_away:
                await self.setting.upstream.return_()

    async def conclusion(self) -> Conclusion:
        for outcome in self.scenario.outcomes:
            if await self.is_it(outcome):
                if outcome.breaks is None:
                    return Conclusion("pass")
                return _broken(outcome.breaks, f"{outcome.why}: {self.what_happened()}")
        otherwise, last = self.scenario.otherwise, self.last
        if otherwise == "not applicable":
            return Conclusion("not applicable", self.what_happened())
        if otherwise in UNDECIDED or (last is not None and last.status in BUSY):
            return Conclusion("inconclusive", f"{self.what_happened()}; nothing follows from that")
        return _broken(otherwise, f"{self.what_happened()}, which is none of the right outcomes")

    @property
    def last(self) -> Answered | None:
        """The last answer."""
        return self.answers[-1] if self.answers else None

    async def is_it(self, outcome: Outcome) -> bool:
        """Whether the play ended as an outcome says."""
        for conditions, answered in zip(outcome.answers, self.answers, strict=False):
            if conditions is not None and not await self.is_answered(conditions, answered, outcome.breaks is not None):
                return False
        if len(outcome.answers) > len(self.answers):
            return False
        if outcome.received is not None and not have_come(outcome.received, self.script.received, self.facts):
            return False
        sight = Sight(self.script.received, self.answers, self.facts)
        return all(JUDGEMENTS[name](sight) is None for name in outcome.holds)

    async def is_answered(self, conditions: ResponseSeen, answered: Answered | None, is_wrong: bool) -> bool:
        if answered is None:
            return False
        named = conditions.status
        if is_wrong and answered.status in BUSY and named and answered.status not in named:
            return False  # a class of answers that are wrong does not mean those that may come at any time
        if not is_seen(conditions, answered, self.facts):
            return False
        return conditions.end is None or conditions.end == await self.what_becomes_of_it()

    async def what_becomes_of_it(self) -> str:
        """What becomes of the last step's connection; found out once."""
        last, conversation = self.last, self.conversations.get(self.last_step.connection)
        if last is None or conversation is None:
            return "closed"
        if conversation.label not in self.ends:
            self.ends[conversation.label] = await self.end_of(conversation, last)
        return self.ends[conversation.label]

    async def end_of(self, conversation: Conversation, last: Answered) -> str:
        end = await self.end(conversation, last, self.seconds(self.last_step))
        if end == "closed" or not self.record.seen or conversation.is_waiting:
            return end
        final = self.record.seen[-1][1].exchange.final
        if final is None or len(self.record.seen) == len(self.seen):
            return end
        if str(final.status) in _AWAY:
            return "open"  # it has not noticed yet that its upstream is back, or that a connection to it has ended
        return "astray" if end == "open" and final.content != self.name else end

    async def is_astray(self) -> bool:
        """Whether the client's connection is neither closed nor in step: RFC 9112 sections 9.3, 9.6."""
        last, conversation = self.last, self.conversations.get(self.last_step.connection)
        if self.scenario.astray is None or last is None or last.response is None or conversation is None:
            return False
        known = self.ends.get(conversation.label)
        if known is None and (conversation.has_ended or conversation.is_waiting):
            return False
        return (known or await self.what_becomes_of_it()) == "astray"

    def what_happened(self) -> str:
        """What came on both sides, in words."""
        received = self.script.received
        upstream = ", ".join(f"{one.method} {one.path}" for one in received[:_MOST_NAMED]) or "nothing"
        if len(received) > _MOST_NAMED:
            upstream += f" and {len(received) - _MOST_NAMED} more"
        answers = ", then ".join(said(one) for one in self.answers if one is not None)
        return f"The subject {answers or 'was asked nothing'}; {upstream} reached the upstream"


def _broken(breaks: str, detail: str) -> Conclusion:
    return Conclusion(strength_of(requirements.lookup(breaks).level), detail, breaks)
