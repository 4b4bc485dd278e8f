"""Which edits are made: what a decider says of them, and what becomes of files that are not as they were found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from statuary.link_editor.find import Overrides
from statuary.link_editor.fix import Answer, Decider, Fixed, Proposal, fix
from statuary.link_editor.report import Report, Result
from statuary.link_editor.run import look
from statuary.link_editor.verdict import Verdict

MOVES = {
    "http://a.example/1": Verdict("moved for good", "It moved.", "https://a.example/one"),
    "http://a.example/2": Verdict("moved for good", "It moved.", "https://a.example/two"),
    "http://b.example/3": Verdict("moved for good", "It moved.", "https://b.example/three"),
    "http://b.example/gone": Verdict("gone", "It was removed."),
    "http://b.example/login": Verdict("suspicious move", "It moved.", "https://b.example/", asks=True),
    "http://b.example/dot": Verdict("moved for good", "It moved.", "https://b.example/dot."),
}
FINE = Verdict("fine", "It is there.")


def report_on(*files: Path, overrides: Overrides = ()) -> Report:
    """A report on files whose links have the verdicts of MOVES, or are fine."""
    looked = look(files, overrides=overrides)
    return Report(
        tuple(
            Result(found.path.as_posix(), line, column, octets, link, MOVES.get(link.url, FINE))
            for found in looked.files
            for link, line, column, octets in found.links
        )
    )


def by_answers(*answers: Answer) -> tuple[Decider, list[Proposal]]:
    """A decider who answers so, and what it is asked."""
    asked: list[Proposal] = []
    left = list(answers)

    def ask(proposal: Proposal) -> Answer:
        asked.append(proposal)
        return left.pop(0)

    return Decider(ask), asked


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    monkeypatch.chdir(tmp_path)

    def write(name: str, *urls: str) -> Path:
        Path(name).write_text("".join(f"- [x]({url})\n" for url in urls))
        return Path(name)

    return write


def test_nobody_to_ask(written: Callable[..., Path]) -> None:
    file = written("a.md", *MOVES)
    fixed = fix(report_on(file), Decider(None), writes=True)
    assert len(fixed.edited) == 4
    assert file.read_text().count("https://") == 4
    assert "http://b.example/gone" in file.read_text()
    assert "http://b.example/login" in file.read_text()
    assert fix(report_on(file), Decider(None), writes=True) == Fixed()


def test_without_writing_files_stay(written: Callable[..., Path]) -> None:
    file = written("a.md", *MOVES)
    before = file.read_bytes()
    fixed = fix(report_on(file), Decider(None, drops_gone=True), writes=False)
    assert len(fixed.edited) == 5
    assert b"+- x\n" in fixed.patches[0]
    assert file.read_bytes() == before


def test_a_file_is_one_proposal_and_the_rest_by_itself(written: Callable[..., Path]) -> None:
    decider, asked = by_answers("no", "no", "no")
    fix(report_on(written("a.md", *MOVES, *MOVES)), decider, writes=True)
    assert [(one.kind, list(one.urls), one.asks) for one in asked] == [
        ("moved for good", [url for url, verdict in MOVES.items() if verdict.kind == "moved for good"], False),
        ("gone", ["http://b.example/gone"], True),
        ("suspicious move", ["http://b.example/login"], True),
    ]
    assert [len(one.results) for one in asked] == [8, 2, 2]
    assert [one.host for one in asked] == [None, "b.example", "b.example"]


def test_all_of_a_host(written: Callable[..., Path]) -> None:
    files = [written("a.md", "http://a.example/1"), written("b.md", "http://a.example/2", "http://b.example/3")]
    decider, asked = by_answers("host", "no")
    fixed = fix(report_on(*files), decider, writes=True)
    assert [one.link.url for one in fixed.edited] == ["http://a.example/1", "http://a.example/2"]
    assert [list(one.urls) for one in asked] == [["http://a.example/1"], ["http://b.example/3"]]


def test_what_cannot_be_written_there_is_no_proposal(written: Callable[..., Path]) -> None:
    file = written("a.md")
    file.write_text("http://b.example/dot, and http://a.example/1\n")
    decider, asked = by_answers("yes")
    fixed = fix(report_on(file), decider, writes=True)
    assert [list(one.urls) for one in asked] == [["http://a.example/1"]]
    assert fixed.problems == [("a.md", "line 1: http://b.example/dot can't be written otherwise there")]
    assert file.read_text() == "http://b.example/dot, and https://a.example/one\n"


def test_what_happens_to_files_meanwhile(written: Callable[..., Path]) -> None:
    names = ("changed.md", "removed.md", "locked.md", "binary.md", "fine.md")
    files = [written(name, "http://a.example/1") for name in names]
    report = report_on(*files)
    files[0].write_text("Something else [x](http://a.example/1)\n")
    files[1].unlink()
    files[2].chmod(0o400)
    files[2].chmod(0o444)
    files[3].write_bytes(b"\0\0")
    fixed = fix(report, Decider(None), writes=True)
    assert [one.file for one in fixed.edited] == ["fine.md"]
    assert dict(fixed.problems) == {
        "changed.md": "changed.md was changed meanwhile: it is left alone",
        "removed.md": "No such file or directory",
        "locked.md": "it is read-only: it is left alone",
        "binary.md": "binary.md was changed meanwhile: it is left alone",
    }


def test_what_is_waived_is_left_alone(written: Callable[..., Path]) -> None:
    report = report_on(written("a.md", "http://a.example/1"))
    waived = replace(report, results=tuple(replace(one, waived="history") for one in report.results))
    assert fix(waived, Decider(None), writes=True) == Fixed()


def test_a_file_is_read_again_as_it_was_read_before(written: Callable[..., Path]) -> None:
    file = written("a.txt")
    file.write_text("`http://a.example/1` http://a.example/2\n")
    overrides = [("*.txt", "markdown+code")]
    fix(report_on(file, overrides=overrides), Decider(None), writes=True, overrides=overrides)
    assert file.read_text() == "`https://a.example/one` https://a.example/two\n"
