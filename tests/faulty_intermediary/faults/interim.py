"""Interim responses, and 100-continue: RFC 9110 sections 10.1.1 and 15.2."""

from __future__ import annotations

from tests.faulty_server.message import Fields, Request, combined, members
from tests.faulty_server.stream import Stream

from ..intermediary import Intermediary
from ..upstream import Address, Reply
from .registry import PROXY, plant, replaces


def _dropped(self: Intermediary, request: Request, reply: Reply) -> None:
    return None


plant("interim-dropped", "rfc9110-15.2-4", "MUST", "Interim responses are not passed on", PROXY, pass_interim=_dropped)


@replaces(
    "pass_interim",
    "interim-unknown-dropped",
    "rfc9110-15.2-4",
    "MUST",
    "Interim responses other than 100 are not passed on",
    PROXY,
)
def _(self: Intermediary, request: Request, reply: Reply) -> None:
    if reply.status == 100:
        Intermediary.pass_interim(self, request, reply)


@replaces("pass_interim", "interim-103-dropped", "rfc9110-15.2-4", "MUST", "103 is not passed on", PROXY)
def _(self: Intermediary, request: Request, reply: Reply) -> None:
    if reply.status != 103:
        Intermediary.pass_interim(self, request, reply)


@replaces(
    "pass_interim",
    "interim-second-dropped",
    "rfc9110-15.2-4",
    "MUST",
    "Only the first interim response is passed on",
    PROXY,
)
def _(self: Intermediary, request: Request, reply: Reply) -> None:
    if request.query != "seen":
        request.query = "seen"
        Intermediary.pass_interim(self, request, reply)


def _interim_with(self: Intermediary, request: Request, reply: Reply, kept: Fields) -> None:
    if request.version >= (1, 1):
        rest = [line for line in self.back_fields(request, reply) if line[0].lower() != "content-length"]
        fields: Fields = [*rest, *kept]
        self.write(self.head(reply.status, reply.reason or "", fields))


@replaces(
    "pass_interim",
    "interim-connection-kept",
    "rfc9110-7.6.1-2",
    "MUST",
    "Connection of interim responses is passed on",
)
def _(self: Intermediary, request: Request, reply: Reply) -> None:
    _interim_with(self, request, reply, [line for line in reply.fields if line[0].lower() == "connection"])


@replaces(
    "pass_interim",
    "interim-second-nominated-kept",
    "rfc9110-7.6.1-2",
    "MUST",
    "Of the fields that Connection of an interim response names only the first is left out",
)
def _(self: Intermediary, request: Request, reply: Reply) -> None:
    named = [name.lower() for name in members(combined(reply.fields, "Connection"))][1:]
    _interim_with(self, request, reply, [line for line in reply.fields if line[0].lower() in named])


@replaces(
    "pass_interim",
    "interim-keep-alive-kept",
    "rfc9110-7.6.1-3",
    "SHOULD",
    "Keep-Alive of interim responses is passed on",
)
def _(self: Intermediary, request: Request, reply: Reply) -> None:
    _interim_with(self, request, reply, [line for line in reply.fields if line[0].lower() == "keep-alive"])


@replaces(
    "pass_interim", "interim-to-1.0", "rfc9110-15.2-1", "MUST NOT", "Interim responses are sent to clients of HTTP/1.0"
)
def _(self: Intermediary, request: Request, reply: Reply) -> None:
    self.write(self.head(reply.status, reply.reason or "", self.back_fields(request, reply)))


@replaces("pass_interim", "interim-as-100", "rfc9110-15.2-4", "MUST", "All interim responses become 100", PROXY)
def _(self: Intermediary, request: Request, reply: Reply) -> None:
    reply.status = 100
    Intermediary.pass_interim(self, request, reply)


@replaces("pass_interim", "interim-with-length", "rfc9110-8.6-7", "MUST NOT", "Interim responses get Content-Length: 0")
def _(self: Intermediary, request: Request, reply: Reply) -> None:
    if request.version >= (1, 1):
        fields: Fields = [*self.back_fields(request, reply), ("Content-Length", "0")]
        self.write(self.head(reply.status, reply.reason or "", fields))


@replaces(
    "converse", "interim-is-final", "rfc9110-15-s2", "STATED", "Unknown interim responses are taken for the final one"
)
def _(self: Intermediary, request: Request, upstream: Stream, address: Address, *, waits: bool) -> bool:
    reader = self.read_reply_head

    def read(stream: Stream, asked: Request) -> Reply:
        reply = reader(stream, asked)
        if reply.status in range(104, 200):
            self.write(self.head(reply.status, reply.reason or "", [("Connection", "close")]))
            self.has_answered = True
            self.cut_off()
        return reply

    self.read_reply_head = read  # type: ignore[method-assign, assignment]
    try:
        return Intermediary.converse(self, request, upstream, address, waits=waits)
    finally:
        del self.read_reply_head


@replaces("asks_for_upgrade", "101-unasked", "rfc9110-15.2.2-s1", "STATED", "A 101 that nobody asked for is passed on")
def _(self: Intermediary, request: Request) -> bool:
    return True


@replaces("back_upgrade", "101-without-upgrade", "rfc9110-15.2.2-1", "MUST", "A 101 loses its Upgrade")
def _(self: Intermediary, request: Request, reply: Reply, fields: Fields) -> Fields:
    return fields


@replaces("head", "101-as-200", "rfc9110-15.2.2-s1", "STATED", "A 101 becomes a 200")
def _(self: Intermediary, status: int, reason: str, fields: Fields) -> bytes:
    return Intermediary.head(self, 200 if status == 101 else status, reason, fields)


@replaces(
    "pass_interim",
    "100-not-passed",
    "rfc9110-10.1.1-13",
    "MUST",
    "100 is kept, and the client's content waited for",
    PROXY,
)
def _(self: Intermediary, request: Request, reply: Reply) -> None:
    if reply.status != 100:
        Intermediary.pass_interim(self, request, reply)
