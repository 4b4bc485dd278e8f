"""A raw socket client: sends the octets it is given, reads responses strictly by their framing, and never waits for long.

What a response means is not judged here; only what no client could read is refused (`Malformed`).
"""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Literal

Framing = Literal["none", "length", "chunked", "close"]
End = Literal["closed", "reset", "open"]

# status-line = HTTP-version SP status-code SP [ reason-phrase ], RFC 9112 section 4
STATUS_LINE = re.compile(rb"HTTP/(\d)\.(\d) (\d{3}) ([\t \x21-\x7e\x80-\xff]*)")
# field-line = field-name ":" OWS field-value OWS, RFC 9112 section 5
FIELD_LINE = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([^\x00\r\n]*?)[ \t]*")
LARGEST_HEADER_SECTION = 1 << 20


class Deviation(AssertionError):  # noqa: N818 - a finding about the server, no error of ours
    """What the server did is not what the check accepts; the text says what it did."""


class Malformed(Deviation):
    """The octets received are not a response a client could read."""


class NoAnswer(Deviation):
    """No response came: the connection was closed or reset, or nothing arrived in time."""

    def __init__(self, end: End, where: str) -> None:
        super().__init__(f"{'nothing more came' if end == 'open' else f'the connection was {end}'} {where}")
        self.end: End = end


@dataclass(frozen=True, slots=True)
class Response:
    """One final response, with the interim ones that came before it."""

    request: str
    """The first line of what had been sent since the response before; empty where nothing had (it was pipelined)."""
    method: str
    version: str
    status: int
    reason: str
    fields: tuple[tuple[str, str], ...]
    content: bytes
    framing: Framing
    trailers: tuple[tuple[str, str], ...] = ()
    interim: tuple[Response, ...] = ()
    received: float = 0.0
    """When it had been read, in seconds since the epoch."""

    def lines(self, name: str) -> list[str]:
        """Every field line of that name, in order."""
        return [value for key, value in self.fields if key.lower() == name.lower()]

    def field(self, name: str) -> str | None:
        """The combined field value, or None where the field is absent: RFC 9110 section 5.3."""
        lines = self.lines(name)
        return ", ".join(lines) if lines else None

    def members(self, name: str) -> list[str]:
        """The members of a list-based field of tokens, in lower case."""
        return [member.strip().lower() for member in (self.field(name) or "").split(",") if member.strip()]

    @property
    def says_close(self) -> bool:
        """Whether the response announces that its connection ends with it: RFC 9112 section 9.6."""
        return "close" in self.members("Connection")

    def __str__(self) -> str:
        return f"{self.status} {self.reason}".strip()


