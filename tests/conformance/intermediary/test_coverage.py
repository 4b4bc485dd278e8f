"""The coverage board of the checker of intermediaries: what it has to show, and that the page in docs/ is what it says."""

from __future__ import annotations

from pathlib import Path

from statuary.conformance.coverage import (
    MUST,
    NOT_SHOWN_BY_INTERMEDIARIES,
    RFC_2616,
    SHOULD,
    code_coverage,
    coverage,
    markdown,
)
from statuary.conformance.intermediary.scenario_files import packaged


def test_what_is_not_covered_has_a_reason() -> None:
    must, should = coverage(MUST, packaged(), "intermediary"), coverage(SHOULD, packaged(), "intermediary")
    for role, numbers in {"proxy": (67, 34), "gateway": (57, 31), "cache": (50, 13)}.items():
        bound = [[row for row in rows if role in row.requirement.binds] for rows in (must, should)]
        assert tuple(map(len, bound)) == numbers
    assert [row.requirement.id for row in [*must, *should] if row.is_covered == bool(row.reason)] == []
    assert {row.requirement.id for row in [*must, *should]} >= set(NOT_SHOWN_BY_INTERMEDIARIES)


def test_every_code_of_rfc_2616_has_a_scenario() -> None:
    by_code = {row.code: row for row in code_coverage(packaged(), "intermediary")}
    assert [code for code in RFC_2616 if not by_code[code].scenarios] == []


def test_the_page_is_up_to_date() -> None:
    page = Path(__file__).parents[3] / "docs" / "coverage-intermediary.md"
    assert page.read_text("utf-8") == markdown(packaged(), "intermediary"), "run scripts/coverage-board"
