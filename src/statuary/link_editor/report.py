"""What a run found: each link with its place and verdict. Values that the ways to say it share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from statuary.link_editor.link import Link
from statuary.link_editor.verdict import Kind, Verdict

FINE, TO_DO, COULD_NOT_RUN = 0, 1, 2

STRENGTHS: dict[Kind, Literal["fail", "warn", "note"]] = {
    "gone": "fail",
    "missing": "fail",
    "broken move": "fail",
    "loop": "fail",
    "invalid URL": "fail",
    "unsupported scheme": "fail",
    "moved for good": "warn",
    "suspicious move": "warn",
    "unreachable": "warn",
    "refused": "note",
}
"""How much each kind matters that is not quiet, in the words of the other reports."""


@dataclass(frozen=True, slots=True)
class Result:
    """One link.

    file          as it was named, with slashes
    line, column  counted from 1, in characters
    octets        where the URL is in the file
    verdict       what it is
    waived        the reason for which it is left as it is, None where there is none
    """

    file: str
    line: int
    column: int
    octets: tuple[int, int]
    link: Link
    verdict: Verdict
    waived: str | None = None

    @property
    def is_to_do(self) -> bool:
        """Whether somebody has to do something about it."""
        return not self.verdict.is_quiet and self.waived is None


@dataclass(frozen=True, slots=True, repr=False)
class Report:
    """A run. ``unread`` has a name and a sentence for each file that could not be read; ``asked`` is how many URLs were."""

    results: tuple[Result, ...]
    files: int = 0
    asked: int = 0
    known: int = 0
    unread: tuple[tuple[str, str], ...] = ()
    unused_waivers: tuple[str, ...] = ()
    seconds: float = 0.0

    def __repr__(self) -> str:
        # asyncio.run writes out what it returns, for nobody, and this may be large
        return f"<Report on {len(self.results)} links>"

    def counts(self) -> Counter[str]:
        """How many links are of each kind; those waived count as ``waived`` instead."""
        return Counter("waived" if one.waived is not None else one.verdict.kind for one in self.results)

    def to_do(self) -> Sequence[Result]:
        """The links about which something has to be done."""
        return [one for one in self.results if one.is_to_do]


def exit_status(report: Report) -> int:
    """0 there is nothing to do; 1 there is; 2 something could not be read."""
    if report.unread:
        return COULD_NOT_RUN
    return TO_DO if report.to_do() else FINE
