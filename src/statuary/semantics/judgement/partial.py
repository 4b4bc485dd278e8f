"""206 and 416: what was asked for, what came, and how it is labelled (RFC 9110 sections 14, 15.3.7 and 15.5.17)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from statuary.fields.content_length import parse_content_length
from statuary.fields.grammar import INVALID
from statuary.fields.media_types import parse_media_type
from statuary.fields.ranges import ContentRange, RangeSpec, parse_content_range, parse_range
from statuary.fields.validators import EntityTag, parse_entity_tag, parse_if_range, strongly_equal
from statuary.semantics.judgement.content import is_coded
from statuary.semantics.judgement.dates import instant
from statuary.semantics.judgement.multipart import BodyPart, read_parts
from statuary.semantics.judgement.rule import Chapter, Seen, shown

chapter = Chapter()

# A dozen rules look at the same two fields of an exchange
ranges_of = lru_cache(maxsize=16)(parse_range)
content_range_of = lru_cache(maxsize=16)(parse_content_range)

_PARTS = (
    r"--b\r\nContent-Range: bytes 0-1/9\r\n\r\nab"
    r"\r\n--b\r\nContent-Range: bytes 4-4/9\r\n\r\ne\r\n--b--\r\n"
)
_TWO = f"GET / | Range: bytes=0-1, 4-4 => 206 | Content-Type: multipart/byteranges; boundary=b || {_PARTS}"
_ONE = "GET / | Range: bytes=0-1 => 206 | Content-Range: bytes 0-1/9 || ab"


def boundary_of(seen: Seen) -> str | None:
    """The boundary of multipart/byteranges, empty where it is missing; None of another media type."""
    value = seen.get("content-type")
    if value is None or value[:10].lower() != "multipart/":
        return None
    media_type = parse_media_type(value)
    if not media_type or media_type.essence != "multipart/byteranges":
        return None
    return media_type.parameter("boundary") or ""


def body_parts(seen: Seen) -> tuple[BodyPart, ...]:
    """The parts of a multipart response, none where they can't be read or were not captured."""
    boundary = boundary_of(seen)
    return (read_parts(seen.content, boundary) or ()) if boundary and seen.content and not is_coded(seen) else ()


def asked_ranges(seen: Seen) -> tuple[RangeSpec, ...]:
    """The byte ranges of the request; none where it asks for none that are valid."""
    ranges = ranges_of(seen.asked("range"))
    return ranges.specs if ranges else ()


def sent_ranges(seen: Seen) -> list[ContentRange]:
    """The byte ranges that came, in their order."""
    values = [seen.get("content-range"), *(part.fields.get("content-range") for part in body_parts(seen))]
    parsed = (content_range_of(value) for value in values)
    return [value for value in parsed if value and value.unit == "bytes" and value.first is not None]


def _hull(specs: Iterable[RangeSpec], length: int | None) -> tuple[int, int | None] | None:
    """The least first position and the greatest last one asked for; None where it can't be known."""
    firsts: list[int] = []
    lasts: list[int | None] = []
    for first, last in specs:
        if first is None:
            if length is None:
                return None
            firsts.append(max(0, length - (last or 0)))
            lasts.append(length - 1)
        else:
            firsts.append(first)
            lasts.append(last)
    if not firsts:
        return None
    ends = [last for last in lasts if last is not None]
    return min(firsts), max(ends) if len(ends) == len(lasts) else None


@chapter.rule(
    "rfc9110-15.3.7-s2",
    status=(206,),
    passes=[_ONE],
    fails=["GET / => 206 | Content-Range: bytes 0-1/9 || ab", "GET / | Range: nonsense => 206 || ab"],
)
def partial_was_asked_for(seen: Seen) -> str | None:
    ranges = ranges_of(seen.asked("range"))
    if ranges:
        return None
    return "206 to a request without Range" if ranges is None else "206 to a request with an invalid Range"


