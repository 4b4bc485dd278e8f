"""Edits: nothing changes but the octets of the URL, and what was written is found again."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary.link_editor import edit
from statuary.link_editor.edit import Changed, Edit, applied, diff, write
from statuary.link_editor.find import Format, find
from statuary.link_editor.link import Cut, Link
from statuary.link_editor.text import decoded

from .test_find import EXAMPLES, PIECES

NEW = [
    "https://new.example/",
    "https://new.example/a_(b)",
    "https://new.example/a)b(",
    "https://new.example/?a=1&copy;=2&amp;x#f_",
    "https://new.example/x_",
    "https://new.example/[x]*y*'z'",
    "https://new.example/a,b,",
    "https://new.example/end.",
]


def finder(format: Format, name: str = "a.py") -> edit.Finder:
    def found(text: str) -> Sequence[Link]:
        return find(text, format, name)

    return found


@pytest.mark.parametrize(("format", "name", "text"), EXAMPLES, ids=[name for _, name, _ in EXAMPLES])
@pytest.mark.parametrize("to", NEW)
def test_each_link_of_each_format_edited(format: Format, name: str, text: str, to: str) -> None:
    found = finder(format, name)
    links = found(text)
    changed, made = applied(text, [Edit(link, to) for link in links], found)
    # Bare URLs end before punctuation: such a one can't be written there, and is left as it was
    assert made or to.endswith((".", "_", ",", "(", ")")) or "*" in to
    assert_nothing_else_changed(text, changed, made)
    urls = [link.url for link in found(changed)]
    done = {one.link for one in made}
    assert urls == [to if link in done else link.url for link in links]
    # A second time there is nothing to do
    assert applied(changed, [], found) == (changed, ())


@pytest.mark.parametrize("format", ["markdown", "html", "plain", "restructuredtext", "asciidoc", "data"])
@given(text=st.lists(PIECES, max_size=25).map("".join), chosen=st.sets(st.integers(0, 9)), to=st.sampled_from(NEW))
def test_whatever_the_text_nothing_else_changes(format: Format, text: str, chosen: set[int], to: str) -> None:
    found = finder(format)
    links = found(text)
    edits = [Edit(link, to) for index, link in enumerate(links) if index in chosen]
    changed, made = applied(text, edits, found)
    assert_nothing_else_changed(text, changed, made)
    done = {one.link for one in made}
    assert [link.url for link in found(changed)] == [
        (to.partition(":")[2] if link.url.startswith("//") else to) if link in done else link.url for link in links
    ]


def assert_nothing_else_changed(text: str, changed: str, made: Sequence[Edit]) -> None:
    """The text between the spans is the same, in octets."""
    before = decoded(text.encode("utf-8", "surrogatepass"))
    pieces, last = [], 0
    for cut in sorted((cut for one in made for cut in one.cuts()), key=lambda cut: cut.start):
        pieces += [text[last : cut.start], cut.text]
        last = cut.end
    assert "".join([*pieces, text[last:]]) == changed
    assert before is None or before.encoded() == text.encode("utf-8", "surrogatepass")


def test_removal_with_all_uses_of_a_definition() -> None:
    text = "[a][r], [r] and ![b][R]\n\n[r]: http://gone.example\n"
    found = finder("markdown")
    (link,) = found(text)
    changed, made = applied(text, [Edit(link, None)], found)
    assert changed == "a, r and b\n\n\n"
    assert len(made) == 1


def test_one_edit_that_cannot_be_made_does_not_keep_the_others() -> None:
    text = "http://a.example/1 http://a.example/2"
    found = finder("plain")
    one, other = found(text)
    changed, made = applied(text, [Edit(one, "https://b.example/x."), Edit(other, "https://b.example/y")], found)
    assert changed == "http://a.example/1 https://b.example/y"
    assert [edit.link for edit in made] == [other]


def test_what_cannot_be_edited_together() -> None:
    text = "[![b](http://a.example)](http://c.example)"
    image, link = find(text, "markdown")
    with pytest.raises(ValueError, match="what has to be removed"):
        Edit(replace(link, removal=None), None).cuts()
    # One is removed with what is around the other: the first of them is
    whole = replace(image, removal=(Cut(0, len(text)),))
    changed, made = applied(text, [Edit(link, "https://d.example"), Edit(whole, None)], finder("markdown"))
    assert changed == "[![b](http://a.example)](https://d.example)"
    assert [edit.link for edit in made] == [link]


def test_where_the_text_could_not_be_read_any_more() -> None:
    text = "x = 'http://a.example/'\n"
    (link,) = find(text, "data", "a.toml")

    def in_toml(text: str) -> Sequence[Link]:
        return find(text, "data", "a.toml")

    assert applied(text, [Edit(link, "https://b.example/it's")], in_toml) == (text, ())


@pytest.mark.parametrize(
    ("octets", "codec"),
    [
        (b"<meta charset=windows-1251>\xe9", "cp1251"),
        (b'<?xml version="1.0" encoding="ISO-8859-15"?>\xa4', "iso8859-15"),
        (b"# -*- coding: koi8-r -*-\n\xc1", "koi8-r"),
        (b'@charset "euc-jp";\xa4\xa2', "euc_jp"),
        (b"<meta charset=utf-8>\xe9", "latin-1"),  # it isn't
        (b"<meta charset=iso-2022-jp>\xe9", "latin-1"),  # it can't be taken apart
        (b"<meta charset=nonsense>\xe9", "latin-1"),
        (b"<meta charset=euc-jp>\xff", "latin-1"),
        (b"\xe9" + b" " * 2000 + b"<meta charset=windows-1251>", "latin-1"),  # too far
    ],
)
def test_encodings_that_a_text_says_it_has(octets: bytes, codec: str) -> None:
    text = decoded(octets)
    assert text is not None
    assert (text.codec, text.encoded()) == (codec, octets)


def test_what_is_no_text() -> None:
    assert decoded(b"\xff\xfea") is None
    assert decoded(b"a\0b") is None


def test_a_reference_without_a_scheme_stays_one() -> None:
    text = "<img src=//a.example/x>"
    changed, _ = applied(text, [Edit(find(text, "html")[0], "https://b.example/y")], finder("html"))
    assert changed == "<img src=//b.example/y>"


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "latin-1", "utf-16", "cp1251"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_encoding_and_line_ends_stay(codec: str, ends: str) -> None:
    extra = "ж" if codec == "cp1251" else "é"
    original = f"{extra}{ends}[a](http://a.example){ends}{extra} x".encode(codec)
    text = decoded(original)
    assert text is not None
    found = finder("markdown")
    changed, made = applied(text.text, [Edit(find(text.text, "markdown")[0], "https://b.example")], found)
    assert len(made) == 1
    wide = codec == "utf-16"
    old, new = (url.encode("utf-16-le" if wide else "ascii") for url in ("http://a.example", "https://b.example"))
    assert text.encoded(changed) == original.replace(old, new)


@given(st.binary(max_size=60))
def test_octets_come_back_as_they_were(octets: bytes) -> None:
    text = decoded(octets)
    assert text is None or text.encoded() == octets


# Files


def test_writing_keeps_permissions_and_symbolic_links(tmp_path: Path) -> None:
    file, link = tmp_path / "real.md", tmp_path / "link.md"
    file.write_bytes(b"old")
    file.chmod(0o640)
    link.symlink_to("real.md")
    write(link, b"old", b"new")
    assert file.read_bytes() == b"new"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert os.readlink(link) == "real.md"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["link.md", "real.md"]


def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_bytes(b"somebody else's")
    with pytest.raises(Changed, match="changed meanwhile"):
        write(file, b"old", b"new")
    assert file.read_bytes() == b"somebody else's"


@pytest.mark.parametrize("breaks", ["fsync", "replace", "fchmod"])
def test_what_breaks_in_the_middle_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, breaks: str) -> None:
    file = tmp_path / "a.md"
    file.write_bytes(b"old")

    def broken(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, breaks, broken)
    with pytest.raises(OSError, match="No space"):
        write(file, b"old", b"new")
    assert file.read_bytes() == b"old"
    assert [one.name for one in tmp_path.iterdir()] == ["a.md"]


@pytest.mark.parametrize("old", ["a\nb\nc\n", "a\nb", "a\r\nb\r\n", "a\x0cb\nb\x85\n", "b"])
def test_a_diff_that_patch_takes(tmp_path: Path, old: str) -> None:
    new = old.replace("b", "d")
    (tmp_path / "f.md").write_bytes(old.encode())
    patch = diff("f.md", old, new).encode()
    done = subprocess.run(["git", "apply", "-p1", "-"], cwd=tmp_path, input=patch, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "f.md").read_bytes() == new.encode()
