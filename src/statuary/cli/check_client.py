"""``statuary check client``: plays scenarios on a client, with the checker as the server, and reports each verdict."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from dataclasses import replace

from statuary.cli.checking import add_choice, add_reports, jobs, progress, show_list, waived, write_all
from statuary.cli.failing import fail
from statuary.conformance.choosing import choose
from statuary.conformance.client.client_file import Client, ClientError, find_client, shipped
from statuary.conformance.client.driver import CommandDriver, version_of
from statuary.conformance.client.pull import PullDriver
from statuary.conformance.client.run import CannotDrive, Plan, check
from statuary.conformance.client.scenario import ClientScenario
from statuary.conformance.client.scenario_files import packaged
from statuary.conformance.report import Report, exit_status


def main(arguments: list[str]) -> int:
    """Run the command: 0 nothing is violated, 1 something is, 2 it could not be run."""
    options = _parser().parse_args(arguments)
    try:
        scenarios = choose(packaged(), only=options.only or (), codes=options.code or (), level=options.level)
        if not scenarios:
            return fail("check client", "no scenario is like that; statuary check client --list shows them all")
        if options.list:
            return show_list(scenarios)
        if options.client is None and options.pull is None:
            names = ", ".join(path.stem for path in shipped())
            return fail(
                "check client",
                f"name a client ({names}), give a client file, or --pull for one that asks for its cases",
            )
        report = waived(asyncio.run(_check(scenarios, options)), options)
        write_all(report, options)
    except (CannotDrive, ClientError, ValueError, OSError) as error:
        return fail("check client", error)
    return exit_status(report, strict=options.strict)


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
    add_choice(parser)
    parser.add_argument("--jobs", type=jobs, default=8, metavar="N", help="scenarios at once (default: %(default)s)")
    add_reports(parser)
    return parser


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
        return await check(CommandDriver(client), client.name, version, plan, progress(options))
    driver = PullDriver(client)
    try:
        await driver.open()
        return await check(driver, client.name, version, Plan(scenarios, client.workers), progress(options))
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
        return await check(driver, client.name, "", Plan(scenarios, 1), progress(options))
    finally:
        await driver.finish()
        await driver.close()
