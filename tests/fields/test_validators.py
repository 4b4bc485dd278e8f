import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary.fields.grammar import INVALID, Invalid
from statuary.fields.validators import (
    ANY,
    Any_,
    EntityTag,
    format_entity_tag,
    format_entity_tags,
    parse_entity_tag,
    parse_entity_tags,
    parse_if_range,
    strongly_equal,
    weakly_equal,
)

ETAGC = "".join(map(chr, [0x21, *range(0x23, 0x7F), *range(0x80, 0x100)]))
entity_tags = st.builds(EntityTag, st.text(alphabet=ETAGC, max_size=12), st.booleans())

STRONG_A, WEAK_A, STRONG_B = EntityTag("a", False), EntityTag("a", True), EntityTag("b", False)


def test_the_characters_of_an_entity_tag() -> None:
    assert {chr(code) for code in range(0x300) if parse_entity_tag(f'"{chr(code)}"')} == set(ETAGC)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (None, None),
        ('"xyzzy"', EntityTag("xyzzy", False)),
        ('W/"xyzzy"', EntityTag("xyzzy", True)),
        ('""', EntityTag("", False)),
        ('"\\"', EntityTag("\\", False)),  # no quoted-string: a backslash escapes nothing
        ('"a,b"', EntityTag("a,b", False)),
        ("", INVALID),
        ("a", INVALID),
        ("*", INVALID),
        ('w/"a"', INVALID),
        ('W/ "a"', INVALID),
        ("W/a", INVALID),
        ('"a b"', INVALID),
        ('"a', INVALID),
        ('a"', INVALID),
        ('"a"b"', INVALID),
        ('"a"\n', INVALID),
        ('"a", "b"', INVALID),
        ('"€"', INVALID),
    ],
)
def test_parse_entity_tag(text: str | None, value: EntityTag | Invalid | None) -> None:
    assert parse_entity_tag(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (None, None),
        ("*", ANY),
        ('"a"', (STRONG_A,)),
        ('W/"a"', (WEAK_A,)),
        ('"a", "b"', (STRONG_A, STRONG_B)),
        ('"a",W/"a","b"', (STRONG_A, WEAK_A, STRONG_B)),
        ('"a" ,\t"b"', (STRONG_A, STRONG_B)),
        (', "a",, ,"b",', (STRONG_A, STRONG_B)),
        ('"a,b"', (EntityTag("a,b", False),)),
        ('"a,b", "b"', (EntityTag("a,b", False), STRONG_B)),
        ('"\\", "b"', (EntityTag("\\", False), STRONG_B)),
        ("", ()),
        (" , ,", ()),
        ('*, "a"', INVALID),
        ('"a", *', INVALID),
        ("*,*", INVALID),
        ('"*"', (EntityTag("*", False),)),
        ('"a" "b"', INVALID),
        ('"a";"b"', INVALID),
        ('"a", b', INVALID),
        ('"a", "b', INVALID),
        ("a", INVALID),
    ],
)
def test_parse_entity_tags(text: str | None, value: tuple[EntityTag, ...] | Any_ | Invalid | None) -> None:
    assert parse_entity_tags(text) == value


@given(st.lists(entity_tags, max_size=5).map(tuple))
def test_entity_tags_are_read_as_written(tags: tuple[EntityTag, ...]) -> None:
    assert parse_entity_tags(format_entity_tags(tags)) == tags
    for tag in tags:
        assert parse_entity_tag(format_entity_tag(tag)) == tag
        assert parse_if_range(format_entity_tag(tag), 0) == tag


def test_any_is_read_as_written() -> None:
    assert parse_entity_tags(format_entity_tags(ANY)) is ANY
    assert repr(ANY) == "ANY"


@pytest.mark.parametrize("opaque", ['"', "a b", "\r\n", "€", "\x7f"])
def test_what_no_entity_tag_can_hold(opaque: str) -> None:
    with pytest.raises(ValueError, match="not an entity tag"):
        format_entity_tag(EntityTag(opaque, False))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (None, None),
        ('"a"', STRONG_A),
        ('W/"a"', WEAK_A),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
        ('"a", "b"', INVALID),
        ("*", INVALID),
        ("a", INVALID),
        ("", INVALID),
    ],
)
def test_parse_if_range(text: str | None, value: EntityTag | int | Invalid | None) -> None:
    assert parse_if_range(text, 0) == value


@pytest.mark.parametrize(
    ("a", "b", "strongly", "weakly"),
    [  # the table of RFC 9110 section 8.8.3.2
        ('W/"1"', 'W/"1"', False, True),
        ('W/"1"', 'W/"2"', False, False),
        ('W/"1"', '"1"', False, True),
        ('"1"', '"1"', True, True),
    ],
)
def test_comparison(a: str, b: str, strongly: bool, weakly: bool) -> None:
    first, second = parse_entity_tag(a), parse_entity_tag(b)
    assert first
    assert second
    assert strongly_equal(first, second) is strongly_equal(second, first) is strongly
    assert weakly_equal(first, second) is weakly_equal(second, first) is weakly
