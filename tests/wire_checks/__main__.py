"""Run the checks against any server that is already running: `python -m tests.wire_checks --port 8080 --root DIR`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from . import checks
from .client import Deviation
from .registry import Check, in_order
from .site import Site, make_site


def verdict(check: Check, site: Site) -> str | None:
    """What was wrong, or None."""
    try:
        check.run(site)
    except Deviation as deviation:
        return str(deviation)
    except OSError as error:
        return f"no connection: {error}"
    return None


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line for each check that fails (or for all), and the counts. Returns 1 if a requirement was not met."""
    parser = argparse.ArgumentParser(prog="python -m tests.wire_checks", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--root", type=Path, help="the directory it serves, to look for what changed beside it")
    parser.add_argument("--make-site", type=Path, metavar="PARENT", help="make the directory PARENT/site, and stop")
    parser.add_argument("--only", default="", help="run the checks whose id contains this")
    parser.add_argument(
        "--without", default="", help="leave out what the server is not set up for: writes,languages,..."
    )
    parser.add_argument("--no-choices", action="store_true", help="leave out what the RFCs leave open")
    parser.add_argument("--all", action="store_true", help="print the checks that pass, too")
    options = parser.parse_args(arguments)
    if options.make_site is not None:
        print(make_site(options.make_site))
        return 0
    lacking = frozenset(filter(None, options.without.split(",")))
    site = Site(options.host, options.port, options.root)
    counts = {"passed": 0, "failed": 0, "another choice": 0, "left out": 0}
    for check in in_order():
        if options.only not in check.id:
            continue
        if check.needs & lacking or (check.choice and options.no_choices):
            counts["left out"] += 1
            continue
        reason = verdict(check, site)
        kind = "passed" if reason is None else "another choice" if check.choice else "failed"
        counts[kind] += 1
        if reason is not None or options.all:
            print(f"{kind:14}  {check.id:45}  {reason or check.sentence}")
    print(", ".join(f"{count} {kind}" for kind, count in counts.items()))
    return 1 if counts["failed"] else 0


assert checks.__all__, "the checks register themselves when they are imported"

if __name__ == "__main__":
    sys.exit(main())
