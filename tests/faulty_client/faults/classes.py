"""Codes that are not treated as their class asks for: RFC 9110 section 15."""

from __future__ import annotations

from dataclasses import replace

from ..client import Client
from ..message import Failure, Request, Response
from .registry import breaks, plant

BY_CLASS = "rfc9110-15-1"
KNOWN = frozenset(
    (
        *(200, 201, 202, 203, 204, 205, 206),
        *(300, 301, 302, 303, 304, 305, 307, 308),
        *range(400, 418),
        *(421, 422, 425, 426, 428, 429, 431, 451),
        *range(500, 506),
    )
)


def _told_as(told: dict[int, int]) -> object:
    """Codes replaced by others."""

    def status(self: Client, number: int) -> int:
        return told.get(number, number)

    return status


@breaks(BY_CLASS, "MUST")
class UnknownSuccessFails(Client):
    """A 2xx that isn't known is a failure."""

    def status(self, number: int) -> int:
        if 200 <= number < 300 and number not in KNOWN:
            raise Failure("an unknown code", number)
        return number


@breaks(BY_CLASS, "MUST")
class UnknownRedirectionFails(Client):
    """A 3xx that isn't known is a failure, unlike 300."""

    def status(self, number: int) -> int:
        if 300 <= number < 400 and number not in KNOWN:
            raise Failure("an unknown code", number)
        return number


@breaks(BY_CLASS, "MUST")
class UnknownClientErrorFails(Client):
    """A 4xx that isn't known is a failure, unlike 400."""

    def status(self, number: int) -> int:
        if 400 <= number < 500 and number not in KNOWN:
            raise Failure("an unknown code", number)
        return number


@breaks(BY_CLASS, "MUST")
class UnknownServerErrorFails(Client):
    """A 5xx that isn't known is a failure, unlike 500."""

    def status(self, number: int) -> int:
        if 500 <= number < 600 and number not in KNOWN:
            raise Failure("an unknown code", number)
        return number


@breaks(BY_CLASS, "MUST")
class UnknownIsServerError(Client):
    """A code that isn't known is told as 500."""

    def status(self, number: int) -> int:
        return number if number < 200 or number in KNOWN else 500


@breaks(BY_CLASS, "MUST")
class UnknownIsSuccess(Client):
    """A code that isn't known is told as 200."""

    def status(self, number: int) -> int:
        return number if number < 200 or number in KNOWN else 200


@breaks(BY_CLASS, "MUST")
class UnknownErrorsAreSuccess(Client):
    """4xx and 5xx that aren't known are told as 200."""

    def status(self, number: int) -> int:
        return 200 if number >= 400 and number not in KNOWN else number


@breaks(BY_CLASS, "MUST")
class UnknownClientErrorIsServerError(Client):
    """A 4xx that isn't known is told as 500."""

    def status(self, number: int) -> int:
        return 500 if 400 <= number < 500 and number not in KNOWN else number


@breaks(BY_CLASS, "MUST")
class UnknownServerErrorIsClientError(Client):
    """A 5xx that isn't known is told as 400."""

    def status(self, number: int) -> int:
        return 400 if 500 <= number < 600 and number not in KNOWN else number


@breaks(BY_CLASS, "MUST")
class UnknownSuccessWithoutContent(Client):
    """The content of a 2xx that isn't known is dropped."""

    def told(self, request: Request, response: Response) -> tuple[int, bytes | None, str | None]:
        status, content, url = super().told(request, response)
        return status, b"" if 200 <= status < 300 and status not in KNOWN else content, url


@breaks(BY_CLASS, "MUST")
class UnknownSuccessIsNoContent(Client):
    """A 2xx that isn't known is told as 204."""

    def status(self, number: int) -> int:
        return 204 if 200 <= number < 300 and number not in KNOWN else number


@breaks(BY_CLASS, "MUST")
class UnknownRedirectionFollowed(Client):
    """A 3xx that isn't known is told as 302."""

    def status(self, number: int) -> int:
        return 302 if 300 <= number < 400 and number not in KNOWN else number


@breaks(BY_CLASS, "MUST")
class CodesAbove511Fail(Client):
    """Codes above 511 are failures."""

    def status(self, number: int) -> int:
        if number > 511:
            raise Failure("an unknown code", None)
        return number


plant("299-fails", BY_CLASS, "MUST", "299 is told as 400", status=_told_as({299: 400}))
plant("226-fails", BY_CLASS, "MUST", "226 is told as 500", status=_told_as({226: 500}))
plant("471-is-500", BY_CLASS, "MUST", "471 is told as 500", status=_told_as({471: 500}))
plant("499-is-200", BY_CLASS, "MUST", "499 is told as 200", status=_told_as({499: 200}))
plant("599-is-400", BY_CLASS, "MUST", "599 is told as 400", status=_told_as({599: 400}))
plant("399-is-400", BY_CLASS, "MUST", "399 is told as 400", status=_told_as({399: 400}))
plant("418-is-200", BY_CLASS, "MUST", "418 is told as 200", status=_told_as({418: 200}))
plant("207-is-200-empty", BY_CLASS, "MUST", "207 is told as 204", status=_told_as({207: 204}))


