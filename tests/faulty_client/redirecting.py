"""Redirections: RFC 9110 section 15.4."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

from .asking import SECRETS
from .message import Fields, Request, Response, Uri, uri, without_dots


class Redirecting:
    """Says what is asked for after a redirection."""

    FOLLOWED: tuple[int, ...] = (301, 302, 303, 307, 308)
    MOST_REDIRECTIONS = 20
    OF_CONTENT: tuple[str, ...] = ("content-", "transfer-encoding", "digest", "last-modified")
    """How the names of fields begin that speak of content."""

    def after_redirection(self, request: Request, response: Response) -> Request | None:
        """The next request; None where there is none, and the response is what the user gets."""
        if response.status not in self.FOLLOWED:
            return None
        target = self.new_target(request, response)
        if target is None:
            return None
        method = self.new_method(request.method, response.status)
        visited = (*request.visited, (request.method, str(request.uri.without_fragment())))
        if self.is_loop(visited, (method, str(target.without_fragment()))):
            return None
        following = replace(
            request, method=method, uri=target, visited=visited, tried=self.tried(request), partial=None
        )
        following.fields = self.fields_after(request, following)
        following.own = self.own_after(request, following)
        return self.content_after(request, following)

    def tried(self, request: Request) -> frozenset[str]:
        """What is not done again at another target."""
        return request.tried & {"expectation", "length"}

    def is_loop(self, visited: tuple[tuple[str, str], ...], following: tuple[str, str]) -> bool:
        """Whether redirections go on without end."""
        return following in visited or len(visited) >= self.MOST_REDIRECTIONS

    def location(self, response: Response) -> str | None:
        """Location, if it came once."""
        lines = [value for name, value in response.fields if name.lower() == "location"]
        return lines[0] if len(lines) == 1 else None

    def new_target(self, request: Request, response: Response) -> Uri | None:
        """Location, resolved; None where it is absent or invalid."""
        location = self.location(response)
        if location is None:
            return None
        target = self.resolve(request.uri, uri(self.escaped(location)))
        if not self.is_valid(target):
            return None
        return self.with_fragment(request.uri, target)

    def escaped(self, location: str) -> str:
        """Location without octets that no URI has: RFC 3986 section 2.1."""
        return quote(location, safe="%/:?#[]@!$&'()*+,;=~-._", encoding="latin-1")

    def is_valid(self, target: Uri) -> bool:
        """An http URI has a host: RFC 9110 section 4.2; user information from a server is an error: section 4.2.4."""
        return target.scheme in ("http", "https") and bool(target.host) and "@" not in (target.authority or "")

    def resolve(self, base: Uri, reference: Uri) -> Uri:
        """RFC 3986 section 5.2.2."""
        if reference.scheme is not None:
            return replace(reference, path=without_dots(reference.path))
        if reference.authority is not None:
            return replace(reference, scheme=base.scheme, path=without_dots(reference.path))
        path, query = reference.path, reference.query
        if not path:
            path, query = base.path, base.query if query is None else query
        elif path.startswith("/"):
            path = without_dots(path)
        else:
            path = without_dots(self.merged(base.path, path))
        return Uri(base.scheme, base.authority, path, query, reference.fragment)

    def merged(self, base: str, path: str) -> str:
        """A relative path beside another one: RFC 3986 section 5.2.3."""
        return f"{base.rpartition('/')[0]}/{path}"

    def with_fragment(self, base: Uri, target: Uri) -> Uri:
        """A fragment is inherited where Location has none: RFC 9110 section 10.2.2."""
        return replace(target, fragment=base.fragment) if target.fragment is None else target

    def new_method(self, method: str, status: int) -> str:
        """POST may become GET after 301 and 302, all but HEAD do after 303."""
        if status == 303:
            return "HEAD" if method == "HEAD" else "GET"
        return "GET" if method == "POST" and status in (301, 302) else method

    def content_after(self, request: Request, following: Request) -> Request:
        """Content goes along as long as the method does."""
        if following.method == request.method:
            return following
        return replace(following, content=None, chunked=False, expects=False)

    def fields_after(self, request: Request, following: Request) -> Fields:
        """The user's fields, less those that another origin must not see or that speak of content that is gone."""
        fields = request.fields
        if following.uri.origin != request.uri.origin:
            fields = [(name, value) for name, value in fields if name.lower() not in self.secrets()]
        if following.method != request.method:
            fields = [(name, value) for name, value in fields if not name.lower().startswith(self.OF_CONTENT)]
        return fields

    def secrets(self) -> tuple[str, ...]:
        """Fields that stay with their origin."""
        return SECRETS

    def own_after(self, request: Request, following: Request) -> Fields:
        """The client's own fields are made anew."""
        return []
