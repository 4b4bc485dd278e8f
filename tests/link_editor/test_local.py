"""Links to files nearby: what is there, what stands for it, and what a fragment names in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from statuary.link_editor.local import Files
from statuary.link_editor.references import Local, reference_of

FILES = {
    "a.md": "# Heading\n<a name=Named></a>\n",
    "b c.md": "x",
    "guide.md": "# Guide\n",
    "built.rst": "A title\n=======\n",
    "page.html": "<p id=here>",
    "dir/index.html": "<p id=there>",
    "empty/x.txt": "x",
    "data.json": "{}",
    "sphinx/conf.py": "",
    "sphinx/deep/x.md": "x",
}


@pytest.fixture
def here(tmp_path: Path) -> Path:
    for name, content in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    (tmp_path / "circle").symlink_to("circle")
    return tmp_path


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("a.md", "fine"),
        ("./a.md?x=y", "fine"),
        ("b%20c.md", "fine"),
        ("#heading", "fine"),
        ("#named", "missing"),  # but for upper and lower case
        ("#top", "fine"),
        ("#", "fine"),
        ("#no", "missing"),
        ("a.md#heading", "fine"),
        ("no.md", "missing"),
        ("dir", "fine"),
        ("dir/", "fine"),
        ("dir/#there", "fine"),
        ("dir/#no", "missing"),
        ("empty/", "fine"),
        ("page.html#here", "fine"),
        ("page#here", "fine"),  # as many servers have it
        ("page#no", "missing"),
        ("guide.html", "fine"),  # which is built of guide.md
        ("guide/#guide", "fine"),
        ("guide#no", "missing"),
        ("built.html#a-title", "fine"),
        ("built.html#no", "missing"),
        ("data.json#anything", "fine"),
        ("a.md#L10", "fine"),
        ("/a.md", "unchecked"),
        ("attrs.define", "missing"),
        ("n" * 300, "invalid URL"),
        ("n" * 253, "missing"),  # which with .html would be too long
        ("n%00n", "invalid URL"),
        ("circle", "missing"),
    ],
)
def test_verdicts(here: Path, url: str, kind: str) -> None:
    link = reference_of(url)
    assert isinstance(link, Local)
    assert Files().verdict(link, here / "a.md").kind == kind


def test_from_the_root(here: Path) -> None:
    files = Files(here)
    assert files.verdict(Local("/a.md", None), here / "dir" / "index.html").kind == "fine"
    assert files.verdict(Local("/index.html", None), here / "dir" / "index.html").kind == "missing"


def test_parts_of_images(here: Path) -> None:
    (here / "icons.svg").write_text('<svg><title/><symbol id="cup"/></svg>')
    assert Files().verdict(Local("icons.svg", "cup"), here / "a.html").kind == "fine"
    assert Files().verdict(Local("icons.svg", "pot"), here / "a.html").kind == "missing"
    assert Files().verdict(Local("icons.svg", "font"), here / "a.css").kind == "fine"


def test_pages_that_sphinx_makes(here: Path) -> None:
    file = here / "sphinx" / "deep" / "x.rst"
    assert Files().verdict(Local("../genindex.html", None), file).kind == "unchecked"
    assert Files().verdict(Local("../genindex.png", None), file).kind == "missing"


def test_cross_references_of_sphinx(here: Path) -> None:
    file = here / "sphinx" / "deep" / "x.md"
    assert Files().verdict(Local("attrs.define", None), file).kind == "unchecked"
    assert Files().verdict(Local("no/such.md", None), file).kind == "missing"
