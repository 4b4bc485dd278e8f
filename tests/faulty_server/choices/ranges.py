"""Ranges supported less, or answered in another form. RFC 9110 section 14."""

from __future__ import annotations

from dataclasses import replace

from ..connection import Origin
from ..message import Refused, Request, Resource, Response, Variant, members
from .registry import permitted

Spans = list[tuple[int, int]]


@permitted("RFC 9110 section 14.2")
class NoRanges(Origin):
    """Range is ignored, and nothing is said of ranges."""

    def find(self, request: Request) -> Resource:
        return replace(super().find(request), is_ranged=False)


@permitted("RFC 9110 section 14.3")
class NoRangesSaid(NoRanges):
    """Range is ignored, and Accept-Ranges says none."""

    def representation_fields(self, resource: Resource, variant: Variant) -> list[tuple[str, str]]:
        return [*super().representation_fields(resource, variant), ("Accept-Ranges", "none")]


@permitted("RFC 9110 section 14.3: no obligation to announce")
class RangesUnannounced(Origin):
    """Ranges are answered without Accept-Ranges ever being sent."""

    def altered(self, request: Request | None, response: Response) -> None:
        super().altered(request, response)
        response.drop("Accept-Ranges")


@permitted("RFC 9110 section 14.3: no obligation to repeat it")
class RangesAnnouncedInWholes(Origin):
    """Accept-Ranges is in a 200 alone."""

    def altered(self, request: Request | None, response: Response) -> None:
        super().altered(request, response)
        if response.status != 200:
            response.drop("Accept-Ranges")


class Counting(Origin):
    """A server that does something about fields with several ranges; no choice itself."""

    def several(self, value: str, length: int) -> Spans | None:
        raise NotImplementedError

    def ranges(self, value: str, length: int) -> Spans | None:
        if len(members(value.partition("=")[2])) > 1:
            return self.several(value, length)
        return super().ranges(value, length)


@permitted("RFC 9110 section 14.2: Range may be ignored")
class SingleRangesOnly(Counting):
    """Several ranges are answered with the whole."""

    def several(self, value: str, length: int) -> Spans | None:
        return None


@permitted("RFC 9110 section 15.3.7: a subset of what was asked for")
class FirstRangeOnly(Counting):
    """Of several ranges only the first is answered."""

    def several(self, value: str, length: int) -> Spans | None:
        found = Origin.ranges(self, value, length)
        return found and found[:1]


@permitted("RFC 9110 section 15.3.7: a subset of what was asked for", {"rfc9110-14.2-9": "all of it ought to be sent"})
class ShortParts(Origin):
    """No part has more than eight octets."""

    def ranges(self, value: str, length: int) -> Spans | None:
        found = super().ranges(value, length)
        return found and [(first, min(last, first + 7)) for first, last in found]


def coalesced(found: Spans, gap: int) -> Spans:
    """The ranges in their order, those merged that lie no more than ``gap`` octets apart."""
    merged: Spans = []
    for first, last in found:
        near = [one for one in merged if first <= one[1] + 1 + gap and one[0] <= last + 1 + gap]
        if near:
            place = merged.index(near[0])
            merged = [one for one in merged if one not in near]
            ends = [(first, last), *near]
            merged.insert(place, (min(one[0] for one in ends), max(one[1] for one in ends)))
        else:
            merged.append((first, last))
    return merged


@permitted("RFC 9110 section 15.3.7.2")
class Coalesced(Origin):
    """Ranges that overlap or lie near to each other are made one."""

    GAP = 80

    def ranges(self, value: str, length: int) -> Spans | None:
        found = super().ranges(value, length)
        return found and coalesced(found, self.GAP)


@permitted("RFC 9110 section 15.3.7.2")
class CoalescedWhereTheyTouch(Coalesced):
    """Ranges that overlap or touch are made one."""

    GAP = 0


@permitted("RFC 9110 section 15.3.7.2")
class OneOfSeveralAsMultipart(Counting):
    """Where one range remains of several, it is sent as a multipart of one part."""

    def several(self, value: str, length: int) -> Spans | None:
        found = Origin.ranges(self, value, length)
        return found and coalesced(found, 80)

    def partial(self, request: Request, whole: Response, ranges: Spans) -> Response:
        if len(members((request.get("Range") or "").partition("=")[2])) < 2 or len(ranges) > 1:
            return super().partial(request, whole, ranges)
        response = super().partial(request, whole, ranges)
        boundary = f"part-{hash(whole.content):x}"
        content_range, type = response.get("Content-Range"), whole.get("Content-Type")
        head = f"--{boundary}\r\nContent-Range: {content_range}\r\nContent-Type: {type}\r\n\r\n".encode()
        response.content = head + response.content + f"\r\n--{boundary}--\r\n".encode()
        response.drop("Content-Range")
        response.set("Content-Type", f"multipart/byteranges; boundary={boundary}")
        return response


