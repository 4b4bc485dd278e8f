"""What is found wrong is found twice, or not reported: a busy machine is no fault of a subject's."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from statuary.conformance.report import Result
from statuary.semantics.judgement.finding import sentence

AGAIN = ("fail", "warn")
"""Verdicts that are reported only if a second play finds the same."""
_LONGEST = 240


async def confirmed(play: Callable[[int], Awaitable[Result]]) -> Result:
    """The result of a play, or of two; of three where the first, not the second, heard nothing for as long as it waited.

    ``play`` is given its number.
    """
    first = await play(1)
    if first.verdict not in AGAIN and not (first.verdict == "inconclusive" and _heard_nothing(first)):
        return first
    second = await play(2)
    if _heard_nothing(first) and not _heard_nothing(second):
        return as_both(replace(second, plays=first.plays + 1), await play(3))
    return as_both(first, second)


def _heard_nothing(result: Result) -> bool:
    return any(event.kind == "silent" for event in result.events)


def as_both(first: Result, second: Result) -> Result:
    """The result of two plays: what both found, or that nothing follows from them."""
    if (second.verdict, second.breaks) == (first.verdict, first.breaks):
        return replace(second, plays=first.plays + 1)
    detail = f"Played twice, with different outcomes: {first.detail} Then: {second.detail or 'pass'}"
    plays = first.plays + 1
    return replace(first, verdict="inconclusive", breaks=None, plays=plays, detail=sentence(detail)[:_LONGEST])
