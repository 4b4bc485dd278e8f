from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary.fields.ranges import Ranges, RangeSpec, parse_content_range, parse_range
from statuary.message.fields import Fields
from statuary.message.request import Request
from statuary.message.response import Multipart, Part, Whole
from statuary.semantics.decision import Respond, decide
from statuary.semantics.ranges import MOST_RANGES, Span, content_range, multipart, satisfiable_spans
from statuary.semantics.resource import Representation, Resource

from .demands import assembled, read_parts
from .kinds import ETAG, MODIFIED, NOW, PAGE


@pytest.mark.parametrize(
    ("value", "length", "spans"),
    [
        # The examples of RFC 9110 section 14.1.2, of a representation of 10000 octets
        ("bytes=0-499", 10000, ((0, 499),)),
        ("bytes=500-999", 10000, ((500, 999),)),
        ("bytes=-500", 10000, ((9500, 9999),)),
        ("bytes=9500-", 10000, ((9500, 9999),)),
        ("bytes=0-0,-1", 10000, ((0, 0), (9999, 9999))),
        ("bytes= 0-999, 4500-5499, -1000", 10000, ((0, 999), (4500, 5499), (9000, 9999))),
        ("bytes=500-600,601-999", 10000, ((500, 999),)),  # these two touch,
        ("bytes=500-700,601-999", 10000, ((500, 999),)),  # and these overlap
        # What reaches beyond the end is cut there
        ("bytes=0-99999", 10, ((0, 9),)),
        ("bytes=-99999", 10, ((0, 9),)),
        ("bytes=9-", 10, ((9, 9),)),
        # and what begins there is left out
        ("bytes=10-", 10, ()),
        ("bytes=10-20, 30-40", 10, ()),
        ("bytes=0-0, 10-20", 10, ((0, 0),)),
        ("bytes=-0", 10, ()),
        ("bytes=-0, 1-2", 10, ((1, 2),)),
        # Of nothing, nothing but a suffix is satisfiable, and that is all of it
        ("bytes=0-0", 0, ()),
        ("bytes=0-", 0, ()),
        ("bytes=-1", 0, None),
        ("bytes=-0", 0, ()),
        # Asked for in another order, sent in that order; joined where the first of them stood
        ("bytes=-1,0-0", 10, ((9, 9), (0, 0))),
        ("bytes=8-9, 0-1, 5-6", 10, ((8, 9), (0, 1), (5, 6))),
        ("bytes=8-9, 0-1, 2-3", 10, ((8, 9), (0, 3))),
        ("bytes=0-1, 8-9, 2-7", 10, ((0, 9),)),
        ("bytes=0-0,0-0,0-0", 10, ((0, 0),)),
        ("bytes=0-,0-,0-,0-,0-", 10, ((0, 9),)),
        ("lines=1-2", 10, None),
    ],
)
def test_satisfiable_spans(value: str, length: int, spans: tuple[Span, ...] | None) -> None:
    ranges = parse_range(value)
    assert isinstance(ranges, Ranges)
    assert satisfiable_spans(ranges, length) == spans


def test_a_request_for_very_many_ranges_is_served_whole() -> None:
    at_most = tuple((n, n) for n in range(0, 2 * MOST_RANGES, 2))
    assert satisfiable_spans(Ranges("bytes", at_most), 10**6) == at_most
    assert satisfiable_spans(Ranges("bytes", (*at_most, (10**5, None))), 10**6) is None


@st.composite
def range_specs(draw: st.DrawFn) -> RangeSpec:
    first, last = draw(st.none() | st.integers(0, 60)), draw(st.none() | st.integers(0, 60))
    if first is None:
        return None, last or 0
    return first, last if last is None else max(first, last)


lengths = st.integers(0, 50)


def wanted(specs: tuple[RangeSpec, ...], length: int) -> set[int]:
    """The positions asked for, by the definitions of RFC 9110 section 14.1.2, one by one."""
    octets: set[int] = set()
    for first, last in specs:
        if first is None:
            octets.update(range(max(0, length - (last or 0)), length))
        else:
            octets.update(range(first, length if last is None else min(last + 1, length)))
    return octets


@given(specs=st.lists(range_specs(), min_size=1, max_size=8).map(tuple), length=lengths)
def test_each_octet_asked_for_is_sent_and_none_twice(specs: tuple[RangeSpec, ...], length: int) -> None:
    spans = satisfiable_spans(Ranges("bytes", specs), length)
    if spans is None:
        assert length == 0
        return
    assert all(0 <= first <= last < length for first, last in spans)
    sent = [position for first, last in spans for position in range(first, last + 1)]
    assert len(sent) == len(set(sent)) <= length
    assert set(sent) == wanted(specs, length)
    # No two of them touch, or they would be one
    ordered = sorted(spans)
    assert all(last + 1 < first for (_, last), (first, _) in pairwise(ordered))


@pytest.mark.parametrize(
    ("span", "length", "value"),
    [
        ((0, 499), 1234, "bytes 0-499/1234"),
        ((0, 0), 1, "bytes 0-0/1"),
        ((5, 9), None, "bytes 5-9/*"),
        (None, 7, "bytes */7"),
    ],
)
def test_content_range(span: Span | None, length: int | None, value: str) -> None:
    assert content_range(span, length) == value


