"""Octets to requests: RFC 9112 sections 2, 3, 5, 6 and 7. What fits no message is refused, and its connection closed.

Each rule is a method or a pattern of its own, so that a fault can be planted by putting another in its place.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote_to_bytes

from .message import Fields, Refused, Request
from .stream import Stream


class Reading:
    """The half of a connection that reads."""

    stream: Stream
    request: Request | None
    """The request being read or answered, as far as it is known; None until its first line is."""

    LARGEST_LINE = 10_000
    LARGEST_HEADER_SECTION = 32_000
    LARGEST_METHOD = 60
    LARGEST_CONTENT = 4_000_000

    TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
    # HTTP-version, RFC 9112 section 2.3
    VERSION = re.compile(rb"HTTP/([0-9])\.([0-9])")
    # field-value, RFC 9110 section 5.5: no control but HTAB
    VALUE = re.compile(rb"[\t\x20-\x7e\x80-\xff]*")
    # uri-host [ ":" port ], RFC 9110 section 7.2
    HOST = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|(?:[A-Za-z0-9\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{2})+)(?::[0-9]*)?")
    # absolute-path [ "?" query ], RFC 9112 section 3.2.1
    ORIGIN_FORM = re.compile(r"/(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9A-Fa-f]{2})*")
    ABSOLUTE_FORM = re.compile(r"([A-Za-z][A-Za-z0-9+\-.]*)://([^/?#]*)((?:[/?].*)?)")
    # Content-Length, RFC 9110 section 8.6
    CONTENT_LENGTH = re.compile(r"[0-9]+", re.ASCII)
    # chunk-size [ chunk-ext ], RFC 9112 section 7.1: whitespace around ";" and "=" is "bad", yet to be taken
    CHUNK = re.compile(
        rb"([0-9A-Fa-f]{1,16})(?:[ \t]*;[ \t]*[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
        rb"(?:[ \t]*=[ \t]*(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+|\"(?:[^\"\\\x00-\x08\x0a-\x1f]|\\[\t\x20-\x7e\x80-\xff])*\"))?)*"
    )

    def read_head(self) -> Request:
        """The request up to its content. Raises Refused, Ended, or Silent."""
        line = self.start_line()
        method, target, version = self.request_line(line)
        request = self.request = Request(method, target, version, [])
        request.fields = self.field_section()
        lines = [f"{key}: {value}".encode("latin-1") for key, value in request.fields]
        request.head = b"\r\n".join([line, *lines, b"", b""])
        self.check_version(request)
        self.check_host(request)
        self.resolve(request)
        self.frame(request)
        return request

    def start_line(self) -> bytes:
        """The first line; an empty one before it is skipped: RFC 9112 section 2.2."""
        line = self.line(414)
        return line or self.line(414)

    def line(self, too_long: int) -> bytes:
        """A line of the header section without its CRLF, at which alone it ends."""
        octets = self.stream.line(self.LARGEST_LINE)
        if len(octets) > self.LARGEST_LINE:
            if too_long == 414 and b" " not in octets[: self.LARGEST_METHOD]:
                raise Refused(501, "no method is that long", closes=True)
            if too_long == 414 and octets.startswith(b"HEAD "):
                self.request = Request("HEAD", "", (1, 1), [])
            raise Refused(too_long, f"a line may have {self.LARGEST_LINE} octets", closes=True)
        return self.without_line_end(octets)

    def without_line_end(self, octets: bytes) -> bytes:
        """The line before its CRLF."""
        if not octets.endswith(b"\r\n"):
            raise Refused(400, "a line has to end with CR LF", closes=True)
        return octets[:-2]

    def request_line(self, line: bytes) -> tuple[str, str, tuple[int, int]]:
        """method SP request-target SP HTTP-version: RFC 9112 section 3."""
        words = line.split(b" ")
        if len(words) != 3 or not self.TOKEN.fullmatch(words[0]):
            raise Refused(400, "not a request line", closes=True)
        version = self.VERSION.fullmatch(words[2])
        if not version:
            raise Refused(400, "not a version of HTTP", closes=True)
        return words[0].decode(), words[1].decode("latin-1"), (int(version[1]), int(version[2]))

    def field_section(self) -> Fields:
        """Field lines up to an empty line, of the header or of the trailers."""
        fields: Fields = []
        total = 0
        while line := self.line(431):
            total += len(line)
            if total > self.LARGEST_HEADER_SECTION or len(fields) > 200:
                raise Refused(431, f"fields may have {self.LARGEST_HEADER_SECTION} octets", closes=True)
            if line[0] in b" \t":
                self.fold(fields, line)
            elif (field := self.field_line(line)) is not None:
                fields.append(field)
        return fields

    def fold(self, fields: Fields, line: bytes) -> None:
        """A line that starts with whitespace is folded, or follows the start-line: RFC 9112 sections 2.2 and 5.2."""
        raise Refused(400, "a field line begins with whitespace", closes=True)

    def field_line(self, line: bytes) -> tuple[str, str] | None:
        """field-name ":" OWS field-value OWS: RFC 9112 section 5."""
        name, colon, value = line.partition(b":")
        value = value.strip(b" \t")
        if not colon or not self.TOKEN.fullmatch(name) or not self.VALUE.fullmatch(value):
            raise Refused(400, "not a field line", closes=True)
        return name.decode(), value.decode("latin-1")

    def check_version(self, request: Request) -> None:
        """Only messages of major version 1 can be read here: RFC 9110 section 15.6.6."""
        if request.version[0] != 1:
            raise Refused(505, "this server speaks HTTP/1.1 and HTTP/1.0", closes=True)

    def check_host(self, request: Request) -> None:
        """Exactly one valid Host, which only HTTP/1.0 may leave out: RFC 9112 section 3.2."""
        hosts = request.lines("Host")
        if not hosts and request.version >= (1, 1):
            raise Refused(400, "Host is missing", closes=True)
        if len(hosts) > 1:
            raise Refused(400, "Host may come once", closes=True)
        if hosts and not self.HOST.fullmatch(hosts[0]):
            raise Refused(400, "Host is invalid", closes=True)
        request.authority = hosts[0] if hosts else ""

    def resolve(self, request: Request) -> None:
        """The four forms of request-target: RFC 9112 section 3.2."""
        target = request.target
        if request.method == "CONNECT":
            self.check_authority_form(target)
            return
        if target == "*" and request.method == "OPTIONS":
            request.path = "*"
            return
        if absolute := self.ABSOLUTE_FORM.fullmatch(target):
            request.scheme, request.authority = absolute[1].lower(), self.authority_of(request, absolute[2])
            target = absolute[3] if absolute[3].startswith("/") else "/" + absolute[3]
            # RFC 9112 section 3.2.4
            if request.method == "OPTIONS" and target == "/" and not absolute[3]:
                request.path = "*"
                return
        if not self.ORIGIN_FORM.fullmatch(target):
            raise Refused(400, "not a request-target", closes=True)
        path, _, request.query = target.partition("?")
        request.path = self.normalized(path)

    def normalized(self, path: str) -> str:
        """The path with only those octets encoded that have to be: RFC 9110 section 4.2.3."""
        return quote(unquote_to_bytes(path), "/-._~!$&'()*+,;=:@")

    def authority_of(self, request: Request, authority: str) -> str:
        """The authority of an absolute form, which stands above Host: RFC 9112 section 3.2.2."""
        if not self.HOST.fullmatch(authority):
            raise Refused(400, "an http URI needs a host and no more", closes=True)
        return authority

    def check_authority_form(self, target: str) -> None:
        """CONNECT needs a host and a port: RFC 9110 section 9.3.6."""
        host, _, port = target.rpartition(":")
        if not self.HOST.fullmatch(host) or not re.fullmatch(r"[0-9]{1,5}", port) or not 0 < int(port) < 65536:
            raise Refused(400, "CONNECT needs host and port", closes=True)

    def frame(self, request: Request) -> None:
        """How the content is delimited: RFC 9112 section 6.3."""
        if request.get("Transfer-Encoding") is None:
            request.length = self.content_length(request)
            return
        if request.version < (1, 1):
            self.refuse_coding_before_1_1(request)
        if request.get("Content-Length") is not None:
            self.refuse_both(request)
        request.chunked = self.is_chunked(request)

    def refuse_coding_before_1_1(self, request: Request) -> None:
        """Transfer-Encoding in HTTP/1.0: RFC 9112 section 6.1."""
        raise Refused(400, "HTTP/1.0 has no transfer codings", closes=True)

    def refuse_both(self, request: Request) -> None:
        """Content-Length beside Transfer-Encoding: RFC 9112 section 6.1."""
        raise Refused(400, "Content-Length and Transfer-Encoding exclude each other", closes=True)

    def is_chunked(self, request: Request) -> bool:
        """Chunked alone is understood; if it isn't last, the end can't be found: RFC 9112 sections 6.1 and 6.3."""
        codings = request.tokens("Transfer-Encoding")
        if codings == ["chunked"]:
            return True
        if codings.count("chunked") != 1 or codings[-1] != "chunked":
            raise Refused(400, "chunked has to be the last transfer coding, once", closes=True)
        raise Refused(501, "chunked is the only transfer coding here", closes=True)

    def content_length(self, request: Request) -> int:
        """The value of Content-Length, 0 without it: RFC 9112 section 6.3."""
        value = request.get("Content-Length")
        if value is None:
            return 0
        if not self.CONTENT_LENGTH.fullmatch(value):
            raise Refused(400, "Content-Length is invalid", closes=True)
        if len(value.lstrip("0")) > 18:
            raise Refused(413, "that is more than there is room for", closes=True)
        return int(value)

    def read_content(self, request: Request) -> None:
        """Read the content and the trailers, if there are any."""
        if request.chunked:
            request.content = self.chunked_content(request)
        elif request.length:
            if request.length > self.LARGEST_CONTENT:
                raise Refused(413, "that is more than there is room for", closes=True)
            request.content = self.stream.take(request.length)

    def chunked_content(self, request: Request) -> bytes:
        """Decode the chunked coding: RFC 9112 section 7.1."""
        content = b""
        while size := self.chunk_size(self.chunk_line()):
            if len(content) + size > self.LARGEST_CONTENT:
                raise Refused(413, "that is more than there is room for", closes=True)
            content += self.stream.take(size)
            self.end_of_chunk()
        request.trailers = self.field_section()
        return content

    def chunk_line(self) -> bytes:
        """The line with the size of a chunk."""
        return self.line(400)

    def chunk_size(self, line: bytes) -> int:
        """The size of a chunk; extensions have no meaning here: RFC 9112 section 7.1.1."""
        match = self.CHUNK.fullmatch(line)
        if not match:
            raise Refused(400, "not a chunk size", closes=True)
        return int(match[1], 16)

    def end_of_chunk(self) -> None:
        """Chunk data ends where its size says, with CRLF."""
        if self.stream.take(2) != b"\r\n":
            raise Refused(400, "a chunk doesn't end where it should", closes=True)
