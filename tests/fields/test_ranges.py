import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary.fields.grammar import HUGE, INVALID, Invalid
from statuary.fields.ranges import (
    ContentRange,
    Ranges,
    RangeSpec,
    format_accept_ranges,
    format_content_range,
    format_range,
    parse_accept_ranges,
    parse_content_range,
    parse_range,
)

from .strategies import lower_tokens, positions

range_specs: st.SearchStrategy[RangeSpec] = st.one_of(
    st.tuples(positions, positions).map(lambda pair: (min(pair), max(pair))),
    st.tuples(positions, st.none()),
    st.tuples(st.none(), positions),
)


@pytest.mark.parametrize(
    ("text", "specs"),
    [
        ("bytes=0-499", ((0, 499),)),
        ("bytes=500-999", ((500, 999),)),
        ("bytes=-500", ((None, 500),)),
        ("bytes=9500-", ((9500, None),)),
        ("bytes=0-0,-1", ((0, 0), (None, 1))),
        ("bytes= 0-999, 4500-5499, -1000", ((0, 999), (4500, 5499), (None, 1000))),
        ("bytes=500-600,601-999", ((500, 600), (601, 999))),
        ("bytes=500-700,601-999", ((500, 700), (601, 999))),
        ("BYTES=0-0", ((0, 0),)),
        ("bytes=,0-1 ,, 2-3,", ((0, 1), (2, 3))),
        ("bytes=-0", ((None, 0),)),
        ("bytes=00-007", ((0, 7),)),
        ("bytes=0-" + "9" * 5000, ((0, HUGE),)),
        ("bytes=" + "9" * 5000 + "-" + "1" * 5000, ((HUGE, HUGE),)),
        ("bytes=-" + "9" * 5000, ((None, HUGE),)),
    ],
)
def test_byte_ranges(text: str, specs: tuple[RangeSpec, ...]) -> None:
    assert parse_range(text) == Ranges("bytes", specs)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "bytes",
        "bytes=",
        "bytes=,",
        "bytes=-",
        "bytes=1",
        "bytes=1-0",
        "bytes=0-1,5-4",
        "bytes=a-b",
        "bytes=0-1,x",
        "bytes=0-1-2",
        "bytes=0 - 1",
        "bytes=--1",
        "bytes=+0-1",
        "bytes=0-1;2-3",
        'bytes="0-1"',
        'bytes=0-1,"',
        "bytes =0-1",
        "bytes: 0-1",
        "bytes 0-1",
        "=0-1",
        "b@d=0-1",
        "bytes=٠-١",
        "bytes=0-1\n",
        "items=",
        "items=, ,",
        "items=a b",
        "items=é",
    ],
)
def test_illegal_ranges(text: str) -> None:
    assert parse_range(text) is INVALID


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (None, None),
        ("items=0-5", Ranges("items", (), "0-5")),
        ("Items= a, b ,", Ranges("items", (), "a, b ,")),
        ('x="a,b"', Ranges("x", (), '"a,b"')),
        ("exampleunit=1.2-4.3", Ranges("exampleunit", (), "1.2-4.3")),
        ("x==", Ranges("x", (), "=")),
    ],
)
def test_ranges_in_other_units(text: str | None, value: Ranges | None) -> None:
    assert parse_range(text) == value


@given(st.lists(range_specs, min_size=1, max_size=5))
def test_ranges_are_read_as_written(specs: list[RangeSpec]) -> None:
    ranges = Ranges("bytes", tuple(specs))
    assert parse_range(format_range(ranges)) == ranges


def test_other_ranges_are_read_as_written() -> None:
    assert parse_range(format_range(Ranges("items", (), "a,b"))) == Ranges("items", (), "a,b")


@pytest.mark.parametrize(
    "ranges",
    [Ranges("bytes", ()), Ranges("bytes", ((5, 4),)), Ranges("bytes", ((None, None),)), Ranges("a b", (), "c")],
)
def test_what_no_range_can_say(ranges: Ranges) -> None:
    with pytest.raises(ValueError, match="not a ranges-specifier"):
        format_range(ranges)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (None, None),
        ("bytes 42-1233/1234", ContentRange("bytes", 42, 1233, 1234)),
        ("bytes 42-1233/*", ContentRange("bytes", 42, 1233, None)),
        ("bytes */1234", ContentRange("bytes", None, None, 1234)),
        ("bytes */0", ContentRange("bytes", None, None, 0)),
        ("Bytes 0-0/1", ContentRange("bytes", 0, 0, 1)),
        ("items 0-4/5", ContentRange("items", 0, 4, 5)),
        (f"bytes 0-1/{'9' * 5000}", ContentRange("bytes", 0, 1, HUGE)),
        (f"bytes 0-{'8' * 5000}/{'9' * 5000}", INVALID),
        ("", INVALID),
        ("bytes", INVALID),
        ("bytes */*", INVALID),
        ("bytes 5-4/10", INVALID),
        ("bytes 0-10/10", INVALID),
        ("bytes 0-11/10", INVALID),
        ("bytes 0-4", INVALID),
        ("bytes 0-/5", INVALID),
        ("bytes -4/5", INVALID),
        ("bytes=0-4/5", INVALID),
        ("bytes  0-4/5", INVALID),
        ("bytes\t0-4/5", INVALID),
        ("bytes 0 - 4/5", INVALID),
        ("bytes 0-4/5\n", INVALID),
        ("bytes 0-4/5, bytes 0-4/5", INVALID),
        ("exampleunit 1.2-4.3/25", INVALID),
    ],
)
def test_parse_content_range(text: str | None, value: ContentRange | Invalid | None) -> None:
    assert parse_content_range(text) == value


@given(lower_tokens, positions, positions, positions, st.booleans())
def test_content_ranges_are_read_as_written(unit: str, a: int, b: int, more: int, known: bool) -> None:
    first, last = min(a, b), max(a, b)
    length = min(last + 1 + more, 10**18 - 1) if known and last < 10**18 - 1 else None
    for value in (ContentRange(unit, first, last, length), ContentRange(unit, None, None, a)):
        assert parse_content_range(format_content_range(value)) == value


@pytest.mark.parametrize(
    "value",
    [
        ContentRange("bytes", 5, 4, 10),
        ContentRange("bytes", 0, 10, 10),
        ContentRange("bytes", -1, 3, 10),
        ContentRange("bytes", None, None, None),
        ContentRange("bytes", None, 3, 10),
        ContentRange("bytes", 3, None, 10),
        ContentRange("by tes", 0, 1, 10),
    ],
)
def test_what_no_content_range_can_say(value: ContentRange) -> None:
    with pytest.raises(ValueError, match="not a content range"):
        format_content_range(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (None, None),
        ("bytes", ("bytes",)),
        ("none", ("none",)),
        ("Bytes, items", ("bytes", "items")),
        ("", INVALID),
        (",", INVALID),
        ("by tes", INVALID),
    ],
)
def test_parse_accept_ranges(text: str | None, value: tuple[str, ...] | Invalid | None) -> None:
    assert parse_accept_ranges(text) == value


@given(st.lists(lower_tokens, min_size=1, max_size=3).map(tuple))
def test_accept_ranges_is_read_as_written(units: tuple[str, ...]) -> None:
    assert parse_accept_ranges(format_accept_ranges(units)) == units


@pytest.mark.parametrize("units", [(), ("a b",)])
def test_what_accept_ranges_can_not_say(units: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="not range units"):
        format_accept_ranges(units)
