"""Chains on real sockets: what is said of each kind, and what becomes of the link in its file, to the octet."""

from __future__ import annotations

import asyncio
import sqlite3
import ssl
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from statuary.link_editor.ask import Manners, asking, user_agent
from statuary.link_editor.fix import Decider, fix
from statuary.link_editor.local import Files
from statuary.link_editor.remember import Memory
from statuary.link_editor.report import Report
from statuary.link_editor.robots import Robots
from statuary.link_editor.run import Checker, look
from statuary.link_editor.verdict import Verdict
from statuary.transport.clock import ManualClock

from ..origin_server.conftest import Served, serving
from ..user_agent.peers import CERTIFICATE

MANNERS = Manners(interval=0.0, timeout=30.0)


async def no_time(seconds: float) -> None:
    """As if it had passed."""
    await asyncio.sleep(0)


def checked(file: Path, *, robots: bool = False, memory: Path | None = None) -> Report:
    """What is said of the links of a file, by the user agent as the command has it."""

    async def check() -> Report:
        clock = ManualClock(1000)

        async def sleep(seconds: float) -> None:
            await no_time(seconds)
            clock.advance(seconds)

        async with user_agent(MANNERS) as agent:
            with closing(Memory(memory)) as kept:
                checker = Checker(
                    asking(agent),
                    kept,
                    Files(),
                    clock,
                    manners=MANNERS,
                    robots=Robots(agent) if robots else None,
                    sleep=sleep,
                )
                return await checker.check(look([file]))

    return asyncio.run(check())


def judged_and_edited(folder: Path, url: str) -> tuple[Verdict, str]:
    """The verdict on a link, and the URL that stands in its place once all edits were made that nobody has to look at."""
    file = folder / "a.md"
    before = f"é [text]({url}) and\r\n> [text]({url})\n".encode()
    file.write_bytes(before)
    report = checked(file)
    fix(report, Decider(None, drops_gone=True), writes=True)
    first, second = report.results
    assert first.verdict == second.verdict
    after = file.read_bytes()
    for to in (first.verdict.to or url, url):
        if after == before.replace(f"({url})".encode(), f"({to})".encode()):
            if to != url:
                # And then there is nothing left to do
                assert [one.verdict.is_quiet for one in checked(file).results] == [True, True]
            return first.verdict, to
    assert after == before.replace(f"[text]({url})".encode(), b"text")
    return first.verdict, ""


# Served by our own server


