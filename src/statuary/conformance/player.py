"""The player: plays one scenario as the subject's peer and says what it showed.

Each play is bounded in time and octets, and whatever the subject does ends in a verdict.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urljoin, urlsplit

from statuary import methods, requirements
from statuary.conformance.channel import Peer
from statuary.conformance.conversation import BUSY, Answered, Conversation, Record
from statuary.conformance.facts import meaning
from statuary.conformance.judgements import JUDGEMENTS, Sight
from statuary.conformance.report import Answer, Event, Result, Verdict
from statuary.conformance.requests import Composed, compose
from statuary.conformance.scenario import NO_ANSWER, SILENCE, UNDECIDED, End, Outcome, Scenario, Step
from statuary.conformance.template import Missing, facts_in, fill
from statuary.message.response import Response
from statuary.semantics.judgement.finding import sentence, strength_of
from statuary.wire.transcript import Seen

_BETWEEN_PIECES = 0.02
_SHOWN = 60  # characters of a fact in what an answer looks like
_KEPT_OF_PASSES = 600  # octets of an event


@dataclass(frozen=True, slots=True)
class Bounds:
    """Seconds for an answer, and for a whole play."""

    answer: float = 2.0
    play: float = 30.0


@dataclass(frozen=True, slots=True)
class Baseline:
    """A request whose answer is known, to see whether a connection is in step, and the status that it gets."""

    probe: Composed
    status: str


@dataclass(frozen=True, slots=True)
class Played:
    """What one play gave: the result, and what was seen, with the time at which each exchange ended."""

    result: Result
    seen: tuple[tuple[float, Seen], ...] = ()


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What a play showed."""

    verdict: Verdict
    detail: str = ""
    breaks: str | None = None


class _Over(Exception):  # noqa: N818
    """The play ends here; the argument is its Conclusion."""


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
    try:
        async with asyncio.timeout(bounds.play):
            conclusion = await playing.run()
    except _Over as over:
        (conclusion,) = over.args
    except Missing as missing:
        conclusion = Conclusion("not applicable", f"The subject is not known to have {meaning(str(missing))}.")
    except TimeoutError:
        conclusion = Conclusion("inconclusive", f"It was not over after {bounds.play:g} seconds.")
    except OSError as error:
        record.note("a", "failed")
        conclusion = Conclusion("inconclusive", f"No connection: {error.strerror or error}")
    except Exception as error:  # a mistake of ours is no failure of the subject
        conclusion = Conclusion("harness error", f"{type(error).__name__}: {error}")
    finally:
        playing.close()
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


