"""100-continue: RFC 9110 section 10.1.1, and responses that come before the content was sent."""

from __future__ import annotations

from dataclasses import replace

from ..client import Client
from ..message import Failure, Fields, Request, Response, Task
from ..stream import Stream
from .registry import breaks, plant

WAITS = "rfc9110-10.1.1-3"


@breaks(WAITS, "MUST")
class WaitsWithoutExpectation(Client):
    """The content is held back for 100, but Expect is not sent."""

    def all_fields(self, request: Request) -> Fields:
        return [(name, value) for name, value in super().all_fields(request) if name != "Expect"]


@breaks(WAITS, "MUST")
class WaitsWithoutExpectationInPost(Client):
    """The content of POST is held back for 100, but Expect is sent with other methods only."""

    def all_fields(self, request: Request) -> Fields:
        fields = super().all_fields(request)
        return [one for one in fields if one[0] != "Expect"] if request.method == "POST" else fields


@breaks(WAITS, "MUST")
class WaitsUnasked(Client):
    """The content is always held back for a while, without a word of it."""

    PATIENCE_FOR_100 = 0.6

    def waits_for_100(self, request: Request) -> bool:
        return bool(request.content)


@breaks("rfc9110-10.1.1-2", "MUST NOT")
class ExpectationWithoutContent(Client):
    """Expect: 100-continue is sent with every request, even if it has no content."""

    def completed(self, request: Request, fields: Fields) -> Fields:
        fields = super().completed(request, fields)
        return fields if any(name == "Expect" for name, _ in fields) else [*fields, ("Expect", "100-continue")]

    def waits_for_100(self, request: Request) -> bool:
        return request.content is not None


@breaks("rfc9110-10.1.1-2", "MUST NOT")
class ExpectationWithEmptyContent(Client):
    """POST without content has the expectation."""

    def completed(self, request: Request, fields: Fields) -> Fields:
        is_empty = request.method in self.EXPECTING_CONTENT and request.content is None
        return [*super().completed(request, fields), *([("Expect", "100-continue")] if is_empty else [])]


@breaks("rfc9110-10.1.1-2", "MUST NOT")
class ExpectationAfterRedirection(Client):
    """A POST that became GET still has the expectation."""

    def content_after(self, request: Request, following: Request) -> Request:
        return replace(super().content_after(request, following), expects=request.expects)

    def sends_expectation(self, request: Request) -> bool:
        return request.expects


plant(
    "waits-forever",
    "rfc9110-10.1.1-5",
    "SHOULD NOT",
    "Without 100 the content is never sent",
    PATIENCE_FOR_100=1000.0,
)


@breaks("rfc9110-15.2.1-s2", "STATED")
class ContentForgottenAfterContinue(Client):
    """After 100 the content is not sent."""

    def send_content(self, stream: Stream, request: Request) -> bool:
        return True if request.expects else super().send_content(stream, request)


@breaks("rfc9110-10.1.1-6", "SHOULD")
class ExpectationNeverDropped(Client):
    """After 417 the request is repeated with the expectation."""

    def after_expectation(self, request: Request, response: Response) -> Request | None:
        following = super().after_expectation(request, response)
        return None if following is None else replace(following, expects=True)


@breaks("rfc9110-10.1.1-6", "SHOULD")
class ExpectationFailedIsFinal(Client):
    """417 is told, and nothing repeated."""

    def after_expectation(self, request: Request, response: Response) -> Request | None:
        return None


@breaks("rfc9110-10.1.1-6", "SHOULD")
class RepeatedWithoutContentAfter417(Client):
    """After 417 the request is repeated without its content."""

    def after_expectation(self, request: Request, response: Response) -> Request | None:
        following = super().after_expectation(request, response)
        return None if following is None else replace(following, content=None)


@breaks("rfc9112-6.3-12", "MUST")
class NextRequestInsteadOfContent(Client):
    """After a final response instead of 100 the connection is used again without the content that was announced."""

    def conversation(self, stream: Stream, request: Request) -> tuple[Response, bool]:
        response, is_kept = super().conversation(stream, request)
        return response, is_kept or (request.expects and self.persists(request, response))


@breaks("rfc9112-9.5-5", "SHOULD")
class FinalInsteadOf100Lost(Client):
    """A final response instead of 100 is a failure."""

    def refusal(self, stream: Stream, request: Request) -> Response | None:
        refusal = super().refusal(stream, request)
        if refusal is not None and refusal.status != 417:
            raise Failure("no 100", None)
        return refusal


@breaks("rfc9110-15.2-2", "MUST")
class OtherInterimMeansGo(Client):
    """While it waits for 100, another interim response is taken for the final one."""

    def refusal(self, stream: Stream, request: Request) -> Response | None:
        if not stream.wait(self.PATIENCE_FOR_100):
            return None
        response = self.read_head(stream)
        return None if response.status == 100 else response


@breaks("rfc9110-15.2-2", "MUST")
class SecondContinueIsFinal(Client):
    """A second 100 after the content was sent is taken for the final response."""

    def read_final(self, stream: Stream, request: Request) -> Response:
        return self.read_head(stream) if request.expects else super().read_final(stream, request)


@breaks("rfc9110-15.2-2", "MUST")
class ContinueIsFinal(Client):
    """The 100 that was asked for is taken for the final response."""

    def refusal(self, stream: Stream, request: Request) -> Response | None:
        return self.read_head(stream) if stream.wait(self.PATIENCE_FOR_100) else None

    def has_content(self, request: Request, response: Response) -> bool:
        return response.status >= 200 and super().has_content(request, response)


@breaks("rfc9112-9.5-5", "SHOULD")
class DeafWhileSending(Client):
    """Nothing is read before all content was sent, and a connection that ends meanwhile is a failure."""

    def send_content(self, stream: Stream, request: Request) -> bool:
        if octets := self.body(request):
            stream.send(octets)
        return True


@breaks("rfc9110-7.5-1", "SHOULD")
class StopsAtAnyResponse(Client):
    """As soon as a response comes, no more content is sent."""

    def is_unwanted(self, stream: Stream) -> bool:
        return b"\r\n\r\n" in stream.buffer


@breaks("rfc9112-9.5-5", "SHOULD")
class EarlyResponseLost(Client):
    """A response that comes while content is sent is a failure."""

    def is_unwanted(self, stream: Stream) -> bool:
        if b"\r\n\r\n" in stream.buffer:
            raise Failure("a response before the request was sent")
        return False


@breaks("rfc9110-10.1.1-2", "MUST NOT")
class ExpectsAlways(Client):
    """The expectation is sent wherever the method may have content."""

    def asks_for_100(self, task: Task) -> bool:
        return task.method in self.EXPECTING_CONTENT

    def sends_expectation(self, request: Request) -> bool:
        return request.expects


@breaks(WAITS, "MUST")
class WaitsUnaskedWithMuchContent(Client):
    """More than ten thousand octets are held back for a while, without a word of it."""

    PATIENCE_FOR_100 = 0.6

    def waits_for_100(self, request: Request) -> bool:
        return len(request.content or b"") > 10_000 or super().waits_for_100(request)
