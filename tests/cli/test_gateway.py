"""``statuary gateway`` and ``statuary proxy`` as users start them: what they say, refuse and log, and how they end."""

from __future__ import annotations

import contextlib
import json
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from statuary.cli.main import main


class Program:
    """A command that runs, and where it listens."""

    def __init__(self, process: subprocess.Popen[str], authority: str) -> None:
        self.process = process
        self.authority = authority

    @property
    def url(self) -> str:
        return f"http://{self.authority}/"

    def stop(self, number: int) -> tuple[int, str]:
        """Its exit status, and what it has logged."""
        self.process.send_signal(number)
        log, _ = self.process.communicate(timeout=30)
        return self.process.returncode, log


@contextlib.contextmanager
def program(*arguments: str, prepare: Callable[[], object] | None = None) -> Iterator[Program]:
    process = subprocess.Popen(
        [sys.executable, "-m", "statuary", *arguments, "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=prepare,
    )
    try:
        assert process.stderr is not None
        found = re.search(r"http://([0-9.]+:[0-9]+)/ \(stop", process.stderr.readline())
        assert found is not None
        yield Program(process, found[1])
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_forwards_logs_and_ends_with_0(number: int) -> None:
    with program("serve") as server, program("gateway", "--to", server.url, "--log", "json") as gateway:
        with urllib.request.urlopen(f"{gateway.url}status/200", timeout=30) as response:
            assert response.status == 200
        status, log = gateway.stop(number)
        assert status == 0
        entry = json.loads(log)
        assert (entry["status"], entry["upstream"], entry["upstream_status"]) == (200, server.authority, 200)
        assert entry["time"] >= 0


def test_several_workers_end_with_0() -> None:
    with program("serve") as server, program("gateway", "--to", server.url, "--workers", "2") as gateway:
        with urllib.request.urlopen(gateway.url, timeout=30) as response:
            assert response.status == 200
        status, log = gateway.stop(signal.SIGTERM)
        assert status == 0
        assert re.search(r'"GET / HTTP/1.1" 200 \d+ upstream=[0-9.:]+ upstream_status=200 upstream_time=[0-9.]+ ', log)


def test_the_proxy_leads_on() -> None:
    with program("serve") as server, program("proxy", "--allow-private", "--log", "none") as proxy:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({"http": proxy.url}))
        with opener.open(server.url, timeout=30) as response:
            assert response.status == 200
            assert "statuary-" in response.headers["Via"]
        assert proxy.stop(signal.SIGINT)[0] == 0


def test_the_proxy_sees_a_request_for_itself() -> None:
    with program("proxy", "--allow-private", "--log", "none") as proxy:
        host, _, port = proxy.authority.rpartition(":")
        with socket.create_connection((host, int(port)), 30) as connection:
            connection.sendall(f"GET {proxy.url} HTTP/1.1\r\nHost: {proxy.authority}\r\n\r\n".encode())
            assert connection.recv(65536).startswith(b"HTTP/1.1 508 ")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["gateway", "--to", "nonsense"], "http://"),
        (["gateway", "--to", "http://a/path?query"], "names more"),
        (["gateway", "--to", "http://a", "--name", "not a name"], "not"),
        (["proxy", "--host", "0.0.0.0"], "--open"),
        (["proxy", "--users", "/nowhere"], "can't read"),
        (["gateway", "--to", "http://a", "--cache", "/nowhere/cache"], "can't be kept in /nowhere/cache"),
        (["proxy", "--cache", "/nowhere/cache"], "can't be kept in /nowhere/cache"),
    ],
)
def test_what_cannot_be_is_said(arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    handler = signal.getsignal(signal.SIGTERM)
    try:
        assert main(arguments) == 2
    finally:
        signal.signal(signal.SIGTERM, handler)
    assert says in capsys.readouterr().err


def test_users_are_read_from_a_file(tmp_path: Path) -> None:
    from statuary.cli.proxy import read_users

    path = tmp_path / "users"
    path.write_text("# who may\nuser:pass:word\n\nother:\n")
    assert read_users(str(path)) == {"user": "pass:word", "other": ""}
