"""What the checker finds of each fault, and what it says of the correct server: ``python -m tests.faulty_server.scores``."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Collection
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
from .scoring import Score, Scores, counted, found_by
from .site import World

SUBJECT = Path(__file__).with_name("subject.toml")
FOUND_BY = Path(__file__).with_name("found_by.json")
"""For each fault that is found the scenarios that do, as ``--write`` leaves it: what the quick test plays."""
FILES = ("/file.txt", "/weak.txt", "/unranged.txt")
"""The plain files told, one after the other: some faults show only with a weak tag and no date, or without ranges."""
JOBS = 40
QUICK = Bounds(answer=0.5)
"""Enough where it is known what finds a fault; where it isn't found so, the usual time decides."""


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
    if name in (known := found_by(FOUND_BY)):
        file, *scenarios = known[name]
        if results := counted(FAULTS[name], check(name, file, scenarios, QUICK)):
            return Score(name, results, (file,))
    for only in (_likely(FAULTS[name]), None):
        for file in FILES:
            found = counted(FAULTS[name], check(name, file, only))
            if results := tuple(one for one in found if one.id not in _unfounded(file)):
                return Score(name, results, (file,))
    return Score(name, (), (FILES[0],))


def _likely(fault: Fault) -> frozenset[str]:
    """Scenarios about what the fault breaks, and those that go through the status codes."""
    return frozenset(one.id for one in packaged() if fault.requirement in one.requirements or one.id.startswith("met."))


def _all_alarms() -> list[str]:
    return [f"{one.id} ({one.breaks}), {one.verdict}: {one.detail}" for file in FILES for one in alarms(file)]


main = Scores("python -m tests.faulty_server.scores", __doc__, FAULTS, FOUND_BY, score, _all_alarms).main


if __name__ == "__main__":
    sys.exit(main())
