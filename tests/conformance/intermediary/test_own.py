"""Our own gateway and proxy, started as users start them and checked from both sides: nothing may be found above a note.

With a cache, what is about caches is played.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from importlib import resources

import pytest

from statuary.conformance.channel import SocketPeer
from statuary.conformance.exchanging import Bounds
from statuary.conformance.fetch import target_of
from statuary.conformance.intermediary.playing import Setting
from statuary.conformance.intermediary.run import Plan, check
from statuary.conformance.intermediary.scenario import ROLES, ForwardingScenario, Role
from statuary.conformance.intermediary.scenario_files import packaged
from statuary.conformance.intermediary.subject import read_subject
from statuary.conformance.intermediary.upstream import ScriptedUpstream
from statuary.conformance.process import started
from statuary.conformance.report import Report
from statuary.conformance.run import Known


def checked(role: Role, scenarios: Sequence[ForwardingScenario], *, has_cache: bool) -> Report:
    async def session() -> Report:
        with resources.as_file(resources.files("statuary.conformance.intermediary") / f"{role}.toml") as path:
            subject = read_subject(path, role)
        if has_cache:
            subject = replace(subject, start=(*subject.start, "--cache"), facts={**subject.facts, "cache": "yes"})
        upstream = ScriptedUpstream()
        await upstream.open()
        try:
            async with started(subject, upstream=str(upstream.port)) as url:
                target = target_of(url)
                peer = SocketPeer(target.host, target.port)
                setting = Setting(role, peer, f"{target.host}:{target.port}", upstream, Bounds(answer=3.0), {})
                return await check(setting, Known(subject.name, url, told=subject.facts), Plan(scenarios))
        finally:
            await upstream.close()

    return asyncio.run(session())


@pytest.fixture(scope="module", params=[*ROLES, *(f"{role} with a cache" for role in ROLES)])
def report(request: pytest.FixtureRequest) -> Report:
    role, _, has_cache = request.param.partition(" with ")
    played = [one for one in packaged() if role in one.roles and ("cache" in one.needs or not has_cache)]
    return checked(role, played, has_cache=bool(has_cache))


def still(report: Report, *verdicts: str) -> dict[str, str]:
    """Results with these verdicts that come again when little else is played: a machine may be busy."""
    found = {one.id: one for one in report.results if one.verdict in verdicts}
    seen_in = {id for one in found.values() for id in (one.id, *one.seen_in)}
    if not seen_in:
        return {}
    role: Role = "proxy" if report.options["role"] == "proxy" else "gateway"
    scenarios = [scenario for scenario in packaged() if scenario.id in seen_in]
    again = checked(role, scenarios, has_cache="cache" in report.facts)
    return {
        one.id: f"{one.verdict}: {one.detail}" for one in again.results if one.id in found and one.verdict in verdicts
    }


def test_nothing_is_found_above_a_note(report: Report) -> None:
    assert still(report, "fail", "warn") == {}


def test_everything_could_be_concluded(report: Report) -> None:
    assert still(report, "inconclusive", "harness error") == {}
