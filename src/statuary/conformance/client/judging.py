"""Judging a play: which of the outcomes that a scenario knows it is, by the requests seen and what the client told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from statuary import requirements
from statuary.conformance.client.case import Told
from statuary.conformance.client.judgements import JUDGEMENTS, Sight
from statuary.conformance.client.scenario import ClientScenario, Outcome
from statuary.conformance.entries import UNDECIDED
from statuary.conformance.exchanging import Conclusion
from statuary.conformance.matching import is_status, is_value
from statuary.conformance.scripted.expectation import have_come, spoken_of
from statuary.conformance.scripted.received import GARBAGE, Received
from statuary.semantics.judgement.finding import sentence, strength_of

_MOST_NAMED = 5
GRAMMAR = "rfc9110-2.2-12"


@dataclass(frozen=True, slots=True)
class Ending:
    """How a play ended: the requests seen, what the client told of each order, and the facts of the server."""

    received: Sequence[Received]
    told: Sequence[Told]
    facts: Mapping[str, str]

    @property
    def last(self) -> Told:
        """What the client told in the end."""
        return self.told[-1] if self.told else Told()


def conclude(scenario: ClientScenario, ending: Ending) -> Conclusion:
    """What follows from how it ended."""
    if not ending.received:
        error = ending.last.error
        detail = f"The client sent nothing{f': {error}' if error else ''}."
        return Conclusion("not applicable" if scenario.otherwise == "not applicable" else "inconclusive", detail)
    possible: list[Outcome] = []
    for outcome in scenario.outcomes:
        if matches(outcome, ending):
            possible.append(outcome)
            break
        if _lack(outcome, ending):
            possible.append(outcome)
    is_right = all(one.breaks is None for one in possible)  # or there is none
    if is_right and any(map(_is_no_request, ending.received)):
        return Conclusion(strength_of("MUST NOT"), f"{_said(ending)}; octets were sent that are no request.", GRAMMAR)
    if possible:
        return _concluded(possible, ending)
    detail = f"{_said(ending)}; nothing follows from that."
    if scenario.otherwise in UNDECIDED:
        return Conclusion("not applicable" if scenario.otherwise == "not applicable" else "inconclusive", detail)
    level = requirements.lookup(scenario.otherwise).level
    return Conclusion(strength_of(level), f"{_said(ending)}, which is none of the right outcomes.", scenario.otherwise)


def _is_no_request(one: Received) -> bool:
    """Whether its octets are neither a request nor the beginning of TLS, where https was asked for."""
    return one.method == GARBAGE and not one.octets.startswith(b"\x16\x03")


def _concluded(possible: Sequence[Outcome], ending: Ending) -> Conclusion:
    """What follows from one outcome; or from several, where what the client left out would tell which it is."""
    outcome = possible[-1]
    if all(one.breaks is None for one in possible):
        return Conclusion("pass")
    lacks = [lack for one in possible if (lack := _lack(one, ending))]
    if outcome.breaks is None or _lack(outcome, ending) or any(one.breaks is None for one in possible):
        return Conclusion("not applicable", f"The client does not tell {lacks[0]}." if lacks else "")
    level = requirements.lookup(outcome.breaks).level
    return Conclusion(strength_of(level), sentence(f"{outcome.why}. {_said(ending)}."), outcome.breaks)


def _lack(outcome: Outcome, ending: Ending) -> str | None:
    """What the client left out, though it told a status, if the outcome depends on that alone."""
    told = ending.last
    if told.error is not None or told.status is None:
        return None
    lack = "the content that it got" if outcome.got is not None and told.content is None else None
    lack = "the URI that it ended at" if outcome.url is not None and told.url is None else lack
    return lack if lack and matches(replace(outcome, got=None, url=None), ending) else None


def matches(outcome: Outcome, ending: Ending) -> bool:
    """Whether all its conditions hold."""
    return (
        have_come(outcome, ending.received, ending.facts)
        and _told_matches(outcome, ending)
        and _judgements_hold(outcome, ending)
    )


def _told_matches(outcome: Outcome, ending: Ending) -> bool:
    words = [one.word for one in ending.told]
    if outcome.status and not any(is_status(ending.last.word, one) for one in outcome.status):
        return False
    if outcome.statuses is not None and (
        len(words) != len(outcome.statuses) or not all(map(is_status, words, outcome.statuses))
    ):
        return False
    if outcome.url is not None and not is_value(ending.last.url, outcome.url, ending.facts):
        return False
    content = ending.last.content
    return outcome.got is None or (
        content is not None and is_value(content.decode("latin-1"), outcome.got, ending.facts)
    )


def _judgements_hold(outcome: Outcome, ending: Ending) -> bool:
    sight = Sight(ending.received, spoken_of(outcome, ending.received), ending.told)
    return all(JUDGEMENTS[name](sight) is None for name in outcome.holds)


def _said(ending: Ending) -> str:
    """What was seen and told, in words."""
    received = ending.received
    seen = ", ".join(f"{one.method} {one.place}" for one in received[:_MOST_NAMED])
    if len(received) > _MOST_NAMED:
        seen += f" and {len(received) - _MOST_NAMED} more"
    told = []
    for one in ending.told:
        if one.error is not None:
            told.append(f"a failure ({one.error[:80]})")
        else:
            told.append("nothing in time" if one.status is None else str(one.status))
    return f"The client sent {seen}, and reported {', then '.join(told) or 'nothing'}"
