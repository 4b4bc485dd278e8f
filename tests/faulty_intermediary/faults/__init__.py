"""The faults that can be planted, by what they are about."""

from __future__ import annotations

from . import connections, failures, fields, framing, interim, requests, responses
from .registry import FAULTS, Fault, intermediary_with

TOPICS = (requests, fields, framing, interim, responses, failures, connections)
"""The modules that list faults when they are imported."""

__all__ = ["FAULTS", "TOPICS", "Fault", "intermediary_with"]
