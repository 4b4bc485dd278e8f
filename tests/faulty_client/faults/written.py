"""Targets, trailers, credentials and tunnels that are written wrongly: RFC 9110 sections 4.2.4, 6.5.1, 9.3.6 and 11."""

from __future__ import annotations

import re
import urllib.parse
from dataclasses import replace

from ..client import Client
from ..message import Failure, Fields, Request, Response, Task, Uri
from ..stream import Stream
from .registry import breaks


@breaks("rfc9112-3.2-4", "MUST")
class HostWithUserInformation(Client):
    """Host has the user information of the URI."""

    def host(self, request: Request) -> Fields:
        return [("Host", request.uri.authority or "")]


@breaks("rfc9110-4.2.4-1", "MUST NOT")
class AuthorityAsItIs(Client):
    """A proxy is sent the user information that the URI has."""

    def absolute_form(self, request: Request) -> str:
        return f"{request.uri.scheme}://{request.uri.authority}{self.origin_form(request)}"


@breaks("rfc9112-3.2.1-1", "MUST")
class EscapedTwice(Client):
    """What is escaped is escaped again."""

    def origin_form(self, request: Request) -> str:
        return super().origin_form(request).replace("%", "%25")


@breaks("rfc9112-3.2.1-1", "MUST")
class EscapesResolved(Client):
    """Escapes of what has a meaning in a path are resolved."""

    def origin_form(self, request: Request) -> str:
        return urllib.parse.unquote(super().origin_form(request).replace("%20", "+"))


@breaks("rfc9112-3.2.1-1", "MUST")
class PathInLowerCase(Client):
    """Targets are sent in lower case."""

    def origin_form(self, request: Request) -> str:
        return super().origin_form(request).lower()


@breaks("rfc9112-3.2.1-1", "MUST")
class OptionsOfServerAlways(Client):
    """OPTIONS asks about the server, whatever the URI is."""

    def target(self, request: Request) -> str:
        return "*" if request.method == "OPTIONS" else super().target(request)


@breaks("rfc9112-6.3-12", "MUST")
class SizesInDecimal(Client):
    """Sizes of chunks are sent in decimal digits."""

    def body(self, request: Request) -> bytes:
        octets = super().body(request)
        if not (request.chunked and self.speaks_1_1(request)):
            return octets
        return re.sub(rb"^[0-9a-f]+", lambda found: str(int(found[0], 16)).encode(), octets)


@breaks("rfc9110-10.1.3-2", "MUST")
class RefererOfNothing(Client):
    """The first request has its own URI as Referer."""

    def completed(self, request: Request, fields: Fields) -> Fields:
        return [*super().completed(request, fields), ("Referer", str(request.uri.without_fragment()))]


@breaks("rfc9110-10.1.2-1", "SHOULD NOT")
class FromUnasked(Client):
    """From is sent with each request."""

    def completed(self, request: Request, fields: Fields) -> Fields:
        return [*super().completed(request, fields), ("From", "user@elsewhere.invalid")]


@breaks("rfc9110-6.5.1-1", "MUST NOT")
class LengthInTrailers(Client):
    """After the last chunk comes a Content-Length."""

    def body(self, request: Request) -> bytes:
        octets = super().body(request)
        if not (request.chunked and self.speaks_1_1(request)):
            return octets
        return octets.removesuffix(b"\r\n") + b"Content-Length: %d\r\n\r\n" % len(request.content or b"")


@breaks("rfc9110-6.5.1-1", "MUST NOT")
class HostInTrailers(Client):
    """After the last chunk comes another Host."""

    def body(self, request: Request) -> bytes:
        octets = super().body(request)
        if not (request.chunked and self.speaks_1_1(request)):
            return octets
        return octets.removesuffix(b"\r\n") + b"Host: elsewhere.invalid\r\n\r\n"


@breaks("rfc9110-2.4-1", "MUST")
class BasicUnpadded(Client):
    """Basic credentials have no padding."""

    def basic(self, user: str, password: str) -> str:
        return super().basic(user, f"{password} ").rstrip("=")


@breaks("rfc9110-2.4-1", "MUST")
class BasicInTheClear(Client):
    """Basic credentials are not encoded."""

    def basic(self, user: str, password: str) -> str:
        return f"Basic {user}:{password}"


