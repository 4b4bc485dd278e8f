"""Requests that are taken as they come, or refused, where the RFCs leave that open. RFC 9112 sections 2, 3, 5, 6 and 7."""

from __future__ import annotations

import re
from urllib.parse import quote

from ..connection import Origin
from ..message import Fields, Refused, Request, Resource, Response, members
from ..stream import Ended
from .registry import permitted


@permitted("RFC 9112 section 2.2")
class BareLineFeeds(Origin):
    """A line may end with LF alone."""

    def without_line_end(self, octets: bytes) -> bytes:
        if octets.endswith(b"\n") and not octets.endswith(b"\r\n"):
            return octets[:-1]
        return super().without_line_end(octets)

    def chunk_line(self) -> bytes:
        return Origin.without_line_end(self, self.stream.line(self.LARGEST_LINE))


@permitted("RFC 9112 section 5.2")
class FoldsReplaced(Origin):
    """A folded line is joined to the one before."""

    def fold(self, fields: Fields, line: bytes) -> None:
        if not fields or not self.VALUE.fullmatch(line):
            super().fold(fields, line)
        name, value = fields[-1]
        fields[-1] = name, f"{value} {line.decode('latin-1').strip()}".strip()


@permitted("RFC 9112 section 2.2")
class WhitespaceAfterStartLineSkipped(Origin):
    """Lines that begin with whitespace are skipped where they follow the request line."""

    def fold(self, fields: Fields, line: bytes) -> None:
        if fields:
            super().fold(fields, line)


@permitted("RFC 9112 section 2.2: at least one")
class EmptyLinesSkipped(Origin):
    """Up to ten empty lines before a request are skipped."""

    def start_line(self) -> bytes:
        for _ in range(10):
            if line := self.line(414):
                return line
        return b""


@permitted("RFC 9112 section 3")
class LenientRequestLine(Origin):
    """Words of the request line may be separated by more whitespace, and have some around them."""

    def request_line(self, line: bytes) -> tuple[str, str, tuple[int, int]]:
        return super().request_line(b" ".join(line.split()))


@permitted("RFC 9112 section 3")
class InvalidTargetsRedirected(Origin):
    """A target that is not spelled as it should be is redirected to the right spelling."""

    def request_line(self, line: bytes) -> tuple[str, str, tuple[int, int]]:
        words = re.fullmatch(rb"(GET|HEAD) (/.*) (HTTP/1\.[01])", line)
        if words and not self.ORIGIN_FORM.fullmatch(words[2].decode("latin-1")) and b"#" not in words[2]:
            location = quote(words[2].decode("latin-1"), "/-._~!$&'()*+,;=:@?%", "latin-1")
            if self.ORIGIN_FORM.fullmatch(location):
                raise Refused(301, f"See {location}", ("Location", location), closes=True)
        return super().request_line(line)


@permitted("RFC 9112 section 6.1")
class BothTakenAsChunked(Origin):
    """With Content-Length and Transfer-Encoding the latter counts, and the connection ends."""

    def refuse_both(self, request: Request) -> None:
        self.content_length(request)
        self.__dict__["both"] = request

    def closes_after(self, request: Request | None, response: Response) -> bool:
        return self.__dict__.get("both") is request is not None or super().closes_after(request, response)


@permitted("RFC 9112 section 6.1: as if the framing were faulty")
class ChunkedBefore11(Origin):
    """Chunked content is taken in HTTP/1.0, too, and the connection ends."""

    def refuse_coding_before_1_1(self, request: Request) -> None:
        pass

    def closes_after(self, request: Request | None, response: Response) -> bool:
        before = request is not None and request.version < (1, 1) and request.chunked
        return before or super().closes_after(request, response)


@permitted("RFC 9110 section 8.6")
class EqualLengthsFolded(Origin):
    """Content-Length that is repeated with the same value counts once."""

    def content_length(self, request: Request) -> int:
        values = set(members(request.get("Content-Length")))
        written = [part.strip(" \t") for part in (request.get("Content-Length") or "").split(",")]
        if len(written) > 1 and len(values) == 1 and all(written):
            only = values.pop()
            others = [(name, value) for name, value in request.fields if name.lower() != "content-length"]
            request.fields = [*others, ("Content-Length", only)]
        return super().content_length(request)


@permitted("RFC 9112 section 7.1.1: their length ought to be limited")
class LongExtensionsRefused(Origin):
    """Chunk extensions of more than fifty octets are answered 400."""

    def chunk_size(self, line: bytes) -> int:
        if len(line) > 70:
            raise Refused(400, "that is too much beside the size", closes=True)
        return super().chunk_size(line)


