"""Requests that are made again or not: RFC 9110 sections 9.2.2, 10.1.1, 11 and 15.5."""

from __future__ import annotations

from dataclasses import replace

from ..client import Client
from ..message import Failure, Fields, Incomplete, Request, Response, Task
from ..stream import Stream
from .registry import permitted

EXPECTATION = {"rfc9110-10.1.1-6": "417 should be answered by the request without the expectation"}
_KEEPS_417 = "after_expectation"


@permitted("RFC 9110 section 9.2.2")
class NothingRepeated(Client):
    """Only 417 and challenges have the request made again."""

    REACTIONS = (_KEEPS_417, "after_challenge", "after_redirection")

    def may_send_again(self, request: Request) -> bool:
        return False


@permitted("RFC 9110 section 9.2.2", warned=EXPECTATION)
class HandsEverythingOn(Client):
    """Whatever comes is handed on."""

    REACTIONS = ()

    def may_send_again(self, request: Request) -> bool:
        return False


@permitted("RFC 9110 section 9.2.2")
class RepeatsAfterErrors(Client):
    """GET and HEAD are repeated up to three times after 500, 502, 503 and 504."""

    def after_overload(self, request: Request, response: Response) -> Request | None:
        following = super().after_overload(request, response)
        if following is not None or response.get("Retry-After") is not None:
            return following
        count = sum(one.startswith("again") for one in request.tried)
        if response.status in (500, 502, 503, 504) and request.method in ("GET", "HEAD") and count < 3:
            self.pause(0.05 * 2**count)
            return request.after(f"again {count}")
        return None


@permitted("RFC 9110 section 15.5.9")
class RepeatsUnprocessed(Client):
    """Also an unsafe request is repeated after 408, 425 and 429, which say that it was not processed."""

    def may_repeat(self, request: Request) -> bool:
        return True


@permitted("RFC 9110 section 10.2.3")
class RetryAfterIgnored(Client):
    """429 and 503 are handed on, whatever they say."""

    def after_overload(self, request: Request, response: Response) -> Request | None:
        return None


@permitted("RFC 9110 section 10.2.3")
class WaitsLonger(Client):
    """A second more is waited than Retry-After says."""

    def asked_to_wait(self, response: Response) -> float | None:
        seconds = super().asked_to_wait(response)
        return None if seconds is None else seconds + 0.3


@permitted("RFC 9110 section 10.2.3")
class WaitsForDates(Client):
    """Retry-After is waited for as long as it takes, while there is time."""

    LONGEST_WAIT = 1_000_000.0

    def pause(self, seconds: float) -> None:
        super().pause(min(seconds, self.deadline.left))


@permitted("RFC 9110 section 10.1.1", "expect")
class NeverExpects(Client):
    """The expectation is not supported."""

    def asks_for_100(self, task: Task) -> bool:
        return False


@permitted("RFC 9110 section 10.1.1")
class AskedButNeverExpects(Client):
    """The expectation is not sent, even if the user asks for it."""

    def asks_for_100(self, task: Task) -> bool:
        return False


@permitted("RFC 9110 section 10.1.1")
class AlwaysExpects(Client):
    """The expectation is sent with all content."""

    def asks_for_100(self, task: Task) -> bool:
        return bool(task.content)


@permitted("RFC 9110 section 10.1.1")
class ExpectsWithLargeContent(Client):
    """The expectation is sent by itself with more than a thousand octets."""

    def asks_for_100(self, task: Task) -> bool:
        return len(task.content or b"") > 1000 or super().asks_for_100(task)


@permitted("RFC 9110 section 10.1.1")
class ExpectsWithoutWaiting(Client):
    """The expectation is sent, and the content at once."""

    def waits_for_100(self, request: Request) -> bool:
        return False


@permitted("RFC 9110 section 10.1.1")
class LittlePatience(Client):
    """After a tenth of a second the content is sent without 100."""

    PATIENCE_FOR_100 = 0.1


@permitted("RFC 9110 section 10.1.1")
class MuchPatience(Client):
    """After four seconds the content is sent without 100."""

    PATIENCE_FOR_100 = 4.0


@permitted("RFC 9110 section 10.1.1")
class ContentAfterRefusal(Client):
    """After a final response instead of 100 the content is sent all the same, so that the connection can be used again."""

    def conversation(self, stream: Stream, request: Request) -> tuple[Response, bool]:
        response, is_kept = super().conversation(stream, request)
        if request.expects and not is_kept and self.persists(request, response):
            return response, self.send_content(stream, request)
        return response, is_kept


@permitted("RFC 9110 section 11", "credentials")
class NoCredentials(Client):
    """Challenges are not answered."""

    def after_challenge(self, request: Request, response: Response) -> Request | None:
        return None


@permitted("RFC 9110 section 11")
class CredentialsAtOnce(Client):
    """Basic credentials are sent at once to the origin that they are for, and nothing is answered."""

    def after_challenge(self, request: Request, response: Response) -> Request | None:
        return None

    def credential_fields(self, request: Request) -> Fields:
        if request.task.credentials is None or not self.has_credentials(request) or request.method == "TRACE":
            return []
        return [("Authorization", self.basic(*request.task.credentials))]


@permitted("RFC 9110 section 11")
class BasicOnly(Client):
    """Only Basic is known."""

    SCHEMES = ("basic",)


@permitted("RFC 9110 section 11")
class DigestOnly(Client):
    """Only Digest is known: credentials are not sent in the clear."""

    SCHEMES = ("digest",)


@permitted("RFC 9110 section 11")
class AnswersEachTime(Client):
    """Each request is made without credentials first."""

    def credential_fields(self, request: Request) -> Fields:
        return super().credential_fields(request) if "challenge" in request.tried else []


@permitted("RFC 9110 section 15.5")
class ErrorsFail(Client):
    """4xx and 5xx are told as failures."""

    def told(self, request: Request, response: Response) -> tuple[int, bytes | None, str | None]:
        if response.status >= 400:
            raise Failure(f"{response.status} {response.reason}", response.status)
        return super().told(request, response)


@permitted("RFC 9110 section 15.5.12")
class LengthRequiredIsFinal(Client):
    """411 is handed on."""

    def after_length(self, request: Request, response: Response) -> Request | None:
        return None


@permitted("RFC 9110 section 15.5.20")
class MisdirectedIsFinal(Client):
    """421 is handed on."""

    def after_misdirection(self, request: Request, response: Response) -> Request | None:
        return None


@permitted("RFC 9110 section 9.2.2")
class DroppedIsFailure(Client):
    """A connection that ends without a response is a failure."""

    def may_send_again(self, request: Request) -> bool:
        return False


@permitted("RFC 9110 section 9.2.2")
class CutIsRepeated(Client):
    """A GET whose response was cut is repeated once."""

    def answer_to(self, request: Request) -> Response:
        try:
            return super().answer_to(request)
        except Incomplete:
            if request.method != "GET":
                raise
        return super().answer_to(replace(request))
