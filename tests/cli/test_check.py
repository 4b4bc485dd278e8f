"""``statuary check``: what is chosen, what is written, how it ends, and that mistakes are named."""

from __future__ import annotations

import asyncio
import json
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from statuary.cli import main
from statuary.conformance.report import read_json

ANSWERS = {
    b"GET": b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello",
    b"HEAD": b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\n",
}
REFUSED = b"HTTP/1.1 405 No\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nno"


class Server:
    """A server of one page, whose 405 lacks Allow, on a port of this machine and in a thread of its own."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.server = self.loop.run_until_complete(asyncio.start_server(self.serve, "127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}/"
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()

    async def serve(self, incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await incoming.readuntil(b"\r\n\r\n")
                outgoing.write(ANSWERS.get(head.partition(b" ")[0], REFUSED))
                if b"connection: close" in head.lower():
                    break
        except (OSError, asyncio.IncompleteReadError):
            pass
        outgoing.close()

    async def stop(self) -> None:
        self.server.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self.stop(), self.loop).result()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = Server()
    yield server.url
    server.close()


ONLY = ("--only", "methods.patch-file", "--only", "get.*")


def test_a_violation(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["check", "server", url, *ONLY]) == 1
    text = capsys.readouterr().out
    assert "✗ fail  methods.patch-file" in text
    assert "< HTTP/1.1 405 No\\r\\n" in text
    assert "\x1b[" not in text


def test_every_kind_of_report(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    formats = ("json", "html", "junit", "sarif", "markdown", "github")
    files = [argument for name in formats for argument in (f"--{name}", str(tmp_path / name))]
    assert main.main(["check", "server", url, *ONLY, "-q", *files]) == 1
    assert capsys.readouterr().out == ""
    report = read_json((tmp_path / "json").read_text())
    assert "methods.patch-file" in [one.id for one in report.violations("fail")]
    for name in formats:
        assert "methods.patch-file" in (tmp_path / name).read_text()


def test_waivers(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    waivers = tmp_path / "waivers.toml"
    waivers.write_text(
        '[[waiver]]\nrequirement = "rfc9110-15.5.6-1"\nreason = "known"\n\n'
        '[[waiver]]\nscenario = "get.*"\nreason = "of no use"\n'
    )
    assert main.main(["check", "server", url, *ONLY, "--waivers", str(waivers)]) == 0
    assert "known" in capsys.readouterr().out
    waivers.write_text("[[waiver]]\n")
    assert main.main(["check", "server", url, *ONLY, "--waivers", str(waivers)]) == 2
    assert "waivers.toml" in capsys.readouterr().err


def test_strict_counts_what_should_be(url: str) -> None:
    # It does not say that it closes, which it should
    arguments = ["check", "server", url, "--only", "metadata.*", "-q"]
    assert main.main(arguments) == 0
    assert main.main([*arguments, "--strict"]) == 1


def test_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["check", "--list", "--code", "412", "--level", "must"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > 20
    assert sum("412" in line for line in lines) > 20


def test_describe(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["check", "server", url, "--describe"]) == 0
    assert f'url = "{url}"' in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["server", "ftp://a.test/"], "a URL starts with"),
        (["server", "http://127.0.0.1:1/"], "127.0.0.1 port 1: "),
        (["--only", "no.such"], "no scenario is like that"),
        (["--subject", "no-such-file.toml"], "no-such-file.toml: No such file"),
        (["server", "--describe"], "--describe needs a URL"),
    ],
)
def test_mistakes_are_named(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["check", *arguments]) == 2
    error = capsys.readouterr().err
    assert error.startswith("statuary check: ")
    assert message in error


def test_a_report_that_cannot_be_written(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["check", "server", url, *ONLY, "--json", str(tmp_path / "no" / "file")]) == 2
    assert "No such file" in capsys.readouterr().err


def test_the_exhibit_is_checked_where_nothing_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main.main(["check", "--only", "get.*"]) == 0
    assert "the exhibit" in capsys.readouterr().out
    assert "get." in (tmp_path / "statuary-check.html").read_text()


def test_a_report_is_read_again(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "one.json"
    main.main(["check", "server", url, *ONLY, "-q", "--json", str(file)])
    assert main.main(["diff", str(file), str(file)]) == 0
    assert main.main(["report", str(file)]) == 0
    assert "methods.patch-file" in capsys.readouterr().out
    assert json.loads(file.read_text())["options"] is not None


SILENT = """
import os, socket, sys
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
with open(sys.argv[2], "w") as fifo:
    fifo.write(str(os.getpid()))
held = []
while True:
    held.append(server.accept()[0])
"""


STUCK = """
import os, signal, sys
with open(sys.argv[1], "w") as fifo:
    fifo.write(f"{os.getpid()} ")
signal.pause()
"""


@pytest.mark.parametrize("what", ["server", "client"])
@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129)])
def test_what_was_started_is_ended_with_the_command(
    tmp_path: Path, number: signal.Signals, status: int, what: str
) -> None:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "server.py").write_text(SILENT)
    (tmp_path / "client.py").write_text(STUCK)
    (tmp_path / "subject.toml").write_text(
        'url = "http://127.0.0.1:{port}/"\nstart = ["{python}", "server.py", "{port}", "fifo"]\n'
    )
    (tmp_path / "client.toml").write_text(
        f'name = "stuck"\ncommand = ["{{python}}", "{tmp_path}/client.py", "{tmp_path}/fifo"]\n'
        '[tells]\nstatus = "(?P<status>[0-9]+)"\n'
    )
    started = os.open(tmp_path / "fifo", os.O_RDONLY | os.O_NONBLOCK)
    arguments = {
        "server": ["check", "server", "--subject", "subject.toml", "--timeout", "60"],
        "client": ["check", "client", "client.toml", "--jobs", "1"],
    }
    with subprocess.Popen(
        [sys.executable, "-m", "statuary", *arguments[what]],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        cwd=tmp_path,
        # Whatever runs the tests may ignore it, as shells have what runs in the background do
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),
    ) as command:
        assert select.select([started], [], [], 60)[0]
        pid = int(os.read(started, 100).split()[0])
        os.close(started)
        command.send_signal(number)
        _, error = command.communicate(timeout=60)
    assert command.returncode == status
    assert error == b""
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
