"""Subjects that are started: real programs, ended with all their children."""

from __future__ import annotations

import asyncio
import os
import select
import sys
from pathlib import Path

import pytest

from statuary.conformance.process import CannotStart, started, version_of
from statuary.conformance.subject import Subject

SERVER = """
import os, socket, sys
child = os.fork()
if not child:
    import signal
    signal.pause()
print("up", flush=True)
with open(sys.argv[2], "w") as pids:
    pids.write(f"{os.getpid()} {child}")
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    server.accept()[0].close()
"""


def subject(tmp_path: Path, code: str, *arguments: str) -> Subject:
    (tmp_path / "server.py").write_text(code)
    command = ("{python}", "server.py", "{port}", *arguments)
    return Subject("one", "http://127.0.0.1:{port}/", command, folder=tmp_path)


def has_ended(process: int) -> bool:
    """Whether a process comes to its end, for which a signal may be under way."""
    try:
        number = os.pidfd_open(process)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([number], [], [], 30)[0])
    finally:
        os.close(number)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="pidfd_open is Linux's")
def test_it_is_started_and_ended_with_its_children(tmp_path: Path) -> None:
    async def session() -> str:
        async with started(subject(tmp_path, SERVER, str(tmp_path / "pids"))) as url:
            return url

    url = asyncio.run(session())
    assert url.startswith("http://127.0.0.1:")
    pids = [int(pid) for pid in (tmp_path / "pids").read_text().split()]
    assert len(pids) == 2
    assert os.getpid() not in pids
    assert all(has_ended(pid) for pid in pids)


@pytest.mark.parametrize(
    ("code", "message"),
    [("raise SystemExit('no licence')", "it ended with status 1: no licence"), ("", "it ended with status 0")],
)
def test_what_does_not_come_up_is_said_with_its_last_words(tmp_path: Path, code: str, message: str) -> None:
    async def session() -> None:
        async with started(subject(tmp_path, code)):
            pass

    with pytest.raises(CannotStart, match=message):
        asyncio.run(session())


def test_a_command_that_does_not_exist(tmp_path: Path) -> None:
    async def session() -> None:
        async with started(Subject("one", "http://127.0.0.1:{port}/", ("statuary-no-such-command",), folder=tmp_path)):
            pass

    with pytest.raises(CannotStart, match="statuary-no-such-command"):
        asyncio.run(session())


def test_version(tmp_path: Path) -> None:
    print_it = ("{python}", "-c", "print(); print('one/1.2')")
    assert version_of(Subject("one", "http://a/", version=print_it, folder=tmp_path)) == "one/1.2"
    assert version_of(Subject("one", "http://a/", version=("statuary-no-such-command",), folder=tmp_path)) == ""
    assert version_of(Subject("one", "http://a/")) == ""
