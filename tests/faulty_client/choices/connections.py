"""Connections and what is made of malformed responses: RFC 9112 sections 2, 6 and 9."""

from __future__ import annotations

from ..client import Client
from ..message import Failure, Fields, Request, Response, combined
from ..stream import Stream
from .registry import permitted


@permitted("RFC 9112 section 9.3")
class ClosesAlways(Client):
    """Each request says close, and has a connection of its own."""

    def completed(self, request: Request, fields: Fields) -> Fields:
        own = combined(fields, "Connection")
        fields = [one for one in super().completed(request, fields) if one[0].lower() != "connection"]
        return [*fields, ("Connection", "close" if own is None else f"{own}, close")]

    def persists(self, request: Request, response: Response) -> bool:
        return False


@permitted("RFC 9112 section 9.3")
class KeepAliveSaid(Client):
    """Each request says keep-alive."""

    def completed(self, request: Request, fields: Fields) -> Fields:
        has_own = any(name.lower() == "connection" for name, _ in fields)
        return super().completed(request, fields if has_own else [*fields, ("Connection", "keep-alive")])


@permitted("RFC 9112 section 9.3")
class ClosesAfterErrors(Client):
    """After 4xx and 5xx the connection is closed."""

    def persists(self, request: Request, response: Response) -> bool:
        return response.status < 400 and super().persists(request, response)


@permitted("RFC 9112 section 9.3")
class ClosesAfterHead(Client):
    """After HEAD, 204 and 304 the connection is closed."""

    def persists(self, request: Request, response: Response) -> bool:
        return self.has_content(request, response) and super().persists(request, response)


@permitted("RFC 9112 section 9.3")
class ClosesAfterPost(Client):
    """Connections are used again for GET and HEAD only."""

    def persists(self, request: Request, response: Response) -> bool:
        return request.method in ("GET", "HEAD") and super().persists(request, response)


@permitted("RFC 9112 section 9.3")
class ClosesAfterRedirections(Client):
    """The content of redirections is not read: the connection is closed."""

    def conversation(self, stream: Stream, request: Request) -> tuple[Response, bool]:
        response, is_kept = super().conversation(stream, request)
        return response, is_kept and not 300 <= response.status < 400


@permitted("RFC 9112 section 9.2")
class ExtraFails(Client):
    """What came too much on a connection is a failure of the next request."""

    def is_usable(self, stream: Stream) -> bool:
        if stream.buffer:
            raise Failure("octets that nobody asked for")
        return super().is_usable(stream)


@permitted("RFC 9112 section 6.3")
class BothLengthsRefused(Client):
    """Content-Length beside Transfer-Encoding is a failure."""

    def read_coded(self, stream: Stream, response: Response, got: bytearray) -> None:
        if response.get("Content-Length") is not None:
            raise Failure("two lengths", response.status)
        super().read_coded(stream, response, got)


@permitted("RFC 9112 section 6.3")
class EqualLengthsRefused(Client):
    """Content-Length has to come once."""

    def content_length(self, response: Response) -> int | None:
        if "," in (response.get("Content-Length") or ""):
            raise Failure("two lengths", response.status)
        return super().content_length(response)


@permitted("RFC 9112 section 6.1")
class CodingIn10Refused(Client):
    """HTTP/1.0 with Transfer-Encoding is a failure."""

    def read_coded(self, stream: Stream, response: Response, got: bytearray) -> None:
        if response.version < (1, 1):
            raise Failure("a coding in HTTP/1.0", response.status)
        super().read_coded(stream, response, got)


@permitted("RFC 9112 section 2.2")
class BareLfRefused(Client):
    """A line that ends in LF alone is a failure."""

    def without_line_end(self, line: bytes) -> bytes:
        if not line.endswith(b"\r\n"):
            raise Failure("a bare LF")
        return super().without_line_end(line)


@permitted("RFC 9112 section 2.2")
class BareCrRefused(Client):
    """A bare CR and NUL are failures."""

    def cleaned(self, line: bytes) -> bytes:
        if b"\r" in line or b"\0" in line:
            raise Failure("a control character")
        return line


