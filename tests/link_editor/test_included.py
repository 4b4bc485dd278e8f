"""Documents of several files: what they name and where, and that what only the whole has is not held against a part."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from statuary.link_editor.included import is_part, whole
from statuary.link_editor.local import Files
from statuary.link_editor.references import Local, reference_of

FILES = {
    "book.adoc": "= Book\ninclude::parts/one.adoc[leveloffset=+1]\n\ninclude::parts/tea.rb[]\n\n<<two>>\n",
    "parts/one.adoc": "[[one]]\n== One\n\ninclude::../two.adoc[]\n",
    "two.adoc": "[[two]]\n== Two\n",
    "alone.adoc": "[[alone]]\nText\n",
    "unknown.adoc": "include::{somewhere}/x.adoc[]\n",
    "lost.adoc": "include::none.adoc[]\n",
    "circle.adoc": "include::circle.adoc[]\n",
    "book.rst": "Book\n====\n\n.. include:: part.inc\n.. include:: <isonum.txt>\n",
    "part.inc": ".. _in-part:\n\nPart\n----\n",
    "chapter.rst": ".. include:: book.rst\n",
}


def put(folder: Path, files: Mapping[str, str]) -> Path:
    (folder / ".git").mkdir()
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    return folder


@pytest.fixture
def here(tmp_path: Path) -> Path:
    return put(tmp_path, FILES)


def test_a_document_with_its_parts(here: Path) -> None:
    text = whole(here / "book.adoc", "asciidoc")
    assert text is not None
    assert "[[one]]" in text
    assert "[[two]]" in text
    assert whole(here / "alone.adoc", "asciidoc") == FILES["alone.adoc"]


@pytest.mark.parametrize("name", ["unknown.adoc", "lost.adoc", "circle.adoc"])
def test_what_cannot_be_told(here: Path, name: str) -> None:
    assert whole(here / name, "asciidoc") is None


@pytest.mark.parametrize(
    ("file", "url", "kind"),
    [
        ("book.adoc", "#one", "fine"),
        ("book.adoc", "#two", "fine"),
        ("book.adoc", "#none", "missing"),
        ("alone.adoc", "book.adoc#two", "fine"),
        ("alone.adoc", "book.adoc#none", "missing"),
        ("alone.adoc", "book.html#none", "missing"),
        ("alone.adoc", "two.adoc#one", "missing"),
        ("alone.adoc", "unknown.adoc#x", "fine"),
        # It may be in the whole
        ("two.adoc", "#one", "unchecked"),
        ("two.adoc", "other.adoc", "unchecked"),
        ("alone.adoc", "other.adoc", "missing"),
        ("book.rst", "#in-part", "fine"),
        ("book.rst", "#none", "unchecked"),
        ("chapter.rst", "#part", "fine"),
        ("chapter.rst", "#none", "missing"),
    ],
)
def test_links_in_documents_of_parts(tmp_path: Path, file: str, url: str, kind: str) -> None:
    # Without the names that are put together anything may be a part
    here = put(tmp_path, {name: text for name, text in FILES.items() if name != "unknown.adoc"})
    (here / "unknown.adoc").write_text("include::http://a.example/x.adoc[]\n")
    link = reference_of(url)
    assert isinstance(link, Local)
    assert Files().verdict(link, here / file).kind == kind


def test_where_names_are_put_together_anything_may_be_a_part(tmp_path: Path) -> None:
    here = put(tmp_path, {"a.adoc": "include::{x}.adoc[]\n", "b.adoc": ""})
    assert is_part(here / "b.adoc")
    assert Files().verdict(Local("", "none"), here / "b.adoc").kind == "unchecked"


def test_resources_of_antora(tmp_path: Path) -> None:
    here = put(tmp_path, {"antora.yml": "", "modules/ROOT/pages/a/b.adoc": ""})
    assert Files().verdict(Local("a/c.adoc", None), here / "modules/ROOT/pages/a/b.adoc").kind == "unchecked"
