"""What is played again, how patiently, and what follows from plays that differ."""

from __future__ import annotations

import asyncio

import pytest

from statuary.conformance.confirming import confirmed
from statuary.conformance.report import Event, Result, Verdict

SILENT = (Event(2.0, "a", "silent"),)


def result(verdict: Verdict, *, is_silent: bool = False) -> Result:
    breaks = "rfc9110-15.3.1-1" if verdict == "fail" else None
    return Result("t.one", "t", verdict, "d", breaks=breaks, events=SILENT if is_silent else ())


def confirm(*results: Result) -> tuple[Result, list[int]]:
    """The result of plays with those results, and how patient each was told to be. More plays than results are an error."""
    patience: list[int] = []
    left = list(results)

    async def play(times: int) -> Result:
        patience.append(times)
        return left.pop(0)

    return asyncio.run(confirmed(play)), patience


PASS, FAIL, UNDECIDED = result("pass"), result("fail"), result("inconclusive")
SILENT_FAIL, SILENT_PASS = result("fail", is_silent=True), result("pass", is_silent=True)
SILENT_UNDECIDED = result("inconclusive", is_silent=True)


@pytest.mark.parametrize(
    ("plays", "verdict", "patience"),
    [
        ([PASS], "pass", [1]),
        ([SILENT_PASS], "pass", [1]),
        ([UNDECIDED], "inconclusive", [1]),
        ([FAIL, FAIL], "fail", [1, 2]),
        ([FAIL, PASS], "inconclusive", [1, 2]),
        ([SILENT_FAIL, SILENT_FAIL], "fail", [1, 2]),
        ([SILENT_UNDECIDED, SILENT_UNDECIDED], "inconclusive", [1, 2]),
        # The machine was busy: what a longer patience brings counts, if it does twice
        ([SILENT_FAIL, PASS, PASS], "pass", [1, 2, 2]),
        ([SILENT_UNDECIDED, FAIL, FAIL], "fail", [1, 2, 2]),
        ([SILENT_FAIL, PASS, FAIL], "inconclusive", [1, 2, 2]),
        ([SILENT_FAIL, PASS, SILENT_FAIL], "inconclusive", [1, 2, 2]),
    ],
)
def test_what_counts(plays: list[Result], verdict: Verdict, patience: list[int]) -> None:
    one, told = confirm(*plays)
    assert (one.verdict, told, one.plays) == (verdict, patience, len(plays))
