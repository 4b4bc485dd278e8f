from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary.fields.dates import format_http_date, parse_http_date
from statuary.fields.grammar import INVALID

from .strategies import any_text

NOW = 1_795_363_200  # 22 November 2026, 16:00
EXAMPLE = 784_111_777  # the date in the examples of RFC 9110 section 5.6.7

_first = int(datetime(1, 1, 1, tzinfo=UTC).timestamp())
_last = int(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp())
instants = st.integers(_first, _last)


def stamp(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> int:
    return int(datetime(year, month, day, hour, minute, second, tzinfo=UTC).timestamp())


def as_datetime(seconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Sun, 06 Nov 1994 08:49:37 GMT", EXAMPLE),
        ("Sunday, 06-Nov-94 08:49:37 GMT", EXAMPLE),
        ("Sun Nov  6 08:49:37 1994", EXAMPLE),
        ("Sun Nov 06 08:49:37 1994", EXAMPLE),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("Wed, 31 Dec 1969 23:59:59 GMT", -1),
        ("Thu, 29 Feb 2024 00:00:00 GMT", stamp(2024, 2, 29)),
        ("Tue, 29 Feb 2000 00:00:00 GMT", stamp(2000, 2, 29)),
        ("Sat, 31 Dec 2016 23:59:60 GMT", stamp(2017, 1, 1)),  # the leap second
        ("Mon, 06 Nov 1994 08:49:37 GMT", EXAMPLE),  # it was a Sunday
        ("Fri, 31 Dec 9999 23:59:59 GMT", _last),
    ],
)
def test_legal_dates(text: str, seconds: int) -> None:
    assert parse_http_date(text, NOW) == seconds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "-1",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 08:49:37 gmt",
        "Sun, 06 Nov 1994 08:49:37 +0000",
        "Sun, 06 Nov 1994 08:49:37 GMT ",
        "Sun, 06 Nov 1994 08:49:37 GMT\n",
        "sun, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 nov 1994 08:49:37 GMT",
        "Son, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 Okt 1994 08:49:37 GMT",
        "Sun  06 Nov 1994 08:49:37 GMT",
        "Sun, 06-Nov-1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08.49.37 GMT",
        "Sun, 06 Nov 1994T08:49:37 GMT",
        "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun,  6 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 94 08:49:37 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, 31 Nov 1994 08:49:37 GMT",
        "Sun, 32 Dec 1994 08:49:37 GMT",
        "Sun, 29 Feb 1994 08:49:37 GMT",
        "Sun, 29 Feb 1900 08:49:37 GMT",
        "Sun, 30 Feb 2000 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sun, 06 Nov 1994 08:60:37 GMT",
        "Sun, 06 Nov 1994 08:49:61 GMT",
        "Sun, 06 Nov 1994 8:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:+7 GMT",
        "Sun, 0٦ Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06-Nov-94 08:49:37 GMT",
        "Sunday, 06 Nov 94 08:49:37 GMT",
        "Sunday, 06-Nov-1994 08:49:37 GMT",
        "Sunday, 31-Nov-94 08:49:37 GMT",
        "Thuday, 06-Nov-94 08:49:37 GMT",
        "Sunday, 6-Nov-94 08:49:37 GMT",
        "Sun Nov 6 08:49:37 1994",
        "Sun Nov  6 08:49:37 1994 GMT",
        "Sun Nov  6 08:49:37 94",
        "Sun Nov 31 08:49:37 1994",
        "Sun Nov  0 08:49:37 1994",
        "1994-11-06T08:49:37Z",
    ],
)
def test_illegal_dates(text: str) -> None:
    assert parse_http_date(text, NOW) is INVALID


def test_an_absent_date() -> None:
    assert parse_http_date(None, NOW) is None


@pytest.mark.parametrize(
    ("text", "now", "seconds"),
    [
        # In November 2026 a year is of this century until it lies more than fifty years ahead.
        ("Saturday, 01-Jan-00 00:00:00 GMT", NOW, stamp(2000, 1, 1)),
        ("Sunday, 22-Nov-76 16:00:00 GMT", NOW, stamp(2076, 11, 22, 16)),
        ("Sunday, 22-Nov-76 16:00:01 GMT", NOW, stamp(1976, 11, 22, 16, 0, 1)),
        ("Sunday, 06-Nov-94 08:49:37 GMT", NOW, stamp(1994, 11, 6, 8, 49, 37)),
        ("Friday, 31-Dec-99 00:00:00 GMT", NOW, stamp(1999, 12, 31)),
        # Read late in a century, the next one is close and the beginning of this one is not.
        ("Monday, 01-Jan-05 00:00:00 GMT", stamp(2090, 1, 1), stamp(2105, 1, 1)),
        ("Monday, 01-Jan-45 00:00:00 GMT", stamp(2090, 1, 1), stamp(2045, 1, 1)),
        ("Tuesday, 29-Feb-00 00:00:00 GMT", NOW, stamp(2000, 2, 29)),
        ("Monday, 29-Feb-00 00:00:00 GMT", stamp(2090, 1, 1), INVALID),  # 2100 is no leap year
    ],
)
def test_two_digit_years(text: str, now: int, seconds: int) -> None:
    assert parse_http_date(text, now) == seconds


@given(instants)
def test_dates_are_written_as_the_calendar_has_them(seconds: int) -> None:
    moment = as_datetime(seconds)
    day, month = moment.strftime("%a %b").split()
    expected = f"{day}, {moment.day:02} {month} {moment.year:04} {moment:%H:%M:%S} GMT"
    assert format_http_date(seconds) == expected


@given(instants, st.integers())
def test_dates_are_read_as_written(seconds: int, now: int) -> None:
    assert parse_http_date(format_http_date(seconds), now) == seconds
    moment = as_datetime(seconds)
    asctime = f"{moment:%a %b} {moment.day:2} {moment:%H:%M:%S} {moment.year:04}"
    assert parse_http_date(asctime, now) == seconds


@given(instants, st.integers(stamp(1990, 1, 1), stamp(2200, 1, 1)))
def test_a_two_digit_year_is_read_within_a_century_up_to_fifty_years_ahead(seconds: int, now: int) -> None:
    moment = as_datetime(seconds)
    value = parse_http_date(f"{moment:%A, %d-%b-}{moment.year % 100:02} {moment:%H:%M:%S} GMT", now)
    if value is INVALID:
        assert (moment.month, moment.day) == (2, 29)
    else:
        assert value is not None
        read = as_datetime(value)
        assert (read.year % 100, read.month, read.day) == (moment.year % 100, moment.month, moment.day)
        assert -50.1 < (value - now) / 31_556_952 < 50.1


def test_every_day_of_many_years() -> None:
    first, last = -719_528, 2_932_896  # 1 January 0000 and 31 December 9999
    for days in (first, *range(first, last, 11), last):
        assert parse_http_date(format_http_date(days * 86_400), NOW) == days * 86_400


@pytest.mark.parametrize("seconds", [_last + 1, stamp(1, 1, 1) - 366 * 86_400 - 1])
def test_no_date_of_other_than_four_digits_is_written(seconds: int) -> None:
    with pytest.raises(ValueError, match="no HTTP-date"):
        format_http_date(seconds)


@given(any_text, st.integers())
def test_any_text_is_a_date_or_invalid(text: str, now: int) -> None:
    assert isinstance(parse_http_date(text, now), int) or parse_http_date(text, now) is INVALID
