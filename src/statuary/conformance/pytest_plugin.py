"""A pytest plugin: a project checks its own server or application in its own tests, an item for each scenario.

    @pytest.fixture(scope="session")
    def statuary_subject():
        return asgi(app, offers={"file": "/logo.svg"})

    @pytest.mark.statuary(level="must", waivers="http-waivers.toml")
    def test_http(statuary_scenario):
        statuary_scenario.check()

docs/pytest.md tells more. Pytest loads this module wherever Statuary is installed, so all else is imported when it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterator
    from contextlib import AsyncExitStack

    from statuary.conformance.report import Result
    from statuary.conformance.run import Run
    from statuary.conformance.scenario import Scenario
    from statuary.conformance.subject import Subject
    from statuary.conformance.waivers import Waiver

FIXTURE = "statuary_scenario"
JUDGE = "judge"
"""The item after the scenarios: what judge says of all exchanges that they brought about."""


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "statuary(only, code, level, waivers): which scenarios are played, and which departures are known",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """An item for each scenario, and one for judge."""
    if FIXTURE not in metafunc.fixturenames:
        return
    from statuary.conformance.choosing import choose
    from statuary.conformance.scenario_files import packaged

    keys = _keys(metafunc.definition)
    level = keys.get("level", "may")
    scenarios = choose(packaged(), only=_listed(keys.get("only")), codes=_listed(keys.get("code")), level=level)
    if not scenarios:
        raise pytest.UsageError(f"{metafunc.definition.nodeid}: no scenario is like that")
    metafunc.parametrize(FIXTURE, [*scenarios, None], ids=[*(one.id for one in scenarios), JUDGE], indirect=True)


class CheckedScenario:
    """One scenario and the subject on which it is played."""

    def __init__(
        self, scenario: Scenario | None, session: Session, keys: dict[str, Any], config: pytest.Config
    ) -> None:
        self._scenario = scenario
        self._session = session
        self._keys = keys
        self._config = config

    @property
    def id(self) -> str:
        """The scenario's, or "judge"."""
        return JUDGE if self._scenario is None else self._scenario.id

    def results(self) -> list[Result]:
        """What it shows, waivers applied: one result; of judge, one for each requirement that was broken."""
        return self._session.results(self._scenario, self._waivers())

    def check(self) -> None:
        """Fail where a MUST is broken (with ``level="should"`` a SHOULD too), skip where nothing could be shown."""
        __tracebackhide__ = True
        from statuary.conformance.reports.terminal import explained

        results = self.results()
        counted = ("fail", "warn") if self._keys.get("level") == "should" else ("fail",)
        failed = [one for one in results if one.verdict in (*counted, "harness error") and one.waived is None]
        if failed:
            pytest.fail("\n\n".join(explained(one) for one in failed), pytrace=False)
        for one in results:
            if one.verdict in ("not applicable", "inconclusive"):
                pytest.skip(f"{one.verdict}: {one.detail}")

    def _waivers(self) -> tuple[Waiver, ...]:
        from statuary.conformance.waivers import read_waivers

        file = self._keys.get("waivers")
        return () if file is None else read_waivers(self._config.rootpath / file)


class Session:
    """A subject that is being checked, for as long as the tests run."""

    def __init__(self, subject: Any) -> None:
        import asyncio
        from contextlib import AsyncExitStack

        self._subject = subject
        self._runner: asyncio.Runner = asyncio.Runner()
        self._stack: AsyncExitStack = AsyncExitStack()
        self._run: Run | None = None

    def results(self, scenario: Scenario | None, waivers: tuple[Waiver, ...]) -> list[Result]:
        """Play a scenario, or ask judge where there is None."""
        from datetime import UTC, datetime

        from statuary.conformance.waivers import waived

        run = self.run()
        results = run.judged() if scenario is None else [self._runner.run(run.result(scenario))]
        return waived(results, waivers, datetime.now(UTC).date())

    def run(self) -> Run:
        """The run, which begins when it is first asked for."""
        if self._run is None:
            self._run = self._runner.run(self._open())
        return self._run

    async def _open(self) -> Run:
        from statuary.conformance.applications import Application
        from statuary.conformance.run import Known, Plan, Run
        from statuary.conformance.scenario_files import packaged

        if isinstance(self._subject, Application):
            known = Known("the application", "http://127.0.0.1/", told=self._subject.facts)
            return await Run.open(self._subject.peer, known, Plan(packaged()))
        from statuary.conformance.channel import SocketPeer
        from statuary.conformance.fetch import target_of
        from statuary.conformance.process import started

        subject = _subject(self._subject)
        url = await self._stack.enter_async_context(started(subject))
        target = target_of(url)
        known = Known(subject.name, url, told=subject.facts)
        return await Run.open(SocketPeer(target.host, target.port), known, Plan(packaged()))

    def close(self) -> None:
        """Tidy up, and end what was started."""
        if self._run is not None:
            self._runner.run(self._run.tidy())
        self._runner.run(self._stack.aclose())
        self._runner.close()


def _subject(told: Any) -> Subject:
    from pathlib import Path

    from statuary.conformance.subject import Subject, read_subject

    if isinstance(told, Subject):
        return told
    if isinstance(told, Path):
        return read_subject(told)
    if isinstance(told, str):
        return Subject(told, told)
    raise TypeError(
        "statuary_subject gives a URL, the Path of a subject file, or an application: see statuary.conformance.applications"
    )


@pytest.fixture(scope="session")
def statuary_session(statuary_subject: Any) -> Iterator[Session]:
    """The subject that the fixture ``statuary_subject`` of the project gives, being checked."""
    session = Session(statuary_subject)
    yield session
    session.close()


@pytest.fixture
def statuary_scenario(request: pytest.FixtureRequest, statuary_session: Session) -> CheckedScenario:
    """One scenario, ready to be played: ``check()`` does."""
    return CheckedScenario(request.param, statuary_session, _keys(request.node), request.config)


def _keys(node: Any) -> dict[str, Any]:
    marker = node.get_closest_marker("statuary")
    keys = {} if marker is None else dict(marker.kwargs)
    unknown = sorted(set(keys) - {"only", "code", "level", "waivers"})
    if unknown or (marker is not None and marker.args):
        raise pytest.UsageError(
            f"pytest.mark.statuary has only, code, level and waivers, by name; not {unknown or marker.args}"
        )
    return keys


def _listed(value: Any) -> tuple[Any, ...]:
    if value is None:
        return ()
    return tuple(value) if isinstance(value, list | tuple) else (value,)
