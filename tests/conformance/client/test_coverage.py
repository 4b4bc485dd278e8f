"""The coverage board of the client checker: what it has to show, and that the page in docs/ is what it says."""

from __future__ import annotations

from pathlib import Path

from statuary.conformance.client.scenario_files import packaged
from statuary.conformance.coverage import (
    MUST,
    NOT_SHOWN_BY_CLIENTS,
    RFC_2616,
    SHOULD,
    code_coverage,
    coverage,
    markdown,
)


def test_what_is_not_covered_has_a_reason() -> None:
    must, should = coverage(MUST, packaged(), "client"), coverage(SHOULD, packaged(), "client")
    assert (len(must), len(should)) == (51, 29)
    assert [row.requirement.id for row in [*must, *should] if row.is_covered == bool(row.reason)] == []
    assert {row.requirement.id for row in [*must, *should]} >= set(NOT_SHOWN_BY_CLIENTS)


def test_what_binds_clients_alone_is_covered() -> None:
    rows = [*coverage(MUST, packaged(), "client"), *coverage(SHOULD, packaged(), "client")]
    lacking = [row.requirement.id for row in rows if "client" in row.requirement.binds and not row.is_covered]
    assert lacking == []


def test_every_code_of_rfc_2616_has_a_scenario() -> None:
    by_code = {row.code: row for row in code_coverage(packaged(), "client")}
    assert [code for code in RFC_2616 if not by_code[code].scenarios] == []


def test_the_page_is_up_to_date() -> None:
    page = Path(__file__).parents[3] / "docs" / "coverage-client.md"
    assert page.read_text("utf-8") == markdown(packaged(), "client"), "run scripts/coverage-board"
