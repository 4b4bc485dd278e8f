"""`statuary serve` as a process of its own, for the tests of its life and end. It is the tests' to signal and to wait for."""

from __future__ import annotations

import fcntl
import os
import re
import socket
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ANNOUNCED = re.compile(rb"statuary: serving .* at http://(\[[0-9a-f:]+\]|[0-9.]+):([0-9]+)/")


@dataclass(frozen=True, slots=True)
class Program:
    """A server that runs."""

    process: subprocess.Popen[bytes]
    host: str
    port: int

    def connect(self) -> socket.socket:
        connection = socket.create_connection((self.host, self.port), timeout=60)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def says(self) -> str:
        """The next line that it writes to standard error."""
        assert self.process.stderr is not None
        return self.process.stderr.readline().decode()

    def end(self) -> tuple[int, str]:
        """Wait for its end; its exit status, and what else it said."""
        _, said = self.process.communicate(timeout=60)
        return self.process.returncode, said.decode()


@contextmanager
def serving(directory: Path, *options: str, prepare: Callable[[], object] | None = None) -> Iterator[Program]:
    """``prepare`` is called in the new process, before it is the program."""
    process = start(str(directory), *options, prepare=prepare)
    assert process.stderr is not None
    try:
        said = process.stderr.readline()
        found = ANNOUNCED.match(said)
        assert found, said
        yield Program(process, found[1].decode().strip("[]"), int(found[2]))
    finally:
        process.kill()
        process.communicate()


def start(*arguments: str, prepare: Callable[[], object] | None = None) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "statuary", "serve", "--port", "0", "--log", "none", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=prepare)


def read_to_end(connection: socket.socket) -> bytes:
    """All that comes until the server has closed its side."""
    found = b""
    while piece := connection.recv(65536):
        found += piece
    return found


def exchange(connection: socket.socket, request: bytes, until: bytes) -> bytes:
    """Send, and read on to what the response ends with."""
    connection.sendall(request)
    found = b""
    while not found.endswith(until):
        piece = connection.recv(65536)
        assert piece, found
        found += piece
    return found


def in_a_terminal(slave: int) -> Callable[[], object]:
    """What a process does before it begins, so that ``slave`` is its terminal."""

    def prepare() -> None:
        os.setsid()
        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)

    return prepare