@permitted("RFC 9110 section 6.5: trailers may be dropped; silence on how many are read")
class LongTrailersRefused(Origin):
    """Trailers of more than a hundred octets are answered 431."""

    def chunked_content(self, request: Request) -> bytes:
        content = super().chunked_content(request)
        if sum(len(value) for _, value in request.trailers) > 100:
            raise Refused(431, "trailers may not be that long", closes=True)
        return content


@permitted("RFC 9110 section 15.5.12")
class LengthDemanded(Origin):
    """Content without Content-Length is answered 411."""

    def is_chunked(self, request: Request) -> bool:
        super().is_chunked(request)
        raise Refused(411, "say how long it is", closes=True)


@permitted("RFC 9110 section 9.3.1: content of GET has no meaning")
class ContentOfGetRefused(Origin):
    """GET, HEAD and DELETE with content are answered 400, and the connection ends."""

    def admit(self, request: Request) -> Resource:
        if request.method in ("GET", "HEAD", "DELETE") and request.has_content:
            raise Refused(400, "no content is wanted with that method", closes=True)
        return super().admit(request)


@permitted("RFC 9110 section 9.3.1: some close the connection")
class ContentOfGetCloses(Origin):
    """GET with content ends the connection without an answer."""

    def admit(self, request: Request) -> Resource:
        if request.method == "GET" and request.has_content:
            raise Ended
        return super().admit(request)


@permitted("RFC 9110 section 4.1: 8000 octets is what ought to be supported")
class TargetsOf8000(Origin):
    """A line may have little more than 8,000 octets."""

    LARGEST_LINE = 8200


@permitted("RFC 9110 section 4.1: no upper limit")
class TargetsOf64K(Origin):
    """A line may have 70,000 octets."""

    LARGEST_LINE = 70_000
    LARGEST_HEADER_SECTION = 200_000


@permitted("RFC 9110 section 5.4: any appropriate 4xx")
class LargeFields400(Origin):
    """Fields that are too large are answered 400."""

    def line(self, too_long: int) -> bytes:
        try:
            return super().line(too_long)
        except Refused as refused:
            if refused.response.status == 431:
                raise Refused(400, "a field is too large", closes=True) from None
            raise

    def field_section(self) -> Fields:
        try:
            return super().field_section()
        except Refused as refused:
            if refused.response.status == 431:
                raise Refused(400, "the fields are too large", closes=True) from None
            raise


@permitted("RFC 9110 section 5.5")
class ControlsReplaced(Origin):
    """CR and NUL in a field value are replaced by spaces, other controls are kept."""

    def field_line(self, line: bytes) -> tuple[str, str] | None:
        name, colon, value = line.partition(b":")
        kept = re.sub(rb"[\r\x00]", b" ", value).strip(b" \t")
        if colon and not self.VALUE.fullmatch(kept) and self.TOKEN.fullmatch(name):
            return name.decode(), kept.decode("latin-1")
        return super().field_line(name + colon + kept if colon else line)


@permitted("RFC 9110 section 15.6.6: no more than possible")
class OtherVersions400(Origin):
    """Another major version is answered 400."""

    def check_version(self, request: Request) -> None:
        if request.version[0] != 1:
            raise Refused(400, "this server speaks HTTP/1.1", closes=True)


@permitted("RFC 9110 section 6.2: a SHOULD", {"rfc9110-6.2-6": "it ought to be taken as HTTP/1.1"})
class LaterMinorVersionsRefused(Origin):
    """Minor versions after 1.1 are answered 505."""

    def check_version(self, request: Request) -> None:
        if request.version > (1, 1):
            raise Refused(505, "this server speaks HTTP/1.1 and HTTP/1.0", closes=True)
        super().check_version(request)


@permitted("RFC 9110 section 15.6.6")
class Http10Refused(Origin):
    """HTTP/1.0 is answered 505."""

    def check_version(self, request: Request) -> None:
        if request.version < (1, 1):
            raise Refused(505, "this server speaks HTTP/1.1", closes=True)
        super().check_version(request)


# Authorities and targets: RFC 9110 section 7.4, RFC 9112 section 3.2


class OtherHosts(Origin):
    """A server with another answer to authorities that are not its own; no choice itself."""

    STATUS = 0

    def check_authority(self, request: Request) -> None:
        try:
            super().check_authority(request)
        except Refused:
            if request.scheme != "http":
                raise
            if self.STATUS:
                raise Refused(self.STATUS, "no such site is here") from None


@permitted("RFC 9110 section 7.4: a default site")
class OtherHostsServed(OtherHosts):
    """Any authority is served."""


@permitted("RFC 9110 section 7.4: silence on the status but for an example")
class OtherHosts404(OtherHosts):
    """Another authority is answered 404."""

    STATUS = 404


