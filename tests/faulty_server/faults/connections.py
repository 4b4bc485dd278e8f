"""Connections that end or go on wrongly, and responses too many or too few. RFC 9112 section 9."""

from __future__ import annotations

import contextlib

from ..connection import Origin
from ..message import Request, Resource, Response
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


@alters("refusals-without-end", "rfc9112-9.3-3", "MUST", "4xx without a length, and the connection stays open")
def _(request: Request, response: Response) -> None:
    if response.status in (404, 405):
        response.drop("Content-Length")


@alters("reset-without-end", "rfc9112-9.3-3", "MUST", "205 without a length, and the connection stays open")
def _(request: Request, response: Response) -> None:
    if response.status == 205:
        response.drop("Content-Length")
