"""Interim responses unasked, too late, without end, or to who knows none; and 101. RFC 9110 sections 7.8, 10.1.1 and 15.2."""

from __future__ import annotations

import contextlib

from ..connection import Origin
from ..message import Refused, Request, Resource, Response
from ..stream import Ended, Silent
from .registry import plant, replaces

# 100: RFC 9110 section 10.1.1


@replaces(
    "expects_continue", "100-never", "rfc9110-10.1.1-11", "MUST", "100-continue is ignored: the content is waited for"
)
def _(self: Origin, request: Request) -> bool:
    return False


@replaces("expects_continue", "100-to-1.0", "rfc9110-10.1.1-7", "MUST", "100-continue in HTTP/1.0 gets 100")
def _(self: Origin, request: Request) -> bool:
    return request.has_content and "100-continue" in request.tokens("Expect")


@replaces("expects_continue", "100-case", "rfc9110-10.1.1-11", "MUST", "100-Continue in capitals is ignored")
def _(self: Origin, request: Request) -> bool:
    return request.get("Expect") == "100-continue" and Origin.expects_continue(self, request)


def _continue_late(self: Origin, request: Request) -> None:
    Origin.read_content(self, request)
    if request.version >= (1, 1) and "100-continue" in request.tokens("Expect"):
        self.write(b"HTTP/1.1 100 Continue\r\n\r\n")


plant(
    "100-after-content",
    "rfc9110-10.1.1-12",
    "MUST NOT",
    "100 is sent when the content has been read, and not before",
    send_continue=lambda self, request: None,
    read_content=_continue_late,
)


plant(
    "100-awaits-content",
    "rfc9110-10.1.1-12",
    "MUST NOT",
    "100 is sent only when content begins to arrive",
    send_continue=lambda self, request: (self.stream.buffer or self.stream.fill(), self.interim(100)),
)


@replaces(
    "send_continue",
    "100-and-nothing",
    "rfc9110-10.1.1-9",
    "MUST",
    "100 is sent, the content read, and no final response",
)
def _(self: Origin, request: Request) -> None:
    Origin.send_continue(self, request)
    self.read_content(request)
    with contextlib.suppress(Silent):
        self.stream.expect_by(20)
        self.stream.fill()
    raise Ended


@replaces("send_continue", "100-and-close", "rfc9110-10.1.1-9", "MUST", "The connection is closed after 100")
def _(self: Origin, request: Request) -> None:
    Origin.send_continue(self, request)
    raise Ended


@replaces("send_continue", "100-length", "rfc9110-8.6-7", "MUST NOT", "100 has Content-Length")
def _(self: Origin, request: Request) -> None:
    self.interim(100, ("Content-Length", "0"))


@replaces("send_continue", "100-coding", "rfc9112-6.1-7", "MUST NOT", "100 has Transfer-Encoding")
def _(self: Origin, request: Request) -> None:
    self.interim(100, ("Transfer-Encoding", "chunked"))


@replaces(
    "refuse",
    "refusal-open",
    "rfc9112-9.3-5",
    "MUST",
    "After a final status in place of 100 what follows is read as a request",
)
def _(self: Origin, request: Request, response: Response) -> Response:
    return response if Origin.expects_continue(self, request) else Origin.refuse(self, request, response)


@replaces(
    "altered",
    "refusal-unannounced",
    "rfc9110-10.1.1-10",
    "SHOULD",
    "A final status in place of 100 doesn't say that the connection ends",
)
def _(self: Origin, request: Request | None, response: Response) -> None:
    if request and "100-continue" in request.tokens("Expect") and response.status >= 400:
        response.drop("Connection")


@replaces("check_expectation", "417-to-100-continue", "rfc9110-10.1.1-7", "MUST", "100-continue gets 417 in HTTP/1.0")
def _(self: Origin, request: Request) -> None:
    if request.version < (1, 1) and request.lines("Expect"):
        raise Refused(417, "no")
    Origin.check_expectation(self, request)


# 103 and others: RFC 9110 section 15.2, RFC 8297


@replaces("get", "103-to-1.0", "rfc9110-15.2-1", "MUST NOT", "HTTP/1.0 gets 103")
def _(self: Origin, request: Request, resource: Resource) -> Response:
    version, request.version = request.version, (1, 1)
    response = Origin.get(self, request, resource)
    request.version = version
    return response


@replaces("answer", "103-always-to-1.0", "rfc9110-15.2-1", "MUST NOT", "Everything in HTTP/1.0 gets 102 first")
def _(self: Origin, request: Request) -> Response:
    if request.version < (1, 1):
        self.interim(102)
    return Origin.answer(self, request)


