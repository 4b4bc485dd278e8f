"""Running http-cache-tests on one cache: its server behind, its client in front."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

from interop.intermediaries.subjects import INTERMEDIARIES, Intermediary, Mode

from statuary.conformance.process import started
from statuary.conformance.subject import Subject

HERE = Path(__file__).parent
PACKAGE = "http-cache-tests"


class Cache(NamedTuple):
    """A cache of a gateway, or of a proxy."""

    of: Intermediary
    mode: Mode

    @property
    def name(self) -> str:
        """Of the folder that it is configured in; of a proxy, with that said."""
        return f"{self.of.name}-proxy" if self.is_of_proxy else self.of.name

    @property
    def title(self) -> str:
        """Its name and version, once it is installed."""
        return f"{self.of.title} as a proxy" if self.is_of_proxy else self.of.title

    @property
    def is_of_proxy(self) -> bool:
        """Whether clients choose it."""
        return self.mode == "caching-proxy"


_MODES: tuple[Mode, ...] = ("cache", "caching-proxy")
CACHES = {
    cache.name: cache
    for mode in _MODES
    for one in INTERMEDIARIES.values()
    if mode in one.modes
    for cache in (Cache(one, mode),)
}
"""All of them, by name."""


class Result(NamedTuple):
    """What came of a test.

    kind     required, optimal, or check: neither is better
    verdict  pass, fail (of required), suboptimal, yes or no (of check); or why there is none: depends (on a test that was
             not passed), not set up, ...
    says     why it was not passed
    """

    id: str
    name: str
    suite: str
    kind: str
    verdict: str
    says: str


class CouldNotRun(Exception):  # noqa: N818
    """There are no results. The message says why."""


async def results_of(cache: Cache, modules: Path) -> list[Result]:
    """All tests with this cache; ``modules`` has the package. Raises CouldNotRun, CannotStart."""
    async with _server(modules) as port, started(cache.of.in_front_of(port, cache.mode)) as url:
        where = url.rstrip("/")
        return await _run(modules, *([f"http://127.0.0.1:{port}", where] if cache.is_of_proxy else [where]))


@contextlib.asynccontextmanager
async def _server(modules: Path) -> AsyncIterator[int]:
    """The port of the server that the tests configure."""
    with tempfile.TemporaryDirectory(prefix="statuary-interop-") as folder:
        port = _free_port()
        settings = {"protocol": "http", "port": str(port), "pidfile": f"{folder}/pid"}
        told = [f"npm_config_{name}={value}" for name, value in settings.items()]
        command = ("env", *told, "node", "server/server.mjs")
        server = Subject("the server of the tests", f"http://127.0.0.1:{port}", command, folder=modules / PACKAGE)
        async with started(server):
            yield port


async def _run(modules: Path, *where: str) -> list[Result]:
    command = ("node", "--no-warnings", str(HERE / "run.mjs"), str(modules / PACKAGE), *where)
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        output, errors = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    if process.returncode:
        raise CouldNotRun(errors.decode("utf-8", "replace")[-2000:])
    return [Result(**one) for one in json.loads(output)]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
