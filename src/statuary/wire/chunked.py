"""The chunked transfer coding (RFC 9112 section 7.1): a decoder that is fed octets, and the few lines that encode."""

from __future__ import annotations

import re

from statuary.message.fields import NO_FIELDS, Fields
from statuary.wire.field_section import parse_field_lines, token
from statuary.wire.limits import WireLimits
from statuary.wire.malformed import MalformedMessage

# quoted-string, RFC 9110 section 5.6.4
_quoted_string = r'"(?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t\x20-\x7e\x80-\xff])*+"'
# chunk-ext = *( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] ), RFC 9112 section 7.1.1
_chunk_ext = rf"(?:[ \t]*;[ \t]*{token}(?:[ \t]*=[ \t]*(?:{token}|{_quoted_string}))?)*+"
# chunk-size [ chunk-ext ], RFC 9112 section 7.1; sixteen digits are more than any disk holds
_CHUNK_LINE = re.compile(rf"([0-9A-Fa-f]{{1,16}}+)({_chunk_ext})".encode("latin-1"))


class ChunkedDecoder:
    """Takes the octets of one chunked body as they come, gives the content, and stops at its end.

    ``decode`` may be called with any split of the input. Once ``done`` is true, ``trailers`` holds the trailer section
    and ``rest`` what came after the message.
    """

    __slots__ = ("_buffer", "_extensions", "_limits", "_remaining", "_state", "done", "rest", "trailers")

    def __init__(self, limits: WireLimits) -> None:
        self._limits = limits
        self._buffer = b""
        self._state = "size"
        self._remaining = 0
        self._extensions = 0
        self.done = False
        self.rest = b""
        self.trailers: Fields = NO_FIELDS

    def decode(self, data: bytes) -> bytes:
        """The content octets that ``data`` completes. Raises MalformedMessage (400, 431)."""
        buffer = self._buffer + data if self._buffer else data
        content: list[bytes] = []
        position = 0
        while not self.done:
            if self._state == "size":
                end = self._line_end(buffer, position)
                if end < 0:
                    break
                self._remaining = self._size(buffer[position:end])
                position = end + 2
                self._state = "data" if self._remaining else "trailers"
            elif self._state == "data":
                piece = buffer[position : position + self._remaining]
                if not piece:
                    break
                content.append(piece)
                position += len(piece)
                self._remaining -= len(piece)
                if self._remaining:
                    break
                self._state = "data end"
            elif self._state == "data end":
                if not b"\r\n".startswith(buffer[position : position + 2]):
                    raise MalformedMessage(400, "rfc9112-7.1", "A chunk is not as long as it says.")
                if len(buffer) < position + 2:
                    break
                position += 2
                self._state = "size"
            else:
                end = self._trailers_end(buffer, position)
                if end < 0:
                    break
                self.rest = buffer[end:]
                position = len(buffer)
                self.done = True
        self._buffer = buffer[position:]
        return b"".join(content)

    def _line_end(self, buffer: bytes, position: int) -> int:
        end = buffer.find(b"\r\n", position, position + self._limits.chunk_line)
        if end < 0:
            waiting = buffer[position : position + self._limits.chunk_line]
            # A line that can't become a chunk line any more is refused at once, not when its end comes, if ever.
            if b"\n" in waiting or b"\r" in waiting[:-1] or len(waiting) == self._limits.chunk_line:
                raise MalformedMessage(400, "rfc9112-7.1", "A chunk size line is malformed or too long.")
        return end

    def _size(self, line: bytes) -> int:
        match = _CHUNK_LINE.fullmatch(line)
        if match is None:
            raise MalformedMessage(400, "rfc9112-7.1", "A chunk size line is malformed.")
        self._extensions += len(match[2])
        if self._extensions > self._limits.chunk_extensions:
            raise MalformedMessage(400, "rfc9112-7.1.1-s1", "There are too many chunk extensions.")
        return int(match[1], 16)

    def _trailers_end(self, buffer: bytes, position: int) -> int:
        if buffer.startswith(b"\r\n", position):
            return position + 2
        end = buffer.find(b"\r\n\r\n", position)
        section = buffer[position : end + 2 if end >= 0 else len(buffer)]
        # Without its end it may have one octet of that already
        if len(section) - (end < 0) > self._limits.trailer_section:
            raise MalformedMessage(431, "rfc9110-5.4-1", "The trailer section is too large.")
        if end < 0:
            if re.search(rb"(?<!\r)\n|\r[^\n]", section):
                raise MalformedMessage(400, "rfc9112-2.2-4", "A trailer line does not end in CR LF.")
            return -1
        self.trailers = parse_field_lines(section.decode("latin-1"), self._limits.field_lines)
        return end + 4


LAST_CHUNK = b"0\r\n\r\n"


def encode_chunk(data: bytes) -> bytes:
    """``data`` as one chunk; nothing for no data, since an empty chunk would end the body."""
    return b"%x\r\n%b\r\n" % (len(data), data) if data else b""