class _Play:
    def __init__(
        self,
        scenario: Scenario,
        peer: Peer,
        facts: Mapping[str, str],
        baseline: Baseline,
        bounds: Bounds,
        record: Record,
    ) -> None:
        self.scenario = scenario
        self.peer = peer
        self.facts = dict(facts)
        self.baseline = baseline
        self.bounds = bounds
        self.record = record
        self.statuses: list[int] = []
        self.conversations: dict[str, Conversation] = {}

    def close(self) -> None:
        for conversation in self.conversations.values():
            conversation.close()

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
            raise _Over(self.unexpected(step, answered, is_last=is_last))
        if outcome.breaks is not None:
            raise _Over(_broken(outcome.breaks, f"{_said(answered)}: {outcome.why}"))
        if outcome.finishes and not is_last:
            raise _Over(Conclusion("pass", outcome.why))
        return answered

    async def exchange(self, step: Step) -> Answered | None:
        """Do what the step says once; the answer, if one is read."""
        if step.pause:
            await asyncio.sleep(step.pause)
        requests = [compose(text, self.facts, scheme=self.facts.get("scheme", "http")) for text in step.send]
        pieces = [fill(text, self.facts).encode("latin-1") for text in step.raw]
        conversation = await self.conversation(step.connection, is_sending=bool(requests or pieces))
        is_reused = conversation.has_answered and not conversation.is_waiting
        if requests:
            conversation.ask(*requests)
        if pieces:
            conversation.ask_raw(b"".join(pieces), step.method)
        for number, piece in enumerate(pieces):
            if number:
                await asyncio.sleep(_BETWEEN_PIECES)
            conversation.send(piece)
        if step.half_close:
            conversation.half_close()
        if step.read == "nothing" or not conversation.is_waiting:
            return None
        seconds = self.bounds.answer if step.seconds is None else float(fill(step.seconds, self.facts))
        answered = await conversation.answer(seconds, any_kind=step.read == "interim")
        if is_reused and len(requests) == 1 and _was_lost(step, answered):
            conversation = await self.conversation(step.connection, is_sending=True)
            conversation.ask(*requests)
            answered = await conversation.answer(seconds, any_kind=step.read == "interim")
        if answered.response is not None:
            self.statuses.append(answered.response.status)
        return answered

    async def conversation(self, label: str, *, is_sending: bool) -> Conversation:
        conversation = self.conversations.get(label)
        if conversation is None or (is_sending and conversation.has_ended and not conversation.is_waiting):
            if conversation is not None:
                conversation.close()
            conversation = Conversation(label, await self.peer.connect(), self.record)
            self.conversations[label] = conversation
        return conversation

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
        if outcome.status and not any(_is_status(answered.status, status) for status in outcome.status):
            return False
        if answered.status in BUSY and outcome.breaks is not None and answered.status not in outcome.status:
            return False  # a class of answers that are wrong does not mean those that may come at any time
        if outcome.interim is not None and outcome.interim != tuple(one.status for one in answered.interim):
            return False
        response = answered.response
        if response is None:
            return not (outcome.has or outcome.fields or outcome.content is not None or outcome.holds)
        names = response.fields.by_name
        return (
            all(name.lower() in names for name in outcome.has)
            and not any(name.lower() in names for name in outcome.lacks)
            and all(self.is_value(names.get(name.lower()), value) for name, value in outcome.fields)
            and (outcome.content is None or self.is_value(response.content.decode("latin-1"), outcome.content))
            and not any(self.judged(name, answered, response) for name in outcome.holds)
        )

    def is_value(self, value: str | None, expected: str) -> bool:
        if value is None:
            return False
        if len(expected) > 1 and expected[0] == expected[-1] == "/":
            # A fact in a pattern stands for itself
            plain = {name: re.escape(self.facts[name]) for name in facts_in(expected) if name in self.facts}
            return re.search(fill(expected[1:-1], plain), value, re.DOTALL) is not None
        return value == fill(expected, self.facts)

    def judged(self, name: str, answered: Answered, response: Response) -> str | None:
        octets = answered.asked.octets
        sight = Sight(response, answered.interim, self.facts, octets, int(time.time()), answered.version)
        return JUDGEMENTS[name](sight)

    def seconds(self, step: Step) -> float:
        """How long the step waits for what it does not expect."""
        told = step.seconds or ""
        return min(self.bounds.answer, float(told)) if told.replace(".", "").isdigit() else self.bounds.answer

    async def end(self, conversation: Conversation, answered: Answered, seconds: float) -> End:
        if answered.status in (NO_ANSWER, SILENCE) or answered.response is None:
            return "closed" if conversation.has_ended else "open"
        if answered.response.status == 101 or conversation.is_waiting:
            return "open"
        end = await conversation.end(self.baseline.probe, self.baseline.status, seconds)
        conversation.close()
        conversation.has_ended = True
        return end

    async def check_in_step(self, conversation: Conversation, answered: Answered) -> None:
        """A departure unless the connection is closed or in step: RFC 9112 sections 9.3, 9.6."""
        if self.scenario.astray is None or conversation.has_ended or conversation.is_waiting:
            return
        if await self.end(conversation, answered, self.bounds.answer) == "astray":
            raise _Over(
                _broken(
                    self.scenario.astray,
                    f"{_said(answered)}, and then the connection is neither closed nor in step: the next request on it "
                    "did not get its answer",
                )
            )

    def unexpected(self, step: Step, answered: Answered, *, is_last: bool) -> Conclusion:
        """What to conclude from an answer that the step doesn't know."""
        said = _said(answered)
        if step.otherwise == "not applicable":
            return Conclusion("not applicable", f"The subject {said}.")
        if step.otherwise in UNDECIDED or answered.status in BUSY:
            where = "" if is_last else " to a request that prepares the one to be judged"
            return Conclusion("inconclusive", f"The subject {said}{where}; nothing follows from that.")
        return _broken(step.otherwise, f"{said}, which is none of the right answers")


def _kept(source: str, answered: Answered, facts: Mapping[str, str]) -> str:
    response = answered.response
    if response is None:
        raise _Over(Conclusion("inconclusive", "An answer that the scenario needs did not come."))
    if source == "@content":
        return response.content.decode("latin-1")
    if source == "@status":
        return str(response.status)
    name = "Location" if source == "@location" else source
    value = response.fields.get(name.lower())
    if value is None:
        raise _Over(Conclusion("not applicable", f"The subject's answer has no {name}."))
    return _target(value, answered, facts) if source == "@location" else value


def _target(reference: str, answered: Answered, facts: Mapping[str, str]) -> str:
    """The target of a request for what a reference leads to, if that is the subject's: RFC 9110 section 10.2.2."""
    origin = f"{facts['scheme']}://{facts['host']}"
    asked = answered.asked.request
    try:
        uri = urlsplit(urljoin(origin + (asked.target if asked is not None else "/"), reference))
    except ValueError:
        raise _Over(Conclusion("inconclusive", f"Location can't be read: {reference}")) from None
    if f"{uri.scheme}://{uri.netloc}" != origin:
        raise _Over(Conclusion("not applicable", f"It leads to another server: {reference}"))
    return (uri.path or "/") + (f"?{uri.query}" if uri.query else "")


def _was_lost(step: Step, answered: Answered) -> bool:
    """Whether the peer may have closed the connection while the request was under way: RFC 9112 section 9.3.1."""
    is_known = any(NO_ANSWER in outcome.status or outcome.end is not None for outcome in step.answers)
    method = methods.lookup(answered.asked.method)
    may_repeat = method is not None and method.is_idempotent
    return answered.status == NO_ANSWER and not answered.interim and not is_known and may_repeat


def _is_status(status: str, expected: str) -> bool:
    return status == expected or (expected.endswith("xx") and status[:1] == expected[0] and status.isdigit())


def _said(answered: Answered) -> str:
    match answered.status:
        case "none":
            return "closed the connection without an answer"
        case "silence":
            return "did not answer in time"
        case "garbage":
            return "answered with something that is no response"
    codes = [str(one.status) for one in answered.interim] + [answered.status]
    return f"answered {' '.join(codes)}"


def _broken(breaks: str, detail: str) -> Conclusion:
    return Conclusion(strength_of(requirements.lookup(breaks).level), f"{detail[0].upper()}{detail[1:]}.", breaks)
