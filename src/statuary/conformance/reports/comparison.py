"""Several reports side by side: a row for each scenario, a column for each subject."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from statuary.conformance.report import JUDGED, Report, Result
from statuary.conformance.reports.wording import MARKS, chapter, printable, worst


@dataclass(frozen=True, slots=True)
class Row:
    """One scenario with what each report has for it, in the order of the reports; None where one lacks it."""

    id: str
    results: tuple[Result | None, ...]

    @property
    def known(self) -> list[Result]:
        """The results that there are; at least one."""
        return [one for one in self.results if one is not None]

    @property
    def title(self) -> str:
        return self.known[0].title

    @property
    def chapter(self) -> str:
        """See wording.chapter."""
        return chapter(self.known[0])

    @property
    def worst(self) -> str:
        """The standing that needs attention most."""
        return worst(self.known) or "not applicable"

    @property
    def is_told_by_judge(self) -> bool:
        """Whether it is about what judge found, so that its absence is good news."""
        return self.id.startswith(JUDGED)


def rows(reports: Sequence[Report]) -> list[Row]:
    """A row for each id of a result, grouped by chapter; what judge found comes last."""
    found: dict[str, list[Result | None]] = {}
    for column, report in enumerate(reports):
        for one in report.results:
            found.setdefault(one.id, [None] * len(reports))[column] = one
    made = [Row(id, tuple(results)) for id, results in found.items()]
    chapters = {name: number for number, name in enumerate(dict.fromkeys(row.chapter for row in made))}
    return sorted(made, key=lambda row: (row.is_told_by_judge, chapters[row.chapter]))


def names(reports: Sequence[Report]) -> list[str]:
    """What to call the subjects: their names, with versions or numbers where they would be the same."""
    short = [printable(report.subject or report.url or "subject") for report in reports]
    made = [
        f"{name} {printable(report.version)}".strip() if short.count(name) > 1 else name
        for name, report in zip(short, reports, strict=True)
    ]
    return [
        f"{name} ({made[: number + 1].count(name)})" if made.count(name) > 1 else name
        for number, name in enumerate(made)
    ]


def slugs(subjects: Sequence[str]) -> list[str]:
    """The names as parts of a fragment, all different."""
    made = [re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "subject" for name in subjects]
    return [f"{slug}-{number}" if slug in made[:number] else slug for number, slug in enumerate(made)]


def mark_of(result: Result | None, row: Row) -> str:
    """The mark of a cell."""
    if result is None:
        return MARKS["pass"] if row.is_told_by_judge else ""
    return MARKS[result.standing]
