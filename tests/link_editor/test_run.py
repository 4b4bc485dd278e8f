"""Runs: what is asked for, how often and how politely, what is kept, and files nearby."""

from __future__ import annotations

import asyncio
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from statuary.link_editor.ask import Manners, chain_for, each
from statuary.link_editor.files import files_below
from statuary.link_editor.find import Format
from statuary.link_editor.local import Files
from statuary.link_editor.moves import Moves, entries, of_folders, of_git
from statuary.link_editor.remember import DAY, Memory
from statuary.link_editor.report import Report
from statuary.link_editor.run import Checker, look
from statuary.link_editor.verdict import Hop, verdict_of_chain
from statuary.message.fields import Fields
from statuary.message.request import Request
from statuary.message.response import Response
from statuary.origin_server.configuration import Configuration, read_configuration
from statuary.semantics.reaction import Attempt, Policy, Send, react
from statuary.transport.clock import ManualClock

Site = Callable[[str, str], tuple[int, str | None]]


class Fake:
    """Answers as a site says, follows as react says, and counts."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self.asked: list[tuple[str, str]] = []

    async def __call__(self, method: str, url: str) -> Sequence[Attempt]:
        attempts: list[Attempt] = []
        while True:
            await asyncio.sleep(0)
            self.asked.append((method, url))
            status, to = self._site(method, url)
            parts = urlsplit(url)
            request = Request(method, parts.path, scheme=parts.scheme, authority=parts.netloc)
            fields = Fields([("Location", to)] if to is not None else [])
            attempts.append(Attempt(request, final=Response(status, fields)))
            reaction = react(attempts, Policy(most_retries=0))
            if not isinstance(reaction, Send):
                return attempts
            url = f"{reaction.request.scheme}://{reaction.request.authority}{reaction.request.target}"


def site_of(answers: dict[str, tuple[int, str | None]]) -> Site:
    return lambda method, url: answers.get(url, (404, None))


A, B = "http://a.example/x", "http://b.example/y"


@pytest.mark.parametrize(
    ("head", "get", "methods", "status"),
    [
        (200, 500, ["HEAD"], 200),
        (204, 500, ["HEAD"], 204),
        (405, 200, ["HEAD", "GET"], 200),
        (501, 200, ["HEAD", "GET"], 200),
        (404, 200, ["HEAD", "GET"], 200),
        (403, 200, ["HEAD", "GET"], 200),
        (500, 200, ["HEAD", "GET"], 200),
        (404, 404, ["HEAD", "GET"], 404),
        (410, 410, ["HEAD", "GET"], 410),
        (429, 200, ["HEAD"], 429),
        (503, 200, ["HEAD"], 503),
    ],
)
def test_head_first_and_get_where_head_may_be_wrong(head: int, get: int, methods: list[str], status: int) -> None:
    fake = Fake(lambda method, url: (head if method == "HEAD" else get, None))
    chain = asyncio.run(chain_for(A, fake))
    assert [method for method, _ in fake.asked] == methods
    assert chain[-1].status == status


def test_politeness() -> None:
    urls = [f"http://{host}.example/{n}" for host in "abcde" for n in range(20)]
    now: Counter[str] = Counter()
    most: Counter[str] = Counter()
    done: list[str] = []

    async def do(url: str) -> None:
        for name in (urlsplit(url).netloc, "all"):
            now[name] += 1
            most[name] = max(most[name], now[name])
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        for name in (urlsplit(url).netloc, "all"):
            now[name] -= 1
        done.append(url)

    asyncio.run(each(urls, do, Manners(jobs=7, per_host=2)))
    assert sorted(done) == sorted(urls)
    assert most["all"] == 7
    assert max(count for name, count in most.items() if name != "all") == 2


@pytest.fixture
def memory() -> Iterator[Memory]:
    with closing(Memory(None)) as made:
        yield made


def run(tmp_path: Path, fake: Fake | None, memory: Memory, *, now: float = 1000) -> Report:
    checker = Checker(fake, memory, Files(), ManualClock(now))
    return asyncio.run(checker.check(look(files_below([tmp_path], ["markdown", "html"]))))


def test_each_url_is_asked_for_once(tmp_path: Path, memory: Memory) -> None:
    (tmp_path / "a.md").write_text(f"[a]({A}) [b]({A}#f) [c]({B})\n")
    (tmp_path / "b.md").write_text(f"<{A}>\n")
    fake = Fake(site_of({A: (301, B), B: (200, None)}))
    report = run(tmp_path, fake, memory)
    assert Counter(fake.asked) == {("HEAD", A): 1, ("HEAD", B): 2}
    assert [(one.verdict.kind, one.verdict.to) for one in report.results] == [
        ("moved for good", B),
        ("moved for good", f"{B}#f"),
        ("fine", None),
        ("moved for good", B),
    ]


def test_results_are_kept_as_long_as_they_are_fresh(tmp_path: Path) -> None:
    docs, kept = tmp_path / "docs", tmp_path / "cache" / "links.sqlite"
    docs.mkdir()
    dead, ill = "http://dead.example/", "http://ill.example/"
    (docs / "a.md").write_text(f"<{A}> <{dead}> <{ill}>\n")
    fake = Fake(site_of({A: (301, B), B: (200, None), ill: (503, None)}))

    def asked(now: float) -> set[str]:
        fake.asked.clear()
        with closing(Memory(kept)) as memory:
            run(docs, fake, memory, now=now)
        return {url for _, url in fake.asked}

    assert asked(1000) == {A, B, dead, ill}
    assert asked(1001) == {ill}  # it may be better by now
    assert asked(1000 + DAY // 24 + 1) == {dead, ill}  # it may have been mended
    # Where it moved to was seen to be fine: a run after the edit has nothing to ask
    (docs / "a.md").write_text(f"<{B}>\n")
    assert asked(2000) == set()
    assert asked(1000 + DAY + 1) == {B}


def test_a_run_that_is_ended_goes_on_where_it_was(tmp_path: Path) -> None:
    docs, kept = tmp_path / "docs", tmp_path / "links.sqlite"
    docs.mkdir()
    urls = [f"http://a.example/{n}" for n in range(10)]
    (docs / "a.md").write_text("".join(f"<{url}>\n" for url in urls))
    answered = 0

    def site(method: str, url: str) -> tuple[int, str | None]:
        nonlocal answered
        answered += 1
        if answered == 6:
            raise RuntimeError("ended")
        return 200, None

    fake = Fake(site)
    with closing(Memory(kept)) as memory, pytest.raises(ExceptionGroup):
        run(docs, fake, memory)
    fake.asked.clear()
    with closing(Memory(kept)) as memory:
        run(docs, fake, memory, now=1001)
    assert 0 < len(fake.asked) < 10


def test_without_anybody_to_ask_what_is_not_known_is_unchecked(tmp_path: Path, memory: Memory) -> None:
    (tmp_path / "a.md").write_text(f"<{A}> <mailto:x@a.example> [x](a.md) [y](b.md)\n")
    report = run(tmp_path, None, memory)
    assert [one.verdict.kind for one in report.results] == ["unchecked", "unchecked", "fine", "missing"]


def test_a_memory_gives_what_was_put(memory: Memory) -> None:
    chain = (Hop(A, 301, None, B, "f"), Hop(B, failure="timeout"))
    memory.put(A, chain, 0)
    assert memory.get(A, 1) == chain
    assert memory.get(B, 1) is None
    assert verdict_of_chain(chain).kind == "broken move"


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


# Moves that a site should declare


def test_moves_between_two_folders(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    for root, names in ((old, ["a.html", "b.html", "c/index.html"]), (new, ["a.html", "d e.html", "f/index.html"])):
        for name, content in zip(names, ["same", "b's", "c's"], strict=True):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(content)
    (old / "gone.html").write_text("g")
    moves = of_folders(old, new)
    assert moves == Moves((("b.html", "d e.html"), ("c/index.html", "f/index.html")), ("gone.html",))
    text = entries(moves)
    assert 'path = "/b.html"\nto = "/d%20e.html"' in text
    assert 'path = "/c/"\nto = "/f/"' in text
    (new / "statuary.toml").write_text(text)
    assert read_configuration(new) != Configuration()


def test_moves_in_git(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        subprocess.run(
            ["git", "-c", "user.name=x", "-c", "user.email=x@a.example", "-C", tmp_path, *arguments],
            check=True,
            capture_output=True,
        )

    git("init", "-q")
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "old.html").write_text("a page\n" * 20)
    (tmp_path / "site" / "gone.html").write_text("nothing\nof\nthe kind\n")
    git("add", ".")
    git("commit", "-qm", "one")
    git("mv", "site/old.html", "site/new.html")
    git("rm", "-q", "site/gone.html")
    git("commit", "-qm", "two")
    assert of_git("HEAD~..HEAD", tmp_path / "site") == Moves((("old.html", "new.html"),), ("gone.html",))
    with pytest.raises(ValueError, match="git"):
        of_git("no..such", tmp_path)
