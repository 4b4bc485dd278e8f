"""Runs: what is made of what was found out, a run that goes on, and files nearby."""

from __future__ import annotations

import asyncio
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from statuary.link_editor.files import files_below
from statuary.link_editor.find import Format
from statuary.link_editor.local import Files
from statuary.link_editor.remember import Memory
from statuary.link_editor.report import Report
from statuary.link_editor.run import Checker, look
from statuary.transport.clock import ManualClock

from .fake import Fake, Says, site_of

A, B = "http://a.example/x", "http://b.example/y"


@pytest.fixture
def memory() -> Iterator[Memory]:
    with closing(Memory(None)) as made:
        yield made


def run(tmp_path: Path, fake: Fake | None, memory: Memory, *, now: float = 1000) -> Report:
    checker = Checker(fake, memory, Files(), ManualClock(now))
    return asyncio.run(checker.check(look(files_below([tmp_path], ["markdown", "html"]))))


def test_each_url_is_asked_for_once(tmp_path: Path, memory: Memory) -> None:
    (tmp_path / "a.md").write_text(f"[a]({A}) [b]({A}#L1) [c]({B})\n")
    (tmp_path / "b.md").write_text(f"<{A}>\n")
    fake = Fake(site_of({A: Says(301, B), B: Says(200)}))
    report = run(tmp_path, fake, memory)
    assert Counter(fake.asked) == {("HEAD", A): 1, ("HEAD", B): 1}
    assert [(one.verdict.kind, one.verdict.to) for one in report.results] == [
        ("moved for good", B),
        ("moved for good", f"{B}#L1"),
        ("fine", None),
        ("moved for good", B),
    ]


@pytest.mark.parametrize(
    ("fragment", "kind", "to"),
    [
        ("there", "fine", None),
        ("none", "missing", None),
        ("top", "fine", None),
        ("/route", "fine", None),
    ],
)
def test_fragments_are_looked_for_in_pages(
    tmp_path: Path, memory: Memory, fragment: str, kind: str, to: str | None
) -> None:
    (tmp_path / "a.md").write_text(f"<{A}#{fragment}>\n")
    fake = Fake(site_of({A: Says(200, anchors=frozenset({"there"}))}))
    (result,) = run(tmp_path, fake, memory).results
    assert (result.verdict.kind, result.verdict.to) == (kind, to)


@pytest.mark.parametrize(
    ("status", "fragment", "kind", "to"),
    [
        (301, "there", "moved for good", f"{B}#there"),
        (301, "none", "broken move", None),
        (302, "there", "elsewhere for now", None),
        (302, "none", "missing", None),
    ],
)
def test_fragments_are_looked_for_where_a_redirect_leads(
    tmp_path: Path, memory: Memory, status: int, fragment: str, kind: str, to: str | None
) -> None:
    (tmp_path / "a.md").write_text(f"<{A}#{fragment}>\n")
    fake = Fake(site_of({A: Says(status, B), B: Says(200, anchors=frozenset({"there"}))}))
    (result,) = run(tmp_path, fake, memory).results
    assert (result.verdict.kind, result.verdict.to) == (kind, to)
    if kind in ("missing", "broken move"):
        assert "othing in http://b.example/y is called #none" in result.verdict.why


@pytest.mark.parametrize(
    ("status", "fragment", "kind", "to"),
    [
        (301, "there", "moved for good", f"{B}#there"),
        (301, "none", "broken move", None),
        (302, "none", "elsewhere for now", None),  # nobody could mend the link
    ],
)
def test_fragments_of_redirects_are_looked_for(
    tmp_path: Path, memory: Memory, status: int, fragment: str, kind: str, to: str | None
) -> None:
    (tmp_path / "a.md").write_text(f"<{A}>\n")
    fake = Fake(site_of({A: Says(status, B, fragment), B: Says(200, anchors=frozenset({"there"}))}))
    (result,) = run(tmp_path, fake, memory).results
    assert (result.verdict.kind, result.verdict.to) == (kind, to)


def test_fragments_are_left_alone_by_option(tmp_path: Path, memory: Memory) -> None:
    (tmp_path / "a.md").write_text(f"<{A}#none>\n")
    fake = Fake(site_of({A: Says(200, anchors=frozenset())}))
    checker = Checker(fake, memory, Files(), ManualClock(1000), fragments=False)
    report = asyncio.run(checker.check(look([tmp_path / "a.md"])))
    assert [one.verdict.kind for one in report.results] == ["fine"]
    assert fake.asked == [("HEAD", A)]


def test_what_leads_where_nobody_asks_is_said_so(tmp_path: Path, memory: Memory) -> None:
    (tmp_path / "a.md").write_text(f"<{A}> <{B}>\n")
    fake = Fake(site_of({A: Says(301, B)}))
    checker = Checker(fake, memory, Files(), ManualClock(1000), skips=lambda uri: uri == B)
    report = asyncio.run(checker.check(look([tmp_path / "a.md"])))
    assert [one.verdict.kind for one in report.results] == ["unchecked", "unchecked"]
    assert report.results[0].verdict.why == f"It leads to {B}. It is left out."


