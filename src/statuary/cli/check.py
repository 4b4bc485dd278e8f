"""``statuary check``: test a server on the wire, scenario by scenario; with nothing named, the exhibit."""

from __future__ import annotations

import argparse
import asyncio
import signal
import ssl
import sys
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from types import FrameType

from statuary.cli.checking import add_choice, add_reports, jobs, progress, show_list, timeout, waived, write_all
from statuary.cli.failing import fail
from statuary.cli.output import write
from statuary.conformance.channel import SocketPeer
from statuary.conformance.choosing import choose
from statuary.conformance.discovery import Unreachable
from statuary.conformance.drafting import draft
from statuary.conformance.exchanging import Bounds
from statuary.conformance.fetch import target_of
from statuary.conformance.process import CannotStart, started, version_of
from statuary.conformance.report import Report, exit_status
from statuary.conformance.run import Known, Plan, run
from statuary.conformance.scenario import Scenario
from statuary.conformance.scenario_files import packaged
from statuary.conformance.subject import Subject, read_subject

EXHIBIT = "statuary-check.html"


class _Unusable(Exception):  # noqa: N818
    """What was asked for can't be done; the message says what is wrong and what to do."""


def main(arguments: list[str]) -> int:
    """Run the command: 0 nothing is violated, 1 something is, 2 it could not be run."""
    ended: list[int] = []

    def end(number: int, frame: FrameType | None) -> None:
        # As Ctrl-C does, which ends tasks in order: what was started is ended too
        ended.append(number)
        interrupt = signal.getsignal(signal.SIGINT)
        if not callable(interrupt):
            sys.exit(128 + number)
        interrupt(signal.SIGINT, frame)

    # Not if it was told to stay when its terminal goes, as by nohup
    numbers = [one for one in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(one) is not signal.SIG_IGN]
    before = [(one, signal.signal(one, end)) for one in numbers]
    try:
        if arguments[:1] == ["client"]:
            from statuary.cli import check_client

            return check_client.main(arguments[1:])
        if arguments[:1] in (["gateway"], ["proxy"]):
            from statuary.cli import check_intermediary

            return check_intermediary.main("gateway" if arguments[0] == "gateway" else "proxy", arguments[1:])
        return _run(_parser().parse_intermixed_args(arguments))
    except KeyboardInterrupt:
        if not ended:
            raise
        return 128 + ended[0]
    finally:
        for number, handler in before:
            signal.signal(number, handler)


def _run(options: argparse.Namespace) -> int:
    try:
        scenarios = choose(packaged(), only=options.only or (), codes=options.code or (), level=options.level)
        if not scenarios:
            raise _Unusable("no scenario is like that; statuary check --list shows them all")
        if options.list:
            return show_list(scenarios)
        if options.describe:
            return _describe(options)
        subject = _subject(options)
        if _is_of_the_exhibit(options) and options.html is None and not options.quiet:
            options.html = EXHIBIT
        report = waived(asyncio.run(_check(subject, scenarios, options)), options)
        if write_all(report, options) and _is_of_the_exhibit(options):
            write(f"\nThe whole report is in {options.html}.\n")
    except (_Unusable, Unreachable, CannotStart, ValueError, OSError) as error:
        return fail("check", error)
    return exit_status(report, strict=options.strict)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="statuary check",
        description="Test an HTTP/1.1 server on the wire: what it answers to each scenario, and whether the RFCs allow that.",
        epilog="Without arguments the exhibit is started and checked, and statuary-check.html written. "
        "For others see: statuary check client --help, check gateway --help, check proxy --help. "
        "exit status: 0 nothing is violated; 1 a MUST is (with --strict, a SHOULD); 2 it could not be run. "
        "docs/check.md tells more.",
    )
    parser.add_argument("kind", type=_kind, metavar="server", nargs="?", help="what is checked")
    parser.add_argument("url", metavar="URL", nargs="?", help="where it is; its path is a file to work with")
    parser.add_argument("--subject", type=Path, metavar="FILE", help="what the server has, and how to start it (TOML)")
    parser.add_argument("--describe", action="store_true", help="draft a subject file for URL, and exit")
    add_choice(parser)
    how = parser.add_argument_group("how it is played")
    how.add_argument("--jobs", type=jobs, default=16, metavar="N", help="scenarios at once (default: %(default)s)")
    how.add_argument("--timeout", type=timeout, default=2.0, metavar="S", help="for an answer (default: %(default)g s)")
    how.add_argument("--insecure", action="store_true", help="take any certificate of an https URL")
    add_reports(parser)
    return parser


def _kind(text: str) -> str:
    if text in ("client", "gateway", "proxy"):
        raise argparse.ArgumentTypeError(f"options for it come after: statuary check {text} ...")
    if text != "server":
        raise argparse.ArgumentTypeError(f"say what is checked: server, client, gateway or proxy, not {text!r}")
    return text


def _describe(options: argparse.Namespace) -> int:
    if options.url is None:
        raise _Unusable("--describe needs a URL: statuary check server --describe http://127.0.0.1:8080/")
    peer = _peer(options.url, options)
    write(asyncio.run(draft(options.url, peer, Bounds(options.timeout))))
    return 0


def _subject(options: argparse.Namespace) -> Subject:
    if options.subject is not None:
        return read_subject(options.subject, url=options.url)
    if options.url is not None:
        target_of(options.url)
        return Subject(name=options.url, url=options.url)
    with resources.as_file(resources.files("statuary.conformance") / "exhibit.toml") as path:
        return read_subject(path)


async def _check(subject: Subject, scenarios: Sequence[Scenario], options: argparse.Namespace) -> Report:
    plan = Plan(scenarios, options.jobs, Bounds(options.timeout))
    async with started(subject) as url:
        known = Known(subject.name, url, version_of(subject), subject.facts)
        return await run(_peer(url, options), known, plan, progress(options))


def _peer(url: str, options: argparse.Namespace) -> SocketPeer:
    target = target_of(url)
    return SocketPeer(target.host, target.port, _context(target.scheme, options))


def _context(scheme: str, options: argparse.Namespace) -> ssl.SSLContext | None:
    if scheme != "https":
        return None
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    if options.insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _is_of_the_exhibit(options: argparse.Namespace) -> bool:
    return options.subject is None and options.url is None