class Connection:
    """One TCP connection to the server; every wait on it ends after `timeout` seconds."""

    def __init__(
        self, host: str, port: int, timeout: float = 2.5, record: Callable[[Response], None] | None = None
    ) -> None:
        self.timeout = timeout
        self._socket = socket.create_connection((host, port), timeout)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = bytearray()
        self._end: End = "open"
        self._record = record
        self._sent = bytearray()
        self._request = ""
        self._deadline = 0.0

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close our side at once."""
        self._socket.close()

    def reset(self) -> None:
        """Close so that the peer gets a reset rather than an orderly end."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        self._socket.close()

    def half_close(self) -> None:
        """Say that we shall send nothing more, and keep reading."""
        try:
            self._socket.shutdown(socket.SHUT_WR)
        except OSError:
            self._end = "reset"

    def send(self, *pieces: bytes) -> None:
        """Send each piece with a call of its own. A peer that no longer takes them is noticed when reading."""
        if len(self._sent) < 4096:
            self._sent += b"".join(pieces)[:4096]
        self._socket.settimeout(self.timeout)
        try:
            for piece in pieces:
                self._socket.sendall(piece)
        except OSError:
            # What the server answered before it stopped reading is still there to be read.
            return

    def read_response(self, method: str = "GET") -> Response:
        """Read one final response to `method`, collecting interim responses on the way. Raises `Deviation`."""
        self._deadline = time.monotonic() + self.timeout
        self._name_request()
        interim: list[Response] = []
        while True:
            response = self._read_one(method, tuple(interim))
            if response.status >= 200 or response.status == 101:
                return self._note(response)
            interim.append(response)

    def read_interim(self, method: str = "GET") -> Response:
        """Read the next response, interim or final, without going on to another. Raises `Deviation`."""
        self._deadline = time.monotonic() + self.timeout
        self._name_request()
        response = self._read_one(method, ())
        return self._note(response) if response.status >= 200 else response

    def read_responses(self, *methods: str) -> list[Response]:
        """Read one final response for each of the pipelined requests, whose methods are given in order."""
        return [self.read_response(method) for method in methods]

    def read_to_end(self) -> bytes:
        """Every octet until the server closes, resets, or the time is up."""
        self._deadline = time.monotonic() + self.timeout
        while self._fill():
            pass
        octets = bytes(self._buffer)
        self._buffer.clear()
        return octets

    def end(self) -> End:
        """Wait for the end of the connection; raises `Malformed` if octets come that belong to no response."""
        self._deadline = time.monotonic() + self.timeout
        while not self._buffer and self._fill():
            pass
        if self._buffer:
            raise Malformed(f"octets where the connection should have ended: {bytes(self._buffer[:60])!r}")
        return self._end

    # Reading, by RFC 9112 sections 4 to 7

    def _name_request(self) -> None:
        self._request = bytes(self._sent).lstrip(b"\r\n").split(b"\n", 1)[0].strip()[:100].decode("latin-1")
        self._sent.clear()

    def _note(self, response: Response) -> Response:
        if self._record is not None:
            self._record(response)
        return response

    def _read_one(self, method: str, interim: tuple[Response, ...]) -> Response:
        head = self._read_head()
        first, *rest = head.split(b"\r\n")
        match = STATUS_LINE.fullmatch(first)
        if match is None:
            raise Malformed(f"not a status line: {first[:80]!r}")
        fields = tuple(_field(line) for line in rest)
        status = int(match[3])
        framing = self._framing(method, status, fields)
        trailers: tuple[tuple[str, str], ...] = ()
        if framing == "none":
            content = b""
        elif framing == "chunked":
            content, trailers = self._read_chunked()
        elif framing == "length":
            content = self._take(int(_value(fields, "content-length") or 0), "in the content")
        else:
            content = self._read_until_close()
        return Response(
            self._request,
            method,
            f"HTTP/{int(match[1])}.{int(match[2])}",
            status,
            match[4].decode("latin-1"),
            fields,
            content,
            framing,
            trailers,
            interim,
            time.time(),
        )

    def _framing(self, method: str, status: int, fields: tuple[tuple[str, str], ...]) -> Framing:
        coding, length = _value(fields, "transfer-encoding"), _value(fields, "content-length")
        if coding is not None and length is not None:
            raise Malformed("Content-Length beside Transfer-Encoding")
        if length is not None and not re.fullmatch(r"[0-9]+", length):
            raise Malformed(f"Content-Length: {length!r}")
        if method == "HEAD" or status < 200 or status in (204, 304) or (method == "CONNECT" and status < 300):
            return "none"
        if coding is not None:
            return "chunked" if coding.lower().split(",")[-1].strip() == "chunked" else "close"
        return "close" if length is None else "length"

    def _read_head(self) -> bytes:
        while (at := self._buffer.find(b"\r\n\r\n")) < 0:
            start = bytes(self._buffer[:5])
            if not b"HTTP/".startswith(start):
                raise Malformed(f"not the start of a response: {bytes(self._buffer[:60])!r}")
            if len(self._buffer) > LARGEST_HEADER_SECTION:
                raise Malformed("a header section without end")
            if not self._fill():
                raise NoAnswer(self._end, "in a header section" if start else "instead of a response")
        head = bytes(self._buffer[:at])
        del self._buffer[: at + 4]
        return head

    def _read_chunked(self) -> tuple[bytes, tuple[tuple[str, str], ...]]:
        content = bytearray()
        while True:
            size = self._line().split(b";", 1)[0].strip()
            if not re.fullmatch(rb"[0-9A-Fa-f]+", size):
                raise Malformed(f"not a chunk size: {size[:40]!r}")
            if int(size, 16) == 0:
                break
            content += self._take(int(size, 16), "in a chunk")
            if self._take(2, "after a chunk") != b"\r\n":
                raise Malformed("no CRLF after a chunk")
        trailers = []
        while line := self._line():
            trailers.append(_field(line))
        return bytes(content), tuple(trailers)

    def _line(self) -> bytes:
        while (at := self._buffer.find(b"\r\n")) < 0:
            if not self._fill():
                raise NoAnswer(self._end, "in a line of chunked content")
        line = bytes(self._buffer[:at])
        del self._buffer[: at + 2]
        return line

    def _take(self, count: int, where: str) -> bytes:
        while len(self._buffer) < count:
            if not self._fill():
                raise NoAnswer(self._end, f"{where}, {count - len(self._buffer)} octets short")
        octets = bytes(self._buffer[:count])
        del self._buffer[:count]
        return octets

    def _read_until_close(self) -> bytes:
        while self._fill():
            pass
        if self._end != "closed":
            raise NoAnswer(self._end, "in content that ends with the connection")
        octets = bytes(self._buffer)
        self._buffer.clear()
        return octets

    def _fill(self) -> bool:
        """Read more octets; False at the end of the connection or of the time."""
        if self._end != "open":
            return False
        left = self._deadline - time.monotonic()
        if left <= 0:
            return False
        self._socket.settimeout(left)
        try:
            octets = self._socket.recv(1 << 18)
        except TimeoutError:
            return False
        except OSError:
            self._end = "reset"
            return False
        if not octets:
            self._end = "closed"
        self._buffer += octets
        return bool(octets)


def _field(line: bytes) -> tuple[str, str]:
    match = FIELD_LINE.fullmatch(line)
    if match is None:
        raise Malformed(f"not a field line: {line[:80]!r}")
    return match[1].decode("latin-1"), match[2].decode("latin-1")


def _value(fields: tuple[tuple[str, str], ...], name: str) -> str | None:
    values = [value for key, value in fields if key.lower() == name]
    return ", ".join(values) if values else None
