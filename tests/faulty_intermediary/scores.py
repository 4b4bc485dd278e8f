"""What the checker finds of each fault, and of none: ``python -m tests.faulty_intermediary.scores``."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from statuary.conformance.channel import SocketPeer
from statuary.conformance.exchanging import Bounds
from statuary.conformance.intermediary.playing import Setting
from statuary.conformance.intermediary.run import CannotCheck, Known, Plan, check
from statuary.conformance.intermediary.scenario import ROLES, Role
from statuary.conformance.intermediary.scenario_files import packaged
from statuary.conformance.intermediary.upstream import ScriptedUpstream
from statuary.conformance.report import Report, Result

from .faults import FAULTS, Fault, intermediary_with
from .intermediary import Front, Intermediary, Place

FOUND_BY = Path(__file__).with_name("found_by.json")
"""For each fault that is found the role and the scenarios that do, as ``--write`` leaves it: what the quick test plays."""
PATIENCE = 1.0
JOBS = 32
QUICK = Bounds(answer=0.7)
REMEMBERED = 2


@dataclass(frozen=True)
class Score:
    """What a run found of a fault: results that depart from a requirement with the strength that it has, or more."""

    fault: str
    role: Role
    results: tuple[Result, ...]

    @property
    def scenarios(self) -> list[str]:
        """Scenarios that show it, the strongest first."""
        ids = [one.seen_in[0] if one.seen_in else one.id for one in self.results]
        return list(dict.fromkeys(ids))[:REMEMBERED]


def report_on(
    kind: type[Intermediary], role: Role, only: Collection[str] | None = None, bounds: Bounds | None = None
) -> Report:
    """The report on an intermediary in that role; of some scenarios, or of all. Raises CannotCheck."""

    async def session() -> Report:
        upstream = ScriptedUpstream()
        await upstream.open()
        listener = Front(kind, Place(upstream.port if role == "gateway" else None, PATIENCE))
        listener.start()
        try:
            host = f"127.0.0.1:{listener.port}"
            peer = SocketPeer("127.0.0.1", listener.port)
            setting = Setting(role, peer, host, upstream, bounds or Bounds(), {})
            known = Known(kind.__name__, f"http://{host}/", told={"upstream_patience": f"{PATIENCE:g}"})
            scenarios = [one for one in packaged() if role in one.roles and (only is None or one.id in only)]
            return await check(setting, known, Plan(scenarios, JOBS))
        finally:
            listener.end()
            await upstream.close()

    return asyncio.run(session())


def alarms(kind: type[Intermediary], role: Role, expected: Collection[str] = ()) -> list[str]:
    """What is reported above a note, or could not be concluded, a line each; but for warnings that are expected.

    It has to come again when its scenario is played alone: a busy machine is no fault of the subject's.
    """
    found = _alarming(report_on(kind, role), expected)
    by_scenarios = {one.id for one in found if not one.seen_in}
    again = _alarming(report_on(kind, role, by_scenarios), expected) if by_scenarios else []
    return [
        f"{one.verdict} {one.id} ({one.breaks}): {one.detail} {' '.join(one.seen_in)}".strip()
        for one in found
        if one.seen_in or one.id in {other.id for other in again}
    ]


def _alarming(report: Report, expected: Collection[str]) -> list[Result]:
    return [
        one
        for one in report.results
        if one.verdict in ("fail", "harness error") or (one.verdict == "warn" and one.breaks not in expected)
    ]


def score(name: str) -> Score:
    """Check an intermediary with that fault until something finds it: what did the last time goes first."""
    fault = FAULTS[name]
    if name in (known := found_by()):
        role, *scenarios = known[name]
        which: Role = "proxy" if role == "proxy" else "gateway"
        if results := _found(fault, which, scenarios, QUICK):
            return Score(name, which, results)
    for which in ROLES:
        found = _found(fault, which, None) if which in fault.roles else ()
        if results := tuple(one for one in found if one.id not in _unfounded(which)):
            return Score(name, which, results)
    return Score(name, fault.roles[0], ())


@cache
def _unfounded(role: Role) -> frozenset[str]:
    return frozenset(one.id for one in report_on(Intermediary, role).results if one.is_violation)


def _found(fault: Fault, role: Role, only: Collection[str] | None, bounds: Bounds | None = None) -> tuple[Result, ...]:
    counting: tuple[str, ...] = ("fail",) if fault.level.startswith("MUST") else ("fail", "warn")
    if not fault.level.startswith(("MUST", "SHOULD")):
        counting = ("fail", "warn", "note")
    try:
        report = report_on(intermediary_with(fault.name), role, only, bounds)
    except CannotCheck as reason:
        raise AssertionError(f"{fault.name}: {reason}") from None
    found = [one for one in report.results if one.verdict in counting]
    return tuple(sorted(found, key=lambda one: counting.index(one.verdict)))


def scores(names: Sequence[str], processes: int) -> Iterator[Score]:
    """The scores, several at once, in order."""
    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(score, names)


def found_by() -> dict[str, list[str]]:
    """What found each fault the last time: the role, then scenarios."""
    return json.loads(FOUND_BY.read_text("utf-8")) if FOUND_BY.exists() else {}


def remember(one: Score) -> None:
    """Write what finds a fault into FOUND_BY."""
    known = found_by()
    known[one.fault] = [one.role, *one.scenarios]
    rows = (
        f" {json.dumps(name)}: {json.dumps(how)}"
        for name, how in sorted(known.items())
        if name in FAULTS and (name != one.fault or one.results)
    )
    new = FOUND_BY.with_suffix(".new")
    new.write_text("{\n" + ",\n".join(rows) + "\n}\n", "utf-8")
    new.replace(FOUND_BY)  # others read it meanwhile


def line(one: Score) -> str:
    """A row of the table."""
    fault = FAULTS[one.fault]
    shown = ", ".join(f"{result.id} ({result.breaks})" for result in one.results[:3])
    more = f" and {len(one.results) - 3} more" if len(one.results) > 3 else ""
    word = "found " if one.results else "MISSED"
    return f"{word} {fault.name:34} {fault.requirement:18} {fault.level:10} {shown}{more}".rstrip()


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line for each fault, then the counts. Returns 1 if a fault was missed or there was a false alarm."""
    parser = argparse.ArgumentParser(prog="python -m tests.faulty_intermediary.scores", description=__doc__)
    parser.add_argument("names", nargs="*", help="faults to plant; all if none is named, the correct one first")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--missed", action="store_true", help="print only the faults that are missed")
    parser.add_argument("--write", action="store_true", help=f"note in {FOUND_BY.name} what finds them")
    options = parser.parse_args(arguments)
    unfounded = [] if options.names else [alarm for role in ROLES for alarm in alarms(Intermediary, role)]
    for alarm in unfounded:
        print(f"FALSE  {alarm}")
    missed, names = 0, options.names or list(FAULTS)
    for result in scores(names, options.processes):
        missed += not result.results
        if options.write:
            remember(result)
        if not result.results or not options.missed:
            print(line(result), flush=True)
    print(f"{len(names) - missed} faults found, {missed} missed, {len(unfounded)} false alarms")
    return 1 if missed or unfounded else 0


if __name__ == "__main__":
    sys.exit(main())
