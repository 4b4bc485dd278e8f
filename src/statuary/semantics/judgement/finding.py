"""A finding: something that can be said of messages seen, tied to the requirement that says so."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Strength = Literal["fail", "warn", "note"]

_STRENGTHS: dict[str, Strength] = {
    "MUST": "fail",
    "MUST NOT": "fail",
    "SHOULD": "warn",
    "SHOULD NOT": "warn",
    "RECOMMENDED": "warn",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What was seen, where, and what it departs from.

    requirement  id in ``statuary.requirements``
    level        the BCP 14 word of that requirement, or ``STATED``
    exchange     index of the exchange among those judged
    message      ``request``, ``interim`` or ``response``
    detail       our sentence: visible ASCII, at most 240 characters
    """

    requirement: str
    level: str
    exchange: int
    message: Literal["request", "interim", "response"]
    detail: str

    @property
    def strength(self) -> Strength:
        """``fail`` for a MUST, ``warn`` for a SHOULD; what is merely allowed or stated gives a ``note``."""
        return strength_of(self.level)


def strength_of(level: str) -> Strength:
    """How much departing from a requirement of that level weighs."""
    return _STRENGTHS.get(level, "note")


_LONGEST = 240
_UNPRINTABLE = re.compile(r"[^\x20-\x7e]")


def sentence(text: str) -> str:
    """A detail without anything that could disturb a terminal or a report."""
    return _UNPRINTABLE.sub("?", text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "...")
