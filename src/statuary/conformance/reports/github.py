"""Annotations of GitHub's workflows: one line for each violation, and a summary.

Annotations are kept to what a workflow shows; the octets are for the other formats.
"""

from __future__ import annotations

from collections.abc import Sequence

from statuary.conformance.report import Report, Result
from statuary.conformance.reports.wording import citation, described, printable, rule_of, summary

KINDS = {"fail": "error", "warn": "warning", "note": "notice"}


def render(reports: Sequence[Report]) -> str:
    """An annotation for each violation that isn't waived, notes left out, and a line that sums up each report."""
    lines = []
    for report in reports:
        lines += [_annotation(report, one) for one in report.violations("fail", "warn")]
        lines += [annotation("notice", "statuary check: unused waiver", text) for text in report.unused_waivers]
        lines.append(f"statuary check: {described(report)}: {summary(report)}")
    return "".join(f"{line}\n" for line in lines)


def _annotation(report: Report, one: Result) -> str:
    row = rule_of(one)
    rule = f" {row.level}: {row.paraphrase} ({citation(row)})." if row is not None else ""
    fix = f" Change: {one.fix}" if one.fix else ""
    return annotation(KINDS[one.verdict], f"statuary check: {one.id}", f"{report.url} {one.detail}{rule}{fix}")


def annotation(kind: str, title: str, message: str, file: str | None = None) -> str:
    """One workflow command, its texts escaped as such commands need it; kind is error, warning or notice."""
    where = f"file={_property(file)}," if file is not None else ""
    return f"::{kind} {where}title={_property(title)}::{_data(message)}"


def _data(text: str) -> str:
    return printable(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
