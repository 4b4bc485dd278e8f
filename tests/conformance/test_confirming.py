"""What is played again, and what follows from plays that differ."""

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
    """The result of plays with those results, and the number of each. More plays than results are an error."""
    numbers: list[int] = []
    left = list(results)

    async def play(number: int) -> Result:
        numbers.append(number)
        return left.pop(0)

    return asyncio.run(confirmed(play)), numbers


PASS, FAIL, UNDECIDED = result("pass"), result("fail"), result("inconclusive")
SILENT_FAIL, SILENT_PASS = result("fail", is_silent=True), result("pass", is_silent=True)
SILENT_UNDECIDED = result("inconclusive", is_silent=True)


@pytest.mark.parametrize(
    ("plays", "verdict"),
    [
        ([PASS], "pass"),
        ([SILENT_PASS], "pass"),
        ([UNDECIDED], "inconclusive"),
        ([FAIL, FAIL], "fail"),
        ([FAIL, PASS], "inconclusive"),
        ([SILENT_FAIL, SILENT_FAIL], "fail"),
        ([SILENT_UNDECIDED, SILENT_UNDECIDED], "inconclusive"),
        # The machine was busy: what comes afterwards counts, if it does twice
        ([SILENT_FAIL, PASS, PASS], "pass"),
        ([SILENT_UNDECIDED, FAIL, FAIL], "fail"),
        ([SILENT_FAIL, PASS, FAIL], "inconclusive"),
        ([SILENT_FAIL, PASS, SILENT_FAIL], "inconclusive"),
    ],
)
def test_what_counts(plays: list[Result], verdict: Verdict) -> None:
    one, numbers = confirm(*plays)
    assert (one.verdict, numbers, one.plays) == (verdict, [1, 2, 3][: len(plays)], len(plays))
