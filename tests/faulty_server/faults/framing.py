"""Requests delimited wrongly, which is how one request hides in another; and malformed messages that are served. RFC 9112."""

from __future__ import annotations

import re
from typing import Any

from ..connection import Origin
from ..message import Refused, Request, Response
from .registry import plant, replaces

# Both lengths: RFC 9112 sections 6.1 and 6.3


def _takes_length(self: Origin, request: Request) -> None:
    if request.get("Content-Length") is not None and request.get("Transfer-Encoding") is not None:
        request.length = self.content_length(request)
    else:
        Origin.frame(self, request)


def _nothing(self: Origin, request: Request) -> None:
    return None


plant("both-take-length", "rfc9112-6.1-13", "MUST", "Content-Length wins over Transfer-Encoding", frame=_takes_length)
plant(
    "both-stay-open",
    "rfc9112-6.1-13",
    "MUST",
    "With both, chunks are read and the connection stays open",
    refuse_both=_nothing,
)


@replaces(
    "closes_after", "both-400-open", "rfc9112-6.1-13", "MUST", "With both, 400 is sent and the connection stays open"
)
def _(self: Origin, request: Request | None, response: Response) -> bool:
    if request and request.get("Content-Length") and request.get("Transfer-Encoding"):
        return False
    return Origin.closes_after(self, request, response)


@replaces(
    "frame",
    "both-200-close-by-length",
    "rfc9112-6.3-s3",
    "STATED",
    "With both, the content is read by its length, then closed",
)
def _(self: Origin, request: Request) -> None:
    if request.get("Content-Length") is not None and request.get("Transfer-Encoding") is not None:
        request.fields.append(("Connection", "close"))
    _takes_length(self, request)


# Transfer-Encoding: RFC 9112 sections 6.1 and 6.3

plant(
    "coding-in-1.0",
    "rfc9112-6.1-14",
    "MUST",
    "Transfer-Encoding in HTTP/1.0 is honoured and the connection kept alive",
    refuse_coding_before_1_1=_nothing,
    closes_after=lambda self, request, response: (
        not (request and request.version < (1, 1) and request.chunked) and Origin.closes_after(self, request, response)
    ),
)


def _codings_as(understood: str) -> Any:
    """Another reading of Transfer-Encoding: a pattern that makes it chunked; what else comes is taken for no content."""

    def is_chunked(self: Origin, request: Request) -> bool:
        value = request.get("Transfer-Encoding") or ""
        return bool(re.fullmatch(understood, value, re.IGNORECASE)) or Origin.is_chunked(self, request)

    return is_chunked


plant(
    "coding-xchunked",
    "rfc9112-6.3-3",
    "MUST",
    "xchunked is taken for chunked",
    is_chunked=_codings_as(".*chunked"),
)
plant(
    "coding-chunked-identity",
    "rfc9112-6.3-3",
    "MUST",
    '"chunked, identity" is taken for chunked',
    is_chunked=_codings_as("chunked.*"),
)
plant(
    "coding-anywhere",
    "rfc9112-6.3-3",
    "MUST",
    "Any value with chunked in it is chunked",
    is_chunked=_codings_as(".*chunked.*"),
)


@replaces(
    "is_chunked",
    "coding-unknown-ignored",
    "rfc9112-6.3-3",
    "MUST",
    "An unknown transfer coding means that there is no content",
)
def _(self: Origin, request: Request) -> bool:
    return "chunked" in request.tokens("Transfer-Encoding")


@replaces(
    "closes_after",
    "coding-unknown-400-open",
    "rfc9112-6.3-3",
    "MUST",
    "400 for an unknown transfer coding, and the connection stays open",
)
def _(self: Origin, request: Request | None, response: Response) -> bool:
    if request and request.get("Transfer-Encoding") and response.status in (400, 501):
        return False
    return Origin.closes_after(self, request, response)


@replaces(
    "is_chunked",
    "coding-gzip-400",
    "rfc9112-6.1-9",
    "SHOULD",
    "An unknown transfer coding before chunked gets 200, undecoded",
)
def _(self: Origin, request: Request) -> bool:
    return request.tokens("Transfer-Encoding")[-1:] == ["chunked"]


