"""``statuary report``: saved reports of the checker in any format; several of them side by side."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from statuary.cli.failing import COULD_NOT_RUN, fail
from statuary.cli.output import has_colour, write
from statuary.cli.report_files import add_options, read_report, write_reports
from statuary.conformance.report import NotAReport, Report, write_json
from statuary.conformance.reports import terminal
from statuary.conformance.waivers import NotWaivers, apply, read_waivers

WRITTEN = 0


def main(arguments: list[str]) -> int:
    """Run the command: 0 it is written, 2 something could not be read or written."""
    try:
        options = _parser().parse_intermixed_args(arguments)
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else COULD_NOT_RUN
    try:
        reports = [read_report(name) for name in options.reports]
        if options.waivers is not None:
            waivers = read_waivers(options.waivers)
            today = datetime.now(UTC).date()
            reports = [apply(report, waivers, today) for report in reports]
        _write(reports, options)
    except (NotAReport, NotWaivers, OSError) as error:
        return fail("report", error)
    return WRITTEN


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="statuary report",
        description="Show what statuary check --json has saved, in any format; several reports side by side.",
        epilog="With no format named, the report is printed. exit status: 0 it is written, 2 it could not be. "
        "docs/reports.md tells more.",
    )
    parser.add_argument("reports", metavar="FILE.json", nargs="+", help="a report that statuary check has saved")
    add_options(parser)
    parser.add_argument("--json", metavar="FILE", help="write the report as JSON, waivers applied; one report only")
    parser.add_argument("--waivers", type=Path, metavar="FILE", help="known departures (TOML), to all reports alike")
    parser.add_argument("-v", "--verbose", action="store_true", help="print everything, all octets too")
    return parser


def _write(reports: list[Report], options: argparse.Namespace) -> None:
    if options.json is not None:
        if len(reports) > 1:
            raise NotAReport("--json takes one report")
        Path(options.json).write_text(write_json(reports[0]), "utf-8")
    asked = any(getattr(options, name) for name in ("html", "junit", "sarif", "markdown", "github", "json"))
    write_reports(reports, options)
    if asked:
        return
    if len(reports) > 1:
        write(terminal.render_several(reports, colour=has_colour()))
    else:
        write(terminal.render(reports[0], colour=has_colour(), verbose=options.verbose))
