"""Raw HTTP/1.x message text, as people save and paste it, into exchanges as seen.

Requests and responses in any order that makes sense: each response answers the first request that has no final one yet.
Line ends may be CR LF, or LF throughout, as in pasted text; then lengths are not held against the content either. What curl
prints with -v (lines with > and <) or with -i is understood. Octets from a connection are for response_reader.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from statuary.fields.content_length import parse_content_length
from statuary.fields.grammar import INVALID
from statuary.fields.transfer_codings import parse_transfer_encoding
from statuary.message.fields import FieldLine, Fields
from statuary.message.request import UNKNOWN_LENGTH, Request
from statuary.message.response import Exchange, Response
from statuary.wire.chunked import ChunkedDecoder
from statuary.wire.limits import WireLimits
from statuary.wire.malformed import MalformedMessage
from statuary.wire.response_reader import (
    GRAMMAR,
    NOT_ASKED_FOR,
    WRONG_LENGTH,
    Framing,
    MessageKind,
    Problem,
    excess_problem,
    framing_of,
    is_coded,
    read_fields,
    read_status_line,
)


@dataclass(frozen=True, slots=True)
class Seen:
    """An exchange as it was seen, and what of it can be relied on.

    ``problems`` are those of the octets, which the values no longer show. ``is_content_known`` is about the final response:
    false if its content was left out, cut, or changed on the way to us, so that nothing can be concluded from it.
    ``is_request_known`` is false where there was only a response, and the request is one that would suit it.
    """

    exchange: Exchange
    problems: tuple[Problem, ...] = ()
    is_content_known: bool = True
    is_request_known: bool = True


MOST_EXCHANGES = 100_000


class NotATranscript(ValueError):  # noqa: N818
    """There is no HTTP message in the text. The message says what there is instead, or where reading stopped."""


# request-line, RFC 9112 section 3, read widely: what a method is, is not a question of where a message starts. The version
# without a minor number is how tools write HTTP/2.
_REQUEST_LINE = re.compile(r"([!#$%&'*+\-.^_`|~0-9A-Za-z]{1,40}) +([^ \r\n]+) +HTTP/([0-9])(?:\.([0-9]))?[ \t]*")
_start_line = (
    rb"(?:HTTP/[0-9](?:\.[0-9])? +[0-9]{3}(?:[ \r\n]|\Z)"
    rb"|[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,40} +[^ \r\n]+ +HTTP/[0-9](?:\.[0-9])?[ \t]*\r?(?:\n|\Z))"
)
_START_LINE = re.compile(_start_line)
_START = re.compile(rb"^" + _start_line, re.MULTILINE)
_HEAD_END = re.compile(rb"\n\r?(?:\n|\Z)")
_CHUNK_START = re.compile(rb"[0-9A-Fa-f]{1,16}[ \t]*(?:;[^\r\n]*)?\r?\n")
_CURL_REQUEST = re.compile(rb"^> [A-Za-z]+ [^ \r\n]+ HTTP/[0-9]", re.MULTILINE)
_CURL_RESPONSE = re.compile(rb"^< HTTP/[0-9]", re.MULTILINE)
_LIMITS = WireLimits(field_section=1 << 20, field_lines=10_000, trailer_section=1 << 20)


def read_transcript(data: bytes, *, scheme: str = "http", method: str | None = None) -> tuple[Seen, ...]:
    """The exchanges in ``data``. ``method`` is that of the request where only responses are given.

    Raises NotATranscript if no message is found. A request without a response has None for its final one.
    """
    data = data.removeprefix(b"\xef\xbb\xbf")
    is_verbose = _CURL_REQUEST.search(data) is not None or _CURL_RESPONSE.search(data) is not None
    if is_verbose:
        data = _heads_of_verbose(data)
    return _Reading(data, scheme, method, has_content=not is_verbose).read()


def _heads_of_verbose(data: bytes) -> bytes:
    """The heads in what ``curl -v`` printed. The content that stands between its notes can't be told from them for sure."""
    lines = (line.rstrip(b"\r") for line in data.split(b"\n"))
    marked = (line[2:] for line in lines if line[:2] in (b"> ", b"< ") or line in (b">", b"<"))
    return b"\n".join(marked) + b"\n"


