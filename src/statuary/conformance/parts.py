"""The parts of a 206 beside what was asked for and what the whole is: RFC 9110 sections 14 and 15.3.7.

Judgements about ranges rest on it; judge can't, since it does not know the whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from statuary.fields.media_types import parse_media_type
from statuary.fields.ranges import ContentRange, parse_content_range, parse_range
from statuary.message.response import Response
from statuary.semantics.judgement.multipart import read_parts

_RANGE = re.compile(rb"\r\nrange:[ \t]*([^\r\n]*)\r\n", re.IGNORECASE)

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class SentPart:
    """The octets of one part, where they belong, and the media type that the part says they have."""

    range: ContentRange
    octets: bytes
    type: str | None

    @property
    def span(self) -> Span | None:
        """First and last position; None where Content-Range says that no range could be satisfied."""
        return None if self.range.first is None or self.range.last is None else (self.range.first, self.range.last)


def sent_parts(response: Response) -> tuple[SentPart, ...] | None:
    """The parts of a response, one or several; None where they can't be told apart or don't say where they belong."""
    media_type = parse_media_type(response.fields.get("content-type"))
    pieces = [(response.fields, response.content)]
    if media_type and media_type.essence == "multipart/byteranges":
        boundary = media_type.parameter("boundary")
        parts = read_parts(response.content, boundary) if boundary else None
        if parts is None:
            return None
        pieces = [(part.fields, part.content) for part in parts]
    found = []
    for fields, octets in pieces:
        value = parse_content_range(fields.get("content-range"))
        if not value or value.unit != "bytes" or value.first is None:
            return None
        found.append(SentPart(value, octets, fields.get("content-type")))
    return tuple(found)


def asked_spans(sent: bytes, length: int) -> tuple[Span, ...]:
    """First and last positions of the byte ranges that a request asks for and a content of that length can satisfy."""
    found = _RANGE.search(sent)
    ranges = parse_range(found[1].decode("latin-1").strip()) if found else None
    spans = []
    for first, last in ranges.specs if ranges else ():
        if first is None:
            first, last = max(0, length - (last or 0)), length - 1
        last = length - 1 if last is None else min(last, length - 1)
        if first <= last:
            spans.append((first, last))
    return tuple(spans)


def is_within(inner: Span, outer: Span) -> bool:
    """Whether a span lies in another, wholly."""
    return outer[0] <= inner[0] and inner[1] <= outer[1]
