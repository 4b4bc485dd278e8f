"""Judging a play: which of the outcomes that a scenario knows it is, by the requests seen and what the client told."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from statuary import requirements
from statuary.conformance.client.case import Told
from statuary.conformance.client.judgements import JUDGEMENTS, Sight
from statuary.conformance.client.scenario import UNDECIDED, ClientScenario, Outcome
from statuary.conformance.client.server import Received
from statuary.conformance.report import Verdict
from statuary.conformance.template import fill
from statuary.semantics.judgement.finding import sentence, strength_of

_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What a play showed."""

    verdict: Verdict
    detail: str = ""
    breaks: str | None = None


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
        return Conclusion("inconclusive", f"The client sent nothing{f': {error}' if error else ''}.")
    for outcome in scenario.outcomes:
        if matches(outcome, ending):
            return _concluded(outcome, ending)
    detail = f"{_said(ending)}; nothing follows from that."
    if scenario.otherwise in UNDECIDED:
        return Conclusion("not applicable" if scenario.otherwise == "not applicable" else "inconclusive", detail)
    level = requirements.lookup(scenario.otherwise).level
    return Conclusion(strength_of(level), f"{_said(ending)}, which is none of the right outcomes.", scenario.otherwise)


def _concluded(outcome: Outcome, ending: Ending) -> Conclusion:
    if outcome.breaks is None:
        return Conclusion("pass")
    level = requirements.lookup(outcome.breaks).level
    return Conclusion(strength_of(level), sentence(f"{outcome.why}. {_said(ending)}."), outcome.breaks)


def matches(outcome: Outcome, ending: Ending) -> bool:
    """Whether all its conditions hold."""
    return (
        _requests_match(outcome, ending.received)
        and _told_matches(outcome, ending)
        and _request_matches(outcome, ending)
        and _judgements_hold(outcome, ending)
    )


def _requests_match(outcome: Outcome, received: Sequence[Received]) -> bool:
    if outcome.count is not None and not _is_count(len(received), outcome.count):
        return False
    numbers = {one.connection for one in received}
    if outcome.connections is not None and not _is_count(len(numbers), outcome.connections):
        return False
    if outcome.requests is None:
        return True
    expected = outcome.requests
    if expected[-1:] == ("...",):
        expected = expected[:-1]
        received = received[: len(expected)]
    return len(expected) == len(received) and all(map(_is_request, received, expected))


def _is_request(one: Received, expected: str) -> bool:
    method, _, place = expected.partition(" ")
    seen = one.target if one.method in ("CONNECT", "OPTIONS") and not one.target.startswith("/") else one.place
    return method in ("*", one.method) and place in (seen, "*")


def _is_count(number: int, expected: str) -> bool:
    if expected.endswith("+"):
        return number >= int(expected[:-1])
    least, _, most = expected.partition("-")
    return int(least) <= number <= int(most or least)


def _told_matches(outcome: Outcome, ending: Ending) -> bool:
    words = [one.word for one in ending.told]
    if outcome.status and not any(_is_status(ending.last.word, one) for one in outcome.status):
        return False
    if outcome.statuses is not None and (
        len(words) != len(outcome.statuses) or not all(map(_is_status, words, outcome.statuses))
    ):
        return False
    if outcome.url is not None and (ending.last.url is None or not _is_value(ending.last.url, outcome.url)):
        return False
    return outcome.got is None or _is_text(ending.last.content, outcome.got)


def _is_status(word: str, expected: str) -> bool:
    return word == expected or (expected.endswith("xx") and word[:1] == expected[0] and word.isdigit())


def _is_text(content: bytes | None, expected: str) -> bool:
    return content is not None and _is_value(content.decode("latin-1"), expected)


def _is_value(value: str, expected: str) -> bool:
    if len(expected) > 1 and expected.startswith("/") and expected.endswith("/"):
        return re.search(expected[1:-1], value) is not None
    return value == expected


def _request_matches(outcome: Outcome, ending: Ending) -> bool:
    one = _of(outcome, ending)
    if one is None:
        return not outcome.of
    if any(name.lower() not in one.fields for name in outcome.has):
        return False
    if any(name.lower() in one.fields for name in outcome.lacks):
        return False
    for name, expected in outcome.fields:
        value = one.fields.get(name.lower())
        if value is None or not _is_value(value, fill(expected, ending.facts)):
            return False
    return (
        (outcome.content is None or _is_text(one.content, outcome.content))
        and outcome.sent in (None, one.sent)
        and outcome.held in (None, one.held)
    )


def _of(outcome: Outcome, ending: Ending) -> Received | None:
    index = outcome.of - 1
    return ending.received[index] if -1 <= index < len(ending.received) and ending.received else None


def _judgements_hold(outcome: Outcome, ending: Ending) -> bool:
    sight = Sight(ending.received, _of(outcome, ending), ending.told)
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
