"""Field lines: read strictly, and never written so that they would be read as anything else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary.message.fields import Fields
from statuary.wire.field_section import format_field_lines, format_fields, parse_field_lines
from statuary.wire.malformed import MalformedMessage

from .streams import tokens, values

any_character = st.characters(max_codepoint=0x17F)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", ()),
        ("A: b\r\n", (("A", "b"),)),
        ("A:b\r\n", (("A", "b"),)),
        ("A: \t b c\t \r\n", (("A", "b c"),)),
        ("A:\r\n", (("A", ""),)),
        ("A: \r\n", (("A", ""),)),
        ("A: b:c\r\n", (("A", "b:c"),)),
        ("A: b\r\na: c\r\nD: e\r\n", (("A", "b"), ("a", "c"), ("D", "e"))),
        ("!#$%&'*+-.^_`|~09Az: b\r\n", (("!#$%&'*+-.^_`|~09Az", "b"),)),
        ("A: \xe9\xff\x80\r\n", (("A", "\xe9\xff\x80"),)),  # obs-text: RFC 9110 section 5.5
        ("A: \xa0b\x85\r\n", (("A", "\xa0b\x85"),)),  # white space to str.strip only
    ],
)
def test_valid_lines(text: str, lines: tuple[tuple[str, str], ...]) -> None:
    fields = parse_field_lines(text, 10)
    assert fields.lines == lines
    assert fields.by_name == Fields(lines).by_name


def test_lines_of_one_name_are_combined_in_order() -> None:
    fields = parse_field_lines("A: b\r\na: c\r\nCookie: d=e\r\nA:\r\ncookie: f=g\r\n", 10)
    assert fields.by_name == {"a": "b, c, ", "cookie": "d=e; f=g"}


def test_more_lines_than_are_taken() -> None:
    assert len(parse_field_lines("A: b\r\n" * 3, 3)) == 3
    with pytest.raises(MalformedMessage) as raised:
        parse_field_lines("A: b\r\n" * 4, 3)
    assert raised.value.status == 431


@given(text=st.text(st.sampled_from("aA:; \t\r\n\0\x7f\xe9")))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        fields = parse_field_lines(text, 100)
    except MalformedMessage:
        return
    assert format_fields(fields) == "".join(f"{name}: {value}\r\n" for name, value in fields).encode("latin-1")


@given(lines=st.lists(st.tuples(tokens, values), max_size=5).map(tuple))
def test_what_is_written_is_read_back(lines: tuple[tuple[str, str], ...]) -> None:
    written = format_field_lines(lines)
    assert parse_field_lines(written.decode("latin-1"), 10).lines == lines
    assert format_fields(lines) == written


@given(name=st.text(any_character, max_size=5), value=st.text(any_character, max_size=5))
def test_a_line_is_written_so_that_it_is_read_as_itself_or_not_at_all(name: str, value: str) -> None:
    try:
        written = format_fields([("A", "b"), (name, value), ("C", "d")])
    except ValueError:
        return
    read = parse_field_lines(written.decode("latin-1"), 10).lines
    assert read == (("A", "b"), (name, value.strip(" \t")), ("C", "d"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("A", "b\r\nC: d"),
        ("A", "b\nC: d"),
        ("A", "b\rC: d"),
        ("A", "b\r\n\r\n<script>"),
        ("A", "b\r\n"),
        ("A", "\r\n"),
        ("A", "\0"),
        ("A", "\x7f"),
        ("A", "\u0100"),  # not in Latin-1
        ("A", "\u010a"),  # its low octet is LF
        ("A: b\r\nC", "d"),
        ("A:", "b"),
        ("A: b", "c"),  # it would be read as another name
        ("A ", "b"),
        (" A", "b"),
        ("", "b"),
        ("\n", "b"),
        ("\xe9", "b"),
    ],
)
def test_what_would_break_out_of_its_line_is_not_written(name: str, value: str) -> None:
    for lines in (((name, value),), (("X", "y"), (name, value)), ((name, value), ("X", "y"))):
        with pytest.raises(ValueError):  # noqa: PT011 - the type is what callers rely on
            format_field_lines(lines)
        with pytest.raises(ValueError):  # noqa: PT011
            format_fields(lines)
