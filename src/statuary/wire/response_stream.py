"""Responses as a user agent reads them: strictly, as they come, for the requests of one connection in their order.

What could make one response be taken for two is refused (RFC 9112 sections 6.3 and 11): faulty framing, a lone CR or LF,
white space around a field name. What a user agent has to put up with, it does: a missing reason phrase, folded lines.
Responses that are judged and not acted upon are read by response_reader.py.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, Protocol

from statuary.fields.content_length import parse_content_length
from statuary.fields.grammar import Invalid
from statuary.fields.transfer_codings import TransferCoding, parse_transfer_encoding
from statuary.message.fields import NO_FIELDS, Fields
from statuary.message.response import Response, has_content
from statuary.wire.chunked import ChunkedDecoder
from statuary.wire.field_section import parse_field_lines
from statuary.wire.limits import WireLimits
from statuary.wire.malformed import MalformedMessage
from statuary.wire.persistence import wants_to_persist

Framing = Literal["none", "length", "chunked", "close", "switched"]
"""What ends the content: nothing, as there is none; a length; the last chunk; the connection. ``switched``: what follows
is another protocol's."""

MOST_INTERIM = 100
LONGEST_REMEMBERED = 2048
"""Octets of a head that is read once only, and is the same Response from then on."""

# status-line = HTTP-version SP status-code SP [ reason-phrase ], RFC 9112 section 4. Without a reason phrase many leave out
# the space ahead of it, too, which no one can misunderstand.
_STATUS_LINE = re.compile(r"HTTP/([0-9])\.([0-9]) ([0-9]{3})(?: ([\t\x20-\x7e\x80-\xff]*+))?")
_CHUNKED = (TransferCoding("chunked"),)
_VERSION = b"HTTP/"
# obs-fold = OWS CRLF RWS, RFC 9112 section 5.2
_OBS_FOLD = re.compile(r"[ \t]*+\r\n[ \t]++")
_LONE_LINE_END = re.compile(rb"(?<!\r)\n|\r(?!\n)")


class Sink(Protocol):
    """What is told of responses as they are read. ``content`` is never called without octets."""

    def interim(self, response: Response, /) -> None: ...

    def head(self, response: Response, /) -> None:
        """The final response, its content still to come."""

    def content(self, octets: bytes, /) -> None: ...

    def end(self, trailers: Fields | None, /) -> None:
        """The final response is whole. ``trailers`` is None where the framing permits none."""


class ResponseStream:
    """Say ``expect`` with the method of each request, ``feed`` what comes, ``close`` when nothing more will.

    ``feed`` and ``close`` raise MalformedMessage for what is no response, or no longer one; nothing can be read after that.
    ``is_reusable`` tells, once a response has ended, whether the next request can be sent; ``rest`` is what followed
    a response after which the connection is not HTTP/1.1 any more, or what was not asked for.
    """

    __slots__ = (
        "_buffer",
        "_chunked",
        "_interim",
        "_limits",
        "_method",
        "_missing",
        "_persists",
        "_scanned",
        "_sink",
        "_state",
        "framing",
        "version",
    )

    def __init__(self, sink: Sink, limits: WireLimits | None = None) -> None:
        self._sink = sink
        self._limits = limits if limits is not None else WireLimits()
        self._state: Literal["idle", "head", "content", "over"] = "idle"
        self._buffer = b""
        self._scanned = 0
        self._method = ""
        self._missing = 0
        self._interim = 0
        self._persists = True
        self._chunked: ChunkedDecoder | None = None
        self.framing: Framing = "none"
        self.version: tuple[int, int] | None = None

    @property
    def is_reusable(self) -> bool:
        """Whether the connection is between two exchanges, persists, and is in step."""
        return self._state == "idle" and self._persists and not self._buffer

    @property
    def rest(self) -> bytes:
        """Octets that belong to no response that was read."""
        return self._buffer

    def expect(self, method: str) -> None:
        """A request was sent, or is about to be. Raises ValueError while a response is being read."""
        if not self.is_reusable:
            raise ValueError("the connection is not ready for another request")
        self._state, self._method, self._interim = "head", method, 0
        self.framing = "none"

    def feed(self, data: bytes) -> None:
        """Octets as they came, in pieces of any size, none too."""
        if not data:
            return
        if self._state == "content":
            self._read_content(data)
            return
        self._buffer = self._buffer + data if self._buffer else data
        if self._state == "head":
            try:
                while self._state == "head" and self._read_head():
                    pass
            except MalformedMessage:
                self._state = "over"
                raise

    def close(self) -> None:
        """The peer has closed. Raises MalformedMessage where a response is cut by that; none at all is no error."""
        state, self._persists = self._state, False
        if state == "content" and self.framing == "close":
            self._end(None)
            return
        self._state = "over"
        if state == "head" and self._buffer:
            raise MalformedMessage(502, "rfc9112-8-s1", "The response ends inside its header section.")
        if state == "content":
            raise MalformedMessage(502, "rfc9112-8-s2", "The connection was closed before the content was complete.")

    def _read_head(self) -> bool:
        """One response's head, if it is there; whether another may follow."""
        buffer = self._buffer
        end = buffer.find(b"\r\n\r\n", self._scanned)
        if end < 0:
            self._check_unfinished(buffer)
            self._scanned = max(0, len(buffer) - 3)
            return False
        if end + 4 > self._limits.field_section:
            raise _too_large()
        read = _read if end <= LONGEST_REMEMBERED else _read.__wrapped__
        version, response = read(buffer[: end + 2], self._limits.field_lines)
        self._buffer, self._scanned = buffer[end + 4 :], 0
        self.version = version
        status = response.status
        if 100 <= status <= 199 and status != 101:
            self._interim += 1
            if self._interim > MOST_INTERIM:
                raise MalformedMessage(502, "rfc9110-15.2-2", f"There are more than {MOST_INTERIM} interim responses.")
            self._sink.interim(response)
            return bool(self._buffer)
        self._begin(response, version)
        return False

    def _check_unfinished(self, buffer: bytes) -> None:
        """Refuses at once what no more octets can make a head of."""
        if not buffer.startswith(_VERSION) and not _VERSION.startswith(buffer):
            raise MalformedMessage(502, "rfc9112-4", "There is no status line.")
        if len(buffer) > self._limits.field_section:
            raise _too_large()
        found = _LONE_LINE_END.search(buffer, max(0, self._scanned - 1))
        if found is not None and found.end() < len(buffer):
            raise _lone_line_end()

    def _begin(self, response: Response, version: tuple[int, int]) -> None:
        """The content of the final response, as far as it is there already."""
        framing, length = framing_of(self._method, response.status, response.fields, version)
        self.framing = framing
        self._persists = framing != "close" and wants_to_persist(response.fields, version)
        self._sink.head(response)
        if framing == "switched":
            self._state, self._persists = "over", False
            self._sink.end(None)
            return
        if framing == "none" or (framing == "length" and length == 0):
            self._end(None)
            return
        self._state, self._missing = "content", length
        self._chunked = ChunkedDecoder(self._limits) if framing == "chunked" else None
        data, self._buffer = self._buffer, b""
        if data:
            self._read_content(data)

    def _read_content(self, data: bytes) -> None:
        chunked = self._chunked
        if chunked is not None:
            try:
                content = chunked.decode(data)
            except MalformedMessage as error:
                self._state = "over"
                raise MalformedMessage(502, error.because, error.detail) from None
            if content:
                self._sink.content(content)
            if chunked.done:
                self._chunked, self._buffer = None, chunked.rest
                self._end(chunked.trailers)
        elif self.framing == "close":
            self._sink.content(data)
        elif len(data) < self._missing:
            self._missing -= len(data)
            self._sink.content(data)
        else:
            content, self._buffer = data[: self._missing], data[self._missing :]
            self._sink.content(content)
            self._end(None)

    def _end(self, trailers: Fields | None) -> None:
        self._state = "idle"
        self._sink.end(trailers)


