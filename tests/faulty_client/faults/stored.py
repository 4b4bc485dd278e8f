"""Stored responses and content codings used wrongly: RFC 9110 sections 8.4 and 13.1."""

from __future__ import annotations

from dataclasses import replace

from ..client import Client
from ..evaluating import Evaluating
from ..message import Failure, Fields, Request, Response
from .registry import breaks

CODING = "rfc9110-8.4.1.3-1"


@breaks("rfc9110-13.1.2-2", "SHOULD")
class TagNotSent(Evaluating):
    """What is stored is asked for anew, without its entity tag."""

    def validation_fields(self, stored: Response) -> Fields:
        return []


@breaks("rfc9110-13.1.2-2", "SHOULD")
class DateInsteadOfTag(Evaluating):
    """What is stored is validated by its date though it has an entity tag."""

    def validation_fields(self, stored: Response) -> Fields:
        return [("If-Modified-Since", stored.get("Last-Modified") or stored.get("Date") or "")]


@breaks("rfc9110-2.2-12", "MUST NOT")
class TagWithoutQuotes(Client):
    """The entity tag is sent without its quotes."""

    def validation_fields(self, stored: Response) -> Fields:
        return [("If-None-Match", (stored.get("ETag") or "").strip('"'))]


@breaks("rfc9110-15-1", "MUST")
class NotModifiedIsTold(Client):
    """304 to a condition of the client's own is told, without content."""

    def revived(self, stored: Response, response: Response) -> Response | None:
        return response


@breaks("rfc9110-15-1", "MUST")
class NotModifiedFails(Client):
    """304 to a condition of the client's own is a failure."""

    def revived(self, stored: Response, response: Response) -> Response | None:
        raise Failure("not modified", 304)


@breaks(CODING, "SHOULD")
class XGzipUnknown(Client):
    """x-gzip is not known."""

    def codings(self) -> tuple[str, ...]:
        return ("gzip", "deflate")


@breaks(CODING, "SHOULD")
class GzipHasCase(Client):
    """GZIP is not known."""

    def decoded(self, response: Response) -> Response:
        return response if "GZIP" in (response.get("Content-Encoding") or "") else super().decoded(response)


@breaks(CODING, "SHOULD")
class XGzipFails(Client):
    """x-gzip is a failure."""

    def decoded(self, response: Response) -> Response:
        if "x-gzip" in response.tokens("Content-Encoding"):
            raise Failure("an unknown coding", response.status)
        return super().decoded(response)


@breaks("rfc9110-15-1", "MUST")
class ConditionOfTheUserFails(Client):
    """304 to a condition of the user's is waited for, as if content followed."""

    def has_content(self, request: Request, response: Response) -> bool:
        is_conditional = any(name.lower() == "if-none-match" for name, _ in request.fields)
        return (response.status == 304 and is_conditional) or super().has_content(request, response)


@breaks("rfc9110-8.4.1.1-1", "SHOULD")
class XCompressUnknown(Client):
    """compress is decoded, x-compress is not known."""

    def decoded(self, response: Response) -> Response:
        if response.tokens("Content-Encoding") == ["compress"]:
            return replace(response, content=uncompressed(response.content))
        return super().decoded(response)


def uncompressed(octets: bytes) -> bytes:
    """What compress has made of something so short that all its codes have nine bits and are octets."""
    bits = int.from_bytes(octets[3:], "little")
    return bytes(bits >> position & 0xFF for position in range(0, (len(octets) - 3) * 8 - 8, 9))
