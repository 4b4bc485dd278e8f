"""``statuary serve`` where it can't: it says why before it says that it serves, in a line, and exits with status 2."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from statuary.cli.main import main


@pytest.fixture(autouse=True)
def _signals_as_before() -> Iterator[None]:
    handlers = [(number, signal.getsignal(number)) for number in (signal.SIGTERM, signal.SIGINT)]
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    yield
    for number, handler in handlers:
        signal.signal(number, handler)
    signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["serve", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    return captured.err.removeprefix("statuary serve: ")


def test_there_is_no_such_directory(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    for name in ("missing", "file"):
        assert told(capsys, str(tmp_path / name)) == f"{tmp_path / name} is not a directory\n"


def test_its_configuration_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "statuary.toml").write_text("\nserver = 1\n")
    assert told(capsys, str(tmp_path)).startswith("statuary.toml:2: server: ")


@pytest.mark.parametrize("configuration", ["", '[[writable]]\npath = "/*"\n'])
def test_it_can_not_be_written_to(configuration: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / ".statuary").touch()
    (tmp_path / "statuary.toml").write_text(configuration)
    options = () if configuration else ("--writable",)
    assert told(capsys, str(tmp_path), *options) == f"{tmp_path} can't be written to: Not a directory\n"


def test_the_port_is_taken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = told(capsys, str(tmp_path), "--port", str(port))
    assert said.startswith(f"can't listen on 127.0.0.1 port {port}: Address already in use; is another server running")
