"""Ranges counted, framed or described wrongly. RFC 9110 sections 14 and 15.3.7."""

from __future__ import annotations

import re

from ..connection import Origin
from ..message import Refused, Request, Resource, Response, Variant
from .registry import alters, replaces

Ranges = list[tuple[int, int]]


@replaces("part", "part-short", "rfc9110-15.3.7.1-1", "MUST", "The last octet of every range is left out")
def _(self: Origin, content: bytes, first: int, last: int) -> bytes:
    return content[first:last]


@replaces("part", "part-long", "rfc9110-15.3.7.1-1", "MUST", "There is an octet more than Content-Range says")
def _(self: Origin, content: bytes, first: int, last: int) -> bytes:
    return content[first : last + 2]


@replaces("part", "part-shifted", "rfc9110-15.3.7.1-1", "MUST", "Positions are counted from 1")
def _(self: Origin, content: bytes, first: int, last: int) -> bytes:
    return content[max(first - 1, 0) : last] if first else content[: last + 1]


@replaces("part", "part-whole", "rfc9110-15.3.7.1-1", "MUST", "206 has the whole representation in it")
def _(self: Origin, content: bytes, first: int, last: int) -> bytes:
    return content


@replaces(
    "part",
    "suffix-from-start",
    "rfc9110-15.3.7.1-1",
    "MUST",
    "A suffix range gets the first octets, described as the last",
)
def _(self: Origin, content: bytes, first: int, last: int) -> bytes:
    return content[: last - first + 1] if last == len(content) - 1 else content[first : last + 1]


@replaces("ranges", "suffix-as-first", "rfc9110-14.2-9", "SHOULD", "bytes=-5 is read as the positions 0 to 5")
def _(self: Origin, value: str, length: int) -> Ranges | None:
    return Origin.ranges(self, re.sub(r"(?<![0-9])-", "0-", value), length)


@replaces("ranges", "suffix-short", "rfc9110-14.2-9", "SHOULD", "A suffix range is one octet short")
def _(self: Origin, value: str, length: int) -> Ranges | None:
    found = Origin.ranges(self, value, length)
    return [(first + 1, last) for first, last in found] if found and "=-" in value else found


@replaces("ranges", "suffix-too-long", "rfc9110-14.2-9", "SHOULD", "A suffix longer than the whole gets 416")
def _(self: Origin, value: str, length: int) -> Ranges | None:
    suffix = re.fullmatch(r"bytes=-([0-9]+)", value)
    return [] if suffix and int(suffix[1]) > length else Origin.ranges(self, value, length)


@replaces("ranges", "suffix-unsatisfiable", "rfc9110-14.2-9", "SHOULD", "Any suffix range gets 416")
def _(self: Origin, value: str, length: int) -> Ranges | None:
    return [] if value.startswith("bytes=-") else Origin.ranges(self, value, length)


@replaces("ranges", "last-past-end", "rfc9110-14.2-9", "SHOULD", "A range that ends after the representation gets 416")
def _(self: Origin, value: str, length: int) -> Ranges | None:
    end = re.fullmatch(r"bytes=[0-9]+-([0-9]+)", value)
    return [] if end and int(end[1]) >= length else Origin.ranges(self, value, length)


@replaces("ranges", "open-range-short", "rfc9110-14.2-9", "SHOULD", "bytes=5- lacks the last octet")
def _(self: Origin, value: str, length: int) -> Ranges | None:
    found = Origin.ranges(self, value, length)
    return [(first, last - 1) for first, last in found] if found and value.endswith("-") else found


@replaces("ranges", "unsatisfiable-ignored", "rfc9110-14.2-10", "SHOULD", "An unsatisfiable range gets 200")
def _(self: Origin, value: str, length: int) -> Ranges | None:
    return Origin.ranges(self, value, length) or None


@replaces(
    "ranges", "unsatisfiable-empty-206", "rfc9110-14.2-10", "SHOULD", "An unsatisfiable range gets 206 without content"
)
def _(self: Origin, value: str, length: int) -> Ranges | None:
    found = Origin.ranges(self, value, length)
    return [(length, length)] if found == [] else found


@replaces(
    "ranges", "first-equal-length", "rfc9110-14.2-10", "SHOULD", "The position after the last octet is satisfiable"
)
def _(self: Origin, value: str, length: int) -> Ranges | None:
    return [(length, length)] if value == f"bytes={length}-" else Origin.ranges(self, value, length)


@replaces("ranges", "huge-position", "rfc9110-14.1.2-1", "MUST", "Positions overflow at 32 bits")
def _(self: Origin, value: str, length: int) -> Ranges | None:
    return Origin.ranges(self, re.sub(r"[0-9]+", lambda digits: str(int(digits[0]) % 2**32), value), length)


