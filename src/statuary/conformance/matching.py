"""Whether what came for a request is what a condition says, and how it is told in a report."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping

from statuary.conformance.conversation import Answered
from statuary.conformance.judgements import JUDGEMENTS, Sight
from statuary.conformance.scenario import GARBAGE, NO_ANSWER, SILENCE, ResponseSeen
from statuary.conformance.template import facts_in, fill


def is_seen(conditions: ResponseSeen, answered: Answered, facts: Mapping[str, str]) -> bool:
    """Whether all conditions hold but the one on the end of the connection, which takes another request to find out."""
    if conditions.status and not any(is_status(answered.status, status) for status in conditions.status):
        return False
    if conditions.interim is not None and conditions.interim != tuple(one.status for one in answered.interim):
        return False
    response = answered.response
    if response is None:
        return not (
            conditions.has
            or conditions.fields
            or conditions.content is not None
            or conditions.whole is not None
            or conditions.holds
        )
    names = response.fields.by_name
    return (
        all(name.lower() in names for name in conditions.has)
        and not any(name.lower() in names for name in conditions.lacks)
        and all(is_value(names.get(name.lower()), value, facts) for name, value in conditions.fields)
        and (conditions.content is None or is_value(response.content.decode("latin-1"), conditions.content, facts))
        and conditions.whole in (None, answered.is_whole)
        and not any(_judged(name, answered, facts) for name in conditions.holds)
    )


def is_value(value: str | None, expected: str, facts: Mapping[str, str]) -> bool:
    """Whether a value is the expected one, or has the pattern in it that stands between slashes."""
    if value is None:
        return False
    if len(expected) > 1 and expected[0] == expected[-1] == "/":
        # A fact in a pattern stands for itself
        plain = {name: re.escape(facts[name]) for name in facts_in(expected) if name in facts}
        return re.search(fill(expected[1:-1], plain), value, re.DOTALL) is not None
    return value == fill(expected, facts)


def is_status(status: str, expected: str) -> bool:
    """Whether a status is the expected one, or of that class."""
    return status == expected or (expected.endswith("xx") and status[:1] == expected[0] and status.isdigit())


def said(answered: Answered) -> str:
    """What came, as the end of a sentence about who sent it."""
    match answered.status:
        case "none":
            return "closed the connection without an answer"
        case "silence":
            return "did not answer in time"
        case "garbage":
            return "answered with something that is no response"
    codes = [str(one.status) for one in answered.interim] + [answered.status]
    return f"answered {' '.join(codes)}"


def has_no_response(answered: Answered) -> bool:
    """Whether nothing came that could be followed by more."""
    return answered.status in (NO_ANSWER, SILENCE, GARBAGE) or answered.response is None


def _judged(name: str, answered: Answered, facts: Mapping[str, str]) -> str | None:
    assert answered.response is not None
    octets = answered.asked.octets
    sight = Sight(answered.response, answered.interim, facts, octets, int(time.time()), answered.version)
    return JUDGEMENTS[name](sight)
