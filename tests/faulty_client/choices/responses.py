"""What a client is able to do, and what it tells: as little as it likes."""

from __future__ import annotations

from dataclasses import replace

from ..client import Client
from ..message import Failure, Request, Response
from .registry import permitted


@permitted("no section asks for it")
class TellsStatusOnly(Client):
    """Neither the content nor where it ended is told."""

    def told(self, request: Request, response: Response) -> tuple[int, bytes | None, str | None]:
        return super().told(request, response)[0], None, None


@permitted("no section asks for it")
class TellsNoUri(Client):
    """Where it ended is not told."""

    def told(self, request: Request, response: Response) -> tuple[int, bytes | None, str | None]:
        return *super().told(request, response)[:2], None


@permitted("no section asks for it", "several")
class OneRequestOnly(Client):
    """A client makes one request."""


@permitted("RFC 9110 section 8.4")
class DecodesNothing(Client):
    """Content codings are left as they are."""

    def codings(self) -> tuple[str, ...]:
        return ()


@permitted("RFC 9110 section 8.4")
class UnknownCodingFails(Client):
    """A content coding that isn't known is a failure."""

    def decoded(self, response: Response) -> Response:
        if any(one not in self.codings() for one in response.tokens("Content-Encoding")):
            raise Failure("an unknown coding", response.status)
        return super().decoded(response)


@permitted("RFC 9110 section 8.4")
class DamagedHandedOn(Client):
    """Damaged content is handed on as it came."""

    def decoded(self, response: Response) -> Response:
        try:
            return super().decoded(response)
        except Failure:
            return response


@permitted("RFC 9110 section 15.3.7.3")
class PartsKeptApart(Client):
    """What the user has the start of stays as it was unless the whole comes."""

    def resumed(self, request: Request, response: Response) -> Response:
        if response.status != 200:
            raise Failure("the rest was not taken", response.status)
        return response


@permitted("RFC 9110 section 15.3.7.3")
class OverlapRefused(Client):
    """A part that begins earlier than it was asked for is a failure."""

    def put_together(self, start: bytes, response: Response) -> tuple[bytes, bool]:
        if self.parts(response)[0][0] != len(start):
            raise Failure("another part than was asked for", 206)
        return super().put_together(start, response)


@permitted("RFC 9110 section 15.3.7.3")
class CombinedIs206(Client):
    """A combination is told as 206."""

    def resumed(self, request: Request, response: Response) -> Response:
        whole = super().resumed(request, response)
        return replace(whole, status=206) if response.status == 206 else whole


@permitted("RFC 9110 section 14.4")
class MultipartRefused(Client):
    """multipart/byteranges is a failure where one range was asked for."""

    def put_together(self, start: bytes, response: Response) -> tuple[bytes, bool]:
        if "multipart" in (response.get("Content-Type") or ""):
            raise Failure("several parts", 206)
        return super().put_together(start, response)


@permitted("RFC 9112 section 8")
class CutWithoutStatus(Client):
    """An incomplete response is a failure without a status."""

    def cut_short(self, response: Response) -> None:
        raise Failure("incomplete")


@permitted("RFC 9110 section 9.3.6", "proxy", "tls")
class PlainOnly(Client):
    """There are neither proxies nor TLS."""


@permitted(
    "no section asks for it", "methods", "fields", "content", "unsized", "expect", "resume", "proxy", "credentials"
)
class GetsOnly(Client):
    """Only GET, HEAD and POST without content can be asked for."""
