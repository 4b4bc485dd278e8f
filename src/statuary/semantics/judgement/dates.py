"""Dates: their spelling, Date itself, and Last-Modified beside it (RFC 9110 sections 5.6.7, 6.6.1 and 8.8.2)."""

from __future__ import annotations

from functools import lru_cache

from statuary.fields.dates import format_http_date, parse_http_date
from statuary.semantics.judgement.rule import Chapter, Seen, shown

chapter = Chapter()

_EARLIER = "Sun, 06 Nov 1994 08:49:37 GMT"
_LATER = "Mon, 07 Nov 1994 08:49:37 GMT"
_DATES = ("date", "last-modified", "expires", "if-modified-since", "if-unmodified-since", "retry-after", "if-range")
_OR_SOMETHING_ELSE = ("retry-after", "if-range")


@lru_cache(maxsize=256)
def is_imf_fixdate(text: str) -> bool:
    """Whether the text is the IMF-fixdate of an instant, the name of its day included; :60 may be a leap second."""
    seconds = parse_http_date(text, 0)
    if not isinstance(seconds, int) or not -62_167_219_200 <= seconds < 253_402_300_800:
        return False
    return format_http_date(seconds) == text or ":60 GMT" in text


def instant(seen: Seen, text: str | None) -> int | None:
    """What a date says, None where it is absent, invalid or can't be known.

    Two digits of a year need a clock, which is the Date of the response: RFC 9110 section 5.6.7.
    """
    now: object = 0
    if text is not None and "-" in text:
        date = seen.get("date") or "-"
        now = parse_http_date(date, 0) if "-" not in date else None
    found = parse_http_date(text, now) if isinstance(now, int) else None
    return found if isinstance(found, int) else None


@chapter.rule(
    "rfc9110-5.6.7-2",
    also=["rfc9110-5.6.7-3"],
    on="request interim response",
    present=_DATES,
    passes=[
        f"GET / | If-Modified-Since: {_EARLIER} => 200 | Date: {_LATER}",
        "GET / => 503 | Retry-After: 120 || busy",
        'GET / | Range: bytes=0-1 | If-Range: "1" => 200',
    ],
    fails=[
        "GET / => 200 | Date: Sunday, 06-Nov-94 08:49:37 GMT",
        "GET / => 200 | Last-Modified: Sun Nov  6 08:49:37 1994",
        "GET / => 200 | Date: Mon, 06 Nov 1994 08:49:37 GMT",
        "GET / => 200 | Date: Sun, 06 Nov 1994 08:49:37 +0000",
        "GET / => 200 | Expires: 0",
    ],
)
def dates_are_imf_fixdates(seen: Seen) -> str | None:
    for name in _DATES:
        value = seen.get(name)
        if value is None or is_imf_fixdate(value):
            continue
        # What is neither a delay, an entity tag nor a date at all is for field_syntax.
        if name in _OR_SOMETHING_ELSE and not isinstance(parse_http_date(value, 0), int):
            continue
        return f"{name} {shown(value)} is not a date in the form of today (IMF-fixdate)"
    return None


@chapter.rule(
    "rfc9110-6.6.1-2",
    status=(2, 3, 4),
    absent=["date"],
    passes=[
        f"GET / => 200 | Date: {_LATER} | Last-Modified: {_EARLIER}",
        "GET / => 200",
        f"GET / => 200 | Last-Modified: {_EARLIER}",
        f"GET / => 500 | Last-Modified: {_EARLIER}",
        f"GET / => 103 => 500\nGET / => 500 | Date: {_LATER}",
    ],
    fails=[f"GET /a => 404\nGET /b => 200 | Date: {_LATER}"],
)
def date_where_there_is_a_clock(seen: Seen) -> str | None:
    # Who has no clock sends no Date, so this needs a sign that there is one. Last-Modified and Expires are none, as
    # another system may have assigned them: RFC 9110 section 8.8.2.1, RFC 9111 section 5.3
    return f"a {seen.status} without Date, which other responses have" if seen.has_clock else None


@chapter.rule(
    "rfc9110-8.8.2.1-3",
    present=["last-modified"],
    passes=[
        f"GET / => 200 | Date: {_LATER} | Last-Modified: {_LATER}",
        "GET / => 200 | Date: Tuesday, 03-Mar-26 10:00:00 GMT | Last-Modified: Mon, 02 Mar 2026 10:00:00 GMT",
    ],
    fails=[f"GET / => 200 | Date: {_EARLIER} | Last-Modified: {_LATER}"],
)
def modified_before_now(seen: Seen) -> str | None:
    date, modified = instant(seen, seen.get("date")), instant(seen, seen.get("last-modified"))
    if date is None or modified is None or modified <= date:
        return None
    return "Last-Modified is later than Date"
