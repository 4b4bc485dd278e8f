import pytest
from hypothesis import given

from statuary.fields.content_length import format_content_length, parse_content_length
from statuary.fields.grammar import HUGE, INVALID, Invalid

from .strategies import positions


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (None, None),
        ("0", 0),
        ("3495", 3495),
        ("0042", 42),
        ("999999999999999999", 999_999_999_999_999_999),
        ("1000000000000000000", HUGE),
        ("9" * 5000, HUGE),
        ("", INVALID),
        ("42, 42", INVALID),
        ("+42", INVALID),
        ("-1", INVALID),
        (" 42", INVALID),
        ("42\n", INVALID),
        ("0x2a", INVALID),
        ("4_2", INVALID),
        ("4.2", INVALID),
        ("1e3", INVALID),
        ("٤٢", INVALID),
        ("²", INVALID),
    ],
)
def test_parse_content_length(text: str | None, value: int | Invalid | None) -> None:
    assert parse_content_length(text) == value


@given(positions)
def test_content_length_is_read_as_written(length: int) -> None:
    assert parse_content_length(format_content_length(length)) == length


def test_there_is_no_negative_length() -> None:
    with pytest.raises(ValueError, match="not a length"):
        format_content_length(-1)
