"""statuary report: renders what was saved, into files or to standard output, with waivers applied."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from statuary.cli import report
from statuary.conformance.report import read_json, write_json

from ..conformance.reports import samples

WAIVERS = '[[waiver]]\nscenario = "methods.*"\nreason = "Old devices."\n'


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    Path("nginx.json").write_text(write_json(samples.report()))
    Path("caddy.json").write_text(write_json(samples.report(samples.PASSED, subject="Caddy")))
    Path("waivers.toml").write_text(WAIVERS)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = report.main(list(arguments))
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_prints_one(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "nginx.json")
    assert (code, err) == (0, "")
    assert "✗ fail  methods.delete" in out
    assert "fields.server" not in out
    assert "fields.server" in run(capsys, "nginx.json", "-v")[1]


def test_prints_several_side_by_side(capsys: pytest.CaptureFixture[str]) -> None:
    assert "✗     methods.delete" in run(capsys, "nginx.json", "caddy.json")[1]


def test_writes_files(capsys: pytest.CaptureFixture[str]) -> None:
    formats = ["--html", "a.html", "--junit", "a.xml", "--sarif", "a.sarif", "--markdown", "a.md", "--github", "a.txt"]
    assert run(capsys, "nginx.json", "caddy.json", *formats) == (0, "", "")
    assert Path("a.html").read_text("utf-8").startswith("<!doctype html>")
    assert len(ElementTree.parse("a.xml").getroot()) == 2
    assert len(json.loads(Path("a.sarif").read_text())["runs"]) == 2
    assert "side by side" in Path("a.md").read_text("utf-8")
    assert "::error " in Path("a.txt").read_text("utf-8")


def test_writes_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "nginx.json", "--junit", "-")
    assert ElementTree.fromstring(out.encode()).tag == "testsuites"


def test_applies_waivers(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "nginx.json", "--waivers", "waivers.toml", "--json", "out.json")[0] == 0
    assert read_json(Path("out.json").read_text()).counts()["waived"] == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["missing.json"], "statuary report: missing.json: No such file or directory\n"),
        (["waivers.toml"], "statuary report: waivers.toml: not JSON: "),
        (["nginx.json", "--waivers", "nginx.json"], "statuary report: nginx.json: not TOML: "),
        (["nginx.json", "--html", "no/a.html"], "statuary report: no/a.html: No such file or directory\n"),
        (["nginx.json", "caddy.json", "--json", "a.json"], "statuary report: --json takes one report\n"),
        ([], "usage: "),
    ],
)
def test_what_cannot_be_done(capsys: pytest.CaptureFixture[str], arguments: list[str], said: str) -> None:
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "")
    assert err.startswith(said)
