"""A client with a private cache: what is stored is used while it is fresh, validated then, and thrown away where a request
may have changed it: RFC 9111. What its faults have in common, and a choice of its own.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from .client import Client
from .message import Request, Response, combined, members, uri
from .storing import CONDITIONS

SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")


@dataclass(frozen=True)
class Kept:
    """A response, when it came, and the request's fields that it was chosen by."""

    response: Response
    at: float
    chosen_by: Mapping[str, str | None]


class Keeping(Client):
    """Fresh responses are used without asking."""

    GUESSED: tuple[int, ...] = (200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501)
    """Codes whose freshness may be guessed: RFC 9110 section 15.1."""
    GRACE = 0.0
    """Seconds for which what is stale is used as well."""

    def __init__(self, trust: str | None = None) -> None:
        super().__init__(trust)
        self.kept: dict[str, Kept] = {}

    # Using: RFC 9111 section 4

    def answer_to(self, request: Request) -> Response:
        kept = self.usable(request)
        if kept is not None and self.takes_stored(request) and self.is_fresh(kept):
            return kept.response
        return super().answer_to(request)

    def takes_stored(self, request: Request) -> bool:
        """Whether the user leaves it to the client."""
        return request.get("Cache-Control") is None

    def usable(self, request: Request) -> Kept | None:
        """What is stored for a request, fresh or not, unless the user has conditions."""
        kept = self.kept.get(self.key(request))
        if kept is None or not self.serves(request) or not self.is_chosen(request, kept):
            return None
        return None if any(request.get(name) is not None for name in CONDITIONS) else kept

    def serves(self, request: Request) -> bool:
        """Whether what is stored may be the answer to a method."""
        return request.method == "GET"

    def is_chosen(self, request: Request, kept: Kept) -> bool:
        """Whether the fields that Vary names are the same: RFC 9111 section 4.1."""
        return all(name != "*" and request.get(name) == value for name, value in kept.chosen_by.items())

    # Freshness: RFC 9111 section 4.2

    def is_fresh(self, kept: Kept) -> bool:
        """Whether it may be used without asking."""
        has_to_ask = "no-cache" in self.directives(kept.response)
        return not has_to_ask and self.lifetime(kept.response) + self.GRACE > self.age(kept)

    def directives(self, response: Response) -> dict[str, str]:
        """The directives of Cache-Control, their names in lower case."""
        return self.named(members(response.get("Cache-Control")))

    def named(self, directives: list[str]) -> dict[str, str]:
        """Directives by their name; the first counts."""
        found: dict[str, str] = {}
        for member in directives:
            name, _, value = member.partition("=")
            found.setdefault(name.strip().lower(), value.strip().strip('"'))
        return found

    def lifetime(self, response: Response) -> float:
        """Seconds from the making of a response for which it is fresh."""
        seconds = self.directives(response).get("max-age")
        if seconds is not None:
            return float(seconds) if seconds.isdigit() else 0.0
        if (expires := response.get("Expires")) is not None:
            return (self.date(expires) or 0.0) - self.made(response)
        return self.guessed(response)

    def made(self, response: Response) -> float:
        """When it was made."""
        return self.date(response.get("Date") or "") or time.time()

    def guessed(self, response: Response) -> float:
        """A tenth of the time that it has been as it is: RFC 9111 section 4.2.2."""
        modified = self.date(response.get("Last-Modified") or "")
        return 0.0 if modified is None or response.status not in self.GUESSED else (self.made(response) - modified) / 10

    def age(self, kept: Kept) -> float:
        """Seconds since it was made: RFC 9111 section 4.2.3."""
        apparent = max(0.0, kept.at - self.made(kept.response))
        return max(apparent, self.told_age(kept.response)) + time.time() - kept.at

    def told_age(self, response: Response) -> float:
        """What Age says."""
        seconds = (members(response.get("Age")) or ["0"])[0]
        return float(seconds) if seconds.isdigit() else 0.0

    # Validating: RFC 9111 section 4.3

    def known(self, request: Request) -> Response | None:
        kept = self.usable(request)
        if kept is None or not any(kept.response.get(name) is not None for name in self.USEFUL):
            return None
        return kept.response

    # Storing: RFC 9111 sections 3 and 4.4

    def store(self, request: Request, response: Response) -> None:
        if request.method not in SAFE and 200 <= response.status < 400:
            for changed in self.changed(request, response):
                self.kept.pop(changed, None)
        if request.method == "HEAD" and response.status == 200:
            self.compare(request, response)
        if self.may_keep(request, response):
            self.keep(request, response)

    def compare(self, request: Request, response: Response) -> None:
        """Throw away what is stored where HEAD tells of another representation: RFC 9111 section 4.3.5."""
        kept = self.kept.get(self.key(request))
        names = ("ETag", "Last-Modified", "Content-Length")
        told = {name: value for name in names if (value := response.get(name)) is not None}
        if kept is not None and any(kept.response.get(name) != value for name, value in told.items()):
            del self.kept[self.key(request)]

    def keep(self, request: Request, response: Response) -> None:
        """Put it in the place of what was stored."""
        self.kept[self.key(request)] = Kept(response, time.time(), self.choosing(request, response))

    def choosing(self, request: Request, response: Response) -> dict[str, str | None]:
        """The fields that Vary names, as the request has them."""
        return {name: request.get(name) for name in response.tokens("Vary")}

    def changed(self, request: Request, response: Response) -> list[str]:
        """The URIs that an unsafe request may have changed, all of its own origin."""
        named = [uri(combined(response.fields, name) or "") for name in ("Location", "Content-Location")]
        return [self.key(request), *(str(one) for one in named if one.origin == request.uri.origin)]

    def may_keep(self, request: Request, response: Response) -> bool:
        """Whether a response may be stored at all."""
        return (
            self.is_kept_method(request, response)
            and self.is_kept_code(response)
            and not self.has_no_store(response)
            and "no-store" not in (request.get("Cache-Control") or "")
        )

    def is_kept_method(self, request: Request, response: Response) -> bool:
        """Whether the answer to such a request is stored: the whole, to GET."""
        return request.method == "GET" and request.get("Range") is None

    def is_kept_code(self, response: Response) -> bool:
        """Whether the code, or a field, lets it be stored."""
        is_whole = response.status not in (206, 304)
        says = "max-age" in self.directives(response) or response.get("Expires") is not None
        return is_whole and (says or response.status in self.GUESSED)

    def has_no_store(self, response: Response) -> bool:
        """Whether it must not be stored."""
        return "no-store" in self.directives(response)
