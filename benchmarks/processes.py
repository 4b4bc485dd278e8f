"""Programs under measurement: each started in a session of its own, watched through /proc, and ended whole.

What the benchmarks need of Linux lives here. Which servers there are does not; see servers.py.
"""

import contextlib
import os
import resource
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

HOST = "127.0.0.1"
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
PAGE_SIZE = os.sysconf("SC_PAGE_SIZE")


class DidNotStartError(Exception):
    """The program ended, or did not listen in time; the text holds the last lines it wrote."""


class Program:
    """A running program with the processes it started: everything in the session that it leads."""

    def __init__(self, argv: Sequence[str], log: Path, core: int | None, environment: Mapping[str, str]) -> None:
        pinned = ["taskset", "--cpu-list", str(core), *argv] if core is not None else list(argv)
        self.log = log
        # Appending, so that the log can be emptied while the program writes it
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                pinned,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **environment},
                start_new_session=True,
            )

    def is_running(self) -> bool:
        return self._process.poll() is None

    def cpu_seconds(self) -> float:
        """User and system time of all its processes, and of the children already waited for."""
        ticks = sum(sum(map(int, fields[11:15])) for _, fields in self._processes())
        return ticks / TICKS_PER_SECOND

    def resident_bytes(self) -> int:
        """RSS of all its processes together; pages they share count once for each."""
        return sum(int(fields[21]) for _, fields in self._processes()) * PAGE_SIZE

    def open_files(self) -> int:
        """File descriptors, sockets among them, of all its processes together."""
        count = 0
        for pid, _ in self._processes():
            with contextlib.suppress(OSError):
                count += len(os.listdir(f"/proc/{pid}/fd"))
        return count

    def wait_until_listening(self, port: int, seconds: float = 20) -> None:
        """Return once the port takes a connection; raise `DidNotStartError` if it doesn't in time."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not self.is_running():
                raise DidNotStartError(self._last_words("it ended"))
            with contextlib.suppress(OSError), socket.create_connection((HOST, port), timeout=1):
                return
            time.sleep(0.05)
        raise DidNotStartError(self._last_words(f"nothing listened after {seconds:g} s"))

    def stop(self, seconds: float = 10) -> int:
        """Ask it to end, kill what is left of the session after `seconds`, and return its exit status."""
        if self.is_running():
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(seconds)
        for pid, _ in self._processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return self._process.wait()

    def _processes(self) -> Iterator[tuple[int, list[str]]]:
        """Each process of the session: its pid, and the fields of its stat file from the third (state) on."""
        for directory in Path("/proc").iterdir():
            if not directory.name.isdigit():
                continue
            try:
                stat = (directory / "stat").read_text()
            except OSError:
                continue
            # The second field is the command's name in parentheses, and may itself hold spaces and parentheses
            fields = stat.rpartition(")")[2].split()
            if int(fields[3]) == self._process.pid:
                yield int(directory.name), fields

    def _last_words(self, what: str) -> str:
        written = self.log.read_text(errors="replace").strip().splitlines()
        return "; ".join([what, *written[-3:]])


@contextlib.contextmanager
def running(
    argv: Sequence[str], log: Path, port: int, core: int | None, environment: Mapping[str, str]
) -> Iterator[Program]:
    """Run a server for the time of the block, from its first accepted connection on."""
    program = Program(argv, log, core, environment)
    try:
        program.wait_until_listening(port)
        yield program
    finally:
        program.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def find_tool(name: str) -> str | None:
    """The path of a program; those in the sbin directories too, which not every user has on the PATH."""
    return shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"]))


def allow_open_files(count: int) -> bool:
    """Raise the limit of open files, which children inherit, to at least `count`; whether that was possible."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft >= count:
        return True
    if hard < count:
        return False
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return True