@dataclass(slots=True)
class _Open:
    """An exchange that is being put together."""

    request: Request
    interim: list[Response]
    final: Response | None
    problems: list[Problem]
    of_content: tuple[Problem, ...] = ()  # of the final response's, apart since they may turn out to be none
    is_content_known: bool = True
    is_request_known: bool = True

    def seen(self) -> Seen:
        exchange = Exchange(self.request, tuple(self.interim), self.final)
        return Seen(exchange, (*self.problems, *self.of_content), self.is_content_known, self.is_request_known)


class _Reading:
    """One pass over a transcript."""

    def __init__(self, data: bytes, scheme: str, method: str | None, *, has_content: bool) -> None:
        self.data = data
        self.scheme = scheme
        self.method = method
        self.has_content = has_content
        self.is_pasted = b"\r\n" not in data
        self.position = 0
        self.exchanges: list[_Open] = []
        self.answered = 0  # exchanges at the start of the list that have their final response
        self.chunked_budget = 4 * len(data) + 1024  # octets to try as chunks, so that no text takes quadratic time

    def read(self) -> tuple[Seen, ...]:
        while self._skip_empty_lines():
            if len(self.exchanges) > MOST_EXCHANGES:
                raise NotATranscript(f"there are more than {MOST_EXCHANGES} exchanges in it: split it")
            head = self._take_head()
            line, _, section = head.partition("\n")
            if not line.endswith("\r") and not self.is_pasted:
                section = f"\n{section}"
            line = line.removesuffix("\r")
            if line.startswith("HTTP/"):
                self._read_response(line, section)
            elif found := _REQUEST_LINE.fullmatch(line):
                self._read_request(found, section)
            elif self.exchanges:
                self._skip_to_start(len(head))
            else:
                raise NotATranscript(f"neither a request nor a status line: {line[:80]!r}")
        if not self.exchanges:
            raise NotATranscript("there is no HTTP message in it")
        self._forgive_missing_content()
        return tuple(exchange.seen() for exchange in self.exchanges)

    def _skip_empty_lines(self) -> bool:
        while self.position < len(self.data) and self.data[self.position] in b"\r\n":
            self.position += 1
        return self.position < len(self.data)

    def _take_head(self) -> str:
        found = _HEAD_END.search(self.data, self.position)
        end = found.end() if found else len(self.data)
        if end - self.position > _LIMITS.field_section:
            raise NotATranscript("a header section in it has no end within a mebibyte")
        head = self.data[self.position : end].decode("latin-1")
        self.position = end
        return head

    def _skip_to_start(self, skipped: int) -> None:
        """Go on at the next start line; what lies before it belongs to no message."""
        start = self.position - skipped
        self.position = self._next_start(start + 1)
        latest = self.exchanges[-1]
        if self.is_pasted or not self.has_content or latest.final is None:
            latest.is_content_known = False
        else:
            problem = excess_problem(latest.request.method, latest.final)
            if problem not in latest.problems[-1:]:
                latest.problems.append(problem)

    def _next_start(self, position: int) -> int:
        found = _START.search(self.data, position)
        return found.start() if found else len(self.data)

    # Requests

    def _read_request(self, line: re.Match[str], section: str) -> None:
        method, target, major, minor = line.groups()
        fields, problems = read_fields(section, "request", is_pasted=self.is_pasted)
        length = _request_length(fields)
        request = request_of(
            method, target, (int(major), int(minor or 0)), fields, scheme=self.scheme, content_length=length
        )
        self.exchanges.append(_Open(request, [], None, problems))
        if length and self.has_content:
            framing: Framing = "chunked" if length == UNKNOWN_LENGTH else "length"
            *_, problem = self._take_content(framing, length, "request")
            problems += problem

    # Responses

    def _read_response(self, line: str, section: str) -> None:
        status_line, problems = read_status_line(line, is_pasted=self.is_pasted or not self.has_content)
        kind: MessageKind = "response"
        status = 0
        if status_line is not None:
            status = status_line.status
            kind = "interim" if status // 100 == 1 and status != 101 else "response"
        fields, field_problems = read_fields(section, kind, is_pasted=self.is_pasted)
        exchange = self._answered(Response(status, fields), version=status_line.version if status_line else (1, 1))
        exchange.problems += problems
        exchange.problems += field_problems
        if status_line is None:
            self.position = self._next_start(self.position)
            return
        if kind == "interim":
            exchange.interim.append(Response(status, fields))
            return
        if exchange.final is not None:
            exchange.problems.append(
                Problem("response", NOT_ASKED_FOR, f"A {status} follows that no request asked for.")
            )
            self.position = self._next_start(self.position)
            return
        framing, length = framing_of(exchange.request.method, status, fields)
        content, trailers, is_known, content_problems = self._take_response_content(framing, length)
        exchange.final = Response(status, fields, content, trailers)
        exchange.of_content = content_problems
        exchange.is_content_known = is_known and not is_coded(fields)

    def _answered(self, response: Response, version: tuple[int, int]) -> _Open:
        """The exchange to which a response belongs: the first that waits for one, or else one made for it."""
        while self.answered < len(self.exchanges) and self.exchanges[self.answered].final is not None:
            self.answered += 1
        for exchange in self.exchanges[self.answered : self.answered + 1]:
            if exchange.is_request_known or exchange is self.exchanges[-1]:
                if not exchange.is_request_known and response.status // 100 != 1:
                    exchange.request = suitable_request(response, self.method, self.scheme, version)
                return exchange
        if self.exchanges and self.exchanges[-1].is_request_known:
            return self.exchanges[-1]
        request = suitable_request(response, self.method, self.scheme, version)
        self.exchanges.append(_Open(request, [], None, [], is_request_known=False))
        return self.exchanges[-1]

    def _take_response_content(
        self, framing: Framing, length: int
    ) -> tuple[bytes, Fields | None, bool, tuple[Problem, ...]]:
        if not self.has_content:
            return b"", None, False, ()
        if framing == "none":
            return b"", None, True, ()
        return self._take_content(framing, length, "response")

    def _take_content(
        self, framing: Framing, length: int, kind: MessageKind
    ) -> tuple[bytes, Fields | None, bool, tuple[Problem, ...]]:
        """Content from here on, its trailers, whether it can be relied on, and what is wrong with it."""
        start = self.position
        if framing == "chunked":
            return self._take_chunked(kind)
        if framing == "length" and self._is_boundary(start + length):
            self.position = start + length
            return self.data[start : self.position], None, True, ()
        end = self._next_start(start)
        self.position = end
        content = self.data[start:end]
        if framing == "close":
            # Pasted text ends in a line end that is nobody's; before another message there may be an empty line, too.
            return content, None, not self.is_pasted and end == len(self.data), ()
        if self.is_pasted:
            return content.rstrip(b"\n"), None, False, ()
        if len(content) < length:
            detail = f"The content has {len(content)} octets of the {length} that Content-Length announces."
            return content, None, False, (Problem(kind, WRONG_LENGTH, detail),)
        detail = f"The content has {len(content)} octets, and Content-Length announces {length}."
        return content[:length], None, True, (Problem(kind, WRONG_LENGTH, detail),)

    def _is_boundary(self, position: int) -> bool:
        """Whether a message can end here: at the end of the text, or before another start line. Empty lines don't count."""
        if position > len(self.data):
            return False
        rest = position
        while rest < len(self.data) and self.data[rest] in b"\r\n":
            rest += 1
        return rest == len(self.data) or _START_LINE.match(self.data, rest) is not None

    def _take_chunked(self, kind: MessageKind) -> tuple[bytes, Fields | None, bool, tuple[Problem, ...]]:
        start = self.position
        decoder = ChunkedDecoder(_LIMITS)
        problem: Problem | None = None
        pieces: list[bytes] = []
        fed = start
        try:
            if self.is_pasted:
                pieces.append(decoder.decode(self.data[start : self._next_start(start)].replace(b"\n", b"\r\n")))
            while not self.is_pasted and not decoder.done and fed < len(self.data) and self.chunked_budget > 0:
                pieces.append(decoder.decode(self.data[fed : fed + 65536]))
                self.chunked_budget -= min(65536, len(self.data) - fed)
                fed += 65536
        except MalformedMessage as error:
            problem = Problem(kind, GRAMMAR, error.detail)
        content = b"".join(pieces)
        if decoder.done and not self.is_pasted:
            self.position = min(fed, len(self.data)) - len(decoder.rest)
            return content, decoder.trailers or None, True, ()
        end = self.position = self._next_start(start)
        if decoder.done:
            return content, decoder.trailers or None, not decoder.rest.strip(b"\r\n"), ()
        if self.is_pasted or self.chunked_budget <= 0 or _CHUNK_START.match(self.data, start) is None:
            # What curl -i writes: the field as it came, the content already decoded
            return self.data[start:end], None, False, ()
        return content, None, False, (problem or Problem(kind, GRAMMAR, "The content ends before its last chunk."),)

    def _forgive_missing_content(self) -> None:
        """Responses without requests may come from tools that print heads alone: nothing at all where there should be much.

        One alone is what ``curl -I`` prints, of an answer to HEAD; of several, ``curl -iL`` leaves out the content.
        """
        for exchange in self.exchanges:
            if exchange.is_request_known or exchange.final is None or exchange.final.content or not self.has_content:
                continue
            framing, length = framing_of(exchange.request.method, exchange.final.status, exchange.final.fields)
            if framing != "chunked" and not length:
                continue
            if len(self.exchanges) > 1 or exchange.final.status == 206:  # no answer to HEAD is a 206
                exchange.is_content_known = False
            elif self.method is None and exchange.request.method == "GET":
                exchange.request = _made("HEAD", exchange.request.fields, self.scheme, exchange.request.version)
                exchange.is_content_known = True
            else:
                continue
            exchange.of_content = ()


