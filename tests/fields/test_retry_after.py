import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary.fields.grammar import HUGE, INVALID, Invalid
from statuary.fields.retry_after import RetryAfter, format_retry_after, parse_retry_after


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (None, None),
        ("120", RetryAfter(120)),
        ("0", RetryAfter(0)),
        ("9" * 5000, RetryAfter(HUGE)),
        ("Fri, 31 Dec 1999 23:59:59 GMT", RetryAfter(None, 946_684_799)),
        ("", INVALID),
        ("-1", INVALID),
        ("1.5", INVALID),
        ("120s", INVALID),
        ("120, 120", INVALID),
        ("soon", INVALID),
    ],
)
def test_parse_retry_after(text: str | None, value: RetryAfter | Invalid | None) -> None:
    assert parse_retry_after(text, 0) == value


delays = st.builds(RetryAfter, st.integers(0, 10**18 - 1), st.none())
dates = st.builds(RetryAfter, st.none(), st.integers(0, 10**11))


@given(delays | dates)
def test_retry_after_is_read_as_written(value: RetryAfter) -> None:
    assert parse_retry_after(format_retry_after(value), 0) == value


@pytest.mark.parametrize("value", [RetryAfter(None), RetryAfter(1, 1), RetryAfter(-1)])
def test_what_retry_after_can_not_say(value: RetryAfter) -> None:
    with pytest.raises(ValueError, match="neither"):
        format_retry_after(value)
