"""The faults that can be planted, by what they are about."""

from __future__ import annotations

from . import (
    chunks,
    classes,
    connections,
    credentials,
    evaluated,
    expectations,
    fields,
    framing,
    interim,
    kept,
    ranges,
    redirections,
    repetition,
    requests,
    stored,
    tunnels,
    written,
)
from .registry import FAULTS, Fault, client_with

TOPICS = (
    interim,
    expectations,
    framing,
    chunks,
    fields,
    classes,
    redirections,
    credentials,
    repetition,
    connections,
    requests,
    ranges,
    stored,
    evaluated,
    kept,
    written,
    tunnels,
)
"""The modules that list faults when they are imported."""

__all__ = ["FAULTS", "TOPICS", "Fault", "client_with"]
