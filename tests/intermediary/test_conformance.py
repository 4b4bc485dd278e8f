"""The exhibit checked through our gateway: nothing may be found above a note that it does not get itself."""

from __future__ import annotations

import asyncio
import contextlib
import re
import subprocess
import sys
from collections.abc import Collection, Iterator
from importlib import resources

import pytest

from statuary.conformance.channel import SocketPeer
from statuary.conformance.exchanging import Bounds
from statuary.conformance.fetch import target_of
from statuary.conformance.report import Report
from statuary.conformance.run import Known, Plan, run
from statuary.conformance.scenario_files import packaged
from statuary.conformance.subject import Subject, read_subject

QUICK = ("--head-timeout", "1.5", "--content-timeout", "1.5")


@contextlib.contextmanager
def started(*arguments: str) -> Iterator[str]:
    """The URL of one of our programs."""
    command = [sys.executable, "-m", "statuary", *arguments, "--port", "0", "--log", "none", *QUICK]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        found = re.search(r"(http://[0-9.:]+/) \(stop", process.stderr.readline())
        assert found is not None
        yield found[1]
    finally:
        process.terminate()
        process.communicate(timeout=30)


def exhibit() -> Subject:
    with resources.as_file(resources.files("statuary.conformance") / "exhibit.toml") as path:
        return read_subject(path)


def check(url: str, only: Collection[str] | None = None) -> Report:
    async def session() -> Report:
        target = target_of(url)
        scenarios = [one for one in packaged() if only is None or one.id in only]
        plan = Plan(scenarios, bounds=Bounds(answer=3.0))
        known = Known("the exhibit through the gateway", url, told=exhibit().facts)
        return await run(SocketPeer(target.host, target.port), known, plan)

    return asyncio.run(session())


def found(report: Report) -> dict[str, str]:
    return {
        one.id: f"{one.verdict} {one.detail} {one.seen_in}" for one in report.results if one.verdict in ("fail", "warn")
    }


@pytest.mark.parametrize("options", [("--keep-host",), ("--cache",)], ids=" ".join)
def test_the_exhibit_through_the_gateway(options: tuple[str, ...]) -> None:
    with started("serve") as origin, started("gateway", "--to", origin, *options) as gateway:
        report = check(gateway)
        # On a busy machine something may take too long: it has to come again where little else is played
        seen_in = {id for one in report.results if one.id in found(report) for id in (one.id, *one.seen_in)}
        again = found(check(gateway, seen_in)) if seen_in else {}
    assert report.counts()["pass"] > 0.5 * len(report.results)
    assert {id: text for id, text in found(report).items() if id in again} == {}
