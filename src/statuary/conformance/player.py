"""The player: plays one scenario as the subject's peer and says what it showed.

Each play is bounded in time and octets, and whatever the subject does ends in a verdict.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urljoin, urlsplit

from statuary import requirements
from statuary.conformance.channel import Peer
from statuary.conformance.conversation import BUSY, Answered, Conversation, Record
from statuary.conformance.entries import UNDECIDED
from statuary.conformance.exchanging import Baseline, Bounds, Conclusion, Exchanging, Over
from statuary.conformance.facts import meaning
from statuary.conformance.matching import is_seen, said
from statuary.conformance.report import Answer, Event, Result, Verdict
from statuary.conformance.scenario import End, Outcome, Scenario, Step
from statuary.conformance.template import Missing, facts_in, fill
from statuary.semantics.judgement.finding import sentence, strength_of
from statuary.wire.transcript import Seen

_SHOWN = 60  # characters of a fact in what an answer looks like
_KEPT_OF_PASSES = 600  # octets of an event


@dataclass(frozen=True, slots=True)
class Played:
    """What one play gave: the result, and what was seen, with the time at which each exchange ended."""

    result: Result
    seen: tuple[tuple[float, Seen], ...] = ()


async def play(
    scenario: Scenario,
    peer: Peer,
    facts: Mapping[str, str],
    baseline: Baseline,
    bounds: Bounds,
    tick: Callable[[], float] = time.monotonic,
) -> Played:
    """Play a scenario once. Never raises, but for cancellation."""
    record = Record(tick, tick())
    playing = _Play(scenario, peer, facts, baseline, bounds, record)
    conclusion = await playing.concluded(playing.run, meaning)
    return Played(_result(playing, conclusion), tuple(record.seen))


def result_of(scenario: Scenario, verdict: Verdict, detail: str) -> Result:
    """The result of a scenario that is not played."""
    return Result(scenario.id, scenario.title, verdict, detail, codes=scenario.codes, shows=scenario.shows, plays=0)


def lacking(scenario: Scenario, facts: Mapping[str, str], peer: Peer) -> str | None:
    """Why a scenario is not applicable to a subject, or None."""
    if scenario.needs_octets and not peer.takes_octets:
        return "It is about octets or connections, and there are only messages here."
    if not peer.half_closes and any(step.half_close for step in scenario.steps):
        return "Over TLS one can't stop sending and go on reading."
    missing = next((name for name in scenario.needs if name not in facts), None)
    return None if missing is None else f"The subject is not known to have {meaning(missing)}."


def _result(playing: _Play, conclusion: Conclusion) -> Result:
    scenario, record = playing.scenario, playing.record
    last = scenario.steps[-1].answers
    return Result(
        id=scenario.id,
        title=scenario.title,
        verdict=conclusion.verdict,
        detail=sentence(conclusion.detail),
        breaks=conclusion.breaks,
        shows=scenario.shows,
        codes=scenario.codes,
        statuses=tuple(playing.statuses),
        answers=tuple(Answer(_looks(one, playing.facts), one.why, one.breaks) for one in last),
        events=tuple(_shortened(one) if conclusion.verdict == "pass" else one for one in record.events),
        fix=scenario.fix,
        seconds=record.tick() - record.began,
    )


def _looks(outcome: Outcome, facts: Mapping[str, str]) -> str:
    """How an answer looks, with what is known of the subject in it."""
    looks = outcome.looks()
    try:
        known = {name: facts[name] for name in facts_in(looks) if name in facts}
        return fill(looks, {name: f"{v[:_SHOWN]}..." if len(v) > _SHOWN else v for name, v in known.items()})
    except (Missing, ValueError):
        return looks


def _shortened(event: Event) -> Event:
    """An event of a play in which nothing was found: nobody looks at all of it."""
    more = len(event.data) - _KEPT_OF_PASSES
    return event if more <= 0 else replace(event, data=event.data[:_KEPT_OF_PASSES], cut=event.cut + more)


class _Play(Exchanging):
    """A play under way: after each step its answer is judged."""

    def __init__(
        self,
        scenario: Scenario,
        peer: Peer,
        facts: Mapping[str, str],
        baseline: Baseline,
        bounds: Bounds,
        record: Record,
    ) -> None:
        super().__init__(peer, facts, baseline, bounds, record)
        self.scenario = scenario

    async def run(self) -> Conclusion:
        *before, last = self.scenario.steps
        for step in before:
            await self.step(step)
        answered = await self.step(last, is_last=True)
        conversation = self.conversations.get(last.connection)
        if conversation is not None and answered is not None and answered.response is not None:
            await self.check_in_step(conversation, answered)
        return Conclusion("pass")

    async def step(self, step: Step, *, is_last: bool = False) -> Answered | None:
        for _ in range(step.repeat):
            answered = await self.exchange(step)
            if answered is None or answered.status in step.until:
                break
        if answered is None:
            return None
        for name, source in step.keep:
            self.facts[name] = _kept(source, answered, self.facts)
        if not step.answers:
            return answered
        outcome = await self.outcome(step, answered)
        if outcome is None:
            raise Over(self.unexpected(step, answered, is_last=is_last))
        if outcome.breaks is not None:
            raise Over(_broken(outcome.breaks, f"{said(answered)}: {outcome.why}"))
        if outcome.finishes and not is_last:
            raise Over(Conclusion("pass", outcome.why))
        return answered

    async def outcome(self, step: Step, answered: Answered) -> Outcome | None:
        """The first of the step's answers that matches."""
        end: End | None = None
        for outcome in step.answers:
            if not self.matches(outcome, answered):
                continue
            if outcome.end is None:
                return outcome
            if end is None:
                end = await self.end(self.conversations[step.connection], answered, self.seconds(step))
            if end == outcome.end:
                return outcome
        return None

    def matches(self, outcome: Outcome, answered: Answered) -> bool:
        if answered.status in BUSY and outcome.breaks is not None and answered.status not in outcome.status:
            return False  # a class of answers that are wrong does not mean those that may come at any time
        return is_seen(outcome, answered, self.facts)

    async def check_in_step(self, conversation: Conversation, answered: Answered) -> None:
        """A departure unless the connection is closed or in step: RFC 9112 sections 9.3, 9.6."""
        if self.scenario.astray is None or conversation.has_ended or conversation.is_waiting:
            return
        if await self.end(conversation, answered, self.bounds.answer) == "astray":
            raise Over(
                _broken(
                    self.scenario.astray,
                    f"{said(answered)}, and then the connection is neither closed nor in step: the next request on it "
                    "did not get its answer",
                )
            )

    def unexpected(self, step: Step, answered: Answered, *, is_last: bool) -> Conclusion:
        """What to conclude from an answer that the step doesn't know."""
        what = said(answered)
        if step.otherwise == "not applicable":
            return Conclusion("not applicable", f"The subject {what}.")
        if step.otherwise in UNDECIDED or answered.status in BUSY:
            where = "" if is_last else " to a request that prepares the one to be judged"
            return Conclusion("inconclusive", f"The subject {what}{where}; nothing follows from that.")
        return _broken(step.otherwise, f"{what}, which is none of the right answers")


