"""Judgements that scenarios for clients name, for what their vocabulary of requests, fields and statuses can't say.

Each looks at what was seen and says what is wrong with it, or nothing. Its name reads as what holds.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from statuary import methods
from statuary.conformance.client.case import Told
from statuary.conformance.client.server import Received


@dataclass(frozen=True, slots=True)
class Sight:
    """What a judgement is given: all requests seen, the one that the outcome is about, and what the client told."""

    received: Sequence[Received]
    of: Received | None
    told: Sequence[Told]


Judgement = Callable[[Sight], str | None]
JUDGEMENTS: dict[str, Judgement] = {}


def judgement(check: Judgement) -> Judgement:
    """Makes a function available to scenarios under its name."""
    JUDGEMENTS[check.__name__] = check
    return check


@judgement
def repeats_only_what_is_idempotent(sight: Sight) -> str | None:
    """No method that is not idempotent came more than once: RFC 9110 section 9.2.2."""
    seen = [(one.method, one.place) for one in sight.received]
    for method, place in seen:
        known = methods.lookup(method)
        if seen.count((method, place)) > 1 and not (known is not None and known.is_idempotent):
            return f"{method} {place} came {seen.count((method, place))} times"
    return None


@judgement
def sends_no_credentials_to_another_origin(sight: Sight) -> str | None:
    """What was meant for the first origin went nowhere else."""
    for one in sight.received:
        if one.origin != sight.received[0].origin:
            for name in ("authorization", "proxy-authorization", "cookie"):
                if name in one.fields:
                    return f"{one.origin} got {name}"
    return None


@judgement
def keeps_content_fields_out(sight: Sight) -> str | None:
    """A request that turned into GET or HEAD says nothing of content: RFC 9110 section 15.4."""
    one = sight.of
    if one is None or one.method not in ("GET", "HEAD"):
        return None
    left = [name for name in one.fields.names() if name.startswith("content-") or name == "transfer-encoding"]
    return f"{left[0]} is still there" if left and left != ["content-length"] else None


@judgement
def has_basic_credentials(sight: Sight) -> str | None:
    """Authorization has the Basic credentials that the client was given."""
    expected = "Basic " + base64.b64encode(b"alice:wonderland").decode("ascii")
    value = sight.of.fields.get("authorization") if sight.of is not None else None
    return None if value == expected else "Authorization is another"


@judgement
def content_is_followed_by_nothing(sight: Sight) -> str | None:
    """No request came where content should have come."""
    for one in sight.received:
        if one.content and not one.is_whole and b" HTTP/1." in one.content:
            return "a request came in the place of content"
    return None
