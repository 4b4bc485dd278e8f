"""The difference between two runs: what counts as newly wrong and as mended, and what says neither."""

from __future__ import annotations

from dataclasses import replace

import pytest

from statuary.conformance.difference import Difference, compare
from statuary.conformance.report import VERDICTS, Result, Verdict

from .reports import samples

LISTS = ("newly_wrong", "mended", "changed", "new", "gone")


def lists_of(difference: Difference) -> list[str]:
    return [name for name in LISTS for _ in getattr(difference, name)]


def result(standing: str) -> Result:
    waived = "known" if standing == "waived" else None
    verdict: Verdict = next((one for one in VERDICTS if one == standing), "fail")
    return replace(samples.REFUSED, verdict=verdict, waived=waived)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("pass", "fail", "newly_wrong"),
        ("pass", "warn", "newly_wrong"),
        ("note", "warn", "newly_wrong"),
        ("warn", "fail", "newly_wrong"),
        ("inconclusive", "fail", "newly_wrong"),
        ("not applicable", "fail", "newly_wrong"),
        ("waived", "fail", "newly_wrong"),
        ("fail", "pass", "mended"),
        ("warn", "pass", "mended"),
        ("fail", "note", "mended"),
        ("fail", "warn", "changed"),
        ("fail", "waived", "changed"),
        ("fail", "inconclusive", "changed"),
        ("fail", "not applicable", "changed"),
        ("fail", "harness error", "changed"),
        ("pass", "note", "changed"),
        ("pass", "inconclusive", "changed"),
        ("waived", "pass", "changed"),
    ],
)
def test_a_changed_verdict(old: str, new: str, expected: str) -> None:
    assert lists_of(compare(samples.report(result(old)), samples.report(result(new)))) == [expected]


@pytest.mark.parametrize("verdict", VERDICTS)
def test_the_same_verdict_is_no_change(verdict: Verdict) -> None:
    assert not compare(samples.report(result(verdict)), samples.report(replace(result(verdict), detail="else")))


def test_scenarios_of_one_run_only_stand_apart() -> None:
    difference = compare(samples.report(samples.PASSED), samples.report(samples.REFUSED))
    assert [one.result for one in difference.new] == [samples.REFUSED]
    assert [one.result for one in difference.gone] == [samples.PASSED]
    assert lists_of(difference) == ["new", "gone"]


SEEN = replace(samples.REFUSED, verdict="pass")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        # What judge doesn't find has no result, which says something only of the same scenario
        ([SEEN], [SEEN, samples.JUDGED_RESULT], ["newly_wrong"]),
        ([SEEN, samples.JUDGED_RESULT], [SEEN], ["mended"]),
        ([samples.PASSED], [samples.PASSED, SEEN, samples.JUDGED_RESULT], ["new", "new"]),
        ([SEEN, samples.JUDGED_RESULT], [replace(SEEN, verdict="harness error")], ["changed", "gone"]),
        ([samples.PASSED], [samples.PASSED, replace(samples.JUDGED_RESULT, seen_in=())], ["newly_wrong"]),
    ],
)
def test_what_judge_finds(old: list[Result], new: list[Result], expected: list[str]) -> None:
    assert lists_of(compare(samples.report(*old), samples.report(*new))) == expected