@replaces("ranges", "huge-position-500", "rfc9110-14.1.2-1", "MUST", "Positions of more than 64 bits get 500")
def _(self: Origin, value: str, length: int) -> Ranges | None:
    if any(int(digits) >= 2**64 for digits in re.findall(r"[0-9]+", value)):
        raise Refused(500, "overflow")
    return Origin.ranges(self, value, length)


@replaces(
    "ranges", "some-unsatisfiable", "rfc9110-14.2-9", "SHOULD", "416 if any one of several ranges is unsatisfiable"
)
def _(self: Origin, value: str, length: int) -> Ranges | None:
    found = Origin.ranges(self, value, length)
    return [] if found and len(found) < value.count(",") + 1 else found


@replaces("ranges", "ranges-sorted", "rfc9110-15.3.7.2-9", "SHOULD", "Parts come in the order of their positions")
def _(self: Origin, value: str, length: int) -> Ranges | None:
    found = Origin.ranges(self, value, length)
    return sorted(found) if found else found


@replaces("ranges", "first-range-alone", "rfc9110-15.3.7-s2", "STATED", "Only the first of several ranges is sent")
def _(self: Origin, value: str, length: int) -> Ranges | None:
    return (Origin.ranges(self, value, length) or [])[:1]


@replaces("ranges", "range-empty-member", "rfc9110-5.6.1.2-1", "MUST", "An empty member of the set of ranges gets 400")
def _(self: Origin, value: str, length: int) -> Ranges | None:
    if ",," in re.sub(r"\s", "", value):
        raise Refused(400, "an empty range")
    return Origin.ranges(self, value, length)


@replaces("heeds_range", "range-for-head", "rfc9110-14.2-2", "MUST", "HEAD with Range gets 206")
def _(self: Origin, request: Request, resource: Resource) -> bool:
    unit = (request.get("Range") or "").partition("=")[0]
    return resource.is_ranged and unit == "bytes"


@replaces("check_content", "range-for-post", "rfc9110-14.2-2", "MUST", "POST with Range gets 416")
def _(self: Origin, request: Request, resource: Resource) -> None:
    if request.lines("Range"):
        raise Refused(416, "there are no ranges here")
    Origin.check_content(self, request, resource)


@replaces("heeds_range", "range-any-unit", "rfc9110-14.2-3", "MUST", "Any unit is taken for bytes")
def _(self: Origin, request: Request, resource: Resource) -> bool:
    return request.method == "GET" and resource.is_ranged and "=" in (request.get("Range") or "")


@replaces("heeds_range", "range-unit-416", "rfc9110-14.2-3", "MUST", "An unknown unit gets 400")
def _(self: Origin, request: Request, resource: Resource) -> bool:
    if request.lines("Range") and not Origin.heeds_range(self, request, resource):
        raise Refused(400, "unknown unit")
    return Origin.heeds_range(self, request, resource)


@replaces("if_range", "if-range-ignored", "rfc9110-13.1.5-6", "MUST", "If-Range is ignored")
def _(self: Origin, request: Request, variant: Variant) -> bool:
    return True


@replaces("if_range", "if-range-weak", "rfc9110-13.1.5-7", "MUST", "If-Range compares weakly")
def _(self: Origin, request: Request, variant: Variant) -> bool:
    value = request.get("If-Range")
    return Origin.if_range(self, request, variant) or bool(value and self.weakly(value, variant.etag or ""))


@replaces("if_range", "if-range-always-false", "rfc9110-13.1.5-8", "SHOULD", "Range is ignored wherever If-Range is")
def _(self: Origin, request: Request, variant: Variant) -> bool:
    return request.get("If-Range") is None


@replaces("if_range", "if-range-412", "rfc9110-13.1.5-7", "MUST", "If-Range that is false gets 412")
def _(self: Origin, request: Request, variant: Variant) -> bool:
    if not Origin.if_range(self, request, variant):
        raise Refused(412, "If-Range is false")
    return True


@replaces(
    "if_range", "if-range-later-date", "rfc9110-13.1.5-7", "MUST", "A date later than Last-Modified makes If-Range true"
)
def _(self: Origin, request: Request, variant: Variant) -> bool:
    since = self.date(request.get("If-Range"))
    return bool(since and variant.modified and since > variant.modified) or Origin.if_range(self, request, variant)


@replaces("if_range", "if-range-date-ignored", "rfc9110-13.1.5-7", "MUST", "Any date makes If-Range true")
def _(self: Origin, request: Request, variant: Variant) -> bool:
    return self.date(request.get("If-Range")) is not None or Origin.if_range(self, request, variant)


