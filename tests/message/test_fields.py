from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary.message.fields import NO_FIELDS, FieldLine, Fields, combine

LINES = (("Accept", "a"), ("COOKIE", "x=1"), ("accept", "b, c"), ("Cookie", "y=2"), ("Set-Cookie", "z"), ("X", ""))


@pytest.mark.parametrize(
    ("lines", "name", "value"),
    [
        (LINES, "accept", "a, b, c"),  # in order, whatever the case: RFC 9110 section 5.3
        (LINES, "cookie", "x=1; y=2"),  # RFC 6265 section 5.4
        (LINES, "set-cookie", "z"),
        (LINES, "x", ""),  # empty is not absent
        (LINES, "y", None),
        ((("A", ""), ("A", "")), "a", ", "),
        ((("A", "1"), ("A", "2"), ("A", "3")), "a", "1, 2, 3"),
        ((), "a", None),
    ],
)
def test_lines_of_one_name_are_combined(lines: tuple[FieldLine, ...], name: str, value: str | None) -> None:
    fields = Fields(lines)
    assert fields.get(name) == value
    assert (name in fields) is (value is not None)
    assert fields.get(name, "absent") == ("absent" if value is None else value)


def test_lines_are_kept_as_they_came() -> None:
    fields = Fields(LINES)
    assert tuple(fields) == fields.lines == LINES
    assert len(fields) == 6
    assert list(fields.names()) == ["accept", "cookie", "set-cookie", "x"]
    assert fields.all("accept") == ["a", "b, c"]
    assert fields.all("y") == []
    assert repr(Fields([("A", "b")])) == "Fields([('A', 'b')])"


def test_they_are_values() -> None:
    assert Fields(LINES) == Fields(iter(LINES))
    assert hash(Fields(LINES)) == hash(Fields(list(LINES)))
    assert Fields(LINES) != Fields(reversed(LINES))
    assert Fields() == NO_FIELDS
    assert Fields(LINES) != LINES
    assert not NO_FIELDS
    assert 5 not in Fields(LINES)


@given(st.lists(st.tuples(st.sampled_from(["A", "a", "B", "Cookie"]), st.text(max_size=3)), max_size=6).map(tuple))
def test_parts_that_agree_make_the_same_fields(lines: tuple[FieldLine, ...]) -> None:
    trusted = Fields.trusted(lines, combine(lines))
    assert trusted == Fields(lines)
    assert trusted.by_name == Fields(lines).by_name
    assert set(trusted.names()) == {name.lower() for name, _ in lines}
