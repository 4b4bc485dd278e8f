"""Requests to responses: RFC 9110 sections 7 to 15, each rule a method of its own.

``admit`` decides what the header section alone can decide; ``perform`` acts, once the content is there.
"""

from __future__ import annotations

import base64
import hashlib
import re
import time
from datetime import UTC, datetime
from email.utils import formatdate

from .message import Refused, Request, Resource, Response, Variant, explained, members
from .site import BASIC, CREDENTIALS, World

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "TRACE")
SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
WHY = {
    402: "this page is for those who pay",
    403: "nobody may read this",
    410: "there was something here, and it won't come back",
    429: "that was too often",
    451: "a court wants it so",
    500: "this page always fails",
    503: "under repair",
    507: "the disk is full",
}
_TAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')
_RANGE = re.compile(r"([0-9]+)-([0-9]*)|-([0-9]+)", re.ASCII)
_DATE = re.compile(
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT"
    r"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (\d\d)-([A-Z][a-z]{2})-(\d\d) (\d\d):(\d\d):(\d\d) GMT"
    r"|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([A-Z][a-z]{2}) ([\d ]\d) (\d\d):(\d\d):(\d\d) (\d{4}))",
    re.ASCII,
)
_MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"


def http_date(seconds: float) -> str:
    """IMF-fixdate: RFC 9110 section 5.6.7."""
    return formatdate(int(seconds), usegmt=True)


