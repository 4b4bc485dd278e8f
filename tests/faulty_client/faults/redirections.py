"""Redirections followed wrongly: RFC 9110 section 15.4."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

from ..client import Client
from ..message import Failure, Fields, Request, Response, Uri, uri
from .registry import breaks, plant

RESENT = "rfc9110-15.4-2"


def _method(*statuses: int, of: tuple[str, ...] = (), becomes: str) -> object:
    """Another method after some codes, of some methods or of all."""

    def new_method(self: Client, method: str, status: int) -> str:
        if status in statuses and (not of or method in of):
            return becomes
        return Client.new_method(self, method, status)

    return new_method


_WRITING = ("PUT", "PATCH", "DELETE")
plant(
    "307-becomes-get",
    "rfc9110-15.4.8-1",
    "MUST NOT",
    "After 307 all becomes GET",
    new_method=_method(307, becomes="GET"),
)
plant(
    "307-post-becomes-get",
    "rfc9110-15.4.8-1",
    "MUST NOT",
    "After 307 POST becomes GET",
    new_method=_method(307, of=("POST",), becomes="GET"),
)
plant(
    "307-put-becomes-get",
    "rfc9110-15.4.8-1",
    "MUST NOT",
    "After 307 PUT becomes GET",
    new_method=_method(307, of=("PUT",), becomes="GET"),
)
plant(
    "307-delete-becomes-get",
    "rfc9110-15.4.8-1",
    "MUST NOT",
    "After 307 DELETE becomes GET",
    new_method=_method(307, of=("DELETE",), becomes="GET"),
)
plant(
    "307-head-becomes-get",
    "rfc9110-15.4.8-1",
    "MUST NOT",
    "After 307 HEAD becomes GET",
    new_method=_method(307, of=("HEAD",), becomes="GET"),
)
plant(
    "307-patch-becomes-post",
    "rfc9110-15.4.8-1",
    "MUST NOT",
    "After 307 PATCH becomes POST",
    new_method=_method(307, of=("PATCH",), becomes="POST"),
)
plant(
    "308-post-becomes-get",
    RESENT,
    "SHOULD",
    "After 308 POST becomes GET",
    new_method=_method(308, of=("POST",), becomes="GET"),
)
plant(
    "308-put-becomes-get",
    RESENT,
    "SHOULD",
    "After 308 PUT becomes GET",
    new_method=_method(308, of=("PUT",), becomes="GET"),
)
plant(
    "308-delete-becomes-get",
    RESENT,
    "SHOULD",
    "After 308 DELETE becomes GET",
    new_method=_method(308, of=("DELETE",), becomes="GET"),
)
plant(
    "308-head-becomes-get",
    RESENT,
    "SHOULD",
    "After 308 HEAD becomes GET",
    new_method=_method(308, of=("HEAD",), becomes="GET"),
)
plant(
    "301-put-becomes-get",
    RESENT,
    "SHOULD",
    "After 301 PUT, PATCH and DELETE become GET",
    new_method=_method(301, of=_WRITING, becomes="GET"),
)
plant(
    "302-put-becomes-get",
    RESENT,
    "SHOULD",
    "After 302 PUT, PATCH and DELETE become GET",
    new_method=_method(302, of=_WRITING, becomes="GET"),
)
plant(
    "301-head-becomes-get",
    RESENT,
    "SHOULD",
    "After 301 HEAD becomes GET",
    new_method=_method(301, of=("HEAD",), becomes="GET"),
)
plant(
    "302-head-becomes-get",
    RESENT,
    "SHOULD",
    "After 302 HEAD becomes GET",
    new_method=_method(302, of=("HEAD",), becomes="GET"),
)
plant(
    "302-delete-becomes-get",
    RESENT,
    "SHOULD",
    "After 302 DELETE becomes GET",
    new_method=_method(302, of=("DELETE",), becomes="GET"),
)
plant(
    "302-options-becomes-get",
    RESENT,
    "SHOULD",
    "After 302 OPTIONS becomes GET",
    new_method=_method(302, of=("OPTIONS",), becomes="GET"),
)
plant(
    "303-post-kept",
    RESENT,
    "SHOULD",
    "After 303 POST stays POST",
    new_method=_method(303, of=("POST",), becomes="POST"),
)
plant("303-put-kept", RESENT, "SHOULD", "After 303 PUT stays PUT", new_method=_method(303, of=("PUT",), becomes="PUT"))
plant(
    "303-delete-kept",
    RESENT,
    "SHOULD",
    "After 303 DELETE stays DELETE",
    new_method=_method(303, of=("DELETE",), becomes="DELETE"),
)
plant(
    "303-becomes-post",
    RESENT,
    "SHOULD",
    "After 303 PUT becomes POST",
    new_method=_method(303, of=("PUT",), becomes="POST"),
)
plant(
    "302-get-becomes-head",
    RESENT,
    "SHOULD",
    "After 302 GET becomes HEAD",
    new_method=_method(302, of=("GET",), becomes="HEAD"),
)
plant(
    "301-get-becomes-post",
    RESENT,
    "SHOULD",
    "After 301 GET becomes POST",
    new_method=_method(301, of=("GET",), becomes="POST"),
)


@breaks("rfc9110-15.4.8-1", "MUST NOT")
class AllBecomesGet(Client):
    """After any redirection the method is GET."""

    def new_method(self, method: str, status: int) -> str:
        return "GET"


def _without_content(*statuses: int) -> object:
    """Content that does not go along, though the method is kept."""

    def after_redirection(self: Client, request: Request, response: Response) -> Request | None:
        following = Client.after_redirection(self, request, response)
        if following is not None and response.status in statuses:
            following.content = None
        return following

    return after_redirection


plant(
    "content-lost-after-307",
    RESENT,
    "SHOULD",
    "After 307 the content is dropped",
    after_redirection=_without_content(307),
)
plant(
    "content-lost-after-308",
    RESENT,
    "SHOULD",
    "After 308 the content is dropped",
    after_redirection=_without_content(308),
)
plant(
    "content-lost-after-301",
    RESENT,
    "SHOULD",
    "After 301 PUT goes without its content",
    after_redirection=_without_content(301),
)
plant(
    "content-lost-after-302",
    RESENT,
    "SHOULD",
    "After 302 PUT goes without its content",
    after_redirection=_without_content(302),
)


@breaks(RESENT, "SHOULD")
class ContentSentWithGet(Client):
    """Content goes along though the method became GET."""

    def content_after(self, request: Request, following: Request) -> Request:
        return following


@breaks(RESENT, "SHOULD")
class ContentTypeKept(Client):
    """Content-Type goes along though the content does not."""

    OF_CONTENT = ("content-length", "transfer-encoding")


@breaks(RESENT, "SHOULD")
class ContentLengthKept(Client):
    """Content-Length goes along though the content does not."""

    def own_after(self, request: Request, following: Request) -> Fields:
        is_dropped = following.method != request.method
        return [("Content-Length", str(len(request.content or b"")))] if is_dropped else []


@breaks("rfc9110-9.3.1-1", "SHOULD NOT")
class EmptyChunksSentWithGet(Client):
    """A POST that became GET announces chunks."""

    def own_after(self, request: Request, following: Request) -> Fields:
        is_dropped = following.method != request.method and request.content is not None
        return [("Transfer-Encoding", "chunked")] if is_dropped else []


# The target


@breaks("rfc9112-3.2-4", "MUST")
class HostOfTheFirst(Client):
    """Host stays that of the first request."""

    def host(self, request: Request) -> Fields:
        return [("Host", uri(request.task.url).host_and_port)]


@breaks("rfc9112-3.2-4", "MUST")
class HostWithoutPort(Client):
    """Host has no port."""

    def host(self, request: Request) -> Fields:
        return [("Host", request.uri.host)]


@breaks("rfc9110-10.2.2-1", "MUST")
class FragmentLost(Client):
    """The fragment is not inherited."""

    def with_fragment(self, base: Uri, target: Uri) -> Uri:
        return target


@breaks("rfc9110-10.2.2-1", "MUST")
class FragmentAlwaysInherited(Client):
    """The first fragment is kept, even if Location has one."""

    def with_fragment(self, base: Uri, target: Uri) -> Uri:
        return target if base.fragment is None else replace(target, fragment=base.fragment)


@breaks("rfc9110-10.2.2-1", "MUST")
class FragmentOfLocationDropped(Client):
    """The fragment of Location is dropped."""

    def new_target(self, request: Request, response: Response) -> Uri | None:
        target = super().new_target(request, response)
        return None if target is None else replace(target, fragment=request.uri.fragment)


@breaks("rfc9110-10.2.2-1", "MUST")
class FragmentLostInChain(Client):
    """The fragment is inherited once, but not over several redirections."""

    def with_fragment(self, base: Uri, target: Uri) -> Uri:
        if base == self.last or target.fragment is not None:
            return target
        self.last = super().with_fragment(base, target)
        return self.last

    last: Uri | None = None


@breaks("rfc9110-10.2.2-1", "MUST")
class FragmentLostAfter301(Client):
    """The fragment is inherited after temporary redirections only."""

    def new_target(self, request: Request, response: Response) -> Uri | None:
        target = super().new_target(request, response)
        if target is None or response.status not in (301, 308):
            return target
        return replace(target, fragment=uri(response.get("Location") or "").fragment)


@breaks("rfc9112-3.2.1-1", "MUST")
class FragmentSent(Client):
    """The fragment is sent in the target."""

    def origin_form(self, request: Request) -> str:
        fragment = request.uri.fragment
        return super().origin_form(request) + ("" if fragment is None else f"#{fragment}")


@breaks("rfc9112-3.2.1-1", "MUST")
class FragmentOfLocationSent(Client):
    """The fragment of Location is sent in the target."""

    def origin_form(self, request: Request) -> str:
        fragment = request.uri.fragment if request.visited else None
        return super().origin_form(request) + ("" if fragment is None else f"#{fragment}")


@breaks("rfc9112-3.2.1-1", "MUST")
class FragmentEscapedAndSent(Client):
    """The fragment is sent in the target, with its number sign escaped."""

    def origin_form(self, request: Request) -> str:
        fragment = request.uri.fragment
        return super().origin_form(request) + ("" if fragment is None else quote(f"#{fragment}"))


@breaks("rfc9110-2.4-1", "MUST")
class RelativeLocationRefused(Client):
    """Only an absolute Location counts, another one is a failure."""

    def resolve(self, base: Uri, reference: Uri) -> Uri:
        if reference.scheme is None:
            raise Failure("a relative Location", 302)
        return super().resolve(base, reference)


@breaks("rfc9110-10.2.2-s1", "STATED")
class LocationFromTheRoot(Client):
    """A relative Location is resolved against the root."""

    def merged(self, base: str, path: str) -> str:
        return f"/{path}"


@breaks("rfc9110-10.2.2-s1", "STATED")
class LocationAppended(Client):
    """A relative Location is appended to the path."""

    def merged(self, base: str, path: str) -> str:
        return f"{base}/{path}"


@breaks("rfc9110-10.2.2-s1", "STATED")
class DotsKept(Client):
    """Dot segments of Location are sent as they are."""

    def resolve(self, base: Uri, reference: Uri) -> Uri:
        if reference.scheme is None and ".." in reference.path:
            return replace(base, path=self.merged(base.path, reference.path), query=reference.query)
        return super().resolve(base, reference)


@breaks("rfc9110-10.2.2-s1", "STATED")
class QueryReplacesPath(Client):
    """A Location that is a query alone is resolved against the root."""

    def resolve(self, base: Uri, reference: Uri) -> Uri:
        resolved = super().resolve(base, reference)
        return resolved if reference.path or reference.query is None else replace(resolved, path="/")


@breaks("rfc9110-10.2.2-s1", "STATED")
class QueryOfLocationLost(Client):
    """The query of Location is dropped."""

    def resolve(self, base: Uri, reference: Uri) -> Uri:
        return replace(super().resolve(base, reference), query=None)


@breaks("rfc9110-10.2.2-s1", "STATED")
class QueryInherited(Client):
    """The query of the target is kept where Location has none."""

    def resolve(self, base: Uri, reference: Uri) -> Uri:
        resolved = super().resolve(base, reference)
        return replace(resolved, query=base.query) if resolved.query is None else resolved


@breaks("rfc9110-10.2.2-s1", "STATED")
class NetworkPathIsPath(Client):
    """A Location without scheme is taken for a path."""

    def resolve(self, base: Uri, reference: Uri) -> Uri:
        if reference.scheme is None and reference.authority is not None:
            return replace(base, path=f"//{reference.authority}{reference.path}")
        return super().resolve(base, reference)


@breaks("rfc9110-10.2.2-s1", "STATED")
class SchemeHasCase(Client):
    """A Location with its scheme in upper case is a failure."""

    def new_target(self, request: Request, response: Response) -> Uri | None:
        if (self.location(response) or "").startswith("HTTP:"):
            raise Failure("an unknown scheme", response.status)
        return super().new_target(request, response)


@breaks("rfc9110-4.2.1-2", "MUST")
class HostlessIsSameHost(Client):
    """An http URI without host is taken for one of the same host."""

    def resolve(self, base: Uri, reference: Uri) -> Uri:
        resolved = super().resolve(base, reference)
        return resolved if resolved.host or resolved.scheme != "http" else replace(resolved, authority=base.authority)


@breaks("rfc9110-4.2.2-2", "MUST")
class HostlessHttpsIsSameHost(Client):
    """An https URI without host is taken for a path of the same origin."""

    def resolve(self, base: Uri, reference: Uri) -> Uri:
        resolved = super().resolve(base, reference)
        return replace(base, path=resolved.path) if resolved.scheme == "https" and not resolved.host else resolved


@breaks("rfc9110-4.2.1-2", "MUST")
class HostFromPath(Client):
    """Of an http URI without host the first segment of the path is taken for one."""

    def resolve(self, base: Uri, reference: Uri) -> Uri:
        resolved = super().resolve(base, reference)
        if resolved.host:
            return resolved
        return replace(resolved, scheme=base.scheme, authority=base.authority, path=f"/{resolved.path.strip('/')}")


@breaks("rfc9110-4.2.4-2", "SHOULD")
class UserInformationTaken(Client):
    """User information in Location is dropped, and the rest followed."""

    def is_valid(self, target: Uri) -> bool:
        return target.scheme in ("http", "https") and bool(target.host)


@breaks("rfc9110-4.2.4-2", "SHOULD")
class UserInformationUsed(Client):
    """User information in Location is used as credentials."""

    def is_valid(self, target: Uri) -> bool:
        return target.scheme in ("http", "https") and bool(target.host)

    def own_after(self, request: Request, following: Request) -> Fields:
        user, at, _ = (following.uri.authority or "").rpartition("@")
        return [("Authorization", self.basic(*user.partition(":")[::2]))] if at else []


@breaks("rfc9112-3.2-4", "MUST")
class UserInformationInHost(Client):
    """User information is sent in Host."""

    def is_valid(self, target: Uri) -> bool:
        return target.scheme in ("http", "https") and bool(target.host)

    def host(self, request: Request) -> Fields:
        return [("Host", request.uri.authority or "")]


# Loops


@breaks("rfc9110-15.4-3", "SHOULD")
class LoopsForever(Client):
    """Redirections are followed without end."""

    MOST_REQUESTS = 100_000

    def is_loop(self, visited: tuple[tuple[str, str], ...], following: tuple[str, str]) -> bool:
        return False


@breaks("rfc9110-15.4-3", "SHOULD")
class LoopsBetweenTwo(Client):
    """Only a resource that redirects to itself is noticed."""

    MOST_REQUESTS = 100_000

    def is_loop(self, visited: tuple[tuple[str, str], ...], following: tuple[str, str]) -> bool:
        return visited[-1] == following


@breaks("rfc9110-15.4-3", "SHOULD")
class LoopsWithPut(Client):
    """Loops of unsafe methods are not noticed."""

    MOST_REQUESTS = 100_000

    def is_loop(self, visited: tuple[tuple[str, str], ...], following: tuple[str, str]) -> bool:
        return following[0] == "GET" and super().is_loop(visited, following)


# What goes along


def _kept(*names: str) -> object:
    """Fields that another origin is sent as well."""

    def secrets(self: Client) -> tuple[str, ...]:
        return tuple(name for name in Client.secrets(self) if name not in names)

    return secrets


plant(
    "authorization-to-another-origin",
    RESENT,
    "SHOULD",
    "The user's Authorization goes to another origin",
    secrets=_kept("authorization"),
)
plant(
    "cookie-to-another-origin",
    RESENT,
    "SHOULD",
    "The user's Cookie goes to another origin",
    secrets=_kept("cookie"),
)
plant(
    "proxy-authorization-to-another-origin",
    RESENT,
    "SHOULD",
    "The user's Proxy-Authorization goes to another origin",
    secrets=_kept("proxy-authorization"),
)


@breaks(RESENT, "SHOULD")
class SameHostIsSameOrigin(Client):
    """The user's secrets go to other ports of the same host."""

    def fields_after(self, request: Request, following: Request) -> Fields:
        fields = super().fields_after(request, following)
        is_same = following.uri.host == request.uri.host
        return [
            *fields,
            *(one for one in request.fields if is_same and one not in fields and one[0].lower() in self.secrets()),
        ]