@replaces("heeds_range", "if-range-alone", "rfc9110-13.1.5-2", "MUST", "If-Range without Range gets 206 for the whole")
def _(self: Origin, request: Request, resource: Resource) -> bool:
    if request.lines("If-Range") and not request.lines("Range") and request.method == "GET":
        request.fields.append(("Range", "bytes=0-"))
    return Origin.heeds_range(self, request, resource)


@replaces(
    "heeds_range",
    "if-range-without-range-412",
    "rfc9110-13.1.5-2",
    "MUST",
    "If-Range without Range is judged, and gets 412 if false",
)
def _(self: Origin, request: Request, resource: Resource) -> bool:
    if not request.lines("Range") and resource.variants and not self.if_range(request, resource.variants[0]):
        raise Refused(412, "If-Range is false")
    return Origin.heeds_range(self, request, resource)


# 206 itself


@alters("206-without-content-range", "rfc9110-15.3.7.1-1", "MUST", "206 has no Content-Range")
def _(request: Request, response: Response) -> None:
    if response.status == 206:
        response.drop("Content-Range")


@alters("206-without-etag", "rfc9110-15.3.7-2", "MUST", "206 has no ETag")
def _(request: Request, response: Response) -> None:
    if response.status == 206:
        response.drop("ETag")


@alters("206-without-cache-control", "rfc9110-15.3.7-2", "MUST", "206 has no Cache-Control")
def _(request: Request, response: Response) -> None:
    if response.status == 206:
        response.drop("Cache-Control")


@alters("206-without-vary", "rfc9110-15.3.7-2", "MUST", "206 has no Vary")
def _(request: Request, response: Response) -> None:
    if response.status == 206:
        response.drop("Vary")


@alters("206-without-content-location", "rfc9110-15.3.7-2", "MUST", "206 has no Content-Location")
def _(request: Request, response: Response) -> None:
    if response.status == 206:
        response.drop("Content-Location")


@alters("206-without-type", "rfc9110-15.3.7-4", "MUST", "206 has no Content-Type")
def _(request: Request, response: Response) -> None:
    if response.status == 206 and "multipart" not in (response.get("Content-Type") or ""):
        response.drop("Content-Type")


@alters("206-without-last-modified", "rfc9110-15.3.7-4", "MUST", "206 has no Last-Modified")
def _(request: Request, response: Response) -> None:
    if response.status == 206:
        response.drop("Last-Modified")


@alters("206-another-etag", "rfc9110-15.3.7-2", "MUST", "206 has another entity tag than the 200")
def _(request: Request, response: Response) -> None:
    if response.status == 206:
        response.set("ETag", '"a-part"')


@alters("206-whole-length", "rfc9110-15.3.7-s1", "STATED", "Content-Length of a 206 is that of the 200")
def _(request: Request, response: Response) -> None:
    if content_range := response.get("Content-Range"):
        response.set("Content-Length", content_range.partition("/")[2])
        response.closes = True


@replaces(
    "partial",
    "206-to-if-range-repeats",
    "rfc9110-15.3.7-3",
    "SHOULD NOT",
    "206 to If-Range repeats all representation fields",
)
def _(self: Origin, request: Request, whole: Response, ranges: Ranges) -> Response:
    kept = request.fields
    request.fields = [(key, value) for key, value in kept if key.lower() != "if-range"]
    return Origin.partial(self, request, whole, ranges)


@replaces(
    "content_range",
    "content-range-end",
    "rfc9110-15.3.7.1-1",
    "MUST",
    "The last position in Content-Range is one too high",
)
def _(self: Origin, first: int, last: int, length: int) -> str:
    return f"bytes {first}-{last + 1}/{length}"


@replaces(
    "content_range",
    "content-range-length",
    "rfc9110-15.3.7.1-1",
    "MUST",
    "Content-Range states the length of the part as that of the whole",
)
def _(self: Origin, first: int, last: int, length: int) -> str:
    return f"bytes {first}-{last}/{last - first + 1}"


@replaces("content_range", "content-range-equals", "rfc9110-2.2-12", "MUST NOT", "Content-Range has = after the unit")
def _(self: Origin, first: int, last: int, length: int) -> str:
    return f"bytes={first}-{last}/{length}"


@replaces(
    "content_range",
    "content-range-unknown-length",
    "rfc9110-14.4-4",
    "SHOULD",
    "Content-Range has * for the length, which is known",
)
def _(self: Origin, first: int, last: int, length: int) -> str:
    return f"bytes {first}-{last}/*"


@replaces("altered", "416-content-range-part", "rfc9110-14.4-6", "SHOULD", "Content-Range of 416 states a wrong length")
def _(self: Origin, request: Request | None, response: Response) -> None:
    if response.status == 416:
        response.set("Content-Range", "bytes */1")


# Several parts: RFC 9110 section 15.3.7.2


def _is_multipart(response: Response) -> bool:
    return (response.get("Content-Type") or "").startswith("multipart/byteranges")


