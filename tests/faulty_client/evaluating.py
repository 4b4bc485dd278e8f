"""A client that answers from what it has stored while that is fresh, and evaluates the user's conditions by itself: RFC 9111
section 4.3.2. What its faults have in common, and a choice of its own.
"""

from __future__ import annotations

import re
from dataclasses import replace

from .keeping import Keeping
from .message import Request, Response


class Evaluating(Keeping):
    """Conditions on what is fresh are evaluated."""

    def answer_to(self, request: Request) -> Response:
        kept = self.kept.get(self.key(request))
        is_usable = kept is not None and self.serves(request) and self.is_chosen(request, kept)
        if kept is None or not is_usable or not self.takes_stored(request) or not self.is_fresh(kept):
            return super().answer_to(request)
        return self.evaluated(request, kept.response)

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