@permitted("RFC 9112 section 2.2")
class WhitespaceAheadSkipped(Client):
    """Lines with whitespace ahead are skipped where no field came yet."""

    def fold(self, fields: Fields, line: bytes) -> None:
        if fields:
            super().fold(fields, line)


@permitted("RFC 9112 section 5")
class StrangeLinesSkipped(Client):
    """Lines that are no fields are skipped."""

    def field_line(self, fields: Fields, line: bytes) -> None:
        if self.FIELD_LINE.fullmatch(line):
            super().field_line(fields, line)


@permitted("RFC 9112 section 4")
class LenientStatusLine(Client):
    """Words of the status line may be separated by more whitespace, and the name of the protocol has no case."""

    def status_line(self, line: bytes) -> Response:
        words = line.strip().split(None, 2)
        words[:1] = [words[0].upper()] if words else []
        return super().status_line(b" ".join(words))


@permitted("RFC 9110 section 15.2")
class HundredInterim(Client):
    """More than a hundred interim responses are a failure."""

    MOST_INTERIM = 100


@permitted("RFC 9110 section 2.3")
class SmallLimits(Client):
    """Lines of more than 9000 octets and more than a hundred fields are failures."""

    LONGEST_LINE = 9000
    MOST_FIELDS = 100


@permitted("RFC 9112 section 6.3", warned={"rfc9112-7.1-4": "chunked with parameters is no coding that is known"})
class UnknownCodingHandedOn(Client):
    """Content with a transfer coding that isn't known is handed on as it is."""

    def read_coded(self, stream: Stream, response: Response, got: bytearray) -> None:
        if response.tokens("Transfer-Encoding")[-1:] == ["chunked"]:
            super().read_coded(stream, response, got)
        else:
            stream.rest(got)


@permitted("RFC 9112 section 2.3")
class OldProtocolTaken(Client):
    """What is no HTTP is handed on as the content of HTTP/0.9."""

    def status_line(self, line: bytes) -> Response:
        if not line.startswith(b"HTTP"):
            return Response((1, 0), 200, "", [("Connection", "close")])
        return super().status_line(line)

    def field_section(self, stream: Stream) -> Fields:
        if self.is_old:
            stream.buffer[:0] = b"\r\n"
        return super().field_section(stream)

    is_old = False

    def first_line(self, stream: Stream) -> bytes:
        line = super().first_line(stream)
        self.is_old = not line.startswith(b"HTTP")
        return line


@permitted("RFC 9110 section 15")
class OutsideIs500(Client):
    """Codes outside 100 to 599 are told as 500."""

    def status(self, number: int) -> int:
        return number if 100 <= number < 600 else 500


@permitted("RFC 9110 section 15")
class OutsideFails(Client):
    """Codes outside 100 to 599 are failures."""

    def status(self, number: int) -> int:
        if not 100 <= number < 600:
            raise Failure("no status code")
        return number


@permitted("RFC 9110 section 15")
class UnknownAreFirst(Client):
    """Final codes that aren't known are told as the first one of their class."""

    KNOWN = frozenset(
        (
            *range(200, 209),
            226,
            *range(300, 309),
            *range(400, 418),
            *range(421, 427),
            428,
            429,
            431,
            451,
            *range(500, 512),
        )
    )

    def status(self, number: int) -> int:
        return number if number < 200 or number in self.KNOWN or number >= 600 else number // 100 * 100


@permitted("RFC 9110 section 7.8")
class SwitchRefused(Client):
    """101 is a failure: the client speaks no other protocol."""

    def checked_switch(self, request: Request, response: Response) -> Response:
        if response.status == 101:
            raise Failure("no other protocol is spoken", 101)
        return response


@permitted("RFC 9110 section 7.8")
class SwitchHandedOn(Client):
    """101 that nobody asked for is handed on."""

    def checked_switch(self, request: Request, response: Response) -> Response:
        return response


@permitted("RFC 9110 section 15.3.7")
class PartUnaskedFails(Client):
    """206 that nobody asked for is a failure."""

    def told(self, request: Request, response: Response) -> tuple[int, bytes | None, str | None]:
        if response.status == 206 and request.get("Range") is None:
            raise Failure("a part that nobody asked for", 206)
        return super().told(request, response)
