"""What a server may do in another way than the plain one, by what it is about: a checker has to report none of it."""

from __future__ import annotations

from . import combined, connections, methods, ranges, requests, resources, validators
from .registry import CHOICES, Choice

TOPICS = (validators, ranges, methods, connections, requests, resources, combined)
"""The modules that list choices when they are imported."""

__all__ = ["CHOICES", "TOPICS", "Choice"]
