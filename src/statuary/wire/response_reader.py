"""Responses as they came, read tolerantly: what breaks the rules is kept as a problem, and reading goes on where it can.

For who judges messages. Who acts on them should be stricter. Requests in transcripts share the field lines; the rest
of how those are read is in transcript.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from statuary.fields.content_length import parse_content_length
from statuary.fields.grammar import INVALID, is_token
from statuary.fields.transfer_codings import parse_transfer_encoding
from statuary.message.fields import FieldLine, Fields
from statuary.message.response import Response, has_content
from statuary.wire.chunked import ChunkedDecoder
from statuary.wire.limits import WireLimits
from statuary.wire.malformed import MalformedMessage

MessageKind = Literal["request", "interim", "response"]
Framing = Literal["none", "length", "chunked", "close"]

# The requirements that octets can break before any field is looked at
GRAMMAR = "rfc9110-2.2-12"
BARE_CR = "rfc9112-2.2-3"
SPACE_AHEAD = "rfc9112-2.2-8"
FOLDED = "rfc9112-5.2-1"
NO_SPACE = "rfc9112-4-4"
INCOMPLETE = "rfc9112-8-s1"
WRONG_LENGTH = "rfc9110-8.6-11"
TOO_LARGE = "rfc9110-5.4-2"
ONE_FINAL = "rfc9110-15-s2"
NOT_ASKED_FOR = "rfc9112-9.2-3"
CONTENT_TO_HEAD = "rfc9110-9.3.2-1"
NEVER_CONTENT = "rfc9110-6.4.1-s1"

# status-line = HTTP-version SP status-code SP [ reason-phrase ], RFC 9112 section 4; also the versions without a minor
# number that tools write for HTTP/2 and HTTP/3
_STATUS_LINE = re.compile(r"HTTP/([0-9])(?:\.([0-9]))?( +)([0-9]{3})(?:( )(.*))?")
_HEAD_END = re.compile(rb"\n\r?\n")
_LINE_END = re.compile(r"\r?\n")
MOST_LINES = 10_000
_MOST_PROBLEMS = 20  # of one header section: the rest is more of the same
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with the octets of a message.

    ``because`` is the id of the requirement they break; ``detail`` our sentence, which may quote a little of them.
    """

    message: MessageKind
    because: str
    detail: str


@dataclass(frozen=True, slots=True)
class StatusLine:
    """What a status line says."""

    version: tuple[int, int]
    status: int
    reason: str


def read_status_line(line: str, *, is_pasted: bool = False) -> tuple[StatusLine | None, list[Problem]]:
    """The status line without its line end, None if it is none. Text that was pasted may have lost the space at its end."""
    kind: MessageKind = "response"
    found = _STATUS_LINE.fullmatch(line.rstrip("\r"))
    if found is None:
        return None, [Problem(kind, GRAMMAR, f"The status line is malformed: {line[:80]!r}.")]
    major, minor, spaces, code, space, reason = found.groups()
    if code[0] == "1":
        kind = "interim"
    problems = []
    if not is_pasted and space is None and major == "1":
        problems.append(Problem(kind, NO_SPACE, "The status line ends right after the status code, without a space."))
    if len(spaces) > 1:
        problems.append(Problem(kind, GRAMMAR, "There is more than one space before the status code."))
    if reason and _CONTROL.search(reason):
        problems.append(Problem(kind, GRAMMAR, "The reason phrase contains a control character."))
    return StatusLine((int(major), int(minor or 0)), int(code), reason or ""), problems


