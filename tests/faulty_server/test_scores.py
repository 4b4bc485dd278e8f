"""The score can't get worse: no false alarm on the correct server, and every fault is found but those listed here."""

from __future__ import annotations

import pytest

from .faults import FAULTS
from .scores import FILES, FOUND_BY, alarms, score
from .scoring import found_by

MISSED: dict[str, str] = {
    "300-without-location": "whether the server prefers one of the choices can't be seen",
    "conditions-for-redirects": "where only the content decides that a POST is redirected, 412 is right",
}
"""Faults that no scenario finds, with the reason."""

FOUND = found_by(FOUND_BY)


@pytest.mark.parametrize("file", FILES)
def test_no_false_alarm(file: str) -> None:
    assert not [f"{one.verdict} {one.id}: {one.detail}" for one in alarms(file)]


def test_every_fault_is_found_or_excused() -> None:
    assert set(FAULTS) == set(FOUND) | set(MISSED)
    assert not set(FOUND) & set(MISSED)


@pytest.mark.parametrize("name", sorted(FOUND))
def test_fault_is_found(name: str) -> None:
    assert score(name).is_found
