"""Ranges, one and several, and If-Range. RFC 9110 sections 13.1.5, 14 and 15.3.7."""

from __future__ import annotations

import re

from .. import claims, dates
from ..client import Deviation, Response
from ..registry import check, check_each
from ..site import BIG, HELLO, MODIFIED, PAGE, PAGE_GZIP, Site

SIZE = len(BIG)
PART = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")
Span = tuple[int, int]


def span(value: str, size: int) -> Span:
    """The first and last position in a Content-Range of a file of that size."""
    match = PART.fullmatch(value)
    if match is None:
        raise Deviation(f"Content-Range: {value!r}")
    first, last = int(match[1]), int(match[2])
    claims.that(first <= last < size and match[3] in ("*", str(size)), f"Content-Range: {value!r} of {size} octets")
    return first, last


def parts(response: Response, whole: bytes) -> list[Span]:
    """The positions that a 206 carries, each compared with the file octet by octet."""
    claims.status(response, 206)
    media_type = response.field("Content-Type") or ""
    if not media_type.lower().startswith("multipart/byteranges"):
        at = span(claims.field(response, "Content-Range"), len(whole))
        claims.content(response, whole[at[0] : at[1] + 1])
        return [at]
    claims.no_field(response, "Content-Range")
    return list(multipart(response.content, media_type, whole))


def multipart(content: bytes, media_type: str, whole: bytes) -> list[Span]:
    """The positions in multipart/byteranges content: RFC 9110 section 14.6, RFC 2046 section 5.1.1."""
    named = re.search(r'boundary="?([^";]{1,70})"?', media_type, re.IGNORECASE)
    if named is None:
        raise Deviation(f"no boundary in {media_type!r}")
    delimiter = b"\r\n--" + named[1].encode("latin-1")
    # The first delimiter may stand at the very beginning; the positions tell where each part ends.
    rest, found = b"\r\n" + content, []
    at = rest.find(delimiter)
    while not rest[at + len(delimiter) :].startswith(b"--"):
        claims.that(at >= 0, f"a part without its delimiter: {rest[:60]!r}")
        line_end = rest.find(b"\r\n", at + len(delimiter))
        claims.that(not rest[at + len(delimiter) : line_end].strip(b" \t"), "no CRLF after a delimiter")
        head_end = rest.find(b"\r\n\r\n", line_end)
        claims.that(head_end >= 0, "a part without an end of its fields")
        fields = {}
        for line in rest[line_end + 2 : head_end].split(b"\r\n"):
            name, _, value = line.decode("latin-1").partition(":")
            fields[name.strip().lower()] = value.strip()
        claims.that("content-range" in fields, f"a part without Content-Range: {fields}")
        first, last = span(fields["content-range"], len(whole))
        body = rest[head_end + 4 : head_end + 4 + last - first + 1]
        claims.that(body == whole[first : last + 1], f"part {first}-{last} has other octets than the file")
        found.append((first, last))
        rest = rest[head_end + 4 + len(body) :]
        at = rest.find(delimiter)
        claims.that(at == 0, f"octets between a part and the next delimiter: {rest[:60]!r}")
    claims.that(bool(found), "multipart without parts")
    return found


def covers(found: list[Span], wanted: list[Span]) -> bool:
    """Whether every wanted position is in some part (parts may have been joined)."""
    return all(any(first <= low and high <= last for first, last in found) for low, high in wanted)


