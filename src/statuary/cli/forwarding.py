"""What ``statuary gateway`` and ``statuary proxy`` have in common: options of both, and running until told to stop."""

from __future__ import annotations

import argparse
import asyncio
import logging
import secrets
import shlex
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass

from statuary.cli.serving import (
    CannotServe,
    listening_sockets,
    loop_factory,
    port,
    positive,
    raise_file_limit,
    seconds,
    tell,
)
from statuary.intermediary.generations import serve_until_signal
from statuary.intermediary.server import Intermediary
from statuary.intermediary.settings import IntermediarySettings
from statuary.origin_server.access_log import AccessLog
from statuary.origin_server.hangup import Terminal
from statuary.origin_server.settings import Settings
from statuary.origin_server.workers import run_workers
from statuary.user_agent.timeouts import Timeouts


@dataclass(frozen=True, slots=True)
class Place:
    """What does not change while the program runs: its name in Via, if the options have none, and where it listens."""

    name: str
    authorities: list[str]


Make = Callable[[argparse.Namespace, Place, AccessLog], Intermediary]
"""Makes the intermediary that the options describe. Raises CannotServe, ValueError."""


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
        "--cache",
        nargs="?",
        const=":memory:",
        metavar="FILE",
        help="keep responses and use them again (RFC 9111): in memory, or in a file",
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
    parser.add_argument(
        "--drop-half-closed",
        action="store_true",
        help="take a client that closes its sending side for gone, and its request back from the server",
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
        drops_half_closed=options.drop_half_closed,
    )


class ForwardingParser(argparse.ArgumentParser):
    """Takes ``@FILE`` for the options in a file, as in a shell, with comments: what SIGHUP reads anew."""

    def __init__(self, **about: str) -> None:
        super().__init__(**about, fromfile_prefix_chars="@")  # type: ignore[arg-type]

    def convert_arg_line_to_args(self, arg_line: str) -> list[str]:
        return shlex.split(arg_line, comments=True)


def run(parser: argparse.ArgumentParser, arguments: list[str], make: Make) -> int:
    """Listen, and forward until SIGTERM or SIGINT; the exit status. Raises CannotServe, ValueError for bad options."""
    logging.basicConfig(format="statuary: %(message)s", level=logging.WARNING)
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
    terminal = Terminal()
    # Another each time, since two of the same name would take each other for a loop
    name = f"statuary-{secrets.token_hex(4)}"
    # What is wrong with the options is said before anything is opened
    make(options, Place(name, []), AccessLog("none")).close()
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})  # until it can be obeyed
    sockets = listening_sockets(options)
    place = Place(name, [_authority(listening) for listening in sockets])
    for authority in place.authorities:
        print(f"statuary: {_said(options)} at http://{authority}/ (stop with Ctrl-C)", file=sys.stderr, flush=True)
    renewal = _Renewal(parser, arguments, options, lambda read: make(read, place, AccessLog(read.log)))

    def work(lifeline: int | None = None) -> None:
        # A connection out for each that comes in
        raise_file_limit(2 * options.max_connections)
        if lifeline is not None:
            renewal.is_of_worker()
        with asyncio.Runner(loop_factory=loop_factory(options.loop)) as runner:
            runner.run(serve_until_signal(renewal.make, sockets, lifeline, terminal.is_gone))

    def agrees() -> bool:
        if terminal.is_gone():
            signal.raise_signal(signal.SIGTERM)
            return False
        return renewal.is_right()

    if options.workers > 1:
        return run_workers(options.workers, work, passes_on=(signal.SIGHUP,), agrees=agrees)
    work()
    return 0


def _said(options: argparse.Namespace) -> str:
    """What it does, for the line that it starts with."""
    return f"forwarding to {', '.join(options.to)}" if "to" in options else "proxy"


def _read(parser: argparse.ArgumentParser, arguments: list[str]) -> argparse.Namespace | None:
    """The options as they are now; None where the parser has said what is wrong with them."""
    try:
        return parser.parse_args(arguments)
    except SystemExit:
        return None


class _Renewal:
    """Makes the first intermediary from the options, and the others from what the files among them say by then."""

    def __init__(
        self,
        parser: argparse.ArgumentParser,
        arguments: list[str],
        options: argparse.Namespace,
        make: Callable[[argparse.Namespace], Intermediary],
    ) -> None:
        self._parser = parser
        self._arguments = arguments
        self._options = options  # those that were right
        self._is_first = True
        self._fixed = {name: getattr(options, name) for name in ("host", "port", "workers", "loop")}
        self._make = make
        self._tell = tell

    def is_of_worker(self) -> None:
        """It begins as the others are by now; people hear from its parent."""
        self._is_first = True
        self._tell = lambda what: None

    def make(self) -> Intermediary | None:
        """None where something is wrong with them: whoever is there goes on."""
        if self._is_first:
            self._is_first = False
            return self._make(self._options)
        read = _read(self._parser, self._arguments)
        if read is None:
            self._tell("not reloaded")
            return None
        try:
            made = self._make(read)
        except (CannotServe, ValueError, OSError) as error:
            self._tell(f"not reloaded: {error}")
            return None
        self._options = read
        changed = [name for name, value in self._fixed.items() if getattr(read, name) != value]
        self._tell(f"reloaded, but for --{', --'.join(changed)}" if changed else "reloaded")
        return made

    def is_right(self) -> bool:
        """Whether another could be made now; people are told in either case."""
        self._is_first = False
        made = self.make()
        if made is not None:
            made.close()
        return made is not None


def _authority(listening: socket.socket) -> str:
    host, number = listening.getsockname()[:2]
    return f"[{host}]:{number}" if ":" in host else f"{host}:{number}"