def _kept(source: str, answered: Answered, facts: Mapping[str, str]) -> str:
    response = answered.response
    if response is None:
        raise Over(Conclusion("inconclusive", "An answer that the scenario needs did not come."))
    if source == "@content":
        return response.content.decode("latin-1")
    if source == "@status":
        return str(response.status)
    name = "Location" if source == "@location" else source
    value = response.fields.get(name.lower())
    if value is None:
        raise Over(Conclusion("not applicable", f"The subject's answer has no {name}."))
    return _target(value, answered, facts) if source == "@location" else value


def _target(reference: str, answered: Answered, facts: Mapping[str, str]) -> str:
    """The target of a request for what a reference leads to, if that is the subject's: RFC 9110 section 10.2.2."""
    origin = f"{facts['scheme']}://{facts['host']}"
    asked = answered.asked.request
    try:
        uri = urlsplit(urljoin(origin + (asked.target if asked is not None else "/"), reference))
    except ValueError:
        raise Over(Conclusion("inconclusive", f"Location can't be read: {reference}")) from None
    if f"{uri.scheme}://{uri.netloc}" != origin:
        raise Over(Conclusion("not applicable", f"It leads to another server: {reference}"))
    return (uri.path or "/") + (f"?{uri.query}" if uri.query else "")


def _broken(breaks: str, detail: str) -> Conclusion:
    return Conclusion(strength_of(requirements.lookup(breaks).level), f"{detail[0].upper()}{detail[1:]}.", breaks)
