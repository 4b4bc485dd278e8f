"""What an intermediary has sent, read in the one way that is beyond doubt: anything that leaves a choice is Ambiguous.

Far stricter than RFC 9112 asks of a recipient, on purpose, and without a line of Statuary's own readers.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_REQUEST_LINE = re.compile(rb"(%b) ([\x21-\x7e]+) HTTP/1\.1\r\n" % _TOKEN)
_FIELD_LINE = re.compile(
    rb"(%b): ?([\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?\r\n" % _TOKEN
)
_SIZE = re.compile(rb"([0-9a-f]{1,8})\r\n")
_LENGTH = re.compile(rb"0|[1-9][0-9]{0,17}")


class Ambiguous(Exception):  # noqa: N818
    """Recipients may differ about these octets. The message says why."""


class Sent(NamedTuple):
    """A request as it was sent. ``is_whole`` is false where the octets end in its middle."""

    method: str
    target: str
    is_whole: bool = True
    begin: int = 0
    """Where it begins in the octets of its connection."""


def requests_in(octets: bytes) -> list[Sent]:
    """All requests of one connection. Raises Ambiguous."""
    found = []
    position = 0
    while position < len(octets):
        line = _REQUEST_LINE.match(octets, position)
        if line is None:
            raise Ambiguous(f"no request line: {octets[position : position + 60]!r}")
        method, target = (part.decode("ascii") for part in line.groups())
        fields, start = _section(octets, line.end())
        end = None if start is None else _content_end(octets, start, fields)
        if start is not None and len([one for one, _ in fields if one == b"host"]) != 1:
            raise Ambiguous("not one Host")
        found.append(Sent(method, target, end is not None, position))
        if end is None:
            break
        position = end
    return found


def _section(octets: bytes, position: int) -> tuple[list[tuple[bytes, bytes]], int | None]:
    """Names in lower case and values; where the section ends, None if it does not."""
    lines: list[tuple[bytes, bytes]] = []
    while not octets.startswith(b"\r\n", position):
        found = _FIELD_LINE.match(octets, position)
        if found is None:
            if b"\n" not in octets[position:]:
                return lines, None
            raise Ambiguous(f"no field line: {octets[position : position + 60]!r}")
        lines.append((found[1].lower(), found[2] or b""))
        position = found.end()
    return lines, position + 2


def _content_end(octets: bytes, position: int, fields: list[tuple[bytes, bytes]]) -> int | None:
    framing = [(name, value) for name, value in fields if name in (b"content-length", b"transfer-encoding")]
    match framing:
        case []:
            return position
        case [(b"transfer-encoding", b"chunked")]:
            return _chunks_end(octets, position)
        case [(b"content-length", value)] if _LENGTH.fullmatch(value):
            end = position + int(value)
            return end if end <= len(octets) else None
    raise Ambiguous(f"framed by {framing!r}")


def _chunks_end(octets: bytes, position: int) -> int | None:
    while True:
        size = _SIZE.match(octets, position)
        if size is None:
            if b"\n" not in octets[position:]:
                return None
            raise Ambiguous(f"no chunk size: {octets[position : position + 60]!r}")
        length = int(size[1], 16)
        if length == 0:
            trailers, end = _section(octets, size.end())
            if any(name in (b"content-length", b"transfer-encoding", b"host") for name, _ in trailers):
                raise Ambiguous("framing in a trailer section")
            return end
        position = size.end() + length + 2
        if position > len(octets):
            return None
        if octets[position - 2 : position] != b"\r\n":
            raise Ambiguous("a chunk does not end where it should")