@replaces("is_chunked", "coding-case", "rfc9112-6.1-1", "MUST", "Only chunked in small letters is understood")
def _(self: Origin, request: Request) -> bool:
    if request.get("Transfer-Encoding") != (request.get("Transfer-Encoding") or "").lower():
        raise Refused(400, "unknown transfer coding", closes=True)
    return Origin.is_chunked(self, request)


@replaces("is_chunked", "chunked-unknown", "rfc9112-6.1-1", "MUST", "Chunked requests get 411")
def _(self: Origin, request: Request) -> bool:
    raise Refused(411, "Content-Length is required", closes=True)


@replaces(
    "is_chunked",
    "chunked-twice",
    "rfc9112-6.3-3",
    "MUST",
    '"chunked, chunked" and "identity, chunked" are taken for chunked; "gzip" for none',
)
def _(self: Origin, request: Request) -> bool:
    return "chunked" in request.tokens("Transfer-Encoding")[-1:]


# Content-Length: RFC 9112 section 6.3


def _length_like(pattern: str) -> Any:
    """Values of that form are taken, for the first number in them."""

    def content_length(self: Origin, request: Request) -> int:
        value = request.get("Content-Length")
        if value is not None and re.fullmatch(pattern, value):
            number = re.search(r"[0-9]+", value)
            return int(number[0]) if number else 0
        return Origin.content_length(self, request)

    return content_length


for _name, _pattern, _text in (
    ("length-plus", r"\+[0-9]+", "Content-Length: +5 is taken"),
    ("length-negative", r"-[0-9]+", "Content-Length: -5 is taken for 5"),
    ("length-space", r"[0-9]+ [0-9]+", "Content-Length: 5 6 is taken for 5"),
    ("length-differing", r"[0-9]+(, *[0-9]+)+", "Of two lengths that differ the first is taken"),
    ("length-words", r"[^0-9,+-]*", "A Content-Length without a number is taken for 0"),
    ("length-decimals", r"[0-9]+\.[0-9]+", "Content-Length: 5.0 is taken for 5"),
    ("length-underscore", r"[0-9]+_[0-9]+", "Content-Length: 1_0 is taken"),
    ("length-hexadecimal", r"0x[0-9]+", "Content-Length: 0x5 is taken for 0"),
    ("length-trailing", r"[0-9]+[a-z]+", "Content-Length: 5a is taken for 5"),
):
    plant(_name, "rfc9112-6.3-5", "MUST", _text, content_length=_length_like(_pattern))


@replaces("content_length", "length-last", "rfc9112-6.3-5", "MUST", "Of two lengths that differ the last is taken")
def _(self: Origin, request: Request) -> int:
    if len(lines := request.lines("Content-Length")) > 1:
        request.fields = [pair for pair in request.fields if pair[0].lower() != "content-length"]
        request.fields.append(("Content-Length", lines[-1]))
    return Origin.content_length(self, request)


@replaces("content_length", "length-huge", "rfc9110-8.6-10", "MUST", "Content-Length overflows at 32 bits")
def _(self: Origin, request: Request) -> int:
    value = request.get("Content-Length") or "0"
    return int(value) % 2**32 if self.CONTENT_LENGTH.fullmatch(value) else Origin.content_length(self, request)


@replaces(
    "content_length", "length-huge-500", "rfc9110-8.6-10", "MUST", "A Content-Length of more than 64 bits gets 500"
)
def _(self: Origin, request: Request) -> int:
    value = request.get("Content-Length") or "0"
    if value.isdecimal() and int(value) >= 2**64:
        raise Refused(500, "overflow", closes=True)
    return Origin.content_length(self, request)


@replaces(
    "closes_after",
    "length-invalid-open",
    "rfc9112-6.3-5",
    "MUST",
    "An invalid Content-Length gets 400, and the connection stays open",
)
def _(self: Origin, request: Request | None, response: Response) -> bool:
    value = request.get("Content-Length") if request else None
    if value is not None and not self.CONTENT_LENGTH.fullmatch(value):
        return False
    return Origin.closes_after(self, request, response)


