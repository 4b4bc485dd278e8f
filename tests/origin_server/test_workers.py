"""Several processes on one port: they share the work, one that dies is replaced, and all end together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from .programs import Program, exchange, read_to_end, serving

GET = b"GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
KEEP = b"GET /a HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "a").write_text("content of a")
    return tmp_path


def workers_of(program: Program) -> set[int]:
    """The process ids of the workers, as the system knows them."""
    children = Path(f"/proc/{program.process.pid}/task/{program.process.pid}/children")
    if not children.exists():
        pytest.skip("this system does not tell the children of a process")
    return set(map(int, children.read_text().split()))


def answers(program: Program) -> bool:
    with program.connect() as connection:
        connection.sendall(GET)
        return b"content of a" in read_to_end(connection)


def ticks_since_start(process: int) -> float:
    """Seconds that a process has run."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return float(Path("/proc/uptime").read_text().split()[0]) - int(fields[19]) / os.sysconf("SC_CLK_TCK")


def test_workers_do_not_outlive_their_parent(root: Path) -> None:
    with serving(root, "--workers", "2") as program:
        while len(workers_of(program)) < 2:
            assert answers(program)
        program.signal(signal.SIGKILL)
        # Until the workers have ended too, they hold the other end of the parent's standard error
        program.process.communicate(timeout=60)
        with pytest.raises(ConnectionError):
            program.connect()


def test_one_that_is_killed_is_replaced(root: Path) -> None:
    with serving(root, "--workers", "2") as program:
        while len(before := workers_of(program)) < 2:
            assert answers(program)
        # One that dies right after its start would end the whole
        while min(map(ticks_since_start, before)) < 1.2:
            assert answers(program)
        victim = min(before)
        os.kill(victim, signal.SIGKILL)
        while victim in workers_of(program) or len(workers_of(program)) < 2:
            assert answers(program)
        assert len(workers_of(program) & before) == 1
        for _ in range(20):
            assert answers(program)
        program.signal(signal.SIGTERM)
        status, said = program.end()
    assert status == 0
    assert "starting another" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_all_end_together(root: Path, number: int) -> None:
    with serving(root, "--workers", "2") as program, program.connect() as idle:
        exchange(idle, KEEP, b"content of a")
        workers = workers_of(program)
        program.signal(number)
        assert read_to_end(idle) == b""
        assert program.end() == (0, "")
    assert not any(os.path.exists(f"/proc/{worker}") for worker in workers)


def test_a_signal_while_they_are_being_started_ends_them_all() -> None:
    """None is missed, and nobody waits for ever."""
    program = """
        import signal, sys
        from statuary.origin_server.workers import run_workers
        forks = 0
        def on_event(event, arguments):
            global forks
            if event == "os.fork":
                forks += 1
                if forks == last:
                    signal.raise_signal(signal.SIGTERM)
        sys.addaudithook(on_event)
        for last in (1, 2, 3):
            forks = 0
            assert run_workers(3, signal.pause) == 0
            assert forks == last
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(program)], timeout=60, check=True)


def test_a_terminal_s_interrupt_reaches_all_and_cuts_nothing(root: Path) -> None:
    """Ctrl-C comes to each worker twice: from the terminal as SIGINT, from the parent as SIGTERM."""
    with serving(root, "--workers", "2", "--writable") as program, program.connect() as connection:
        head = b"PUT /b HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\nExpect: 100-continue\r\n\r\n"
        exchange(connection, head, b"\r\n\r\n")
        with program.connect() as idle:
            exchange(idle, KEEP, b"content of a")
            for process in (*workers_of(program), program.process.pid):
                os.kill(process, signal.SIGINT)
            assert read_to_end(idle) == b""
        connection.sendall(b"halway")
        assert b" 201 " in read_to_end(connection)
        connection.close()
        assert program.end() == (0, "")
    assert (root / "b").read_text() == "halway"


def test_one_that_dies_at_once_ends_the_whole() -> None:
    program = """
        import os, sys
        from statuary.origin_server.workers import run_workers
        def work():
            raise RuntimeError("no")
        sys.exit(run_workers(2, work))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], stderr=subprocess.PIPE, timeout=60, check=False
    )
    assert done.returncode == 1
    assert b"giving up" in done.stderr