def _fails(*codes: int) -> object:
    """Codes that are failures."""

    def status(self: Client, number: int) -> int:
        if number in codes:
            raise Failure(f"{number}", None)
        return number

    return status


plant("204-fails", BY_CLASS, "MUST", "204 is a failure", status=_fails(204))
plant("205-fails", BY_CLASS, "MUST", "205 is a failure", status=_fails(205))
plant("203-fails", BY_CLASS, "MUST", "203 is a failure", status=_fails(203))
plant("202-fails", BY_CLASS, "MUST", "202 is a failure", status=_fails(202))
plant("201-fails", BY_CLASS, "MUST", "201 is a failure", status=_fails(201))
plant("300-fails", BY_CLASS, "MUST", "300 is a failure", status=_fails(300))
plant(
    "outside-is-200",
    "rfc9110-15-2",
    "SHOULD",
    "600 and more is told as 200",
    status=_told_as({600: 200, 777: 200, 999: 200}),
)
plant(
    "below-100-is-200", "rfc9110-15-2", "SHOULD", "A code below 100 is told as 200", status=_told_as({0: 200, 99: 200})
)


@breaks("rfc9110-15-2", "SHOULD")
class OutsideIsWaitedFor(Client):
    """After a code outside 100 to 599 another response is waited for."""

    def is_interim(self, response: Response) -> bool:
        return not 200 <= response.status < 600 and response.status != 101


@breaks("rfc9110-15-2", "SHOULD")
class OutsideIsItsLastDigits(Client):
    """Of a code above 599 the first digit is taken for 2."""

    def status(self, number: int) -> int:
        return 200 + number % 100 if number >= 600 else number


# Where Location means nothing


@breaks(BY_CLASS, "MUST")
class LocationOf201Followed(Client):
    """Location of a 201 is followed."""

    FOLLOWED = (201, 301, 302, 303, 307, 308)

    def new_method(self, method: str, status: int) -> str:
        return "GET" if status == 201 else super().new_method(method, status)


@breaks(BY_CLASS, "MUST")
class LocationOf200Followed(Client):
    """Location of a 200 is followed."""

    FOLLOWED = (200, 301, 302, 303, 307, 308)


@breaks(BY_CLASS, "MUST")
class LocationAlwaysFollowed(Client):
    """Location is followed whatever the code."""

    FOLLOWED = tuple(range(200, 600))


@breaks(BY_CLASS, "MUST")
class LocationOf404Followed(Client):
    """Location of a 404 is followed."""

    FOLLOWED = (404, 301, 302, 303, 307, 308)


@breaks(BY_CLASS, "MUST")
class LocationOf503Followed(Client):
    """Location of a 5xx is followed."""

    FOLLOWED = (301, 302, 303, 307, 308, *range(500, 512))


@breaks(BY_CLASS, "MUST")
class LocationOf202Followed(Client):
    """Location of a 202 is followed as a redirection, with the same method."""

    FOLLOWED = (202, 301, 302, 303, 307, 308)


# Errors are shown: RFC 9110 sections 15.5 and 15.6


def _without_content(*classes: int) -> object:
    """The content of those classes dropped."""

    def told(self: Client, request: Request, response: Response) -> tuple[int, bytes | None, str | None]:
        status, content, url = Client.told(self, request, response)
        return status, b"" if status // 100 in classes else content, url

    return told


plant("4xx-without-content", "rfc9110-15.5-2", "SHOULD", "The content of 4xx is dropped", told=_without_content(4))
plant("5xx-without-content", "rfc9110-15.6-2", "SHOULD", "The content of 5xx is dropped", told=_without_content(5))


@breaks("rfc9110-15.5-2", "SHOULD")
class ErrorsWithoutContent(Client):
    """The content of 404 alone is dropped."""

    def told(self, request: Request, response: Response) -> tuple[int, bytes | None, str | None]:
        return super().told(request, replace(response, content=b"") if response.status == 404 else response)


@breaks("rfc9110-15.5.2-3", "SHOULD")
class RefusalWithoutContent(Client):
    """The content of a 401 that comes again is dropped."""

    def told(self, request: Request, response: Response) -> tuple[int, bytes | None, str | None]:
        is_refused = response.status == 401 and "challenge" in request.tried
        return super().told(request, replace(response, content=b"") if is_refused else response)


@breaks("rfc9110-15.3.7-1", "MUST")
class PartIsWhole(Client):
    """206 is told as 200, though only a part came."""

    def told(self, request: Request, response: Response) -> tuple[int, bytes | None, str | None]:
        return super().told(request, replace(response, status=200) if response.status == 206 else response)


@breaks("rfc9110-2.4-1", "MUST")
class ContentRangeOf200Counts(Client):
    """200 with Content-Range is told as 206."""

    def told(self, request: Request, response: Response) -> tuple[int, bytes | None, str | None]:
        is_part = response.status == 200 and response.get("Content-Range") is not None and request.task.resume is None
        return super().told(request, replace(response, status=206) if is_part else response)
