"""Redirections, which a client may follow or not: RFC 9110 section 15.4."""

from __future__ import annotations

import re
from dataclasses import replace

from ..client import Client
from ..message import Failure, Fields, Request, Response, Uri
from .registry import permitted


@permitted("RFC 9110 section 15.4")
class NeverFollows(Client):
    """Redirections are handed on."""

    FOLLOWED = ()


@permitted("RFC 9110 section 15.4")
class RedirectionsFail(Client):
    """A redirection is told as a failure."""

    def after_redirection(self, request: Request, response: Response) -> Request | None:
        if response.status in self.FOLLOWED:
            raise Failure("a redirection", response.status)
        return None


@permitted("RFC 9110 section 15.4")
class FollowsWithGetOnly(Client):
    """Only GET is redirected."""

    def after_redirection(self, request: Request, response: Response) -> Request | None:
        return super().after_redirection(request, response) if request.method == "GET" else None


@permitted("RFC 9110 section 15.4")
class FollowsWhatIsSafe(Client):
    """Only safe methods are redirected, or what becomes one."""

    def after_redirection(self, request: Request, response: Response) -> Request | None:
        following = super().after_redirection(request, response)
        return following if following is not None and following.method in ("GET", "HEAD", "OPTIONS") else None


@permitted("RFC 9110 section 15.4")
class AsksBeforeWriting(Client):
    """The user would have to agree to repeat an unsafe request, and nobody does."""

    def after_redirection(self, request: Request, response: Response) -> Request | None:
        following = super().after_redirection(request, response)
        if following is not None and following.method not in ("GET", "HEAD", "OPTIONS"):
            raise Failure("nobody agrees", response.status)
        return following


@permitted("RFC 9110 section 15.4.2")
class KeepsPost(Client):
    """POST stays POST after 301 and 302."""

    def new_method(self, method: str, status: int) -> str:
        return method if status in (301, 302) else super().new_method(method, status)


@permitted("RFC 9110 section 15.4.4")
class GetsAfterHead(Client):
    """After 303 HEAD becomes GET."""

    def new_method(self, method: str, status: int) -> str:
        return "GET" if status == 303 else super().new_method(method, status)


@permitted("RFC 9110 section 15.4")
class ThreeRedirections(Client):
    """Three redirections are followed."""

    MOST_REDIRECTIONS = 4


@permitted("RFC 9110 section 15.4")
class ManyRedirections(Client):
    """Fifty redirections are followed, and loops found by their number alone."""

    def is_loop(self, visited: tuple[tuple[str, str], ...], following: tuple[str, str]) -> bool:
        return len(visited) > 49


@permitted("RFC 9110 section 15.4")
class LoopsFail(Client):
    """A loop is told as a failure."""

    def is_loop(self, visited: tuple[tuple[str, str], ...], following: tuple[str, str]) -> bool:
        if super().is_loop(visited, following):
            raise Failure("a loop")
        return False


@permitted("RFC 9110 section 15.4")
class FollowsAnyRedirection(Client):
    """Any 3xx with Location is followed, known or not."""

    FOLLOWED = tuple(range(300, 400))


@permitted("RFC 9110 section 15.4")
class StaysAtOrigin(Client):
    """Only redirections to the same origin are followed."""

    def is_valid(self, target: Uri) -> bool:
        return super().is_valid(target)

    def after_redirection(self, request: Request, response: Response) -> Request | None:
        following = super().after_redirection(request, response)
        return following if following is not None and following.uri.origin == request.uri.origin else None


@permitted("RFC 9110 section 15.4")
class StaysSecured(Client):
    """Redirections from https to http are not followed."""

    def after_redirection(self, request: Request, response: Response) -> Request | None:
        following = super().after_redirection(request, response)
        if following is not None and (request.uri.scheme, following.uri.scheme) == ("https", "http"):
            return None
        return following


