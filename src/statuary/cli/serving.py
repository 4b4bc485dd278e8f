"""What the commands that serve have in common: options of one kind, sockets, the event loop, and words to people."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import errno
import os
import resource
import socket
from collections.abc import Callable

from statuary.origin_server.server import listen


class CannotServe(Exception):  # noqa: N818
    """What was asked for can't be done; the message says what is wrong and what to do."""


def port(text: str) -> int:
    number = _whole(text)
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"a port is between 0 and 65535, not {number}")
    return number


def positive(text: str) -> int:
    number = _whole(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, not {number}")
    return number


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a whole number, not {text!r}") from None


def seconds(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a number of seconds, not {text!r}") from None
    if not 0 < number < 1e6:
        raise argparse.ArgumentTypeError(f"must be more than 0 and less than a million seconds, not {text}")
    return number


def tell(what: str) -> None:
    """On standard error, in one piece: workers share the terminal, and a signal may come at any time."""
    with contextlib.suppress(OSError):
        os.write(2, f"statuary: {what}\n".encode(errors="backslashreplace"))


def listening_sockets(options: argparse.Namespace) -> list[socket.socket]:
    try:
        return listen(options.host, options.port)
    except OSError as error:
        in_use = error.errno == errno.EADDRINUSE
        hint = "; is another server running there? Choose another --port" if in_use else ""
        raise CannotServe(f"can't listen on {options.host} port {options.port}: {error.strerror}{hint}") from None


def raise_file_limit(connections: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + 256
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def loop_factory(choice: str) -> Callable[[], asyncio.AbstractEventLoop] | None:
    if choice == "asyncio":
        return None
    try:
        import uvloop
    except ImportError:
        if choice == "uvloop":
            raise CannotServe("uvloop is not installed: pip install 'statuary[fast]'") from None
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory
