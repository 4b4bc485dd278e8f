"""Octets to responses: RFC 9112. A response that can't be read is a Failure."""

from __future__ import annotations

import re

from .message import Dropped, Failure, Fields, Incomplete, Request, Response
from .stream import Ended, Stream

LENGTHLESS = None
"""The length of content that ends with the connection."""


class Reading:
    """Reads responses from a stream."""

    STATUS_LINE = re.compile(rb"HTTP/([0-9])\.([0-9]) ([0-9]{3})(?: ([^\x00\r\n]*))?")
    FIELD_LINE = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*(.*?)[ \t]*", re.DOTALL)
    CONTENT_LENGTH = re.compile(r"[0-9]+(?:[ \t]*,[ \t]*[0-9]+)*")
    CHUNK = re.compile(rb"([0-9A-Fa-f]+)[ \t]*(?:;[^\x00]*)?")
    LONGEST_LINE = 100_000
    MOST_FIELDS = 1000
    MOST_INTERIM = 1000

    # The header section: RFC 9112 sections 2.2, 4 and 5

    def read_head(self, stream: Stream) -> Response:
        """Status line and header section. Raises Dropped where nothing came, Failure where it is malformed."""
        try:
            response = self.status_line(self.first_line(stream))
            response.fields = self.field_section(stream)
        except Ended:
            if stream.has_responded:
                raise Failure("the header section is cut") from None
            raise Dropped("the connection ended without a response") from None
        return response

    def first_line(self, stream: Stream) -> bytes:
        """The status line."""
        return self.without_line_end(stream.line(self.LONGEST_LINE))

    def without_line_end(self, line: bytes) -> bytes:
        """A line ends with CRLF, or LF alone: RFC 9112 section 2.2."""
        return line.removesuffix(b"\n").removesuffix(b"\r")

    def status_line(self, line: bytes) -> Response:
        """RFC 9112 section 4."""
        found = self.STATUS_LINE.fullmatch(line)
        if found is None:
            raise Failure("no status line")
        major, minor, status, reason = found.groups()
        if major != b"1":
            raise Failure("another major version")
        return Response((int(major), int(minor)), self.status(int(status)), (reason or b"").decode("latin-1"), [])

    def status(self, number: int) -> int:
        """The code as it is used from now on."""
        return number

    def field_section(self, stream: Stream) -> Fields:
        """Header or trailer fields up to the empty line."""
        fields: Fields = []
        while line := self.without_line_end(stream.line(self.LONGEST_LINE)):
            line = self.cleaned(line)
            if line[:1] in (b" ", b"\t"):
                self.fold(fields, line)
            else:
                self.field_line(fields, line)
            if len(fields) > self.MOST_FIELDS:
                raise Failure("too many fields")
        return fields

    def cleaned(self, line: bytes) -> bytes:
        """A bare CR is replaced by SP, NUL likewise: RFC 9112 section 2.2, RFC 9110 section 5.5."""
        return line.replace(b"\r", b" ").replace(b"\x00", b" ")

    def fold(self, fields: Fields, line: bytes) -> None:
        """A folded line belongs to the one before; ahead of all fields there is none: RFC 9112 sections 2.2 and 5.2."""
        if not fields:
            raise Failure("whitespace ahead of the first field")
        name, value = fields[-1]
        more = line.decode("latin-1").strip(" \t")
        fields[-1] = name, f"{value} {more}".strip(" ")

    def field_line(self, fields: Fields, line: bytes) -> None:
        """RFC 9112 section 5."""
        found = self.FIELD_LINE.fullmatch(line)
        if found is None:
            raise Failure("a line that is no field")
        fields.append((found[1].decode("ascii"), self.value(found[2])))

    def value(self, octets: bytes) -> str:
        """A field value; octets above 127 are opaque: RFC 9110 section 5.5."""
        return octets.decode("latin-1")

    # Interim responses: RFC 9110 section 15.2

    def is_interim(self, response: Response) -> bool:
        """Whether a final response is still to come. 101 ends what HTTP has to say."""
        return 100 <= response.status < 200 and response.status != 101

    def read_final(self, stream: Stream, request: Request) -> Response:
        """The header section of the final response, however many interim ones come before."""
        for _ in range(self.MOST_INTERIM):
            response = self.read_head(stream)
            if not self.is_interim(response):
                return self.checked_switch(request, response)
            self.skip_interim(stream, request, response)
        raise Failure("interim responses without end")

    def skip_interim(self, stream: Stream, request: Request, response: Response) -> None:
        """An interim response has no content, whatever it says: RFC 9112 section 6.3."""

    def checked_switch(self, request: Request, response: Response) -> Response:
        """101 only to what was asked for: RFC 9110 section 15.2.2."""
        if response.status != 101:
            return response
        asked = [one.lower() for one in re.split(r"[ \t]*,[ \t]*", request.get("Upgrade") or "")]
        if not asked or any(one not in asked for one in response.tokens("Upgrade")):
            raise Failure("another protocol than was asked for", 101)
        return response

    # Content: RFC 9112 section 6.3

    def read_content(self, stream: Stream, request: Request, response: Response) -> None:
        """Fill in content and trailers. Raises Incomplete, or Failure where the framing is invalid."""
        got = bytearray()
        try:
            if not self.has_content(request, response):
                return
            if response.get("Transfer-Encoding") is not None:
                self.read_coded(stream, response, got)
                return
            length = self.content_length(response)
            if length is LENGTHLESS:
                stream.rest(got)
            else:
                self.read_length(stream, length, got)
        except Ended:
            response.content = bytes(got)
            self.cut_short(response)
        finally:
            response.content = bytes(got)

    def cut_short(self, response: Response) -> None:
        """The connection ended, or was reset, too early: RFC 9112 section 8."""
        raise Incomplete(response) from None

    def has_content(self, request: Request, response: Response) -> bool:
        """What never has content, whatever its fields say: RFC 9112 section 6.3."""
        is_to_head = request.method == "HEAD"
        return not is_to_head and response.status not in (204, 304) and response.status >= 200

    def read_length(self, stream: Stream, length: int, got: bytearray) -> None:
        """As many octets as Content-Length says."""
        stream.exactly(length, got)

    def content_length(self, response: Response) -> int | None:
        """Content-Length, valid also as a list of equal values: RFC 9112 section 6.3."""
        value = response.get("Content-Length")
        if value is None:
            return LENGTHLESS
        if not self.CONTENT_LENGTH.fullmatch(value):
            raise Failure("an invalid Content-Length", response.status)
        values = {digits.strip(" \t").lstrip("0") or "0" for digits in value.split(",")}
        if len(values) > 1:
            raise Failure("Content-Length with several values", response.status)
        digits = values.pop()
        return int(digits) if len(digits) < 4000 else 10**4000

    def read_coded(self, stream: Stream, response: Response, got: bytearray) -> None:
        """Content with transfer codings: in chunks where chunked is the last one, else up to the end of the connection."""
        codings = response.tokens("Transfer-Encoding")
        if codings == ["chunked"]:
            self.read_chunks(stream, response, got)
        elif codings and codings[-1] != "chunked":
            stream.rest(got)
            raise Failure("a transfer coding that isn't known", response.status)
        else:
            raise Failure("transfer codings that can't be decoded", response.status)

    # Chunks: RFC 9112 section 7.1

    def read_chunks(self, stream: Stream, response: Response, got: bytearray) -> None:
        """All chunks and the trailers."""
        while size := self.chunk_size(stream.line(self.LONGEST_LINE)):
            stream.exactly(size, got)
            self.chunk_end(stream)
        self.read_trailers(stream, response)

    def chunk_size(self, line: bytes) -> int:
        """The size; extensions are ignored: RFC 9112 section 7.1.1."""
        found = self.CHUNK.fullmatch(self.without_line_end(line))
        if found is None:
            raise Failure("an invalid size of a chunk")
        return int(found[1], 16)

    def chunk_end(self, stream: Stream) -> None:
        """CRLF after the data of a chunk."""
        end = bytearray()
        stream.exactly(2, end)
        if end != b"\r\n":
            raise Failure("a chunk is longer than it says")

    def read_trailers(self, stream: Stream, response: Response) -> None:
        """Trailer fields stay apart from the header fields: RFC 9112 section 7.1.2."""
        response.trailers = self.field_section(stream)
