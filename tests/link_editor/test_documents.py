"""Documents of each format as people write them, with all that is a link in them and much that is none.

Beside each document stands a file of its name and ``.links``: the format, and for each link the octets from which to which
its URL stands, a word for it, and what it says. In documents every URL of tea.example is a link, and none of no.example is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from statuary.link_editor.edit import Edit, applied
from statuary.link_editor.find import FORMATS, base_of, find, format_of
from statuary.link_editor.link import Link
from statuary.link_editor.text import Text, decoded

DOCUMENTS = Path(__file__).parent / "documents"
EXPECTED = sorted(DOCUMENTS.rglob("*.links"))
NAMES = [path.relative_to(DOCUMENTS).with_suffix("").as_posix() for path in EXPECTED]
_URL = re.compile(r"https?:(?:\\?/){2}(?:[a-z]+\.)+example[^\s\"'<>`)\]]*", re.IGNORECASE)


def opened(expected: Path) -> tuple[bytes, Text, str, list[tuple[int, int, str, str]]]:
    """The octets of a document, its text, its format, and the links that are to be found."""
    format, *lines = expected.read_text("utf-8").splitlines()
    if base_of(format) == "data" or "front-matter" in format:
        pytest.importorskip("yaml", reason="PyYAML comes with statuary[links]")
    octets = expected.with_suffix("").read_bytes()
    text = decoded(octets)
    assert text is not None
    links = []
    for line in lines:
        start, end, what, url = line.split("\t")
        links.append((int(start), int(end), what, url))
    return octets, text, format, links


def test_each_format_has_documents() -> None:
    assert {path.name for path in DOCUMENTS.iterdir() if not path.name.startswith(".")} == set(FORMATS)
    assert all(path.with_suffix("").exists() for path in EXPECTED)
    documents = [path for path in DOCUMENTS.rglob("*") if path.is_file() and not path.name.startswith(".")]
    assert len(documents) == 2 * len(EXPECTED)


@pytest.mark.parametrize("expected", EXPECTED, ids=NAMES)
def test_exactly_the_links_are_found(expected: Path) -> None:
    _, text, format, links = opened(expected)
    name = expected.with_suffix("").name
    assert base_of(format) == format_of(name)
    found = find(text.text, format, name)
    assert [(*text.octets(one.start, one.end), one.what, one.url) for one in found] == links


@pytest.mark.parametrize("expected", EXPECTED, ids=NAMES)
def test_all_that_is_a_link_and_nothing_else(expected: Path) -> None:
    """The names of the hosts tell, so that the lists of links can't be wrong unseen."""
    octets, text, format, links = opened(expected)
    assert text.encoded() == octets
    covered = [(start, end) for start, end, *_ in links]
    for match in _URL.finditer(text.text):
        if "base href" in text.text[: match.start()][-12:]:
            continue  # what others are relative to
        place = text.octets(*match.span())
        is_found = any(start < place[1] and place[0] < end for start, end in covered)
        assert is_found is ("tea.example" in match[0].lower()), (match[0], format)


NEW = "https://new.example/a_(b)?x=1&y='2'#z"


@pytest.mark.parametrize("expected", EXPECTED, ids=NAMES)
def test_every_link_edited(expected: Path) -> None:
    octets, text, format, _ = opened(expected)
    name = expected.with_suffix("").name

    def finder(text: str) -> Sequence[Link]:
        return find(text, format, name)

    edits = [Edit(link, NEW) for link in finder(text.text)]
    changed, made = applied(text.text, edits, finder)
    done = {(edit.link.start, edit.link.end) for edit in made}
    # A style sheet or a comment may have such ends that no URL with quotation marks fits; most do
    assert len(made) >= 0.6 * len(edits)
    again = finder(changed)
    assert [one.url for one in again] == [
        NEW if (edit.link.start, edit.link.end) in done else edit.link.url for edit in edits
    ]
    # What is between the URLs is as it was, octet by octet
    before, after = [0], [0]
    result = text.encoded(changed)
    whole = Text(changed, text.codec)
    for edit, new in zip(edits, again, strict=True):
        before += text.octets(edit.link.start, edit.link.end)
        after += whole.octets(new.start, new.end)
    for index in range(0, len(before), 2):
        old_end = before[index + 1] if index + 1 < len(before) else len(octets)
        new_end = after[index + 1] if index + 1 < len(after) else len(result)
        assert octets[before[index] : old_end] == result[after[index] : new_end]
    # And there is nothing left to do
    assert applied(changed, [], finder) == (changed, ())
