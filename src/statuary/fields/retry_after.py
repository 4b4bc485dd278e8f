"""Retry-After: RFC 9110 section 10.2.3."""

from typing import NamedTuple

from statuary.fields.dates import format_http_date, parse_http_date
from statuary.fields.grammar import INVALID, Invalid, parse_digits


class RetryAfter(NamedTuple):
    """Either the seconds to wait after the response came, or the date to wait for, in seconds since the epoch."""

    delay: int | None
    date: int | None = None


# Retry-After = HTTP-date / delay-seconds: RFC 9110 section 10.2.3
# delay-seconds = 1*DIGIT
def parse_retry_after(text: str | None, now: int) -> RetryAfter | Invalid | None:
    """The value of Retry-After; a delay is at most HUGE. `now` is for dates with a two-digit year."""
    if text is None:
        return None
    delay = parse_digits(text)
    if delay is not INVALID:
        return RetryAfter(delay)
    date = parse_http_date(text, now)
    return INVALID if date is INVALID else RetryAfter(None, date)


def format_retry_after(value: RetryAfter) -> str:
    """The value of Retry-After. ValueError unless it has exactly one of the two, and a delay of at least 0."""
    if (value.delay is None) == (value.date is None) or (value.delay or 0) < 0:
        raise ValueError(f"neither a delay nor a date: {value}")
    return format_http_date(value.date) if value.date is not None else str(value.delay)