def _request_length(fields: Fields) -> int | None:
    codings = parse_transfer_encoding(fields.get("transfer-encoding"))
    if codings is not None:
        return UNKNOWN_LENGTH if codings is not INVALID else None
    length = parse_content_length(fields.get("content-length"))
    return None if length is INVALID else length


# absolute-form, RFC 9112 section 3.2.2
_ABSOLUTE_FORM = re.compile(r"([A-Za-z][A-Za-z0-9+\-.]*)://([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#.*)?", re.DOTALL)


def request_of(
    method: str,
    target: str,
    version: tuple[int, int],
    fields: Fields,
    *,
    scheme: str = "http",
    content_length: int | None = None,
) -> Request:
    """A request as a value, its target taken apart whatever it is: nothing is refused here."""
    authority = fields.get("host")
    query: str | None
    if method == "CONNECT":
        path, query, authority = "", None, target
    elif found := _ABSOLUTE_FORM.fullmatch(target):
        scheme, authority, path, query = found.groups()
        scheme, path = scheme.lower(), path or "/"
    else:
        path, mark, rest = target.partition("?")
        query = rest if mark else None
    return Request(
        method,
        path,
        fields,
        query=query,
        scheme=scheme,
        authority=authority.lower() if authority is not None else None,
        version=version,
        content_length=content_length,
        target=target,
    )