@check_each(
    "ranges.one",
    "rfc9110-14.2-9",
    "rfc9110-15.3.7.1-1",
    "rfc9110-15.3.7.2-6",
    "rfc9110-14.4-4",
    "rfc9110-14.1.2-s1",
    "rfc9110-14.1.2-s2",
    "rfc9110-14.1.2-s3",
    rows={
        "first-octet": ("0-0", (0, 0)),
        "first-100": ("0-99", (0, 99)),
        "middle": ("100-199", (100, 199)),
        "one-in-the-middle": ("12345-12345", (12345, 12345)),
        "last-octet": (f"{SIZE - 1}-{SIZE - 1}", (SIZE - 1, SIZE - 1)),
        "open": ("1000-", (1000, SIZE - 1)),
        "open-from-start": ("0-", (0, SIZE - 1)),
        "open-at-last": (f"{SIZE - 1}-", (SIZE - 1, SIZE - 1)),
        "suffix-1": ("-1", (SIZE - 1, SIZE - 1)),
        "suffix-100": ("-100", (SIZE - 100, SIZE - 1)),
        "suffix-all": (f"-{SIZE}", (0, SIZE - 1)),
        "suffix-more": (f"-{SIZE + 100}", (0, SIZE - 1)),
        "past-end": (f"1000-{SIZE + 1000}", (1000, SIZE - 1)),
        "to-length": (f"0-{SIZE}", (0, SIZE - 1)),
        "whole": (f"0-{SIZE - 1}", (0, SIZE - 1)),
        "leading-zeros": ("007-0000000000000000000009", (7, 9)),
    },
)
def one(site: Site, row: tuple[str, Span]) -> None:
    """One satisfiable range is answered 206 with exactly its octets."""
    value, expected = row
    response = claims.status(site.ask("GET", "/big.bin", f"Range: bytes={value}"), 206)
    at = span(claims.field(response, "Content-Range"), SIZE)
    claims.that(at == expected, f"Content-Range says {at}, asked for {expected}")
    claims.content(response, BIG[at[0] : at[1] + 1])
    claims.that(response.field("Content-Range") == f"bytes {at[0]}-{at[1]}/{SIZE}", "the length is not told")


@check_each(
    "ranges.unsatisfiable",
    "rfc9110-14.2-10",
    "rfc9110-14.4-6",
    "rfc9110-15.5.17-1",
    "rfc9110-15.5.17-s1",
    "rfc9110-14.1.2-1",
    "rfc9110-14.1.2-s4",
    rows={
        "at-length": f"{SIZE}-",
        "at-length-closed": f"{SIZE}-{SIZE + 10}",
        "beyond": f"{SIZE + 1000}-",
        "zero-suffix": "-0",
        "zero-suffix-zeros": "-000",
        "several": f"{SIZE}-,{SIZE + 5}-{SIZE + 10},-0",
    },
)
def unsatisfiable(site: Site, value: str) -> None:
    """A range with nothing in it is answered 416, and Content-Range tells the length."""
    response = claims.status(site.ask("GET", "/big.bin", f"Range: bytes={value}"), 416)
    claims.that(
        response.field("Content-Range") == f"bytes */{SIZE}", f"Content-Range: {response.field('Content-Range')}"
    )


@check_each(
    "ranges.huge",
    "rfc9110-14.1.2-1",
    "rfc9110-14.1.2-s2",
    "rfc9110-14.1.2-s3",
    rows={
        "suffix": ("-" + "9" * 30, True),
        "last": ("0-" + "9" * 30, True),
        "last-2^64": ("0-18446744073709551616", True),
        "last-2^63": ("0-9223372036854775807", True),
        "first": ("9" * 30 + "-", False),
        "first-2^64": ("18446744073709551616-", False),
        "first-2^64+5": ("18446744073709551621-18446744073709551630", False),
        "first-2^32": ("4294967296-4294967300", False),
    },
)
def huge(site: Site, row: tuple[str, bool]) -> None:
    """Positions beyond any integer type still mean what they say (or the Range is ignored, as it always may be)."""
    value, satisfiable = row
    response = claims.status(site.ask("GET", "/big.bin", f"Range: bytes={value}"), 200, 206 if satisfiable else 416)
    if response.status != 416:
        claims.content(response, BIG)


@check("ranges.huge-is-whole", "rfc9110-14.1.2-1", "rfc9110-14.2-9", choice=True)
def huge_is_whole(site: Site) -> None:
    """A range up to a huge position is answered 206, one from there 416."""
    claims.status(site.ask("GET", "/big.bin", "Range: bytes=0-" + "9" * 30), 206)
    claims.status(site.ask("GET", "/big.bin", "Range: bytes=-" + "9" * 30), 206)
    claims.status(site.ask("GET", "/big.bin", "Range: bytes=" + "9" * 30 + "-"), 416)


