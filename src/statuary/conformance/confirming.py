"""What is found wrong is found twice, or not reported: a busy machine is no fault of a subject's."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from statuary.conformance.report import Result
from statuary.semantics.judgement.finding import sentence

AGAIN = ("fail", "warn")
"""Verdicts that are reported only if a second play finds the same."""
_LONGEST = 240


async def confirmed(play: Callable[[], Awaitable[Result]]) -> Result:
    """The result of a play, or of two."""
    first = await play()
    if first.verdict not in AGAIN:
        return first
    second = await play()
    if (second.verdict, second.breaks) == (first.verdict, first.breaks):
        return replace(second, plays=2)
    detail = f"Played twice, with different outcomes: {first.detail} Then: {second.detail or 'pass'}"
    return replace(first, verdict="inconclusive", breaks=None, plays=2, detail=sentence(detail)[:_LONGEST])
