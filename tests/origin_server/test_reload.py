"""SIGHUP to ``statuary serve``: its statuary.toml is read anew, and nobody who is being served notices more than that."""

from __future__ import annotations

import os
import signal
import socket
from contextlib import ExitStack
from pathlib import Path

import pytest

from .connected import read_responses
from .programs import Program, exchange, in_a_terminal, read_to_end, serving
from .test_workers import ticks_since_start, workers_of

GET = b"GET /old HTTP/1.1\r\nHost: a\r\n\r\n"
MOVED = '[[moved]]\npath = "/old"\nto = "/new"\n'
GONE = '[[gone]]\npath = "/old"\n'
WRONG = '[[gone]]\npath = "/old"\ndetial = "It is."\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "statuary.toml").write_text(MOVED)
    return tmp_path


def status(connection: socket.socket) -> int:
    """What /old is answered with now, on a connection that stays."""
    connection.sendall(GET)
    head = b""
    while b"\r\n\r\n" not in head:
        head += connection.recv(1)
    length = next(line for line in head.split(b"\r\n") if line.startswith(b"Content-Length: "))
    left = int(length[16:])
    while left:
        left -= len(connection.recv(left))
    return int(head[9:12])


def reload(program: Program, root: Path, configuration: str) -> str:
    (root / "statuary.toml").write_text(configuration)
    program.signal(signal.SIGHUP)
    return program.says()


@pytest.mark.parametrize("loop", ["asyncio", "auto"])
def test_the_configuration_is_read_anew(root: Path, loop: str) -> None:
    with serving(root, "--loop", loop) as program, program.connect() as connection:
        assert status(connection) == 301
        assert reload(program, root, f'server = "Renewed"\n{GONE}') == "statuary: reloaded\n"
        assert status(connection) == 410
        with program.connect() as another:
            assert b"\r\nServer: Renewed\r\n" in exchange(another, GET, b"}\n")
        # It may say nothing else
        reload(program, root, 'server = "Alone"\n')
        with program.connect() as another:
            assert b"\r\nServer: Alone\r\n" in exchange(another, GET, b"}\n")
        (root / "statuary.toml").unlink()
        program.signal(signal.SIGHUP)
        assert program.says() == "statuary: reloaded\n"
        assert status(connection) == 404
        program.signal(signal.SIGTERM)
        assert program.end() == (0, "")


def test_what_is_wrong_is_told_and_changes_nothing(root: Path) -> None:
    with serving(root) as program, program.connect() as connection:
        said = reload(program, root, WRONG)
        assert said.startswith("statuary: not reloaded: statuary.toml:3: ")
        assert "detail" in said
        assert status(connection) == 301
        assert reload(program, root, GONE) == "statuary: reloaded\n"
        assert status(connection) == 410


def test_what_is_in_flight_ends_as_it_began(root: Path) -> None:
    """Half a PUT is there when writing is forbidden; the next one on that connection is."""
    put = b"PUT /b HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n"
    (root / "statuary.toml").write_text('[[writable]]\npath = "/*"\n')
    with serving(root) as program, program.connect() as connection:
        exchange(connection, put + b"Expect: 100-continue\r\n\r\n", b"\r\n\r\n")
        connection.sendall(b"hal")
        assert reload(program, root, GONE) == "statuary: reloaded\n"
        with program.connect() as another:
            assert status(another) == 410
        connection.sendall(b"way" + put + b"Connection: close\r\n\r\nlater!")
        answers = read_responses(read_to_end(connection), ["PUT", "PUT"])
        assert [answer.status for answer in answers] == [201, 405]
        assert (root / "b").read_bytes() == b"halway"
        # Another is served as before while nobody needs the first site any more
        with program.connect() as another:
            assert status(another) == 410


def test_who_has_asked_too_often_is_remembered(root: Path) -> None:
    rate = '[[rate]]\npath = "/old"\nrequests = 1\nseconds = 86400\n'
    (root / "statuary.toml").write_text(rate)
    with serving(root) as program, program.connect() as connection:
        assert [status(connection) for _ in range(2)] == [404, 429]
        reload(program, root, rate + MOVED)
        assert status(connection) == 429


def test_workers_read_it_anew(root: Path) -> None:
    with serving(root, "--workers", "2") as program, ExitStack() as stack:
        connections = [stack.enter_context(program.connect()) for _ in range(16)]
        assert {status(connection) for connection in connections} == {301}
        # Told once, by their parent
        assert reload(program, root, WRONG).startswith("statuary: not reloaded: statuary.toml:3: ")
        assert {status(connection) for connection in connections} == {301}
        assert reload(program, root, GONE) == "statuary: reloaded\n"
        for connection in connections:
            while status(connection) != 410:
                pass
        # One that is started only now has it too
        before = workers_of(program)
        while min(map(ticks_since_start, before)) < 1.2:
            assert 410 in {status(connection) for connection in connections}
        victim = min(before)
        os.kill(victim, signal.SIGKILL)
        assert "starting another" in program.says()
        while victim in workers_of(program) or len(workers_of(program)) < 2:
            pass
        for _ in range(20):
            with program.connect() as connection:
                assert status(connection) == 410
        program.signal(signal.SIGTERM)
        assert program.end() == (0, "")


@pytest.mark.parametrize("workers", ["1", "2"])
def test_it_ends_with_its_terminal(root: Path, workers: str) -> None:
    master, slave = os.openpty()
    with serving(root, "--workers", workers, prepare=in_a_terminal(slave)) as program:
        with program.connect() as connection:
            assert status(connection) == 301
        os.close(slave)
        os.close(master)
        assert program.end() == (0, "")


def test_nohup_keeps_it_without_a_terminal(root: Path) -> None:
    master, slave = os.openpty()

    def prepare() -> None:
        in_a_terminal(slave)()
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    with serving(root, prepare=prepare) as program, program.connect() as connection:
        (root / "statuary.toml").write_text(GONE)
        os.close(slave)
        os.close(master)
        assert program.says() == "statuary: reloaded\n"
        assert status(connection) == 410
