"""HTTP-date: RFC 9110 section 5.6.7, to and from whole seconds since the epoch.

The calendar is computed here, with no locale and no clock; the caller says what time it is where that matters.
"""

import re
from functools import lru_cache

from statuary.fields.grammar import INVALID, Invalid

_DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_IS_DAY_NAME = frozenset(_DAY_NAMES)
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, 1)}
_2DIGIT = {f"{number:02}": number for number in range(100)}

_MONTH_LENGTHS = (0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DAYS_BEFORE_MONTH = tuple(sum(_MONTH_LENGTHS[:month]) for month in range(13))
_EPOCH = 719_163  # 1 January 1970, where 1 January of year 1 is day 1

_DAY = 86_400

# time-of-day = hour ":" minute ":" second
_TIME_OF_DAY = r"([0-9]{2}):([0-9]{2}):([0-9]{2})"
_MONTH = "(" + "|".join(_MONTH_NAMES) + ")"

# rfc850-date = day-name-l "," SP date2 SP time-of-day SP GMT
_RFC850_DATE = re.compile(
    rf"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, ([0-9]{{2}})-{_MONTH}-([0-9]{{2}}) {_TIME_OF_DAY} GMT"
)

# asctime-date = day-name SP date3 SP time-of-day SP year
_ASCTIME_DATE = re.compile(rf"(?:{'|'.join(_DAY_NAMES)}) {_MONTH} ([0-9]{{2}}| [0-9]) {_TIME_OF_DAY} ([0-9]{{4}})")


def parse_http_date(text: str | None, now: int) -> int | Invalid | None:
    """Seconds since the epoch of a date in any of the three forms: RFC 9110 section 5.6.7.

    `now`, in the same unit, decides the century of a two-digit year. A leap second (:60) is the second after :59.

    The name of the day has to be a day's name, but is not compared with the date. It adds nothing to the instant, the
    consistency rule of RFC 5322 section 3.3 binds those who write dates, and section 5.6.7 asks readers for robustness.
    """
    if text is None:
        return None
    # IMF-fixdate = day-name "," SP date1 SP time-of-day SP GMT
    # Of fixed length, so slices and tables do; this is what nearly every peer sends.
    if text[25:] == " GMT" and text[:3] in _IS_DAY_NAME and text[3:5] == ", ":
        try:
            year = 100 * _2DIGIT[text[12:14]] + _2DIGIT[text[14:16]]
            month = _MONTHS[text[8:11]]
            day = _2DIGIT[text[5:7]]
            hour, minute, second = _2DIGIT[text[17:19]], _2DIGIT[text[20:22]], _2DIGIT[text[23:25]]
        except KeyError:
            return INVALID
        if text[7] == text[11] == text[16] == " " and text[19] == text[22] == ":":
            return _seconds(year, month, day, hour, minute, second)
        return INVALID
    return _parse_obs_date(text, now)


# obs-date = rfc850-date / asctime-date
def _parse_obs_date(text: str, now: int) -> int | Invalid:
    if found := _RFC850_DATE.fullmatch(text):
        month, day = _MONTHS[found[2]], int(found[1])
        time = (int(found[4]), int(found[5]), int(found[6]))
        return _seconds(_full_year(int(found[3]), (month, day, *time), now), month, day, *time)
    if found := _ASCTIME_DATE.fullmatch(text):
        return _seconds(int(found[6]), _MONTHS[found[1]], int(found[2]), int(found[3]), int(found[4]), int(found[5]))
    return INVALID


def _full_year(two_digits: int, rest: tuple[int, ...], now: int) -> int:
    # Of the years that end so, the latest that puts the date no more than fifty years ahead: rfc9110-5.6.7-4
    this_year, *rest_of_now = _civil(now)
    year = this_year - this_year % 100 + 100 + two_digits
    while (year, *rest) > (this_year + 50, *rest_of_now):
        year -= 100
    return year


def _seconds(year: int, month: int, day: int, hour: int, minute: int, second: int) -> int | Invalid:
    # Within the limits of RFC 5322 section 3.3, which leave room for a leap second.
    if day < 1 or hour > 23 or minute > 59 or second > 60:
        return INVALID
    if day > _MONTH_LENGTHS[month] and not (month == 2 and day == 29 and _is_leap(year)):
        return INVALID
    return _days(year, month, day) * _DAY + hour * 3600 + minute * 60 + second


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _days(year: int, month: int, day: int) -> int:
    # February's extra day belongs to the years up to this one from March on, and to those before it until then.
    whole = year if month > 2 else year - 1
    leap_days = whole // 4 - whole // 100 + whole // 400
    return (year - 1) * 365 + leap_days + _DAYS_BEFORE_MONTH[month] + day - _EPOCH


def _civil(seconds: int) -> tuple[int, int, int, int, int, int]:
    days, in_day = divmod(seconds, _DAY)
    # By the mean length of a year (146,097 days in 400 years), and one more since too far is easily mended.
    year = (days + _EPOCH) * 400 // 146_097 + 2
    while _days(year, 1, 1) > days:
        year -= 1
    month = 12
    while _days(year, month, 1) > days:
        month -= 1
    return year, month, days - _days(year, month, 1) + 1, in_day // 3600, in_day // 60 % 60, in_day % 60


@lru_cache(maxsize=64)
def format_http_date(seconds: int) -> str:
    """The IMF-fixdate of an instant: rfc9110-5.6.7-2. ValueError outside the years 0 to 9999: there are four digits."""
    year, month, day, hour, minute, second = _civil(seconds)
    if not 0 <= year <= 9999:
        raise ValueError(f"no HTTP-date for {seconds} seconds since the epoch")
    name = _DAY_NAMES[(seconds // _DAY + 3) % 7]  # the epoch was a Thursday
    return f"{name}, {day:02} {_MONTH_NAMES[month - 1]} {year:04} {hour:02}:{minute:02}:{second:02} GMT"
