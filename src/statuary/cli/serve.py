"""``statuary serve``: a directory, or the exhibit, as an HTTP origin server."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace

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
from statuary.origin_server.access_log import AccessLog
from statuary.origin_server.hangup import Terminal
from statuary.origin_server.server import OriginServer, serve_until_signal
from statuary.origin_server.settings import Settings
from statuary.origin_server.site import Site
from statuary.origin_server.site_memory import SiteMemory
from statuary.origin_server.workers import run_workers


def main(arguments: list[str]) -> int:
    options = _parser().parse_args(arguments)
    logging.basicConfig(format="statuary: %(message)s", level=logging.WARNING)
    # Until the server takes over, these end it just as cleanly: what was made for it is removed again
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, frame: sys.exit(0))
    terminal = Terminal()
    try:
        with _directory(options) as directory:
            served = _Served(directory, options)
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})  # until it can be obeyed
            sockets = listening_sockets(options)
            _announce(options, sockets)
            work = _worker(options, served, sockets, terminal)
            if options.workers > 1:
                return run_workers(
                    options.workers, work, passes_on=(signal.SIGHUP,), agrees=lambda: _agrees(served, terminal)
                )
            work()
            return 0
    except CannotServe as error:
        print(f"statuary serve: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="statuary serve",
        description="Serve a directory over HTTP/1.1, with the right status code for the right reason.",
        epilog="A statuary.toml in the directory says what only its owner knows: what has moved, what is gone, who may "
        "see it; SIGHUP reads it anew. Without DIR, the exhibit is served: a site in which every status code is met at a URL "
        "of its own.",
    )
    parser.add_argument("directory", metavar="DIR", nargs="?", help="what to serve (default: the exhibit)")
    parser.add_argument("--host", default="127.0.0.1", help="address or name to listen on (default: %(default)s)")
    parser.add_argument("--port", type=port, default=8080, help="port, 0 for any free one (default: %(default)s)")
    parser.add_argument("--writable", action="store_true", help="allow PUT and DELETE")
    parser.add_argument("--workers", type=positive, default=1, metavar="N", help="processes (default: %(default)s)")
    parser.add_argument("--log", choices=("common", "json", "none"), default="common", help="access log, on stdout")
    parser.add_argument("--no-listing", action="store_true", help="do not list directories without index.html")
    parser.add_argument(
        "--loop", choices=("auto", "uvloop", "asyncio"), default="auto", help="event loop (default: %(default)s)"
    )
    limits = parser.add_argument_group("time-outs, in seconds")
    defaults = Settings()
    for name, meaning in (
        ("head-timeout", "for a request's header section"),
        ("idle-timeout", "between requests"),
        ("content-timeout", "without enough progress in content"),
        ("shutdown-timeout", "to finish exchanges when told to stop"),
    ):
        default = getattr(defaults, name.replace("-", "_"))
        limits.add_argument(
            f"--{name}", type=seconds, default=default, metavar="S", help=f"{meaning} (default: {default:g})"
        )
    parser.add_argument(
        "--max-connections", type=positive, default=defaults.most_connections, metavar="N", help="more get 503"
    )
    return parser


@contextlib.contextmanager
def _directory(options: argparse.Namespace) -> Iterator[str]:
    """What to serve."""
    if options.directory is not None:
        yield options.directory
        return
    from statuary.origin_server.exhibit import exhibit_directory

    with exhibit_directory() as directory:
        yield directory


class _Served:
    """The site that a directory is by its statuary.toml, and what the server is called by that. Raises CannotServe."""

    def __init__(self, directory: str, options: argparse.Namespace) -> None:
        self._directory = directory
        self._options = options
        self._memory = SiteMemory()
        self.site, self.name = self._read()

    def _read(self) -> tuple[Site, str | None]:
        from statuary.origin_server.configuration import ConfigurationError
        from statuary.origin_server.configured_site import ConfiguredSite, site_of

        directory, options = self._directory, self._options
        if not os.path.isdir(directory):
            raise CannotServe(f"{directory} is not a directory")
        # The exhibit has rules for what may be written to
        writable = options.writable and options.directory is not None
        listings = not options.no_listing or options.directory is None
        try:
            site = site_of(directory, writable=writable, listings=listings, memory=self._memory)
        except ConfigurationError as error:
            raise CannotServe(str(error)) from None
        try:
            site.prepare()
        except OSError as error:
            raise CannotServe(f"{directory} can't be written to: {error.strerror}") from None
        return site, site.server_name if isinstance(site, ConfiguredSite) else None

    def is_read_anew(self) -> bool:
        """False where something is wrong now, which is told to people: what was read before stays."""
        try:
            self.site, self.name = self._read()
        except (CannotServe, OSError) as error:
            tell(f"not reloaded: {error}")
            return False
        return True


def _announce(options: argparse.Namespace, sockets: list[socket.socket]) -> None:
    for listening in sockets:
        host, port = listening.getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        what = options.directory or "the exhibit"
        print(f"statuary: serving {what} at http://{shown}:{port}/ (stop with Ctrl-C)", file=sys.stderr, flush=True)


def _agrees(served: _Served, terminal: Terminal) -> bool:
    """Whether workers are to read the configuration anew: those that are still to be started have it from here."""
    if terminal.is_gone():
        signal.raise_signal(signal.SIGTERM)
        return False
    if not served.is_read_anew():
        return False
    tell("reloaded")
    return True


def _worker(
    options: argparse.Namespace, served: _Served, sockets: list[socket.socket], terminal: Terminal
) -> Callable[..., None]:
    settings = Settings(
        head_timeout=options.head_timeout,
        idle_timeout=options.idle_timeout,
        content_timeout=options.content_timeout,
        shutdown_timeout=options.shutdown_timeout,
        most_connections=options.max_connections,
    )

    def work(lifeline: int | None = None) -> None:
        raise_file_limit(settings.most_connections)
        own = replace(settings, server_name=served.name)
        server = OriginServer(served.site, own, log=AccessLog(options.log))

        async def renew() -> None:
            if not served.is_read_anew():
                return
            try:
                await server.renew(served.site, served.name)
            except OSError as error:
                tell(f"not reloaded: {error}")
                return
            if lifeline is None:
                # Among workers, their parent says so once
                tell("reloaded")

        with asyncio.Runner(loop_factory=loop_factory(options.loop)) as runner:
            runner.run(serve_until_signal(server, sockets, lifeline, renew, terminal.is_gone))

    return work