@pytest.fixture(autouse=True)
def straight(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture(scope="module")
def exhibit() -> Iterator[Served]:
    with serving() as served:
        yield served


@pytest.mark.parametrize(
    ("path", "kind", "to"),
    [
        ("/", "fine", None),
        ("/status/200", "fine", None),
        ("/planets", "fine", None),
        ("/moved/for-good", "moved for good", "/moved/"),
        ("/moved/for-good-as-is", "moved for good", "/moved/"),
        ("/moved/for-good#x", "broken move", None),  # there is no such element
        ("/moved/for-now", "elsewhere for now", None),
        ("/moved/for-now-as-is", "elsewhere for now", None),
        ("/moved/behind-a-proxy", "unreachable", None),
        ("/private/", "refused", None),
        ("/encyclopaedia", "refused", None),
        ("/vault", "refused", None),
        ("/banned-book", "refused", None),
        ("/drop-box", "refused", None),
        ("/none-such", "missing", None),
        ("/last-year", "gone", ""),
        ("/broken", "unreachable", None),
        ("/tea-room/", "unreachable", None),
        ("/#c404", "fine", None),
        ("/#c999", "missing", None),
    ],
)
def test_the_exhibit(exhibit: Served, tmp_path: Path, path: str, kind: str, to: str | None) -> None:
    url = exhibit.origin + path
    verdict, stands = judged_and_edited(tmp_path, url)
    assert verdict.kind == kind
    assert stands == ("" if to == "" else url if to is None else exhibit.origin + to)


CHAINS = [
    # from, status, to
    ("/one", 301, "/fine.html"),
    ("/two", 308, "/one"),
    ("/three", 301, "/two"),
    ("/now", 302, "/fine.html"),
    ("/now-as-is", 307, "/fine.html"),
    ("/other", 303, "/fine.html"),
    ("/good-then-now", 301, "/now"),
    ("/good-good-now", 308, "/good-then-now"),
    ("/now-then-good", 302, "/one"),
    ("/good-now-good", 301, "/now-then-good"),
    ("/good-then-missing", 301, "/none"),
    ("/good-then-gone", 308, "/gone"),
    ("/now-then-gone", 302, "/gone"),
    ("/now-then-missing", 307, "/none"),
    ("/good-now-missing", 301, "/now-then-missing"),
    ("/front", 301, "/"),
    ("/wall", 301, "/login.html"),
    ("/good-then-front", 301, "/front"),
    ("/circle", 301, "/circle"),
    ("/round", 302, "/about"),
    ("/about", 301, "/round"),
    *((f"/long-{n}", 301, f"/long-{n + 1}") for n in range(12)),
    ("/mail", 301, "mailto:x@a.example"),
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("site")
    for name in ("index.html", "fine.html", "login.html"):
        (folder / name).write_text('<!DOCTYPE html><title>x</title><p id="there"><a name="old">x</a>')
    moved = "".join(f'[[moved]]\npath = "{path}"\nto = "{to}"\nstatus = {status}\n' for path, status, to in CHAINS)
    (folder / "statuary.toml").write_text(f'{moved}[[gone]]\npath = "/gone"\n')
    with serving(directory=folder) as served:
        yield served


@pytest.mark.parametrize(
    ("path", "kind", "to"),
    [
        ("/fine.html", "fine", None),
        ("/fine.html#there", "fine", None),
        ("/fine.html#old", "fine", None),
        ("/fine.html#none", "missing", None),
        ("/one", "moved for good", "/fine.html"),
        ("/two", "moved for good", "/fine.html"),
        ("/three", "moved for good", "/fine.html"),
        ("/three#there", "moved for good", "/fine.html#there"),
        ("/three#top", "moved for good", "/fine.html#top"),
        ("/three#none", "broken move", None),
        ("/now", "elsewhere for now", None),
        ("/now#there", "elsewhere for now", None),
        ("/now#none", "missing", None),
        ("/now-as-is", "elsewhere for now", None),
        ("/other", "elsewhere for now", None),
        ("/good-then-now", "moved for good", "/now"),
        ("/good-then-now#there", "moved for good", "/now#there"),
        ("/good-good-now", "moved for good", "/now"),
        ("/now-then-good", "elsewhere for now", None),
        ("/good-now-good", "moved for good", "/now-then-good"),
        ("/good-then-missing", "broken move", None),
        ("/good-then-gone", "broken move", None),
        ("/good-now-missing", "broken move", None),
        ("/now-then-gone", "missing", None),
        ("/now-then-missing", "missing", None),
        ("/gone", "gone", ""),
        ("/front", "suspicious move", None),
        ("/wall", "suspicious move", None),
        ("/good-then-front", "suspicious move", None),
        ("/circle", "loop", None),
        ("/round", "loop", None),
        ("/about", "loop", None),
        ("/long-0", "loop", None),
        ("/long-3", "broken move", None),  # ten redirects, and the last leads to nothing
        ("/mail", "broken move", None),
    ],
)
def test_chains_of_our_own_server(site: Served, tmp_path: Path, path: str, kind: str, to: str | None) -> None:
    url = site.origin + path
    verdict, stands = judged_and_edited(tmp_path, url)
    assert verdict.kind == kind
    assert stands == ("" if to == "" else url if to is None else site.origin + to)


# Served by one that says what no server should


@dataclass
class Scripted:
    """A server that answers as ``answers`` says of the path; ``asked`` is what it was asked."""

    answers: dict[str, Answer]
    url: str = ""
    asked: list[str] = field(default_factory=list)


Answer = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """One request after the other, each by its row."""

    protocol_version = "HTTP/1.1"
    scripted: Scripted

    def answer(self) -> None:
        self.scripted.asked.append(f"{self.command} {self.path}")
        self.scripted.answers.get(self.path, says(404))(self)

    do_HEAD = do_GET = answer  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


def says(status: int, *lines: tuple[str, str], content: bytes = b"") -> Answer:
    """A response, well-formed."""

    def answer(handler: Handler) -> None:
        handler.send_response(status)
        for name, value in lines:
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        if handler.command != "HEAD":
            handler.wfile.write(content)

    return answer


def to(status: int, location: str) -> Answer:
    """A redirect."""
    return says(status, ("Location", location))


def by_method(head: Answer, get: Answer) -> Answer:
    """One answer to HEAD, another to GET."""
    return lambda handler: (head if handler.command == "HEAD" else get)(handler)


def once(first: Answer, later: Answer) -> Answer:
    """One answer the first time, another from then on."""
    waiting = [first]
    return lambda handler: (waiting.pop() if waiting else later)(handler)


def cut(octets: bytes) -> Answer:
    """Octets, and the end of the connection."""

    def answer(handler: Handler) -> None:
        handler.wfile.write(octets)
        handler.close_connection = True

    return answer


def spelt_otherwise(handler: Handler) -> None:
    """To a URI that goes into a request as another text."""
    to(302, f"http://USER@{handler.headers['Host']}/y")(handler)


def with_cookie(handler: Handler) -> None:
    """To itself, until it has been told who it is."""
    if handler.headers["Cookie"] == "seen=yes":
        says(200)(handler)
    else:
        says(302, ("Location", handler.path), ("Set-Cookie", "seen=yes; Path=/"))(handler)


@contextmanager
def scripted(answers: dict[str, Answer], *, tls: bool = False) -> Iterator[Scripted]:
    """A server for these paths."""
    made = Scripted(answers)
    handler = type("OneHandler", (Handler,), {"scripted": made})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        made.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(CERTIFICATE)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        try:
            yield made
        finally:
            server.shutdown()
            serving.join()


FINE = says(200)
HTML = ("Content-Type", "text/html")


@pytest.mark.parametrize(
    ("answers", "kind", "stands", "asked"),
    [
        # HEAD that is refused, or wrong
        ({"/x": by_method(says(405), FINE)}, "fine", None, 2),
        ({"/x": by_method(says(404), FINE)}, "fine", None, 2),
        ({"/x": by_method(cut(b""), FINE)}, "fine", None, None),
        ({"/x": by_method(says(403), to(301, "/y")), "/y": FINE}, "moved for good", "/y", 3),
        ({"/x": by_method(FINE, says(500))}, "fine", None, 1),
        # Locations
        ({"/x": says(301)}, "unreachable", None, None),
        ({"/x": says(301, ("Location", "/y"), ("Location", "/z")), "/y": FINE}, "unreachable", None, None),
        ({"/x": to(301, "/y#z"), "/y": FINE}, "moved for good", "/y#z", 2),
        ({"/x": to(301, "/y z\xe9"), "/y%20z%E9": FINE}, "moved for good", "/y%20z%E9", 2),
        ({"/x": to(301, "?y"), "/x?y": FINE}, "moved for good", "/x?y", 2),
        ({"/x": to(301, "http://")}, "unreachable", None, None),
        ({"/x": to(301, "ftp://a.example/")}, "broken move", None, None),
        ({"/x": to(300, "/y"), "/y": FINE}, "fine", None, 1),
        ({"/x": spelt_otherwise, "/y": FINE}, "elsewhere for now", None, 2),
        # Cookies
        ({"/x": with_cookie}, "fine", None, 3),
        ({"/x": to(301, "/y"), "/y": with_cookie}, "moved for good", "/y", None),
        # What is no answer
        ({"/x": cut(b"")}, "unreachable", None, None),
        ({"/x": cut(b"What?\r\n\r\n")}, "unreachable", None, None),
        ({"/x": cut(b"HTTP/1.1 200 OK\r\nContent-")}, "unreachable", None, None),
        ({"/x": to(301, "/y"), "/y": cut(b"")}, "broken move", None, None),
        # Later
        ({"/x": once(says(429, ("Retry-After", "7")), FINE)}, "fine", None, 2),
        ({"/x": once(says(503, ("Retry-After", "7")), to(301, "/y")), "/y": FINE}, "moved for good", "/y", 3),
        ({"/x": to(301, "/y"), "/y": once(says(429), FINE)}, "moved for good", "/y", 3),
        ({"/x": says(429, ("Retry-After", "3600"))}, "unreachable", None, 1),
        ({"/x": once(says(500), once(says(500), FINE))}, "fine", None, 3),
        # Codes that nobody knows count as x00 of their class
        ({"/x": says(299)}, "fine", None, 1),
        ({"/x": says(499)}, "missing", None, 2),
        ({"/x": says(599)}, "unreachable", None, None),
    ],
)
def test_chains_of_a_scripted_server(
    tmp_path: Path, answers: dict[str, Answer], kind: str, stands: str | None, asked: int | None
) -> None:
    with scripted(answers) as server:
        file = tmp_path / "a.md"
        file.write_text(f"<{server.url}/x>")
        (result,) = checked(file).results
        assert result.verdict.kind == kind
        assert asked is None or len(server.asked) == asked
        if stands is not None:
            assert judged_and_edited(tmp_path, f"{server.url}/x")[1] == server.url + stands
        else:
            assert result.verdict.to is None


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (says(200, HTML, content=b'<p id="x">'), "fine"),
        (says(200, HTML, content=b'<p id="y">'), "missing"),
        (says(200, HTML, content=b'<a name="x">'), "fine"),
        (says(200, HTML, content=b'<h2 id="user-content-x">'), "fine"),
        (says(200, HTML, content=b'<div id="app"></div><script src="a.js"></script>'), "fine"),
        (says(200, ("Content-Type", "application/pdf"), content=b"%PDF"), "fine"),
        (says(200, content=b"what it is nobody says"), "fine"),
        (cut(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 99\r\n\r\n<p>"), "fine"),
        (says(200, HTML, ("Content-Encoding", "gzip"), content=b"no gzip"), "fine"),
        (says(200, HTML, content=b'<p id="y">' + b" " * 5_000_000 + b'<p id="x">'), "fine"),
        (says(404, HTML, content=b'<p id="x">'), "missing"),
    ],
)
def test_fragments_of_pages(tmp_path: Path, answer: Answer, kind: str) -> None:
    with scripted({"/x": answer}) as server:
        (tmp_path / "a.md").write_text(f"<{server.url}/x#x>")
        (result,) = checked(tmp_path / "a.md").results
        assert result.verdict.kind == kind


def test_nobody_is_led_from_https_to_http(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    with scripted({"/y": FINE}) as plain, scripted({"/x": to(301, f"{plain.url}/y"), "/z": FINE}, tls=True) as safe:
        # The other way is a move like any other
        plain.answers["/w"] = to(301, f"{safe.url}/z")
        for url, kind, stands in (
            (f"{safe.url}/x", "suspicious move", f"{safe.url}/x"),
            (f"{plain.url}/w", "moved for good", f"{safe.url}/z"),
        ):
            verdict, after = judged_and_edited(tmp_path, url)
            assert (verdict.kind, after) == (kind, stands)
        assert "HEAD /y" not in plain.asked


def test_a_certificate_that_is_not_trusted_is_said(tmp_path: Path) -> None:
    with scripted({"/x": FINE}, tls=True) as server:
        (tmp_path / "a.md").write_text(f"<{server.url}/x>")
        (result,) = checked(tmp_path / "a.md").results
        assert result.verdict.kind == "unreachable"
        assert "certificate is not trusted" in result.verdict.why


def test_robots(tmp_path: Path) -> None:
    rules = says(200, content=b"User-agent: *\nDisallow: /no\n")
    answers = {"/robots.txt": to(301, "/rules"), "/rules": rules, "/yes": FINE, "/to": to(301, "/no"), "/no": FINE}
    with scripted(answers) as server:
        (tmp_path / "a.md").write_text("".join(f"<{server.url}{path}>\n" for path in ("/yes", "/no", "/to")))
        report = checked(tmp_path / "a.md", robots=True)
        assert [one.verdict.kind for one in report.results] == ["fine", "unchecked", "unchecked"]
        assert Counter(server.asked) == dict.fromkeys(("GET /robots.txt", "GET /rules", "HEAD /yes", "HEAD /to"), 1)


@pytest.mark.parametrize(("status", "kind"), [(404, "fine"), (403, "fine"), (500, "unchecked"), (503, "unchecked")])
def test_robots_that_cannot_be_had(tmp_path: Path, status: int, kind: str) -> None:
    with scripted({"/robots.txt": says(status), "/x": FINE}) as server:
        (tmp_path / "a.md").write_text(f"<{server.url}/x>\n")
        (result,) = checked(tmp_path / "a.md", robots=True).results
        assert result.verdict.kind == kind


def test_no_host_has_more_requests_at_once_than_it_may(tmp_path: Path) -> None:
    lock = threading.Lock()
    now = most = 0
    both = threading.Barrier(2)

    def slow(handler: Handler) -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        # Two come together, or it would never be left
        both.wait(60)
        with lock:
            now -= 1
        FINE(handler)

    paths = [f"/{n}" for n in range(20)]
    with scripted(dict.fromkeys(paths, slow)) as server:
        (tmp_path / "a.md").write_text("".join(f"<{server.url}{path}>\n" for path in paths))
        report = checked(tmp_path / "a.md")
        assert [one.verdict.kind for one in report.results] == ["fine"] * 20
        assert most == MANNERS.per_host


def test_a_run_that_is_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    paths = [f"/{n}" for n in range(12)]
    is_stuck, is_over = threading.Event(), threading.Event()
    answered: list[str] = []
    lock = threading.Lock()

    def some(handler: Handler) -> None:
        with lock:
            is_one_more = len(answered) < 7
            if is_one_more:
                answered.append(handler.path)
        if is_one_more or is_over.is_set():
            FINE(handler)
            return
        is_stuck.set()
        is_over.wait(60)
        handler.close_connection = True

    with scripted(dict.fromkeys(paths, some)) as server:
        (tmp_path / "a.md").write_text("".join(f"<{server.url}{path}>\n" for path in paths))
        command = [sys.executable, "-m", "statuary", "links", "a.md", "--cache", "links.sqlite", "--per-host", "1"]
        with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL) as running:
            assert is_stuck.wait(60)
            running.kill()
        is_over.set()
        with closing(sqlite3.connect(tmp_path / "links.sqlite")) as kept:
            assert kept.execute("SELECT count(*) FROM hops_2").fetchone() == (7,)
        server.asked.clear()
        done = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert sorted(server.asked) == sorted(f"HEAD {path}" for path in set(paths) - set(answered))
        assert "5 URLs asked for, 7 known" in done.stdout