@check("ranges.http-1.0", "rfc9110-14.2-9")
def old_version(site: Site) -> None:
    """A range in a request of HTTP/1.0 is served or ignored."""
    response = claims.status(site.ask("GET", "/big.bin", "Range: bytes=5-9", version="HTTP/1.0"), 200, 206)
    if response.status == 206:
        claims.that(parts(response, BIG) == [(5, 9)], "another part than the one asked for")


@check_each(
    "ranges.invalid",
    "rfc9110-14.2-5",
    rows={
        "backwards": "bytes=5-2",
        "letters": "bytes=a-b",
        "empty": "bytes=",
        "only-dash": "bytes=-",
        "three": "bytes=1-2-3",
        "two-dashes": "bytes=--1",
        "plus": "bytes=+0-1",
        "hex": "bytes=0x0-0x1",
        "decimal": "bytes=0.0-1.0",
        "no-equals": "bytes 0-1",
        "colon": "bytes: 0-1",
        "no-unit": "0-1",
        "empty-unit": "=0-1",
        "two-equals": "bytes==0-1",
        "one-number": "bytes=5",
        "semicolon": "bytes=0-1;2-3",
        "space-list": "bytes=0-1 2-3",
        "underscore": "bytes=0_0-1",
        "arabic-digits": "bytes=\u0660-\u0661".encode().decode("latin-1"),
        "quoted": 'bytes="0-1"',
        "nothing": "",
        "star": "bytes=*",
        "content-range": "bytes 0-1/10",
    },
)
def invalid(site: Site, value: str) -> None:
    """What is no range is ignored or refused, never answered with a part."""
    response = claims.status(site.ask("GET", "/big.bin", f"Range: {value}"), 200, 400, 416)
    if response.status == 200:
        claims.content(response, BIG)


@check_each(
    "ranges.invalid-member",
    "rfc9110-14.2-5",
    rows={"backwards": "bytes=0-1,5-2", "letters": "bytes=0-1,x", "suffix": "bytes=0-1,-"},
    choice=True,
)
def invalid_member(site: Site, value: str) -> None:
    """One invalid member makes the whole set invalid: it is ignored or refused, and no part is sent."""
    claims.status(site.ask("GET", "/big.bin", f"Range: {value}"), 200, 400, 416)


@check_each(
    "ranges.other-unit",
    "rfc9110-14.2-3",
    "rfc9110-14.2-10",
    rows={
        "items": "items=0-1",
        "lines": "lines=1-5",
        "seconds": "seconds=1.5-",
        "near": "byte=0-1",
        "none": "none=0-1",
        "letters": "x=y",
    },
)
def other_unit(site: Site, value: str) -> None:
    """A range in a unit that the server does not know is ignored, or answered 416: nothing is made of its numbers."""
    response = claims.status(site.ask("GET", "/big.bin", f"Range: {value}"), 200, 416)
    if response.status == 200:
        claims.content(response, BIG)


@check_each("ranges.unit-case", "rfc9110-14.2-9", rows={"capital": "Bytes=0-9", "capitals": "BYTES=0-9"})
def unit_case(site: Site, value: str) -> None:
    """The name of a range unit has no case: RFC 9110 section 14.1. (A Range may always be ignored.)"""
    response = claims.status(site.ask("GET", "/big.bin", f"Range: {value}"), 200, 206)
    if response.status == 206:
        claims.that(parts(response, BIG) == [(0, 9)], "another part than the one asked for")


@check_each(
    "ranges.spaces",
    "rfc9110-5.6.1.2-1",
    rows={
        "after-comma": ("bytes=0-9, 100000-100009", False),
        "around-comma": ("bytes=0-9 ,\t100000-100009", False),
        "empty-members": ("bytes=0-9,,100000-100009,", False),
        "leading-comma": ("bytes=,0-9,100000-100009", False),
        "after-equals": ("bytes= 0-9", True),
        "before-equals": ("bytes =0-9", True),
        "inside": ("bytes=0 - 9", True),
    },
)
def spaces(site: Site, row: tuple[str, bool]) -> None:
    """A range set is a list, with its empty members and spaces; spaces elsewhere make it invalid."""
    value, refusable = row
    response = claims.status(
        site.ask("GET", "/big.bin", f"Range: {value}"), 200, 206, *((400, 416) if refusable else ())
    )
    if response.status == 206:
        wanted = [(0, 9)] if refusable else [(0, 9), (100_000, 100_009)]
        claims.that(covers(parts(response, BIG), wanted), "parts asked for are missing")