OCTETS = bytes(range(256)) * 4


@given(
    specs=st.lists(st.tuples(st.integers(0, 1100), st.integers(0, 40)), min_size=2, max_size=12),
    media_type=st.sampled_from(
        [None, "text/plain;charset=utf-8", "application/octet-stream", 'text/html; charset="x"']
    ),
    octets=st.binary(min_size=1, max_size=1100) | st.just(OCTETS),
)
def test_a_multipart_is_as_long_as_it_says_and_can_be_read_back(
    specs: list[tuple[int, int]], media_type: str | None, octets: bytes
) -> None:
    asked = tuple((first, first + more) for first, more in specs)
    spans = satisfiable_spans(Ranges("bytes", asked), len(octets))
    if not spans or len(spans) < 2:
        return
    representation = Representation(media_type=media_type, length=len(octets), etag=ETAG, last_modified=MODIFIED)
    content_type, content = multipart(representation, spans, NOW)
    sent = assembled(content, octets)
    assert len(sent) == content.length
    read = read_parts(content_type, sent)
    assert [parse_content_range(value) for _, value, _ in read] == [("bytes", *span, len(octets)) for span in spans]
    assert {kind for kind, _, _ in read} == {media_type}


@given(spans=st.lists(st.tuples(st.integers(0, 900), st.integers(1, 40)), min_size=2, max_size=6))
def test_parts_hold_the_octets_that_their_content_range_names(spans: list[tuple[int, int]]) -> None:
    # Text of one-octet lines, which a MIME parser gives back as it was
    octets = "".join(chr(97 + n % 26) for n in range(1000)).encode()
    ranges = satisfiable_spans(Ranges("bytes", tuple((first, first + more) for first, more in spans)), len(octets))
    assert ranges
    if len(ranges) > 1:
        content_type, content = multipart(replace(PAGE, length=1000), ranges, NOW)
        read = read_parts(content_type, assembled(content, octets))
        assert [part for _, _, part in read] == [octets[first : last + 1] for first, last in ranges]


def test_the_boundary_depends_on_what_it_delimits_and_on_the_moment() -> None:
    spans, others = ((0, 1), (5, 6)), ((0, 1), (5, 7))
    kinds = {
        multipart(representation, chosen, now)[0]
        for representation in (PAGE, replace(PAGE, etag=None), replace(PAGE, length=999))
        for chosen in (spans, others)
        for now in (NOW, NOW + 1)
    }
    assert len(kinds) == 12


# Through decide, of a page of 1000 octets: RFC 9110 sections 14.2, 15.3.7 and 15.5.17
@pytest.mark.parametrize(
    ("method", "value", "status", "content_range_value"),
    [
        ("GET", "bytes=0-99", 206, "bytes 0-99/1000"),
        ("GET", "bytes=-1", 206, "bytes 999-999/1000"),
        ("GET", "bytes=0-", 206, "bytes 0-999/1000"),  # all of it, and still a part
        ("GET", "bytes=0-9,10-19", 206, "bytes 0-19/1000"),  # two ranges that make one part
        ("GET", "bytes=0-9,20-29", 206, None),
        ("GET", "bytes=0-9,9999-", 206, "bytes 0-9/1000"),
        ("GET", "bytes=1000-", 416, "bytes */1000"),
        ("GET", "bytes=-0", 416, "bytes */1000"),
        ("GET", "bytes=9-1", 200, None),
        ("GET", "bytes=a-b", 200, None),
        ("GET", "lines=1-2", 200, None),
        ("GET", "", 200, None),
        ("HEAD", "bytes=0-99", 200, None),
        ("HEAD", "bytes=1000-", 200, None),
    ],
)
def test_decided(method: str, value: str, status: int, content_range_value: str | None) -> None:
    request = Request(method, fields=Fields([("Range", value)]))
    answer = decide(request, Resource(variants=(PAGE,)), NOW)
    assert isinstance(answer, Respond)
    assert (answer.status, answer.field("Content-Range")) == (status, content_range_value)
    expected: type[object] = {206: Part, 416: bytes, 200: Whole}[status] if method == "GET" else type(None)
    if status == 206 and content_range_value is None:
        expected = Multipart
    assert isinstance(answer.content, expected)


@pytest.mark.parametrize(
    "page", [replace(PAGE, length=None), replace(PAGE, has_ranges=False)], ids=["length unknown", "no ranges"]
)
def test_what_has_no_ranges_is_sent_whole(page: Representation) -> None:
    answer = decide(Request(fields=Fields([("Range", "bytes=0-9")])), Resource(variants=(page,)), NOW)
    assert isinstance(answer, Respond)
    assert (answer.status, answer.field("Accept-Ranges")) == (200, None)


def test_a_false_condition_goes_before_a_range() -> None:
    # RFC 9110 section 13.2.2: the range comes last
    fields = Fields([("Range", "bytes=9999-"), ("If-None-Match", '"a"')])
    answer = decide(Request(fields=fields), Resource(variants=(PAGE,)), NOW)
    assert isinstance(answer, Respond)
    assert answer.status == 304
