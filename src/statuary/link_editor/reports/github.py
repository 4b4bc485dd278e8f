"""Annotations of GitHub's workflows: one for each link to do something about, at its line."""

from __future__ import annotations

from statuary.conformance.reports.github import KINDS, annotation
from statuary.link_editor.report import STRENGTHS, Report, Result
from statuary.link_editor.reports.terminal import summary


def render(report: Report) -> str:
    """The annotations, and a line that sums up."""
    lines = [_annotation(one) for one in report.to_do()]
    lines += [annotation("error", "statuary links: not read", why, name) for name, why in report.unread]
    lines += [annotation("notice", "statuary links: unused waiver", text) for text in report.unused_waivers]
    return "".join(f"{line}\n" for line in [*lines, summary(report)])


def _annotation(one: Result) -> str:
    to = f" It should be {one.verdict.to}" if one.verdict.to is not None else ""
    kind = KINDS[STRENGTHS[one.verdict.kind]]
    made = annotation(kind, f"statuary links: {one.verdict.kind}", f"{one.link.url} {one.verdict.why}{to}", one.file)
    # The line comes after the file, before the title
    return made.replace(",title=", f",line={one.line},col={one.column},title=", 1)