@check_each(
    "ranges.several",
    "rfc9110-15.3.7.2-1",
    "rfc9110-15.3.7.2-2",
    "rfc9110-15.3.7.2-3",
    "rfc9110-8.3.3-1",
    "rfc9110-14.2-5",
    rows={
        "two": ("0-99,200000-200099", [(0, 99), (200_000, 200_099)]),
        "three": ("0-0,1000-1009,-5", [(0, 0), (1000, 1009), (SIZE - 5, SIZE - 1)]),
        "backwards": ("200000-200099,0-99", [(0, 99), (200_000, 200_099)]),
        "adjacent": ("0-99,100-199", [(0, 99), (100, 199)]),
        "overlapping": ("0-99,50-149", [(0, 99), (50, 149)]),
        "same": ("0-99,0-99", [(0, 99)]),
        "inside": ("0-999,10-19", [(0, 999), (10, 19)]),
        "one-unsatisfiable": (f"{SIZE}-,100-199", [(100, 199)]),
        "unsatisfiable-last": (f"100-199,{SIZE + 5}-{SIZE + 9}", [(100, 199)]),
        "zero-suffix": ("100-199,-0", [(100, 199)]),
        "open-and-closed": (f"{SIZE - 10}-,0-9", [(0, 9), (SIZE - 10, SIZE - 1)]),
        "suffix-first": ("-10,0-9", [(0, 9), (SIZE - 10, SIZE - 1)]),
        "five": (
            "0-9,50000-50009,100000-100009,150000-150009,200000-200009",
            [(at, at + 9) for at in range(0, 200_001, 50_000)],
        ),
    },
)
def several(site: Site, row: tuple[str, list[Span]]) -> None:
    """Several ranges give a 206 whose parts are the file's octets and cover what was asked (or the whole, as 200)."""
    value, wanted = row
    response = claims.status(site.ask("GET", "/big.bin", f"Range: bytes={value}"), 200, 206)
    if response.status == 200:
        claims.content(response, BIG)
        return
    found = parts(response, BIG)
    claims.that(covers(found, wanted), f"parts {found} do not cover {wanted}")
    claims.that(sum(last - first + 1 for first, last in found) <= SIZE, f"more octets than the file has: {found}")


@check("ranges.several-multipart", "rfc9110-15.3.7.2-1", "rfc9110-15.3.7.2-9", choice=True)
def several_are_multipart(site: Site) -> None:
    """Two ranges far apart are answered in two parts, in the order asked for."""
    for wanted in ([(0, 99), (200_000, 200_099)], [(200_000, 200_099), (0, 99)]):
        value = ",".join(f"{first}-{last}" for first, last in wanted)
        response = claims.status(site.ask("GET", "/big.bin", f"Range: bytes={value}"), 206)
        claims.that(parts(response, BIG) == wanted, f"not the parts of {value}")


@check("ranges.several-types", "rfc9110-15.3.7.2-4")
def parts_have_types(site: Site) -> None:
    """Each part says the Content-Type that the 200 would have."""
    full = claims.field(site.ask(), "Content-Type")
    response = site.ask("GET", "/hello.txt", "Range: bytes=0-0,500-509")
    if response.status == 206 and "multipart" in claims.field(response, "Content-Type"):
        claims.that(parts(response, HELLO) is not None, "no parts")
        stated = re.findall(rb"(?i)\r\ncontent-type:[ \t]*([^\r]+)\r\n", response.content)
        claims.that(stated == [full.encode()] * 2, f"parts say {stated}, the 200 {full}")


@check("ranges.one-of-several", "rfc9110-15.3.7.2-6")
def one_is_not_multipart(site: Site) -> None:
    """One range, asked for alone, is never answered as multipart."""
    response = claims.status(site.ask("GET", "/big.bin", "Range: bytes=5-9"), 206)
    claims.that("multipart" not in (response.field("Content-Type") or ""), "multipart")


