"""What changed between two runs against a subject, by the id and the verdict of each result.

Whatever couldn't be seen in one of the runs (not applicable, inconclusive, an error of ours) is neither mended nor
newly wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from statuary.conformance.report import JUDGED, Report, Result

_WEIGHT = {"fail": 2, "warn": 1}
_UNCLEAR = frozenset({"not applicable", "inconclusive", "harness error"})


@dataclass(frozen=True, slots=True)
class Change:
    """A result that isn't what it was. None where a run has no such result."""

    old: Result | None
    new: Result | None

    @property
    def result(self) -> Result:
        """The newer of them."""
        found = self.new or self.old
        assert found is not None
        return found

    @property
    def summary(self) -> str:
        """``pass → fail``."""
        return f"{_standing(self.old)} → {_standing(self.new)}"


def _standing(result: Result | None) -> str:
    return "none" if result is None else result.standing


@dataclass(frozen=True, slots=True)
class Difference:
    """All changes, each in one list.

    newly_wrong  a MUST or SHOULD is violated that wasn't, or a stronger rule than before, and that isn't waived
    mended       what was violated passes now, or judge sees it no more
    changed      any other change of verdict or waiver
    new, gone    scenarios that only one of the runs has, such as after an update of Statuary
    """

    newly_wrong: tuple[Change, ...] = ()
    mended: tuple[Change, ...] = ()
    changed: tuple[Change, ...] = ()
    new: tuple[Change, ...] = ()
    gone: tuple[Change, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything changed."""
        return any(getattr(self, one.name) for one in fields(self))


def compare(old: Report, new: Report) -> Difference:
    """What changed from one report to the other."""
    before = {one.id: one for one in old.results}
    after = {one.id: one for one in new.results}
    lists: dict[str, list[Change]] = {one.name: [] for one in fields(Difference)}
    for id in dict.fromkeys([*after, *before]):
        change = Change(before.get(id), after.get(id))
        if change.old is None and not _could_have_found(change.result, before):
            lists["new"].append(change)
        elif change.new is None and not _could_have_found(change.result, after):
            lists["gone"].append(change)
        elif _standing(change.old) != _standing(change.new):
            lists[_kind(change)].append(change)
    return Difference(**{name: tuple(changes) for name, changes in lists.items()})


def _could_have_found(result: Result, others: Mapping[str, Result]) -> bool:
    """Whether a run without that result says something by it: judge had the same to look at, and found nothing."""
    if not result.id.startswith(JUDGED):
        return False
    seen_in = [others[id] for id in result.seen_in if id in others]
    return not result.seen_in or any(one.verdict not in _UNCLEAR for one in seen_in)


def _kind(change: Change) -> str:
    if _held_against(change.new) > _held_against(change.old):
        return "newly_wrong"
    if _held_against(change.old) and _is_fine(change.new):
        return "mended"
    return "changed"


def _held_against(result: Result | None) -> int:
    return 0 if result is None else _WEIGHT.get(result.standing, 0)


def _is_fine(result: Result | None) -> bool:
    return result is None or (result.waived is None and result.verdict not in (*_WEIGHT, *_UNCLEAR))
