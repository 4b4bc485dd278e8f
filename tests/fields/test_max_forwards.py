import pytest
from hypothesis import given

from statuary.fields.grammar import HUGE, INVALID, Invalid
from statuary.fields.max_forwards import format_max_forwards, parse_max_forwards

from .strategies import positions


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (None, None),
        ("0", 0),
        ("10", 10),
        ("007", 7),
        ("9" * 40, HUGE),
        ("", INVALID),
        ("-1", INVALID),
        ("1, 1", INVALID),
        ("1.5", INVALID),
        ("ten", INVALID),
    ],
)
def test_parse_max_forwards(text: str | None, value: int | Invalid | None) -> None:
    assert parse_max_forwards(text) == value


@given(positions)
def test_max_forwards_is_read_as_written(number: int) -> None:
    assert parse_max_forwards(format_max_forwards(number)) == number


@pytest.mark.parametrize("number", [-1, HUGE])
def test_what_max_forwards_can_not_say(number: int) -> None:
    with pytest.raises(ValueError, match="not a number of times"):
        format_max_forwards(number)