@check_each(
    "ranges.abuse",
    "rfc9110-17.15-s1",
    "rfc9110-14.2-5",
    rows={
        "overlapping": ",".join(["0-"] * 1000),
        "nested": ",".join(f"{start}-" for start in range(1000)),
        "many-small": ",".join(f"{start}-{start}" for start in range(0, 4000, 4)),
        "many-backwards": ",".join(f"{start}-{start}" for start in range(4000, 0, -4)),
        "same-octet": ",".join(["0-0"] * 1500),
        "suffixes": ",".join(f"-{length}" for length in range(SIZE - 500, SIZE)),
        "everything-ten-times": ",".join([f"0-{SIZE - 1}"] * 10),
    },
)
def abuse(site: Site, value: str) -> None:
    """Many or overlapping ranges are ignored, joined or refused: no answer is much larger than the file."""
    response = claims.status(site.ask("GET", "/big.bin", f"Range: bytes={value}"), 200, 206, 400, 416, 431)
    claims.that(len(response.content) <= 2 * SIZE, f"{len(response.content)} octets of a file of {SIZE}")
    if response.status == 206:
        parts(response, BIG)


@check_each(
    "ranges.empty-file",
    "rfc9110-14.1.2-s5",
    "rfc9110-14.2-7",
    rows={"open": "0-", "closed": "0-0", "suffix": "-5", "zero-suffix": "-0", "beyond": "5-"},
)
def empty_file(site: Site, value: str) -> None:
    """On an empty file a range is ignored or unsatisfiable: there is no part to send."""
    response = claims.status(site.ask("GET", "/empty.txt", f"Range: bytes={value}"), 200, 416)
    claims.that(response.status == 200 or response.field("Content-Range") == "bytes */0", "not told that it is empty")


@check("ranges.fields", "rfc9110-15.3.7-2", "rfc9110-15.3.7-4", "rfc9110-15.3.7-s1")
def fields_of_a_part(site: Site) -> None:
    """A 206 has the fields of the 200, and its own length."""
    for target in ("/big.bin", "/hello.txt", "/page.html"):
        full = site.ask("GET", target)
        part = claims.status(site.ask("GET", target, "Range: bytes=0-9"), 206)
        for name in ("ETag", "Last-Modified", "Content-Type", "Vary", "Cache-Control", "Content-Location"):
            claims.that(part.field(name) == full.field(name), f"{name}: {part.field(name)}, 200: {full.field(name)}")
        claims.that(part.field("Content-Length") in (None, "10"), f"Content-Length: {part.field('Content-Length')}")


@check("ranges.accept-ranges", "rfc9110-14.2-9", choice=True)
def accept_ranges(site: Site) -> None:
    """A file says that it can be had in ranges."""
    claims.that("bytes" in site.ask().members("Accept-Ranges"), "no Accept-Ranges: bytes")


@check("ranges.reassembled", "rfc9110-15.3.7.1-1")
def reassembled(site: Site) -> None:
    """Parts fetched one by one, on the condition that nothing changed, make the file."""
    etag = claims.field(site.ask("HEAD", "/big.bin"), "ETag")
    whole, step = b"", 50_000
    with site.connect() as connection:
        for first in range(0, SIZE, step):
            value = f"Range: bytes={first}-{first + step - 1}"
            connection.send(site.request("GET", "/big.bin", value, f"If-Match: {etag}"))
            whole += claims.status(connection.read_response(), 206).content
    claims.that(whole == BIG, "the parts do not make the file")


