"""``statuary diff``: what is newly wrong, mended or changed between two saved reports of the checker."""

from __future__ import annotations

import argparse

from statuary.cli.failing import COULD_NOT_RUN, fail
from statuary.cli.output import has_colour, write
from statuary.cli.report_files import read_report
from statuary.conformance.difference import Difference, compare
from statuary.conformance.report import NotAReport, Report
from statuary.conformance.reports import changes

NOTHING_NEW, NEWLY_WRONG = 0, 1


def main(arguments: list[str]) -> int:
    """Run the command: 0 nothing is newly wrong, 1 something is, 2 a report could not be read."""
    try:
        options = _parser().parse_args(arguments)
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else COULD_NOT_RUN
    try:
        old, new = read_report(options.old), read_report(options.new)
    except NotAReport as error:
        return fail("diff", error)
    difference = compare(old, new)
    write(_rendered(options.format, difference, old, new))
    return NEWLY_WRONG if difference.newly_wrong else NOTHING_NEW


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="statuary diff",
        description="Compare two reports that statuary check --json has saved.",
        epilog="exit status: 0 nothing is newly wrong; 1 something is; 2 a report could not be read. "
        "docs/reports.md tells more.",
    )
    parser.add_argument("old", metavar="OLD.json")
    parser.add_argument("new", metavar="NEW.json")
    formats = ("text", "markdown", "json", "github")
    parser.add_argument("--format", choices=formats, default="text", help="default: %(default)s")
    return parser


def _rendered(format: str, difference: Difference, old: Report, new: Report) -> str:
    match format:
        case "json":
            return changes.as_json(difference, old, new)
        case "markdown":
            return changes.markdown(difference, old, new)
        case "github":
            return changes.github(difference)
        case _:
            return changes.text(difference, colour=has_colour())
