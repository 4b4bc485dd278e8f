"""For people at a terminal: by file and line, what each link is and why."""

from __future__ import annotations

from itertools import groupby

from statuary.conformance.reports.wording import printable
from statuary.link_editor.report import STRENGTHS, Report, Result

_COLOURS = {"fail": "31", "warn": "33", "note": "36"}


def render(report: Report, *, colour: bool = False, verbose: bool = False) -> str:
    """The text; ``verbose`` has the links about which there is nothing to do, too."""
    shown = [one for one in report.results if verbose or one.is_to_do]
    lines: list[str] = []
    for file, results in groupby(shown, key=lambda one: one.file):
        lines += [_styled(printable(file), "1", colour), *(_lines(one, colour) for one in results), ""]
    lines += [f"not read: {printable(name)}: {printable(why)}" for name, why in report.unread]
    lines += [f"unused waiver: {printable(one)}" for one in report.unused_waivers]
    return "\n".join([*lines, summary(report), ""])


def _lines(result: Result, colour: bool) -> str:
    verdict = result.verdict
    kind = "waived" if result.waived is not None else verdict.kind
    tone = _COLOURS.get(STRENGTHS.get(verdict.kind, ""), "32") if result.waived is None else "2"
    place = f"{result.line}:{result.column}"
    lines = [f"  {place:<8} {_styled(f'{kind:<16}', tone, colour)} {printable(result.link.url)}"]
    lines += [f"{'':11}{printable(verdict.why)}"]
    if len(verdict.chain) > 1:
        hops = " → ".join(f"{hop.status or hop.failure} {hop.uri}" for hop in verdict.chain)
        lines.append(f"{'':11}{printable(hops)}")
    if verdict.to is not None:
        lines.append(f"{'':11}should be {printable(verdict.to)}{' (only if you say so)' if verdict.asks else ''}")
    if result.waived is not None:
        lines.append(f"{'':11}waived: {printable(result.waived)}")
    return "\n".join(lines)


def summary(report: Report) -> str:
    """One line: how many links, and how many of each kind."""
    counts = ", ".join(f"{number} {kind}" for kind, number in report.counts().most_common())
    return (
        f"{counted(len(report.results), 'link')} in {counted(report.files, 'file')}: {counts or 'none'} "
        f"({counted(report.asked, 'URL')} asked for, {report.known} known, {report.seconds:.1f} s)"
    )


def counted(number: int, what: str) -> str:
    """So many of them."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def _styled(text: str, style: str, colour: bool) -> str:
    return f"\x1b[{style}m{text}\x1b[0m" if colour else text
