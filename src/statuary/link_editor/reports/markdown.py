"""Markdown, for a comment or a summary: a table of the links to do something about."""

from __future__ import annotations

import re

from statuary.conformance.reports.wording import printable
from statuary.link_editor.report import Report
from statuary.link_editor.reports.terminal import summary


def render(report: Report) -> str:
    """The table, and a line that sums up."""
    rows = [
        f"| {_cell(f'{one.file}:{one.line}')} | {one.verdict.kind} | {_cell(one.link.url)} | {_text(one.verdict.why)} |"
        for one in report.to_do()
    ]
    head = ["| where | what | URL | why |", "| --- | --- | --- | --- |"] if rows else []
    notes = [f"- not read: {_cell(name)}: {_text(why)}" for name, why in report.unread]
    notes += [f"- unused waiver: {_text(one)}" for one in report.unused_waivers]
    blocks = ["## Links", *("\n".join(lines) for lines in ([*head, *rows], notes) if lines), summary(report)]
    return "\n\n".join(blocks) + "\n"


def _cell(text: str) -> str:
    """As code, so that nothing in it is obeyed."""
    fence = "`" * (max((len(one) for one in re.findall("`+", text)), default=0) + 1)
    return f"{fence} {printable(text)} {fence}".replace("|", "\\|")


def _text(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>|#&])", r"\\\1", printable(text))
