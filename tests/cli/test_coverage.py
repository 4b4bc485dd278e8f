"""``statuary coverage``."""

from __future__ import annotations

import json

import pytest

from statuary.cli import main


def test_counts(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["coverage"]) == 0
    text = capsys.readouterr().out
    assert "of 85 requirements covered" in text
    assert "of 49 requirements covered" in text
    assert "418*" in text


def test_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["coverage", "--all"]) == 0
    assert "✓ rfc9110-15.5.6-1" in capsys.readouterr().out


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["coverage", "--json"]) == 0
    value = json.loads(capsys.readouterr().out)
    assert len(value["requirements"]) == 134
    assert {"code": 402, "rfc2616": True}.items() <= next(c for c in value["codes"] if c["code"] == 402).items()


def test_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["coverage", "--markdown"]) == 0
    assert capsys.readouterr().out.startswith("# What the checker covers")
