"""What the checker finds of each fault, and what it says of the correct client: ``python -m tests.faulty_client.scores``."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Collection, Iterable
from pathlib import Path

from tests.faulty_server.scoring import Score, Scores, counted, found_by

from statuary.conformance.client.run import CannotDrive, Plan
from statuary.conformance.client.run import check as run
from statuary.conformance.client.scenario_files import packaged
from statuary.conformance.report import Report, Result

from .client import Client
from .driving import MOST_AT_ONCE, PlainDriver
from .faults import FAULTS, client_with

FOUND_BY = Path(__file__).with_name("found_by.json")
"""For each fault that is found the scenarios that do, as ``--write`` leaves it: what the quick test plays."""
_LONG = 3.0
"""Seconds of pauses from which a scenario is played only where all others find nothing."""


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
        set(found_by(FOUND_BY).get(name, ())),
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
    try:
        return counted(FAULTS[name], check(client_with(name), only))
    except CannotDrive:
        return ()


def _all_alarms() -> list[str]:
    return [f"{one.id} ({one.breaks}), {one.verdict}: {one.detail}" for one in alarms()]


main = Scores("python -m tests.faulty_client.scores", __doc__, FAULTS, FOUND_BY, score, _all_alarms).main


if __name__ == "__main__":
    sys.exit(main())
