"""Requests repeated though they must not be, or too often: RFC 9110 sections 9.2.2 and 10.2.3."""

from __future__ import annotations

import re

from ..client import Client
from ..message import Failure, Incomplete, Request, Response
from ..stream import Stream
from .registry import breaks, plant

NOT_IDEMPOTENT = "rfc9110-9.2.2-1"
ONCE = "rfc9110-9.2.2-3"


@breaks(NOT_IDEMPOTENT, "SHOULD NOT")
class DroppedAlwaysRepeated(Client):
    """A request whose connection ended is repeated, whatever its method."""

    def may_send_again(self, request: Request) -> bool:
        return True


@breaks(NOT_IDEMPOTENT, "SHOULD NOT")
class DroppedPostRepeated(Client):
    """A POST whose connection ended is repeated."""

    def may_send_again(self, request: Request) -> bool:
        return request.method == "POST" or super().may_send_again(request)


@breaks(NOT_IDEMPOTENT, "SHOULD NOT")
class DroppedPatchRepeated(Client):
    """A PATCH whose connection ended is repeated."""

    def may_send_again(self, request: Request) -> bool:
        return request.method == "PATCH" or super().may_send_again(request)


@breaks(NOT_IDEMPOTENT, "SHOULD NOT")
class DroppedOnReusedRepeated(Client):
    """A request whose connection ended is repeated where the connection was used before, whatever its method."""

    was_used = False

    def idle_stream(self, request: Request) -> Stream | None:
        stream = super().idle_stream(request)
        self.was_used = stream is not None
        return stream

    def may_send_again(self, request: Request) -> bool:
        return self.was_used or super().may_send_again(request)


@breaks(NOT_IDEMPOTENT, "SHOULD NOT")
class CutPostRepeated(Client):
    """A POST whose response was cut is repeated."""

    def answer_to(self, request: Request) -> Response:
        try:
            return super().answer_to(request)
        except Incomplete:
            return super().answer_to(request)


def _repeats(*statuses: int, methods: tuple[str, ...] = ("POST",), times: int = 1) -> object:
    """The same request again after some codes."""

    def after_overload(self: Client, request: Request, response: Response) -> Request | None:
        if (
            response.status in statuses
            and request.method in methods
            and sum(w.startswith("x") for w in request.tried) < times
        ):
            return request.after(f"x{len(request.tried)}")
        return Client.after_overload(self, request, response)

    return after_overload


plant(
    "post-repeated-after-500",
    NOT_IDEMPOTENT,
    "SHOULD NOT",
    "A POST is repeated after 500",
    after_overload=_repeats(500),
)
plant(
    "post-repeated-after-502",
    NOT_IDEMPOTENT,
    "SHOULD NOT",
    "A POST is repeated after 502 and 504",
    after_overload=_repeats(502, 504),
)
plant(
    "post-repeated-after-409",
    NOT_IDEMPOTENT,
    "SHOULD NOT",
    "A POST is repeated after 409",
    after_overload=_repeats(409),
)
plant(
    "post-repeated-after-4xx",
    NOT_IDEMPOTENT,
    "SHOULD NOT",
    "A POST is repeated after any 4xx",
    after_overload=_repeats(*range(400, 500)),
)
plant(
    "post-repeated-after-5xx",
    NOT_IDEMPOTENT,
    "SHOULD NOT",
    "A POST is repeated after any 5xx",
    after_overload=_repeats(*range(500, 600)),
)
plant(
    "patch-repeated-after-500",
    NOT_IDEMPOTENT,
    "SHOULD NOT",
    "A PATCH is repeated after 500",
    after_overload=_repeats(500, methods=("PATCH",)),
)
plant(
    "unknown-repeated-after-500",
    NOT_IDEMPOTENT,
    "SHOULD NOT",
    "A method that isn't known is repeated after 5xx",
    after_overload=_repeats(*range(500, 600), methods=("BREW",)),
)
plant(
    "post-repeated-after-503",
    ONCE,
    "SHOULD NOT",
    "A POST is repeated after 503 twenty times",
    after_overload=_repeats(503, times=20),
)
plant(
    "post-repeated-after-408",
    ONCE,
    "SHOULD NOT",
    "A POST is repeated after 408 and 425 twenty times",
    after_overload=_repeats(408, 425, times=20),
)
plant(
    "post-repeated-after-429",
    ONCE,
    "SHOULD NOT",
    "A POST is repeated after 429 twenty times",
    after_overload=_repeats(429, 421, times=20),
)


@breaks(ONCE, "SHOULD NOT")
class DroppedRepeatedOften(Client):
    """A request whose connection ended is repeated five times."""

    def exchange_again(self, request: Request) -> Response:
        for _ in range(5):
            try:
                return super().exchange_again(request)
            except Failure:
                continue
        return super().exchange_again(request)


