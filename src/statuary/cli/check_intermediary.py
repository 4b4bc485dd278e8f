"""``statuary check gateway`` and ``statuary check proxy``: plays scenarios from both sides, and reports each verdict."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

from statuary.cli.checking import add_choice, add_reports, jobs, progress, show_list, timeout, waived, write_all
from statuary.cli.failing import fail
from statuary.conformance.channel import SocketPeer
from statuary.conformance.choosing import choose
from statuary.conformance.exchanging import Bounds
from statuary.conformance.fetch import target_of
from statuary.conformance.intermediary.playing import Setting
from statuary.conformance.intermediary.run import CannotCheck, Plan, check
from statuary.conformance.intermediary.scenario import ForwardingScenario, Role
from statuary.conformance.intermediary.scenario_files import packaged
from statuary.conformance.intermediary.subject import read_subject
from statuary.conformance.intermediary.upstream import ScriptedUpstream
from statuary.conformance.process import CannotStart, started, version_of
from statuary.conformance.report import Report, exit_status
from statuary.conformance.run import Known
from statuary.conformance.subject import Subject

_UPSTREAM = 8090
_ABOUT = {
    "gateway": "Test a gateway (reverse proxy) from both sides: what it passes on, and what it answers itself.",
    "proxy": "Test a forward proxy from both sides: what it passes on, and what it answers itself.",
}


def main(role: Role, arguments: list[str]) -> int:
    """Run the command: 0 nothing is violated, 1 something is, 2 it could not be run."""
    options = _parser(role).parse_args(arguments)
    try:
        ours = [scenario for scenario in packaged() if role in scenario.roles]
        scenarios = choose(ours, only=options.only or (), codes=options.code or (), level=options.level)
        if not scenarios:
            return fail(f"check {role}", f"no scenario is like that; statuary check {role} --list shows them all")
        if options.list:
            return show_list(scenarios)
        report = waived(asyncio.run(_check(role, _subject(role, options), scenarios, options)), options)
        write_all(report, options)
    except (CannotCheck, CannotStart, ValueError, OSError) as error:
        return fail(f"check {role}", error)
    return exit_status(report, strict=options.strict)


def _parser(role: Role) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"statuary check {role}",
        description=_ABOUT[role],
        epilog=f"Without arguments statuary {role} is started and checked. "
        "exit status: 0 nothing is violated; 1 a MUST is (with --strict, a SHOULD); 2 it could not be run. "
        "docs/check-gateway.md tells more.",
    )
    parser.add_argument("url", metavar="URL", nargs="?", help="where it is")
    parser.add_argument("--subject", type=Path, metavar="FILE", help="what it offers, and how to start it (TOML)")
    if role == "gateway":
        parser.add_argument(
            "--upstream",
            type=_port,
            metavar="PORT",
            help=f"the port of 127.0.0.1 that it passes requests on to (default: {_UPSTREAM})",
        )
    add_choice(parser)
    how = parser.add_argument_group("how it is played")
    how.add_argument("--jobs", type=jobs, default=16, metavar="N", help="scenarios at once (default: %(default)s)")
    how.add_argument("--timeout", type=timeout, default=2.0, metavar="S", help="for an answer (default: %(default)g s)")
    add_reports(parser)
    return parser


def _port(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 65535:
        raise argparse.ArgumentTypeError("must be from 1 to 65535")
    return number


def _subject(role: Role, options: argparse.Namespace) -> Subject:
    if options.subject is not None:
        return read_subject(options.subject, role, url=options.url)
    if options.url is not None:
        target_of(options.url)
        return Subject(name=options.url, url=options.url)
    with resources.as_file(resources.files("statuary.conformance.intermediary") / f"{role}.toml") as path:
        return read_subject(path, role)


async def _check(
    role: Role, subject: Subject, scenarios: Sequence[ForwardingScenario], options: argparse.Namespace
) -> Report:
    upstream = ScriptedUpstream()
    try:
        # A subject that runs already knows where its upstream is
        await upstream.open(_port_of_upstream(role, subject, options))
        async with started(subject, upstream=str(upstream.port)) as url:
            target = target_of(url)
            host = f"{target.host}:{target.port}"
            peer = SocketPeer(target.host, target.port)
            setting = Setting(role, peer, host, upstream, Bounds(options.timeout), {})
            known = Known(subject.name, url, version_of(subject), subject.facts)
            return await check(setting, known, Plan(scenarios, options.jobs), progress(options))
    finally:
        await upstream.close()


def _port_of_upstream(role: Role, subject: Subject, options: argparse.Namespace) -> int:
    if role == "proxy":
        return 0
    return options.upstream or (0 if subject.start else _UPSTREAM)
