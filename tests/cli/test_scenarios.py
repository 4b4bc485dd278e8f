"""``statuary scenarios``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from statuary.cli import main


def test_export(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["scenarios", "export"]) == 0
    assert json.loads(capsys.readouterr().out)["format"] == "statuary-scenarios"


@pytest.mark.parametrize("kind", ["client", "intermediary"])
def test_export_of_others(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["scenarios", "export", f"--{kind}"]) == 0
    assert json.loads(capsys.readouterr().out)["format"] == f"statuary-{kind}-scenarios"


def test_schema_to_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["scenarios", "export", "--schema", "-o", str(tmp_path / "s.json")]) == 0
    assert "$schema" in json.loads((tmp_path / "s.json").read_text())
    assert capsys.readouterr().out == ""


def test_a_file_that_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["scenarios", "export", "-o", str(tmp_path / "none" / "s.json")]) == 2
    assert "statuary scenarios: " in capsys.readouterr().err
