"""A server's side of one connection's incoming octets: request after request, each followed by its content (RFC 9112).

The reader never runs ahead: the content of one request is taken out, or abandoned, before the next head is looked for.
"""

from __future__ import annotations

import re

from statuary.fields.grammar import is_token
from statuary.message.fields import NO_FIELDS, Fields
from statuary.message.request import UNKNOWN_LENGTH, Request
from statuary.wire.chunked import ChunkedDecoder
from statuary.wire.field_section import malformed_section
from statuary.wire.limits import WireLimits
from statuary.wire.malformed import MalformedMessage
from statuary.wire.request_head import HeaderSection, parse_request_head, parse_request_line, target_too_long

_NOT_A_LINE_END = re.compile(rb"(?<!\r)\n|\r[^\n]")

LONGEST_REMEMBERED = 4096
"""Octets of a head that is kept to compare the next one with: it is held as long as the connection is open."""


class RequestReader:
    """Feed it octets; take requests and content out.

    ``next_request`` gives a Request, or None until more octets are fed; ``take`` is ``feed`` and that in one, for octets that
    are likely one request. While a request has content left, take it with ``next_content`` until ``content_done``. All raise
    MalformedMessage, after which nothing more can be read.
    """

    __slots__ = (
        "_buffer",
        "_chunked",
        "_limits",
        "_octets",
        "_position",
        "_remaining",
        "_request",
        "_scanned",
        "_scheme",
        "_section",
        "_skipped",
        "content_done",
        "trailers",
    )

    def __init__(self, limits: WireLimits, scheme: str = "http") -> None:
        self._limits = limits
        self._scheme = scheme
        self._buffer = b""
        self._position = 0
        self._scanned = 0
        self._skipped = 0
        self._remaining = 0
        self._section: HeaderSection | None = None
        self._octets = b""
        self._request: Request | None = None
        self._chunked: ChunkedDecoder | None = None
        self.content_done = True
        """Whether all content of the latest request was taken out."""
        self.trailers: Fields = NO_FIELDS

    def feed(self, data: bytes) -> None:
        """Append octets as they came from the peer."""
        position = self._position
        if position == len(self._buffer):
            self._buffer = data
        else:
            self._buffer = self._buffer[position:] + data
        self._scanned = max(0, self._scanned - position)
        self._position = 0

    def take(self, data: bytes) -> Request | None:
        """Feed ``data``, and give the request that it is, if it is one from the first octet to the last.

        None leaves it to next_request. Who polls sends the same over and over; it need not be read again.
        """
        if self._position != len(self._buffer) or not self.content_done:
            self.feed(data)
            return None
        if data == self._octets:
            self._skipped = 0
            self.trailers = NO_FIELDS
            return self._request
        self._buffer = data
        self._position = self._scanned = 0
        end = len(data) - 4
        if not 0 < data.find(b"\r\n\r\n") == end <= self._limits.field_section or data[0] in b"\r\n":
            return None
        request = self._read_head(0, end)
        if end <= LONGEST_REMEMBERED and self.content_done:
            self._octets = data
            self._request = request
        return request

    @property
    def buffered(self) -> int:
        """Octets fed and not yet taken out."""
        return len(self._buffer) - self._position

    @property
    def inside_message(self) -> bool:
        """Whether the octets so far end within a message: in a head, or before the end of content."""
        return not self.content_done or self.buffered > 0

    @property
    def remaining(self) -> int | None:
        """Octets of content still to come, None if only the end of the chunks will tell."""
        return None if self._chunked is not None else self._remaining

    def next_request(self) -> Request | None:
        """The next request whose whole header section has been fed (rfc9110-5.3-4), or None."""
        buffer = self._buffer
        position = self._position
        if position == len(buffer):
            return None
        if buffer[position] in b"\r\n":
            position = self._skip_empty_lines()
        end = buffer.find(b"\r\n\r\n", max(position, self._scanned))
        if end < 0:
            self._check_incomplete(position)
            self._scanned = max(position, len(buffer) - 3)
            return None
        if end - position > self._limits.field_section:
            raise self._too_large(position)
        return self._read_head(position, end)

    def _read_head(self, start: int, end: int) -> Request:
        """Take out the request whose head begins at ``start`` and whose empty line ends it at ``end`` and four octets."""
        buffer = self._buffer
        line, _, section = buffer[start : end + 2].partition(b"\r\n")
        request, header = parse_request_head(line, section, self._limits, self._scheme, self._section)
        self._position = self._scanned = end + 4
        self._skipped = 0
        self.trailers = NO_FIELDS
        if end - start <= LONGEST_REMEMBERED:
            self._section = header
        if request.content_length:
            self._expect_content(request.content_length)
        return request

    def _expect_content(self, length: int) -> None:
        self.content_done = False
        if length == UNKNOWN_LENGTH:
            self._chunked = ChunkedDecoder(self._limits)
        else:
            self._remaining = length

    def next_content(self) -> bytes:
        """Content octets of the current request that are at hand; empty if none are, or at the end."""
        if self._chunked is not None:
            data = self._buffer[self._position :]
            self._buffer, self._position, self._scanned = b"", 0, 0
            content = self._chunked.decode(data)
            if self._chunked.done:
                self._buffer = self._chunked.rest
                self.trailers = self._chunked.trailers
                self._chunked = None
                self.content_done = True
            return content
        start = self._position
        content = self._buffer[start : start + self._remaining]
        self._position = self._scanned = start + len(content)
        self._remaining -= len(content)
        self.content_done = self._remaining == 0
        return content

    def line_at_hand(self) -> str:
        """The line where reading stands, for the log: what could not be read often says why. At most 200 octets."""
        line = self._buffer[self._position : self._position + 200]
        return line.partition(b"\n")[0].rstrip(b"\r").decode("latin-1")

    def take_rest(self) -> bytes:
        """Everything fed and not taken: for who speaks on this connection after HTTP (RFC 9110 section 7.8)."""
        rest = self._buffer[self._position :]
        self._buffer, self._position, self._scanned = b"", 0, 0
        return rest

    def _skip_empty_lines(self) -> int:
        # At least one empty line ahead of a request line is to be ignored: rfc9112-2.2-7
        position = self._position
        while self._skipped < self._limits.leading_empty_lines and self._buffer.startswith(b"\r\n", position):
            self._skipped += 1
            position += 2
        self._position = position
        start = self._buffer[position : position + 2]
        if start[:1] in (b"\r", b"\n") and start != b"\r":
            raise MalformedMessage(400, "rfc9112-2.2-10", "There are empty lines where a request should be.")
        return position

    def _check_incomplete(self, position: int) -> None:
        """Refuse a head that can't become a request any more, so that its sender need not wait for a time-out."""
        buffer = self._buffer
        line_end = buffer.find(b"\r\n", position)
        size = len(buffer) - position
        # As much as would still be taken if its end came next, of which up to three octets may be there already
        if size - 3 > self._limits.field_section or (line_end < 0 and size - 1 > self._limits.request_line):
            raise self._too_large(position)
        wrong = _NOT_A_LINE_END.search(buffer, max(position, self._scanned - 1))
        if self._scanned <= line_end or (wrong and line_end < 0):
            first = buffer[position : line_end if line_end >= 0 else len(buffer)]
            parse_request_line(first.decode("latin-1"), self._limits)
        if wrong:
            raise malformed_section(buffer[line_end + 2 :].decode("latin-1"))

    def _too_large(self, position: int) -> MalformedMessage:
        line_end = self._buffer.find(b"\r\n", position)
        if line_end < 0 or line_end - position > self._limits.request_line:
            return target_too_long(self._limits)
        # The field that is to blame should be named: rfc6585-5-2
        lines = self._buffer[line_end + 2 :].split(b"\r\n")
        name = max(lines, key=len).partition(b":")[0].decode("latin-1")
        blame = f" Its largest field is {name}." if is_token(name) and len(name) < 100 else ""
        detail = f"The header section is larger than {self._limits.field_section} octets.{blame}"
        return MalformedMessage(431, "rfc9110-5.4-1", detail)
