"""What the checker finds of each fault, and what it says of the correct server: ``python -m tests.faulty_server.scores``."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from statuary.conformance.channel import SocketPeer
from statuary.conformance.exchanging import Bounds
from statuary.conformance.report import Report, Result
from statuary.conformance.run import Known, Plan, run
from statuary.conformance.scenario_files import packaged
from statuary.conformance.subject import read_subject

from .connection import Listener
from .faults import FAULTS, Fault, origin_with
from .site import World

SUBJECT = Path(__file__).with_name("subject.toml")
FOUND_BY = Path(__file__).with_name("found_by.json")
"""For each fault that is found the scenarios that do, as ``--write`` leaves it: what the quick test plays."""
FILES = ("/file.txt", "/weak.txt", "/unranged.txt")
"""The plain files told, one after the other: some faults show only with a weak tag and no date, or without ranges."""
JOBS = 40
QUICK = Bounds(answer=0.5)
"""Enough where it is known what finds a fault; where it isn't found so, the usual time decides."""
REMEMBERED = 2


@dataclass(frozen=True)
class Score:
    """What a run found of a fault: results that depart from a requirement, less those that the correct server gets, too."""

    fault: str
    file: str
    results: tuple[Result, ...]

    @property
    def is_found(self) -> bool:
        """Whether the fault was reported with the strength that it has, or more."""
        return bool(self.results)

    @property
    def scenarios(self) -> list[str]:
        """Scenarios that show it, the strongest first; none where discovery already does."""
        ids = [one.seen_in[0] if one.seen_in else one.id for one in self.results]
        return [id for id in dict.fromkeys(ids) if not id.startswith("discovery")][:REMEMBERED]


def check(
    name: str | None, file: str = FILES[0], only: Collection[str] | None = None, bounds: Bounds | None = None
) -> Report:
    """The report on the server with that fault, or on the correct one; of some scenarios, or of all."""
    traces = name is not None and FAULTS[name].traces
    listener = Listener(origin_with(name), World(traces=traces, patience=1.0))
    listener.start()
    try:
        url = f"http://127.0.0.1:{listener.port}"
        subject = read_subject(SUBJECT, url=url)
        known = Known(name or subject.name, url, "", {**subject.facts, "file": file})
        scenarios = [one for one in packaged() if only is None or one.id in only]
        plan = Plan(scenarios, JOBS, bounds or Bounds())
        return asyncio.run(run(SocketPeer("127.0.0.1", listener.port), known, plan))
    finally:
        listener.shutdown()
        listener.server_close()


def alarms(file: str) -> list[Result]:
    """What is reported of the correct server above a note, or could not be concluded.

    What a scenario reports has to come again when it is played alone: a busy machine is no fault of the server's.
    """
    found = _alarming(check(None, file))
    by_scenarios = {one.id for one in found if not one.seen_in}
    again = _alarming(check(None, file, by_scenarios)) if by_scenarios else []
    return [one for one in found if one.seen_in or one.id in {other.id for other in again}]


def _alarming(report: Report) -> list[Result]:
    return [one for one in report.results if one.verdict not in ("pass", "not applicable", "note")]


@cache
def _unfounded(file: str) -> frozenset[str]:
    return frozenset(one.id for one in check(None, file).results if one.is_violation)


def score(name: str) -> Score:
    """Run the checker against the server with that fault until something finds it: what did the last time goes first."""
    if name in (known := found_by()):
        file, *scenarios = known[name]
        if results := _found(name, file, scenarios, QUICK):
            return Score(name, file, results)
    for only in (_likely(FAULTS[name]), None):
        for file in FILES:
            if results := tuple(one for one in _found(name, file, only) if one.id not in _unfounded(file)):
                return Score(name, file, results)
    return Score(name, FILES[0], ())


def _found(name: str, file: str, only: Collection[str] | None, bounds: Bounds | None = None) -> tuple[Result, ...]:
    """The results that count for that fault, the strongest first."""
    counting = _counting(FAULTS[name])
    found = [one for one in check(name, file, only, bounds).results if one.verdict in counting]
    return tuple(sorted(found, key=lambda one: counting.index(one.verdict)))


def _likely(fault: Fault) -> frozenset[str]:
    """Scenarios about what the fault breaks, and those that go through the status codes."""
    return frozenset(one.id for one in packaged() if fault.requirement in one.requirements or one.id.startswith("met."))


def _counting(fault: Fault) -> tuple[str, ...]:
    if fault.level.startswith("MUST"):
        return ("fail",)
    return ("fail", "warn") if fault.level.startswith("SHOULD") else ("fail", "warn", "note")


def scores(names: Iterable[str], processes: int) -> Iterator[Score]:
    """The scores, several at once, in order."""
    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(score, names)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line for each fault, then the counts. Returns 1 if a fault was missed or there was a false alarm."""
    parser = argparse.ArgumentParser(prog="python -m tests.faulty_server.scores", description=__doc__)
    parser.add_argument("names", nargs="*", help="faults to plant; all if none is named, the correct server first")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--missed", action="store_true", help="print only the faults that are missed")
    parser.add_argument("--write", action="store_true", help=f"note in {FOUND_BY.name} what finds them")
    options = parser.parse_args(arguments)
    unfounded = [] if options.names else [one for file in FILES for one in alarms(file)]
    for one in unfounded:
        print(f"FALSE  {one.id} ({one.breaks}), {one.verdict}: {one.detail}")
    missed, names = 0, options.names or list(FAULTS)
    for result in scores(names, options.processes):
        missed += not result.is_found
        if options.write:
            remember(result)
        if not result.is_found or not options.missed:
            print(line(result), flush=True)
    print(f"{len(names) - missed} faults found, {missed} missed, {len(unfounded)} false alarms")
    return 1 if missed or unfounded else 0


def found_by() -> dict[str, list[str]]:
    """What found each fault the last time: the file, then scenarios."""
    return json.loads(FOUND_BY.read_text("utf-8")) if FOUND_BY.exists() else {}


def remember(result: Score) -> None:
    """Write what finds a fault into FOUND_BY."""
    known = found_by()
    known[result.fault] = [result.file, *result.scenarios]
    rows = (
        f" {json.dumps(name)}: {json.dumps(how)}"
        for name, how in sorted(known.items())
        if name in FAULTS and (name != result.fault or result.is_found)
    )
    FOUND_BY.write_text("{\n" + ",\n".join(rows) + "\n}\n", "utf-8")


def line(one: Score) -> str:
    """A row of the table."""
    fault = FAULTS[one.fault]
    shown = ", ".join(f"{result.id} ({result.breaks})" for result in one.results[:3])
    more = f" and {len(one.results) - 3} more" if len(one.results) > 3 else ""
    word = "found " if one.is_found else "MISSED"
    return f"{word} {fault.name:34} {fault.requirement:18} {fault.level:10} {shown}{more}".rstrip()


if __name__ == "__main__":
    sys.exit(main())
