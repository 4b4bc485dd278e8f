"""Judgements that scenarios name, for what their vocabulary of statuses, fields and contents can't say.

Each looks at the answer to a step and says what is wrong with it, or nothing. Its name reads as what holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from statuary.fields.dates import parse_http_date
from statuary.fields.grammar import split_list
from statuary.message.response import Response


@dataclass(frozen=True, slots=True)
class Sight:
    """What a judgement is given: the final response, the interim ones before it, what is known of the subject, the octets
    that were sent for it, and the time in seconds since the epoch.
    """

    response: Response
    interim: tuple[Response, ...]
    facts: Mapping[str, str]
    sent: bytes
    now: int


Judgement = Callable[[Sight], str | None]
JUDGEMENTS: dict[str, Judgement] = {}


def judgement(check: Judgement) -> Judgement:
    """Makes a function available to scenarios under its name."""
    JUDGEMENTS[check.__name__] = check
    return check


@judgement
def names_the_method_in_allow(sight: Sight) -> str | None:
    """Allow does not name the method that was refused."""
    method = sight.sent.partition(b" ")[0].decode("latin-1")
    if method in (split_list(sight.response.fields.get("allow", "")) or ()):
        return None
    return f"Allow does not name {method}"


@judgement
def last_modified_is_not_in_the_future(sight: Sight) -> str | None:
    """Last-Modified is no later than Date: RFC 9110 section 8.8.2.1."""
    modified = parse_http_date(sight.response.fields.get("last-modified"), sight.now)
    date = parse_http_date(sight.response.fields.get("date"), sight.now)
    if isinstance(modified, int) and isinstance(date, int) and modified > date:
        return "Last-Modified is later than Date"
    return None
