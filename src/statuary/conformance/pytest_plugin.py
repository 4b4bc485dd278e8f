"""A pytest plugin: a project checks its own server, application or client in its own tests, an item for each scenario.

    @pytest.fixture(scope="session")
    def statuary_subject():
        return asgi(app, offers={"file": "/logo.svg"})

    @pytest.mark.statuary(level="must", waivers="http-waivers.toml")
    def test_http(statuary_scenario):
        statuary_scenario.check()

For a client the fixtures are ``statuary_client`` and ``statuary_client_scenario``. docs/pytest.md tells more. Pytest loads
this module wherever Statuary is installed, so all else is imported when it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterator, Sequence
    from contextlib import AsyncExitStack

    from statuary.conformance.choosing import Choosable
    from statuary.conformance.client.driver import Driver
    from statuary.conformance.client.run import ClientRun
    from statuary.conformance.report import Result
    from statuary.conformance.run import Run
    from statuary.conformance.subject import Subject
    from statuary.conformance.waivers import Waiver

FIXTURE = "statuary_scenario"
CLIENT_FIXTURE = "statuary_client_scenario"
JUDGE = "judge"
"""The item after the scenarios: what judge says of all exchanges that they brought about."""


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "statuary(only, code, level, waivers): which scenarios are played, and which departures are known",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """An item for each scenario, and one for judge."""
    if FIXTURE in metafunc.fixturenames:
        from statuary.conformance.scenario_files import packaged

        _generate(metafunc, FIXTURE, packaged())
    if CLIENT_FIXTURE in metafunc.fixturenames:
        from statuary.conformance.client.scenario_files import packaged as for_clients

        _generate(metafunc, CLIENT_FIXTURE, for_clients())


def _generate(metafunc: pytest.Metafunc, fixture: str, all_of_them: Sequence[Choosable]) -> None:
    from statuary.conformance.choosing import choose

    keys = _keys(metafunc.definition)
    level = keys.get("level", "may")
    scenarios = choose(all_of_them, only=_listed(keys.get("only")), codes=_listed(keys.get("code")), level=level)
    if not scenarios:
        raise pytest.UsageError(f"{metafunc.definition.nodeid}: no scenario is like that")
    metafunc.parametrize(fixture, [*scenarios, None], ids=[*(one.id for one in scenarios), JUDGE], indirect=True)


class CheckedScenario:
    """One scenario and the subject on which it is played."""

    def __init__(
        self, scenario: Choosable | None, session: Session | ClientSession, keys: dict[str, Any], config: pytest.Config
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

    def results(self, scenario: Any, waivers: tuple[Waiver, ...]) -> list[Result]:
        """Play a scenario, or ask judge where there is None."""
        run = self.run()
        results = run.judged() if scenario is None else [self._runner.run(run.result(scenario))]
        return _waived(results, waivers)

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


class ClientSession:
    """A client that is being checked, for as long as the tests run."""

    def __init__(self, client: Any) -> None:
        import asyncio

        self._client = client
        self._runner: asyncio.Runner = asyncio.Runner()
        self._driver: Driver | None = None
        self._run: ClientRun | None = None

    def results(self, scenario: Any, waivers: tuple[Waiver, ...]) -> list[Result]:
        """Play a scenario, or ask judge where there is None. Raises CannotDrive."""
        if self._run is None:
            self._run = self._runner.run(self._open())
        results = self._run.judged() if scenario is None else [self._runner.run(self._run.result(scenario))]
        return _waived(results, waivers)

    async def _open(self) -> ClientRun:
        from statuary.conformance.client.run import ClientRun, Plan
        from statuary.conformance.client.scenario_files import packaged

        self._driver = await _driver(self._client)
        run = ClientRun(self._driver, Plan(packaged(), jobs=1))
        await run.prove()
        return run

    def close(self) -> None:
        """End what was started."""
        if self._driver is not None:
            self._runner.run(self._driver.close())
        self._runner.close()


async def _driver(told: Any) -> Driver:
    from pathlib import Path

    from statuary.conformance.client.calling import CallingDriver
    from statuary.conformance.client.client_file import find_client
    from statuary.conformance.client.driver import CommandDriver
    from statuary.conformance.client.pull import PullDriver

    if isinstance(told, CallingDriver):
        return told
    if isinstance(told, str | Path):
        client = find_client(str(told))
        if not client.loop:
            return CommandDriver(client)
        driver = PullDriver(client)
        await driver.open()
        return driver
    if callable(told):
        return CallingDriver(told)
    raise TypeError("statuary_client gives a function, a CallingDriver, or a client file: see docs/check-client.md")


def _waived(results: list[Result], waivers: tuple[Waiver, ...]) -> list[Result]:
    from datetime import UTC, datetime

    from statuary.conformance.waivers import waived

    return waived(results, waivers, datetime.now(UTC).date())


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


@pytest.fixture(scope="session")
def statuary_client_session(statuary_client: Any) -> Iterator[ClientSession]:
    """The client that the fixture ``statuary_client`` of the project gives, being checked."""
    session = ClientSession(statuary_client)
    yield session
    session.close()


@pytest.fixture
def statuary_client_scenario(request: pytest.FixtureRequest, statuary_client_session: ClientSession) -> CheckedScenario:
    """One scenario for clients, ready to be played: ``check()`` does."""
    return CheckedScenario(request.param, statuary_client_session, _keys(request.node), request.config)


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