def _rewritten(response: Response, content: bytes) -> None:
    response.content = content
    response.set("Content-Length", str(len(content)))


@alters("multipart-without-boundary", "rfc9110-15.3.7.2-1", "MUST", "multipart/byteranges has no boundary parameter")
def _(request: Request, response: Response) -> None:
    if _is_multipart(response):
        response.set("Content-Type", "multipart/byteranges")


@alters("multipart-wrong-boundary", "rfc9110-15.3.7.2-1", "MUST", "The boundary parameter names another boundary")
def _(request: Request, response: Response) -> None:
    if _is_multipart(response):
        response.set("Content-Type", "multipart/byteranges; boundary=another")


@alters(
    "multipart-type", "rfc9110-15.3.7.2-1", "MUST", "Several parts are labelled with the type of the representation"
)
def _(request: Request, response: Response) -> None:
    if _is_multipart(response):
        response.set("Content-Type", "text/plain")


@alters("multipart-mixed", "rfc9110-15.3.7.2-1", "MUST", "Several parts are labelled multipart/mixed")
def _(request: Request, response: Response) -> None:
    if _is_multipart(response):
        response.set("Content-Type", "multipart/mixed; boundary=between-two-parts")


@alters(
    "multipart-content-range", "rfc9110-15.3.7.2-2", "MUST NOT", "multipart/byteranges has Content-Range in the header"
)
def _(request: Request, response: Response) -> None:
    if _is_multipart(response):
        response.set("Content-Range", "bytes 0-1/1320")


@alters("parts-without-content-range", "rfc9110-15.3.7.2-3", "MUST", "The parts have no Content-Range")
def _(request: Request, response: Response) -> None:
    if _is_multipart(response):
        _rewritten(response, re.sub(rb"Content-Range: [^\r]*\r\n", b"", response.content))


@alters("last-part-without-content-range", "rfc9110-15.3.7.2-3", "MUST", "The last part has no Content-Range")
def _(request: Request, response: Response) -> None:
    if _is_multipart(response):
        start = response.content.rfind(b"Content-Range:")
        end = response.content.index(b"\r\n", start) + 2
        _rewritten(response, response.content[:start] + response.content[end:])


@alters("parts-without-type", "rfc9110-15.3.7.2-4", "SHOULD", "The parts have no Content-Type")
def _(request: Request, response: Response) -> None:
    if _is_multipart(response):
        _rewritten(response, re.sub(rb"Content-Type: [^\r]*\r\n", b"", response.content))


@alters("multipart-unclosed", "rfc9110-15.3.7.2-1", "MUST", "The closing delimiter is missing")
def _(request: Request, response: Response) -> None:
    if _is_multipart(response):
        _rewritten(response, response.content.removesuffix(b"--between-two-parts--\r\n"))


@alters("part-content-wrong", "rfc9110-15.3.7.2-1", "MUST", "The last part lacks its last octet")
def _(request: Request, response: Response) -> None:
    if _is_multipart(response):
        end = response.content.rindex(b"\r\n--between-two-parts--")
        _rewritten(response, response.content[: end - 1] + response.content[end:])


@replaces(
    "partial", "multipart-for-one", "rfc9110-15.3.7.2-6", "MUST NOT", "A single range is sent as multipart/byteranges"
)
def _(self: Origin, request: Request, whole: Response, ranges: Ranges) -> Response:
    response = Origin.partial(self, request, whole, ranges * 2 if len(ranges) == 1 else ranges)
    if len(ranges) == 1:
        delimiter = b"--between-two-parts\r\n"
        second = response.content.index(delimiter, 5)
        response.content = response.content[:second] + b"--between-two-parts--\r\n"
    return response


@alters("multipart-lf", "rfc9110-8.3.3-1", "MUST", "Lines between the parts end with LF alone")
def _(request: Request, response: Response) -> None:
    if _is_multipart(response):
        _rewritten(response, response.content.replace(b"\r\n", b"\n"))


@replaces(
    "heeds_range",
    "if-range-without-ranges",
    "rfc9110-13.1.5-3",
    "MUST",
    "412 for a false If-Range where there are no ranges",
)
def _(self: Origin, request: Request, resource: Resource) -> bool:
    if not resource.is_ranged and not self.if_range(request, resource.variants[0]):
        raise Refused(412, "If-Range is false")
    return Origin.heeds_range(self, request, resource)


@replaces("heeds_range", "content-range-in-get", "rfc9110-14.4-3", "MUST", "GET with Content-Range gets 400")
def _(self: Origin, request: Request, resource: Resource) -> bool:
    if request.lines("Content-Range"):
        raise Refused(400, "Content-Range in a request")
    return Origin.heeds_range(self, request, resource)
