"""What requests have besides: RFC 9110 sections 7 to 14."""

from __future__ import annotations

from ..client import Client
from ..evaluating import Evaluating
from ..keeping import Keeping
from ..message import Fields, Request, Response, Task, combined
from .registry import permitted


def _with(fields: Fields, *more: tuple[str, str]) -> Fields:
    return [*fields, *((name, value) for name, value in more if combined(fields, name) is None)]


@permitted("RFC 9110 section 12.5")
class BrowserLike(Client):
    """Requests have all that browsers send."""

    def completed(self, request: Request, fields: Fields) -> Fields:
        more = (
            ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
            ("Accept-Language", "en-US,en;q=0.5"),
            ("Accept-Encoding", "gzip, deflate"),
            ("Connection", "keep-alive"),
            ("Upgrade-Insecure-Requests", "1"),
            ("Sec-Fetch-Dest", "document"),
            ("Priority", "u=0, i"),
        )
        return _with(super().completed(request, fields), *more)


@permitted("RFC 9110 section 12.5.1")
class AcceptsAnything(Client):
    """Accept is sent, with a wildcard."""

    def completed(self, request: Request, fields: Fields) -> Fields:
        return _with(super().completed(request, fields), ("Accept", "*/*"))


@permitted("RFC 9110 section 10.1.4")
class TakesTrailers(Client):
    """TE says that trailer fields are welcome."""

    def completed(self, request: Request, fields: Fields) -> Fields:
        fields = super().completed(request, fields)
        if combined(fields, "Connection") is not None:
            return fields
        return [*fields, ("TE", "trailers"), ("Connection", "TE")]


@permitted("RFC 9110 section 7.8")
class OffersHttp2(Client):
    """An upgrade is offered with each request without content."""

    def completed(self, request: Request, fields: Fields) -> Fields:
        fields = super().completed(request, fields)
        if combined(fields, "Connection") is not None or request.content is not None:
            return fields
        return [*fields, ("Connection", "Upgrade, HTTP2-Settings"), ("Upgrade", "h2c"), ("HTTP2-Settings", "AAMAAABk")]


@permitted("RFC 9110 section 5.1")
class NamesInLowerCase(Client):
    """The names of fields are in lower case."""

    def line(self, name: str, value: str) -> str:
        return f"{name.lower()}: {value}"


@permitted("RFC 9112 section 5")
class NoSpaceAfterColon(Client):
    """Fields have no whitespace."""

    def line(self, name: str, value: str) -> str:
        return f"{name}:{value}"


@permitted("RFC 9110 section 10.1.5", warned={"rfc9110-10.1.5-1": "User-Agent should be sent"})
class Anonymous(Client):
    """User-Agent is not sent."""

    def user_agent(self, request: Request) -> Fields:
        return []


@permitted("RFC 9110 section 7.2", warned={"rfc9110-7.2-2": "Host should come first"})
class HostSecond(Client):
    """Host is not the first field."""

    def completed(self, request: Request, fields: Fields) -> Fields:
        fields = super().completed(request, fields)
        return [*fields[1:2], fields[0], *fields[2:]]


@permitted("RFC 9110 section 6.2", warned={"rfc9110-6.2-1": "the highest version should be sent"})
class OldVersion(Client):
    """Requests say HTTP/1.0, without chunks or expectation."""

    VERSION = "HTTP/1.0"

    def speaks_1_1(self, request: Request) -> bool:
        return False

    def asks_for_100(self, task: Task) -> bool:
        return False

    def persists(self, request: Request, response: Response) -> bool:
        return False


@permitted("RFC 9112 section 6.3", warned={"rfc9112-6.3-11": "Content-Length should be preferred"})
class ChunksAlways(Client):
    """All content is sent in chunks."""

    def first_request(self, task: Task) -> Request:
        request = super().first_request(task)
        request.chunked = request.content is not None
        return request


@permitted("RFC 9112 section 6.3")
class ContentBuffered(Client):
    """Content of unknown length is collected first, and sent with its length."""

    def first_request(self, task: Task) -> Request:
        request = super().first_request(task)
        request.chunked = False
        return request


@permitted("RFC 9110 section 8.3")
class ContentLabelled(Client):
    """Content has a Content-Type."""

    def completed(self, request: Request, fields: Fields) -> Fields:
        more = [("Content-Type", "application/octet-stream")] if request.content is not None else []
        return _with(super().completed(request, fields), *more)


@permitted("RFC 9110 section 8.6", warned={"rfc9110-8.6-1": "Content-Length: 0 should be sent"})
class EmptyPostUntold(Client):
    """POST without content has no Content-Length."""

    EXPECTING_CONTENT = ()


@permitted("RFC 9110 section 14.2")
class RestNotAskedFor(Client):
    """What the user has the start of is asked for as a whole."""

    def rest_fields(self, task: Task) -> Fields:
        return []


@permitted("RFC 9110 section 14.2")
class RestWithEnd(Client):
    """The rest is asked for with a last position."""

    def rest_fields(self, task: Task) -> Fields:
        return [("Range", f"bytes={len(task.resume or b'')}-99999999")]


@permitted("RFC 9110 section 14.2")
class CutIsFailure(Client):
    """The rest of what was cut is not asked for."""

    def after_cut(self, request: Request, partial: Response) -> Request | None:
        return None


@permitted("RFC 9111 section 2")
class NothingStored(Client):
    """Nothing is stored."""

    def store(self, request: Request, response: Response) -> None:
        return


@permitted("RFC 9110 section 13.1.3")
class ValidatesWithBoth(Client):
    """What is stored is validated by its entity tag and its date."""

    def validation_fields(self, stored: Response) -> Fields:
        fields = super().validation_fields(stored)
        modified = stored.get("Last-Modified")
        return (
            fields
            if modified is None or fields[0][0] != "If-None-Match"
            else [*fields, ("If-Modified-Since", modified)]
        )


@permitted("RFC 9110 section 5.5.3")
class CacheControlSaid(Client):
    """Requests ask for what is new."""

    def completed(self, request: Request, fields: Fields) -> Fields:
        return _with(super().completed(request, fields), ("Cache-Control", "max-age=0"), ("Pragma", "no-cache"))


@permitted("RFC 9111 section 4")
class KeepsWhatIsFresh(Keeping):
    """A private cache is used as far as may be, and its freshness guessed."""


@permitted("RFC 9111 section 4.3.2")
class AnswersFromStore(Evaluating):
    """What is stored is used while it is fresh, and the user's conditions on it are evaluated."""
