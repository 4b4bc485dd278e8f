"""What a client may do in another way than the plain one, by what it is about: a checker has to report none of it."""

from __future__ import annotations

from . import combined, connections, redirections, repetition, requests, responses
from .registry import CHOICES, Choice

TOPICS = (redirections, repetition, connections, requests, responses, combined)
"""The modules that list choices when they are imported."""

__all__ = ["CHOICES", "TOPICS", "Choice"]
