"""The faults that can be planted, by what they are about."""

from __future__ import annotations

from . import connections, fields, framing, preconditions, ranges, resources
from .registry import FAULTS, Fault, origin_with

TOPICS = (fields, preconditions, ranges, framing, connections, resources)
"""The modules that list faults when they are imported."""

__all__ = ["FAULTS", "TOPICS", "Fault", "origin_with"]
