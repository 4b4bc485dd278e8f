"""statuary lint: what it prints in each format, its exit status, and that nothing it reads reaches the terminal as it is."""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from statuary import requirements
from statuary.cli import lint

from ..conformance.scripted import scripted

DATED = "Date: Sun, 22 Nov 2026 18:00:00 GMT"
TYPED = "Content-Type: text/plain"
GOOD = f"GET / HTTP/1.1\nHost: a.example\n\nHTTP/1.1 204 No Content\n{DATED}\n\n"
# A MUST: 401 has a challenge (RFC 9110 section 15.5.2)
BAD = f"GET / HTTP/1.1\nHost: a.example\n\nHTTP/1.1 401 Unauthorized\n{DATED}\n{TYPED}\nContent-Length: 2\n\nno"
# A SHOULD: an error has content that explains it (RFC 9110 section 15.5)
POOR = f"GET / HTTP/1.1\nHost: a.example\n\nHTTP/1.1 404 Not Found\n{DATED}\nContent-Length: 0\n\n"


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in [("good.txt", GOOD), ("bad.txt", BAD), ("poor.txt", POOR)]:
        (tmp_path / name).write_text(text)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = lint.main(list(arguments))
    captured = capsys.readouterr()
    return code, captured.out, captured.err


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Input(io.StringIO):
    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.octets = io.BytesIO(data)

    @property
    def buffer(self) -> io.BytesIO:
        return self.octets


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["good.txt"], 0),
        (["good.txt", "--strict"], 0),
        (["bad.txt"], 1),
        (["bad.txt", "--level", "must"], 1),
        (["bad.txt", "--role", "client"], 0),
        (["poor.txt"], 0),
        (["poor.txt", "--strict"], 1),
        (["poor.txt", "--strict", "--level", "must"], 0),
        (["good.txt", "bad.txt"], 1),
        (["missing.txt"], 2),
        (["missing.txt", "bad.txt"], 2),
        (["."], 2),
        (["http://[/"], 2),
        (["http://127.0.0.1:1/"], 2),
        ([], 2),
        (["--level", "most", "good.txt"], 2),
        (["--help"], 0),
    ],
)
@pytest.mark.usefixtures("here")
def test_exit_status(capsys: pytest.CaptureFixture[str], arguments: list[str], code: int) -> None:
    assert run(capsys, *arguments)[0] == code