@replaces("frame", "length-of-get-ignored", "rfc9112-9.3-5", "MUST", "Content of GET and HEAD is not read")
def _(self: Origin, request: Request) -> None:
    if request.method not in ("GET", "HEAD"):
        Origin.frame(self, request)


@replaces("frame", "chunks-of-get-ignored", "rfc9112-9.3-5", "MUST", "Chunked content of GET is not read")
def _(self: Origin, request: Request) -> None:
    if request.method != "GET" or request.get("Transfer-Encoding") is None:
        Origin.frame(self, request)


@replaces("frame", "length-of-options-ignored", "rfc9112-9.3-5", "MUST", "Content of OPTIONS and DELETE is not read")
def _(self: Origin, request: Request) -> None:
    if request.method not in ("OPTIONS", "DELETE"):
        Origin.frame(self, request)


# Chunks: RFC 9112 section 7.1


def _chunks_like(pattern: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"(?:" + pattern + rb")(?:[ \t]*;.*)?")


class _Sizes:
    """Stands in for the pattern of chunk sizes: what else is taken, with the digits that count."""

    def __init__(self, pattern: bytes) -> None:
        self.pattern = re.compile(pattern)

    def fullmatch(self, line: bytes) -> re.Match[bytes] | None:
        return Origin.CHUNK.fullmatch(line) or self.pattern.fullmatch(line)


for _name, _octets, _text in (
    ("chunk-size-0x", rb"0[xX]([0-9A-Fa-f]+)", "A chunk size may begin with 0x"),
    ("chunk-size-plus", rb"\+([0-9A-Fa-f]+)", "A chunk size may have a plus sign"),
    ("chunk-size-minus", rb"-([0-9A-Fa-f]+)", "A chunk size may have a minus sign, which is ignored"),
    ("chunk-size-space-before", rb"[ \t]+([0-9A-Fa-f]+)", "Whitespace may come before a chunk size"),
    ("chunk-size-trailing", rb"([0-9A-Fa-f]+)[^;\s]+.*", "What follows the digits of a chunk size is ignored"),
    ("chunk-size-underscore", rb"([0-9A-Fa-f]+)_+[0-9A-Fa-f]*", "A chunk size may have underscores"),
    ("chunk-ext-anything", rb"([0-9A-Fa-f]+)[ \t]*;.*", "Anything may stand in a chunk extension"),
):
    plant(_name, "rfc9112-2.2-10", "SHOULD", _text, CHUNK=_Sizes(_octets))


@replaces("chunk_size", "chunk-size-empty", "rfc9112-2.2-10", "SHOULD", "An empty chunk size is 0")
def _(self: Origin, line: bytes) -> int:
    return 0 if not line else Origin.chunk_size(self, line)


@replaces("chunk_size", "chunk-size-overflow", "rfc9112-7.1-3", "MUST", "Chunk sizes overflow at 32 bits")
def _(self: Origin, line: bytes) -> int:
    digits = re.match(rb"[0-9A-Fa-f]+", line)
    return int(digits[0], 16) % 2**32 if digits else Origin.chunk_size(self, line)


@replaces("chunk_size", "chunk-size-overflow-64", "rfc9112-7.1-3", "MUST", "Chunk sizes overflow at 64 bits")
def _(self: Origin, line: bytes) -> int:
    digits = re.match(rb"[0-9A-Fa-f]+", line)
    return int(digits[0], 16) % 2**64 if digits else Origin.chunk_size(self, line)


@replaces("chunk_size", "chunk-size-decimal", "rfc9112-6.1-1", "MUST", "Chunk sizes are read as decimal")
def _(self: Origin, line: bytes) -> int:
    digits = line.partition(b";")[0].strip()
    return int(digits) if digits.isdigit() else Origin.chunk_size(self, line)


@replaces("chunk_size", "chunk-size-small-letters", "rfc9112-6.1-1", "MUST", "Capital hexadecimal digits get 400")
def _(self: Origin, line: bytes) -> int:
    if any(octet in b"ABCDEF" for octet in line.partition(b";")[0]):
        raise Refused(400, "not a chunk size", closes=True)
    return Origin.chunk_size(self, line)


