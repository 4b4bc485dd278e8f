"""Interim responses taken for something else: RFC 9110 section 15.2."""

from __future__ import annotations

from ..client import Client
from ..message import Failure, Request, Response
from ..stream import Stream
from .registry import breaks

ANY_NUMBER = "rfc9110-15.2-2"


@breaks(ANY_NUMBER, "MUST")
class InterimIsFinal(Client):
    """The first response counts, even if it is a 1xx."""

    def is_interim(self, response: Response) -> bool:
        return False


@breaks(ANY_NUMBER, "MUST")
class OnlyContinueIsInterim(Client):
    """100 is skipped, any other 1xx is taken for the final response."""

    def is_interim(self, response: Response) -> bool:
        return response.status == 100


@breaks(ANY_NUMBER, "MUST")
class KnownInterimOnly(Client):
    """100, 102 and 103 are skipped, a 1xx that isn't known is taken for the final response."""

    def is_interim(self, response: Response) -> bool:
        return response.status in (100, 102, 103)


@breaks(ANY_NUMBER, "MUST")
class UnknownInterimFails(Client):
    """A 1xx that isn't known is a failure."""

    def skip_interim(self, stream: Stream, request: Request, response: Response) -> None:
        if response.status not in (100, 102, 103, 104):
            raise Failure("an unknown interim response", response.status)


@breaks(ANY_NUMBER, "MUST")
class UnexpectedContinueFails(Client):
    """100 is a failure where it was not asked for."""

    def skip_interim(self, stream: Stream, request: Request, response: Response) -> None:
        if response.status == 100 and not request.expects:
            raise Failure("100 that nobody expects", 100)


@breaks(ANY_NUMBER, "MUST")
class EarlyHintsFail(Client):
    """103 is a failure."""

    def skip_interim(self, stream: Stream, request: Request, response: Response) -> None:
        if response.status == 103:
            raise Failure("early hints", 103)


@breaks(ANY_NUMBER, "MUST")
class EarlyHintsAreFinal(Client):
    """103 is taken for the final response."""

    def is_interim(self, response: Response) -> bool:
        return super().is_interim(response) and response.status != 103


@breaks(ANY_NUMBER, "MUST")
class ProcessingIsFinal(Client):
    """102 is taken for the final response."""

    def is_interim(self, response: Response) -> bool:
        return super().is_interim(response) and response.status != 102


@breaks(ANY_NUMBER, "MUST")
class OneInterimOnly(Client):
    """After one interim response the next one is taken for the final one."""

    def read_final(self, stream: Stream, request: Request) -> Response:
        response = self.read_head(stream)
        return self.read_head(stream) if self.is_interim(response) else self.checked_switch(request, response)


@breaks(ANY_NUMBER, "MUST")
class FewInterimOnly(Client):
    """More than five interim responses are a failure."""

    MOST_INTERIM = 6


@breaks(ANY_NUMBER, "MUST")
class InterimToHeadIsFinal(Client):
    """A 1xx to HEAD is taken for the final response."""

    def read_final(self, stream: Stream, request: Request) -> Response:
        return self.read_head(stream) if request.method == "HEAD" else super().read_final(stream, request)


@breaks(ANY_NUMBER, "MUST")
class InterimToPostIsFinal(Client):
    """A 1xx to POST is taken for the final response."""

    def read_final(self, stream: Stream, request: Request) -> Response:
        return self.read_head(stream) if request.method == "POST" else super().read_final(stream, request)


@breaks(ANY_NUMBER, "MUST")
class InterimTogetherOnly(Client):
    """An interim response counts as final unless the next response came with it."""

    def is_interim(self, response: Response) -> bool:
        return super().is_interim(response) and self.came_together

    came_together = True

    def read_head(self, stream: Stream) -> Response:
        response = super().read_head(stream)
        self.came_together = bool(stream.buffer)
        return response


@breaks(ANY_NUMBER, "MUST")
class InterimWithFieldsIsFinal(Client):
    """A 1xx with fields is taken for the final response."""

    def is_interim(self, response: Response) -> bool:
        return super().is_interim(response) and not response.fields


@breaks(ANY_NUMBER, "MUST")
class InterimHasContent(Client):
    """Content-Length of an interim response is believed."""

    def skip_interim(self, stream: Stream, request: Request, response: Response) -> None:
        stream.exactly(self.content_length(response) or 0, bytearray())


@breaks(ANY_NUMBER, "MUST")
class InterimFollowed(Client):
    """Location of a 103 is followed."""

    FOLLOWED = (103, 301, 302, 303, 307, 308)

    def is_interim(self, response: Response) -> bool:
        return super().is_interim(response) and response.get("Location") is None


@breaks(ANY_NUMBER, "MUST")
class InterimLostWithNext(Client):
    """What came together with an interim response is dropped."""

    def skip_interim(self, stream: Stream, request: Request, response: Response) -> None:
        stream.buffer.clear()


@breaks("rfc8297-2-1", "MUST NOT")
class InterimFieldsKept(Client):
    """Fields of interim responses are added to those of the final one."""

    def read_final(self, stream: Stream, request: Request) -> Response:
        response = self.read_head(stream)
        while self.is_interim(response):
            following = self.read_head(stream)
            following.fields = response.fields + following.fields
            response = following
        return response


@breaks(ANY_NUMBER, "MUST")
class InterimAtEndIsFinal(Client):
    """Where the connection ends after an interim response, that is told."""

    def read_final(self, stream: Stream, request: Request) -> Response:
        response = self.read_head(stream)
        while self.is_interim(response):
            try:
                response = self.read_head(stream)
            except Failure:
                return response
        return self.checked_switch(request, response)


@breaks(ANY_NUMBER, "MUST")
class InterimCountsAsAnswer(Client):
    """On a connection that is used again, an interim response is taken for the final one."""

    def is_interim(self, response: Response) -> bool:
        return super().is_interim(response) and not self.was_used

    was_used = False

    def idle_stream(self, request: Request) -> Stream | None:
        stream = super().idle_stream(request)
        self.was_used = stream is not None
        return stream


@breaks(ANY_NUMBER, "MUST")
class InterimToUnsafeIsFinal(Client):
    """A 1xx to PUT, PATCH or DELETE is taken for the final response."""

    def read_final(self, stream: Stream, request: Request) -> Response:
        is_unsafe = request.method in ("PUT", "PATCH", "DELETE")
        return self.read_head(stream) if is_unsafe else super().read_final(stream, request)


@breaks(ANY_NUMBER, "MUST")
class InterimHasChunks(Client):
    """Chunks are expected in an interim response that announces them."""

    def skip_interim(self, stream: Stream, request: Request, response: Response) -> None:
        if response.get("Transfer-Encoding") is not None:
            self.read_chunks(stream, response, bytearray())


@breaks(ANY_NUMBER, "MUST")
class InterimBeforeTunnelIsFinal(Client):
    """A 1xx to CONNECT is taken for a refusal."""

    def read_final(self, stream: Stream, request: Request) -> Response:
        return self.read_head(stream) if request.method == "CONNECT" else super().read_final(stream, request)


@breaks(ANY_NUMBER, "MUST")
class InterimAfterCredentialsIsFinal(Client):
    """A 1xx to a request with credentials is taken for the final response."""

    def read_final(self, stream: Stream, request: Request) -> Response:
        has_credentials = request.get("Authorization") is not None
        return self.read_head(stream) if has_credentials else super().read_final(stream, request)
