"""What the checker finds of each fault, and what it says of the correct client: ``python -m tests.faulty_client.scores``."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from statuary.conformance.client.run import CannotDrive, Plan
from statuary.conformance.client.run import check as run
from statuary.conformance.client.scenario_files import packaged
from statuary.conformance.report import Report, Result

from .client import Client
from .driving import MOST_AT_ONCE, PlainDriver
from .faults import FAULTS, Fault, client_with

FOUND_BY = Path(__file__).with_name("found_by.json")
"""For each fault that is found the scenarios that do, as ``--write`` leaves it: what the quick test plays."""
REMEMBERED = 2
_LONG = 3.0
"""Seconds of pauses from which a scenario is played only where all others find nothing."""


@dataclass(frozen=True)
class Score:
    """What a run found of a fault: results that depart from a requirement."""

    fault: str
    results: tuple[Result, ...]

    @property
    def is_found(self) -> bool:
        """Whether the fault was reported with the strength that it has, or more."""
        return bool(self.results)

    @property
    def scenarios(self) -> list[str]:
        """Scenarios that show it, the strongest first."""
        ids = [one.seen_in[0] if one.seen_in else one.id for one in self.results]
        return list(dict.fromkeys(ids))[:REMEMBERED]


def check(made: type[Client], only: Collection[str] | None = None, lacks: frozenset[str] = frozenset()) -> Report:
    """The report on clients of a class; of some scenarios, or of all."""
    return asyncio.run(_check(made, only, lacks))


async def _check(made: type[Client], only: Collection[str] | None, lacks: frozenset[str]) -> Report:
    driver = PlainDriver(made, lacks)
    scenarios = [one for one in packaged() if only is None or one.id in only]
    try:
        return await run(driver, made.__name__, "", Plan(scenarios, MOST_AT_ONCE))
    finally:
        await driver.close()


def alarms(
    made: type[Client] = Client, warned: Collection[str] = (), lacks: frozenset[str] = frozenset()
) -> list[Result]:
    """What is reported of a client above a note, or could not be concluded, but for warnings that it has to expect.

    What a scenario reports has to come again when it is played alone: a busy machine is no fault of the client's.
    """
    found = _alarming(check(made, None, lacks), warned)
    by_scenarios = {one.id for one in found if not one.seen_in}
    again = _alarming(check(made, by_scenarios, lacks), warned) if by_scenarios else []
    return [one for one in found if one.seen_in or one.id in {other.id for other in again}]


def _alarming(report: Report, warned: Collection[str]) -> list[Result]:
    return [
        one
        for one in report.results
        if one.verdict not in ("pass", "not applicable", "note")
        and not (one.verdict == "warn" and one.breaks in warned)
    ]


def score(name: str) -> Score:
    """Run the checker against the client with that fault until something finds it: what did the last time goes first."""
    scenarios = packaged()
    long = {one.id for one in scenarios if _pauses(one.texts) > _LONG}
    rounds = [
        set(found_by().get(name, ())),
        {one.id for one in scenarios if FAULTS[name].requirement in one.requirements} - long,
        {one.id for one in scenarios} - long,
        long,
    ]
    for only in filter(None, rounds):
        if results := _found(name, only):
            return Score(name, results)
    return Score(name, ())


def _pauses(texts: Iterable[str]) -> float:
    return sum(float(text[6:]) for text in texts if text.startswith("pause "))


def _found(name: str, only: Collection[str]) -> tuple[Result, ...]:
    """The results that count for that fault, the strongest first."""
    counting = _counting(FAULTS[name])
    try:
        found = [one for one in check(client_with(name), only).results if one.verdict in counting]
    except CannotDrive:
        return ()
    return tuple(sorted(found, key=lambda one: counting.index(one.verdict)))


def _counting(fault: Fault) -> tuple[str, ...]:
    if fault.level.startswith("MUST"):
        return ("fail",)
    return ("fail", "warn", "note") if fault.level == "STATED" else ("fail", "warn")


def scores(names: Iterable[str], processes: int) -> Iterator[Score]:
    """The scores, several at once, in order."""
    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(score, names)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line for each fault, then the counts. Returns 1 if a fault was missed or there was a false alarm."""
    parser = argparse.ArgumentParser(prog="python -m tests.faulty_client.scores", description=__doc__)
    parser.add_argument("names", nargs="*", help="faults to plant; all if none is named, the correct client first")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--missed", action="store_true", help="print only the faults that are missed")
    parser.add_argument("--write", action="store_true", help=f"note in {FOUND_BY.name} what finds them")
    options = parser.parse_args(arguments)
    if unknown := set(options.names) - set(FAULTS):
        parser.error(f"there is no fault {min(unknown)}")
    unfounded = [] if options.names else alarms()
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
    """What found each fault the last time."""
    return json.loads(FOUND_BY.read_text("utf-8")) if FOUND_BY.exists() else {}


def remember(result: Score) -> None:
    """Write what finds a fault into FOUND_BY."""
    known = found_by()
    known[result.fault] = result.scenarios
    rows = (
        f" {json.dumps(name)}: {json.dumps(how)}"
        for name, how in sorted(known.items())
        if name in FAULTS and (name != result.fault or result.is_found)
    )
    beside = FOUND_BY.with_suffix(".new")
    beside.write_text("{\n" + ",\n".join(rows) + "\n}\n", "utf-8")
    beside.replace(FOUND_BY)  # at once, as it is read meanwhile


def line(one: Score) -> str:
    """A row of the table."""
    fault = FAULTS[one.fault]
    shown = ", ".join(f"{result.id} ({result.breaks})" for result in one.results[:3])
    more = f" and {len(one.results) - 3} more" if len(one.results) > 3 else ""
    word = "found " if one.is_found else "MISSED"
    return f"{word} {fault.name:34} {fault.requirement:18} {fault.level:10} {shown}{more}".rstrip()


if __name__ == "__main__":
    sys.exit(main())
