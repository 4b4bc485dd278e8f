"""HTTP-dates in their three forms, written by hand. RFC 9110 section 5.6.7."""

from __future__ import annotations

import re
from calendar import timegm
from datetime import UTC, datetime

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LONG_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# IMF-fixdate = day-name "," SP date1 SP time-of-day SP GMT
IMF_FIXDATE = re.compile(r"(...), (\d\d) (...) (\d{4}) (\d\d):(\d\d):(\d\d) GMT")


def parse(value: str) -> int | None:
    """Seconds since the epoch, or None for what is no IMF-fixdate with the right name of the day."""
    match = IMF_FIXDATE.fullmatch(value)
    if match is None or match[3] not in MONTHS:
        return None
    day, month, year = int(match[2]), MONTHS.index(match[3]) + 1, int(match[4])
    try:
        weekday = datetime(year, month, day, tzinfo=UTC).weekday()
    except ValueError:
        return None
    hour, minute, second = int(match[5]), int(match[6]), int(match[7])
    if DAYS[weekday] != match[1] or hour > 23 or minute > 59 or second > 60:
        return None
    return timegm((year, month, day, hour, minute, second))


def imf(seconds: int) -> str:
    """The preferred form."""
    at = datetime.fromtimestamp(seconds, UTC)
    return f"{DAYS[at.weekday()]}, {at.day:02} {MONTHS[at.month - 1]} {at.year:04} {at:%H:%M:%S} GMT"


def rfc850(seconds: int) -> str:
    """The obsolete form with a year of two digits."""
    at = datetime.fromtimestamp(seconds, UTC)
    return f"{LONG_DAYS[at.weekday()]}, {at.day:02}-{MONTHS[at.month - 1]}-{at.year % 100:02} {at:%H:%M:%S} GMT"


def asctime(seconds: int) -> str:
    """The obsolete form of C's asctime, the day padded with a space."""
    at = datetime.fromtimestamp(seconds, UTC)
    return f"{DAYS[at.weekday()]} {MONTHS[at.month - 1]} {at.day:2} {at:%H:%M:%S} {at.year:04}"