@replaces("chunk_size", "chunk-ext-refused", "rfc9112-7.1.1-1", "MUST", "A chunk extension gets 400")
def _(self: Origin, line: bytes) -> int:
    if b";" in line:
        raise Refused(400, "unknown chunk extension", closes=True)
    return Origin.chunk_size(self, line)


@replaces(
    "end_of_chunk", "chunk-end-unchecked", "rfc9112-2.2-10", "SHOULD", "Any two octets may follow the data of a chunk"
)
def _(self: Origin) -> None:
    self.stream.take(2)


@replaces(
    "end_of_chunk",
    "chunk-end-optional",
    "rfc9112-2.2-10",
    "SHOULD",
    "Octets after the data of a chunk are skipped up to a line end",
)
def _(self: Origin) -> None:
    self.line(400)


@replaces(
    "chunked_content",
    "chunk-end-kept",
    "rfc9112-6.1-1",
    "MUST",
    "The line end after a chunk becomes part of the content",
)
def _(self: Origin, request: Request) -> bytes:
    content = Origin.chunked_content(self, request)
    return content + b"\r\n" if content else content


@replaces(
    "closes_after",
    "chunk-error-open",
    "rfc9112-9.3-5",
    "MUST",
    "Malformed chunks get 400, and the connection stays open",
)
def _(self: Origin, request: Request | None, response: Response) -> bool:
    if request and request.chunked and response.status == 400:
        return False
    return Origin.closes_after(self, request, response)


@replaces("chunked_content", "trailers-refused", "rfc9112-7.1-2", "MUST", "Trailers get 400")
def _(self: Origin, request: Request) -> bytes:
    content = Origin.chunked_content(self, request)
    if request.trailers:
        raise Refused(400, "trailers", closes=True)
    return content


@replaces(
    "chunked_content",
    "trailers-unread",
    "rfc9112-9.3-5",
    "MUST",
    "Trailers are not read, so they start the next request",
)
def _(self: Origin, request: Request) -> bytes:
    section = self.field_section
    self.field_section = list  # type: ignore[method-assign]
    try:
        return Origin.chunked_content(self, request)
    finally:
        self.field_section = section  # type: ignore[method-assign]


@replaces(
    "read_content", "trailers-merged", "rfc9110-6.5.1-2", "MUST NOT", "Trailers are merged into the header section"
)
def _(self: Origin, request: Request) -> None:
    Origin.read_content(self, request)
    request.fields += request.trailers


@replaces(
    "read_content", "content-short", "rfc9112-6.3-8", "MUST", "Content that ends early is stored as if it were whole"
)
def _(self: Origin, request: Request) -> None:
    from ..stream import Ended, Silent

    try:
        Origin.read_content(self, request)
    except (Ended, Silent):
        request.content = bytes(self.stream.buffer)
        self.stream.buffer.clear()


@replaces(
    "chunk_size",
    "chunk-ext-space",
    "rfc9110-5.6.3-6",
    "MUST",
    "Whitespace around ; and = of a chunk extension gets 400",
)
def _(self: Origin, line: bytes) -> int:
    if re.search(rb"[ \t]*[;=][ \t]+|[ \t]+[;=]", line):
        raise Refused(400, "whitespace", closes=True)
    return Origin.chunk_size(self, line)


@replaces(
    "chunk_size",
    "chunk-ext-quoted-pair",
    "rfc9110-5.6.4-1",
    "MUST",
    "A quoted pair in a chunk extension ends its string",
)
def _(self: Origin, line: bytes) -> int:
    if b'\\"' in line:
        raise Refused(400, "not a string", closes=True)
    return Origin.chunk_size(self, line)


@replaces("content_length", "length-octal", "rfc9112-9.3-5", "MUST", "Content-Length with a leading zero is octal")
def _(self: Origin, request: Request) -> int:
    length = Origin.content_length(self, request)
    octal = request.get("Content-Length") or ""
    return int(octal, 8) if re.fullmatch("0[0-7]+", octal) else length


@replaces("read_content", "content-in-one-piece", "rfc9112-6.3-8", "MUST", "Content that comes in pieces is incomplete")
def _(self: Origin, request: Request) -> None:
    if 0 < len(self.stream.buffer) < request.length:
        raise Refused(400, "the content is incomplete", closes=True)
    Origin.read_content(self, request)
