"""Range requests: which octets a Range asks for, and how they are sent (RFC 9110 section 14).

Parsing Range does not live here; see fields/ranges.py.
"""

from __future__ import annotations

from hashlib import blake2b

from statuary.fields.ranges import ContentRange, Ranges, format_content_range
from statuary.message.response import Multipart, Part
from statuary.semantics.resource import Representation

MOST_RANGES = 64
"""A request for more is served whole: nobody reads that many parts, and each costs us (section 14.2, last paragraphs)."""

Span = tuple[int, int]


def satisfiable_spans(ranges: Ranges, length: int) -> tuple[Span, ...] | None:
    """First and last positions for each satisfiable range, in the order asked for; None to ignore the Range field.

    An empty tuple says that none is satisfiable (416). Spans that overlap or touch are joined, so that no octet is sent
    twice whatever was asked for.
    """
    if ranges.unit != "bytes" or len(ranges.specs) > MOST_RANGES:
        return None
    spans: list[Span] = []
    for first, last in ranges.specs:
        if first is None:
            if last and not length:
                # Satisfiable by section 14.1.2, but no octet of an empty representation can be named: send all of it
                return None
            if last:
                spans.append((max(0, length - last), length - 1))
        elif first < length:
            spans.append((first, length - 1 if last is None else min(last, length - 1)))
    return tuple(_joined(spans)) if len(spans) > 1 else tuple(spans)


def _joined(spans: list[Span]) -> list[Span]:
    """Spans that overlap or touch become one, which stands where the first of them stood."""
    joined: list[Span] = []
    for first, last in spans:
        place = len(joined)
        for index in range(len(joined) - 1, -1, -1):
            other_first, other_last = joined[index]
            if first <= other_last + 1 and other_first <= last + 1:
                first, last = min(first, other_first), max(last, other_last)
                del joined[index]
                place = index
        joined.insert(place, (first, last))
    return joined


def content_range(span: Span | None, length: int | None) -> str:
    """The value of Content-Range for one part, or for a 416 when ``span`` is None (section 14.4)."""
    first, last = span if span is not None else (None, None)
    return format_content_range(ContentRange("bytes", first, last, length))


def multipart(representation: Representation, spans: tuple[Span, ...], now: int) -> tuple[str, Multipart]:
    """The Content-Type and the content of a response with several parts (section 14.6).

    The boundary is a digest of what it delimits and of the moment: practically never a line of the content.
    """
    seed = repr((representation.etag, representation.last_modified, representation.length, spans, now))
    boundary = blake2b(seed.encode(), digest_size=12).hexdigest()
    kind = f"Content-Type: {representation.media_type}\r\n" if representation.media_type else ""
    parts = []
    line_end = ""
    for span in spans:
        head = f"{line_end}--{boundary}\r\n{kind}Content-Range: {content_range(span, representation.length)}\r\n\r\n"
        parts.append((head.encode("latin-1"), Part(representation, *span)))
        line_end = "\r\n"
    return f"multipart/byteranges; boundary={boundary}", Multipart(tuple(parts), f"\r\n--{boundary}--\r\n".encode())
