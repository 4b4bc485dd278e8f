"""Parts put together wrongly: RFC 9110 sections 13.1.5, 14.4 and 15.3.7."""

from __future__ import annotations

import re
from dataclasses import replace

from ..client import Client
from ..message import Failure, Fields, Request, Response, Task
from ..partial import Part
from .registry import breaks, plant

INVALID = "rfc9110-14.4-5"
READ = "rfc9110-15.3.7-1"
SAME = "rfc9110-15.3.7.3-1"


@breaks(READ, "MUST")
class AlwaysAppended(Client):
    """A 206 is appended, whatever Content-Range says."""

    def put_together(self, start: bytes, response: Response) -> tuple[bytes, bool]:
        return start + response.content, True


@breaks(READ, "MUST")
class GapsIgnored(Client):
    """A part that leaves a gap is appended."""

    def put_together(self, start: bytes, response: Response) -> tuple[bytes, bool]:
        parts = self.parts(response)
        if parts[0][0] > len(start):
            return start + parts[0][3], True
        return super().put_together(start, response)


@breaks(READ, "MUST")
class OverlapsIgnored(Client):
    """A part that begins earlier is appended."""

    def put_together(self, start: bytes, response: Response) -> tuple[bytes, bool]:
        parts = self.parts(response)
        if parts[0][0] < len(start):
            return start + parts[0][3], True
        return super().put_together(start, response)


@breaks(READ, "MUST")
class ContentRangeOptional(Client):
    """A 206 without Content-Range is appended."""

    def put_together(self, start: bytes, response: Response) -> tuple[bytes, bool]:
        if response.get("Content-Range") is None and response.get("Content-Type") is None:
            return start + response.content, True
        return super().put_together(start, response)


def _content_range(pattern: str) -> object:
    """Content-Range read by another pattern, and not checked."""

    def part(self: Client, content_range: str | None, octets: bytes) -> Part:
        found = re.search(pattern, content_range or "")
        if found is None:
            raise Failure("an invalid Content-Range", 206)
        first = int(found[1])
        return first, first + len(octets) - 1, first + len(octets), octets

    return part


plant(
    "unit-ignored",
    "rfc9110-14.4-1",
    "MUST NOT",
    "The unit of Content-Range is ignored",
    part=_content_range(r"^\w+ (\d+)-\d+/"),
)
plant(
    "only-first-position",
    INVALID,
    "MUST NOT",
    "Only the first position of Content-Range is read",
    part=_content_range(r"bytes (\d+)-"),
)


@breaks(INVALID, "MUST NOT")
class InvertedRangeTaken(Client):
    """A Content-Range whose last position is before its first is appended."""

    def put_together(self, start: bytes, response: Response) -> tuple[bytes, bool]:
        found = re.match(r"bytes (\d+)-(\d+)/", response.get("Content-Range") or "")
        if found and int(found[2]) < int(found[1]):
            return start + response.content, True
        return super().put_together(start, response)


@breaks(INVALID, "MUST NOT")
class RangeBeyondLengthTaken(Client):
    """A Content-Range beyond its length is combined."""

    def part(self, content_range: str | None, octets: bytes) -> Part:
        found = self.CONTENT_RANGE.fullmatch(content_range or "")
        if found and found[3] != "*" and int(found[2]) >= int(found[3]):
            return int(found[1]), int(found[2]), int(found[2]) + 1, octets
        return super().part(content_range, octets)


@breaks(INVALID, "MUST NOT")
class InvalidRangeAppended(Client):
    """A Content-Range that can't be read is taken for the rest."""

    def put_together(self, start: bytes, response: Response) -> tuple[bytes, bool]:
        try:
            return super().put_together(start, response)
        except Failure as failure:
            if "invalid" in str(failure):
                return start + response.content, True
            raise


def _wrapped(bits: int) -> object:
    """Positions as numbers of so many bits."""

    def part(self: Client, content_range: str | None, octets: bytes) -> Part:
        fewer = re.sub(r"\d+", lambda digits: str(int(digits[0]) % (1 << bits)), content_range or "")
        found = self.CONTENT_RANGE.fullmatch(fewer)
        if found is not None and fewer != content_range:
            return int(found[1]), int(found[2]), int(found[2]) + 1, octets
        return Client.part(self, content_range, octets)

    return part


plant("positions-64-bits", "rfc9110-14.1.2-1", "MUST", "Positions overflow 64 bits", part=_wrapped(64))
plant("positions-32-bits", "rfc9110-14.1.2-1", "MUST", "Positions overflow 32 bits", part=_wrapped(32))


@breaks("rfc9110-15.3.7.3-4", "MUST")
class IncompleteIsComplete(Client):
    """A combination with something missing is told as 200."""

    def is_complete(self, got: int, complete: int | None) -> bool:
        return True


@breaks("rfc9110-15.3.7.3-3", "MUST")
class CombinedInWrongOrder(Client):
    """The rest is put ahead of the start."""

    def put_together(self, start: bytes, response: Response) -> tuple[bytes, bool]:
        whole, is_complete = super().put_together(start, response)
        return whole[len(start) :] + start, is_complete


@breaks("rfc9110-15.3.7.3-3", "MUST")
class StartForgotten(Client):
    """The rest alone is told."""

    def put_together(self, start: bytes, response: Response) -> tuple[bytes, bool]:
        whole, is_complete = super().put_together(start, response)
        return whole[len(start) :], is_complete


@breaks("rfc9110-15.3.7.3-3", "MUST")
class CompleteIsPartial(Client):
    """A combination that is complete is told as 206, without its start."""

    def resumed(self, request: Request, response: Response) -> Response:
        return response


