"""Run the server, right or with a fault: ``python -m tests.faulty_server --port 8080 --fault no-allow``."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence
from types import FrameType

from .connection import Listener
from .faults import FAULTS, origin_with
from .site import World


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM; the URL is printed when it listens."""
    parser = argparse.ArgumentParser(prog="python -m tests.faulty_server", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--fault", choices=sorted(FAULTS), metavar="NAME", help="the fault to plant (see --list)")
    parser.add_argument("--patience", type=float, default=1.0, help="seconds that a request may take to arrive")
    parser.add_argument("--trace", action="store_true", help="allow TRACE")
    parser.add_argument("--list", action="store_true", help="print all faults, and stop")
    options = parser.parse_args(arguments)
    if options.list:
        for fault in FAULTS.values():
            print(f"{fault.name:32} {fault.requirement:18} {fault.level:10} {fault.sentence}")
        return 0
    signal.signal(signal.SIGTERM, _leave)
    world = World(traces=options.trace, patience=options.patience)
    with Listener(origin_with(options.fault), world, options.port) as listener:
        print(f"http://127.0.0.1:{listener.port}/", flush=True)
        listener.serve_forever()
    return 0


def _leave(signal_number: int, frame: FrameType | None) -> None:
    sys.exit(0)


if __name__ == "__main__":
    sys.exit(main())
