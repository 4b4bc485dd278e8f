"""The exhibit keeps what its index page promises: each command meets the code beside it, each link leads somewhere."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from dataclasses import dataclass, field
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest

from statuary import status
from statuary.message.request import Request
from statuary.origin_server.configured_site import site_of
from statuary.origin_server.exhibit import FILES, exhibit_directory
from statuary.semantics.decision.unsent import NOT_SENT
from statuary.semantics.resource import Resource

from ..wire_checks.client import Connection, Response
from .conftest import Served, serving

STATUS_LINE = re.compile(rb"^HTTP/1\.1 ([0-9]{3}) ", re.MULTILINE)
DEFAULT_ORIGIN = "http://localhost:8080"


@dataclass
class Row:
    """What the index page says of one code."""

    code: int
    heading: str = ""
    commands: list[str] = field(default_factory=list)


class Page(HTMLParser):
    """Collects the rows of the index page, and of any page its links and what can be linked to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[Row] = []
        self.links: list[str] = []
        self.ids: set[str] = set()
        self._inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        self.ids |= {given["id"]} if "id" in given else set()
        if tag in ("a", "link"):
            self.links.append(given["href"])
        if tag == "article":
            self.rows.append(Row(int(given["id"].removeprefix("c"))))
        if tag == "pre":
            self.rows[-1].commands.append("")
        if tag in ("h3", "pre"):
            self._inside = tag

    def handle_endtag(self, tag: str) -> None:
        if tag == self._inside:
            self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "h3":
            self.rows[-1].heading += data
        elif self._inside == "pre":
            self.rows[-1].commands[-1] += data


WEBSOCKET = pytest.mark.skipif(find_spec("wsproto") is None, reason="wsproto is not installed")

INDEX = Page((FILES / "index.html").read_text())
COMMANDS = [
    pytest.param(row.code, command, id=f"{row.code}-{command}", marks=[WEBSOCKET] if "/echo" in command else [])
    for row in INDEX.rows
    for command in row.commands
]


def get(served: Served, target: str, *fields: str) -> Response:
    with Connection(served.host, served.port, timeout=15) as connection:
        lines = [f"GET {target} HTTP/1.1", f"Host: {served.authority}", *fields, "Connection: close", "", ""]
        connection.send("\r\n".join(lines).encode())
        return connection.read_response()


def test_every_code_that_an_origin_server_sends_has_a_row() -> None:
    assert {row.code for row in INDEX.rows} == status.PHRASES.keys() - NOT_SENT.keys()


@pytest.mark.parametrize("row", INDEX.rows, ids=lambda row: str(row.code))
def test_a_row_names_its_code_rightly_and_has_a_command(row: Row) -> None:
    assert row.heading == f"{row.code} {status.phrase(row.code)}"
    assert row.commands
    assert all("localhost:8080" in command for command in row.commands)


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize(("code", "command"), COMMANDS)
def test_the_command_meets_its_code(code: int, command: str, exhibit: Served, tmp_path: Path) -> None:
    here = command.replace(DEFAULT_ORIGIN, exhibit.origin).replace("localhost:8080", exhibit.authority)
    # As a reader would run it, but for the reader's own settings of curl
    run = subprocess.run(
        ["sh", "-c", here],
        cwd=tmp_path,
        env={**os.environ, "CURL_HOME": str(tmp_path)},
        capture_output=True,
        timeout=60,
    )
    met = [int(number) for number in STATUS_LINE.findall(run.stdout)]
    if code < 200:
        assert code in met[:-1] or code == met[-1] == 101
    else:
        assert code == met[-1]


def targets_of(page: str, text: str) -> list[str]:
    return [urljoin(page, link) for link in Page(text).links if not link.startswith("data:")]


@pytest.mark.parametrize("page", ["/", "/forms/", "/early-hints.html", "/forms/thanks.html", "/moved/", "/status/"])
def test_the_links_of_a_page_stay_here_and_lead_to_an_answer(page: str, exhibit: Served) -> None:
    found = get(exhibit, page)
    assert found.status == 200
    text = found.content.decode()
    for target in targets_of(page, text):
        parts = urlsplit(target)
        assert not parts.netloc
        answer = get(exhibit, parts._replace(fragment="").geturl(), "Accept: text/html,*/*;q=0.8")
        assert status.phrase(answer.status)
        if parts.fragment:
            assert parts.fragment in Page(answer.content.decode()).ids


@pytest.mark.parametrize("row", INDEX.rows, ids=lambda row: str(row.code))
def test_the_link_of_a_row_meets_its_code(row: Row, exhibit: Served) -> None:
    text = (FILES / "index.html").read_text()
    article = text[text.index(f'<article id="c{row.code}">') :].partition("</article>")[0]
    for link in re.findall(r'<a class="meet" href="([^"#]+)"', article):
        if link == "echo" and find_spec("wsproto") is None:
            continue
        # Those that only a second or third look meets are tried with their command
        if row.code in (429, 431):
            continue
        answer = get(exhibit, f"/{link}", "Accept: text/html,*/*;q=0.8", "Accept-Language: en")
        assert row.code in (answer.status, *(interim.status for interim in answer.interim))


def test_without_the_library_for_websocket_its_resource_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("statuary.origin_server.exhibit.find_spec", lambda name: None)
    with exhibit_directory() as directory:
        resource = site_of(directory).resource(Request("GET", "/echo"), 0)
    assert isinstance(resource, Resource)
    assert resource.unavailable
    assert "statuary[websocket]" in (resource.unavailable.detail or "")


def test_no_page_takes_anything_from_elsewhere() -> None:
    for path in FILES.rglob("*.html"):
        text = path.read_text()
        assert not re.search(r"(?:src|href|action|srcset)\s*=\s*\"?(?:https?:)?//", text)
        assert "@import" not in text


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("workers", ["1", "2"])
def test_the_copy_is_removed_at_the_end(
    number: signal.Signals, workers: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with serving("--workers", workers) as served:
        assert get(served, "/hello.txt").status == 200
        [copy] = tmp_path.iterdir()
        assert copy.name.startswith("statuary-exhibit-")
        served.process.send_signal(number)
        assert served.process.wait(30) == 0
    assert not list(tmp_path.iterdir())