@chapter.rule(
    "rfc9110-14.2-2",
    status=(206,),
    asked=["range"],
    passes=[_ONE],
    fails=[
        "POST / | Range: bytes=0-1 => 206 | Content-Range: bytes 0-1/9 || ab",
        "HEAD / | Range: bytes=0-1 => 206 | Content-Range: bytes 0-1/9",
    ],
)
def only_get_has_ranges(seen: Seen) -> str | None:
    return None if seen.method == "GET" else f"206 to {shown(seen.method)}, for which Range means nothing"


@chapter.rule(
    "rfc9110-14.2-3",
    status=(206,),
    asked=["range"],
    passes=[_ONE, "GET / | Range: lines=1-2 => 206 | Content-Range: lines 1-2/9 || ab"],
    fails=["GET / | Range: lines=1-2 => 206 | Content-Range: bytes 1-2/9 || bc"],
)
def unit_is_the_one_asked_for(seen: Seen) -> str | None:
    ranges, sent = ranges_of(seen.asked("range")), content_range_of(seen.get("content-range"))
    if not ranges or not sent or ranges.unit == sent.unit:
        return None
    return f"the request asked for {shown(ranges.unit)}, and the response has {shown(sent.unit)}"


@chapter.rule(
    "rfc9110-15.3.7.1-1",
    also=["rfc9110-15.3.7-s1"],
    status=(206,),
    passes=[_ONE, _TWO, "GET / | Range: bytes=0-1 => 206 | Content-Range: bytes 0-1/9 | Content-Length: 2"],
    fails=[
        "GET / | Range: bytes=0-1 => 206 || ab",
        "GET / | Range: bytes=0-1 => 206 | Content-Range: bytes */9 || ab",
        "GET / | Range: bytes=0-1 => 206 | Content-Range: bytes 0-1/9 || abc",
        "GET / | Range: bytes=0-1 => 206 | Content-Range: bytes 0-1/9 | Content-Length: 9",
    ],
)
def single_part_is_labelled(seen: Seen) -> str | None:
    if boundary_of(seen) is not None:
        return None
    sent = content_range_of(seen.get("content-range"))
    if sent is None:
        return "206 with neither Content-Range nor multipart/byteranges: nobody knows which part it is"
    if sent is INVALID or sent.unit != "bytes":
        return None
    if sent.first is None or sent.last is None:
        return "206 whose Content-Range says that no range could be satisfied"
    size = sent.last - sent.first + 1
    length = parse_content_length(seen.get("content-length"))
    if length is not None and length is not INVALID and length != size and seen.method != "HEAD":
        return f"Content-Range says {size} octets, and Content-Length {length}"
    if seen.content and len(seen.content) != size and length is None and not is_coded(seen):
        return f"Content-Range says {size} octets, and the content has {len(seen.content)}"
    return None


@chapter.rule(
    "rfc9110-14.2-9",
    status=(206,),
    asked=["range"],
    passes=[
        _ONE,
        _TWO,
        "GET / | Range: bytes=-2 => 206 | Content-Range: bytes 7-8/9 || hi",
        "GET / | Range: bytes=0-1, 3-4 => 206 | Content-Range: bytes 0-4/9 || abcde",
        "GET / | Range: bytes=0-99 => 206 | Content-Range: bytes 0-8/9 || abcdefghi",
    ],
    fails=[
        "GET / | Range: bytes=0-1 => 206 | Content-Range: bytes 0-2/9 || abc",
        "GET / | Range: bytes=4- => 206 | Content-Range: bytes 3-8/9 || defghi",
        "GET / | Range: bytes=-2 => 206 | Content-Range: bytes 0-2/9 || abc",
    ],
)
def nothing_beyond_what_was_asked(seen: Seen) -> str | None:
    specs = asked_ranges(seen)
    for sent in sent_ranges(seen):
        hull = _hull(specs, sent.length)
        if hull is None or sent.first is None or sent.last is None:
            continue
        if sent.first < hull[0] or (hull[1] is not None and sent.last > hull[1]):
            return f"octets {sent.first} to {sent.last} came, outside what Range asked for"
    return None


