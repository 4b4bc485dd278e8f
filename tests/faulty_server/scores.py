"""What the checker finds of each fault, and what it reports of the correct server: ``python -m tests.faulty_server.scores``."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from statuary.conformance.channel import SocketPeer
from statuary.conformance.report import Report, Result
from statuary.conformance.run import Known, Plan, run
from statuary.conformance.scenario_files import packaged
from statuary.conformance.subject import read_subject

from .connection import Listener
from .faults import FAULTS, Fault, origin_with
from .site import World

SUBJECT = Path(__file__).with_name("subject.toml")
ASPECTS: tuple[dict[str, str], ...] = ({}, {"file": "/weak.txt"})
"""What is told differently: some faults show only with a file whose tag is weak and that has no date."""
JOBS = 12


@dataclass(frozen=True)
class Score:
    """What a run reported: the ids of results that departed from a requirement, by how strong that is.

    Where the server was right these are false alarms.
    """

    fault: str | None
    failed: tuple[str, ...]
    warned: tuple[str, ...]
    noted: tuple[str, ...]
    undecided: tuple[str, ...]
    seconds: float

    @property
    def is_found(self) -> bool:
        """Whether the fault was reported with the strength that it has, or more."""
        if self.fault is None:
            return False
        level = FAULTS[self.fault].level
        if level.startswith("MUST"):
            return bool(self.failed)
        if level.startswith("SHOULD"):
            return bool(self.failed or self.warned)
        return bool(self.failed or self.warned or self.noted)


def score(name: str | None) -> Score:
    """Run the checker against the server with that fault, in each aspect until it is found; or against the correct one."""
    found = _score(name, ASPECTS[0])
    for aspect in ASPECTS[1:]:
        if not found.is_found:
            found = _score(name, aspect)
    return found


def _score(name: str | None, aspect: Mapping[str, str]) -> Score:
    report = check(name, aspect)
    return Score(
        name,
        ids(report, "fail"),
        ids(report, "warn"),
        ids(report, "note"),
        (*ids(report, "inconclusive"), *ids(report, "harness error")),
        report.seconds,
    )


def ids(report: Report, verdict: str) -> tuple[str, ...]:
    """Which results have a verdict."""
    return tuple(
        f"{one.id} ({one.breaks})" if one.breaks else one.id for one in report.results if one.verdict == verdict
    )


def check(name: str | None, aspect: Mapping[str, str] = ASPECTS[0]) -> Report:
    """The report on the server with that fault, or on the correct one."""
    traces = name is not None and FAULTS[name].traces
    listener = Listener(origin_with(name), World(traces=traces, patience=1.0))
    listener.start()
    try:
        url = f"http://127.0.0.1:{listener.port}"
        subject = read_subject(SUBJECT, url=url)
        known = Known(name or subject.name, url, "", {**subject.facts, **aspect})
        peer = SocketPeer("127.0.0.1", listener.port)
        return asyncio.run(run(peer, known, Plan(packaged(), jobs=JOBS)))
    finally:
        listener.shutdown()
        listener.server_close()


def scores(names: Iterable[str | None], processes: int) -> Iterator[Score]:
    """The scores, several at once, in order."""
    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(score, names)


def described(result: Result) -> str:
    """A result in a line."""
    return f"  {result.verdict:8} {result.id} ({result.breaks}): {result.detail}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line for each fault, then the counts. Returns 1 if a fault was missed or there was a false alarm."""
    parser = argparse.ArgumentParser(prog="python -m tests.faulty_server.scores", description=__doc__)
    parser.add_argument("names", nargs="*", help="faults to plant; all if none is named, the correct server first")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--missed", action="store_true", help="print only the faults that are missed")
    options = parser.parse_args(arguments)
    alarms = missed = 0
    if not options.names:
        for result in (result for aspect in ASPECTS for result in check(None, aspect).results):
            if result.verdict not in ("pass", "not applicable"):
                print(described(result))
                alarms += result.verdict in ("fail", "warn", "harness error")
    names = options.names or list(FAULTS)
    for one in scores(names, options.processes):
        fault = FAULTS[one.fault or ""]
        missed += not one.is_found
        if not one.is_found or not options.missed:
            print(line(fault, one), flush=True)
    print(f"{len(names)} faults, {missed} missed; {alarms} false alarms")
    return 1 if missed or alarms else 0


def line(fault: Fault, one: Score) -> str:
    """A row of the table."""
    found = one.failed or one.warned or one.noted
    shown = ", ".join(found[:3]) + (f" and {len(found) - 3} more" if len(found) > 3 else "")
    return f"{'found ' if one.is_found else 'MISSED'} {fault.name:34} {fault.requirement:18} {fault.level:10} {shown or '-'}"


if __name__ == "__main__":
    sys.exit(main())
