"""Which scenarios are played: by id, by status code, by the strongest rule they can find broken."""

from __future__ import annotations

import fnmatch
from collections.abc import Collection, Sequence
from typing import Literal, Protocol, TypeVar, get_args

from statuary import requirements
from statuary.semantics.judgement.finding import Strength, strength_of

Level = Literal["must", "should", "may"]
LEVELS: tuple[Level, ...] = get_args(Level)
_STRENGTHS: dict[Level, tuple[Strength, ...]] = {
    "must": ("fail",),
    "should": ("fail", "warn"),
    "may": ("fail", "warn", "note"),
}


class Choosable(Protocol):
    """What any scenario has, whether for servers or for clients."""

    @property
    def id(self) -> str: ...

    @property
    def codes(self) -> tuple[int, ...]: ...

    @property
    def after(self) -> tuple[str, ...]: ...

    @property
    def requirements(self) -> frozenset[str]: ...


_Any = TypeVar("_Any", bound=Choosable)


def choose(
    scenarios: Sequence[_Any],
    *,
    only: Collection[str] = (),
    codes: Collection[int] = (),
    level: Level = "may",
) -> list[_Any]:
    """The scenarios with one of the ids (with ``*`` and ``?``), about one of the codes, that could break rules so strong.

    What they come after is among them as well, since they could not be played without it.
    """
    chosen = [one for one in scenarios if _is_chosen(one, only, codes, level)]
    needed = {id for one in chosen for id in one.after}
    chosen_ids = {one.id for one in chosen}
    return [one for one in scenarios if one.id in chosen_ids or one.id in needed]


def _is_chosen(scenario: Choosable, only: Collection[str], codes: Collection[int], level: Level) -> bool:
    if only and not any(fnmatch.fnmatchcase(scenario.id, pattern) for pattern in only):
        return False
    if codes and set(codes).isdisjoint(scenario.codes):
        return False
    strengths = {strength_of(requirements.lookup(id).level) for id in scenario.requirements}
    return level == "may" or not strengths.isdisjoint(_STRENGTHS[level])