def _made(method: str, fields: Fields, scheme: str, version: tuple[int, int]) -> Request:
    target = "*" if method == "OPTIONS" else "/"
    return request_of(method, target, version, fields, scheme=scheme)


# The field of a request without which a response would be strange: what a lone response is taken to answer.
_ASKED_WITH: dict[int, FieldLine] = {
    206: ("Range", "bytes=0-"),
    226: ("A-IM", "vcdiff, diffe, gzip"),
    304: ("If-None-Match", "*"),
    412: ("If-Match", "*"),
    416: ("Range", "bytes=0-"),
    417: ("Expect", "100-continue"),
    425: ("Early-Data", "1"),
}


def suitable_request(
    response: Response, method: str | None = None, scheme: str = "http", version: tuple[int, int] = (1, 1)
) -> Request:
    """The request that a response would answer best: for a response on its own, so that only it is judged."""
    lines = [("Host", "example.org")]
    if response.status in _ASKED_WITH:
        lines.append(_ASKED_WITH[response.status])
    upgrade = response.fields.get("upgrade")
    if upgrade is not None and response.status == 101:
        lines += [("Connection", "Upgrade"), ("Upgrade", upgrade)]
    if method is None:
        method = _suitable_method(response)
    # HTTP/1.1 whatever the response says: an HTTP/1.0 server answers 1.1 clients, too
    return _made(method, Fields(lines), scheme, max(version, (1, 1)))


def _suitable_method(response: Response) -> str:
    if response.status == 201:
        return "PUT" if "location" not in response.fields else "POST"
    if response.status in (202, 205, 303, 409, 411, 413, 415, 422):
        return "POST"
    if response.status == 412:
        return "PUT"
    if response.status in (405, 501):
        return "BREW"  # neither allowed nor implemented anywhere
    return "GET"