def read_fields(text: str, kind: MessageKind, *, is_pasted: bool = False) -> tuple[Fields, list[Problem]]:
    """The field section in ``text`` (Latin-1 decoded, without the empty line), and what is wrong with it.

    Lines that can't be read are left out, and those after the first ten thousand; folded ones are unfolded. With
    ``is_pasted``, a lone LF is not held against it.
    """
    problems: dict[tuple[str, str], None] = {}
    lines: list[FieldLine] = []
    if not is_pasted and re.search(r"(?<!\r)\n", text):
        problems[GRAMMAR, "A line ends in LF alone, without CR."] = None
    for line in _LINE_END.split(text, maxsplit=MOST_LINES)[:MOST_LINES]:
        if not line:
            continue
        if line[0] in " \t":
            if lines:
                problems[FOLDED, f"The field {lines[-1][0]} is folded over several lines."] = None
                continued = line.strip(" \t")
                lines[-1] = (lines[-1][0], f"{lines[-1][1]} {continued}".strip(" "))
            else:
                problems[SPACE_AHEAD, "There is white space between the start line and the first field."] = None
            continue
        name, colon, value = line.partition(":")
        if not colon:
            problems[GRAMMAR, f"A line of the header section has no colon: {line[:60]!r}."] = None
            continue
        if name != name.rstrip(" \t"):
            name = name.rstrip(" \t")
            problems[GRAMMAR, f"There is white space between the field name {name[:60]!r} and its colon."] = None
        if not is_token(name):
            problems[GRAMMAR, f"{name[:60]!r} is not a field name."] = None
            continue
        if "\r" in value:
            problems[BARE_CR, f"There is a CR without LF in the field {name}."] = None
        elif _CONTROL.search(value):
            problems[GRAMMAR, f"The value of {name} contains a control character."] = None
        lines.append((name, _CONTROL.sub(" ", value).strip(" \t")))
    return Fields(lines), [Problem(kind, because, detail) for because, detail in islice(problems, _MOST_PROBLEMS)]


def framing_of(method: str, status: int, fields: Fields) -> tuple[Framing, int]:
    """How the end of the content is found, in the order of RFC 9112 section 6.3, and its length where that is given.

    Faulty fields are not a problem here: they are seen in the fields.
    """
    if not has_content(method, status):
        return "none", 0
    codings = parse_transfer_encoding(fields.get("transfer-encoding"))
    if codings is not None:
        return ("chunked", 0) if codings is not INVALID and codings and codings[-1].name == "chunked" else ("close", 0)
    # A list of equal numbers stands for the number: rfc9112-6.3-4
    numbers = {number.strip(" \t") for number in fields.get("content-length", "").split(",")}
    length = parse_content_length(numbers.pop()) if len(numbers) == 1 else INVALID
    return ("close", 0) if length is INVALID or length is None else ("length", length)


def is_coded(fields: Fields) -> bool:
    """Whether there are transfer codings besides chunked, so that the octets are not the content."""
    codings = parse_transfer_encoding(fields.get("transfer-encoding"))
    return bool(codings) and any(coding.name != "chunked" for coding in codings or ())