class Answering:
    """The half of a connection that knows what HTTP means."""

    world: World
    port: int
    BOUNDARY = "between-two-parts"
    MOST_RANGES = 10

    def interim(self, status: int, *fields: tuple[str, str]) -> None:
        """Send an interim response."""
        raise NotImplementedError

    # Before content is read

    def admit(self, request: Request) -> Resource:
        """The resource that will act. Raises Refused with any answer that the header section decides."""
        self.check_authority(request)
        self.check_expectation(request)
        if request.method not in METHODS:
            raise Refused(501, "no such method is implemented here")
        resource = self.find(request)
        self.check_method(request, resource)
        self.check_credentials(request, resource)
        self.answer_with_status(request, resource)
        self.check_early_data(request)
        if request.method in ("PUT", "POST"):
            self.check_content(request, resource)
        if self.heeds_preconditions(request, resource):
            self.check_preconditions(request, resource)
        return resource

    def check_authority(self, request: Request) -> None:
        """It is an origin for http on this machine, and for nothing else: RFC 9110 sections 7.4 and 15.5.20."""
        host = re.sub(r":[0-9]*$", "", request.authority)
        if request.scheme != "http" or host.lower() not in ("", "127.0.0.1", "localhost"):
            raise Refused(421, "this server is no origin for that URI")

    def check_expectation(self, request: Request) -> None:
        """100-continue is all that can be expected: RFC 9110 section 10.1.1."""
        if any(member != "100-continue" for member in request.tokens("Expect")):
            raise Refused(417, "only 100-continue can be expected")

    def find(self, request: Request) -> Resource:
        """What the target is: RFC 9110 section 15.5.5."""
        if request.path == "*":
            return Resource(METHODS[:-1])
        resource = self.world.find(request.path)
        if resource is None:
            raise Refused(404, "nothing is here")
        if resource.is_stored and not resource.variants and request.method not in ("PUT", "OPTIONS"):
            raise Refused(404, "nothing is here yet")
        return resource

    def methods(self, resource: Resource) -> tuple[str, ...]:
        """What the resource allows."""
        return (*resource.methods, "TRACE") if self.world.traces else resource.methods

    def check_method(self, request: Request, resource: Resource) -> None:
        """A known method may still not be for this resource: RFC 9110 section 15.5.6."""
        allowed = self.methods(resource)
        if request.method not in allowed:
            raise Refused(405, f"{request.method} is not for this resource", ("Allow", ", ".join(allowed)))

    def check_credentials(self, request: Request, resource: Resource) -> None:
        """Basic, for one user: RFC 9110 section 11.4, RFC 7617."""
        scheme, _, token = (request.get("Authorization") or "").partition(" ")
        if resource.is_protected and (scheme.lower(), token.strip(" ")) != ("basic", CREDENTIALS):
            raise Refused(401, "this is for those who know the password", *BASIC)

    def answer_with_status(self, request: Request, resource: Resource) -> None:
        """Redirections, and pages that exist to show a status: RFC 9110 sections 15.4 to 15.6."""
        if resource.status is None or request.method in ("OPTIONS", "TRACE"):
            return
        fields = list(resource.fields)
        why = WHY.get(resource.status, "")
        if resource.location is not None:
            fields.append(("Location", self.location(request, resource.location)))
            why = f"See {resource.location}"
        if resource.status == 300:
            why = "There are:\n" + "".join(f"{path}\n" for path in ("/greeting.en.html", "/greeting.de.html"))
        raise Refused(resource.status, why, *fields)

    def location(self, request: Request, path: str) -> str:
        """The path, with the query of the request."""
        return f"{path}?{request.query}" if request.query else path

    def check_early_data(self, request: Request) -> None:
        """Early data may be replayed, so nothing unsafe is done with it: RFC 8470 section 5.2."""
        if request.lines("Early-Data") and request.method not in SAFE:
            raise Refused(425, "only safe methods may come early")

    def check_content(self, request: Request, resource: Resource) -> None:
        """What can be said of content that is announced: RFC 9110 sections 14.5, 15.5.10, 15.5.12, 15.5.14 and 15.5.16."""
        if request.method == "PUT":
            self.check_put(request)
        if resource.needs_length and request.get("Content-Length") is None:
            raise Refused(411, "Content-Length is required here", closes=True)
        if request.length > resource.limit:
            raise Refused(413, f"at most {resource.limit} octets", closes=request.length > 10_000)
        coding = request.get("Content-Encoding")
        if coding is not None and coding.lower() != "identity":
            raise Refused(415, "no content coding is understood here", ("Accept-Encoding", "identity"))
        type = (request.get("Content-Type") or "").partition(";")[0].strip(" \t").lower()
        if resource.takes and type and type not in resource.takes:
            accepted = ", ".join(resource.takes)
            raise Refused(415, f"only {accepted} is taken here", ("Accept", accepted))
        if resource.needs_condition and not request.lines("If-Match"):
            raise Refused(428, "say with If-Match what is to be replaced", ("Cache-Control", "no-store"))

    def check_put(self, request: Request) -> None:
        """A part can't be put, nor something below what isn't a directory: RFC 9110 sections 9.3.4 and 14.5."""
        if request.lines("Content-Range"):
            raise Refused(400, "PUT replaces the whole, so Content-Range makes no sense")
        if (
            "/" in request.path.removeprefix(self.world.writable).strip("/")
            and request.path not in self.world.resources
        ):
            raise Refused(409, "the directory that it would be in doesn't exist")
        if request.path.endswith("/"):
            raise Refused(409, "a name that ends with a slash is a directory's")

    # Preconditions: RFC 9110 section 13

    def heeds_preconditions(self, request: Request, resource: Resource) -> bool:
        """Only where the answer would otherwise be 2xx, and not with OPTIONS and TRACE: RFC 9110 section 13.2.1."""
        if request.method in ("OPTIONS", "TRACE") or resource.upgrade:
            return False
        if request.method == "POST":
            return resource.posted < 300
        return True

    def check_preconditions(self, request: Request, resource: Resource) -> None:
        """The order of RFC 9110 section 13.2.2; If-Range comes with the ranges."""
        variant = self.selected(request, resource) if resource.variants else None
        modified = variant.modified if variant else None
        read = request.method in ("GET", "HEAD")
        if request.lines("If-Match"):
            if not self.if_match(request, variant):
                raise Refused(412, "If-Match is false")
        elif not self.if_unmodified_since(request, modified):
            raise Refused(412, "If-Unmodified-Since is false")
        if request.lines("If-None-Match"):
            if not self.if_none_match(request, variant):
                self.none_match_is_false(request, resource, variant)
        elif read and not self.if_modified_since(request, modified):
            raise self.not_modified(request, resource, variant)

    def none_match_is_false(self, request: Request, resource: Resource, variant: Variant | None) -> None:
        """304 to GET and HEAD, 412 to the rest: RFC 9110 section 13.1.2."""
        if request.method in ("GET", "HEAD"):
            raise self.not_modified(request, resource, variant)
        raise Refused(412, "If-None-Match is false")

    def strongly(self, one: str, other: str) -> bool:
        """Strong comparison: RFC 9110 section 8.8.3.2."""
        return one == other and not one.startswith("W/")

    def weakly(self, one: str, other: str) -> bool:
        """Weak comparison: RFC 9110 section 8.8.3.2."""
        return one.removeprefix("W/") == other.removeprefix("W/")

    def tags(self, value: str) -> list[str]:
        """The entity tags of a list; none of a value that isn't one."""
        rest = _TAG.sub("", value).replace(",", " ").strip(" \t")
        return [] if rest else _TAG.findall(value)

    def if_match(self, request: Request, variant: Variant | None) -> bool:
        """RFC 9110 section 13.1.1."""
        value = request.get("If-Match") or ""
        if value == "*":
            return variant is not None
        etag = variant.etag if variant else None
        return etag is not None and any(self.strongly(tag, etag) for tag in self.tags(value))

    def if_none_match(self, request: Request, variant: Variant | None) -> bool:
        """RFC 9110 section 13.1.2."""
        value = request.get("If-None-Match") or ""
        if value == "*":
            return variant is None
        etag = variant.etag if variant else None
        return etag is None or not any(self.weakly(tag, etag) for tag in self.tags(value))

    def if_unmodified_since(self, request: Request, modified: int | None) -> bool:
        """RFC 9110 section 13.1.4."""
        since = self.date(request.get("If-Unmodified-Since"))
        return since is None or modified is None or modified <= since

    def if_modified_since(self, request: Request, modified: int | None) -> bool:
        """RFC 9110 section 13.1.3."""
        since = self.date(request.get("If-Modified-Since"))
        return since is None or modified is None or modified > since

    def date(self, value: str | None) -> int | None:
        """Seconds since the epoch; None for no date or several: RFC 9110 section 5.6.7."""
        match = _DATE.fullmatch(value or "")
        if not match:
            return None
        if match[1]:
            day, month, year, *clock = match.groups()[:6]
        elif match[7]:
            day, month, year, *clock = match.groups()[6:12]
            century = time.gmtime().tm_year // 100 * 100
            year = str(century + int(year))
            if int(year) > time.gmtime().tm_year + 50:
                year = str(int(year) - 100)
        else:
            month, day, *clock, year = match.groups()[12:]
        number, beside = divmod(_MONTHS.find(month), 3)
        if beside:
            return None
        # A leap second is a time, too
        hour, minute, second = (int(part) for part in clock)
        try:
            moment = datetime(int(year), number + 1, int(day), hour, minute, 59 if second == 60 else second, tzinfo=UTC)
        except ValueError:
            return None
        return int(moment.timestamp())

    def not_modified(self, request: Request, resource: Resource, variant: Variant | None) -> Refused:
        """What a cache needs to freshen what it stored: RFC 9110 section 15.4.5."""
        answer = Refused(304, "")
        assert variant is not None
        fields = self.representation_fields(resource, variant)
        needed = ("cache-control", "content-location", "etag", "vary")
        answer.response = Response(304, [(key, value) for key, value in fields if key.lower() in needed])
        return answer

    # Representations: RFC 9110 sections 8 and 12

    def representation_fields(self, resource: Resource, variant: Variant) -> list[tuple[str, str]]:
        """What a 200 says of the representation in it."""
        fields = [("Content-Type", variant.type), *resource.fields]
        for name, value in (
            ("Content-Language", variant.language),
            ("Content-Encoding", variant.coding),
            ("Content-Location", variant.location),
            ("ETag", variant.etag),
            ("Last-Modified", None if variant.modified is None else http_date(variant.modified)),
            ("Vary", "Accept, Accept-Encoding, Accept-Language" if len(resource.variants) > 1 else None),
            ("Accept-Ranges", "bytes" if resource.is_ranged else None),
        ):
            if value is not None:
                fields.append((name, value))
        return fields

    def selected(self, request: Request, resource: Resource) -> Variant:
        """The variant that suits best. Raises Refused where none does: RFC 9110 section 12."""
        if len(resource.variants) == 1:
            return resource.variants[0]
        ranked = [(self.quality(request, variant), -n) for n, variant in enumerate(resource.variants)]
        best, position = max(ranked)
        if best <= 0:
            raise self.not_acceptable(resource)
        return resource.variants[-position]

    def not_acceptable(self, resource: Resource) -> Refused:
        """A list of what there is: RFC 9110 section 15.5.7."""
        paths = {
            f"{one.location} ({one.type}, {one.language}, {one.coding or 'identity'})" for one in resource.variants
        }
        return Refused(
            406, "there are " + ", ".join(sorted(paths)), ("Vary", "Accept, Accept-Encoding, Accept-Language")
        )

    def quality(self, request: Request, variant: Variant) -> float:
        """How well a variant suits, 0 if not at all; any language is better than none."""
        kind = variant.type.partition(";")[0]
        type = self.weight(request.get("Accept") or "*/*", kind, f"{kind.partition('/')[0]}/*", "*/*")
        language = self.weight(request.get("Accept-Language") or "*", variant.language or "", "*")
        if request.get("Accept-Encoding") is None:
            coding = float(variant.coding is None)
        else:
            # Without coding is acceptable unless that is excluded: RFC 9110 section 12.5.3
            unnamed = 0.0 if variant.coding else 0.5
            coding = self.weight(request.get("Accept-Encoding"), variant.coding or "identity", "*", unnamed=unnamed)
        return type * coding * (language or 0.001)

    def weight(self, value: str | None, *names: str, unnamed: float = 0.0) -> float:
        """The weight of the first of the names that is in a field such as Accept."""
        weights = {}
        for member in members(value):
            name, *parameters = [part.strip(" \t").lower() for part in member.split(";")]
            weights[name] = self.q(parameters)
        return next((weights[name] for name in names if name in weights), unnamed)

    def q(self, parameters: list[str]) -> float:
        """The weight among the parameters, wherever it is: RFC 9110 section 12.5.1."""
        for parameter in parameters:
            if parameter.startswith("q="):
                try:
                    return min(float(parameter[2:]), 1.0)
                except ValueError:
                    return 1.0
        return 1.0

    # Acting

    def perform(self, request: Request, resource: Resource) -> Response:
        """Do what the method asks for. Raises Refused, too."""
        match request.method:
            case "GET" | "HEAD":
                return self.upgrade(request, resource) if resource.upgrade else self.get(request, resource)
            case "OPTIONS":
                return Response(204, [("Allow", ", ".join(self.methods(resource)))])
            case "TRACE":
                return self.trace(request)
            case "POST":
                return self.post(request, resource)
            case "PUT":
                return self.put(request, resource)
            case _:
                return self.delete(request, resource)

    def trace(self, request: Request) -> Response:
        """What arrived, less what is nobody's business: RFC 9110 section 9.3.8."""
        lines = request.head.split(b"\r\n")
        secret = (b"authorization:", b"cookie:", b"proxy-authorization:")
        shown = [line for line in lines if not line.lower().startswith(secret)]
        return Response(200, [("Content-Type", "message/http")], b"\r\n".join(shown))

    def check_received(self, request: Request, resource: Resource) -> None:
        """What only the content itself shows: RFC 9110 sections 15.5.14 and 15.5.21."""
        if len(request.content) > resource.limit:
            raise Refused(413, f"at most {resource.limit} octets")
        if resource.must_contain not in request.content:
            raise Refused(422, f"{resource.must_contain.decode()} is missing")

    def post(self, request: Request, resource: Resource) -> Response:
        """Process the content: RFC 9110 section 9.3.3."""
        self.check_received(request, resource)
        match resource.posted:
            case 201:
                path = f"/orders/{len(self.world.resources)}"
                self.world.store(path, Resource(), request.content, "text/plain; charset=utf-8")
                return explained(201, f"The order is at {path}", ("Location", path))
            case 204 | 205:
                return Response(resource.posted)
            case 303:
                return explained(303, f"See {resource.location}", ("Location", resource.location or ""))
            case 202:
                return explained(202, "It will be done; /file.txt shows how far it is")
            case _:
                return explained(resource.posted, "Done")

    def put(self, request: Request, resource: Resource) -> Response:
        """Store the content as it is: RFC 9110 section 9.3.4."""
        self.check_received(request, resource)
        existed = bool(resource.variants)
        type = request.get("Content-Type") or "text/plain; charset=utf-8"
        variant = self.world.store(request.path, resource, request.content, type)
        fields = [("ETag", variant.etag or "")]
        if existed:
            return Response(204, fields)
        return explained(201, "Created", *fields, ("Location", request.path))

    def delete(self, request: Request, resource: Resource) -> Response:
        """Remove it: RFC 9110 section 9.3.5."""
        self.world.remove(request.path)
        return Response(204)

    def upgrade(self, request: Request, resource: Resource) -> Response:
        """Switch to WebSocket if that is asked for: RFC 9110 sections 7.8 and 15.5.22, RFC 6455 section 4.2."""
        key = request.get("Sec-WebSocket-Key") or ""
        fields = [("Upgrade", "websocket"), ("Connection", "Upgrade")]
        asked = request.version >= (1, 1) and "upgrade" in request.tokens("Connection")
        if not asked or "websocket" not in request.tokens("Upgrade") or request.method != "GET":
            raise Refused(426, "this resource speaks WebSocket only", *fields, ("Sec-WebSocket-Version", "13"))
        if request.get("Sec-WebSocket-Version") != "13":
            raise Refused(426, "version 13 is spoken here", *fields, ("Sec-WebSocket-Version", "13"))
        if not re.fullmatch(r"[A-Za-z0-9+/]{22}==", key):
            raise Refused(400, "Sec-WebSocket-Key is invalid")
        return Response(101, [*fields, ("Sec-WebSocket-Accept", self.accept_key(key))])

    def accept_key(self, key: str) -> str:
        """RFC 6455 section 4.2.2."""
        digest = hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode(), usedforsecurity=False)
        return base64.b64encode(digest.digest()).decode()

    def get(self, request: Request, resource: Resource) -> Response:
        """The selected representation, or a part of it: RFC 9110 sections 9.3.1, 9.3.2 and 14."""
        variant = self.selected(request, resource)
        if resource.hints and request.version >= (1, 1):
            self.interim(103, ("Link", resource.hints))
        whole = Response(200, self.representation_fields(resource, variant), variant.content)
        whole.chunked = resource.is_chunked
        if not self.heeds_range(request, resource) or not self.if_range(request, variant):
            return whole
        ranges = self.ranges(request.get("Range") or "", len(variant.content))
        if ranges is None:
            return whole
        if not ranges:
            raise Refused(416, "no such octets", ("Content-Range", f"bytes */{len(variant.content)}"))
        return self.partial(request, whole, ranges)

    # Ranges: RFC 9110 section 14

    def heeds_range(self, request: Request, resource: Resource) -> bool:
        """Range has a meaning with GET alone, where ranges are supported, in octets: RFC 9110 section 14.2."""
        unit = (request.get("Range") or "").partition("=")[0]
        return request.method == "GET" and resource.is_ranged and unit.lower() == "bytes"

    def if_range(self, request: Request, variant: Variant) -> bool:
        """RFC 9110 section 13.1.5; a date has to be that of a strong validator."""
        value = request.get("If-Range")
        if value is None:
            return True
        if _TAG.fullmatch(value):
            return variant.etag is not None and self.strongly(value, variant.etag)
        since = self.date(value)
        return since is not None and since == variant.modified and since < time.time() - 1

    def ranges(self, value: str, length: int) -> list[tuple[int, int]] | None:
        """First and last position of each satisfiable range; None for a field to be ignored: RFC 9110 section 14.1.2."""
        found = []
        specified = members(value.partition("=")[2])
        if not specified or len(specified) > self.MOST_RANGES:
            return None
        for member in specified:
            match = _RANGE.fullmatch(member)
            if not match:
                return None
            if match[3]:
                first, last = max(length - int(match[3]), 0), length - 1
            else:
                first, last = int(match[1]), min(int(match[2] or length), length - 1)
                if match[2] and int(match[2]) < first:
                    return None
            if first <= last:
                found.append((first, last))
        # More than the whole is asked for by nobody who means well: RFC 9110 section 14.2
        return None if sum(last - first + 1 for first, last in found) > length else found

    def partial(self, request: Request, whole: Response, ranges: list[tuple[int, int]]) -> Response:
        """RFC 9110 section 15.3.7."""
        length = len(whole.content)
        fields = list(whole.fields)
        type = whole.get("Content-Type") or ""
        if request.lines("If-Range"):
            repeated = ("content-type", "content-language", "content-encoding", "last-modified", "accept-ranges")
            fields = [(key, value) for key, value in fields if key.lower() not in repeated]
        if len(ranges) == 1:
            first, last = ranges[0]
            fields.append(("Content-Range", self.content_range(first, last, length)))
            return Response(206, fields, self.part(whole.content, first, last))
        content = b""
        for first, last in ranges:
            head = f"--{self.BOUNDARY}\r\nContent-Type: {type}\r\n"
            head += f"Content-Range: {self.content_range(first, last, length)}\r\n\r\n"
            content += head.encode() + self.part(whole.content, first, last) + b"\r\n"
        content += f"--{self.BOUNDARY}--\r\n".encode()
        response = Response(206, fields, content)
        response.set("Content-Type", f"multipart/byteranges; boundary={self.BOUNDARY}")
        return response

    def content_range(self, first: int, last: int, length: int) -> str:
        """RFC 9110 section 14.4."""
        return f"bytes {first}-{last}/{length}"

    def part(self, content: bytes, first: int, last: int) -> bytes:
        """The octets of a range, whose positions are inclusive."""
        return content[first : last + 1]