@breaks(RESENT, "SHOULD")
class SecretsFromSecuredToPlain(Client):
    """The user's secrets go from https to http."""

    def fields_after(self, request: Request, following: Request) -> Fields:
        fields = super().fields_after(request, following)
        if (request.uri.scheme, following.uri.scheme) == ("https", "http"):
            return request.fields
        return fields


@breaks("rfc9110-10.1.3-1", "MUST NOT")
class RefererAfterRedirectionWithFragment(Client):
    """After a redirection Referer has the fragment."""

    def own_after(self, request: Request, following: Request) -> Fields:
        return [("Referer", str(request.uri))]


@breaks("rfc9110-10.1.3-5", "MUST NOT")
class RefererAfterSecured(Client):
    """An unsecured request tells the secured URI that it came from."""

    def own_after(self, request: Request, following: Request) -> Fields:
        return [("Referer", str(request.uri.without_fragment()))]


@breaks("rfc9110-10.1.3-1", "MUST NOT")
class RefererAfterRedirectionWithUser(Client):
    """After a redirection Referer has user information."""

    def own_after(self, request: Request, following: Request) -> Fields:
        return [("Referer", f"{request.uri.scheme}://alice:secret@{request.uri.host_and_port}{request.uri.target}")]


@breaks("rfc9110-15.4.3-s1", "STATED")
class TemporaryRemembered(Client):
    """Redirections are remembered, even temporary ones."""

    def after_redirection(self, request: Request, response: Response) -> Request | None:
        following = super().after_redirection(request, response)
        if following is not None and request.method == "GET":
            self.remembered[str(request.uri)] = following
        return following

    @property
    def remembered(self) -> dict[str, Request]:
        return self.__dict__.setdefault("_remembered", {})  # type: ignore[no-any-return]

    def fetch(self, request: Request) -> tuple[Request, Response]:
        known = self.remembered.get(str(request.uri)) if request.method == "GET" else None
        return super().fetch(request if known is None else known)