class ResponseReader:
    """What answers one request on a connection: interim responses, then the final one.

    Feed it octets until ``is_done``; say ``close`` when the peer has closed. ``rest`` is what followed the final response.
    Whatever comes, it never raises, and it keeps at most ``most_content`` octets of content and ``most_interim`` responses.
    ``is_content_known`` is false when the content was cut or could not be decoded, ``is_whole`` when it ended before the
    message said it would. A 101 is final here: what follows it is
    not HTTP/1.1.
    """

    def __init__(
        self,
        method: str,
        limits: WireLimits | None = None,
        *,
        most_content: int = 16 * 1024 * 1024,
        most_interim: int = 100,
    ) -> None:
        self.interim: list[Response] = []
        self.final: Response | None = None
        self.version: tuple[int, int] | None = None
        self.problems: list[Problem] = []
        self.is_done = False
        self.is_content_known = True
        self.is_whole = True
        self.framing: Framing = "none"
        self._method = method
        self._limits = limits if limits is not None else WireLimits()
        self._most_content = most_content
        self._most_interim = most_interim
        self._buffer = b""
        self._scanned = 0
        self._content: list[bytes] = []
        self._received = 0
        self._length = 0
        self._chunked: ChunkedDecoder | None = None

    @property
    def rest(self) -> bytes:
        """Octets after the end of the final response."""
        return self._buffer

    def feed(self, data: bytes) -> None:
        """Octets as they came."""
        self._buffer += data
        while not self.is_done and self.final is None and self._read_head():
            pass
        if self.final is not None and not self.is_done:
            self._read_content()

    def close(self) -> None:
        """The peer has closed the connection, or nothing more is read from it."""
        if self.is_done:
            return
        if self.final is None:
            if self._buffer.strip(b"\r\n"):
                self._give_up(INCOMPLETE, "The response ends inside its header section.")
            self.is_done = True
        elif self.framing == "close":
            self._finish()
        else:
            self.is_content_known = self.is_whole = False
            if self.framing == "length":
                self._problem(WRONG_LENGTH, f"The content ends after {self._received} of {self._length} octets.")
            else:
                self._problem(GRAMMAR, "The content ends before its last chunk.")
            self._finish()

    def _read_head(self) -> bool:
        buffer = self._buffer
        start = len(buffer) - len(buffer.lstrip(b"\r\n"))
        found = _HEAD_END.search(buffer, max(start, self._scanned))
        if not b"HTTP/".startswith(buffer[start : start + 5]):
            line = buffer[start : start + 80].partition(b"\n")[0].decode("latin-1")
            self._give_up(GRAMMAR, f"There is no status line, but {line!r}.")
            return False
        size = (found.start() if found else len(buffer)) - start
        if size > self._limits.field_section:
            self._give_up(
                TOO_LARGE, f"The header section is larger than {self._limits.field_section} octets: not read."
            )
            return False
        if found is None:
            self._scanned = max(start, len(buffer) - 3)
            if start and start == len(buffer):
                self._buffer, self._scanned = b"", 0
            return False
        head = buffer[start : found.end()].decode("latin-1")
        self._buffer, self._scanned = buffer[found.end() :], 0
        line, _, section = head.partition("\n")
        if not line.endswith("\r"):
            section = f"\n{section}"  # so that its line end is looked at, too
        status_line, problems = read_status_line(line)
        self.problems += problems
        if status_line is None:
            self.is_done = True
            return False
        kind: MessageKind = "interim" if status_line.status // 100 == 1 and status_line.status != 101 else "response"
        fields, problems = read_fields(section, kind)
        self.problems += problems
        response = Response(status_line.status, fields)
        if kind == "interim":
            self.interim.append(response)
            if len(self.interim) > self._most_interim:
                self._give_up(
                    ONE_FINAL, f"More than {self._most_interim} interim responses came, and no final one: not read."
                )
                return False
            return True
        self.final = response
        self.version = status_line.version
        self.framing, self._length = framing_of(self._method, response.status, fields)
        if self.framing == "chunked":
            self._chunked = ChunkedDecoder(self._limits)
        self.is_content_known = not is_coded(fields)
        return False

    def _read_content(self) -> None:
        data, self._buffer = self._buffer, b""
        if self._chunked is not None:
            try:
                self._keep(self._chunked.decode(data))
            except MalformedMessage as error:
                self.is_content_known = self.is_whole = False
                self._problem(GRAMMAR, error.detail)
                self._finish()
                return
            if self._chunked.done:
                self._buffer = self._chunked.rest
                self._finish(self._chunked.trailers)
        elif self.framing == "close":
            self._keep(data)
        else:
            missing = self._length - self._received
            self._keep(data[:missing])
            self._buffer = data[missing:]
            if self._received == self._length:
                self._finish()
        if not self.is_done and self._received > self._most_content:
            self.is_content_known = False
            self._finish()

    def _keep(self, data: bytes) -> None:
        self._received += len(data)
        if self._received <= self._most_content:
            self._content.append(data)
        else:
            self.is_content_known = False

    def _finish(self, trailers: Fields | None = None) -> None:
        assert self.final is not None
        content = b"".join(self._content)
        self.final = Response(self.final.status, self.final.fields, content, trailers or None)
        self.is_done = True

    def _problem(self, because: str, detail: str) -> None:
        self.problems.append(Problem("response", because, detail))

    def _give_up(self, because: str, detail: str) -> None:
        self._problem(because, detail)
        self.is_done = True


def excess_problem(method: str, response: Response) -> Problem:
    """The problem of octets that follow the end of a final response without having been asked for."""
    status = response.status
    if method == "HEAD":
        return Problem("response", CONTENT_TO_HEAD, "Content follows the header section of an answer to HEAD.")
    if not has_content(method, status):
        return Problem("response", NEVER_CONTENT, f"Content follows the header section of a {status}.")
    if framing_of(method, status, response.fields)[0] == "length":
        return Problem("response", WRONG_LENGTH, "More content follows than Content-Length announces.")
    return Problem("response", NOT_ASKED_FOR, "More octets follow the end of the response.")
