"""Times the import of the registry, and a whole `explain`: `python -m benchmarks.registry_import --help`.

Each time is of a fresh process; the two that are compared take turns. The import is timed inside its process, so that
the interpreter's own start is left out; `explain` is timed from outside, beside a Python that does nothing.
"""

import argparse
import os
import subprocess
import sys
import sysconfig
import time
from pathlib import Path
from statistics import median

REQUIRED, AIM = 1.0, 0.5
"""Targets for the time of the import, as a part of the time that `http`, with its HTTPStatus, takes."""

TIME_IMPORT = "from time import perf_counter_ns as now; t = now(); import {module}; print(now() - t)"

# Without compiled modules on disk, the compiler would be timed
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def import_milliseconds(module: str) -> float:
    said = subprocess.run(
        [sys.executable, "-c", TIME_IMPORT.format(module=module)],
        capture_output=True,
        text=True,
        check=True,
        env=ENVIRONMENT,
    ).stdout
    return int(said) / 1_000_000


def process_milliseconds(argv: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(argv, stdout=subprocess.DEVNULL, check=True, env=ENVIRONMENT)
    return (time.perf_counter() - started) * 1000


def statuary_command() -> list[str]:
    installed = Path(sysconfig.get_path("scripts")) / "statuary"
    return [str(installed)] if installed.exists() else [sys.executable, "-m", "statuary"]


def verdict(ratio: float) -> str:
    if ratio <= AIM:
        return "aim reached"
    return "required met" if ratio <= REQUIRED else "missed"


def main() -> int:
    """Exit status: 0 if the required ratio is met, 1 if not, 2 if a process that is timed fails."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.registry_import", description=__doc__)
    parser.add_argument("--rounds", type=int, default=40)
    options = parser.parse_args()

    explain, nothing = [*statuary_command(), "explain", "416"], [sys.executable, "-c", "pass"]
    ours: list[float] = []
    theirs: list[float] = []
    explained: list[float] = []
    did_nothing: list[float] = []
    for number in range(-2, options.rounds):
        try:
            taken = (
                import_milliseconds("statuary.status"),
                import_milliseconds("http"),
                process_milliseconds(explain),
                process_milliseconds(nothing),
            )
        except subprocess.CalledProcessError as why:
            print(why, file=sys.stderr)
            return 2
        # The first rounds compile, and read from disk
        if number >= 0:
            for times, one in zip((ours, theirs, explained, did_nothing), taken, strict=True):
                times.append(one)
    ratio = median(ours) / median(theirs)
    print(f"import statuary.status  {median(ours):7.2f} ms")
    print(f"import http             {median(theirs):7.2f} ms")
    print(f"ratio                   {ratio:7.2f}     required {REQUIRED}, aim {AIM}: {verdict(ratio)}")
    print(f"statuary explain 416    {median(explained):7.2f} ms, whole process")
    print(f"python -c pass          {median(did_nothing):7.2f} ms, whole process")
    print(f"difference              {median(explained) - median(did_nothing):7.2f} ms")
    return 0 if ratio <= REQUIRED else 1


if __name__ == "__main__":
    sys.exit(main())
