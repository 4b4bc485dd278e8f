"""What moved between two states of a site, and what the site should say of it; served to see that it does."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from statuary.link_editor.moved_entries import entries
from statuary.link_editor.moves import Moves, of_folders, of_git
from statuary.origin_server.configuration import parse_configuration
from statuary.origin_server.configured_site import site_of

from ..origin_server.configured import resource_of

HEAD = "<nav>the same on every page</nav>\n<p>and this, too\n"


def tree(root: Path, files: Mapping[str, str]) -> Path:
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)
    return root


@pytest.mark.parametrize(
    ("old", "new", "moved", "gone"),
    [
        ({"a": "1"}, {"a": "2"}, {}, []),
        ({"a": "1"}, {"b": "1"}, {"a": "b"}, []),
        ({"a": "1"}, {}, {}, ["a"]),
        ({}, {"a": "1"}, {}, []),
        ({"a": "1", "b": "1"}, {"b": "1"}, {}, ["a"]),  # it was there before: nobody moved it there
        ({"x/a": "1", "x/b": "1"}, {"y/a": "1", "y/b": "1"}, {"x/a": "y/a", "x/b": "y/b"}, []),  # by their names
        ({"a": "1"}, {"b": "1", "c": "1"}, {}, ["a"]),  # which of them, nobody knows
        ({"a": "one\ntwo\nthree\n"}, {"b": "one\ntwo\n3\n"}, {"a": "b"}, []),
        ({"a": "one\ntwo\nthree\n"}, {"b": "one\n2\n3\n"}, {}, ["a"]),
        ({"a": '<a href="x">y</a>\n[z](w)'}, {"d/b": '<a href="../x">y</a>\n[z](../w)'}, {"a": "d/b"}, []),
        # What all pages have says nothing of any
        ({"a": f"{HEAD}one", "b": f"{HEAD}two"}, {"c": f"{HEAD}three", "d": f"{HEAD}four"}, {}, ["a", "b"]),
        (
            {"a": f"{HEAD}one\nx", "b": f"{HEAD}two\ny"},
            {"c": f"{HEAD}two\nz", "d": f"{HEAD}one\nz"},
            {"a": "d", "b": "c"},
            [],
        ),
        ({".hidden": "1", "x/.h/a": "1", "statuary.toml": "2"}, {}, {}, []),  # they were never served
        ({"a": ""}, {"b": "", "c": ""}, {}, ["a"]),
        ({"a": ""}, {"b": ""}, {}, ["a"]),  # that both are empty says nothing
        ({"x/a": ""}, {"y/a": "", "y/b": ""}, {"x/a": "y/a"}, []),
    ],
)
def test_two_folders(
    tmp_path: Path, old: dict[str, str], new: dict[str, str], moved: dict[str, str], gone: list[str]
) -> None:
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
    moves = of_folders(tree(tmp_path / "old", old), tree(tmp_path / "new", new))
    assert dict(moves.moved) == moved
    assert list(moves.gone) == gone


def test_folders_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(NotADirectoryError):
        of_folders(tmp_path / "no", tmp_path)


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    page = "".join(f"line {number}\n" for number in range(20))
    tree(tmp_path, {"public/a.html": page, "public/b é.html": "b\n" * 20, "public/.x": "x", "other.html": "o\n" * 20})
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "one")
    git(tmp_path, "tag", "v1")
    (tmp_path / "public" / "new").mkdir()
    git(tmp_path, "mv", "public/a.html", "public/new/a.html")
    (tmp_path / "public" / "new" / "a.html").write_text(f"{page}one more\n")
    git(tmp_path, "rm", "-q", "public/b é.html", "public/.x", "other.html")
    git(tmp_path, "add", "-A")
    return tmp_path


def test_git_between_commits_and_before_one(repository: Path) -> None:
    expected = Moves((("a.html", "new/a.html"),), ("b é.html",), frozenset({"new/a.html"}))
    assert of_git("v1", repository / "public") == expected
    assert of_git("HEAD", repository / "public") == expected
    git(repository, "commit", "-q", "-m", "two")
    assert of_git("v1..HEAD", repository / "public") == expected
    assert of_git("v1..", repository / "public") == expected
    assert of_git("v1...HEAD", repository / "public") == expected
    assert of_git("HEAD", repository / "public") == Moves((), (), frozenset({"new/a.html"}))


@pytest.mark.parametrize("commits", ["none..HEAD", "--output=x", "none"])
def test_git_that_knows_no_such_commits(repository: Path, commits: str) -> None:
    with pytest.raises(ValueError, match="git: "):
        of_git(commits, repository)
    assert not (repository / "x").exists()


@pytest.mark.parametrize(
    ("moves", "text"),
    [
        (Moves(), ""),
        (Moves((("a.html", "b.html"),)), '[[moved]]\npath = "/a.html"\nto = "/b.html"\nstatus = 308\n'),
        (Moves((("é*.html", "b c.html"),)), '[[moved]]\npath = "/%C3%A9%2A.html"\nto = "/b%20c.html"\nstatus = 308\n'),
        (
            Moves((("a/index.html", "b/index.html"),)),
            '[[moved]]\npath = ["/a/", "/a", "/a/index.html"]\nto = "/b/"\nstatus = 308\n',
        ),
        (Moves((), ("index.html",)), '[[gone]]\npath = ["/", "/index.html"]\n'),
        (Moves((), ("a.html", "a.html.gz")), '[[gone]]\npath = "/a.html"\n'),
        (Moves((), ("a.gz",)), '[[gone]]\npath = "/a.gz"\n'),
        # A folder as a whole, and one in which something stayed or was removed
        (
            Moves((("x/a", "y/z/a"), ("x/b/c", "y/z/b/c"))),
            '[[moved]]\npath = "/x/*"\nto = "/y/z/*"\nstatus = 308\n',
        ),
        (Moves((("x/a", "a"), ("x/b", "b"))), '[[moved]]\npath = "/x/*"\nto = "/*"\nstatus = 308\n'),
        (
            Moves((("x/a", "y/a"), ("x/b", "y/b")), ("x/c",)),
            '[[moved]]\npath = "/x/a"\nto = "/y/a"\nstatus = 308\n\n'
            '[[moved]]\npath = "/x/b"\nto = "/y/b"\nstatus = 308\n\n[[gone]]\npath = "/x/c"\n',
        ),
        (
            Moves((("x/s/a", "y/a"), ("x/s/b", "y/b")), (), frozenset({"x/c"})),
            '[[moved]]\npath = "/x/s/*"\nto = "/y/*"\nstatus = 308\n',
        ),
    ],
)
def test_entries(moves: Moves, text: str) -> None:
    assert entries(moves) == text
    parse_configuration(text)


def test_what_is_declared_already() -> None:
    moves = Moves((("a", "b"), ("c", "d")), ("e", "f"))
    declared = '[[moved]]\npath = ["/old", "/c"]\nto = "/a"\n[[gone]]\npath = "/e"\n'
    assert entries(moves, declared) == (
        '# "/old" leads to "/a" already, which moved: lead it to "/b"\n\n'
        '# "/c" leads to "/a" already, which moved: lead it to "/b"\n\n'
        '[[moved]]\npath = "/a"\nto = "/b"\nstatus = 308\n\n[[gone]]\npath = "/f"\n'
    )
    with pytest.raises(ValueError, match=r"statuary\.toml"):
        entries(moves, "[")


def test_a_site_that_says_so(tmp_path: Path) -> None:
    old = tree(tmp_path / "old", {"a.html": "a", "docs/index.html": "i", "docs/x y.html": "x", "gone.html": "g"})
    new = tree(tmp_path / "new", {"b.html": "a", "manual/index.html": "i", "manual/x y.html": "x"})
    (new / "statuary.toml").write_text(entries(of_folders(old, new)))
    site = site_of(new)
    asyncio.run(site.open())
    said = {}
    for path in ("/a.html", "/docs", "/docs/", "/docs/index.html", "/docs/x%20y.html", "/gone.html", "/b.html", "/no"):
        resource = resource_of(site, path)
        said[path] = resource.moved.location if resource.moved is not None else "gone" if resource.gone else None
    assert said == {
        "/a.html": "/b.html",
        "/docs": "/manual/",
        "/docs/": "/manual/",
        "/docs/index.html": "/manual/index.html",
        "/docs/x%20y.html": "/manual/x%20y.html",
        "/gone.html": "gone",
        "/b.html": None,
        "/no": None,
    }