@replaces("interim", "103-length", "rfc9110-8.6-7", "MUST NOT", "103 has Content-Length")
def _(self: Origin, status: int, *fields: tuple[str, str]) -> None:
    Origin.interim(self, status, *fields, *([("Content-Length", "0")] if status == 103 else []))


@replaces("interim", "103-content", "rfc9110-6.4.1-s1", "STATED", "103 is followed by content")
def _(self: Origin, status: int, *fields: tuple[str, str]) -> None:
    Origin.interim(self, status, *fields)
    if status == 103:
        self.write(b"Hints\r\n")


@replaces("interim", "1xx-without-end", "rfc9110-15.2-s1", "STATED", "103 comes without a final response")
def _(self: Origin, status: int, *fields: tuple[str, str]) -> None:
    Origin.interim(self, status, *fields)
    if status == 103:
        raise Ended


# 101: RFC 9110 section 7.8


@replaces("switch", "101-without-upgrade", "rfc9110-7.8-4", "MUST", "101 has no Upgrade")
def _(self: Origin, request: Request, response: Response) -> None:
    response.drop("Upgrade")
    Origin.switch(self, request, response)


@replaces(
    "switch", "101-without-connection", "rfc9110-7.6.1-1", "MUST", "101 has Upgrade, which Connection doesn't name"
)
def _(self: Origin, request: Request, response: Response) -> None:
    response.drop("Connection")
    Origin.switch(self, request, response)


@replaces("switch", "101-other-protocol", "rfc9110-7.8-6", "MUST NOT", "101 switches to a protocol that wasn't offered")
def _(self: Origin, request: Request, response: Response) -> None:
    response.set("Upgrade", "h2c")
    Origin.switch(self, request, response)


@replaces("switch", "101-length", "rfc9110-8.6-7", "MUST NOT", "101 has Content-Length")
def _(self: Origin, request: Request, response: Response) -> None:
    response.set("Content-Length", "0")
    Origin.switch(self, request, response)


@replaces("switch", "101-and-200", "rfc9110-7.8-10", "MUST NOT", "After 101, HTTP goes on with a 200")
def _(self: Origin, request: Request, response: Response) -> None:
    self.write(self.head(response))
    self.send(request, Response(200, [], b"Welcome\n"), True)


def _upgraded(self: Origin, request: Request) -> Response:
    key = self.accept_key(request.get("Sec-WebSocket-Key") or "")
    return Response(101, [("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", key)])


@replaces("upgrade", "101-to-1.0", "rfc9110-7.8-12", "MUST", "Upgrade in HTTP/1.0 gets 101")
def _(self: Origin, request: Request, resource: Resource) -> Response:
    if request.version < (1, 1) and "websocket" in request.tokens("Upgrade"):
        return _upgraded(self, request)
    return Origin.upgrade(self, request, resource)


@replaces("upgrade", "101-unasked", "rfc9110-7.8-6", "MUST NOT", "A plain GET gets 101")
def _(self: Origin, request: Request, resource: Resource) -> Response:
    return Origin.upgrade(self, request, resource) if request.lines("Upgrade") else _upgraded(self, request)


@replaces(
    "upgrade",
    "101-for-anything",
    "rfc9110-7.8-6",
    "MUST NOT",
    "Whatever protocol is offered, 101 switches to WebSocket",
)
def _(self: Origin, request: Request, resource: Resource) -> Response:
    offered = request.tokens("Upgrade")
    if offered and "websocket" not in offered and request.version >= (1, 1):
        return _upgraded(self, request)
    return Origin.upgrade(self, request, resource)


@replaces("upgrade", "upgrade-case", "rfc9110-7.8-3", "SHOULD", "Only websocket in small letters is known")
def _(self: Origin, request: Request, resource: Resource) -> Response:
    offered = request.get("Upgrade") or ""
    if offered != offered.lower():
        raise Refused(426, "unknown", ("Upgrade", "websocket"), ("Connection", "Upgrade"))
    return Origin.upgrade(self, request, resource)


@replaces("answer", "101-before-100", "rfc9110-7.8-13", "MUST", "101 is sent before 100 and the content")
def _(self: Origin, request: Request) -> Response:
    if request.lines("Upgrade") and "100-continue" in request.tokens("Expect"):
        return self.perform(request, self.admit(request))
    return Origin.answer(self, request)


@replaces(
    "answer", "101-unread", "rfc9110-7.8-10", "MUST NOT", "101 is sent while content of the request is still to come"
)
def _(self: Origin, request: Request) -> Response:
    if request.lines("Upgrade"):
        return self.perform(request, self.admit(request))
    return Origin.answer(self, request)