@chapter.rule(
    "rfc9110-14.1.2-s2",
    status=(206,),
    asked=["range"],
    passes=[_ONE, "GET / | Range: bytes=4- => 206 | Content-Range: bytes 4-8/9 || efghi"],
    fails=[
        "GET / | Range: bytes=0-2 => 206 | Content-Range: bytes 0-1/9 || ab",
        "GET / | Range: bytes=4- => 206 | Content-Range: bytes 4-7/9 || efgh",
    ],
)
def everything_that_was_asked(seen: Seen) -> str | None:
    specs = asked_ranges(seen)
    sent = content_range_of(seen.get("content-range"))
    if len(specs) != 1 or not sent or sent.unit != "bytes" or sent.first is None or sent.length is None:
        return None
    first, last = specs[0]
    if first is None:
        first, last = max(0, sent.length - (last or 0)), None
    last = sent.length - 1 if last is None else min(last, sent.length - 1)
    if (sent.first, sent.last) == (first, last):
        return None
    return f"Range selects octets {first} to {last}, and {sent.first} to {sent.last} came"


@chapter.rule(
    "rfc9110-15.3.7.2-1",
    status=(206,),
    present=["content-type"],
    passes=[_TWO],
    fails=[
        f"GET / | Range: bytes=0-1, 4-4 => 206 | Content-Type: multipart/byteranges || {_PARTS}",
        "GET / | Range: bytes=0-1, 4-4 => 206 | Content-Type: multipart/byteranges; boundary=b || ab",
        r"GET / | Range: bytes=0-1, 4-4 => 206 | Content-Type: multipart/byteranges; boundary=b || --b\r\n\r\nab",
        r"GET / | Range: bytes=0-1, 4-4 => 206 | Content-Type: multipart/byteranges; boundary=b || --bc\r\n\r\nab\r\n--b--",
        r"GET / | Range: bytes=0-1, 4-4 => 206 | Content-Type: multipart/byteranges; boundary=b || --b\r\nab\r\n--b--",
    ],
)
def parts_can_be_told_apart(seen: Seen) -> str | None:
    boundary = boundary_of(seen)
    if boundary is None:
        return None
    if not boundary:
        return "multipart/byteranges without a boundary"
    if seen.content and not is_coded(seen) and read_parts(seen.content, boundary) is None:
        return "multipart/byteranges whose parts do not stand between delimiters of its boundary"
    return None


@chapter.rule(
    "rfc9110-15.3.7.2-2",
    status=(206,),
    present=["content-range"],
    passes=[_ONE, _TWO],
    fails=[_TWO.replace("206 |", "206 | Content-Range: bytes 0-4/9 |")],
)
def no_content_range_around_parts(seen: Seen) -> str | None:
    return "Content-Range in the header section around several parts" if boundary_of(seen) is not None else None


@chapter.rule(
    "rfc9110-15.3.7.2-3",
    status=(206,),
    present=["content-type"],
    passes=[_TWO],
    fails=[
        _TWO.replace("Content-Range: bytes 4-4/9", "A: b"),
        _TWO.replace("bytes 4-4/9", "bytes 4-6/9"),
        _TWO.replace("bytes 4-4/9", "4"),
    ],
)
def every_part_is_labelled(seen: Seen) -> str | None:
    for part in body_parts(seen):
        value = content_range_of(part.fields.get("content-range"))
        if not value or value.first is None or value.last is None:
            return "a part without a valid Content-Range"
        if value.unit == "bytes" and value.last - value.first + 1 != len(part.content):
            return f"a part says {value.last - value.first + 1} octets and has {len(part.content)}"
    return None


