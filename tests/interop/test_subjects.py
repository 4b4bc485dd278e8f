"""What of interop/ needs no server: its files can be read, and its page is written."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from statuary.conformance.report import Report, Result
from statuary.conformance.subject import read_subject

REPOSITORY = Path(__file__).resolve().parents[2]
FILES = sorted((REPOSITORY / "interop").glob("*/subject.toml"))
WAIVERS = sorted((REPOSITORY / "interop").glob("*/waivers.toml"))


@pytest.fixture(autouse=True)
def _is_importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(REPOSITORY))


@pytest.mark.parametrize("file", FILES, ids=[file.parent.name for file in FILES])
def test_a_subject_file_says_how_its_server_is_started_and_what_it_has(file: Path) -> None:
    subject = read_subject(file)
    assert "{port}" in subject.url
    assert subject.start
    assert subject.version
    assert {"file", "meets.404"} <= set(subject.facts)


def test_every_folder_with_a_subject_file_is_in_the_table() -> None:
    from interop.subjects import SUBJECTS

    assert {file.parent.name for file in FILES} == {name for name, one in SUBJECTS.items() if one.told is None}
    assert all(one.file.exists() for one in SUBJECTS.values())


def test_the_page_shows_each_subject_its_departures_and_what_is_waived() -> None:
    from interop.page import page

    broken = Result("a.b", "t", "fail", "Answered <b>|", breaks="rfc9110-13.1.1-3", codes=(412,))
    waived = Result("c.d", "t", "fail", "Answered 1", breaks="rfc9110-13.1.1-3", waived="a choice")
    one = Report("One", "http://one.example/", "1.0", "2026-01-02T03:04:05Z", "0.1", (broken, waived), seconds=1.25)
    other = Report("Other", "http://other.example/", "2.0", "2026-01-02T03:04:05Z", "0.1", ())
    lines = page({"one": one, "other": other}).splitlines()
    assert "| [One](../interop/one/subject.toml) | 1.0 | 1 | 1 | 1.2 |" in lines
    assert "| 412 | ✗ | – |" in lines
    assert any(line.startswith("| ✗ | MUST NOT: ") and r"| Answered \<b\>\| | `a.b` |" in line for line in lines)
    assert any(line.startswith("| w |") and "| Answered 1 *Waived: a choice* | `c.d` |" in line for line in lines)
    assert "No departure from a MUST or a SHOULD was seen." in lines


@pytest.mark.parametrize("file", WAIVERS, ids=[file.parent.name for file in WAIVERS])
def test_every_waiver_says_whose_the_departure_is(file: Path) -> None:
    for waiver in tomllib.loads(file.read_text())["waiver"]:
        assert len(waiver.keys() & {"scenario", "requirement"}) == 1
        assert waiver["reason"].startswith(("theirs: ", "choice: "))
