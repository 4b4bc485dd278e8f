"""When connections end, in what pieces responses come, and how their end is told. RFC 9112 sections 6, 7 and 9."""

from __future__ import annotations

import contextlib
import re
import socket
import time

from ..connection import Origin
from ..message import Refused, Request, Resource, Response
from ..stream import Ended, Silent
from .registry import permitted


@permitted("RFC 9112 section 9.3: a SHOULD", {"rfc9112-9.3-1": "connections are never reused"})
class ClosesAlways(Origin):
    """Every response announces that the connection ends."""

    def closes_after(self, request: Request | None, response: Response) -> bool:
        return True


@permitted("RFC 9112 section 9.6")
class ClosesAfterErrors(Origin):
    """Every error announces that the connection ends."""

    def closes_after(self, request: Request | None, response: Response) -> bool:
        return response.status >= 400 or super().closes_after(request, response)


@permitted("RFC 9112 section 9.6")
class ClosesAfterContent(Origin):
    """After a request with content the connection ends."""

    def closes_after(self, request: Request | None, response: Response) -> bool:
        return bool(request and request.has_content) or super().closes_after(request, response)


@permitted("RFC 9112 section 9.6")
class ClosesAfterThree(Origin):
    """The third response on a connection announces that it ends."""

    def closes_after(self, request: Request | None, response: Response) -> bool:
        count = self.__dict__["count"] = self.__dict__.get("count", 0) + 1
        return count >= 3 or super().closes_after(request, response)


@permitted("RFC 9112 section 9.3.2")
class ClosesPipelines(Origin):
    """Where more came with a request, its response announces that the connection ends."""

    def closes_after(self, request: Request | None, response: Response) -> bool:
        return bool(self.stream.buffer) or super().closes_after(request, response)


@permitted("RFC 9112 section 9.3: what follows a well-framed request can be read")
class StaysOpenAfterErrors(Origin):
    """The connection goes on after a request that is invalid, but for its framing."""

    def check_version(self, request: Request) -> None:
        self.__dict__["problem"] = None
        if request.version[0] != 1:
            super().check_version(request)

    def check_host(self, request: Request) -> None:
        try:
            super().check_host(request)
        except Refused as refused:
            self.__dict__["problem"] = refused

    def resolve(self, request: Request) -> None:
        try:
            super().resolve(request)
        except Refused as refused:
            self.__dict__["problem"] = self.__dict__["problem"] or refused

    def admit(self, request: Request) -> Resource:
        if problem := self.__dict__["problem"]:
            problem.response.closes = False
            raise problem
        return super().admit(request)


@permitted("RFC 9112 section 9.3")
class Http10KeptAlive(Origin):
    """A connection of HTTP/1.0 goes on where keep-alive is asked for."""

    def closes_after(self, request: Request | None, response: Response) -> bool:
        keeps = request is not None and "keep-alive" in request.tokens("Connection")
        if request is not None and request.version == (1, 0) and keeps and not response.closes:
            if "close" in request.tokens("Connection"):
                return True
            self.__dict__["keeps"] = True
            return False
        return super().closes_after(request, response)

    def altered(self, request: Request | None, response: Response) -> None:
        super().altered(request, response)
        if self.__dict__.pop("keeps", False):
            response.set("Connection", "keep-alive")


@permitted("RFC 9110 section 2.5: a SHOULD", {"rfc9110-6.2-4": "the version ought to be the server's highest"})
class Http10AnsweredInKind(Origin):
    """HTTP/1.0 is answered with HTTP/1.0."""

    def altered(self, request: Request | None, response: Response) -> None:
        super().altered(request, response)
        if request is not None and request.version == (1, 0):
            response.version = "HTTP/1.0"


@permitted("RFC 9112 section C.2.2; silence on HTTP/1.1")
class KeepAliveSaid(Origin):
    """Responses say Connection: keep-alive, and Keep-Alive."""

    def altered(self, request: Request | None, response: Response) -> None:
        super().altered(request, response)
        if response.get("Connection") is None:
            response.fields += [("Connection", "keep-alive"), ("Keep-Alive", "timeout=15, max=100")]


class Undelimited(Origin):
    """A server some of whose responses end with the connection; no choice itself."""

    def ends_with_connection(self, request: Request | None, response: Response) -> bool:
        raise NotImplementedError

    def closes_after(self, request: Request | None, response: Response) -> bool:
        return self.ends_with_connection(request, response) or super().closes_after(request, response)

    def altered(self, request: Request | None, response: Response) -> None:
        super().altered(request, response)
        if self.ends_with_connection(request, response):
            response.drop("Content-Length", "Transfer-Encoding")
            response.chunked = False


@permitted(
    "RFC 9112 section 6.3: a SHOULD",
    {"rfc9112-9.3-1": "connections are never reused", "rfc9112-6.3-9": "the end ought to be told"},
)
class CloseDelimited(Undelimited):
    """Every content ends with the connection."""

    def ends_with_connection(self, request: Request | None, response: Response) -> bool:
        return response.status not in (101, 204, 205, 304)


@permitted("RFC 9112 section 6.3: a SHOULD", {"rfc9112-6.3-9": "the end ought to be told"})
class CloseDelimitedErrors(Undelimited):
    """The content of errors ends with the connection."""

    def ends_with_connection(self, request: Request | None, response: Response) -> bool:
        return response.status >= 400