@check_each(
    "ranges.other-answers",
    "rfc9110-14.2-s1",
    "rfc9110-14.2-2",
    rows={
        "404": ("GET", "/nothing-here", 404, []),
        "304": ("GET", "/hello.txt", 304, ["If-None-Match: *"]),
        "412": ("GET", "/hello.txt", 412, ['If-Match: "x"']),
        "304-date": ("GET", "/hello.txt", 304, [f"If-Modified-Since: {dates.imf(MODIFIED)}"]),
        "412-date": ("GET", "/hello.txt", 412, [f"If-Unmodified-Since: {dates.imf(MODIFIED - 1)}"]),
    },
)
def other_answers(site: Site, row: tuple[str, str, int, list[str]]) -> None:
    """A range counts only where the answer would be 200; so neither it nor its being unsatisfiable shows elsewhere."""
    method, target, expected, fields = row
    for value in ("0-9", "999999-"):
        response = claims.status(site.ask(method, target, f"Range: bytes={value}", *fields), expected)
        claims.no_field(response, "Content-Range")


@check("ranges.options", "rfc9110-14.2-2")
def options(site: Site) -> None:
    """A range means nothing to OPTIONS."""
    plain = site.ask("OPTIONS")
    for value in ("0-9", "999999-"):
        response = claims.status(site.ask("OPTIONS", "/hello.txt", f"Range: bytes={value}"), plain.status)
        claims.no_field(response, "Content-Range")


@check("ranges.two-lines", "rfc9110-14.2-5", "rfc9110-5.3-3")
def two_lines(site: Site) -> None:
    """Two Range fields are no range set of one unit; whatever is made of them, the octets are right."""
    response = site.ask("GET", "/big.bin", "Range: bytes=0-9", "Range: bytes=20-29")
    if claims.status(response, 200, 206, 400, 416).status == 206:
        parts(response, BIG)


@check_each(
    "ranges.if-range",
    "rfc9110-13.1.5-6",
    "rfc9110-13.1.5-7",
    "rfc9110-13.1.5-8",
    "rfc9110-13.1.5-s1",
    "rfc9110-13.1.5-s2",
    "rfc9110-13.2.2-s5",
    rows={
        "same": ("@E", (206,)),
        "other": ('"other"', (200,)),
        "weak": ("W/@E", (200,)),
        "longer": ('"@O0"', (200,)),
        "list": ('"x", @E', (200, 400)),
        "star": ("*", (200, 400)),
        "unquoted": ("@O", (200, 400)),
        "word": ("yesterday", (200, 400)),
        "empty": ("", (200, 206, 400)),
        "date": (dates.imf(MODIFIED), (206,)),
        "date-earlier": (dates.imf(MODIFIED - 1), (200,)),
        "date-later": (dates.imf(MODIFIED + 1), (200,)),
        "date-much-later": (dates.imf(MODIFIED + 10_000_000), (200,)),
        # Equal as a date, not as text: section 13.1.5 asks for an exact match of the date.
        "date-rfc850": (dates.rfc850(MODIFIED), (200, 206)),
        "date-asctime": (dates.asctime(MODIFIED), (200, 206)),
        "date-invalid": ("Sun, 32 Sep 2020 12:26:40 GMT", (200, 400)),
    },
)
def if_range(site: Site, row: tuple[str, tuple[int, ...]]) -> None:
    """The range counts if If-Range has the file's strong tag or exact date; otherwise the whole file comes."""
    value, statuses = row
    etag = claims.field(site.ask("HEAD", "/big.bin"), "ETag")
    line = "If-Range: " + value.replace("@E", etag).replace("@O", etag.strip('"'))
    response = claims.status(site.ask("GET", "/big.bin", "Range: bytes=100-199", line), *statuses)
    if response.status == 206:
        claims.that(parts(response, BIG) == [(100, 199)], "another part than the one asked for")
    if response.status == 200:
        claims.content(response, BIG)
    with_order_changed = site.ask("GET", "/big.bin", line, "Range: bytes=100-199")
    claims.status(with_order_changed, response.status)


@check("ranges.if-range-alone", "rfc9110-13.1.5-2")
def if_range_without_range(site: Site) -> None:
    """If-Range without Range is ignored."""
    etag = claims.field(site.ask(), "ETag")
    for value in (etag, '"other"', "nonsense"):
        claims.content(claims.status(site.ask("GET", "/hello.txt", f"If-Range: {value}"), 200), HELLO)


