"""What the signals of a program that serves ask for."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable


def obey(
    stop: Callable[[], object],
    abort: Callable[[], object],
    lifeline: int | None = None,
    renew: Callable[[], object] | None = None,
    is_hung_up: Callable[[], bool] = lambda: False,
) -> None:
    """Have SIGTERM and SIGINT ``stop``, and a second one of its kind ``abort`` what is still in flight.

    ``lifeline`` is a file descriptor whose end is taken for a SIGTERM: whoever was to send that is gone. Where one can
    ``renew``, SIGHUP asks for it, also one that came while blocked; if it ``is_hung_up``, SIGHUP is taken for a SIGTERM.
    """
    loop = asyncio.get_running_loop()
    seen: set[int] = set()

    def told(number: int) -> None:
        # Of its kind: among workers, Ctrl-C comes as SIGINT from the terminal and as SIGTERM from the parent
        if number in seen:
            abort()
        seen.add(number)
        stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told, number)
    if lifeline is not None:
        end = lifeline

        def cut_off() -> None:
            loop.remove_reader(end)
            told(signal.SIGTERM)

        loop.add_reader(end, cut_off)
    if renew is not None:
        again = renew
        loop.add_signal_handler(signal.SIGHUP, lambda: told(signal.SIGTERM) if is_hung_up() else again())
        loop.call_soon(signal.pthread_sigmask, signal.SIG_UNBLOCK, {signal.SIGHUP})
