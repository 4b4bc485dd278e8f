"""Several processes on one port: each takes connections from the same listening sockets, and is replaced if it dies."""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from collections.abc import Callable


def run_workers(count: int, work: Callable[[], None]) -> int:
    """Run ``work`` in ``count`` child processes until SIGTERM or SIGINT, then let them finish; the exit status.

    A worker that dies is started anew; one that dies within a second of its start ends the whole, since it would again.
    """
    stopping = False
    workers: dict[int, float] = {}

    def stop(number: int, frame: object) -> None:
        nonlocal stopping
        stopping = True
        for worker in list(workers):
            os.kill(worker, signal.SIGTERM)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    for _ in range(count):
        workers[_start(work)] = time.monotonic()
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
            workers[_start(work)] = time.monotonic()
            if stopping:
                stop(signal.SIGTERM, None)
    return status


def _start(work: Callable[[], None]) -> int:
    process = os.fork()
    if process:
        return process
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    status = 1
    try:
        work()
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
