"""What the commands that check servers and clients share: what is played, how it is told, and known departures."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from statuary.cli.output import has_colour, write
from statuary.cli.report_files import add_options, write_reports
from statuary.conformance.choosing import LEVELS
from statuary.conformance.client.scenario import ClientScenario
from statuary.conformance.intermediary.scenario import ForwardingScenario
from statuary.conformance.report import Report, Result, write_json
from statuary.conformance.reports import terminal
from statuary.conformance.scenario import Scenario
from statuary.conformance.waivers import apply, read_waivers


def add_choice(parser: argparse.ArgumentParser) -> None:
    """The options that say what is played."""
    choice = parser.add_argument_group("what is played")
    choice.add_argument("--only", action="append", metavar="ID", help="scenarios with that id; may have * and ?")
    choice.add_argument("--code", action="append", type=int, metavar="NNN", help="scenarios about that status code")
    choice.add_argument("--level", choices=LEVELS, default="may", help="only what can break rules that strong")
    choice.add_argument("--list", action="store_true", help="list the scenarios, and exit")


def add_reports(parser: argparse.ArgumentParser) -> None:
    """The options that say what is said."""
    said = parser.add_argument_group("what is said")
    said.add_argument("--json", metavar="FILE", help="write the report as JSON, for statuary report and statuary diff")
    add_options(said)
    said.add_argument("--waivers", type=Path, metavar="FILE", help="known departures, each with its reason (TOML)")
    said.add_argument("-v", "--verbose", action="store_true", help="show everything")
    said.add_argument("-q", "--quiet", action="store_true", help="no report on the terminal, only files")
    said.add_argument("--strict", action="store_true", help="exit status 1 for a SHOULD, too")


def jobs(text: str) -> int:
    """How many scenarios are played at once, as an argument."""
    number = int(text)
    if not 1 <= number <= 1000:
        raise argparse.ArgumentTypeError("must be from 1 to 1000")
    return number


def timeout(text: str) -> float:
    """Seconds, as an argument."""
    number = float(text)
    if not 0 < number < 1e4:
        raise argparse.ArgumentTypeError("must be more than 0")
    return number


def show_list(scenarios: Sequence[Scenario | ClientScenario | ForwardingScenario]) -> int:
    """Print the scenarios, a line each; gives the exit status."""
    lines = [f"{one.id:<44} {one.title}{f'  {list(one.codes)}' if one.codes else ''}" for one in scenarios]
    write("\n".join(lines) + "\n")
    return 0


def progress(options: argparse.Namespace) -> Callable[[Result, int, int], None] | None:
    """What tells of each result as it comes, where someone looks on."""
    if options.quiet or not sys.stderr.isatty():
        return None

    def show(result: Result, done: int, all_of_them: int) -> None:
        end = "\r\x1b[K" if done == all_of_them else ""
        print(f"\r\x1b[K{done} of {all_of_them} {result.id[:60]}{end}", end="", file=sys.stderr, flush=True)

    return show


def waived(report: Report, options: argparse.Namespace) -> Report:
    """The report with the departures waived that the options know of. Raises NotWaivers."""
    if options.waivers is None:
        return report
    is_whole = not (options.only or options.code or options.level != "may")
    return apply(report, read_waivers(options.waivers), datetime.now(UTC).date(), is_whole=is_whole)


def write_all(report: Report, options: argparse.Namespace) -> bool:
    """Write every report that was asked for; whether the one for people was printed. Raises OSError."""
    if options.json is not None:
        Path(options.json).write_text(write_json(report), "utf-8")
    if write_reports([report], options) or options.quiet:
        return False
    write(terminal.render(report, colour=has_colour(), verbose=options.verbose))
    return True
