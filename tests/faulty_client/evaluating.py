"""A client that answers from what it has stored while that is fresh, and evaluates the user's conditions by itself: RFC 9111
section 4.3.2. What its faults have in common, and a choice of its own.
"""

from __future__ import annotations

import re
import time
from dataclasses import replace

from .client import Client
from .message import Request, Response


class Evaluating(Client):
    """Fresh responses are used without asking, and conditions on them evaluated."""

    USEFUL = ("ETag", "Last-Modified", "Expires")

    def __init__(self, trust: str | None = None) -> None:
        super().__init__(trust)
        self.since: dict[str, float] = {}

    def store(self, request: Request, response: Response) -> None:
        super().store(request, response)
        self.since[self.key(request)] = time.monotonic()

    def answer_to(self, request: Request) -> Response:
        stored = self.stored.get(self.key(request))
        if stored is not None and not self.is_fresh(request, stored) and not self.can_be_validated(stored):
            del self.stored[self.key(request)]
            stored = None
        if request.method != "GET" or stored is None or not self.is_fresh(request, stored):
            return super().answer_to(request)
        return self.evaluated(request, stored)

    def can_be_validated(self, stored: Response) -> bool:
        """Whether it has a validator."""
        return stored.get("ETag") is not None or stored.get("Last-Modified") is not None

    def is_fresh(self, request: Request, stored: Response) -> bool:
        """Whether its max-age, or the time until it expires, is not over."""
        found = re.search(r"max-age=(\d+)", stored.get("Cache-Control") or "")
        if found is None:
            expires = self.date(stored.get("Expires") or "")
            return expires is not None and time.time() < expires
        return time.monotonic() - self.since[self.key(request)] < int(found[1])

    def evaluated(self, request: Request, stored: Response) -> Response:
        """What the origin server would say, if what is stored is still what it has: RFC 9110 section 13.2.2."""
        if not self.permits(request, stored):
            return replace(stored, status=412, content=b"")
        if self.is_not_modified(request, stored):
            return replace(stored, status=304, content=b"")
        found = re.fullmatch(r"bytes=(\d+)-(\d+)", request.get("Range") or "")
        if found is None or not self.range_counts(request, stored):
            return stored
        first, last = int(found[1]), min(int(found[2]), len(stored.content) - 1)
        part = ("Content-Range", f"bytes {first}-{last}/{len(stored.content)}")
        return replace(stored, status=206, content=stored.content[first : last + 1], fields=[*stored.fields, part])

    def permits(self, request: Request, stored: Response) -> bool:
        """If-Match and If-Unmodified-Since are for the origin server."""
        return True

    def is_not_modified(self, request: Request, stored: Response) -> bool:
        """If-None-Match counts, and If-Modified-Since only without it: RFC 9110 sections 13.1.2 and 13.1.3."""
        if (tags := request.get("If-None-Match")) is not None:
            return self.matches(tags, stored.get("ETag") or "")
        return self.is_older(request.get("If-Modified-Since"), stored)

    def matches(self, tags: str, tag: str) -> bool:
        """Weak comparison: RFC 9110 section 13.1.2."""
        return tag.removeprefix("W/") in [one.strip().removeprefix("W/") for one in tags.split(",")]

    def is_older(self, since: str | None, stored: Response) -> bool:
        """Whether what is stored is not younger than that date."""
        limit = self.date(since or "")
        modified = self.date(stored.get("Last-Modified") or stored.get("Date") or "")
        return limit is not None and modified is not None and modified <= limit

    def range_counts(self, request: Request, stored: Response) -> bool:
        """Whether If-Range, if it is there, is true: RFC 9110 section 13.1.5."""
        return request.get("If-Range") in (None, stored.strong_tag)
