"""Every wire check, as a test of its own, against `statuary serve` run as its users run it."""

from __future__ import annotations

import re
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from statuary import requirements

from . import checks
from .registry import CHECKS, Check, in_order
from .site import Site, make_site

assert checks.__all__, "the checks register themselves when they are imported"

URL = re.compile(rb"http://127\.0\.0\.1:(\d+)/")
PATIENCE = 20.0
"""How long the server may take to start or to end, in seconds, before the run is given up."""


def listening_port(process: subprocess.Popen[bytes]) -> int:
    """The port in the URL that the server prints on stderr once it listens."""
    assert process.stderr is not None
    printed, deadline = b"", time.monotonic() + PATIENCE
    with selectors.DefaultSelector() as selector:
        selector.register(process.stderr, selectors.EVENT_READ)
        while (match := URL.search(printed)) is None:
            ready = selector.select(max(0.0, deadline - time.monotonic()))
            line = process.stderr.readline() if ready else b""
            if not line:
                raise RuntimeError(f"the server printed no URL, but: {printed.decode(errors='replace')}")
            printed += line
    return int(match[1])


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server of the known directory, started as a program and ended with SIGTERM."""
    root = make_site(tmp_path_factory.mktemp("wire"))
    command = [sys.executable, "-m", "statuary", "serve", str(root), "--writable", "--host", "127.0.0.1", "--port", "0"]
    log = tmp_path_factory.mktemp("log") / "log.txt"
    with (
        log.open("wb") as written,
        subprocess.Popen(command, stdout=written, stderr=subprocess.PIPE) as process,
    ):
        try:
            port = listening_port(process)
            # Whatever else it prints is read too, or the server would wait for its reader.
            with subprocess.Popen(["cat"], stdin=process.stderr, stdout=written):
                yield Site("127.0.0.1", port, root, timeout=5.0)
                process.send_signal(signal.SIGTERM)
                status = process.wait(PATIENCE)
        finally:
            process.kill()
    assert status == 0, f"SIGTERM ended the server with {status}"


@pytest.mark.parametrize("check", [pytest.param(check, id=check.id) for check in in_order()])
def test_origin_server(check: Check, site: Site) -> None:
    check.run(site)


@pytest.mark.parametrize("id", sorted({id for check in CHECKS.values() for id in check.requirements}))
def test_requirements_are_those_of_the_project(id: str) -> None:
    assert requirements.lookup(id).id == id


def test_every_check_names_a_requirement() -> None:
    assert not [check.id for check in CHECKS.values() if not check.requirements]
