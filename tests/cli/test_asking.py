"""What only a person can say: asked at a terminal, and left alone where there is none."""

from __future__ import annotations

import asyncio
import io
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.scripted import Scripted, scripted

from statuary.cli.asking import Person, can_ask
from statuary.cli.main import main
from statuary.message.fields import Fields
from statuary.message.response import Response
from statuary.semantics.reaction import Ask, Login

ORIGIN = "http://a.test:80"
RESPONSE = Response(300, Fields())
CHOICES = Ask("choose", "rfc9110-15.4.1", "There are 2 choices.", RESPONSE, (f"{ORIGIN}/1", f"{ORIGIN}/2\x1b[2J"))


@pytest.mark.parametrize(
    ("ask", "typed", "answer"),
    [
        (CHOICES, "2\n", f"{ORIGIN}/2\x1b[2J"),
        (CHOICES, "3\nx\n1\n", f"{ORIGIN}/1"),
        (CHOICES, "\n", None),
        (CHOICES, "", None),
        (Ask("log in", "rfc9110-15.5.2", "", RESPONSE, ("r",), origin=ORIGIN), "alice\n", Login(ORIGIN, "alice", "s3")),
        (Ask("log in", "rfc9110-15.5.2", "", RESPONSE, ("",), origin=ORIGIN), "\n", None),
        (Ask("repeat", "rfc9110-9.2.2-1", "", None), "y\n", True),
        (Ask("follow", "rfc9110-15.4", "", RESPONSE), "no\n", None),
        (Ask("follow", "rfc9110-15.4", "", RESPONSE), "\n", None),
        (Ask("pay", "rfc9110-15.5.3", "", RESPONSE), "y\n", None),
    ],
)
def test_what_is_typed(
    ask: Ask, typed: str, answer: object, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    monkeypatch.setattr("getpass.getpass", lambda prompt, stream: "s3")
    assert asyncio.run(Person()(ask)) == answer
    out, err = capsys.readouterr()
    assert (out, "\x1b" in err) == ("", False)


def test_nobody_is_asked_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert [can_ask(wanted) for wanted in (None, True, False)] == [False, True, False]


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Scripted]:
    for name in [*os.environ]:
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    with scripted() as site:
        yield site


@pytest.mark.parametrize(("answer", "code", "kept"), [("2\n", 0, ["GET /", "GET /2"]), ("\n", 1, ["GET /"])])
def test_a_choice_is_followed(
    site: Scripted,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
    answer: str,
    code: int,
    kept: list[str],
) -> None:
    site.says(300, b"choose", 'Link: </1>; rel="alternate", </2>; rel="alternate"')
    site.says(200, b"two")
    monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
    assert main(["fetch", "--ask", site.url]) == code
    assert site.asked == kept
    assert capfdbinary.readouterr().out == (b"two" if code == 0 else b"choose")


def test_an_unsafe_request_is_repeated_only_if_somebody_says_so(
    site: Scripted, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    for answer, code, times in (("n\n", 1, 1), ("y\n", 0, 2)):
        site.asked.clear()
        site.says(503, b"", "Retry-After: 0")
        site.says(200, b"")
        monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
        assert main(["fetch", "--ask", "-X", "POST", "-d", "a=b", site.url]) == code
        assert site.asked == ["POST /"] * times
        site.left.clear()


def test_at_a_terminal(site: Scripted) -> None:
    site.says(401, b"", 'WWW-Authenticate: Basic realm="r"')
    site.says(200, b"in")
    mine, theirs = pty.openpty()
    command = [sys.executable, "-m", "statuary", "fetch", site.url]
    with subprocess.Popen(command, stdin=theirs, stderr=theirs, stdout=subprocess.PIPE, start_new_session=True) as run:
        os.close(theirs)
        seen = b""
        for prompt, typed in ((b"User of 'r': ", b"alice\n"), (b"Password: ", b"wonderland\n")):
            while prompt not in seen:
                seen += os.read(mine, 1024)
            os.write(mine, typed)
        assert run.stdout is not None
        assert run.stdout.read() == b"in"
        assert run.wait(60) == 0
    os.close(mine)
    assert b"wonderland" not in seen
    assert site.fields[-1]["authorization"] == "Basic YWxpY2U6d29uZGVybGFuZA=="
