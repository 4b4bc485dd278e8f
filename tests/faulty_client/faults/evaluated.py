"""The user's conditions evaluated wrongly by a client that has the response stored: RFC 9110 section 13."""

from __future__ import annotations

import time

from ..evaluating import Evaluating
from ..message import Request, Response
from .registry import breaks


@breaks("rfc9110-13.1.2-1", "MUST")
class TagsComparedStrongly(Evaluating):
    """Tags in If-None-Match are compared strongly."""

    def matches(self, tags: str, tag: str) -> bool:
        return tag in [one.strip() for one in tags.split(",")]


@breaks("rfc9110-13.1.3-1", "MUST")
class DateBesideTags(Evaluating):
    """If-Modified-Since counts even beside an If-None-Match that holds."""

    def is_not_modified(self, request: Request, stored: Response) -> bool:
        return super().is_not_modified(request, stored) or self.is_older(request.get("If-Modified-Since"), stored)


@breaks("rfc9110-13.1.3-3", "MUST")
class UndatedIsOld(Evaluating):
    """What has no modification date is taken to be older than any other."""

    def is_older(self, since: str | None, stored: Response) -> bool:
        if since is not None and stored.get("Last-Modified") is None:
            return True
        return super().is_older(since, stored)


@breaks("rfc9110-13.1.3-4", "MUST")
class DatesAheadAreInvalid(Evaluating):
    """If-Modified-Since ahead of the client's own clock is ignored."""

    def is_older(self, since: str | None, stored: Response) -> bool:
        return (self.date(since or "") or 0) < time.time() and super().is_older(since, stored)


@breaks("rfc9110-13.1.4-1", "MUST")
class UnmodifiedSinceEvaluated(Evaluating):
    """If-Unmodified-Since is evaluated, even beside If-Match."""

    def permits(self, request: Request, stored: Response) -> bool:
        since = request.get("If-Unmodified-Since")
        limit, modified = self.date(since or ""), self.date(stored.get("Last-Modified") or "")
        return limit is None or modified is None or modified <= limit


@breaks("rfc9110-13.1.4-3", "MUST")
class UndatedIsModified(Evaluating):
    """If-Unmodified-Since fails where there is no modification date."""

    def permits(self, request: Request, stored: Response) -> bool:
        return request.get("If-Unmodified-Since") is None or stored.get("Last-Modified") is not None


@breaks("rfc9110-13.1.4-4", "MUST")
class UnmodifiedSinceByOwnClock(Evaluating):
    """If-Unmodified-Since fails where the modification is ahead of the client's own clock."""

    def permits(self, request: Request, stored: Response) -> bool:
        modified = self.date(stored.get("Last-Modified") or "")
        return request.get("If-Unmodified-Since") is None or modified is None or modified < time.time()


@breaks("rfc9110-13.1.5-7", "MUST")
class IfRangeIgnored(Evaluating):
    """If-Range is ignored, and a part given though it is false."""

    def range_counts(self, request: Request, stored: Response) -> bool:
        return True


@breaks("rfc9110-13.1.5-8", "SHOULD")
class IfRangeMeansWhole(Evaluating):
    """With If-Range the whole is given."""

    def range_counts(self, request: Request, stored: Response) -> bool:
        return request.get("If-Range") is None


@breaks("rfc9110-15.3.7.3-2", "MUST")
class FieldsOfStartKept(Evaluating):
    """A combination keeps the fields of its start."""

    def completed_by(self, request: Request, response: Response) -> Response:
        combined = super().completed_by(request, response)
        if request.partial is not None and response.status == 206:
            combined.fields = request.partial.fields
            self.keep(request, combined)
        return combined


@breaks("rfc9110-5.6.7-1", "MUST")
class ExpiresInOneForm(Evaluating):
    """Expires is understood in the form of IMF-fixdate only."""

    DATES = Evaluating.DATES[:1]


@breaks("rfc9110-5.6.7-4", "MUST")
class ExpiresInThisCentury(Evaluating):
    """A year of two digits in Expires is one of this century."""

    def full_year(self, digits: int) -> int:
        return 2000 + digits
