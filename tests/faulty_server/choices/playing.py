"""The checker run against servers that have made a choice."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

from statuary.conformance.channel import SocketPeer
from statuary.conformance.report import Report, Result
from statuary.conformance.run import Known, Plan, run
from statuary.conformance.scenario_files import packaged
from statuary.conformance.subject import read_subject

from ..connection import Listener
from ..scores import FILES, JOBS, SUBJECT
from ..site import World
from .registry import CHOICES


def check(name: str, only: Collection[str] | None = None) -> Report:
    """The report on the server that makes that choice; of some scenarios, or of all."""
    listener = Listener(CHOICES[name].origin, World(patience=1.0))
    listener.start()
    try:
        url = f"http://127.0.0.1:{listener.port}"
        subject = read_subject(SUBJECT, url=url)
        known = Known(name, url, "", {**subject.facts, "file": FILES[0]})
        plan = Plan([one for one in packaged() if only is None or one.id in only], jobs=JOBS)
        return asyncio.run(run(SocketPeer("127.0.0.1", listener.port), known, plan))
    finally:
        listener.shutdown()
        listener.server_close()


def alarms(name: str) -> list[str]:
    """What is reported of a choice above a note, a line each, but for warnings that it has to expect.

    What a scenario reports has to come again when it is played alone: a busy machine is no fault of the server's.
    """
    found = _alarming(name, check(name))
    by_scenarios = {one.id for one in found if not one.seen_in}
    again = {one.id for one in _alarming(name, check(name, by_scenarios))} if by_scenarios else set()
    return [
        f"{one.verdict} {one.id} ({one.breaks}): {one.detail} {' '.join(one.seen_in)}".strip()
        for one in found
        if one.seen_in or one.id in again
    ]


def _alarming(name: str, report: Report) -> list[Result]:
    return [
        one
        for one in report.results
        if one.verdict in ("fail", "harness error")
        or (one.verdict == "warn" and one.breaks not in CHOICES[name].warned)
    ]
