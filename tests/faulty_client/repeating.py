"""Requests that are made again because of what came, each reason once: RFC 9110 sections 9.2.2, 10.2.3, 15.5 and 15.6."""

from __future__ import annotations

import calendar
import re
import time

from .message import Request, Response

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH = "|".join(_MONTHS)


class Repeating:
    """Says whether the same request is made again."""

    LONGEST_WAIT = 4.0
    DATES: tuple[re.Pattern[str], ...] = (
        re.compile(rf"\w{{3}}, (?P<d>\d\d) (?P<m>{_MONTH}) (?P<y>\d{{4}}) (?P<t>\d\d:\d\d:\d\d) GMT"),
        re.compile(rf"\w+day, (?P<d>\d\d)-(?P<m>{_MONTH})-(?P<y>\d\d) (?P<t>\d\d:\d\d:\d\d) GMT"),
        re.compile(rf"\w{{3}} (?P<m>{_MONTH}) (?P<d>[\d ]\d) (?P<t>\d\d:\d\d:\d\d) (?P<y>\d{{4}})"),
    )
    """The three forms of a date: RFC 9110 section 5.6.7."""

    def after_expectation(self, request: Request, response: Response) -> Request | None:
        """417: without the expectation. RFC 9110 section 10.1.1."""
        if response.status != 417 or not request.expects or "expectation" in request.tried:
            return None
        return request.after("expectation", expects=False)

    def after_length(self, request: Request, response: Response) -> Request | None:
        """411: with a length. RFC 9110 section 15.5.12."""
        if response.status != 411 or not request.chunked or "length" in request.tried:
            return None
        return request.after("length", chunked=False)

    def after_misdirection(self, request: Request, response: Response) -> Request | None:
        """421: on another connection. RFC 9110 section 15.5.20."""
        if response.status != 421 or "misdirected" in request.tried:
            return None
        return request.after("misdirected")

    def after_timeout(self, request: Request, response: Response) -> Request | None:
        """408: on another connection. RFC 9110 section 15.5.9."""
        if response.status != 408 or not self.may_repeat(request) or "timeout" in request.tried:
            return None
        return request.after("timeout")

    def after_earliness(self, request: Request, response: Response) -> Request | None:
        """425: now it isn't early any more. RFC 8470 section 5.2."""
        if response.status != 425 or not self.may_repeat(request) or "early" in request.tried:
            return None
        return request.after("early")

    def after_overload(self, request: Request, response: Response) -> Request | None:
        """429 and 503: when Retry-After says. RFC 9110 section 10.2.3."""
        if response.status not in (429, 503) or not self.may_repeat(request) or "overload" in request.tried:
            return None
        seconds = self.asked_to_wait(response)
        if seconds is None or seconds > self.LONGEST_WAIT:
            return None
        self.pause(seconds)
        return request.after("overload")

    def may_repeat(self, request: Request) -> bool:
        """Only what is idempotent is repeated by itself: RFC 9110 section 9.2.2."""
        return request.is_idempotent

    def asked_to_wait(self, response: Response) -> float | None:
        """The seconds of Retry-After, None where it is absent or invalid."""
        value = response.get("Retry-After")
        if value is None:
            return None
        if re.fullmatch(r"[0-9]{1,9}", value):
            return float(value)
        date = self.date(value)
        return None if date is None else max(0.0, date - time.time())

    def date(self, text: str) -> float | None:
        """A date in any of the three forms."""
        found = next((found for form in self.DATES if (found := form.fullmatch(text))), None)
        if found is None:
            return None
        year = self.full_year(int(found["y"])) if len(found["y"]) == 2 else int(found["y"])
        hour, minute, second = map(int, found["t"].split(":"))
        return calendar.timegm((year, _MONTHS.index(found["m"]) + 1, int(found["d"]), hour, minute, second))

    def full_year(self, digits: int) -> int:
        """A year more than fifty years ahead is a past one: RFC 9110 section 5.6.7."""
        now = time.gmtime().tm_year
        year = now - now % 100 + digits
        return year - 100 if year > now + 50 else year

    def pause(self, seconds: float) -> None:
        """Do nothing for a while."""
        time.sleep(seconds)