def test_a_run_that_is_ended_goes_on_where_it_was(tmp_path: Path) -> None:
    docs, kept = tmp_path / "docs", tmp_path / "links.sqlite"
    docs.mkdir()
    urls = [f"http://{n}.example/" for n in range(10)]
    (docs / "a.md").write_text("".join(f"<{url}>\n" for url in urls))
    answered: list[str] = []

    def site(method: str, uri: str) -> Says:
        if len(answered) == 6:
            raise RuntimeError("ended")
        answered.append(uri)
        return Says(200)

    with closing(Memory(kept)) as memory, pytest.raises(ExceptionGroup):
        run(docs, Fake(site), memory)
    again = Fake(lambda method, uri: Says(200))
    with closing(Memory(kept)) as memory:
        report = run(docs, again, memory, now=1001)
    assert {uri for _, uri in again.asked} == set(urls) - set(answered)
    assert (report.asked, report.known) == (4, 6)


def test_without_anybody_to_ask_what_is_not_known_is_unchecked(tmp_path: Path, memory: Memory) -> None:
    (tmp_path / "a.md").write_text(f"<{A}> <mailto:x@a.example> [x](a.md) [y](b.md)\n")
    report = run(tmp_path, None, memory)
    assert [one.verdict.kind for one in report.results] == ["unchecked", "unchecked", "fine", "missing"]


def test_links_to_files(tmp_path: Path, memory: Memory) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "index.html").write_text("<p id=there>")
    (tmp_path / "b c.md").write_text("# A heading\n")
    (tmp_path / "page.html").write_text("<a name=x>")
    (tmp_path / "a.md").write_text(
        "# Here\n[1](b%20c.md) [2](b%20c.md#a-heading) [3](b%20c.md#none) [4](sub/) [5](sub/#there) [6](sub/#none)\n"
        "[7](page) [8](page#x) [9](#here) [10](#none) [11](/abs) [12](../none.md) [13](page.html#) [14](b%20c.md#A-Heading)\n"
    )
    report = run(tmp_path, None, memory)
    kinds = [one.verdict.kind for one in report.results if one.file.endswith("a.md")]
    fine, missing = "fine", "missing"
    assert kinds[:6] == [fine, fine, missing, fine, fine, missing]
    assert kinds[6:] == [fine, fine, fine, missing, "unchecked", missing, fine, missing]


def test_links_from_the_root(tmp_path: Path, memory: Memory) -> None:
    (tmp_path / "a.md").write_text("[1](/b.md) [2](/c.md)\n")
    (tmp_path / "b.md").write_text("")
    checker = Checker(None, memory, Files(tmp_path), ManualClock(0))
    report = asyncio.run(checker.check(look([tmp_path / "a.md"])))
    assert [one.verdict.kind for one in report.results] == ["fine", "missing"]


def test_places_are_counted_in_lines_and_octets(tmp_path: Path, memory: Memory) -> None:
    file = tmp_path / "a.md"
    file.write_bytes(f"é\r\n\r\né [a]({A})".encode())
    (result,) = run(tmp_path, None, memory).results
    assert (result.line, result.column) == (3, 7)
    start, end = result.octets
    assert file.read_bytes()[start:end].decode() == A


def test_what_cannot_be_read_is_said(tmp_path: Path, memory: Memory) -> None:
    (tmp_path / "a.md").write_bytes(b"\0\0")
    report = run(tmp_path, None, memory)
    assert [why for _, why in report.unread] == ["it is not text"]


# Which files


def below(path: Path, *formats: Format, excluded: Sequence[str] = ()) -> list[str]:
    return [one.relative_to(path).as_posix() for one in files_below([path], formats, excluded)]


def test_files_below_a_folder(tmp_path: Path) -> None:
    for name in ("a.md", "b.html", "c.py", "sub/d.md", "node_modules/e.md", "build/f.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / "link.md").symlink_to("a.md")
    assert below(tmp_path, "markdown") == ["a.md", "build/f.md", "sub/d.md"]
    assert below(tmp_path, "markdown", "html", excluded=["sub/*"]) == ["a.md", "b.html", "build/f.md"]
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / ".gitignore").write_text("build/\nnode_modules/\n")
    assert below(tmp_path, "markdown") == ["a.md", "sub/d.md"]
    assert below(tmp_path / "build", "markdown") == ["f.md"]  # whoever names it wants it
    assert list(files_below([tmp_path / "c.py"], ["markdown"])) == [tmp_path / "c.py"]
    with pytest.raises(FileNotFoundError):
        list(files_below([tmp_path / "none"], ["markdown"]))