@breaks("rfc9110-15.4-2", "SHOULD")
class RepeatedAtTheSame(Client):
    """A redirection repeats the request at the same target."""

    MOST_REQUESTS = 5

    def new_target(self, request: Request, response: Response) -> Uri | None:
        return None if super().new_target(request, response) is None else request.uri

    def is_loop(self, visited: tuple[tuple[str, str], ...], following: tuple[str, str]) -> bool:
        return len(visited) > 3


@breaks(RESENT, "SHOULD")
class ConditionGoesAlong(Client):
    """The condition that came from what is stored goes along to another target."""

    def own_after(self, request: Request, following: Request) -> Fields:
        stored = self.stored.get(self.key(request))
        return [] if stored is None else self.validation_fields(stored)


@breaks("rfc9110-15.4-2", "SHOULD")
class LocationWithout3xx(Client):
    """A 302 without Location is repeated."""

    MOST_REQUESTS = 6

    def new_target(self, request: Request, response: Response) -> Uri | None:
        return request.uri if self.location(response) is None else super().new_target(request, response)

    def is_loop(self, visited: tuple[tuple[str, str], ...], following: tuple[str, str]) -> bool:
        return len(visited) >= 5


@breaks("rfc9110-15.4.8-1", "MUST NOT")
class PostElsewhereBecomesGet(Client):
    """A POST that is redirected to another origin becomes GET."""

    def after_redirection(self, request: Request, response: Response) -> Request | None:
        following = super().after_redirection(request, response)
        if following is not None and following.method == "POST" and following.uri.origin != request.uri.origin:
            return replace(following, method="GET", content=None)
        return following


@breaks("rfc9110-15.4.8-1", "MUST NOT")
class SecondRedirectionBecomesGet(Client):
    """The second redirection makes a POST a GET."""

    def after_redirection(self, request: Request, response: Response) -> Request | None:
        following = super().after_redirection(request, response)
        if following is not None and following.method == "POST" and len(following.visited) > 1:
            return replace(following, method="GET", content=None)
        return following


@breaks(RESENT, "SHOULD")
class UnsizedContentLost(Client):
    """Content of unknown length does not go along."""

    def after_redirection(self, request: Request, response: Response) -> Request | None:
        following = super().after_redirection(request, response)
        return (
            replace(following, content=None, chunked=False)
            if following is not None and following.chunked
            else following
        )


@breaks("rfc9110-2.3-2", "MUST")
class LongLocationFails(Client):
    """A Location of more than 4000 octets is a failure, though targets longer than that are sent."""

    def new_target(self, request: Request, response: Response) -> Uri | None:
        if len(self.location(response) or "") > 4000:
            raise Failure("too long a Location", response.status)
        return super().new_target(request, response)