@check("ranges.if-range-head", "rfc9110-14.2-2", "rfc9110-13.1.5-2")
def if_range_on_head(site: Site) -> None:
    """If-Range and Range mean nothing to HEAD."""
    etag = claims.field(site.ask("HEAD", "/big.bin"), "ETag")
    claims.status(site.ask("HEAD", "/big.bin", "Range: bytes=0-9", f"If-Range: {etag}"), 200)


@check("ranges.if-range-unsatisfiable", "rfc9110-13.1.5-7", "rfc9110-13.1.5-8")
def if_range_unsatisfiable(site: Site) -> None:
    """An unsatisfiable range is answered 416 where If-Range holds, and 200 where it does not."""
    etag = claims.field(site.ask("HEAD", "/big.bin"), "ETag")
    claims.status(site.ask("GET", "/big.bin", f"Range: bytes={SIZE}-", f"If-Range: {etag}"), 416)
    claims.content(claims.status(site.ask("GET", "/big.bin", f"Range: bytes={SIZE}-", 'If-Range: "x"'), 200), BIG)


@check("ranges.if-range-several", "rfc9110-13.1.5-8")
def if_range_several(site: Site) -> None:
    """If-Range governs several ranges as it does one."""
    etag = claims.field(site.ask("HEAD", "/big.bin"), "ETag")
    both = "Range: bytes=0-9,200000-200009"
    response = claims.status(site.ask("GET", "/big.bin", both, f"If-Range: {etag}"), 200, 206)
    if response.status == 206:
        claims.that(covers(parts(response, BIG), [(0, 9), (200_000, 200_009)]), "parts asked for are missing")
    claims.content(claims.status(site.ask("GET", "/big.bin", both, 'If-Range: "x"'), 200), BIG)


@check("ranges.if-range-after-conditions", "rfc9110-13.2.2-s5", "rfc9110-13.2.2-1")
def if_range_comes_last(site: Site) -> None:
    """If-Range is judged after the other preconditions."""
    etag = claims.field(site.ask(), "ETag")
    fields = ("Range: bytes=0-9", f"If-Range: {etag}")
    claims.status(site.ask("GET", "/hello.txt", *fields, f"If-None-Match: {etag}"), 304)
    claims.status(site.ask("GET", "/hello.txt", *fields, 'If-Match: "x"'), 412)
    claims.status(site.ask("GET", "/hello.txt", *fields, f"If-Match: {etag}", 'If-None-Match: "x"'), 206)


@check("ranges.if-range-future", "rfc9110-13.1.5-s1", "rfc9110-8.8.2.1-4")
def if_range_with_a_moving_date(site: Site) -> None:
    """A date that is no strong validator, being that of the message, does not make a range count."""
    full = claims.status(site.ask("GET", "/future.txt"), 200)
    date = full.field("Last-Modified") or claims.field(full, "Date")
    claims.status(site.ask("GET", "/future.txt", "Range: bytes=0-3", f"If-Range: {date}"), 200)


@check("ranges.coded", "rfc9110-14.1.2-s1", needs=["precompressed"])
def ranges_of_the_coded(site: Site) -> None:
    """Positions count the octets of the selected, coded representation."""
    plain = claims.status(site.ask("GET", "/page.html", "Range: bytes=10-19"), 206)
    claims.content(plain, PAGE[10:20])
    claims.no_field(plain, "Content-Encoding")
    coded = claims.status(site.ask("GET", "/page.html", "Accept-Encoding: gzip", "Range: bytes=10-19"), 200, 206)
    claims.that("gzip" in coded.members("Content-Encoding"), "the coded variant was not selected")
    claims.content(coded, PAGE_GZIP[10:20] if coded.status == 206 else PAGE_GZIP)


@check("ranges.if-range-other-variant", "rfc9110-13.1.5-s2", needs=["precompressed"])
def if_range_of_another_variant(site: Site) -> None:
    """The tag of the plain file does not let a range of the coded one through."""
    plain = claims.field(site.ask("GET", "/page.html"), "ETag")
    fields = ("Accept-Encoding: gzip", "Range: bytes=10-19", f"If-Range: {plain}")
    claims.content(claims.status(site.ask("GET", "/page.html", *fields), 200), PAGE_GZIP)
