"""Messages delimited wrongly, which is how one hides in another: RFC 9112 section 6."""

from __future__ import annotations

import re
from typing import Any

from tests.faulty_server.message import Fields, Refused, Request

from ..intermediary import Intermediary
from ..upstream import Bad, Reply
from .registry import PROXY, plant, replaces

# Requests


def _nothing(self: Intermediary, request: Request) -> None:
    return None


plant(
    "both-lengths-taken",
    "rfc9112-6.1-13",
    "MUST",
    "With both lengths chunks are read, and the connection stays open",
    refuse_both=_nothing,
)


@replaces("frame", "both-take-length", "rfc9112-6.3-s3", "STATED", "With both lengths Content-Length counts")
def _(self: Intermediary, request: Request) -> None:
    if request.get("Content-Length") is not None and request.get("Transfer-Encoding") is not None:
        request.length = self.content_length(request)
    else:
        Intermediary.frame(self, request)


def _both(self: Intermediary, request: Request, fields: Fields) -> Fields:
    framed = Intermediary.with_framing(self, request, fields)
    length = request.get("Content-Length")
    return [*framed, ("Content-Length", length)] if request.chunked and length else framed


plant(
    "both-kept-beside",
    "rfc9112-6.3-2",
    "MUST",
    "With both lengths chunks are read, and both are passed on",
    refuse_both=_nothing,
    with_framing=_both,
)
plant(
    "coding-of-1.0",
    "rfc9112-6.1-14",
    "MUST",
    "Transfer-Encoding of HTTP/1.0 is taken",
    refuse_coding_before_1_1=_nothing,
)


@replaces(
    "is_chunked",
    "coding-holds-chunked",
    "rfc9112-6.3-3",
    "MUST",
    "Any Transfer-Encoding with chunked in it counts as chunked",
)
def _(self: Intermediary, request: Request) -> bool:
    return "chunked" in (request.get("Transfer-Encoding") or "").lower()


@replaces(
    "is_chunked", "coding-unknown-ignored", "rfc9112-6.3-3", "MUST", "Transfer-Encoding other than chunked is ignored"
)
def _(self: Intermediary, request: Request) -> bool:
    return (request.get("Transfer-Encoding") or "").strip().lower() == "chunked"


plant(
    "length-with-sign",
    "rfc9112-6.3-5",
    "MUST",
    "Content-Length may have a sign",
    CONTENT_LENGTH=re.compile(r"\+?[0-9]+", re.ASCII),
)
plant(
    "length-with-underscore",
    "rfc9112-6.3-5",
    "MUST",
    "Underscores between digits of Content-Length are taken",
    CONTENT_LENGTH=re.compile(r"[0-9][0-9_]*", re.ASCII),
)


@replaces("content_length", "length-first", "rfc9112-6.3-5", "MUST", "Of several Content-Length the first counts")
def _(self: Intermediary, request: Request) -> int:
    lines = request.lines("Content-Length")
    return int(lines[0].partition(",")[0]) if lines else 0


@replaces("content_length", "length-last", "rfc9112-6.3-5", "MUST", "Of several Content-Length the last counts")
def _(self: Intermediary, request: Request) -> int:
    lines = request.lines("Content-Length")
    return int(lines[-1].rpartition(",")[2]) if lines else 0


@replaces("content_length", "length-bad-is-none", "rfc9112-6.3-5", "MUST", "An invalid Content-Length is as none")
def _(self: Intermediary, request: Request) -> int:
    value = request.get("Content-Length") or "0"
    return int(value) if value.isascii() and value.isdecimal() else 0


@replaces(
    "field_line",
    "space-before-colon",
    "rfc9112-5.1-1",
    "MUST",
    "Whitespace before the colon of a request field is taken away",
)
def _(self: Intermediary, line: bytes) -> Any:
    name, colon, value = line.partition(b":")
    return Intermediary.field_line(self, name.rstrip() + colon + value)


@replaces(
    "field_line",
    "space-before-colon-kept",
    "rfc9112-5.1-1",
    "MUST",
    "A request field with whitespace before its colon is passed on",
)
def _(self: Intermediary, line: bytes) -> Any:
    name, _, value = line.partition(b":")
    return name.decode("latin-1"), value.strip(b" \t").decode("latin-1")


@replaces("fold", "folded-passed-on", "rfc9112-5.2-2", "MUST", "Folded lines of requests are passed on folded")
def _(self: Intermediary, fields: Fields, line: bytes) -> None:
    name, value = fields[-1]
    fields[-1] = (name, f"{value}\r\n {line.strip().decode('latin-1')}")


plant(
    "control-characters",
    "rfc9110-5.5-4",
    "MUST",
    "Control characters in request fields are passed on",
    VALUE=re.compile(rb"[^\r\n]*"),
)


def _any_line(self: Intermediary, octets: bytes) -> bytes:
    if not octets.endswith(b"\n"):
        raise Refused(400, "a line has to end", closes=True)
    return octets.rstrip(b"\n").removesuffix(b"\r")


plant(
    "bare-cr",
    "rfc9112-2.2-3",
    "MUST NOT",
    "A bare CR in a request is passed on",
    without_line_end=_any_line,
    VALUE=re.compile(rb"[^\n]*"),
)


