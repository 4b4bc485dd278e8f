"""The examples of docs/forwarding.md are run."""

from __future__ import annotations

import doctest
from pathlib import Path

GUIDE = Path(__file__).parents[3] / "docs" / "forwarding.md"


def test_the_examples_are_true() -> None:
    results = doctest.testfile(str(GUIDE), module_relative=False)
    assert results.attempted > 5
    assert results.failed == 0
