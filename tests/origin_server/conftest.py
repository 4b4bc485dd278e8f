"""Running servers for tests: `statuary serve` as its users start it, on a free port, ended with SIGTERM."""

from __future__ import annotations

import contextlib
import re
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ANNOUNCEMENT = re.compile(r"^statuary: serving .* at http://([0-9.]+):([0-9]+)/ ")

# Short, so that a 408 need not be waited for; long enough for a busy machine
TIME_OUTS = ("--head-timeout", "1", "--content-timeout", "3")


@dataclass(frozen=True, slots=True)
class Served:
    """A server that runs, and the directory it serves (None for the exhibit)."""

    host: str
    port: int
    process: subprocess.Popen[bytes]
    directory: Path | None

    @property
    def authority(self) -> str:
        return f"{self.host}:{self.port}"

    @property
    def origin(self) -> str:
        return f"http://{self.authority}"


Serve = Callable[..., Served]


@contextlib.contextmanager
def serving(*arguments: str, directory: Path | None = None) -> Iterator[Served]:
    """`statuary serve` with these arguments; it is told to stop with SIGTERM, and must then exit with status 0."""
    command = [sys.executable, "-m", "statuary", "serve", "--port", "0", "--log", "none", *arguments]
    if directory is not None:
        command.append(str(directory))
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr is not None
    lines = iter(process.stderr.readline, b"")
    # Whatever else it says is read on, lest the server wait for us
    reading = threading.Thread(target=deque, args=(lines, 0))
    try:
        host, port = _announced(lines)
        reading.start()
        yield Served(host, port, process, directory)
        process.send_signal(signal.SIGTERM)
        status = process.wait(30)
    finally:
        process.kill()
        process.wait()
        if reading.ident is not None:
            reading.join()
        process.stderr.close()
    assert status == 0


def _announced(lines: Iterator[bytes]) -> tuple[str, int]:
    """Host and port, once the server has named them: from then on connections are taken."""
    said = b""
    for line in lines:
        if found := ANNOUNCEMENT.match(line.decode()):
            return found[1], int(found[2])
        said += line
    raise AssertionError(f"the server did not start: {said.decode()}")


@pytest.fixture(scope="session")
def exhibit() -> Iterator[Served]:
    """The exhibit."""
    with serving(*TIME_OUTS) as served:
        yield served


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Start servers for a directory of the test's own: `serve("--writable", **{"a.txt": "content"})`."""
    with contextlib.ExitStack() as running:

        def start(*arguments: str, files: dict[str, str | bytes] | None = None) -> Served:
            directory = tmp_path / "site"
            directory.mkdir(exist_ok=True)
            for name, content in (files or {}).items():
                path = directory / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content.encode() if isinstance(content, str) else content)
            return running.enter_context(serving(*TIME_OUTS, *arguments, directory=directory))

        yield start
