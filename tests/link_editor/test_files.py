"""Which files are looked into: what is named, what git takes, what is left out."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from statuary.link_editor.files import files_below, usual_formats
from statuary.link_editor.find import BY_OPTION, FORMATS, base_of, format_of, is_format, with_parts

TREE = ("a.md", "b.html", "c.py", "vendor/a.md", "docs/vendor/b.md", "docs/old/deep/a.md", "docs/old.md", "docs/new.md")


@pytest.fixture
def here(tmp_path: Path) -> Path:
    for name in TREE:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    return tmp_path


def names(here: Path, *excluded: str, formats: tuple[str, ...] = ("markdown",)) -> list[str]:
    found = files_below([here], [one for one in FORMATS if one in formats], excluded)
    return sorted(file.relative_to(here).as_posix() for file in found)


@pytest.mark.parametrize(
    ("pattern", "left"),
    [
        ("none", ["a.md", "docs/new.md", "docs/old.md", "docs/old/deep/a.md", "docs/vendor/b.md", "vendor/a.md"]),
        ("vendor", ["a.md", "docs/new.md", "docs/old.md", "docs/old/deep/a.md"]),
        ("vendor/", ["a.md", "docs/new.md", "docs/old.md", "docs/old/deep/a.md"]),
        ("vendor/*", ["a.md", "docs/new.md", "docs/old.md", "docs/old/deep/a.md"]),
        ("**/vendor", ["a.md", "docs/new.md", "docs/old.md", "docs/old/deep/a.md"]),
        ("docs/**", ["a.md", "vendor/a.md"]),
        ("docs/old/*", ["a.md", "docs/new.md", "docs/old.md", "docs/vendor/b.md", "vendor/a.md"]),
        ("a.md", ["docs/new.md", "docs/old.md", "docs/vendor/b.md"]),
        ("docs/*.md", ["a.md", "vendor/a.md"]),
        ("*", []),
    ],
)
def test_what_is_left_out(here: Path, pattern: str, left: list[str]) -> None:
    assert names(here, pattern) == left


def test_what_is_named_is_read_once_and_whatever_it_is(here: Path) -> None:
    (here / "link.md").symlink_to("a.md")
    (here / "NOTICE").write_text("x")
    paths = [here / "NOTICE", here / "a.md", here / "link.md", here / "vendor"]
    assert list(files_below(paths, ["markdown"], ["*"])) == [here / "NOTICE", here / "a.md"]
    with pytest.raises(FileNotFoundError):
        list(files_below([here / "none"], ["markdown"]))


def test_what_git_ignores_is_left_out_below_folders_only(here: Path) -> None:
    subprocess.run(["git", "init", "-q", here], check=True, capture_output=True)
    (here / ".gitignore").write_text("vendor\n")
    assert names(here) == ["a.md", "docs/new.md", "docs/old.md", "docs/old/deep/a.md"]
    assert list(files_below([here / "vendor" / "a.md"], ["markdown"])) == [here / "vendor" / "a.md"]
    # A folder that is ignored itself, but was asked for
    assert list(files_below([here / "vendor"], ["markdown"])) == [here / "vendor" / "a.md"]


def test_formats() -> None:
    assert set(usual_formats()) == set(FORMATS) - set(BY_OPTION)
    assert [format_of(name) for name in ("A.MD", "x.css", "README", "x.unknown", ".md")] == [
        "markdown",
        "css",
        "plain",
        None,
        None,
    ]
    assert format_of("docs/x.txt", [("*.txt", "markdown"), ("*", "plain")]) == "markdown"
    with_code = with_parts([("*.txt", "markdown")], ["code", "front-matter"])
    assert format_of("x.txt", with_code) == "markdown+code+front-matter"
    assert format_of("X.RST", with_code) == "restructuredtext+code"
    assert format_of("x.css", with_code) == "css"
    assert base_of(format_of("x.txt", with_code)) == "markdown"
    assert base_of(None) is None


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("markdown", True),
        ("markdown+code", True),
        ("asciidoc+front-matter+code", True),
        ("css+code", False),
        ("markdown+x", False),
        ("word", False),
        ("", False),
    ],
)
def test_formats_with_parts(text: str, is_one: bool) -> None:
    assert is_format(text) is is_one
