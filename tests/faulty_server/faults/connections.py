"""Connections that end or go on wrongly, responses too many or too few, and interim responses. RFC 9112 section 9."""

from __future__ import annotations

import contextlib

from ..connection import Origin
from ..message import Refused, Request, Resource, Response
from ..stream import Ended, Silent
from .registry import alters, plant, replaces

# Persistence: RFC 9112 sections 9.3 and 9.6


@replaces(
    "serve_one",
    "close-unannounced",
    "rfc9112-9.3-3",
    "MUST",
    "Every connection ends after a response, which doesn't say so",
)
def _(self: Origin) -> bool:
    Origin.serve_one(self)
    return False


def _note_status(self: Origin, request: Request | None, response: Response) -> None:
    self.__dict__["status"] = response.status


plant(
    "close-after-404-unannounced",
    "rfc9112-9.6-1",
    "SHOULD",
    "The connection ends after a 404, which doesn't say so",
    altered=_note_status,
    serve_one=lambda self: Origin.serve_one(self) and self.__dict__["status"] != 404,
)


@alters("close-not-kept", "rfc9112-9.6-7", "MUST", "Connection: close is sent, and the connection goes on")
def _(request: Request, response: Response) -> None:
    response.set("Connection", "close")


@replaces(
    "closes_after", "close-of-client-ignored", "rfc9112-9.6-4", "MUST", "Connection: close in a request is ignored"
)
def _(self: Origin, request: Request | None, response: Response) -> bool:
    if request and request.version >= (1, 1) and not response.closes:
        return False
    return Origin.closes_after(self, request, response)


@replaces(
    "closes_after", "close-exact", "rfc9112-9.6-4", "MUST", "Only close alone and in small letters counts in Connection"
)
def _(self: Origin, request: Request | None, response: Response) -> bool:
    if request and request.version >= (1, 1) and not response.closes:
        return request.get("Connection") == "close"
    return Origin.closes_after(self, request, response)


@replaces(
    "serve_one",
    "close-then-another",
    "rfc9112-9.6-6",
    "MUST NOT",
    "Requests that follow one with close are answered, too",
)
def _(self: Origin) -> bool:
    goes_on = Origin.serve_one(self)
    return goes_on or bool(self.stream.buffer)


@replaces(
    "run",
    "close-never-done",
    "rfc9112-9.6-7",
    "MUST",
    "After Connection: close nothing is served, and the connection isn't closed",
)
def _(self: Origin) -> None:
    with contextlib.suppress(Ended):
        while self.serve_one():
            pass
        self.stream.expect_by(20)
        with contextlib.suppress(Silent):
            while True:
                self.stream.fill()
    self.stream.close()


@replaces(
    "closes_after", "no-persistence", "rfc9112-9.3-1", "SHOULD", "Every response says close, and the connection ends"
)
def _(self: Origin, request: Request | None, response: Response) -> bool:
    return True


@replaces("send", "pipeline-dropped", "rfc9112-9.3.2-3", "MUST", "What came together with a request is thrown away")
def _(self: Origin, request: Request | None, response: Response, closes: bool) -> None:
    self.stream.buffer.clear()
    Origin.send(self, request, response, closes)


@replaces(
    "send", "pipeline-reversed", "rfc9112-9.3.2-3", "MUST", "Of two pipelined requests the second is answered first"
)
def _(self: Origin, request: Request | None, response: Response, closes: bool) -> None:
    self.complete(request, response, closes)
    octets = self.octets(request, response)
    held: bytes = self.__dict__.pop("held", b"")
    if not held and self.stream.buffer and not closes:
        self.__dict__["held"] = octets
    else:
        self.write(octets + held)


@replaces("octets", "head-content", "rfc9110-9.3.2-1", "MUST NOT", "The response to HEAD has content")
def _(self: Origin, request: Request | None, response: Response) -> bytes:
    return Origin.octets(self, None, response)


@replaces("octets", "head-content-of-404", "rfc9110-9.3.2-1", "MUST NOT", "A 404 to HEAD has content")
def _(self: Origin, request: Request | None, response: Response) -> bytes:
    return Origin.octets(self, None if response.status == 404 else request, response)


@replaces("octets", "204-content", "rfc9110-6.4.1-s1", "STATED", "204 is followed by content")
def _(self: Origin, request: Request | None, response: Response) -> bytes:
    return Origin.octets(self, request, response) + (b"Done\n" if response.status == 204 else b"")


@replaces("octets", "octets-after-response", "rfc9110-2.2-12", "MUST NOT", "Two more octets follow each response")
def _(self: Origin, request: Request | None, response: Response) -> bytes:
    return Origin.octets(self, request, response) + b"\r\n"


@replaces("octets", "two-responses", "rfc9112-9.3.2-3", "MUST", "Every GET gets two final responses")
def _(self: Origin, request: Request | None, response: Response) -> bytes:
    once = Origin.octets(self, request, response)
    return once * 2 if request and request.method == "GET" else once


@replaces("octets", "error-and-answer", "rfc9112-9.3.2-3", "MUST", "A 404 is followed by a 500")
def _(self: Origin, request: Request | None, response: Response) -> bytes:
    once = Origin.octets(self, request, response)
    return once + b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n" if response.status == 404 else once


