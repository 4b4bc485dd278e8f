"""The requirement rows: all there, well formed, and cited only by ids that exist."""

import pickle
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from statuary import requirements
from statuary.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
EVERY = requirements.all()

ROLES = {"origin", "client", "proxy", "gateway", "cache", "sender", "recipient"}
LEVELS = {"MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "RECOMMENDED", "MAY", "OPTIONAL", "STATED"}
TESTABLE = {"server-probe", "client-probe", "proxy-probe", "message", "no"}


def test_count() -> None:
    by_module = Counter(row.spec if row.spec in requirements.MODULES else "extensions" for row in EVERY)
    assert by_module == {"rfc9110": 526, "rfc9111": 122, "rfc9112": 148, "extensions": 98, "rfc2616": 71}
    assert len({row.id for row in EVERY}) == 965


def test_levels_add_up() -> None:
    assert Counter(row.level for row in EVERY) == {
        "MUST": 246,
        "MUST NOT": 162,
        "SHOULD": 174,
        "SHOULD NOT": 51,
        "RECOMMENDED": 6,
        "MAY": 162,
        "OPTIONAL": 5,
        "STATED": 159,
    }


def test_rows_are_well_formed() -> None:
    for row in EVERY:
        assert row.id.startswith(f"{row.spec}-{row.section}-"), row
        assert row.level in LEVELS, row
        assert ("-s" in row.id) == (row.level == "STATED") or row.spec not in ("rfc9110", "rfc9111", "rfc9112"), row
        assert row.binds, row
        assert set(row.binds) <= ROLES, row
        assert row.testable in TESTABLE, row
        assert row.is_observable == (row.testable != "no"), row
        assert row.paraphrase == row.paraphrase.strip() != "", row


def test_codes_are_codes_or_classes() -> None:
    classes = {"1xx", "2xx", "3xx", "4xx", "5xx"}
    for row in EVERY:
        assert all(code in classes or (isinstance(code, int) and 100 <= code <= 599) for code in row.codes), row


def test_repetitions_point_at_an_earlier_row_that_repeats_nothing() -> None:
    place = {row.id: number for number, row in enumerate(EVERY)}
    repeating = [row for row in EVERY if row.same_as is not None]
    assert len(repeating) == 24
    for row in repeating:
        assert row.same_as is not None
        original = requirements.lookup(row.same_as)
        assert original.same_as is None
        assert original.level == row.level
        assert place[row.same_as] < place[row.id]


def test_only_rfc_2616_rows_have_a_fate() -> None:
    assert all((row.fate is not None) == (row.spec == "rfc2616") for row in EVERY)
    assert Counter(row.fate for row in EVERY if row.fate) == {
        "dropped": 29,
        "weakened": 26,
        "changed": 11,
        "restated": 5,
    }


def test_no_row_rests_on_quotations_alone() -> None:
    assert [row.id for row in EVERY if row.secondary] == []


@pytest.mark.parametrize("row", EVERY, ids=lambda row: row.id)
def test_lookup_finds_every_row(row: Requirement) -> None:
    assert requirements.lookup(row.id) == row


@pytest.mark.parametrize("unknown", ["", "rfc9110", "rfc9110-15.3.7-99", "rfc1-1-1", "416"])
def test_lookup_of_an_unknown_id(unknown: str) -> None:
    with pytest.raises(KeyError):
        requirements.lookup(unknown)


@pytest.mark.parametrize(("code", "count"), [(416, 14), (304, 68), (103, 5), ("4xx", 37), (471, 0), (104, 0)])
def test_of_code(code: int | str, count: int) -> None:
    found = requirements.of_code(code)
    assert len(found) == count
    assert all(code in row.codes for row in found)


def test_rows_are_values() -> None:
    row = requirements.lookup("rfc9110-15.3.7-3")
    assert repr(row) == f"<Requirement rfc9110-15.3.7-3 {row.level}>"
    assert pickle.loads(pickle.dumps(row)) == row
    assert {row: 1}[requirements.lookup(row.id)] == 1
    with pytest.raises(AttributeError, match="immutable"):
        row.level = "MAY"


def count_cited(root: Path, *options: str) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, str(ROOT / "scripts" / "requirements"), "--root", str(root), *options]
    return subprocess.run(program, capture_output=True, text=True, check=False)


def test_every_cited_id_exists() -> None:
    counted = count_cited(ROOT)
    assert counted.stderr == ""
    assert counted.returncode == 0


def test_the_count_follows_the_citations(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    before = count_cited(tmp_path)
    assert before.returncode == 0
    (tmp_path / "src" / "module.py").write_text("# rfc9110-2.2-12.\n")
    assert count_cited(tmp_path).stdout != before.stdout
    assert "rfc9110-2.2-12" in count_cited(tmp_path / "nowhere", "--missing").stdout
    assert "rfc9110-2.2-12" not in count_cited(tmp_path, "--missing").stdout


def test_an_unknown_id_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_module.py").write_text("\n# rfc9110-2.2-99\n")
    counted = count_cited(tmp_path)
    assert counted.returncode == 1
    assert "tests/test_module.py:2: there is no requirement rfc9110-2.2-99" in counted.stderr