@permitted("RFC 9110 section 15.4")
class FirstOfTwo(Client):
    """Of two Location fields the first counts."""

    def location(self, response: Response) -> str | None:
        return next((value for name, value in response.fields if name.lower() == "location"), None)


@permitted("RFC 9110 section 15.4")
class LastOfTwo(Client):
    """Of two Location fields the last counts."""

    def location(self, response: Response) -> str | None:
        return next((value for name, value in reversed(response.fields) if name.lower() == "location"), None)


@permitted("RFC 9110 section 15.4")
class InvalidLocationFails(Client):
    """A Location that is absent or invalid is a failure."""

    def new_target(self, request: Request, response: Response) -> Uri | None:
        target = super().new_target(request, response)
        if target is None:
            raise Failure("no valid Location", response.status)
        return target


@permitted("RFC 9110 section 15.4")
class SecretsDropped(Client):
    """The user's secrets are dropped by any redirection."""

    def fields_after(self, request: Request, following: Request) -> Fields:
        fields = super().fields_after(request, following)
        return [(name, value) for name, value in fields if name.lower() not in self.secrets()]


@permitted("RFC 9110 section 15.4")
class FieldsDropped(Client):
    """All the user's fields are dropped by any redirection to another origin."""

    def fields_after(self, request: Request, following: Request) -> Fields:
        is_same = request.uri.origin == following.uri.origin
        return super().fields_after(request, following) if is_same else []


@permitted("RFC 9110 section 10.1.3")
class TellsReferer(Client):
    """Redirected requests tell where they came from, unless that was secured."""

    def own_after(self, request: Request, following: Request) -> Fields:
        if request.uri.scheme == "https":
            return []
        return [("Referer", str(request.uri.without_fragment()))]


@permitted("RFC 9110 section 10.1.3")
class TellsOrigin(Client):
    """Redirected requests tell the origin that they came from."""

    def own_after(self, request: Request, following: Request) -> Fields:
        if request.uri.scheme == "https":
            return []
        return [("Referer", f"{request.uri.scheme}://{request.uri.host_and_port}/")]


@permitted("RFC 9110 section 15.4.2")
class RemembersPermanent(Client):
    """301 and 308 are remembered."""

    def __init__(self, trust: str | None = None) -> None:
        super().__init__(trust)
        self.moved: dict[str, Uri] = {}

    def after_redirection(self, request: Request, response: Response) -> Request | None:
        following = super().after_redirection(request, response)
        if following is not None and response.status in (301, 308) and request.method == "GET":
            self.moved[str(request.uri.without_fragment())] = following.uri
        return following

    def fetch(self, request: Request) -> tuple[Request, Response]:
        target = self.moved.get(str(request.uri.without_fragment())) if request.method == "GET" else None
        return super().fetch(request if target is None else replace(request, uri=target))


@permitted("RFC 9110 section 15.4.1")
class ChoosesFirst(Client):
    """Of 300 the first link is followed."""

    def after_redirection(self, request: Request, response: Response) -> Request | None:
        link = re.search(rb"href='([^']+)'", response.content) if response.status == 300 else None
        if link is not None:
            chosen = replace(response, status=302, fields=[("Location", link[1].decode("ascii"))])
            return super().after_redirection(request, chosen)
        return super().after_redirection(request, response)


@permitted("RFC 9110 section 15.4.5")
class NotModifiedUnaskedFails(Client):
    """304 that nobody asked for is a failure."""

    def told(self, request: Request, response: Response) -> tuple[int, bytes | None, str | None]:
        if response.status == 304 and request.get("If-None-Match") is None:
            raise Failure("304 without a condition", 304)
        return super().told(request, response)


@permitted("RFC 9110 section 10.2.3")
class ChangesNoMethod(Client):
    """What would change its method is handed on, but for 303."""

    def after_redirection(self, request: Request, response: Response) -> Request | None:
        following = super().after_redirection(request, response)
        if following is not None and following.method != request.method and response.status != 303:
            return None
        return following
