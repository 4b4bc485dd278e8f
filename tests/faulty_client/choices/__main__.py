"""What the checker reports of clients that are right in another way: ``python -m tests.faulty_client.choices``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

from . import CHOICES
from .playing import alarms_of


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what is reported of each choice, and of what scenario it is. Returns 1 if there was a false alarm."""
    parser = argparse.ArgumentParser(prog="python -m tests.faulty_client.choices", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="choices to make; each of all if none is named")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--list", action="store_true", help="print all choices, and stop")
    options = parser.parse_args(arguments)
    if options.list:
        for choice in CHOICES.values():
            print(f"{choice.name:34} {choice.sentence} ({choice.permitted})")
        return 0
    names = options.names or list(CHOICES)
    count = 0
    with ProcessPoolExecutor(options.processes) as pool:
        for name, found in zip(names, pool.map(alarms_of, names), strict=True):
            count += len(found)
            print("\n".join((f"{name}:", *(f"  {line}" for line in found))) if found else f"{name}: none", flush=True)
    print(f"{len(names)} choices, {count} false alarms")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