@lru_cache(maxsize=256)
def _read(head: bytes, most: int) -> tuple[tuple[int, int], Response]:
    """Version and response of a head, each line with its CRLF. Within a second, a server says the same over and over."""
    line, _, section = head.decode("latin-1").partition("\r\n")
    version, status = _status_line(line)
    return version, Response(status, _field_section(section, most))


def framing_of(method: str, status: int, fields: Fields, version: tuple[int, int]) -> tuple[Framing, int]:
    """What ends the content of a final response, and its length where that is given: RFC 9112 section 6.3, in its order.

    Raises MalformedMessage for faulty framing.
    """
    if status == 101 or (method == "CONNECT" and 200 <= status <= 299):
        return "switched", 0
    if not has_content(method, status):
        return "none", 0
    encoding, lengths = fields.by_name.get("transfer-encoding"), fields.by_name.get("content-length")
    if encoding is not None:
        if lengths is not None:
            raise MalformedMessage(502, "rfc9112-6.3", "There are both Transfer-Encoding and Content-Length.")
        if version < (1, 1):
            raise MalformedMessage(502, "rfc9112-6.1", "Transfer-Encoding is not for HTTP/1.0.")
        codings = parse_transfer_encoding(encoding)
        if codings != _CHUNKED:
            # We offer no other coding, so there may be none; nor has this one parameters: rfc9112-7.1-4
            raise MalformedMessage(502, "rfc9112-6.1", "Its transfer coding was not asked for.")
        return "chunked", 0
    if lengths is None:
        return "close", 0
    length = parse_content_length(lengths)
    if isinstance(length, Invalid):
        # Equal numbers in several lines or in a list stand for one: RFC 9112 section 6.3
        numbers = {number.strip(" \t") for number in lengths.split(",")}
        length = parse_content_length(numbers.pop()) if len(numbers) == 1 else length
    if isinstance(length, Invalid) or length is None:
        raise MalformedMessage(502, "rfc9112-6.3", "Its Content-Length is not one number.")
    return "length", length


def _status_line(line: str) -> tuple[tuple[int, int], int]:
    found = _STATUS_LINE.fullmatch(line)
    if found is None:
        raise _lone_line_end() if "\r" in line or "\n" in line else _no_status_line()
    major, minor, status, _ = found.groups()
    if major != "1":
        raise MalformedMessage(502, "rfc9112-2.3", f"It is in version {major} of HTTP, which was not asked for.")
    return (1, int(minor)), int(status)


def _field_section(section: str, most: int) -> Fields:
    if not section:
        return NO_FIELDS
    if "\r\n " in section or "\r\n\t" in section:
        # A user agent has to read a folded line as one: rfc9112-5.2-4. Ahead of the first field, white space folds nothing.
        section = _OBS_FOLD.sub(" ", section)
    try:
        return parse_field_lines(section, most)
    except MalformedMessage as error:
        raise MalformedMessage(502, error.because, error.detail) from None


def _no_status_line() -> MalformedMessage:
    return MalformedMessage(502, "rfc9112-4", "The status line is malformed.")


def _lone_line_end() -> MalformedMessage:
    return MalformedMessage(502, "rfc9112-2.2-4", "A line does not end in CR LF.")


def _too_large() -> MalformedMessage:
    return MalformedMessage(502, "rfc9110-5.4-2", "The header section is larger than is taken.")