@chapter.rule(
    "rfc9110-15.3.7.2-6",
    status=(206,),
    asked=["range"],
    present=["content-type"],
    passes=[_TWO],
    fails=[_TWO.replace("bytes=0-1, 4-4", "bytes=0-4")],
)
def no_multipart_for_one_range(seen: Seen) -> str | None:
    if len(asked_ranges(seen)) != 1 or boundary_of(seen) is None:
        return None
    return "multipart/byteranges, though one range was asked for"


@chapter.rule(
    "rfc9110-15.3.7.2-9",
    status=(206,),
    asked=["range"],
    present=["content-type"],
    passes=[_TWO],
    fails=[_TWO.replace("bytes=0-1, 4-4", "bytes=4-4, 0-1")],
)
def parts_in_the_order_asked(seen: Seen) -> str | None:
    sent = [value.first for value in sent_ranges(seen) if value.first is not None]
    specs = asked_ranges(seen)
    asked = [first for first, _ in specs if first is not None]
    if len(asked) != len(specs) or sorted(sent) != sorted(asked) or sent == asked:
        return None
    return "the parts came in another order than they were asked for"


@chapter.rule(
    "rfc9110-8.3.3-1",
    status=(206,),
    present=["content-type"],
    passes=[_TWO],
    fails=[_TWO.replace(r"\r\n--b\r\nContent-Range: bytes 4-4/9", r"\n--b\nContent-Range: bytes 4-4/9")],
)
def parts_end_in_crlf(seen: Seen) -> str | None:
    boundary = boundary_of(seen)
    if not boundary or is_coded(seen):
        return None
    delimiter = b"--" + boundary.encode("latin-1", "replace")
    return "a bare LF at a delimiter between parts" if delimiter + b"\n" in seen.content else None


@chapter.rule(
    "rfc9110-13.1.5-7",
    also=["rfc9110-13.1.5-6", "rfc9110-13.1.5-s1", "rfc9110-13.1.5-s2"],
    status=(206,),
    asked=["if-range"],
    passes=[
        'GET / | Range: bytes=0-1 | If-Range: "1" => 206 | ETag: "1" | Content-Range: bytes 0-1/9 || ab',
        "GET / | Range: bytes=0-1 | If-Range: Tuesday, 03-Mar-26 10:00:00 GMT => 206 "
        "| Last-Modified: Tue, 03 Mar 2026 10:00:00 GMT | Content-Range: bytes 0-1/9 || ab",
    ],
    fails=[
        'GET / | Range: bytes=0-1 | If-Range: "1" => 206 | ETag: "2" | Content-Range: bytes 0-1/9 || ab',
        'GET / | Range: bytes=0-1 | If-Range: W/"1" => 206 | ETag: W/"1" | Content-Range: bytes 0-1/9 || ab',
        "GET / | Range: bytes=0-1 | If-Range: Sun, 06 Nov 1994 08:49:37 GMT => 206 "
        "| Last-Modified: Sun, 06 Nov 1994 08:49:38 GMT | Content-Range: bytes 0-1/9 || ab",
    ],
)
def if_range_held(seen: Seen) -> str | None:
    validator = parse_if_range(seen.asked("if-range"), 0)
    if isinstance(validator, EntityTag):
        tag = parse_entity_tag(seen.get("etag"))
        if isinstance(tag, EntityTag) and not strongly_equal(validator, tag):
            return "206, though the entity tag of If-Range does not match by strong comparison"
    elif isinstance(validator, int):
        since, modified = instant(seen, seen.asked("if-range")), instant(seen, seen.get("last-modified"))
        if since is not None and modified is not None and modified != since:
            return "206, though the date of If-Range is not that of Last-Modified"
    return None


