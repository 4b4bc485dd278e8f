"""SIGHUP and SIGTERM to ``statuary gateway`` and ``statuary proxy``: what is in flight is finished, whatever comes next."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

import pytest
from tests.origin_server.programs import in_a_terminal

from .test_gateway import Program, program

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


class Upstream:
    """A server that answers when the test says so."""

    def __init__(self, listening: socket.socket) -> None:
        self.listening = listening
        self.url = f"http://127.0.0.1:{listening.getsockname()[1]}"

    @contextlib.contextmanager
    def asked(self) -> Iterator[socket.socket]:
        """The connection on which a request has come."""
        connection, _ = self.listening.accept()
        with connection:
            connection.settimeout(30)
            assert connection.recv(65536).startswith(b"GET / HTTP/1.1\r\n")
            yield connection


@contextlib.contextmanager
def upstream() -> Iterator[Upstream]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(30)
        yield Upstream(listening)


@contextlib.contextmanager
def asking(gateway: Program) -> Iterator[socket.socket]:
    host, _, port = gateway.authority.rpartition(":")
    with socket.create_connection((host, int(port)), 30) as client:
        client.sendall(GET)
        yield client


def answer(connection: socket.socket, content: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(content) + content)


def answer_whichever(first: Upstream, second: Upstream) -> bytes:
    """One of them has been asked: what it has answered."""
    ready, _, _ = select.select([first.listening, second.listening], [], [], 30)
    asked, content = (second, b"second") if second.listening in ready else (first, b"first")
    with asked.asked() as connection:
        answer(connection, content)
    return content


def received(client: socket.socket, end: bytes) -> bytes:
    octets = b""
    while not octets.endswith(end):
        more = client.recv(65536)
        assert more, octets
        octets += more
    return octets


def reload(gateway: Program) -> str:
    assert gateway.process.stderr is not None
    gateway.process.send_signal(signal.SIGHUP)
    said = gateway.process.stderr.readline()
    while "reloaded" not in said:
        assert said
        said = gateway.process.stderr.readline()
    return said


@pytest.mark.parametrize("loop", ["asyncio", "auto"])
def test_a_reload_reads_the_options_anew_and_finishes_what_is_in_flight(tmp_path: Path, loop: str) -> None:
    options = tmp_path / "options"
    with upstream() as first, upstream() as second:
        # However little time they have once it is told to stop
        options.write_text(f"# where to\n--to {first.url}\n--loop {loop} --log none --shutdown-timeout 0.01\n")
        with program("gateway", f"@{options}") as gateway, asking(gateway) as client, first.asked() as behind:
            options.write_text(f"--to {second.url}\n--loop {loop} --log none\n")
            assert reload(gateway) == "statuary: reloaded\n"
            with asking(gateway) as other:
                with second.asked() as connection:
                    answer(connection, b"second")
                    received(other, b"second")
                # The first exchange goes on as it began
                answer(behind, b"first")
                assert b"\r\nConnection: close\r\n" not in received(client, b"first")
                # and its connection with the new one
                client.sendall(GET)
                with second.asked() as connection:
                    answer(connection, b"then")
                    received(client, b"then")
                # What can't be is not done, and said
                options.write_text("--to nonsense\n")
                assert "not reloaded" in reload(gateway)
                # An idle connection has another intermediary behind it now, and a client can't tell
                options.write_text(f"--to {first.url} --workers 2 --log none\n--loop {loop}\n")
                assert reload(gateway) == "statuary: reloaded, but for --workers\n"
                other.sendall(GET)
                with first.asked() as connection:
                    answer(connection, b"third")
                    received(other, b"third")


def test_a_tunnel_stays_over_a_reload_and_ends_with_the_program(tmp_path: Path) -> None:
    with upstream() as server, program("gateway", "--to", server.url, "--log", "none") as gateway:
        host, _, port = gateway.authority.rpartition(":")
        with socket.create_connection((host, int(port)), 30) as client:
            client.sendall(GET[:-2] + b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
            with server.asked() as behind:
                behind.sendall(b"HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
                received(client, b"\r\n\r\n")
                reload(gateway)
                client.sendall(b"there")
                assert behind.recv(5) == b"there"
                behind.sendall(b"and back")
                received(client, b"and back")
                gateway.process.send_signal(signal.SIGTERM)
                assert client.recv(1) == b""
                assert behind.recv(1) == b""
        assert gateway.process.wait(30) == 0


def test_workers_reload(tmp_path: Path) -> None:
    options = tmp_path / "options"
    with upstream() as first, upstream() as second:
        options.write_text(f"--to {first.url} --workers 2\n")
        with program("gateway", f"@{options}") as gateway, asking(gateway) as client:
            with first.asked() as connection:
                answer(connection, b"first")
                received(client, b"first")
            options.write_text(f"--to {second.url} --workers 2\n")
            assert reload(gateway) == "statuary: reloaded\n"
            # The other worker will have, too, or has begun only now
            content = b""
            while content != b"second":
                with asking(gateway) as other:
                    content = answer_whichever(first, second)
                    received(other, content)
            assert gateway.stop(signal.SIGTERM)[0] == 0


@pytest.mark.parametrize("workers", ["1", "2"])
def test_it_ends_with_its_terminal(workers: str) -> None:
    master, slave = os.openpty()
    arguments = ("--to", "http://127.0.0.1:1", "--workers", workers)
    with program("gateway", *arguments, prepare=in_a_terminal(slave)) as gateway:
        os.close(slave)
        os.close(master)
        assert gateway.process.wait(60) == 0


def test_users_are_read_anew(tmp_path: Path) -> None:
    users = tmp_path / "users"
    users.write_text("alice:one\n")
    with program("serve") as server, program("proxy", "--allow-private", "--users", str(users)) as proxy:

        def status(password: str) -> int:
            through = proxy.url.replace("http://", f"http://alice:{password}@")
            try:
                with build_opener(ProxyHandler({"http": through})).open(f"{server.url}status/200", timeout=30) as got:
                    return int(got.status)
            except HTTPError as error:
                with error:
                    return error.code

        assert (status("one"), status("two")) == (200, 407)
        users.write_text("alice:two\n")
        reload(proxy)
        assert (status("one"), status("two")) == (407, 200)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_who_is_told_to_stop_finishes_what_is_in_flight(workers: str) -> None:
    with upstream() as server, program("gateway", "--to", server.url, "--workers", workers) as gateway:
        with asking(gateway) as client, server.asked() as connection:
            gateway.process.send_signal(signal.SIGTERM)
            answer(connection, b"done")
            assert received(client, b"done").startswith(b"HTTP/1.1 200 OK\r\n")
            assert client.recv(1) == b""
        assert gateway.process.wait(30) == 0
