"""The coverage board: what it has to show, that its reasons are needed, and that the page in docs/ is what it says."""

from __future__ import annotations

from pathlib import Path

from statuary.conformance.coverage import MUST, RFC_2616, SHOULD, UNCOVERED, code_coverage, coverage, markdown
from statuary.conformance.scenario_files import packaged


def test_every_must_is_covered() -> None:
    rows = coverage(MUST, packaged())
    assert len(rows) == 85
    assert [row.requirement.id for row in rows if not row.is_covered and not row.reason] == []


def test_nearly_every_should_is_covered() -> None:
    rows = coverage(SHOULD, packaged())
    assert len(rows) == 49
    assert sum(row.is_covered for row in rows) >= 0.95 * len(rows)
    assert [row.requirement.id for row in rows if not row.is_covered and not row.reason] == []


def test_what_is_said_to_be_uncovered_is() -> None:
    rows = {row.requirement.id: row for row in [*coverage(MUST, packaged()), *coverage(SHOULD, packaged())]}
    assert [id for id in UNCOVERED if rows[id].is_covered] == []


def test_every_code_of_rfc_2616_has_a_scenario() -> None:
    assert len(RFC_2616) == 40
    by_code = {row.code: row for row in code_coverage(packaged())}
    assert [code for code in RFC_2616 if not by_code[code].scenarios] == []


def test_the_page_is_up_to_date() -> None:
    page = Path(__file__).parents[2] / "docs" / "coverage.md"
    assert page.read_text("utf-8") == markdown(packaged()), "run scripts/coverage-board"
