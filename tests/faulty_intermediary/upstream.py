"""The side towards the upstream: connections that are used again, and responses read from them. RFC 9112 sections 4 to 9."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator

from tests.faulty_server.message import Fields, Request, Response
from tests.faulty_server.stream import Ended, Stream

Address = tuple[str, int]


class Pool:
    """Idle connections by address."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: dict[Address, list[Stream]] = {}

    def take(self, address: Address) -> Stream | None:
        """One that was left, if there is any."""
        with self._lock:
            idle = self._idle.get(address)
            return idle.pop() if idle else None

    def leave(self, address: Address, stream: Stream) -> None:
        """One that may be used again."""
        with self._lock:
            self._idle.setdefault(address, []).append(stream)

    def close(self) -> None:
        """End them all."""
        with self._lock:
            for idle in self._idle.values():
                for stream in idle:
                    stream.socket.close()
            self._idle.clear()


class Bad(Exception):  # noqa: N818 - what an upstream says
    """The upstream's response can't be relied on."""


class Reply(Response):
    """A response of the upstream whose content is not read yet, and how that ends: "none", "length", "chunked", "close"."""

    framing: str = "none"
    length: int = 0
    minor: int = 1


class UpstreamReading:
    """The half that reads responses."""

    LARGEST_REPLY_LINE = 20_000
    LARGEST_REPLY_FIELDS = 64_000
    MOST_INTERIM = 50

    STATUS_LINE = re.compile(rb"HTTP/1\.([0-9]) ([1-9][0-9]{2})(?: ([\t\x20-\x7e\x80-\xff]*))?")
    NAME = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
    REPLY_VALUE = re.compile(rb"[\t\x20-\x7e\x80-\xff]*")
    LENGTH = re.compile(r"[0-9]{1,18}", re.ASCII)
    REPLY_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?")

    def read_reply_head(self, stream: Stream, request: Request) -> Reply:
        """The next response without its content. Raises Bad, Ended, Silent."""
        found = self.status_line(self.reply_line(stream))
        reply = Reply(int(found[2]), reason=(found[3] or b"").decode("latin-1"))
        reply.minor = int(found[1])
        reply.fields = self.reply_fields(stream)
        reply.framing, reply.length = self.reply_framing(request, reply)
        return reply

    def reply_line(self, stream: Stream) -> bytes:
        """A line without its CRLF."""
        octets = stream.line(self.LARGEST_REPLY_LINE)
        if len(octets) > self.LARGEST_REPLY_LINE or not octets.endswith(b"\r\n"):
            raise Bad
        return octets[:-2]

    def status_line(self, line: bytes) -> re.Match[bytes]:
        """HTTP-version SP status-code SP [ reason-phrase ]: RFC 9112 section 4."""
        found = self.STATUS_LINE.fullmatch(line)
        if found is None:
            raise Bad
        return found

    def reply_fields(self, stream: Stream) -> Fields:
        """Field lines up to an empty line."""
        fields: Fields = []
        total = 0
        while line := self.reply_line(stream):
            total += len(line)
            if total > self.LARGEST_REPLY_FIELDS:
                raise Bad
            if line[0] in b" \t":
                self.unfold(fields, line)
            else:
                fields.append(self.reply_field(line))
        return fields

    def unfold(self, fields: Fields, line: bytes) -> None:
        """A folded line is joined to the one before with a space: RFC 9112 section 5.2."""
        if not fields or not self.REPLY_VALUE.fullmatch(line):
            raise Bad
        name, value = fields[-1]
        more = line.strip(b" \t").decode("latin-1")
        fields[-1] = (name, f"{value} {more}".strip())

    def reply_field(self, line: bytes) -> tuple[str, str]:
        """Whitespace before the colon is taken away: RFC 9112 section 5.1. What else is malformed is refused."""
        name, colon, value = line.partition(b":")
        name, value = name.rstrip(b" \t"), value.strip(b" \t")
        if not colon or not self.NAME.fullmatch(name) or not self.REPLY_VALUE.fullmatch(value):
            raise Bad
        return name.decode(), value.decode("latin-1")

    def reply_framing(self, request: Request, reply: Reply) -> tuple[str, int]:
        """How the content ends: RFC 9112 section 6.3."""
        if self.has_no_content(request, reply):
            return "none", 0
        if (coding := reply.get("Transfer-Encoding")) is not None:
            if reply.get("Content-Length") is not None:
                self.both_lengths(reply)
            return self.coded(reply, coding)
        if (length := reply.get("Content-Length")) is not None:
            return "length", self.reply_length(length)
        return "close", 0

    def has_no_content(self, request: Request, reply: Reply) -> bool:
        """HEAD, 1xx, 204, 304, and what opens a tunnel: RFC 9112 section 6.3."""
        is_tunnel = request.method == "CONNECT" and reply.status // 100 == 2
        return request.method == "HEAD" or reply.status // 100 == 1 or reply.status in (204, 304) or is_tunnel

    def both_lengths(self, reply: Reply) -> None:
        """Content-Length beside Transfer-Encoding: RFC 9112 section 6.1."""
        raise Bad

    def coded(self, reply: Reply, coding: str) -> tuple[str, int]:
        """Transfer codings: chunked alone is understood."""
        if coding.strip().lower() != "chunked" or reply.minor == 0:
            raise Bad
        return "chunked", 0

    def reply_length(self, value: str) -> int:
        """A number, or the same one several times: RFC 9112 section 6.3."""
        numbers = {member.strip() for member in value.split(",")}
        if len(numbers) != 1 or not self.LENGTH.fullmatch(next(iter(numbers))):
            raise Bad
        return int(numbers.pop())

    def pieces(self, stream: Stream, reply: Reply) -> Iterator[bytes]:
        """The content in pieces, as it comes. Raises Bad, Ended, Silent where it ends too early."""
        if reply.framing == "length":
            left = reply.length
            while left:
                piece = self.some(stream, left)
                left -= len(piece)
                yield piece
        elif reply.framing == "chunked":
            while size := self.reply_chunk_size(self.reply_line(stream)):
                while size:
                    piece = self.some(stream, size)
                    size -= len(piece)
                    yield piece
                if stream.take(2) != b"\r\n":
                    raise Bad
            reply.trailers = self.reply_fields(stream)
        elif reply.framing == "close":
            try:
                while True:
                    yield self.some(stream, 65536)
            except Ended:
                return

    def some(self, stream: Stream, most: int) -> bytes:
        """Some octets, at most so many."""
        if not stream.buffer:
            stream.fill()
        return stream.take(min(most, len(stream.buffer)))

    def reply_chunk_size(self, line: bytes) -> int:
        """The size of a chunk; extensions are left out: RFC 9112 section 7.1.1."""
        found = self.REPLY_CHUNK.fullmatch(line)
        if found is None:
            raise Bad
        return int(found[1], 16)

    def may_use_again(self, stream: Stream, request: Request, reply: Reply) -> bool:
        """Whether the connection persists: RFC 9112 section 9.3. What came too much makes it useless: section 6.3."""
        options = [option.strip().lower() for option in (reply.get("Connection") or "").split(",")]
        persists = "close" not in options and (reply.minor > 0 or "keep-alive" in options)
        return persists and reply.framing != "close" and not self.has_more(stream)

    def has_more(self, stream: Stream) -> bool:
        """Whether octets came that nobody asked for."""
        if stream.buffer:
            return True
        stream.socket.setblocking(False)
        try:
            stream.socket.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True
        return True


def connect(address: Address, patience: float) -> Stream:
    """A new connection. Raises OSError."""
    return Stream(socket.create_connection(address, timeout=patience), patience)