@chapter.rule(
    "rfc9110-15.5.17-1",
    also=["rfc9110-14.4-6"],
    status=(416,),
    asked=["range"],
    passes=[
        "GET / | Range: bytes=9- => 416 | Content-Range: bytes */9 || why",
        "GET / | Range: lines=9-9 => 416 || why",
    ],
    fails=[
        "GET / | Range: bytes=9- => 416 || why",
        "GET / | Range: bytes=9- => 416 | Content-Range: bytes 0-8/9 || why",
    ],
)
def unsatisfiable_range_tells_the_length(seen: Seen) -> str | None:
    ranges, sent = ranges_of(seen.asked("range")), content_range_of(seen.get("content-range"))
    if not ranges or ranges.unit != "bytes" or (sent and sent.first is None):
        return None
    return "416 to a byte range without a Content-Range of the form bytes */length"


@chapter.rule(
    "rfc9110-15.5.17-s1",
    status=(416,),
    passes=["GET / | Range: bytes=9- => 416 | Content-Range: bytes */9 || why"],
    fails=["GET / => 416 || why", "GET / | Range: bytes=4-5 => 416 | Content-Range: bytes */9 || why"],
)
def range_was_unsatisfiable(seen: Seen) -> str | None:
    if seen.asked("range") is None:
        return "416 to a request without Range"
    sent, specs = content_range_of(seen.get("content-range")), asked_ranges(seen)
    if len(specs) != 1 or not sent or sent.length is None or sent.unit != "bytes":
        return None
    first, last = specs[0]
    satisfiable = bool(last) and sent.length > 0 if first is None else first < sent.length
    return f"416 with a length of {sent.length}, within which the range asked for begins" if satisfiable else None


@chapter.rule(
    "rfc9110-14.4-s1",
    roles=("server", "intermediary"),
    present=["content-range"],
    passes=[_ONE],
    fails=["GET / => 200 | Content-Range: bytes 0-8/9 || abcdefghi"],
)
def content_range_has_a_meaning(seen: Seen) -> str | None:
    return None if seen.status in (206, 416) else f"Content-Range means nothing in a {seen.status}"


@chapter.rule(
    "rfc9110-15.3.7.2-4",
    status=(206,),
    present=["content-type"],
    passes=[_TWO],
    fails=[_TWO.replace("Content-Range: bytes 4-4/9", r"Content-Type: a/b\r\nContent-Range: bytes 4-4/9")],
)
def parts_have_the_same_type(seen: Seen) -> str | None:
    types = {part.fields.get("content-type") for part in body_parts(seen)}
    return "the parts of one representation differ in Content-Type" if len(types) > 1 else None


@chapter.rule(
    "rfc9110-15.3.7-3",
    status=(206,),
    asked=["if-range"],
    present=["content-type", "content-language", "content-encoding", "last-modified"],
    passes=[
        _ONE.replace("206 |", "206 | Content-Type: a/b |"),
        'GET / | Range: bytes=0-1 | If-Range: "1" => 206 | ETag: "1" | Content-Range: bytes 0-1/9 || ab',
        "GET / | Range: bytes=0-1 | If-Range: Sun, 06 Nov 1994 08:49:37 GMT => 206 "
        "| Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT | Content-Range: bytes 0-1/9 || ab",
        _TWO.replace(" => 206", ' | If-Range: "1" => 206 | ETag: "1"'),
    ],
    fails=[
        'GET / | Range: bytes=0-1 | If-Range: "1" => 206 | ETag: "1" | Content-Type: a/b '
        "| Content-Range: bytes 0-1/9 || ab",
    ],
)
def metadata_is_not_repeated(seen: Seen) -> str | None:
    # Several parts need their Content-Type, and without an entity tag Last-Modified is the validator.
    needed = "content-type" if boundary_of(seen) is not None else "last-modified" if "etag" not in seen.fields else ""
    names = ("content-type", "content-language", "content-encoding", "last-modified")
    found = next((name for name in names if name in seen.fields and name != needed), None)
    return f"206 to If-Range with {found}, which whoever resumes has already" if found else None
