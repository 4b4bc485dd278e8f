"""statuary links: what it says in each format, what it edits and asks, its exit status; against a server of this machine."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from xml.etree import ElementTree

import pytest

from statuary.cli import links
from statuary.link_editor.verdict import KINDS
from statuary.link_editor.waivers import parse_waivers
from statuary.origin_server.configuration import parse_configuration

# Path of the request: status, and Location
SITE: dict[str, tuple[int, str | None]] = {
    "/fine": (200, None),
    "/moved": (301, "/fine"),
    "/moved-twice": (308, "/moved"),
    "/moved-then-now": (301, "/now"),
    "/now": (302, "/fine"),
    "/gone": (410, None),
    "/broken": (301, "/missing"),
    "/front": (301, "/"),
    "/": (200, None),
    "/refused": (403, None),
    "/circle": (302, "/circle"),
}

MOVES = ("/moved", "/moved-twice", "/moved-then-now")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    asked: ClassVar[list[str]] = []

    def answer(self) -> None:
        self.asked.append(f"{self.command} {self.path}")
        if self.path == "/robots.txt":
            status, location, content = 200, None, b"User-agent: *\nDisallow: /fine\n"
        else:
            (status, location), content = SITE.get(self.path, (404, None)), b""
        self.send_response(status)
        if location is not None:
            self.send_header("Location", location)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_HEAD = do_GET = answer  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as made:
        serving = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        yield f"http://127.0.0.1:{made.server_port}"
        made.shutdown()
        serving.join()


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / ".cache"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setenv("NO_COLOR", "1")
    Handler.asked.clear()
    (tmp_path / "docs").mkdir()
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = links.main(list(arguments))
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def write(here: Path, server: str, *paths: str) -> Path:
    """A file with a link to each path of the server."""
    file = here / "docs" / "a.md"
    file.write_text("".join(f"- [to {path}]({server}{path})\n" for path in paths))
    return file


@pytest.mark.parametrize(
    ("path", "code", "kind"),
    [
        ("/fine", 0, None),
        ("/now", 0, None),
        ("/moved", 1, "moved for good"),
        ("/gone", 1, "gone"),
        ("/missing", 1, "missing"),
        ("/broken", 1, "broken move"),
        ("/front", 1, "suspicious move"),
        ("/refused", 1, "refused"),
        ("/circle", 1, "loop"),
    ],
)
def test_what_is_said_of_each(
    here: Path, server: str, capsys: pytest.CaptureFixture[str], path: str, code: int, kind: str | None
) -> None:
    file = write(here, server, path)
    before = file.read_bytes()
    got, out, _ = run(capsys, "docs", "-v")
    assert got == code
    assert "docs/a.md" in out
    assert kind is None or kind in out
    assert file.read_bytes() == before


def test_the_whole_chain_is_shown(here: Path, server: str, capsys: pytest.CaptureFixture[str]) -> None:
    write(here, server, "/moved-then-now")
    _, out, _ = run(capsys, "docs")
    assert f"301 {server}/moved-then-now → 302 {server}/now → 200 {server}/fine" in out
    assert f"should be {server}/now\n" in out


def test_a_second_run_asks_nothing(here: Path, server: str, capsys: pytest.CaptureFixture[str]) -> None:
    write(here, server, "/fine", "/moved", "/moved")
    run(capsys, "docs")
    assert Handler.asked.count("HEAD /moved") == 1
    Handler.asked.clear()
    _, out, _ = run(capsys, "docs")
    assert Handler.asked == []
    assert "2 moved for good, 1 fine (0 URLs asked for, 2 known" in out


def test_yes_makes_the_edits_of_moves_for_good(here: Path, server: str, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(here, server, "/moved", "/moved-twice#part", "/moved-then-now", "/gone", "/front", "/broken", "/now")
    file.chmod(0o640)
    code, _, err = run(capsys, "docs", "--yes")
    assert "3 links edited in 1 file\n" in err
    assert code == 1
    assert file.read_text() == (
        f"- [to /moved]({server}/fine)\n"
        f"- [to /moved-twice#part]({server}/fine#part)\n"
        f"- [to /moved-then-now]({server}/now)\n"
        f"- [to /gone]({server}/gone)\n"
        f"- [to /front]({server}/front)\n"
        f"- [to /broken]({server}/broken)\n"
        f"- [to /now]({server}/now)\n"
    )
    assert file.stat().st_mode & 0o777 == 0o640
    before = file.read_bytes()
    _, _, err = run(capsys, "docs", "--yes")
    assert "0 links edited" in err
    assert file.read_bytes() == before


def test_drop_gone(here: Path, server: str, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(here, server, "/gone", "/fine")
    code, _, _ = run(capsys, "docs", "--yes", "--drop-gone")
    assert code == 0
    assert file.read_text() == f"- to /gone\n- [to /fine]({server}/fine)\n"


def test_diff_is_a_patch_and_writes_nothing(here: Path, server: str, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(here, server, "/moved")
    before = file.read_bytes()
    code, out, _ = run(capsys, "docs", "--diff", "-")
    assert code == 1
    assert out.splitlines()[:2] == ["--- a/docs/a.md", "+++ b/docs/a.md"]
    assert f"+- [to /moved]({server}/fine)" in out
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a b.md", "é\n[x]({})".encode("latin-1")),
        ("ü.md", "é\r\n[x]({})\r\n".encode("utf-8-sig")),
        ('a\nb"\\.md', b"[x]({})\n"),
        ("c.html", '<meta charset=koi8-r>ж\n<a href="{}">'.encode("koi8-r")),
    ],
)
def test_diff_is_a_patch_in_any_encoding(
    here: Path, server: str, capsys: pytest.CaptureFixture[str], name: str, content: bytes
) -> None:
    before = content.replace(b"{}", f"{server}/moved".encode())
    (here / "docs" / name).write_bytes(before)
    assert run(capsys, "docs", "--diff", "moves.patch")[0] == 1
    assert (here / "docs" / name).read_bytes() == before
    subprocess.run(["git", "apply", "moves.patch"], cwd=here, check=True, capture_output=True)
    assert (here / "docs" / name).read_bytes() == content.replace(b"{}", f"{server}/fine".encode())


def test_diff_is_made_to_be_applied_here(here: Path, server: str, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(here, server, "/moved")
    assert run(capsys, str(file), "--diff", "moves.patch")[0] == 1
    subprocess.run(["git", "apply", "moves.patch"], cwd=here, check=True, capture_output=True)
    assert file.read_text() == f"- [to /moved]({server}/fine)\n"


def test_diff_of_what_no_patch_can_have(here: Path, server: str, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "docs" / "a.md").write_text(f"[x]({server}/moved)", "utf-16")
    code, out, err = run(capsys, "docs", "--diff", "-")
    assert (code, out) == (1, "")
    assert "docs/a.md: it is UTF-16" in err
    assert run(capsys, "docs", "--yes")[0] == 0
    assert (here / "docs" / "a.md").read_text("utf-16") == f"[x]({server}/fine)"


class Terminal:
    """What somebody types."""

    def __init__(self, *answers: str) -> None:
        self._answers = list(answers)

    def isatty(self) -> bool:
        return True

    def readline(self) -> str:
        return f"{self._answers.pop(0)}\n" if self._answers else ""


@pytest.mark.parametrize(
    ("answers", "edited"),
    [
        ("y n y", {*MOVES, "/front"}),  # a file's moves for good at once, all else by itself
        ("n n n", set()),
        ("o y n y n n", {"/moved", "/moved-then-now"}),
        ("k n n", set(MOVES)),
        ("h n n", set(MOVES)),
        ("o n k n n", {"/moved-twice", "/moved-then-now"}),
        ("o n h n n", {"/moved-twice", "/moved-then-now"}),
        ("o y q", {"/moved"}),
        ("y q", set(MOVES)),
        ("q", set()),
        ("", set()),
        ("? x y", set(MOVES)),
        ("n k h o y n", {"/gone"}),  # a removal is decided on by itself
    ],
)
def test_fix_asks(
    here: Path,
    server: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    answers: str,
    edited: set[str],
) -> None:
    paths = (*MOVES, "/gone", "/front")
    file = write(here, server, *paths)
    monkeypatch.setattr(sys, "stdin", Terminal(*answers.split()))
    run(capsys, "docs", "--fix")
    assert {path for path in paths if f"({server}{path})" not in file.read_text()} == edited


@pytest.mark.parametrize(
    ("answers", "edited"),
    [
        ("y n", {"a.md"}),
        ("n y", {"b.md"}),
        ("k", {"a.md", "b.md"}),  # from then on nothing is asked about those
        ("h", {"a.md", "b.md"}),
        ("n q", set()),
        ("y q", {"a.md"}),
    ],
)
def test_fix_asks_file_by_file(
    here: Path,
    server: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    answers: str,
    edited: set[str],
) -> None:
    files = [here / "docs" / name for name in ("a.md", "b.md")]
    for file in files:
        file.write_text(f"[x]({server}/moved) [y]({server}/moved-twice)\n")
    monkeypatch.setattr(sys, "stdin", Terminal(*answers.split()))
    run(capsys, "docs", "--fix")
    assert {file.name for file in files if "/moved" not in file.read_text()} == edited


def test_fix_shows_the_diff_of_the_file_and_why(
    here: Path, server: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(here, server, "/moved", "/moved-twice", "/gone")
    monkeypatch.setattr(sys, "stdin", Terminal("n", "n"))
    _, out, err = run(capsys, "docs", "--fix", "-q")
    assert out.count("+++ b/docs/a.md") == 2
    assert f"-- [to /moved]({server}/moved)\n" in out
    assert f"+- [to /moved-twice]({server}/fine)\n" in out
    assert f"{server}/moved-twice: 308 → 301 → 200: it moved for good to {server}/fine.\n" in out
    host = server.removeprefix("http://")
    assert (
        f"Change these 2 URLs? [y]es, [n]o, [o]ne by one, [k] all that moved for good, [h] all of {host}, [q]uit: "
        in err
    )
    assert "+- to /gone\n" in out
    assert "Remove the link, and keep its text? [y]es, [n]o, [q]uit: " in err


def test_fix_needs_somebody_to_ask(here: Path, server: str, capsys: pytest.CaptureFixture[str]) -> None:
    write(here, server, "/moved")
    code, _, err = run(capsys, "docs", "--fix")
    assert code == 2
    assert "no terminal" in err


def test_json(here: Path, server: str, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(here, server, "/moved")
    code, out, _ = run(capsys, "docs", "--json", "-")
    assert code == 1
    report = json.loads(out)
    (link,) = report["links"]
    start, end = link["octets"]
    assert file.read_bytes()[start:end].decode() == link["url"] == f"{server}/moved"
    assert (link["kind"], link["to"]) == ("moved for good", f"{server}/fine")
    assert [hop["status"] for hop in link["chain"]] == [301, 200]
    assert report["summary"]["kinds"] == {"moved for good": 1}


def test_sarif(here: Path, server: str, capsys: pytest.CaptureFixture[str]) -> None:
    write(here, server, "/moved", "/fine")
    _, out, _ = run(capsys, "docs", "--sarif", "-")
    (sarif_run,) = json.loads(out)["runs"]
    (result,) = sarif_run["results"]
    assert sarif_run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == "moved-for-good"
    replacement = result["fixes"][0]["artifactChanges"][0]["replacements"][0]
    assert replacement["insertedContent"]["text"] == f"{server}/fine"
    assert replacement["deletedRegion"]["startLine"] == 1


def test_junit(here: Path, server: str, capsys: pytest.CaptureFixture[str]) -> None:
    write(here, server, "/missing", "/fine")
    _, out, _ = run(capsys, "docs", "--junit", "-")
    (suite,) = ElementTree.fromstring(out)
    assert suite.get("failures") == "1"
    assert suite.get("tests") == "2"


def test_github(here: Path, server: str, capsys: pytest.CaptureFixture[str]) -> None:
    write(here, server, "/fine", "/missing")
    _, out, _ = run(capsys, "docs", "--github", "-")
    start = "::error file=docs/a.md,line=2,col=17,title=statuary links%3A missing::"
    assert out.startswith(start)


def test_markdown(here: Path, server: str, capsys: pytest.CaptureFixture[str]) -> None:
    write(here, server, "/missing")
    _, out, _ = run(capsys, "docs", "--markdown", "-")
    assert f"| ` docs/a.md:1 ` | missing | ` {server}/missing ` | 404 Not Found. |" in out


def test_waivers(here: Path, server: str, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(here, server, "/missing", "/moved")
    waivers = here / "waivers.toml"
    waivers.write_text(
        f'[[waiver]]\nurl = "{server}/mi*"\nkind = "missing"\nreason = "an example"\n'
        '[[waiver]]\nfile = "*.md"\nkind = "moved for good"\nreason = "history"\n'
        '[[waiver]]\nurl = "none"\nreason = "old"\n[[waiver]]\nurl = "*"\nreason = "over"\nuntil = 2020-01-01\n'
    )
    before = file.read_bytes()
    code, out, _ = run(capsys, "docs", "--waivers", "waivers.toml", "--yes")
    assert code == 0
    assert "unused waiver: line 9: waives nothing" in out
    assert "unused waiver: line 12: no longer counts, it ended on 2020-01-01" in out
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    "text",
    [
        "[[waiver]]\nreason='x'",
        "[[waiver]]\nurl='x'",
        "[[waiver]]\nurl='x'\nreason='y'\nkind='bad'",
        "x=1",
        "[",
        "waiver=1",
    ],
)
def test_waivers_that_are_none(here: Path, server: str, capsys: pytest.CaptureFixture[str], text: str) -> None:
    (here / "waivers.toml").write_text(text)
    code, _, err = run(capsys, "docs", "--waivers", "waivers.toml")
    assert code == 2
    assert "waivers.toml" in err


def test_what_the_documentation_shows() -> None:
    text = (Path(__file__).parents[2] / "docs" / "links.md").read_text("utf-8")
    waivers, moves = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    assert len(parse_waivers(waivers, "docs/links.md")) == 2
    parse_configuration(moves)
    known = set(links._parser()._option_string_actions)
    assert set(re.findall(r"`(?:statuary links )?(--[a-z][a-z-]+)", text)) <= known
    assert all(f"| {kind} |" in text for kind in KINDS if kind not in ("invalid URL", "unsupported scheme"))


def test_robots(here: Path, server: str, capsys: pytest.CaptureFixture[str]) -> None:
    write(here, server, "/fine", "/moved")
    _, out, _ = run(capsys, "docs", "--robots", "-v")
    assert "Its robots.txt keeps robots out." in out
    assert "HEAD /moved" in Handler.asked
    assert Handler.asked.count("GET /robots.txt") == 1


def test_skipped_and_offline(here: Path, server: str, capsys: pytest.CaptureFixture[str]) -> None:
    write(here, server, "/fine", "/missing")
    assert run(capsys, "docs", "--skip", "*/missing")[0] == 0
    Handler.asked.clear()
    assert run(capsys, "docs", "--offline", "--no-cache")[0] == 0
    assert Handler.asked == []


def test_data_and_sources_by_option(here: Path, server: str, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "docs" / "a.toml").write_text(f'url = "{server}/moved"\n')
    (here / "docs" / "a.py").write_text(f"# {server}/moved\n")
    assert run(capsys, "docs")[0] == 0
    assert run(capsys, "docs", "--also", "data", "--also", "source", "--yes")[0] == 0
    assert (here / "docs" / "a.toml").read_text() == f'url = "{server}/fine"\n'
    assert (here / "docs" / "a.py").read_text() == f"# {server}/fine\n"


def test_code_and_front_matter_by_option(here: Path, server: str, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("yaml", reason="PyYAML comes with statuary[links]")
    for name in ("a.md", "b.md"):
        (here / "docs" / name).write_text(f"---\nurl: {server}/moved\n---\n```\n{server}/moved\n```\n")
    assert run(capsys, "docs")[0] == 0
    assert run(capsys, "docs", "--read-as", "b.md=markdown+code", "--yes")[0] == 0
    assert (here / "docs" / "a.md").read_text().count("/moved") == 2
    assert (here / "docs" / "b.md").read_text() == f"---\nurl: {server}/moved\n---\n```\n{server}/fine\n```\n"
    assert run(capsys, "docs", "--also", "code", "--also", "front-matter", "--yes")[0] == 0
    for name in ("a.md", "b.md"):
        assert (here / "docs" / name).read_text() == f"---\nurl: {server}/fine\n---\n```\n{server}/fine\n```\n"


def test_style_sheets_and_feeds(here: Path, server: str, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "docs" / "a.css").write_text(f"a {{ background: url({server}/moved) }}\n")
    (here / "docs" / "a.rss").write_text(f'<rss><description>&lt;a href="{server}/moved"&gt;</description></rss>')
    assert run(capsys, "docs", "--yes")[0] == 0
    assert (here / "docs" / "a.css").read_text() == f"a {{ background: url({server}/fine) }}\n"
    assert f'"{server}/fine"' in (here / "docs" / "a.rss").read_text()


def test_what_could_not_be_run(here: Path, server: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys)[0] == 2
    assert run(capsys, "none")[0] == 2
    (here / "docs" / "a.ipynb").write_text("{")
    code, out, _ = run(capsys, "docs")
    assert code == 2
    assert "not read: docs/a.ipynb: not a notebook" in out


def test_a_file_that_is_named_is_text_whatever_its_name(
    here: Path, server: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "NOTICE").write_text(f"{server}/moved\n")
    assert run(capsys, "NOTICE", "--yes")[0] == 0
    assert (here / "NOTICE").read_text() == f"{server}/fine\n"


def test_files_that_are_called_otherwise(here: Path, server: str, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "docs" / "a.txt").write_text(f"::\n\n    {server}/missing\n\n`x <{server}/moved>`_\n")
    assert run(capsys, "docs", "--read-as", "*.txt=restructuredtext", "--yes")[0] == 0
    assert f"`x <{server}/fine>`_" in (here / "docs" / "a.txt").read_text()
    with pytest.raises(SystemExit):
        links.main(["docs", "--read-as", "*.txt=word"])


def test_results_that_cannot_be_kept(here: Path, server: str, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "cache").write_bytes(b"no database" * 100)
    code, _, err = run(capsys, "docs", "--cache", "cache")
    assert code == 2
    assert "--no-cache" in err


def test_moves(here: Path, server: str, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("old/a.html", "new/b.html"):
        (here / name).parent.mkdir()
        (here / name).write_text("x")
    code, out, _ = run(capsys, "--moves", "old", "new")
    assert (code, out) == (0, '[[moved]]\npath = "/a.html"\nto = "/b.html"\nstatus = 308\n')
    assert run(capsys, "--moves", "old")[0] == 2


def test_what_comes_from_elsewhere_is_not_obeyed_by_the_terminal(
    here: Path, server: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "docs" / "a.html").write_text("<a href='no\x1b[31m.html'>x</a>")
    _, out, _ = run(capsys, "docs")
    assert "\x1b" not in out


def test_options_may_stand_between_names(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a.md", "b.md"):
        (here / name).write_text("[both](b.md)")
    code, out, _ = run(capsys, "a.md", "--offline", "b.md")
    assert (code, "2 links in 2 files" in out) == (0, True)
