"""Judgements that scenarios name, for what their vocabulary of statuses, fields and contents can't say.

Each looks at the answer to a step and says what is wrong with it, or nothing. Its name reads as what holds.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from statuary import methods
from statuary.conformance.parts import asked_spans, is_within, sent_parts
from statuary.fields.dates import parse_http_date
from statuary.fields.grammar import split_list
from statuary.message.response import Response


@dataclass(frozen=True, slots=True)
class Sight:
    """What a judgement is given: the final response, the interim ones before it, what is known of the subject, the octets
    that were sent for it, the time in seconds since the epoch, and the version that the final response has.
    """

    response: Response
    interim: tuple[Response, ...]
    facts: Mapping[str, str]
    sent: bytes
    now: int
    version: tuple[int, int] | None = None


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


def _whole(sight: Sight) -> str | None:
    """The content of which a part was asked for: kept as ``whole`` by a step before, or known of the file."""
    if "whole" in sight.facts:
        return sight.facts["whole"]
    target = sight.sent.split(b" ", 2)[1].decode("latin-1")
    return next(
        (sight.facts.get(f"{name}.content") for name in ("file", "large") if sight.facts.get(name) == target), None
    )


@judgement
def parts_are_what_they_say(sight: Sight) -> str | None:
    """Each part has the octets of the whole that its Content-Range names: RFC 9110 section 15.3.7."""
    whole, parts = _whole(sight), sent_parts(sight.response)
    if parts is None or whole is None:
        return "the parts can't be told apart, or don't say what they are"
    octets = whole.encode("latin-1")
    for part in parts:
        if part.span is None or part.octets != octets[part.span[0] : part.span[1] + 1]:
            return f"the octets of the part {part.span} are others"
        if part.range.length not in (None, len(octets)):
            return f"Content-Range says {part.range.length} octets of {len(octets)}"
    return None


@judgement
def parts_are_all_that_was_asked(sight: Sight) -> str | None:
    """Each satisfiable range lies in a part: RFC 9110 section 14.2."""
    parts = sent_parts(sight.response) or ()
    asked = asked_spans(sight.sent, len(_whole(sight) or ""))
    lost = [span for span in asked if not any(part.span and is_within(span, part.span) for part in parts)]
    return f"{lost[0][0]}-{lost[0][1]} was asked for and did not come" if lost else None


@judgement
def parts_are_nothing_else(sight: Sight) -> str | None:
    """Each part begins and ends where a range does that was asked for: RFC 9110 section 15.3.7.2."""
    asked = asked_spans(sight.sent, len(_whole(sight) or ""))
    firsts, lasts = {first for first, _ in asked}, {last for _, last in asked}
    for part in sent_parts(sight.response) or ():
        if part.span is None or part.span[0] not in firsts or part.span[1] not in lasts:
            return f"{part.span} was not asked for"
    return None


@judgement
def parts_come_in_the_order_asked(sight: Sight) -> str | None:
    """Parts that hold one range each stand in the order of the ranges: RFC 9110 section 15.3.7.2."""
    asked = asked_spans(sight.sent, len(_whole(sight) or ""))
    held = [
        [place for place, span in enumerate(asked) if part.span and is_within(span, part.span)]
        for part in sent_parts(sight.response) or ()
    ]
    places = [one[0] for one in held if len(one) == 1]
    return None if places == sorted(places) else "the parts stand in another order"


@judgement
def parts_have_the_type_of_the_whole(sight: Sight) -> str | None:
    """Each part says the Content-Type that the 200 has: RFC 9110 section 15.3.7.2."""
    target = sight.sent.split(b" ", 2)[1].decode("latin-1")
    type = next(
        (sight.facts.get(f"{name}.type") for name in ("file", "large") if sight.facts.get(name) == target), None
    )
    types = {part.type for part in sent_parts(sight.response) or ()}
    return None if type is None or types <= {type} else f"the parts say {types}, and the whole is {type}"


@judgement
def is_not_much_larger_than_the_whole(sight: Sight) -> str | None:
    """What many ranges give is no attack on the server: RFC 9110 section 17.15."""
    length = len(_whole(sight) or "")
    return (
        f"{len(sight.response.content)} octets of {length}" if len(sight.response.content) > 2 * length + 1000 else None
    )


@judgement
def names_get_in_allow(sight: Sight) -> str | None:
    """Allow names GET, which the resource is known to support."""
    if "GET" in (split_list(sight.response.fields.get("allow", "")) or ()):
        return None
    return "Allow does not name GET"


@judgement
def has_the_status_of_get(sight: Sight) -> str | None:
    """The status is the one that a scenario kept as ``get``."""
    return None if str(sight.response.status) == sight.facts["get"] else f"GET was answered {sight.facts['get']}"


@judgement
def date_is_about_now(sight: Sight) -> str | None:
    """Date, if it is there, is within ten minutes of our clock."""
    date = parse_http_date(sight.response.fields.get("date"), sight.now)
    return "Date is far from now" if isinstance(date, int) and abs(date - sight.now) > 600 else None


@judgement
def the_connection_is_secured(sight: Sight) -> str | None:
    """The subject is spoken to over TLS."""
    return None if sight.facts["scheme"] == "https" else "the connection is not secured"


@judgement
def has_version_1_1(sight: Sight) -> str | None:
    """The response says HTTP/1.1."""
    return None if sight.version == (1, 1) else "the response has another version than HTTP/1.1"


@judgement
def has_version_1(sight: Sight) -> str | None:
    """The response says HTTP/1.0 or HTTP/1.1, the versions whose syntax this is."""
    return None if sight.version in ((1, 0), (1, 1)) else "the response has a version that is not spoken here"


@judgement
def has_another_version(sight: Sight) -> str | None:
    """The response says a version that is neither HTTP/1.0 nor HTTP/1.1, whose syntax it uses all the same."""
    return "the response has a version that is spoken here" if sight.version in ((1, 0), (1, 1)) else None


@judgement
def last_modified_is_about_now(sight: Sight) -> str | None:
    """Last-Modified is there, and within ten minutes of our clock: so the subject has one, too."""
    modified = parse_http_date(sight.response.fields.get("last-modified"), sight.now)
    return None if isinstance(modified, int) and abs(modified - sight.now) <= 600 else "Last-Modified is not about now"


@judgement
def the_limit_is_a_megabyte_or_more(sight: Sight) -> str | None:
    """The limited resource takes a million octets."""
    return None if int(sight.facts["limited.octets"]) >= 1_000_000 else "a million octets are above the limit"


@judgement
def method_is_not_safe(sight: Sight) -> str | None:
    """The request asks for more than to be told something: RFC 9110 section 9.2.1."""
    method = methods.lookup(sight.sent.partition(b" ")[0].decode("latin-1"))
    return "the method is a safe one" if method is not None and method.is_safe else None


@judgement
def content_is_gzip(sight: Sight) -> str | None:
    """The content can be decoded as gzip, as far as it came: RFC 9110 section 8.4.1.3."""
    try:
        zlib.decompressobj(wbits=16 + zlib.MAX_WBITS).decompress(sight.response.content, 1024)
    except zlib.error:
        return "the content is no gzip"
    return None
