"""Our own origin server, started as users start it and checked with every scenario: nothing may be found above a note."""

from __future__ import annotations

import asyncio
from importlib import resources
from pathlib import Path

import pytest

from statuary.conformance.channel import SocketPeer
from statuary.conformance.exchanging import Bounds
from statuary.conformance.fetch import target_of
from statuary.conformance.process import started
from statuary.conformance.report import Report
from statuary.conformance.run import Known, Plan, run
from statuary.conformance.scenario_files import packaged
from statuary.conformance.subject import Subject, facts_told, read_subject

SERVE = (
    "{python}",
    "-m",
    "statuary",
    "serve",
    "--port",
    "{port}",
    "--log",
    "none",
    "--head-timeout",
    "1.5",
    "--content-timeout",
    "1.5",
)


def exhibit() -> Subject:
    with resources.as_file(resources.files("statuary.conformance") / "exhibit.toml") as path:
        return read_subject(path)


def writable_directory(folder: Path) -> Subject:
    (folder / "docs").mkdir()
    (folder / "docs" / "index.html").write_text("<!doctype html><title>Docs</title>" * 10)
    (folder / "file.txt").write_text("0123456789abcdef" * 30)
    (folder / "large.bin").write_bytes(bytes(range(256)) * 400)
    offers = {"file": "/file.txt", "large": "/large.bin", "directory": "/docs", "writable": "/", "patience": 1.5}
    return Subject(
        "a writable directory",
        "http://127.0.0.1:{port}/",
        (*SERVE, "--writable", "."),
        facts=facts_told(offers, {}),
        folder=folder,
    )


def check(subject: Subject) -> Report:
    async def session() -> Report:
        async with started(subject) as url:
            target = target_of(url)
            plan = Plan(packaged(), bounds=Bounds(answer=3.0))
            return await run(SocketPeer(target.host, target.port), Known(subject.name, url, told=subject.facts), plan)

    return asyncio.run(session())


@pytest.fixture(scope="module", params=["exhibit", "directory"])
def report(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Report:
    if request.param == "exhibit":
        return check(exhibit())
    return check(writable_directory(tmp_path_factory.mktemp("site")))


def test_nothing_is_found_above_a_note(report: Report) -> None:
    found = [(one.id, one.verdict, one.detail) for one in report.results if one.verdict in ("fail", "warn")]
    assert found == []


def test_everything_could_be_concluded(report: Report) -> None:
    unclear = [(one.id, one.detail) for one in report.results if one.verdict in ("inconclusive", "harness error")]
    assert unclear == []


def test_most_could_be_played(report: Report) -> None:
    assert report.counts()["pass"] > 0.6 * len(packaged())
    assert "remarks" not in report.options


def test_a_second_result_of_a_scenario_is_never_given(report: Report) -> None:
    assert len({one.id for one in report.results}) == len(report.results)
