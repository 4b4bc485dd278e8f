"""Attempts in the notation of judge's examples, for tests."""

from __future__ import annotations

from typing import Any

from statuary.message.request import Request
from statuary.semantics.judgement.examples import read_examples
from statuary.semantics.reaction import Attempt, Policy, Reaction, react

NOW = 1_800_000_000


def attempt(text: str, *, scheme: str = "http", authority: str = "a.test", **known: Any) -> Attempt:
    """A request to a.test and what came for it; its content was sent where it has any."""
    exchange = read_examples(text)[0]
    seen = exchange.request
    request = Request(
        seen.method,
        seen.path,
        seen.fields,
        query=seen.query,
        scheme=scheme,
        authority=authority,
        version=seen.version,
        content_length=seen.content_length,
    )
    known.setdefault("content", "none" if seen.content_length is None else "sent")
    known.setdefault("at", NOW)
    return Attempt(request, tuple(exchange.interim), exchange.final, **known)


def reaction(*texts: str, policy: Policy | None = None, **known: Any) -> Reaction:
    """The reaction to attempts one after the other; what is known is of all of them."""
    return react([attempt(text, **known) for text in texts], policy)