@permitted("RFC 9110 section 9.3.2: what is only known when content is made")
class HeadWithoutLength(Origin):
    """HEAD is answered without Content-Length."""

    def altered(self, request: Request | None, response: Response) -> None:
        super().altered(request, response)
        if request is not None and request.method == "HEAD":
            response.drop("Content-Length", "Transfer-Encoding")


@permitted(
    "RFC 9110 section 9.3.2: what is only known when content is made",
    {"rfc9110-9.3.2-2": "whether the tag is known before can't be seen"},
)
class HeadInBrief(Origin):
    """HEAD is answered without Content-Length and ETag."""

    def altered(self, request: Request | None, response: Response) -> None:
        super().altered(request, response)
        if request is not None and request.method == "HEAD":
            response.drop("Content-Length", "Transfer-Encoding")
            if response.status == 200:
                response.drop("ETag")


@permitted("RFC 9112 section 6.1")
class AllInChunks(Origin):
    """All content is sent in chunks."""

    def complete(self, request: Request | None, response: Response, closes: bool) -> None:
        response.chunked = response.status not in (101, 204, 205, 304)
        super().complete(request, response, closes)


@permitted("RFC 9112 section 7.1")
class OddChunks(AllInChunks):
    """Chunks are small, with sizes in capitals after zeros, and have extensions."""

    def in_chunks(self, content: bytes, trailers: list[tuple[str, str]]) -> bytes:
        octets = b""
        size = 31 if len(content) < 5000 else 4001
        for start in range(0, len(content), size):
            chunk = content[start : start + size]
            octets += f'{len(chunk):05X};a=b;c="d;\\"e";f\r\n'.encode() + chunk + b"\r\n"
        return octets + b"000;last\r\n" + self.field_lines(trailers) + b"\r\n"


@permitted("RFC 9110 section 6.5.1: what may get lost")
class Trailing(AllInChunks):
    """Chunked content is followed by trailers."""

    def altered(self, request: Request | None, response: Response) -> None:
        super().altered(request, response)
        if response.chunked:
            response.set("Trailer", "Server-Timing")
            response.trailers = [("Server-Timing", "all;dur=1.5")]


@permitted("RFC 9110 section 8.6: 1*DIGIT")
class LengthsAfterZeros(Origin):
    """Content-Length begins with zeros."""

    def altered(self, request: Request | None, response: Response) -> None:
        super().altered(request, response)
        if length := response.get("Content-Length"):
            response.set("Content-Length", "000" + length)


@permitted("RFC 9293: segments have no meaning")
class ManySegments(Origin):
    """Responses come in many small pieces."""

    def write(self, octets: bytes) -> None:
        for at in range(0, min(len(octets), 400), 7):
            super().write(octets[at : min(at + 7, 400)])
        for at in range(400, len(octets), 5000):
            super().write(octets[at : at + 5000])


@permitted("silence on how long an answer takes")
class SlowAnswers(Origin):
    """Each answer takes a third of a second, between two halves of it."""

    def write(self, octets: bytes) -> None:
        half = len(octets) // 2
        super().write(octets[:half])
        time.sleep(0.3)
        super().write(octets[half:])


@permitted("RFC 9112 section 4: a SHOULD NOT about what clients read, so it may be empty")
class NoReasons(Origin):
    """Status lines have no reason phrase."""

    def status_line(self, response: Response) -> bytes:
        return f"{response.version} {response.status} \r\n".encode()


@permitted("RFC 9112 section 4")
class OtherReasons(Origin):
    """Reason phrases are others, and not all of ASCII."""

    def status_line(self, response: Response) -> bytes:
        return f"{response.version} {response.status} \tWie gewünscht: 404 oder so\t \r\n".encode()


@permitted("RFC 9112 section 9.5: at any time")
class ShortIdle(Origin):
    """A connection that is not used for half a second ends."""

    def await_request(self) -> bool:
        self.stream.expect_by(0.5)
        try:
            while not self.stream.buffer:
                self.stream.fill()
        except Silent:
            return False
        self.stream.expect_by(self.stream.patience)
        return True


@permitted("RFC 9112 section 9.5: a SHOULD about time-outs; silence on 408")
class SilentAfterTimeOut(Origin):
    """A request that does not go on is ended without an answer."""

    def out_of_time(self) -> Response:
        raise Ended


@permitted("RFC 9293: a client that has ended may be taken to be gone")
class HalfClosedUnanswered(Origin):
    """A client that has ended its side gets no answer."""

    def send(self, request: Request | None, response: Response, closes: bool) -> None:
        self.stream.socket.settimeout(0)
        with contextlib.suppress(BlockingIOError):
            if not self.stream.socket.recv(1, socket.MSG_PEEK):
                raise Ended
        super().send(request, response, closes)


@permitted("RFC 9112 section 5.1: optional whitespace; RFC 9110 section 5.1: names are case-insensitive")
class FieldsInOtherSpelling(Origin):
    """Field names are in small letters, and values have other whitespace around them."""

    def field_lines(self, fields: list[tuple[str, str]]) -> bytes:
        lines = (f"{name.lower()}:{value}\t \r\n" for name, value in fields)
        return "".join(lines).encode("latin-1")


@permitted("RFC 9110 section 5.3: lines of a list may be split")
class ListsInLines(Origin):
    """Each member of Allow and Vary has a line of its own."""

    def altered(self, request: Request | None, response: Response) -> None:
        super().altered(request, response)
        fields = []
        for name, value in response.fields:
            values = re.split(", *", value) if name in ("Allow", "Vary", "Connection", "Cache-Control") else [value]
            fields += [(name, one) for one in values]
        response.fields[:] = fields