plant(
    "chunk-size-loose",
    "rfc9112-2.2-10",
    "SHOULD",
    "A chunk size may have 0x in front",
    CHUNK=re.compile(rb"(?:0x)?([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\r\n]*)?"),
)


@replaces("end_of_chunk", "chunk-end-unchecked", "rfc9112-2.2-10", "SHOULD", "What ends a chunk isn't looked at")
def _(self: Intermediary) -> None:
    self.stream.take(2)


@replaces(
    "with_framing",
    "content-length-of-chunked",
    "rfc9112-6.3-s6",
    "STATED",
    "Chunked content is sent on with neither field",
)
def _(self: Intermediary, request: Request, fields: Fields) -> Fields:
    framed = Intermediary.with_framing(self, request, fields)
    return [line for line in framed if line[0] != "Transfer-Encoding"]


@replaces(
    "onward_content", "request-content-cut", "rfc9112-6.3-s6", "STATED", "The last octet of chunked content is lost"
)
def _(self: Intermediary, request: Request) -> bytes:
    if request.chunked:
        request.content = request.content[:-1]
    return Intermediary.onward_content(self, request)


# Responses


@replaces(
    "framed",
    "content-length-beside-chunked",
    "rfc9112-6.2-1",
    "MUST NOT",
    "Chunked responses have Content-Length as well",
)
def _(self: Intermediary, request: Request, reply: Reply, fields: Fields, framing: str) -> Fields:
    framed = Intermediary.framed(self, request, reply, fields, framing)
    return [*framed, ("Content-Length", "5")] if framing == "chunked" else framed


@replaces("back_framing", "chunked-to-1.0", "rfc9112-6.1-11", "MUST NOT", "Chunks are sent to clients of HTTP/1.0")
def _(self: Intermediary, request: Request, reply: Reply) -> str:
    return "chunked" if reply.framing not in ("none", "length") else reply.framing


@replaces(
    "reply_length",
    "response-length-invalid",
    "rfc9112-6.3-6",
    "MUST",
    "An invalid Content-Length of a response counts as 0",
    PROXY,
)
def _(self: Intermediary, value: str) -> int:
    return int(value) if value.isascii() and value.isdecimal() else 0


@replaces(
    "reply_length",
    "response-length-first",
    "rfc9112-6.3-6",
    "MUST",
    "Of different Content-Length of a response the first counts",
    PROXY,
)
def _(self: Intermediary, value: str) -> int:
    first = value.partition(",")[0]
    if not self.LENGTH.fullmatch(first):
        raise Bad
    return int(first)


@replaces(
    "reply_field",
    "response-space-kept",
    "rfc9112-5.1-2",
    "MUST",
    "A response field with whitespace before its colon is passed on",
    PROXY,
)
def _(self: Intermediary, line: bytes) -> tuple[str, str]:
    name, _, value = line.partition(b":")
    return name.decode("latin-1"), value.strip(b" \t").decode("latin-1")


@replaces("unfold", "response-folded", "rfc9112-5.2-3", "MUST", "Folded lines of responses are passed on folded")
def _(self: Intermediary, fields: Fields, line: bytes) -> None:
    name, value = fields[-1]
    fields[-1] = (name, f"{value}\r\n {line.strip().decode('latin-1')}")


@replaces(
    "coded",
    "response-coding-unknown",
    "rfc9112-6.1-4",
    "MUST",
    "A coding of the upstream's is passed on decoded by nobody",
)
def _(self: Intermediary, reply: Reply, coding: str) -> tuple[str, int]:
    return "close", 0


@replaces("write", "no-last-chunk", "rfc9110-2.2-12", "MUST NOT", "The last chunk is left out")
def _(self: Intermediary, octets: bytes) -> None:
    if not octets.startswith(b"0\r\n"):
        self.stream.send(octets)


@replaces(
    "head", "phrase-space-lost", "rfc9112-4-4", "MUST", "Without a reason phrase there is no space after the code"
)
def _(self: Intermediary, status: int, reason: str, fields: Fields) -> bytes:
    head = Intermediary.head(self, status, reason, fields)
    return head if reason else head.replace(b" \r\n", b"\r\n", 1)


@replaces(
    "back_trailers", "trailers-in-head", "rfc9110-6.5.1-1", "MUST NOT", "Trailer fields with framing are passed on"
)
def _(self: Intermediary, request: Request, reply: Reply) -> Fields:
    return [*reply.trailers, ("Content-Length", "3")]


@replaces("field_line", "lines-without-name", "rfc9110-2.2-12", "MUST NOT", "Field lines without a name are passed on")
def _(self: Intermediary, line: bytes) -> tuple[str, str] | None:
    if line.startswith(b":"):
        return "", line[1:].strip(b" \t").decode("latin-1")
    return Intermediary.field_line(self, line)


@replaces(
    "reply_chunk_size",
    "bad-chunk-as-last",
    "rfc9112-8-2",
    "MUST",
    "A chunk of a response whose size is no number is taken for the last one",
)
def _(self: Intermediary, line: bytes) -> int:
    try:
        return Intermediary.reply_chunk_size(self, line)
    except Bad:
        return 0


@replaces(
    "back_trailers",
    "nominated-trailers-kept",
    "rfc9110-7.6.1-2",
    "MUST",
    "Trailers that Connection names are passed back",
)
def _(self: Intermediary, request: Request, reply: Reply) -> Fields:
    return reply.trailers
