"""What is said, and done, where the upstream fails: RFC 9110 section 15.6, RFC 9112 section 8."""

from __future__ import annotations

import contextlib
import re
from typing import Any

from tests.faulty_server.message import Request, Response, explained
from tests.faulty_server.stream import Ended, Silent, Stream

from ..intermediary import Intermediary
from ..upstream import Address, Reply
from .registry import PROXY, plant, replaces


def _always(status: int) -> Any:
    def failure(self: Intermediary, failure: Exception) -> Response:
        return explained(status, "something went wrong")

    return failure


plant(
    "failures-as-500", "rfc9110-15.6.3-s1", "STATED", "Failures of the upstream are told as 500", failure=_always(500)
)
plant(
    "failures-as-404", "rfc9110-15.6.3-s1", "STATED", "Failures of the upstream are told as 404", failure=_always(404)
)
plant(
    "failures-as-200", "rfc9110-15.6.3-s1", "STATED", "Failures of the upstream are told as 200", failure=_always(200)
)
plant(
    "refused-as-404",
    "rfc9110-15.6.3-s1",
    "STATED",
    "An upstream that can't be reached is told as 404",
    refused=lambda self: (404, "no"),
)


@replaces("failure", "silence-as-408", "rfc9110-15.6.5-s1", "STATED", "A silent upstream is told as 408")
def _(self: Intermediary, failure: Exception) -> Response:
    return explained(408, "too late") if isinstance(failure, Silent) else Intermediary.failure(self, failure)


@replaces(
    "cut_off", "incomplete-as-whole", "rfc9112-8-s1", "STATED", "An incomplete chunked response gets a last chunk"
)
def _(self: Intermediary) -> None:
    self.write(b"0\r\n\r\n")
    raise Ended


@replaces(
    "pieces", "incomplete-padded", "rfc9112-8-s1", "STATED", "What is missing of a response is filled up with spaces"
)
def _(self: Intermediary, stream: Stream, reply: Reply) -> Any:
    left = reply.length
    try:
        for piece in Intermediary.pieces(self, stream, reply):
            left -= len(piece)
            yield piece
    except (Ended, Silent):
        if reply.framing != "length":
            raise
        yield b" " * left


@replaces(
    "back_framing",
    "incomplete-by-close",
    "rfc9112-8-s1",
    "STATED",
    "Chunked content is passed on until it ends, complete or not",
)
def _(self: Intermediary, request: Request, reply: Reply) -> str:
    return "close" if reply.framing == "chunked" else Intermediary.back_framing(self, request, reply)


@replaces(
    "pieces",
    "incomplete-length-by-close",
    "rfc9112-8-s1",
    "STATED",
    "Responses cut short are held, and sent with the length that they have",
)
def _(self: Intermediary, stream: Stream, reply: Reply) -> Any:
    with contextlib.suppress(Ended, Silent):
        yield from Intermediary.pieces(self, stream, reply)


@replaces(
    "may_repeat", "post-repeated", "rfc9110-9.2.2-2", "MUST NOT", "POST is repeated when its connection is lost", PROXY
)
def _(self: Intermediary, request: Request, *, waits: bool) -> bool:
    return True


plant(
    "status-line-loose",
    "rfc9110-15.6.3-s1",
    "STATED",
    "A status of any length is taken",
    STATUS_LINE=re.compile(rb"HTTP/1\.([0-9]) +([0-9]{1,3})(?: ([^\r\n]*))?"),
)


plant(
    "response-controls",
    "rfc9110-5.5-4",
    "MUST",
    "Control characters in response fields are passed on",
    REPLY_VALUE=re.compile(rb"[^\r\n]*"),
)


def _any_line(self: Intermediary, stream: Stream) -> bytes:
    return stream.line(self.LARGEST_REPLY_LINE).rstrip(b"\n").removesuffix(b"\r")


plant(
    "response-bare-cr",
    "rfc9112-2.2-3",
    "MUST NOT",
    "A bare CR in a response is passed on",
    PROXY,
    reply_line=_any_line,
    REPLY_VALUE=re.compile(rb"[^\n]*"),
)


@replaces(
    "converse", "post-repeated-when-silent", "rfc9110-9.2.2-2", "MUST NOT", "POST is repeated after a silence", PROXY
)
def _(self: Intermediary, request: Request, upstream: Stream, address: Address, *, waits: bool) -> bool:
    try:
        return Intermediary.converse(self, request, upstream, address, waits=waits)
    except Silent:
        upstream.socket.close()
        again, _ = self.connected(address, is_fresh=True)
        try:
            return Intermediary.converse(self, request, again, address, waits=waits)
        except Exception:
            again.socket.close()
            raise


@replaces(
    "exchange",
    "incomplete-goes-on",
    "rfc9112-8-2",
    "MUST",
    "After an incomplete response the client's next is answered",
)
def _(self: Intermediary, request: Request, address: Address) -> bool:
    try:
        return Intermediary.exchange(self, request, address)
    except Ended:
        if not self.has_answered or self.client_closes(request):
            raise
        return True
