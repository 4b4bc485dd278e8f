"""Reading multipart/byteranges: RFC 9110 section 14.6, with the delimiters of RFC 2046 section 5.1.1."""

from __future__ import annotations

from typing import NamedTuple

from statuary.message.fields import Fields


class BodyPart(NamedTuple):
    """The fields and the octets of one part."""

    fields: Fields
    content: bytes


def read_parts(content: bytes, boundary: str) -> tuple[BodyPart, ...] | None:
    """The parts in their order, or None where delimiters are missing or parts have no header section.

    A first delimiter at the very start needs no line end before it, and what follows the last one is no part.
    """
    delimiter = b"\r\n--" + boundary.encode("latin-1", "replace")
    _before, *pieces = (b"\r\n" + content).split(delimiter)
    if not pieces or not pieces[-1].startswith(b"--") or len(pieces) < 2:
        return None
    parts: list[BodyPart] = []
    for piece in pieces[:-1]:
        padding, line_end, rest = piece.partition(b"\r\n")
        if not line_end or padding.strip(b" \t"):
            return None
        head, blank, octets = (b"\r\n" + rest).partition(b"\r\n\r\n")
        if not blank:
            return None
        parts.append(BodyPart(Fields(_lines(head)), octets))
    return tuple(parts)


def _lines(head: bytes) -> list[tuple[str, str]]:
    split = (line.partition(":") for line in head.decode("latin-1").split("\r\n") if line)
    return [(name, value.strip(" \t")) for name, _, value in split]
