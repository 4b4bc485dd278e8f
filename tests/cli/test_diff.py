"""statuary diff: its formats, its exit status, and that nothing in a report reaches the terminal as it is."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from statuary.cli import diff
from statuary.conformance.report import Report, Result, write_json

from ..conformance.reports import samples

PASSES = replace(samples.REFUSED, verdict="pass", breaks=None, detail="")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], old: Report, new: Report, *arguments: str) -> tuple[int, str, str]:
    Path("old.json").write_text(write_json(old))
    Path("new.json").write_text(write_json(new))
    code = diff.main(["old.json", "new.json", *arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (PASSES, samples.REFUSED, 1),
        (samples.REFUSED, PASSES, 0),
        (samples.REFUSED, samples.REFUSED, 0),
        (samples.PASSED, samples.REFUSED, 0),
    ],
)
def test_exit_status(capsys: pytest.CaptureFixture[str], old: Result, new: Result, code: int) -> None:
    assert run(capsys, samples.report(old), samples.report(new))[0] == code


@pytest.mark.usefixtures("here")
def test_text(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, samples.report(PASSES), samples.report(samples.REFUSED, samples.PASSED, samples.POOR))
    assert out.splitlines() == [
        "newly wrong (1)",
        "  pass → fail      methods.delete  DELETE of a file",
        "                   Answered 405: without Allow.",
        "",
        "new scenarios (2)",
        "  none → warn      errors.explained  An error without content",
        "                   Empty 404.",
        "",
        "1 newly wrong, 2 new scenarios",
    ]


@pytest.mark.usefixtures("here")
def test_nothing_changed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, samples.report(), samples.report())[1] == "nothing changed\n"


@pytest.mark.usefixtures("here")
def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, samples.report(PASSES), samples.report(samples.REFUSED), "--format", "json")
    value = json.loads(out)
    assert (value["format"], value["version"], value["runs"]["new"]["subject"]) == ("statuary-diff", 1, "nginx")
    (change,) = value["newly_wrong"]
    assert (change["id"], change["old"], change["new"]) == ("methods.delete", "pass", "fail")
    assert [value[name] for name in ("mended", "changed", "new", "gone")] == [[], [], [], []]


@pytest.mark.usefixtures("here")
def test_github(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, samples.report(PASSES), samples.report(samples.REFUSED), "--format", "github")
    first, last = out.splitlines()
    assert first.startswith("::error title=statuary diff%3A methods.delete::pass → fail: Answered 405")
    assert last == "statuary diff: 1 newly wrong"


@pytest.mark.usefixtures("here")
def test_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, samples.report(samples.REFUSED), samples.report(PASSES), "--format", "markdown")
    assert "<summary>mended (1)</summary>" in out
    assert "| fail → pass | <code>methods.delete</code> | DELETE of a file |" in out


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("format", ["text", "markdown", "json", "github"])
def test_nothing_is_obeyed(capsys: pytest.CaptureFixture[str], format: str) -> None:
    hostile = replace(samples.REFUSED, id="a\x1b[2J\n::error::", title="\x9b<script>", detail="\ud800\n| `@all`")
    code, out, _ = run(
        capsys, samples.report(replace(hostile, verdict="pass")), samples.report(hostile), "--format", format
    )
    assert code == 1
    assert all(line.replace("\u200b", "").isprintable() for line in out.split("\n"))
    assert not any(line.startswith("::error::") for line in out.split("\n"))


@pytest.mark.usefixtures("here")
def test_reports_that_cannot_be_read(capsys: pytest.CaptureFixture[str]) -> None:
    Path("bad\x1b.json").write_text("{}")
    assert diff.main(["missing.json", "bad\x1b.json"]) == 2
    assert capsys.readouterr().err == "statuary diff: missing.json: No such file or directory\n"
    assert diff.main(["bad\x1b.json", "missing.json"]) == 2
    assert capsys.readouterr().err == "statuary diff: bad\\x1b.json: not a report of statuary check\n"
    assert diff.main([]) == 2
