"""From the content a decision names to octets: at once where they are in memory, piece by piece where they are not."""

from __future__ import annotations

from collections.abc import AsyncIterator

from statuary.message.response import Content, Multipart, Part, Whole
from statuary.origin_server.sources import File, Stream
from statuary.wire.chunked import LAST_CHUNK
from statuary.wire.field_section import format_fields


def is_long(content: Content) -> bool:
    """Whether content can't be had at once, from memory."""
    if isinstance(content, (Whole, Part)):
        return not isinstance(content.of.source, bytes)
    return isinstance(content, Multipart) and any(is_long(part) for _, part in content.parts)


def octets_at_hand(content: Content) -> list[bytes]:
    """Content that is in memory, in pieces."""
    if content is None:
        return []
    # Not by match: this is on the way of every response, and its class patterns cost half a microsecond
    if isinstance(content, Whole):
        return [_in_memory(content.of.source)]
    if isinstance(content, Part):
        return [_in_memory(content.of.source)[content.first : content.last + 1]]
    if isinstance(content, Multipart):
        pieces = [piece for head, part in content.parts for piece in (head, *octets_at_hand(part))]
        return [*pieces, content.end]
    return [content]


def _in_memory(source: object) -> bytes:
    if not isinstance(source, bytes):
        raise TypeError(f"content can come from bytes, File or Stream, not from {type(source).__name__}")
    return source


async def octets_of(content: Content) -> AsyncIterator[bytes]:
    """Content from wherever it is, piece by piece. Raises OSError if a file is not what it was."""
    match content:
        case Whole(of) | Part(of) if isinstance(of.source, File):
            first, last = (content.first, content.last) if isinstance(content, Part) else (0, (of.length or 0) - 1)
            async for piece in of.source.octets(first, last):
                yield piece
        case Whole(of) if isinstance(of.source, Stream):
            async for piece in of.source.chunks():
                yield piece
        case Part(of, first, last) if isinstance(of.source, Stream):
            position = 0
            async for piece in of.source.chunks():
                yield piece[max(0, first - position) : max(0, last + 1 - position)]
                position += len(piece)
                if position > last:
                    break
        case Multipart(parts, end):
            for head, part in parts:
                yield head
                async for piece in octets_of(part):
                    yield piece
            yield end
        case _:
            for piece in octets_at_hand(content):
                yield piece


def length_of(content: Content) -> int | None:
    """Octets that content announces; None if it does not."""
    match content:
        case Whole(of):
            return of.length
        case Part(_, first, last):
            return last - first + 1
        case Multipart():
            return content.length
        case None | bytes():
            return len(content or b"")


def has_unknown_length(content: Content) -> bool:
    return isinstance(content, Whole) and content.of.length is None


def last_chunk(content: Content) -> bytes:
    """The end of a chunked body, with the trailers that a stream may have (RFC 9112 section 7.1.2)."""
    source = content.of.source if isinstance(content, Whole) else None
    if isinstance(source, Stream) and source.trailers is not None:
        return b"0\r\n" + format_fields(source.trailers()) + b"\r\n"
    return LAST_CHUNK
