"""Connections used wrongly: RFC 9112 section 9."""

from __future__ import annotations

import re

from ..client import Client, Key
from ..message import Fields, Request, Response, combined
from ..stream import Stream
from .registry import breaks, plant

GOT_CLOSE = "rfc9112-9.6-9"
SENT_CLOSE = "rfc9112-9.6-2"


@breaks(GOT_CLOSE, "MUST")
class CloseIgnored(Client):
    """Connection: close of a response is ignored."""

    def persists(self, request: Request, response: Response) -> bool:
        response.fields = [one for one in response.fields if one[0].lower() != "connection"]
        return super().persists(request, response)


@breaks(GOT_CLOSE, "MUST")
class CloseHasCase(Client):
    """Connection: Close is not understood."""

    def persists(self, request: Request, response: Response) -> bool:
        return "Close" in (response.get("Connection") or "") or super().persists(request, response)


@breaks(GOT_CLOSE, "MUST")
class CloseAlone(Client):
    """close is understood only where Connection has nothing else."""

    def persists(self, request: Request, response: Response) -> bool:
        value = response.get("Connection") or "close"
        return (value.lower() != "close" and "close" in value) or super().persists(request, response)


@breaks(GOT_CLOSE, "MUST")
class CloseFirst(Client):
    """close is understood only where it comes first."""

    def persists(self, request: Request, response: Response) -> bool:
        value = response.get("Connection") or "close"
        return not value.lower().startswith("close") or super().persists(request, response)


@breaks(GOT_CLOSE, "MUST")
class CloseOfErrorsIgnored(Client):
    """Connection: close of an error is ignored."""

    def persists(self, request: Request, response: Response) -> bool:
        return response.status >= 400 or super().persists(request, response)


@breaks(GOT_CLOSE, "MUST")
class CloseOfEmptyIgnored(Client):
    """Connection: close of a response without content is ignored."""

    def persists(self, request: Request, response: Response) -> bool:
        return not response.content or super().persists(request, response)


@breaks(GOT_CLOSE, "MUST")
class CloseInSecondLineIgnored(Client):
    """close is not seen in a second Connection field."""

    def persists(self, request: Request, response: Response) -> bool:
        lines = [value.lower() for name, value in response.fields if name.lower() == "connection"]
        return (len(lines) > 1 and lines[0] != "close") or super().persists(request, response)


@breaks(GOT_CLOSE, "MUST")
class CloseOfRedirectionsIgnored(Client):
    """Connection: close of a redirection is ignored."""

    def persists(self, request: Request, response: Response) -> bool:
        return 300 <= response.status < 400 or super().persists(request, response)


@breaks(SENT_CLOSE, "MUST NOT")
class OwnCloseIgnored(Client):
    """After the user's close another request is made on the connection."""

    def persists(self, request: Request, response: Response) -> bool:
        request.fields = [one for one in request.fields if one[0].lower() != "connection"]
        return super().persists(request, response)


@breaks(SENT_CLOSE, "MUST NOT")
class ClosesNever(Client):
    """Every request says close, and the connection is used again all the same."""

    def completed(self, request: Request, fields: Fields) -> Fields:
        if combined(fields, "Connection") is None:
            fields.append(("Connection", "close"))
        return super().completed(request, fields)


@breaks("rfc9112-9.3-2", "MUST")
class NeverPersistsSilently(Client):
    """Each connection is used once, and no request says so."""

    def persists(self, request: Request, response: Response) -> bool:
        return False


@breaks("rfc9112-9.2-2", "MUST")
class LastResponseAgain(Client):
    """A request gets the response to the one before."""

    last: Response | None = None

    def exchange(self, request: Request) -> Response:
        response = super().exchange(request)
        told, self.last = self.last or response, response
        return told


@breaks("rfc9110-2.4-1", "MUST")
class AnyConnection(Client):
    """An idle connection is used whatever origin it leads to."""

    def key_of(self, request: Request) -> Key:
        return ("", "", 0, None)


@breaks("rfc9110-2.4-1", "MUST")
class AnyPort(Client):
    """An idle connection is used for other ports of the same host."""

    def key_of(self, request: Request) -> Key:
        return (request.uri.scheme or "", request.uri.host, 0, request.task.proxy)


@breaks("rfc9112-9.3-s1", "STATED")
class Http10Persists(Client):
    """After HTTP/1.0 without keep-alive the connection is used again."""

    def persists(self, request: Request, response: Response) -> bool:
        return response.version < (1, 1) or super().persists(request, response)


@breaks("rfc9112-9.5-2", "SHOULD")
class ClosedIsNotNoticed(Client):
    """A connection that the server closed is used again, and then nothing is repeated."""

    def is_usable(self, stream: Stream) -> bool:
        return not stream.buffer

    def may_send_again(self, request: Request) -> bool:
        return False


@breaks("rfc9112-9.6-9", "MUST")
class CloseOnlyIn11(Client):
    """HTTP/1.0 with keep-alive and close persists."""

    def persists(self, request: Request, response: Response) -> bool:
        return "keep-alive" in response.tokens("Connection") or super().persists(request, response)


plant(
    "close-by-pattern",
    GOT_CLOSE,
    "MUST",
    "close is looked for with a pattern that knows no list",
    persists=lambda self, request, response: (
        Client.persists(self, request, response)
        or re.search(r",\s*close|close\s*,", response.get("Connection") or "") is not None
    ),
)
