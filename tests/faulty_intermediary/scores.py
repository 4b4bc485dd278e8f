"""What the checker finds of each fault, and of none: ``python -m tests.faulty_intermediary.scores``."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Collection
from functools import cache
from pathlib import Path

from tests.faulty_server.scoring import Score, Scores, counted, found_by

from statuary.conformance.channel import SocketPeer
from statuary.conformance.exchanging import Bounds
from statuary.conformance.intermediary.playing import Setting
from statuary.conformance.intermediary.run import CannotCheck, Plan, check
from statuary.conformance.intermediary.scenario import ROLES, Role
from statuary.conformance.intermediary.scenario_files import packaged
from statuary.conformance.intermediary.upstream import ScriptedUpstream
from statuary.conformance.report import Report, Result
from statuary.conformance.run import Known

from .faults import FAULTS, Fault, intermediary_with
from .intermediary import Front, Intermediary, Place

FOUND_BY = Path(__file__).with_name("found_by.json")
"""For each fault that is found the role and the scenarios that do, as ``--write`` leaves it: what the quick test plays."""
PATIENCE = 1.0
JOBS = 32
QUICK = Bounds(answer=0.7)


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
    if name in (known := found_by(FOUND_BY)):
        role, *scenarios = known[name]
        which: Role = "proxy" if role == "proxy" else "gateway"
        if results := _found(fault, which, scenarios, QUICK):
            return Score(name, results, (which,))
    for which in fault.roles:
        if results := tuple(one for one in _found(fault, which, None) if one.id not in _unfounded(which)):
            return Score(name, results, (which,))
    return Score(name, (), (fault.roles[0],))


@cache
def _unfounded(role: Role) -> frozenset[str]:
    return frozenset(one.id for one in report_on(Intermediary, role).results if one.is_violation)


def _found(fault: Fault, role: Role, only: Collection[str] | None, bounds: Bounds | None = None) -> tuple[Result, ...]:
    try:
        return counted(fault, report_on(intermediary_with(fault.name), role, only, bounds))
    except CannotCheck as reason:
        raise AssertionError(f"{fault.name}: {reason}") from None


def _all_alarms() -> list[str]:
    return [alarm for role in ROLES for alarm in alarms(Intermediary, role)]


main = Scores("python -m tests.faulty_intermediary.scores", __doc__, FAULTS, FOUND_BY, score, _all_alarms).main


if __name__ == "__main__":
    sys.exit(main())
