"""Final responses passed back wrongly: codes, content, what has none. RFC 9110 section 15."""

from __future__ import annotations

from typing import Any

from tests.faulty_server.message import Fields, Request

from ..intermediary import Intermediary
from ..upstream import Reply
from .registry import PROXY, plant, replaces

KNOWN = (
    *(200, 201, 202, 203, 204, 205, 206, 300, 301, 302, 303, 304, 305, 307, 308),
    *range(400, 418),
    *(421, 422, 426, 428, 429, 431, 451, *range(500, 506)),
)


def _turning(codes: dict[int, int]) -> Any:
    def back_status(self: Intermediary, reply: Reply) -> int:
        return codes.get(reply.status, reply.status)

    return back_status


for before, after in (
    *(
        (201, 200),
        (202, 200),
        (203, 200),
        (205, 200),
        (206, 200),
        (300, 302),
        (301, 302),
        (303, 302),
        (307, 302),
        (308, 301),
    ),
    *((305, 302), (400, 502), (401, 403), (402, 400), (403, 404), (405, 400), (406, 400), (408, 504)),
    *((409, 400), (410, 404), (411, 400), (412, 400), (413, 400), (414, 400), (415, 400), (416, 400), (417, 400)),
    *((421, 400), (426, 400), (500, 502), (501, 502), (503, 502), (504, 502), (505, 502), (404, 410)),
):
    is_same_class = before // 100 == after // 100
    plant(
        f"{before}-as-{after}",
        "rfc9110-7.7-6" if is_same_class else "rfc9110-15-1",
        "SHOULD NOT" if is_same_class else "MUST",
        f"{before} becomes {after}",
        back_status=_turning({before: after}),
    )


@replaces("back_status", "unknown-as-x00", "rfc9110-7.7-6", "SHOULD NOT", "Codes that are not known become x00")
def _(self: Intermediary, reply: Reply) -> int:
    return reply.status if reply.status in KNOWN else reply.status // 100 * 100


@replaces("back_status", "unknown-as-500", "rfc9110-15-1", "MUST", "Codes that are not known become 500")
def _(self: Intermediary, reply: Reply) -> int:
    return reply.status if reply.status in KNOWN else 500


@replaces(
    "has_no_content", "head-with-content", "rfc9110-9.3.2-1", "MUST NOT", "Content of a response to HEAD is waited for"
)
def _(self: Intermediary, request: Request, reply: Reply) -> bool:
    return reply.status // 100 == 1 or reply.status in (204, 304)


@replaces("framed", "head-length-zero", "rfc9110-8.6-4", "MUST NOT", "Responses to HEAD have Content-Length: 0")
def _(self: Intermediary, request: Request, reply: Reply, fields: Fields, framing: str) -> Fields:
    framed = Intermediary.framed(self, request, reply, fields, framing)
    if request.method == "HEAD":
        return [*(line for line in framed if line[0].lower() != "content-length"), ("Content-Length", "0")]
    return framed


@replaces("framed", "304-length-zero", "rfc9110-8.6-6", "MUST NOT", "304 has Content-Length: 0")
def _(self: Intermediary, request: Request, reply: Reply, fields: Fields, framing: str) -> Fields:
    framed = Intermediary.framed(self, request, reply, fields, framing)
    if reply.status == 304:
        return [*(line for line in framed if line[0].lower() != "content-length"), ("Content-Length", "0")]
    return framed


@replaces("framed", "204-length-zero", "rfc9110-8.6-7", "MUST NOT", "204 has Content-Length: 0")
def _(self: Intermediary, request: Request, reply: Reply, fields: Fields, framing: str) -> Fields:
    framed = Intermediary.framed(self, request, reply, fields, framing)
    return [*framed, ("Content-Length", "0")] if reply.status == 204 else framed


@replaces("framed", "204-chunked", "rfc9112-6.1-7", "MUST NOT", "204 has Transfer-Encoding")
def _(self: Intermediary, request: Request, reply: Reply, fields: Fields, framing: str) -> Fields:
    framed = Intermediary.framed(self, request, reply, fields, framing)
    return [*framed, ("Transfer-Encoding", "chunked")] if reply.status == 204 else framed


for code in (204, 304):

    def _expects(self: Intermediary, request: Request, reply: Reply, code: int = code) -> bool:
        return reply.status != code and Intermediary.has_no_content(self, request, reply)

    plant(
        f"{code}-with-content",
        "rfc9110-6.4.1-s1",
        "STATED",
        f"Content of a {code} is waited for where a length is told",
        has_no_content=_expects,
    )


@replaces("pieces", "content-of-errors-lost", "rfc9110-7.7-6", "SHOULD NOT", "Content of errors is left out")
def _(self: Intermediary, stream: Any, reply: Reply) -> Any:
    for piece in Intermediary.pieces(self, stream, reply):
        yield b" " * len(piece) if reply.status >= 400 else piece


@replaces(
    "pieces", "content-changed", "rfc9110-7.7-4", "MUST NOT", "Content is changed in spite of no-transform", PROXY
)
def _(self: Intermediary, stream: Any, reply: Reply) -> Any:
    for piece in Intermediary.pieces(self, stream, reply):
        yield piece.upper()


@replaces("head", "version-1.0", "rfc9110-6.2-4", "SHOULD", "Responses are of HTTP/1.0")
def _(self: Intermediary, status: int, reason: str, fields: Fields) -> bytes:
    return Intermediary.head(self, status, reason, fields).replace(b"HTTP/1.1", b"HTTP/1.0", 1)


@replaces("pass_back", "version-of-upstream", "rfc9112-2.3-1", "MUST", "Responses have the upstream's version")
def _(self: Intermediary, request: Request, reply: Reply, upstream: Any, address: Any, *, waits: bool) -> bool:
    def head(status: int, reason: str, fields: Fields) -> bytes:
        octets = Intermediary.head(self, status, reason, fields)
        return octets.replace(b"HTTP/1.1", f"HTTP/1.{reply.minor}".encode(), 1)

    self.head = head  # type: ignore[method-assign]
    try:
        return Intermediary.pass_back(self, request, reply, upstream, address, waits=waits)
    finally:
        del self.head