@replaces(
    "refuse",
    "content-unread-open",
    "rfc9112-9.3-5",
    "MUST",
    "Content of a refused request is not read, and the connection goes on",
)
def _(self: Origin, request: Request, response: Response) -> Response:
    return response


@replaces(
    "refuse",
    "content-unread-413",
    "rfc9112-9.3-5",
    "MUST",
    "Content that is too large is not read, and the connection goes on",
)
def _(self: Origin, request: Request, response: Response) -> Response:
    if response.status == 413:
        response.closes = False
        return response
    return Origin.refuse(self, request, response)


@replaces("octets", "silent-on-405", "rfc9110-9.1-4", "SHOULD", "A method that isn't allowed gets no answer")
def _(self: Origin, request: Request | None, response: Response) -> bytes:
    return b"" if response.status == 405 else Origin.octets(self, request, response)


@replaces("out_of_time", "408-open", "rfc9112-9.3-5", "MUST", "408 doesn't end the connection")
def _(self: Origin) -> Response:
    self.stream.buffer.clear()
    response = Origin.out_of_time(self)
    response.closes = False
    return response


@replaces("altered", "408-without-close", "rfc9112-9.6-1", "SHOULD", "408 ends the connection and doesn't say so")
def _(self: Origin, request: Request | None, response: Response) -> None:
    if response.status == 408:
        response.drop("Connection")


# Transfer codings of responses: RFC 9112 sections 6.1 and 7.1


@replaces("complete", "chunked-to-1.0", "rfc9112-6.1-11", "MUST NOT", "A response to HTTP/1.0 is chunked")
def _(self: Origin, request: Request | None, response: Response, closes: bool) -> None:
    chunked = response.chunked
    Origin.complete(self, request, response, closes)
    if chunked:
        response.chunked = True
        response.drop("Content-Length")
        response.set("Transfer-Encoding", "chunked")


@alters("chunked-named-twice", "rfc9112-6.1-2", "MUST NOT", 'Transfer-Encoding says "chunked, chunked"')
def _(request: Request, response: Response) -> None:
    if response.chunked:
        response.set("Transfer-Encoding", "chunked, chunked")


@alters("coding-identity", "rfc9112-6.1-4", "MUST", "Transfer-Encoding says identity, and the connection goes on")
def _(request: Request, response: Response) -> None:
    if response.chunked:
        response.set("Transfer-Encoding", "identity")
        response.set("Content-Length", str(len(response.content)))
        response.chunked = False


@replaces(
    "octets", "last-chunk-missing", "rfc9110-2.2-12", "MUST NOT", "The last chunk is missing, and the connection ends"
)
def _(self: Origin, request: Request | None, response: Response) -> bytes:
    octets = Origin.octets(self, request, response)
    return octets.removesuffix(b"0\r\n\r\n") if response.chunked else octets


@replaces("octets", "chunk-without-crlf", "rfc9110-2.2-12", "MUST NOT", "No line end follows the data of a chunk")
def _(self: Origin, request: Request | None, response: Response) -> bytes:
    octets = Origin.octets(self, request, response)
    return octets.replace(b"\r\n0\r\n\r\n", b"0\r\n\r\n") if response.chunked else octets


@replaces("octets", "chunk-size-more", "rfc9110-2.2-12", "MUST NOT", "Chunk sizes are one too large")
def _(self: Origin, request: Request | None, response: Response) -> bytes:
    octets = Origin.octets(self, request, response)
    size = f"\r\n{len(response.content):x}\r\n".encode()
    return octets.replace(size, f"\r\n{len(response.content) + 1:x}\r\n".encode()) if response.chunked else octets


@replaces("complete", "trailer-framing", "rfc9110-6.5.1-1", "MUST NOT", "Content-Length comes as a trailer")
def _(self: Origin, request: Request | None, response: Response, closes: bool) -> None:
    Origin.complete(self, request, response, closes)
    if response.chunked:
        response.trailers.append(("Content-Length", str(len(response.content))))


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


@replaces(
    "read_content", "100-after-content", "rfc9110-10.1.1-12", "MUST NOT", "100 is sent when the content has been read"
)
def _(self: Origin, request: Request) -> None:
    Origin.read_content(self, request)
    if request.version >= (1, 1) and "100-continue" in request.tokens("Expect"):
        self.write(b"HTTP/1.1 100 Continue\r\n\r\n")


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


# Who is asking: RFC 9110 section 3.3


@replaces(
    "check_credentials",
    "credentials-of-connection",
    "rfc9110-3.3-1",
    "MUST NOT",
    "Credentials open everything that follows on the connection",
)
def _(self: Origin, request: Request, resource: Resource) -> None:
    if self.__dict__.get("known"):
        return
    Origin.check_credentials(self, request, resource)
    if resource.is_protected:
        self.__dict__["known"] = True


@replaces(
    "field_section",
    "acts-early",
    "rfc9110-5.3-4",
    "MUST NOT",
    "A request is answered before its header section has come in",
)
def _(self: Origin) -> list[tuple[str, str]]:
    fields: list[tuple[str, str]] = []
    while not fields or (fields[-1][0].lower() != "host" and self.stream.buffer):
        line = self.line(431)
        if not line:
            break
        fields.append(self.field_line(line) or ("", ""))
    while self.stream.buffer and (line := self.line(431)):
        fields.append(self.field_line(line) or ("", ""))
    return fields
