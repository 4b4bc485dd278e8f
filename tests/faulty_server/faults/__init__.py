"""The faults that can be planted, by what they are about."""

from __future__ import annotations

from . import (
    connections,
    fields,
    framing,
    interim,
    not_modified,
    precedence,
    preconditions,
    ranges,
    requests,
    resources,
    spelling,
)
from .registry import FAULTS, Fault, origin_with

TOPICS = (
    requests,
    framing,
    connections,
    interim,
    preconditions,
    precedence,
    not_modified,
    ranges,
    resources,
    fields,
    spelling,
)
"""The modules that list faults when they are imported."""

__all__ = ["FAULTS", "TOPICS", "Fault", "origin_with"]
