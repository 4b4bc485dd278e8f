"""What changed between two reports, as text, Markdown, JSON and annotations."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from statuary.conformance.difference import Change, Difference
from statuary.conformance.report import Report
from statuary.conformance.reports.github import KINDS, annotation
from statuary.conformance.reports.markdown import code, folded, plain, table
from statuary.conformance.reports.wording import described, printable, rule_of

FORMAT = "statuary-diff"
FORMAT_VERSION = 1
_HEADINGS = {
    "newly_wrong": "newly wrong",
    "mended": "mended",
    "changed": "changed otherwise",
    "new": "new scenarios",
    "gone": "scenarios that are gone",
}
_COLOURS = {"newly_wrong": "1;31", "mended": "32", "changed": "33"}


def _lists(difference: Difference) -> list[tuple[str, Sequence[Change]]]:
    return [(name, getattr(difference, name)) for name in _HEADINGS]


def summary(difference: Difference) -> str:
    """One line: how many of each kind."""
    found = [f"{len(changes)} {_HEADINGS[name]}" for name, changes in _lists(difference) if changes]
    return ", ".join(found) or "nothing changed"


def text(difference: Difference, *, colour: bool = False) -> str:
    """For a terminal. Of new scenarios only those that are violated are listed, the others counted."""
    lines = []
    for name, changes in _lists(difference):
        if not changes:
            continue
        heading = f"{_HEADINGS[name]} ({len(changes)})"
        lines.append(f"\x1b[{_COLOURS.get(name, '1')}m{heading}\x1b[0m" if colour else heading)
        for change in _worth_listing(name, changes):
            one = change.result
            lines.append(f"  {change.summary:<16} {printable(one.id)}  {printable(one.title)}")
            if change.new is not None and change.new.is_violation and one.detail:
                lines.append(f"  {'':<16} {printable(one.detail)}")
        lines.append("")
    return "\n".join([*lines, summary(difference)]) + "\n"


def _worth_listing(name: str, changes: Sequence[Change]) -> list[Change]:
    return [one for one in changes if one.result.is_violation] if name in ("new", "gone") else list(changes)


def markdown(difference: Difference, old: Report, new: Report) -> str:
    """For a pull request: what is newly wrong in the open, everything else folded."""
    parts = [
        f"### HTTP conformance of {plain(described(new))}",
        f"Compared with {plain(old.date)}: {summary(difference)}.",
    ]
    for name, changes in _lists(difference):
        listed = _worth_listing(name, changes)
        if not listed:
            continue
        lines = [[one.summary, code(one.result.id), plain(_said(one))] for one in listed]
        rows = table(["verdict", "scenario", "what was seen"], lines)
        heading = f"{_HEADINGS[name]} ({len(changes)})"
        parts.append(f"**{heading}**\n\n{rows}" if name == "newly_wrong" else folded(heading, rows))
    return "\n\n".join(parts) + "\n"


def _said(change: Change) -> str:
    return change.result.detail or change.result.title


def as_json(difference: Difference, old: Report, new: Report) -> str:
    """For programs; docs/reports.md documents it."""
    value: dict[str, Any] = {"format": FORMAT, "version": FORMAT_VERSION, "runs": {"old": _run(old), "new": _run(new)}}
    for name, changes in _lists(difference):
        value[name] = [_change(one) for one in changes]
    return json.dumps(value, indent=1) + "\n"


def _run(report: Report) -> dict[str, str]:
    return {
        "subject": report.subject,
        "url": report.url,
        "version": report.version,
        "date": report.date,
        "statuary": report.statuary,
    }


def _change(change: Change) -> dict[str, Any]:
    one = change.result
    return {
        "id": one.id,
        "title": one.title,
        "old": change.old.standing if change.old else None,
        "new": change.new.standing if change.new else None,
        "breaks": one.breaks,
        "detail": one.detail,
    }


def github(difference: Difference) -> str:
    """Annotations for what is newly wrong, and a line that sums up."""
    lines = []
    for change in difference.newly_wrong:
        row = rule_of(change.result)
        rule = f" {row.level}: {row.paraphrase}." if row is not None else ""
        kind = KINDS.get(change.result.verdict, "error")
        said = f"{change.summary}: {_said(change)}{rule}"
        lines.append(annotation(kind, f"statuary diff: {change.result.id}", said))
    return "".join(f"{line}\n" for line in [*lines, f"statuary diff: {summary(difference)}"])