@breaks("rfc9110-14.3-2", "MUST NOT")
class WholeAppended(Client):
    """A 200 is appended to what was there."""

    def resumed(self, request: Request, response: Response) -> Response:
        if response.status == 200:
            return replace(response, content=(request.task.resume or b"") + response.content)
        return super().resumed(request, response)


@breaks("rfc9110-2.4-1", "MUST")
class ExplanationAppended(Client):
    """The content of 416 is appended."""

    def resumed(self, request: Request, response: Response) -> Response:
        if response.status == 416:
            return replace(response, content=(request.task.resume or b"") + response.content)
        return super().resumed(request, response)


@breaks("rfc9110-15-1", "MUST")
class ErrorAppended(Client):
    """The content of any error is appended."""

    def resumed(self, request: Request, response: Response) -> Response:
        if response.status >= 400:
            return replace(response, content=(request.task.resume or b"") + response.content)
        return super().resumed(request, response)


@breaks("rfc9110-15.3.7.2-10", "MUST")
class MultipartAppended(Client):
    """multipart/byteranges is appended as it came."""

    def put_together(self, start: bytes, response: Response) -> tuple[bytes, bool]:
        if "multipart" in (response.get("Content-Type") or ""):
            return start + response.content, True
        return super().put_together(start, response)


@breaks("rfc9110-15.3.7.2-10", "MUST")
class PartsInTheOrderTheyCome(Client):
    """Parts are appended in the order in which they come."""

    def put_together(self, start: bytes, response: Response) -> tuple[bytes, bool]:
        parts = self.parts(response)
        if len(parts) == 1:
            return super().put_together(start, response)
        return start + b"".join(octets for *_, octets in parts), True


@breaks("rfc9110-15.3.7.2-8", "MUST NOT")
class SeveralRangesUnread(Client):
    """Several ranges are asked for, and multipart/byteranges not understood."""

    def rest_fields(self, task: Task) -> Fields:
        start = len(task.resume or b"")
        return [("Range", f"bytes={start}-{start + 1},{start + 2}-")]

    def parts(self, response: Response) -> list[Part]:
        return [self.part(response.get("Content-Range"), response.content)]


@breaks("rfc9110-13.1.5-4", "MUST NOT")
class WeakIfRange(Client):
    """If-Range has a weak entity tag."""

    def validator(self, partial: Response) -> str | None:
        return partial.get("ETag")


@breaks("rfc9110-13.1.5-4", "MUST NOT")
class MadeUpIfRange(Client):
    """If-Range has a weak tag made up from the length."""

    def rest_fields(self, task: Task) -> Fields:
        return [*super().rest_fields(task), ("If-Range", f'W/"{len(task.resume or b"")}"')]


@breaks("rfc9110-13.1.5-5", "MUST NOT")
class DateInIfRange(Client):
    """If-Range has the date, though there is an entity tag."""

    def validator(self, partial: Response) -> str | None:
        return partial.get("Last-Modified") or partial.strong_tag


@breaks("rfc9110-13.1.5-5", "MUST NOT")
class WeakDateInIfRange(Client):
    """If-Range has a date that is not strong: it is that of the response itself."""

    def validator(self, partial: Response) -> str | None:
        return partial.strong_tag or partial.get("Last-Modified")


@breaks("rfc9110-13.1.5-1", "MUST NOT")
class IfRangeWithoutRange(Client):
    """The rest is asked for with If-Range, and without Range."""

    def after_cut(self, request: Request, partial: Response) -> Request | None:
        following = super().after_cut(request, partial)
        if following is not None:
            following.own = [one for one in following.own if one[0] != "Range"]
        return following


@breaks("rfc9110-15.3.7.3-4", "MUST")
class ChangedRepresentationCombined(Client):
    """The rest is combined even if its entity tag is another."""

    def belongs_together(self, partial: Response, response: Response) -> bool:
        return True


@breaks("rfc9110-15.3.7.3-4", "MUST")
class WeakTagsCombined(Client):
    """The rest is combined where the tags agree but for being weak."""

    def belongs_together(self, partial: Response, response: Response) -> bool:
        return (partial.get("ETag") or "").removeprefix("W/") == (response.get("ETag") or "").removeprefix("W/")


@breaks("rfc9110-15.3.7.3-4", "MUST")
class UntaggedCombined(Client):
    """The rest is combined where it has no entity tag."""

    def belongs_together(self, partial: Response, response: Response) -> bool:
        return response.get("ETag") is None or super().belongs_together(partial, response)


@breaks("rfc9110-14.3-2", "MUST NOT")
class RangesCountedOn(Client):
    """What comes in place of the rest of something that was cut is appended, whatever its code is."""

    def completed_by(self, request: Request, response: Response) -> Response:
        if response.status == 200 and request.partial is not None:
            return replace(response, content=request.partial.content + response.content)
        return super().completed_by(request, response)


@breaks(INVALID, "MUST NOT")
class LengthEqualToLastTaken(Client):
    """A Content-Range whose length is its last position is combined."""

    def part(self, content_range: str | None, octets: bytes) -> Part:
        found = self.CONTENT_RANGE.fullmatch(content_range or "")
        if found and found[2] == found[3]:
            return int(found[1]), int(found[2]), int(found[2]) + 1, octets
        return super().part(content_range, octets)


@breaks(INVALID, "MUST NOT")
class UnsatisfiedRangeAppended(Client):
    """206 with the Content-Range of a range that is not satisfiable is appended."""

    def put_together(self, start: bytes, response: Response) -> tuple[bytes, bool]:
        if "*/" in (response.get("Content-Range") or ""):
            return start + response.content, True
        return super().put_together(start, response)
