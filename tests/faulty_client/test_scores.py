"""The score can't get worse: no false alarm on the correct client, and every fault is found but those listed here.

A part of the faults is played; all of them with STATUARY_ALL_FAULTS=1, in some five minutes.
"""

from __future__ import annotations

import os

import pytest
from tests.faulty_server.scoring import found_by

from .faults import FAULTS
from .scores import FOUND_BY, alarms, score

_ALL_AT_ONCE = "the system takes all content at once, so that it was sent before anything could be read"
MISSED: dict[str, str] = dict.fromkeys(
    ("deaf-while-sending", "stops-at-any-response", "early-response-lost"), _ALL_AT_ONCE
)
"""Faults that no scenario finds, with the reason."""

FOUND = found_by(FOUND_BY)

# Some of every topic that show at once, whatever else the machine has to do
REPRESENTATIVE = (
    "only-continue-is-interim",
    "interim-has-content",
    "expectation-without-content",
    "length-with-rest",
    "cut-is-whole",
    "extra-is-next-response",
    "chunk-size-32-bits",
    "trailers-merged",
    "line-ends-at-nel",
    "fold-dropped",
    "unknown-success-fails",
    "location-of-200-followed",
    "307-post-becomes-get",
    "fragment-lost",
    "host-of-the-first",
    "credentials-go-along",
    "dropped-post-repeated",
    "close-ignored",
    "any-port",
    "both-lengths",
    "host-missing-at-proxies",
    "content-in-trace",
    "weak-if-range",
    "changed-representation-combined",
    "not-modified-is-told",
    "tunnel-without-port",
)
PLAYED = tuple(sorted(FOUND)) if os.environ.get("STATUARY_ALL_FAULTS") else REPRESENTATIVE


def test_no_false_alarm() -> None:
    assert not [f"{one.verdict} {one.id}: {one.detail}" for one in alarms()]


def test_every_fault_is_found_or_excused() -> None:
    assert set(FAULTS) == set(FOUND) | set(MISSED)
    assert not set(FOUND) & set(MISSED)


def test_no_must_is_excused() -> None:
    assert not [name for name in MISSED if FAULTS[name].breaks_must]


@pytest.mark.parametrize("name", PLAYED)
def test_fault_is_found(name: str) -> None:
    assert score(name).is_found
