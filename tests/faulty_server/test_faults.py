"""Every fault says rightly what it breaks, and the server is independent of what it tests."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from statuary import requirements

from .connection import Origin
from .faults import FAULTS, Fault

ALL = [pytest.param(fault, id=fault.name) for fault in FAULTS.values()]


@pytest.mark.parametrize("fault", ALL)
def test_it_says_what_it_breaks(fault: Fault) -> None:
    assert requirements.lookup(fault.requirement).level == fault.level
    assert not fault.sentence.endswith(".")
    assert issubclass(fault.origin, Origin)


def test_sentences_tell_faults_apart() -> None:
    sentences = [fault.sentence for fault in FAULTS.values()]
    assert len(sentences) == len(set(sentences))


def test_the_server_knows_nothing_of_statuary() -> None:
    folder = Path(__file__).parent
    files = [path for path in folder.rglob("*.py") if not path.name.startswith(("test_", "scor", "playing"))]
    for path in files:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                assert all(not name.name.startswith("statuary") for name in node.names), path
            elif isinstance(node, ast.ImportFrom):
                assert node.level or not (node.module or "").startswith("statuary"), path