@pytest.mark.usefixtures("here")
def test_text(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, err = run(capsys, "bad.txt")
    row = requirements.lookup("rfc9110-15.5.2-1")
    first, strong, *rest = out.splitlines()
    assert first == "GET http://a.example/ → 401 Unauthorized"
    assert strong.startswith("  fail  ")
    assert f"RFC 9110 section {row.section} [{row.id}]" in " ".join(" ".join(rest).split())
    assert (rest[-1], err) == ("1 exchange: 1 fail", "")


@pytest.mark.usefixtures("here")
def test_text_of_several_sources(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, err = run(capsys, "good.txt", "missing.txt", "poor.txt")
    assert [line for line in out.splitlines() if not line.startswith(" ")] == [
        "good.txt",
        "GET http://a.example/ → 204 No Content",
        "poor.txt",
        "GET http://a.example/ → 404 Not Found",
        "",
        "2 exchanges: 1 warn",
    ]
    assert err == "statuary lint: missing.txt: No such file or directory\n"


def test_standard_input(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    response = GOOD.partition("\n\n")[2]
    monkeypatch.setattr(sys, "stdin", Input(gzip.compress(response.encode(), mtime=0)))
    assert run(capsys, "-")[:2] == (0, "(response without a request) → 204 No Content\n\n1 exchange: nothing found\n")


@pytest.mark.usefixtures("here")
def test_colour_is_for_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    coloured, plain = Terminal(), Terminal()
    monkeypatch.setattr(sys, "stdout", coloured)
    lint.main(["bad.txt"])
    assert "\x1b[31mfail \x1b[0m" in coloured.getvalue()
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr(sys, "stdout", plain)
    lint.main(["bad.txt"])
    assert "\x1b" not in plain.getvalue()


def run_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    return json.loads(run(capsys, *arguments, "--json")[1])


@pytest.mark.usefixtures("here")
def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    report = run_json(capsys, "bad.txt", "missing.txt")
    assert (report["format"], report["version"], report["role"], report["level"]) == (
        "statuary-lint",
        1,
        "server",
        "should",
    )
    bad, missing = report["sources"]
    (exchange,) = bad["exchanges"]
    assert {name: exchange[name] for name in ("method", "url", "interim", "status")} == {
        "method": "GET",
        "url": "http://a.example/",
        "interim": [],
        "status": 401,
    }
    (finding,) = exchange["findings"]
    assert (finding["requirement"], finding["level"], finding["strength"]) == ("rfc9110-15.5.2-1", "MUST", "fail")
    assert (finding["message"], finding["spec"], finding["section"]) == ("response", "rfc9110", "15.5.2")
    assert missing == {
        "name": "missing.txt",
        "error": "No such file or directory",
        "remarks": [],
        "exchanges": [],
    }
    assert report["summary"] == {"sources": 2, "unreadable": 1, "exchanges": 1, "fail": 1, "warn": 0, "note": 0}


@pytest.mark.usefixtures("here")
def test_annotations(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "bad.txt", "missing,1.txt", "--format", "github")
    first, second, last = out.splitlines()
    assert first.startswith("::error file=bad.txt,title=statuary lint%3A rfc9110-15.5.2-1::GET http://a.example/: ")
    assert second == "::error file=missing%2C1.txt,title=statuary lint%3A not read::No such file or directory"
    assert last == "1 exchange: 1 fail"


HOSTILE = "\x1b]0;owned\x07\u202e%0A::error::x"


@pytest.mark.parametrize("form", ["text", "json", "github"])
def test_nothing_read_reaches_the_terminal_as_it_is(capsys: pytest.CaptureFixture[str], here: Path, form: str) -> None:
    text = f"GET /{HOSTILE} HTTP/1.1\nHost: a\n\nHTTP/1.1 401 {HOSTILE}\n{HOSTILE}\nSet-Cookie: {HOSTILE}\n{DATED}\n\n"
    name = "file \x1b[31m\n::error::x"
    (here / name).write_text(text)
    code, out, err = run(capsys, name, f"missing{HOSTILE}", "--format", form, "--level", "may")
    assert code == 2
    for character in "\x1b\x07\u202e":
        assert character not in out + err
    if form == "github":
        assert all(line.startswith(("::error", "::warning", "::notice", "1 exchange")) for line in out.splitlines())
        assert "%0A" not in out


def test_what_was_left_out_of_an_archive_is_said(capsys: pytest.CaptureFixture[str], here: Path) -> None:
    entries = [{"request": {"method": "GET", "url": "http://a/"}, "response": {"status": 0}}]
    (here / "a.har").write_text(json.dumps({"log": {"entries": entries}}))
    assert run(capsys, "a.har")[:2] == (
        0,
        "  (1 of 1 entries left out: no response came (status 0))\n\n0 exchanges: nothing found\n",
    )


@pytest.mark.usefixtures("here")
def test_it_runs_as_a_command_whatever_the_encoding_and_the_reader() -> None:
    command = [sys.executable, "-m", "statuary", "lint", "bad.txt"]
    ascii_only = subprocess.run(
        command, env={**os.environ, "PYTHONIOENCODING": "ascii"}, capture_output=True, check=False
    )
    assert (ascii_only.returncode, ascii_only.stderr) == (1, b"")
    assert b"\\u2192 401 Unauthorized" in ascii_only.stdout
    reading, writing = os.pipe()
    os.close(reading)
    gone = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (gone.returncode, gone.stderr) == (1, b"")


def test_a_url_is_fetched_and_judged() -> None:
    async def play() -> tuple[str, int | None, bytes]:
        answer = f"HTTP/1.1 401 Unauthorized\r\n{DATED}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".encode()
        async with scripted(lambda head: answer) as url:
            command = [sys.executable, "-m", "statuary", "lint", url, "--timeout", "60", "--format", "github"]
            process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
            out, _ = await process.communicate()
        return url, process.returncode, out

    url, code, out = asyncio.run(play())
    first = f"::error title=statuary lint%3A rfc9110-15.5.2-1::GET {url}/: "
    assert (code, any(line.startswith(first) for line in out.decode().splitlines())) == (1, True)


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "soon"])
def test_a_time_out_is_a_time(capsys: pytest.CaptureFixture[str], seconds: str) -> None:
    code, _, err = run(capsys, f"--timeout={seconds}", "-")
    assert (code, "--timeout" in err) == (2, True)