@breaks(ONCE, "SHOULD NOT")
class DroppedRepeatedTwice(Client):
    """A request whose connection ended is repeated twice."""

    def exchange_again(self, request: Request) -> Response:
        try:
            return super().exchange_again(request)
        except Failure:
            return super().exchange_again(request)


@breaks(ONCE, "SHOULD NOT")
class MisdirectedForever(Client):
    """421 is answered by another attempt, again and again."""

    def after_misdirection(self, request: Request, response: Response) -> Request | None:
        return request if response.status == 421 else None


@breaks(ONCE, "SHOULD NOT")
class TimeoutForever(Client):
    """408 is answered by another attempt, again and again."""

    def after_timeout(self, request: Request, response: Response) -> Request | None:
        return request if response.status == 408 else None


@breaks(ONCE, "SHOULD NOT")
class ErrorsForever(Client):
    """A GET that is answered 5xx is repeated again and again."""

    MOST_REQUESTS = 30

    def after_overload(self, request: Request, response: Response) -> Request | None:
        return request if response.status >= 500 and request.method == "GET" else None


@breaks("rfc9110-8.6-1", "SHOULD")
class LengthStillUntold(Client):
    """After 411 the request is repeated in chunks again."""

    def after_length(self, request: Request, response: Response) -> Request | None:
        following = super().after_length(request, response)
        return None if following is None else request.after("length")


@breaks("rfc9110-10.1.1-6", "SHOULD")
class ExpectationFailedForever(Client):
    """417 is answered by another attempt even if nothing was expected."""

    MOST_REQUESTS = 8

    def after_expectation(self, request: Request, response: Response) -> Request | None:
        return request if response.status == 417 else None


# Retry-After: RFC 9110 section 10.2.3


@breaks("rfc9110-10.2.3-s1", "STATED")
class RetriesAtOnce(Client):
    """Retry-After is taken as leave to repeat at once."""

    def pause(self, seconds: float) -> None:
        return


@breaks("rfc9110-10.2.3-s1", "STATED")
class RetriesByItself(Client):
    """503 is repeated at once though Retry-After asks for more time."""

    def asked_to_wait(self, response: Response) -> float | None:
        return 0.0


@breaks("rfc9110-10.2.3-s1", "STATED")
class WaitsAtMostASecond(Client):
    """However long Retry-After asks for, no more than half a second is waited."""

    def asked_to_wait(self, response: Response) -> float | None:
        seconds = super().asked_to_wait(response)
        return None if seconds is None else min(seconds, 0.5)


@breaks("rfc9110-10.2.3-s1", "STATED")
class SecondsAreMilliseconds(Client):
    """Retry-After is read as milliseconds."""

    def asked_to_wait(self, response: Response) -> float | None:
        seconds = super().asked_to_wait(response)
        return None if seconds is None else seconds / 1000


def _without_form(index: int) -> object:
    """A form of a date that makes it fail."""

    def date(self: Client, text: str) -> float | None:
        if self.DATES[index].fullmatch(text):
            raise Failure("an invalid date", None)
        return Client.date(self, text)

    return date


plant(
    "dates-without-imf-fixdate",
    "rfc9110-5.6.7-1",
    "MUST",
    "A date in the form of IMF-fixdate is a failure",
    date=_without_form(0),
)
plant(
    "dates-without-rfc850",
    "rfc9110-5.6.7-1",
    "MUST",
    "A date in the form of RFC 850 is a failure",
    date=_without_form(1),
)
plant(
    "dates-without-asctime",
    "rfc9110-5.6.7-1",
    "MUST",
    "A date in the form of asctime is a failure",
    date=_without_form(2),
)
plant(
    "dates-of-one-form",
    "rfc9110-5.6.7-1",
    "MUST",
    "Dates of RFC 850 and asctime are taken for none",
    DATES=Client.DATES[:1],
)
plant(
    "dates-without-asctime-ignored",
    "rfc9110-5.6.7-1",
    "MUST",
    "Dates of asctime are taken for none",
    DATES=Client.DATES[:2],
)
plant(
    "two-digits-always-2000",
    "rfc9110-5.6.7-4",
    "MUST",
    "A year of two digits is one of this century, and waited for",
    full_year=lambda self, digits: 2000 + digits,
    LONGEST_WAIT=10.0**11,
    pause=lambda self, seconds: Client.pause(self, min(seconds, 60)),
)
plant(
    "two-digits-are-the-year",
    "rfc9110-5.6.7-4",
    "MUST",
    "A year of two digits is one of this century",
    full_year=lambda self, digits: 2000 + digits,
)


@breaks("rfc9110-2.3-1", "SHOULD")
class GarbledRetryAfterFails(Client):
    """A Retry-After that can't be read breaks the client."""

    def asked_to_wait(self, response: Response) -> float | None:
        value = response.get("Retry-After")
        if value is not None and not re.match(r"\d|[A-Z]\w\w", value):
            self.pause(100)
        return super().asked_to_wait(response)
