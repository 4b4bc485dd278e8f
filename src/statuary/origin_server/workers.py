"""Several processes on one port: each takes connections from the same listening sockets, and is replaced if it dies."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Collection, Iterator

SIGNALS = (signal.SIGTERM, signal.SIGINT)


def run_workers(
    count: int,
    work: Callable[[int], None],
    passes_on: Collection[signal.Signals] = (),
    agrees: Callable[[], bool] = lambda: True,
) -> int:
    """Run ``work`` in ``count`` child processes until SIGTERM or SIGINT, then let them finish; the exit status.

    Each is given a lifeline: a file descriptor that ends when this process does, however it does. A worker that dies is
    started anew; one that dies within a second of its start ends the whole, since it would again. Signals that it
    ``passes_on`` go to each worker if it ``agrees``, which is asked here each time; there they are blocked until it has a
    handler and unblocks them.
    """
    stopping = False
    workers: dict[int, float] = {}
    lifeline = os.pipe()

    def stop(number: int, frame: object) -> None:
        nonlocal stopping
        stopping = True
        for worker in list(workers):
            with contextlib.suppress(ProcessLookupError):
                os.kill(worker, signal.SIGTERM)

    def pass_on(number: int, frame: object) -> None:
        if not agrees():
            return
        for worker in list(workers):
            with contextlib.suppress(ProcessLookupError):
                os.kill(worker, number)

    def start() -> None:
        # Between a worker's birth and its being known, a signal would miss it
        with _held_back({*SIGNALS, *passes_on}):
            workers[_fork(work, lifeline)] = time.monotonic()

    for number in SIGNALS:
        signal.signal(number, stop)
    for number in passes_on:
        signal.signal(number, pass_on)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, passes_on)
    for _ in range(count):
        if not stopping:
            start()
    status = 0
    while workers:
        try:
            worker, how = os.wait()
        except ChildProcessError:
            break
        started = workers.pop(worker, None)
        if started is None or stopping:
            continue
        if time.monotonic() - started < 1:
            print("statuary: a worker ended right after its start; giving up", file=sys.stderr)
            status = 1
            stop(signal.SIGTERM, None)
        else:
            print(f"statuary: a worker ended ({how}); starting another", file=sys.stderr)
            start()
    return status


@contextlib.contextmanager
def _held_back(signals: Collection[signal.Signals]) -> Iterator[None]:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _fork(work: Callable[[int], None], lifeline: tuple[int, int]) -> int:
    process = os.fork()
    if process:
        return process
    os.close(lifeline[1])
    for number in SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
    status = 1
    try:
        work(lifeline[0])
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
