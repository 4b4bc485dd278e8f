"""What ``statuary gateway`` and ``statuary proxy`` have in common: options of both, and running until told to stop."""

from __future__ import annotations

import argparse
import asyncio
import logging
import secrets
import signal
import socket
import sys
from collections.abc import Callable

from statuary.cli.serve import listening_sockets, loop_factory, port, positive, raise_file_limit, seconds
from statuary.intermediary.server import Intermediary
from statuary.intermediary.settings import IntermediarySettings
from statuary.origin_server.access_log import AccessLog
from statuary.origin_server.server import serve_until_signal
from statuary.origin_server.settings import Settings
from statuary.origin_server.workers import run_workers
from statuary.user_agent.timeouts import Timeouts

Make = Callable[[IntermediarySettings, AccessLog, list[str]], Intermediary]
"""Makes the intermediary; the last are the authorities at which it listens."""


def add_common_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address or name to listen on (default: %(default)s)")
    parser.add_argument("--port", type=port, default=8080, help="port, 0 for any free one (default: %(default)s)")
    parser.add_argument("--workers", type=positive, default=1, metavar="N", help="processes (default: %(default)s)")
    parser.add_argument("--log", choices=("common", "json", "none"), default="common", help="access log, on stdout")
    parser.add_argument(
        "--name", default=None, help="pseudonym in Via, by which loops are found (default: one of its own each time)"
    )
    parser.add_argument(
        "--upgrade",
        action="append",
        metavar="PROTOCOL",
        help="a protocol that connections may switch to; repeatable (default: websocket)",
    )
    parser.add_argument(
        "--loop", choices=("auto", "uvloop", "asyncio"), default="auto", help="event loop (default: %(default)s)"
    )
    limits = parser.add_argument_group("time-outs, in seconds")
    for name, default, meaning in (
        ("head-timeout", 10.0, "for a request's header section"),
        ("idle-timeout", 60.0, "between requests"),
        ("content-timeout", 20.0, "without enough progress in a request's content"),
        ("connect-timeout", 5.0, "for a connection to the next server"),
        ("answer-timeout", 60.0, "for the beginning of its response, and between parts of it"),
        ("tunnel-timeout", 300.0, "of silence in a tunnel"),
        ("shutdown-timeout", 10.0, "to finish exchanges when told to stop"),
    ):
        limits.add_argument(
            f"--{name}", type=seconds, default=default, metavar="S", help=f"{meaning} (default: {default:g})"
        )
    parser.add_argument("--max-connections", type=positive, default=8192, metavar="N", help="more get 503")
    parser.add_argument(
        "--max-content", type=positive, metavar="OCTETS", help="more in a request gets 413 (default: any number)"
    )


def settings_of(options: argparse.Namespace) -> IntermediarySettings:
    return IntermediarySettings(
        client=Settings(
            head_timeout=options.head_timeout,
            idle_timeout=options.idle_timeout,
            content_timeout=options.content_timeout,
            shutdown_timeout=options.shutdown_timeout,
            most_connections=options.max_connections,
        ),
        timeouts=Timeouts(
            connect=options.connect_timeout,
            tls=options.connect_timeout,
            first_octet=options.answer_timeout,
            between_octets=options.answer_timeout,
            for_connection=options.connect_timeout,
        ),
        tunnel_idle=options.tunnel_timeout,
    )


def name_of(options: argparse.Namespace) -> str:
    """The name in Via: another each time, since two of the same would take each other for a loop."""
    return options.name or f"statuary-{secrets.token_hex(4)}"


def run(options: argparse.Namespace, what: str, make: Make) -> int:
    """Listen, and forward until SIGTERM or SIGINT; the exit status. Raises CannotServe, ValueError for bad options."""
    logging.basicConfig(format="statuary: %(message)s", level=logging.WARNING)
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
    settings = settings_of(options)
    make(settings, AccessLog("none"), []).close()  # what is wrong with the options is said before anything is opened
    sockets = listening_sockets(options)
    authorities = [_authority(listening) for listening in sockets]
    for authority in authorities:
        print(f"statuary: {what} at http://{authority}/ (stop with Ctrl-C)", file=sys.stderr, flush=True)

    def work(lifeline: int | None = None) -> None:
        # A connection out for each that comes in
        raise_file_limit(2 * settings.client.most_connections)
        intermediary = make(settings, AccessLog(options.log), authorities)
        with asyncio.Runner(loop_factory=loop_factory(options.loop)) as runner:
            runner.run(serve_until_signal(intermediary, sockets, lifeline))

    if options.workers > 1:
        return run_workers(options.workers, work)
    work()
    return 0


def _authority(listening: socket.socket) -> str:
    host, number = listening.getsockname()[:2]
    return f"[{host}]:{number}" if ":" in host else f"{host}:{number}"
