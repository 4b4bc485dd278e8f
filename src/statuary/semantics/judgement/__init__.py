"""Judgement: what can be said of the messages of exchanges as they were seen. ``judge`` is all that others need.

A module for each part of HTTP holds its rules, each with the requirement it checks and examples that pass and fail it.
Nothing here knows what an origin server would decide; see decision/ for that.
"""

from __future__ import annotations

from statuary.semantics.judgement.finding import Finding
from statuary.semantics.judgement.judging import RULES, judge
from statuary.semantics.judgement.rule import Role

__all__ = ["RULES", "Finding", "Role", "judge"]