@permitted("RFC 2046 section 5.1.1")
class PartsWithPreamble(Origin):
    """Multipart content has a preamble, an epilogue, padding and a quoted boundary."""

    BOUNDARY = "between two: parts"

    def partial(self, request: Request, whole: Response, ranges: Spans) -> Response:
        response = super().partial(request, whole, ranges)
        if len(ranges) > 1:
            marker = f"--{self.BOUNDARY}".encode()
            padded = response.content.replace(marker + b"\r\n", marker + b" \t\r\n")
            response.content = b"This is what was asked for\r\n" + padded + b"That is all\r\n"
            response.set("Content-Type", f'Multipart/ByteRanges; boundary="{self.BOUNDARY}"')
        return response


@permitted("RFC 9110 section 15.3.7.2: a SHOULD", {"rfc9110-15.3.7.2-9": "an order that was not asked for"})
class PartsReversed(Origin):
    """Parts come in the reverse of the order that was asked for."""

    def ranges(self, value: str, length: int) -> Spans | None:
        found = super().ranges(value, length)
        return found and found[::-1]


@permitted("RFC 9110 section 14.4: a SHOULD", {"rfc9110-14.4-4": "the length seems to be known"})
class CompleteLengthUnsaid(Origin):
    """Content-Range does not say how long the whole is."""

    def content_range(self, first: int, last: int, length: int) -> str:
        return f"bytes {first}-{last}/*"


@permitted("RFC 9110 section 14.2: Range may be ignored", {"rfc9110-14.2-10": "416 is what ought to be sent"})
class UnsatisfiableIgnored(Origin):
    """Ranges beyond the end are answered with the whole."""

    def ranges(self, value: str, length: int) -> Spans | None:
        return super().ranges(value, length) or None


@permitted("RFC 9110 section 14.2: what is invalid may be rejected")
class InvalidRangesRefused416(Origin):
    """A Range that is no list of byte ranges is answered 416."""

    STATUS = 416

    def ranges(self, value: str, length: int) -> Spans | None:
        found = super().ranges(value, length)
        if found is None:
            fields = (("Content-Range", f"bytes */{length}"),) if self.STATUS == 416 else ()
            raise Refused(self.STATUS, "those ranges are not for here", *fields)
        return found


@permitted("RFC 9110 section 14.2: what is invalid may be rejected")
class InvalidRangesRefused400(InvalidRangesRefused416):
    """A Range that is no list of byte ranges is answered 400."""

    STATUS = 400


@permitted("RFC 9110 section 14.2: more than two that overlap, or many small ones")
class ManyRangesRefused(Counting):
    """More than two ranges that overlap, and more than five, are answered 416."""

    def several(self, value: str, length: int) -> Spans | None:
        found = Origin.ranges(self, value, length)
        if len(members(value)) > 5 or (found and len(found) - len(coalesced(found, -1)) > 1):
            raise Refused(416, "too many ranges", ("Content-Range", f"bytes */{length}"))
        return found


@permitted("RFC 9110 section 15.5.17: a SHOULD", {"rfc9110-15.5.17-1": "the length is not said"})
class UnsatisfiableWithoutLength(Origin):
    """A 416 has no Content-Range."""

    def altered(self, request: Request | None, response: Response) -> None:
        super().altered(request, response)
        if response.status == 416:
            response.drop("Content-Range")


@permitted("RFC 9110 section 15.5: a SHOULD", {"rfc9110-15.5-1": "an error ought to be explained"})
class UnsatisfiableSilent(Origin):
    """A 416 has no content."""

    def altered(self, request: Request | None, response: Response) -> None:
        super().altered(request, response)
        if response.status == 416:
            response.content = b""
            response.drop("Content-Type")
            response.set("Content-Length", "0")


@permitted("RFC 9112 section 6.1")
class PartsInChunks(Origin):
    """A 206 is sent in chunks."""

    def partial(self, request: Request, whole: Response, ranges: Spans) -> Response:
        response = super().partial(request, whole, ranges)
        response.chunked = True
        return response


@permitted("RFC 9110 section 15.3.7: a SHOULD NOT", {"rfc9110-15.3.7-3": "fields that the client has"})
class IfRangeRepeatsAll(Origin):
    """A 206 to If-Range has all fields of the 200."""

    def partial(self, request: Request, whole: Response, ranges: Spans) -> Response:
        fields = request.fields
        request.fields = [one for one in fields if one[0].lower() != "if-range"]
        response = super().partial(request, whole, ranges)
        request.fields = fields
        return response


@permitted("RFC 9110 section 15.3.7.2: a SHOULD", {"rfc9110-15.3.7.2-4": "parts ought to have the type of the whole"})
class PartsUntyped(Origin):
    """The parts of a multipart don't say what type they have."""

    def partial(self, request: Request, whole: Response, ranges: Spans) -> Response:
        response = super().partial(request, whole, ranges)
        if len(ranges) > 1:
            type = f"\r\nContent-Type: {whole.get('Content-Type')}\r\nContent-Range"
            response.content = response.content.replace(type.encode(), b"\r\nContent-Range")
        return response
