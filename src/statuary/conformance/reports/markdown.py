"""A report as Markdown for a pull request: short, in tables, details folded. GitHub's and GitLab's dialects."""

from __future__ import annotations

import re
from collections.abc import Sequence

from statuary.conformance.report import Event, Report, Result
from statuary.conformance.reports.comparison import Row, mark_of, names, rows
from statuary.conformance.reports.octets import BRIEF, has_several, labelled, merged, visible
from statuary.conformance.reports.wording import (
    MARKS,
    STANDINGS,
    address,
    by_code,
    citation,
    described,
    printable,
    right_answers,
    rule_of,
    summary,
    worst,
)

_MOST_LINES = 50
_MOST_DETAILS = 20
# What is markup anywhere in a line, and what is only where it begins
_SPECIAL = re.compile(r"[\\`*_{}\[\]#|~$]|^[-+=]")


def render(reports: Sequence[Report]) -> str:
    """One report with what it found; several as tables side by side."""
    parts = _compared(reports) if len(reports) > 1 else _alone(reports[0])
    return "\n\n".join(parts) + "\n"


def plain(text: str) -> str:
    """Text from elsewhere as text of Markdown: no markup, no HTML, nobody mentioned."""
    text = _SPECIAL.sub(r"\\\g<0>", printable(text))
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("@", "@\u200b")


def code(text: str) -> str:
    """Text from elsewhere as code, in a line or a cell."""
    return f"<code>{plain(text)}</code>"


def table(heads: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """A table; cells are Markdown already."""
    return "\n".join(f"| {' | '.join(line)} |" for line in (heads, ["---"] * len(heads), *lines))


# One report


def _alone(report: Report) -> list[str]:
    violated = [*report.violations("fail"), *report.violations("warn")]
    parts = [f"### HTTP conformance of {plain(described(report))}", plain(summary(report))]
    if violated:
        parts.append(
            table(["verdict", "scenario", "what was seen", "rule"], [_line(one) for one in violated[:_MOST_LINES]])
        )
        if len(violated) > _MOST_LINES:
            parts.append(f"And {len(violated) - _MOST_LINES} more, which the HTML report shows.")
    parts += [_details(one) for one in violated[:_MOST_DETAILS]]
    waived = [one for one in report.results if one.waived is not None]
    if waived:
        lines = [[one.verdict, code(one.id), plain(one.waived or "")] for one in waived]
        parts.append(folded(f"{len(waived)} waived", table(["verdict", "scenario", "reason"], lines)))
    parts += [f"Waiver: {plain(one)}" for one in report.unused_waivers]
    return parts


def _line(one: Result) -> list[str]:
    row = rule_of(one)
    rule = f"{row.level}, [{citation(row)}]({address(row)})" if row is not None else ""
    return [f"{MARKS[one.verdict]} {one.verdict}", code(one.id), plain(one.detail or one.title), rule]


def folded(title: str, content: str) -> str:
    """Content that is shown when its title is clicked; both Markdown already."""
    return f"<details><summary>{title}</summary>\n\n{content}\n\n</details>"


def _details(one: Result) -> str:
    row = rule_of(one)
    parts = [plain(one.detail)]
    if row is not None:
        parts.append(f"**{row.level}**: {plain(row.paraphrase)}. [{citation(row)}]({address(row)})")
    events = merged(one.events)
    if events:
        parts.append(_fenced([line for event in events for line in _wire(event, several=has_several(events))]))
    answers = [f"- right: {plain(answer.looks)}: {plain(answer.why)}" for answer in right_answers(one)]
    parts.append("\n".join(answers))
    parts.append(f"Change: {plain(one.fix)}" if one.fix else "")
    title = f"{MARKS[one.verdict]} {code(one.id)} {plain(one.title)}"
    return folded(title, "\n\n".join(part for part in parts if part))


def _wire(event: Event, *, several: bool) -> list[str]:
    if event.kind not in ("sent", "received"):
        return [f"({labelled(event, several=several)})"]
    arrow = ">" if event.kind == "sent" else "<"
    heading = [f"({labelled(event, several=True)})"] if several else []
    return [*heading, *(f"{arrow} {line}" for line in visible(event.data, event.cut, BRIEF))]


def _fenced(lines: Sequence[str]) -> str:
    """A code block, its fence longer than any run of backticks inside."""
    text = "\n".join(lines)
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", text) or [""]))
    return f"{fence}text\n{text}\n{fence}"


# Several


def _compared(reports: Sequence[Report]) -> list[str]:
    subjects = [plain(name) for name in names(reports)]
    used = [name for name in STANDINGS if any(report.counts()[name] for report in reports)]
    counts = [
        [name, plain(report.version), _day(report), *(str(report.counts()[one]) for one in used)]
        for name, report in zip(subjects, reports, strict=True)
    ]
    boards = [by_code(report) for report in reports]
    codes = [
        [str(number), *(_mark(worst(board.get(number, []))) for board in boards)]
        for number in sorted({number for board in boards for number in board})
    ]
    violated = [row for row in rows(reports) if row.worst in ("fail", "warn")]
    legend = ", ".join(f"{mark} {name}" for name, mark in MARKS.items())
    parts = [
        "### HTTP conformance, side by side",
        table(["subject", "version", "date", *used], counts),
        f"{legend}.",
        folded("By status code", table(["code", *subjects], codes)),
    ]
    if violated:
        lines = [[code(row.id), plain(row.title), *_marks(row)] for row in violated]
        parts.append(folded("What is violated somewhere", table(["scenario", "", *subjects], lines)))
    return parts


def _day(report: Report) -> str:
    """The day of the run."""
    return plain(report.date.partition("T")[0])


def _marks(row: Row) -> list[str]:
    return [mark_of(one, row) for one in row.results]


def _mark(standing: str | None) -> str:
    return "" if standing is None else MARKS[standing]
