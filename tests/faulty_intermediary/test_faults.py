"""Every fault says rightly what it breaks, the score can't get worse, and what is right raises no alarm."""

from __future__ import annotations

import ast
import os
from pathlib import Path

import pytest
from tests.faulty_server.scoring import found_by

from statuary import requirements
from statuary.conformance.intermediary.scenario import ROLES, Role

from .choices import CHOICES, Choice
from .faults import FAULTS, Fault
from .intermediary import Intermediary
from .scores import FOUND_BY, alarms, score

MISSED: dict[str, str] = {}
"""Faults that no scenario finds, with the reason."""
FOUND = found_by(FOUND_BY)
ALL = [pytest.param(fault, id=fault.name) for fault in FAULTS.values()]
MADE = [pytest.param(choice, id=choice.name) for choice in CHOICES.values()]
# Those that are easily taken for faults; all of them with STATUARY_ALL_CHOICES=1
REPRESENTATIVE = ("old-and-plain", "buffering", "strict", "lenient")
PLAYED = tuple(CHOICES) if os.environ.get("STATUARY_ALL_CHOICES") else REPRESENTATIVE


@pytest.mark.parametrize("fault", ALL)
def test_it_says_what_it_breaks(fault: Fault) -> None:
    assert requirements.lookup(fault.requirement).level == fault.level
    assert not fault.sentence.endswith(".")


def test_sentences_tell_faults_apart() -> None:
    sentences = [fault.sentence for fault in FAULTS.values()]
    assert len(sentences) == len(set(sentences))


def test_it_knows_nothing_of_statuary() -> None:
    for path in Path(__file__).parent.rglob("*.py"):
        if path.name in ("test_faults.py", "scores.py"):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [name.name for name in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            assert all(not name.startswith("statuary") for name in names), path


@pytest.mark.parametrize("role", ROLES)
def test_no_false_alarm(role: Role) -> None:
    assert alarms(Intermediary, role) == []


@pytest.mark.parametrize("name", PLAYED)
def test_no_false_alarm_on_what_may_be_done_otherwise(name: str) -> None:
    choice = CHOICES[name]
    assert [alarm for role in choice.roles for alarm in alarms(choice.kind, role, choice.warned)] == []


@pytest.mark.parametrize("choice", MADE)
def test_only_what_may_have_reasons_is_warned_of(choice: Choice) -> None:
    assert choice.permitted
    levels = {requirements.lookup(requirement).level for requirement in choice.warned}
    assert levels <= {"SHOULD", "SHOULD NOT", "RECOMMENDED"}


def test_every_fault_is_found_or_excused() -> None:
    assert set(FAULTS) == set(FOUND) | set(MISSED)
    assert not set(FOUND) & set(MISSED)


@pytest.mark.parametrize("name", sorted(FOUND))
def test_fault_is_found(name: str) -> None:
    assert score(name).is_found
