"""The end of a server, as a process: signals, what is in flight, and exit statuses."""

from __future__ import annotations

import contextlib
import signal
import socket
from pathlib import Path

import pytest

from .connected import read_responses
from .programs import Program, exchange, read_to_end, serving, start

GET = b"GET /a HTTP/1.1\r\nHost: a\r\n\r\n"
PUT = b"PUT /b HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\nExpect: 100-continue\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"

LOOPS = ["asyncio", "auto"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "a").write_text("content of a")
    return tmp_path


def begin(program: Program) -> socket.socket:
    """A connection with a request in flight: it was told to go on, and has sent half."""
    connection = program.connect()
    assert exchange(connection, PUT, b"\r\n\r\n") == CONTINUE
    connection.sendall(b"hal")
    return connection


def is_stopping(program: Program, idle: socket.socket) -> bool:
    """An idle connection is closed as soon as the signal has arrived."""
    return read_to_end(idle) == b""


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_idle_server_ends_at_once(root: Path, number: int, loop: str) -> None:
    with serving(root, "--loop", loop) as program, program.connect() as connection:
        assert exchange(connection, GET, b"content of a").startswith(b"HTTP/1.1 200 ")
        program.signal(number)
        assert read_to_end(connection) == b""
        assert program.end() == (0, "")


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_what_is_in_flight_is_finished(root: Path, number: int, loop: str) -> None:
    with (
        serving(root, "--writable", "--loop", loop) as program,
        program.connect() as idle,
        begin(program) as connection,
    ):
        exchange(idle, GET, b"content of a")
        program.signal(number)
        assert is_stopping(program, idle)
        # Nobody new is let in, and who was in may finish
        with pytest.raises(ConnectionError):
            program.connect()
        connection.sendall(b"way")
        (response,) = read_responses(read_to_end(connection))
        assert (response.status, response.fields["connection"]) == (201, "close")
        connection.close()
        assert program.end() == (0, "")
    assert (root / "b").read_text() == "halway"


def test_a_second_signal_ends_it_at_once(root: Path) -> None:
    with serving(root, "--writable") as program, program.connect() as idle, begin(program) as connection:
        program.signal(signal.SIGTERM)
        assert is_stopping(program, idle)
        program.signal(signal.SIGTERM)
        with contextlib.suppress(ConnectionResetError):
            assert read_to_end(connection) == b""
        assert program.end() == (0, "")
    assert not (root / "b").exists()
    assert list((root / ".statuary" / "incoming").iterdir()) == []


def test_what_takes_too_long_is_dropped(root: Path) -> None:
    with serving(root, "--writable", "--shutdown-timeout", "0.01") as program, begin(program) as connection:
        program.signal(signal.SIGTERM)
        with contextlib.suppress(ConnectionResetError):
            assert read_to_end(connection) == b""
        assert program.end() == (0, "")
    assert not (root / "b").exists()


def test_a_port_that_is_taken(root: Path) -> None:
    with serving(root) as program:
        process = start(str(root), "--port", str(program.port))
        _, said = process.communicate(timeout=60)
        assert process.returncode == 2
        assert f"port {program.port}" in said.decode()
        assert "another server" in said.decode()
        assert b"Traceback" not in said


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("/nonexistent/directory",), "not a directory"),
        (("/etc/passwd",), "not a directory"),
        ((".", "--host", "no.such.host.invalid"), "can't listen"),
        ((".", "--host", "192.0.2.1"), "can't listen"),
        ((".", "--port", "70000"), "port"),
        ((".", "--port", "http"), "port"),
        ((".", "--workers", "0"), "at least 1"),
        ((".", "--head-timeout", "0"), "more than 0"),
        ((".", "--head-timeout", "nan"), "more than 0"),
        ((".", "--nonsense"), "--nonsense"),
    ],
)
def test_what_can_t_be_done_is_said(arguments: tuple[str, ...], says: str) -> None:
    process = start(*arguments)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 2
    assert says in said.decode()
    assert b"Traceback" not in said


def test_on_ipv6(root: Path) -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError as error:
        pytest.skip(f"this machine has no IPv6 loopback: {error}")
    with serving(root, "--host", "::1") as program, program.connect() as connection:
        request = b"GET /a HTTP/1.1\r\nHost: [::1]\r\n\r\n"
        assert exchange(connection, request, b"content of a").startswith(b"HTTP/1.1 200 ")
        program.signal(signal.SIGTERM)
        assert program.end() == (0, "")
