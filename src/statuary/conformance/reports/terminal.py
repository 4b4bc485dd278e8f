"""A report as text for a terminal: the board of codes, what is wrong with the octets that show it, counts.

Nothing that a subject sent is printed as it came: its octets and all texts go through octets.py and wording.py.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from statuary.conformance.report import Answer, Event, Report, Result
from statuary.conformance.reports.comparison import mark_of, names, rows
from statuary.conformance.reports.octets import EVERYTHING, Bounds, has_several, labelled, lines_of, merged
from statuary.conformance.reports.wording import (
    LEVELS,
    MARKS,
    by_code,
    citation,
    described,
    printable,
    right_answers,
    rule_of,
    summary,
    worst,
    wrong_answers,
)

_COLOURS = {
    "fail": "1;31",
    "warn": "33",
    "harness error": "35",
    "inconclusive": "35",
    "note": "36",
    "waived": "36",
    "pass": "32",
    "not applicable": "2",
}
_SHORT = Bounds(lines=16, columns=200, octets=1600)
_MOST_SEEN_IN = 4


def render(report: Report, *, colour: bool = False, verbose: bool = False, width: int = 100) -> str:
    """The report as text, lines wrapped to ``width``. ``verbose`` leaves nothing out: notes, all octets, all answers."""
    page = _Page(colour, verbose, max(width, 40))
    parts = [
        [page.bold(described(report))],
        page.board(report),
        *(page.failure(one) for one in report.violations("fail")),
        *([line] for line in page.short(report.violations("warn"))),
        *([line] for line in page.short(_unclear(report))),
        *(page.failure(one) for one in (report.violations("note") if verbose else ())),
        page.waived(report),
        [page.bold(printable(summary(report)))],
    ]
    return "\n".join("\n".join(part) + "\n" for part in parts if part)


def render_several(reports: Sequence[Report], *, colour: bool = False) -> str:
    """Several reports side by side: a line for each scenario in which some subject violates something."""
    page = _Page(colour, False, 100)
    lines = []
    for number, (name, report) in enumerate(zip(names(reports), reports, strict=True), 1):
        lines.append(f"{page.bold(f'{number}')}  {name}: {printable(summary(report))}")
    lines += ["", "  ".join(page.bold(str(number % 10)) for number in range(1, len(reports) + 1))]
    for row in rows(reports):
        if row.worst in ("fail", "warn"):
            cells = [
                page.styled(mark_of(one, row) or " ", _COLOURS[one.standing if one else "pass"]) for one in row.results
            ]
            lines.append(f"{'  '.join(cells)}  {page.bold(printable(row.id))}  {printable(row.title)}")
    return "\n".join(lines) + "\n"


def explained(result: Result, *, colour: bool = False, verbose: bool = False, width: int = 100) -> str:
    """One result with all that helps to understand and mend it, as text without a last line end."""
    return "\n".join(_Page(colour, verbose, max(width, 40)).failure(result))


def _unclear(report: Report) -> list[Result]:
    return [one for one in report.results if one.verdict in ("harness error", "inconclusive")]


@dataclass(frozen=True, slots=True)
class _Page:
    colour: bool
    verbose: bool
    width: int

    def styled(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour and text else text

    def bold(self, text: str) -> str:
        return self.styled(text, "1")

    def faint(self, text: str) -> str:
        return self.styled(text, "2")

    # The board

    def board(self, report: Report) -> list[str]:
        """A row for each class, a cell for each code: its worst verdict."""
        cells = [(code, worst(results)) for code, results in by_code(report).items()]
        rows = []
        for number, of_class in groupby(cells, key=lambda cell: cell[0] // 100):
            shown = [self._cell(code, standing) for code, standing in of_class]
            in_row = max((self.width - 6) // 7, 1)
            for start in range(0, len(shown), in_row):
                label = f"{number}xx" if start == 0 else "   "
                rows.append(f" {label}  {'  '.join(shown[start : start + in_row])}".rstrip())
        used = {standing for _, standing in cells}
        legend = [f"{MARKS[name]} {name}" for name in MARKS if name in used]
        return [*rows, self.faint(f" {'  '.join(legend)}")]

    def _cell(self, code: int, standing: str | None) -> str:
        if standing is None:
            return self.faint(f"{code}  ")
        return self.styled(f"{code} {MARKS[standing]}", _COLOURS[standing])

    # Results

    def failure(self, one: Result) -> list[str]:
        """A result with everything that helps to understand and mend it."""
        return [
            self._headline(one),
            *self._wrapped(one.detail),
            *self._rule(one),
            *self._seen_in(one),
            *self.events(one.events),
            *self._answers(one),
            *self._wrapped(one.fix, "change: "),
        ]

    def short(self, results: Iterable[Result]) -> Iterator[str]:
        """What takes a glance: what was seen, and by which rule it is wrong."""
        for one in results:
            if self.verbose:
                yield "\n".join(self.failure(one))
            else:
                lines = [self._headline(one), *self._wrapped(one.detail), *self._rule(one)]
                yield "\n".join([*lines, *self._wrapped(one.fix, "change: ")])

    def _headline(self, one: Result) -> str:
        label = self.styled(f"{MARKS[one.verdict]} {one.verdict}", _COLOURS[one.verdict])
        return f"{label}  {self.bold(printable(one.id))}  {printable(one.title)}"

    def _rule(self, one: Result) -> list[str]:
        row = rule_of(one)
        if row is None:
            return []
        return [
            self.faint(line) for line in self._wrapped(f"{row.level}: {row.paraphrase}. {citation(row)} [{row.id}]")
        ]

    def _seen_in(self, one: Result) -> list[str]:
        if not one.seen_in:
            return []
        most = len(one.seen_in) if self.verbose else _MOST_SEEN_IN
        more = len(one.seen_in) - most
        return self._wrapped(", ".join(one.seen_in[:most]) + (f" and {more} more" if more > 0 else ""), "seen in: ")

    def _answers(self, one: Result) -> list[str]:
        lines = [line for answer in right_answers(one) for line in self._answer("right: ", answer)]
        if self.verbose:
            for answer in wrong_answers(one):
                lines += self._answer(f"{LEVELS.get(answer.verdict, 'wrong')}: not ", answer)
        return lines

    def _answer(self, label: str, answer: Answer) -> list[str]:
        return self._wrapped(": ".join(part for part in (answer.looks, answer.why) if part), label)

    def events(self, events: Iterable[Event]) -> list[str]:
        """What went over the wire: > what was sent, < what came."""
        shown = merged(events)
        several = has_several(shown)
        lines = []
        for event in shown:
            if event.kind not in ("sent", "received"):
                lines.append(self.faint(f"    ({labelled(event, several=several)})"))
                continue
            arrow = self.faint(">" if event.kind == "sent" else "<")
            if several:
                lines.append(self.faint(f"    ({labelled(event, several=several)})"))
            for line in lines_of(event.data, event.cut, EVERYTHING if self.verbose else _SHORT):
                text = "".join(piece.text if piece.kind == "text" else self.faint(piece.text) for piece in line)
                lines.append(f"    {arrow} {text}")
        return lines

    def waived(self, report: Report) -> list[str]:
        """What was waived, and the waivers that weren't needed."""
        lines = []
        for one in report.results:
            if one.waived is not None:
                lines += self._wrapped(f"{one.id}: {one.waived}", f"waived {one.verdict}: ", indent=0)
        for text in report.unused_waivers:
            lines += self._wrapped(text, "waiver: ", indent=0)
        return lines

    def _wrapped(self, text: str, label: str = "", indent: int = 4) -> list[str]:
        if not text:
            return []
        return textwrap.wrap(
            printable(text),
            self.width,
            initial_indent=" " * indent + label,
            subsequent_indent=" " * (indent + len(label)),
        )
