"""``statuary check client``: plays scenarios on a client, with the checker as the server, and reports each verdict."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from statuary.cli.output import has_colour, write
from statuary.cli.report_files import add_options, write_reports
from statuary.conformance.choosing import LEVELS, choose
from statuary.conformance.client.client_file import Client, ClientError, find_client, shipped
from statuary.conformance.client.driver import CommandDriver, version_of
from statuary.conformance.client.pull import PullDriver
from statuary.conformance.client.run import CannotDrive, Plan, Progress, check
from statuary.conformance.client.scenario import ClientScenario
from statuary.conformance.client.scenario_files import packaged
from statuary.conformance.report import Report, Result, exit_status, write_json
from statuary.conformance.reports import terminal
from statuary.conformance.reports.wording import printable
from statuary.conformance.waivers import apply, read_waivers

COULD_NOT_RUN = 2


def main(arguments: list[str]) -> int:
    """Run the command: 0 nothing is violated, 1 something is, 2 it could not be run."""
    options = _parser().parse_args(arguments)
    try:
        scenarios = choose(packaged(), only=options.only or (), codes=options.code or (), level=options.level)
        if not scenarios:
            return _failed("no scenario is like that; statuary check client --list shows them all")
        if options.list:
            lines = [f"{one.id:<44} {one.title}{f'  {list(one.codes)}' if one.codes else ''}" for one in scenarios]
            write("\n".join(lines) + "\n")
            return 0
        if options.client is None and options.pull is None:
            names = ", ".join(path.stem for path in shipped())
            return _failed(f"name a client ({names}), give a client file, or --pull for one that asks for its cases")
        report = asyncio.run(_check(scenarios, options))
        if options.waivers is not None:
            is_whole = not (options.only or options.code or options.level != "may")
            report = apply(report, read_waivers(options.waivers), datetime.now(UTC).date(), is_whole=is_whole)
        _write(report, options)
    except (CannotDrive, ClientError, ValueError) as error:
        return _failed(str(error))
    except OSError as error:
        return _failed(f"{error.filename or 'it failed'}: {error.strerror or error}")
    return exit_status(report, strict=options.strict)


def _failed(message: str) -> int:
    for line in message.split("\n"):
        print(f"statuary check client: {printable(line)}", file=sys.stderr)
    return COULD_NOT_RUN


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="statuary check client",
        description="Test an HTTP/1.1 client: what it does with each response, and whether the RFCs allow that.",
        epilog="exit status: 0 nothing is violated; 1 a MUST is (with --strict, a SHOULD); 2 it could not be run. "
        "docs/check-client.md tells more.",
    )
    parser.add_argument(
        "client", metavar="CLIENT", nargs="?", help="one that ships (curl, ...), or a client file (TOML)"
    )
    parser.add_argument(
        "--pull", type=int, metavar="PORT", help="wait on that port for a client that asks for its cases"
    )
    parser.add_argument("--python", metavar="PROGRAM", help="the interpreter that has a client written in Python")
    choice = parser.add_argument_group("what is played")
    choice.add_argument("--only", action="append", metavar="ID", help="scenarios with that id; may have * and ?")
    choice.add_argument("--code", action="append", type=int, metavar="NNN", help="scenarios about that status code")
    choice.add_argument("--level", choices=LEVELS, default="may", help="only what can break rules that strong")
    choice.add_argument("--list", action="store_true", help="list the scenarios, and exit")
    parser.add_argument(
        "--jobs", type=_positive, default=8, metavar="N", help="scenarios at once (default: %(default)s)"
    )
    said = parser.add_argument_group("what is said")
    said.add_argument("--json", metavar="FILE", help="write the report as JSON, for statuary report and statuary diff")
    add_options(said)
    said.add_argument("--waivers", type=Path, metavar="FILE", help="known departures, each with its reason (TOML)")
    said.add_argument("-v", "--verbose", action="store_true", help="show everything")
    said.add_argument("-q", "--quiet", action="store_true", help="no report on the terminal, only files")
    said.add_argument("--strict", action="store_true", help="exit status 1 for a SHOULD, too")
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 100:
        raise argparse.ArgumentTypeError("must be from 1 to 100")
    return number


async def _check(scenarios: Sequence[ClientScenario], options: argparse.Namespace) -> Report:
    if options.client is None:
        return await _pulled(scenarios, options)
    client = find_client(options.client)
    if options.python is not None:
        client = replace(client, python=options.python)
    if not client.is_installed():
        raise ClientError(f"{(client.loop or client.command)[0]} is not installed")
    version = version_of(client)
    if not client.loop:
        plan = Plan(scenarios, options.jobs)
        return await check(CommandDriver(client), client.name, version, plan, _progress(options))
    driver = PullDriver(client)
    try:
        await driver.open()
        return await check(driver, client.name, version, Plan(scenarios, client.workers), _progress(options))
    except CannotDrive as error:
        raise CannotDrive("\n".join(text for text in (str(error), driver.last_words()) if text)) from None
    finally:
        await driver.close()


async def _pulled(scenarios: Sequence[ClientScenario], options: argparse.Namespace) -> Report:
    driver = PullDriver()
    try:
        await driver.open(options.pull)
        print(f"Open {driver.url}/ in a browser, or have a loop ask {driver.url}/next", file=sys.stderr, flush=True)
        client = Client("a client that asks for its cases", can=driver.abilities)
        return await check(driver, client.name, "", Plan(scenarios, 1), _progress(options))
    finally:
        await driver.finish()
        await driver.close()


def _progress(options: argparse.Namespace) -> Progress | None:
    if options.quiet or not sys.stderr.isatty():
        return None

    def show(result: Result, done: int, all_of_them: int) -> None:
        end = "\r\x1b[K" if done == all_of_them else ""
        print(f"\r\x1b[K{done} of {all_of_them} {result.id[:60]}{end}", end="", file=sys.stderr, flush=True)

    return show


def _write(report: Report, options: argparse.Namespace) -> None:
    if options.json is not None:
        Path(options.json).write_text(write_json(report), "utf-8")
    printed = write_reports([report], options)
    if not options.quiet and not printed:
        write(terminal.render(report, colour=has_colour(), verbose=options.verbose))
