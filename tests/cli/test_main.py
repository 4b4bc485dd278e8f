"""The command as a whole: names that were mistyped, options anywhere, and an output that takes nothing more."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from statuary.cli.main import USAGE, main

PRINTING = [["--help"], ["--version"], ["explain", "--json"], ["scenarios", "export"]]


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What it says when it exits with status 2."""
    status: object
    try:
        status = main(list(arguments))
    except SystemExit as end:
        status = end.code
    assert status == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err


@pytest.mark.parametrize(
    ("command", "answer"),
    [("explian", " (did you mean 'explain'?)"), ("Serve", " (did you mean 'serve'?)"), ("frob", ""), ("statuary", "")],
)
def test_a_command_that_is_none(command: str, answer: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, command) == f"statuary: there is no command {command!r}{answer}; see statuary --help\n"


def test_its_help_names_what_can_be_checked() -> None:
    for kind in ("server", "client", "gateway", "proxy"):
        assert f"check {kind}" in USAGE


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["serve", "--port", "http"], "argument --port: must be a whole number, not 'http'"),
        (["serve", "--port", "65536"], "argument --port: a port is between 0 and 65535, not 65536"),
        (["serve", "--workers", "0"], "argument --workers: must be at least 1, not 0"),
        (["serve", "--idle-timeout", "long"], "argument --idle-timeout: must be a number of seconds, not 'long'"),
        (["serve", "--idle-timeout", "nan"], "--idle-timeout: must be more than 0 and less than a million seconds"),
        (["check", "http://127.0.0.1/"], "say what is checked: server, client, gateway or proxy, not 'http://"),
        (["check", "-q", "client"], "options for it come after: statuary check client"),
    ],
)
def test_what_is_wrong_is_told(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert message in told(capsys, *arguments)


def test_options_stand_anywhere(capsys: pytest.CaptureFixture[str]) -> None:
    unreachable = "http://127.0.0.1:1/"
    assert "127.0.0.1 port 1" in told(capsys, "check", "server", "--describe", unreachable)
    assert told(capsys, "report", "none.json", "--html", "page", "neither.json").startswith(
        "statuary report: none.json"
    )
    assert main(["explain", "307", "--json", "308"]) == 0
    capsys.readouterr()
    assert main(["lint", "none.har", "--strict", "neither.har"]) == 2
    assert "statuary lint: neither.har: " in capsys.readouterr().err


def run(arguments: list[str], output: int, *, buffered: bool) -> tuple[int, str]:
    command = [sys.executable, *(() if buffered else ("-u",)), "-m", "statuary", *arguments]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    done = subprocess.run(
        command, stdout=output, stderr=subprocess.PIPE, timeout=60, check=False, text=True, env=environment
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize("buffered", [True, False])
@pytest.mark.parametrize("arguments", [*PRINTING, ["serve", "--help"]], ids=" ".join)
def test_a_reader_that_has_had_enough_is_no_error(arguments: list[str], buffered: bool) -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        assert run(arguments, write, buffered=buffered) == (0, "")
    finally:
        os.close(write)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
@pytest.mark.parametrize("buffered", [True, False])
@pytest.mark.parametrize("arguments", PRINTING, ids=" ".join)
def test_an_output_that_is_full_is_told_in_a_line(arguments: list[str], buffered: bool) -> None:
    with open("/dev/full", "wb") as full:
        status, said = run(arguments, full.fileno(), buffered=buffered)
    assert status == 2
    assert said.count("\n") == 1
    assert "No space left on device" in said


@pytest.mark.parametrize("arguments", [["--help"], ["explain", "404"], ["coverage"]], ids=" ".join)
def test_a_terminal_that_knows_only_ascii_is_enough(arguments: list[str]) -> None:
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "statuary", *arguments]
    done = subprocess.run(command, capture_output=True, timeout=60, check=False, env=environment)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.isascii()


@pytest.mark.parametrize("closed", [(0,), (1,), (2,), (0, 1, 2)])
def test_standard_streams_may_be_closed(closed: tuple[int, ...], tmp_path: Path) -> None:
    """And what is opened instead of them is not written to."""
    (tmp_path / "text").write_bytes(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    def close() -> None:
        for number in closed:
            os.close(number)

    for arguments in (["explain", "404"], ["lint", "text", "--role", "client"], ["frob"]):
        command = [sys.executable, "-m", "statuary", *arguments]
        done = subprocess.run(command, capture_output=True, timeout=60, check=False, cwd=tmp_path, preexec_fn=close)
        assert done.returncode == (2 if arguments == ["frob"] else 0)
        assert b"Traceback" not in done.stderr
        assert (1 in closed or arguments == ["frob"]) == (done.stdout == b"")
