"""Problem details: RFC 9457, to and from the JSON text of an application/problem+json."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from statuary.fields.grammar import INVALID, Invalid

ABOUT_BLANK = "about:blank"

_STRING_MEMBERS = ("type", "title", "detail", "instance")
_MEMBERS = frozenset({*_STRING_MEMBERS, "status"})


@dataclass(frozen=True, slots=True)
class Problem:
    """The members of RFC 9457 section 3.1, and the extensions of section 3.2 as values of JSON."""

    type: str = ABOUT_BLANK
    title: str | None = None
    status: int | None = None
    detail: str | None = None
    instance: str | None = None
    extensions: Mapping[str, object] = field(default_factory=dict)


def parse_problem(text: str | None) -> Problem | Invalid | None:
    """A problem from its JSON. A member of another type than RFC 9457 has for it is ignored, as section 3.1 asks.

    INVALID if the text is not JSON (RFC 8259, so without NaN, and with numbers that we can hold) or not an object.
    """
    if text is None:
        return None
    try:
        members = json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError):
        return INVALID
    if not isinstance(members, dict):
        return INVALID
    known: dict[str, Any] = {name: members[name] for name in _STRING_MEMBERS if isinstance(members.get(name), str)}
    status = members.get("status")
    # bool is an int to Python and not to JSON. Status codes have three digits: RFC 9110 section 15
    if isinstance(status, int) and not isinstance(status, bool) and 100 <= status <= 599:
        known["status"] = status
    return Problem(**known, extensions={name: value for name, value in members.items() if name not in _MEMBERS})


def _refuse(constant: str) -> float:
    raise ValueError(f"not JSON: {constant}")


def _finite(numeral: str) -> float:
    number = float(numeral)
    return number if abs(number) != float("inf") else _refuse(numeral)


def format_problem(problem: Problem) -> str:
    """The problem as JSON in ASCII, members without a value left out. ValueError if an extension takes a member's name.

    TypeError or ValueError if an extension can't be expressed in JSON.
    """
    if taken := _MEMBERS.intersection(problem.extensions):
        raise ValueError(f"not extensions: {sorted(taken)}")
    members = {
        # Without a type a problem is about:blank, which says no more than the status code: RFC 9457 section 4.2.1
        "type": None if problem.type == ABOUT_BLANK else problem.type,
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "instance": problem.instance,
    }
    present = {name: value for name, value in members.items() if value is not None}
    return json.dumps(present | dict(problem.extensions), allow_nan=False)