@permitted("RFC 9110 section 7.4: silence on the status but for an example")
class OtherHosts400(OtherHosts):
    """Another authority is answered 400."""

    STATUS = 400


@permitted("RFC 9110 section 7.4: silence on the status but for an example")
class OtherHosts403(OtherHosts):
    """Another authority is answered 403."""

    STATUS = 403


@permitted("RFC 9110 section 15.4.2: another site may be named")
class OtherHostsRedirected(OtherHosts):
    """Another authority is redirected to the one that is served."""

    def check_authority(self, request: Request) -> None:
        try:
            super().check_authority(request)
            Origin.check_authority(self, request)
        except Refused:
            if request.scheme != "http":
                raise
            location = f"http://127.0.0.1:{self.port}/"
            raise Refused(301, f"See {location}", ("Location", location)) from None


@permitted("RFC 9112 section 3.2: 400 where Host and the target differ is silent")
class PortsCompared(Origin):
    """Another port in the authority is answered 421."""

    def check_authority(self, request: Request) -> None:
        super().check_authority(request)
        port = re.search(r":([0-9]+)$", request.authority)
        if port and int(port[1]) != self.port:
            raise Refused(421, "this server is no origin for that port")


@permitted("RFC 9110 section 4.1: a query is part of what identifies")
class QueriesUnknown(Origin):
    """A file with a query is answered 404."""

    def find(self, request: Request) -> Resource:
        if request.query:
            raise Refused(404, "nothing is here")
        return super().find(request)


# Expectations: RFC 9110 section 10.1.1


@permitted("RFC 9110 section 10.1.1")
class ContinueOmitted(Origin):
    """No 100 is sent where content has come already, but before 101 (section 7.8)."""

    def send_continue(self, request: Request) -> None:
        if not self.stream.buffer or request.lines("Upgrade"):
            super().send_continue(request)


@permitted("RFC 9110 section 10.1.1: MAY")
class ExpectationsIgnored(Origin):
    """Expectations that are not known are ignored."""

    def check_expectation(self, request: Request) -> None:
        if any(member != "100-continue" for member in request.tokens("Expect")):
            return
        super().check_expectation(request)


@permitted("RFC 9110 sections 10.1.1 and 15.5.18: a final status, and not to be tried again")
class NothingExpected(Origin):
    """Every expectation is answered 417."""

    def check_expectation(self, request: Request) -> None:
        if request.version >= (1, 1) and request.has_content and request.tokens("Expect"):
            raise Refused(417, "nothing can be expected")
        super().check_expectation(request)


@permitted("RFC 9110 section 15.2: any number of interim responses")
class ContinueUnasked(Origin):
    """A 100 comes before every final response."""

    STATUS = 100
    FIELDS: tuple[tuple[str, str], ...] = ()

    def send(self, request: Request | None, response: Response, closes: bool) -> None:
        if request is not None and request.version == (1, 1):
            self.interim(self.STATUS, *self.FIELDS)
        super().send(request, response, closes)


@permitted("RFC 2518 section 10.1")
class Processing(ContinueUnasked):
    """A 102 comes before every final response."""

    STATUS = 102


@permitted("RFC 8297")
class Hinting(ContinueUnasked):
    """A 103 comes before every final response."""

    STATUS = 103
    FIELDS = (("Link", "</style.css>; rel=preload; as=style"),)


@permitted("RFC 9110 section 15.2: codes yet to be registered")
class UnknownInterim(ContinueUnasked):
    """A 199 comes before every final response."""

    STATUS = 199


@permitted("RFC 9110 section 15.2: any number of interim responses")
class ManyInterim(Hinting):
    """A 102 and three 103 come before every final response."""

    def send(self, request: Request | None, response: Response, closes: bool) -> None:
        if request is not None and request.version == (1, 1):
            self.interim(102)
            self.interim(103, *self.FIELDS)
            self.interim(103, ("Link", "</more.css>; rel=preload; as=style"))
        super().send(request, response, closes)


@permitted("RFC 9110 section 7.8")
class UpgradeIgnored(Origin):
    """Upgrade is ignored, and the resource that could be upgraded is a page."""

    def upgrade(self, request: Request, resource: Resource) -> Response:
        return Response(200, [("Content-Type", "text/plain")], b"A page\n")


@permitted("RFC 9110 section 7.8")
class UpgradeOffered(Origin):
    """Every response offers to upgrade."""

    def altered(self, request: Request | None, response: Response) -> None:
        super().altered(request, response)
        if response.get("Upgrade") is None:
            connection = response.get("Connection")
            response.set("Upgrade", "websocket, h2c")
            response.set("Connection", f"{connection}, Upgrade" if connection else "Upgrade")
