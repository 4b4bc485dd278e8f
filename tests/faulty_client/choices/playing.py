"""The checker run against clients that have made a choice."""

from __future__ import annotations

from ..scores import alarms
from .registry import CHOICES


def alarms_of(name: str) -> list[str]:
    """What is reported of a choice above a note, a line each, but for warnings that it has to expect."""
    choice = CHOICES[name]
    return [
        f"{one.verdict} {one.id} ({one.breaks}): {one.detail} {' '.join(one.seen_in)}".strip()
        for one in alarms(choice.client, choice.warned, choice.lacks)
    ]