@breaks("rfc9110-2.4-1", "MUST")
class AuthenticationSchemeHasCase(Client):
    """BASIC is another scheme than Basic."""

    def challenges(self, value: str | None) -> list[tuple[str, dict[str, str]]]:
        return [one for one in super().challenges(value) if one[0].capitalize() in (value or "")]


@breaks("rfc9110-2.4-1", "MUST")
class CountWithoutZeros(Client):
    """The count of Digest has one digit."""

    def digest(self, given: dict[str, str], method: str, target: Uri, user: str, password: str) -> str:
        return super().digest(given, method, target, user, password).replace("nc=00000001", "nc=1")


@breaks("rfc9110-2.2-12", "MUST NOT")
class TlsAfterRefusal(Client):
    """TLS is begun though the proxy refused the tunnel."""

    def is_tunnel(self, response: Response) -> bool:
        return response.status >= 200


@breaks("rfc9110-2.4-1", "MUST")
class NothingDecoded(Client):
    """Where there is no content its coding is found damaged."""

    def decoded(self, response: Response) -> Response:
        if not response.content and "gzip" in response.tokens("Content-Encoding"):
            raise Failure("damaged content", response.status)
        return super().decoded(response)


@breaks("rfc9110-15-1", "MUST")
class NotModifiedIsSuccess(Client):
    """304 that nobody asked for is told as 200."""

    def told(self, request: Request, response: Response) -> tuple[int, bytes | None, str | None]:
        status, content, end = super().told(request, response)
        return 200 if status == 304 and not request.fields else status, content, end


@breaks("rfc9110-15.4-2", "SHOULD")
class LocationInLowerCase(Client):
    """A Location is read in lower case."""

    def location(self, response: Response) -> str | None:
        found = super().location(response)
        return None if found is None else found.lower()


@breaks("rfc9110-15.4-2", "SHOULD")
class LocationEscapedTwice(Client):
    """What is escaped in Location is escaped again."""

    def location(self, response: Response) -> str | None:
        found = super().location(response)
        return None if found is None else found.replace("%", "%25")


@breaks("rfc9110-2.4-1", "MUST")
class LengthInOctal(Client):
    """A length with zeros ahead is read in octal digits."""

    def content_length(self, response: Response) -> int | None:
        found = super().content_length(response)
        value = response.get("Content-Length") or ""
        return int(value, 8) if re.fullmatch("0[0-7]+", value) else found


@breaks("rfc9110-9.3.8-4", "MUST NOT")
class TraceWithContent(Client):
    """TRACE has content of the client's own."""

    def chosen_content(self, task: Task) -> bytes | None:
        return b"content" if task.method == "TRACE" else super().chosen_content(task)


@breaks("rfc9110-2.4-1", "MUST")
class ConnectionsOfHosts(Client):
    """Redirected requests go to the server that redirected."""

    def exchange(self, request: Request) -> Response:
        first = self.__dict__.setdefault("first", request.uri)
        place = replace(request.uri, scheme=first.scheme, authority=first.authority)
        return super().exchange(replace(request, uri=place) if request.visited else request)


@breaks("rfc9112-9.6-9", "MUST")
class CloseHasCaseInRedirections(Client):
    """In redirections only close in lower case closes."""

    def persists(self, request: Request, response: Response) -> bool:
        if 300 <= response.status < 400:
            return "close" not in (response.get("Connection") or "")
        return super().persists(request, response)


@breaks("rfc9112-9.6-9", "MUST")
class CloseAloneInRedirections(Client):
    """In redirections close counts where it is alone in Connection."""

    def persists(self, request: Request, response: Response) -> bool:
        if 300 <= response.status < 400:
            return (response.get("Connection") or "").lower() != "close"
        return super().persists(request, response)


@breaks("rfc9112-6.3-15", "MUST NOT")
class ExtraAfterRedirections(Client):
    """What came too much after a redirection is the next response."""

    def is_usable(self, stream: Stream) -> bool:
        return super().is_usable(stream) or bytes(stream.buffer).startswith(b"HTTP/1.1 418")


@breaks("rfc9110-15.2-2", "MUST")
class InterimIsSuccess(Client):
    """103 ends the exchange, and is told as 203."""

    def is_interim(self, response: Response) -> bool:
        return response.status != 103 and super().is_interim(response)

    def told(self, request: Request, response: Response) -> tuple[int, bytes | None, str | None]:
        status, content, end = super().told(request, response)
        return 203 if status == 103 else status, content, end
