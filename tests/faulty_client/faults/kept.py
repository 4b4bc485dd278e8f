"""What a private cache keeps, uses, validates and throws away wrongly: RFC 9111."""

from __future__ import annotations

import re
import time
from dataclasses import replace

from ..keeping import Keeping, Kept
from ..message import Dropped, Fields, Incomplete, Request, Response, members
from .registry import breaks

STALE = "rfc9111-4.2.4-2"
OTHER = "rfc9111-4-1"
VARY = "rfc9111-4.1-1"
NO_STORE = "rfc9111-5.2.2.5-1"
INCOMPLETE = "rfc9111-3.3-5"
THROUGH = "rfc9111-4-3"
INVALIDATES = "rfc9111-4.4-1"
TAGS = "rfc9111-4.3.1-1"

# Freshness


@breaks(STALE, "MUST NOT")
class MaxAgeIgnored(Keeping):
    """What is stored is used for a minute, whatever its max-age says."""

    def lifetime(self, response: Response) -> float:
        return 60.0


@breaks(STALE, "MUST NOT")
class DirectivesHaveCase(Keeping):
    """Directives are known in lower case only."""

    def named(self, directives: list[str]) -> dict[str, str]:
        return {name: value for name, _, value in (member.partition("=") for member in directives)}


@breaks(STALE, "MUST NOT")
class AgeIgnored(Keeping):
    """What is stored is taken to be new when it comes."""

    def told_age(self, response: Response) -> float:
        return 0.0


@breaks("rfc9111-1.2.2-1", "MUST")
class AgeOverflows(Keeping):
    """Age is read into 64 bits."""

    def told_age(self, response: Response) -> float:
        return float(int(super().told_age(response)) & 0xFFFFFFFFFFFFFFFF)


@breaks(STALE, "MUST NOT")
class DateIgnored(Keeping):
    """The Date of a response is not looked at."""

    def made(self, response: Response) -> float:
        return time.time()


@breaks("rfc9111-5.3-1", "MUST")
class InvalidExpiresIsNone(Keeping):
    """An Expires that can't be read is ignored."""

    def lifetime(self, response: Response) -> float:
        expires = response.get("Expires")
        if expires is not None and self.date(expires) is None:
            return self.guessed(response)
        return super().lifetime(response)


@breaks("rfc9111-4.2.2-2", "MUST NOT")
class GuessesBesideExpires(Keeping):
    """Where Expires is over freshness is guessed."""

    def lifetime(self, response: Response) -> float:
        return max(super().lifetime(response), self.guessed(response))


@breaks("rfc9111-5.3-2", "MUST")
class ExpiresBeforeMaxAge(Keeping):
    """Expires counts before max-age."""

    def lifetime(self, response: Response) -> float:
        expires = self.date(response.get("Expires") or "")
        return super().lifetime(response) if expires is None else expires - self.made(response)


@breaks(STALE, "MUST NOT")
class LivesAsIfShared(Keeping):
    """s-maxage counts in place of max-age."""

    def lifetime(self, response: Response) -> float:
        seconds = self.directives(response).get("s-maxage")
        return super().lifetime(response) if seconds is None else float(seconds)


@breaks(STALE, "MUST NOT")
class DirectivesWithinQuotes(Keeping):
    """Directives are separated at every comma."""

    def directives(self, response: Response) -> dict[str, str]:
        return self.named((response.get("Cache-Control") or "").split(","))


@breaks("rfc9111-5.2.2.2-1", "MUST NOT")
class MustRevalidateIgnored(Keeping):
    """What is stale is used for another minute, unless it can be validated and is stale at once."""

    def is_fresh(self, kept: Kept) -> bool:
        return super().is_fresh(kept) or "must-revalidate" in self.directives(kept.response)


@breaks("rfc9111-5.2.2.2-1", "MUST NOT")
class StaleAfterError(Keeping):
    """Where a validation comes to 500 what is stored is used, whatever it says."""

    def answer_to(self, request: Request) -> Response:
        stored = self.known(request)
        response = super().answer_to(request)
        return stored if stored is not None and response.status == 500 else response


@breaks("rfc9111-5.2.2.2-3", "MUST")
class StaleAfterDrop(Keeping):
    """Where a validation gets no answer what is stored is used, whatever it says."""

    def answer_to(self, request: Request) -> Response:
        stored = self.known(request)
        try:
            return super().answer_to(request)
        except Dropped:
            if stored is None:
                raise
            return stored


@breaks("rfc9111-5.1-1", "SHOULD")
class LastAgeCounts(Keeping):
    """Of an Age with several members the last counts."""

    def told_age(self, response: Response) -> float:
        return float((members(response.get("Age")) or ["0"])[-1])


@breaks("rfc9111-4.2-4", "SHOULD")
class ZonesIgnored(Keeping):
    """A date in any zone is read as one in GMT."""

    def date(self, text: str) -> float | None:
        return super().date(re.sub("[A-Z]{3}$", "GMT", text))


# What is kept


@breaks(NO_STORE, "MUST NOT")
class NoStoreKept(Keeping):
    """no-store is ignored."""

    def has_no_store(self, response: Response) -> bool:
        return False


@breaks(NO_STORE, "MUST NOT")
class NoStoreOfErrorsKept(Keeping):
    """no-store in 404 is ignored."""

    def has_no_store(self, response: Response) -> bool:
        return response.status != 404 and super().has_no_store(response)


@breaks(NO_STORE, "MUST NOT")
class FirstCacheControlOnly(Keeping):
    """Of several Cache-Control fields the first counts."""

    def directives(self, response: Response) -> dict[str, str]:
        lines = [value for name, value in response.fields if name.lower() == "cache-control"]
        return self.named([member.strip() for member in (lines or [""])[0].split(",")])


@breaks("rfc9111-5.2.2.4-1", "MUST NOT")
class NoCacheIgnored(Keeping):
    """no-cache is ignored."""

    def is_fresh(self, kept: Kept) -> bool:
        return self.lifetime(kept.response) > self.age(kept)


@breaks("rfc9111-5.2.2.4-1", "MUST NOT")
class NoCacheAfterError(Keeping):
    """Where a validation that no-cache asks for comes to 500 what is stored is used."""

    def answer_to(self, request: Request) -> Response:
        stored = self.known(request)
        response = super().answer_to(request)
        is_used = stored is not None and response.status == 500 and "no-cache" in self.directives(stored)
        return stored if stored is not None and is_used else response


@breaks("rfc9111-3-1", "MUST NOT")
class AnyErrorKept(Keeping):
    """The freshness of 403 is guessed."""

    GUESSED = (*Keeping.GUESSED, 403)


@breaks("rfc9111-3-1", "MUST NOT")
class TemporaryKept(Keeping):
    """The freshness of 302 is guessed."""

    GUESSED = (*Keeping.GUESSED, 302)


@breaks(INCOMPLETE, "MUST NOT")
class CutKept(Keeping):
    """What is cut is stored as if it were whole."""

    def after_cut(self, request: Request, cut: Response) -> Request | None:
        self.store(request, cut)
        return None


@breaks(INCOMPLETE, "MUST NOT")
class CutChunksKept(Keeping):
    """Chunks without an end are stored as if they were whole."""

    def answer_to(self, request: Request) -> Response:
        try:
            return super().answer_to(request)
        except Incomplete as cut:
            if cut.response.get("Transfer-Encoding") is not None:
                self.store(request, cut.response)
            raise


@breaks(INCOMPLETE, "MUST NOT")
class PartKept(Keeping):
    """A part is stored as if it were the whole."""

    def is_kept_method(self, request: Request, response: Response) -> bool:
        return request.method == "GET"

    def is_kept_code(self, response: Response) -> bool:
        return response.status == 206 or super().is_kept_code(response)


# For which request


@breaks(OTHER, "MUST NOT")
class QueryIsNoKey(Keeping):
    """What is stored is found without the query."""

    def key(self, request: Request) -> str:
        return super().key(request).partition("?")[0]


@breaks(OTHER, "MUST NOT")
class KeyWithoutCase(Keeping):
    """What is stored is found in any case."""

    def key(self, request: Request) -> str:
        return super().key(request).lower()


@breaks(OTHER, "MUST NOT")
class KeyWithoutOrigin(Keeping):
    """What is stored is found by host and path."""

    def key(self, request: Request) -> str:
        return f"{request.uri.host}{request.uri.target}"


@breaks(VARY, "MUST NOT")
class VaryIgnored(Keeping):
    """Vary is ignored, but for an asterisk."""

    def is_chosen(self, request: Request, kept: Kept) -> bool:
        return "*" not in kept.chosen_by


@breaks(VARY, "MUST NOT")
class FirstVaryOnly(Keeping):
    """Of the names in Vary the first counts."""

    def choosing(self, request: Request, response: Response) -> dict[str, str | None]:
        return dict(list(super().choosing(request, response).items())[:1])


@breaks(VARY, "MUST NOT")
class AbsentMatches(Keeping):
    """What was chosen for a request without a field is used for one with it."""

    def is_chosen(self, request: Request, kept: Kept) -> bool:
        return all(value is None or request.get(name) == value for name, value in kept.chosen_by.items())


@breaks(VARY, "MUST NOT")
class AsteriskMatches(Keeping):
    """Vary: * is ignored."""

    def is_chosen(self, request: Request, kept: Kept) -> bool:
        return all(name == "*" or request.get(name) == value for name, value in kept.chosen_by.items())


@breaks(OTHER, "MUST NOT")
class HeadKept(Keeping):
    """The answer to HEAD is stored, and used for GET."""

    def is_kept_method(self, request: Request, response: Response) -> bool:
        return request.method == "HEAD" or super().is_kept_method(request, response)


@breaks(OTHER, "MUST NOT")
class PutKept(Keeping):
    """The answer to PUT is stored, and used for GET."""

    def is_kept_method(self, request: Request, response: Response) -> bool:
        return request.method == "PUT" or super().is_kept_method(request, response)


@breaks(OTHER, "MUST NOT")
class PostKept(Keeping):
    """The answer to POST is stored, and used for GET."""

    def is_kept_method(self, request: Request, response: Response) -> bool:
        return request.method == "POST" or super().is_kept_method(request, response)


# Requests that change something


@breaks(THROUGH, "MUST")
class PostAnswered(Keeping):
    """A POST is answered as the one before was."""

    def is_kept_method(self, request: Request, response: Response) -> bool:
        return request.method == "POST" or super().is_kept_method(request, response)

    def key(self, request: Request) -> str:
        return f"{'POST ' if request.method == 'POST' else ''}{super().key(request)}"

    def serves(self, request: Request) -> bool:
        return request.method in ("GET", "POST")


@breaks(THROUGH, "MUST")
class PostAnsweredAsGet(Keeping):
    """POST is answered by what is stored of GET."""

    def serves(self, request: Request) -> bool:
        return request.method in ("GET", "POST")


@breaks(THROUGH, "MUST")
class DeleteAnsweredAsGet(Keeping):
    """DELETE is answered by what is stored of GET."""

    def serves(self, request: Request) -> bool:
        return request.method in ("GET", "DELETE")


class _Stays(Keeping):
    """Some unsafe requests throw nothing away."""

    STAYS: tuple[str, ...] = ()
    STAYS_AFTER: tuple[int, ...] = ()

    def changed(self, request: Request, response: Response) -> list[str]:
        is_kept = request.method in self.STAYS or response.status in self.STAYS_AFTER
        return [] if is_kept else super().changed(request, response)


@breaks(INVALIDATES, "MUST")
class PostThrowsNothingAway(_Stays):
    """After POST what is stored is used as before."""

    STAYS = ("POST",)


@breaks(INVALIDATES, "MUST")
class PutThrowsNothingAway(_Stays):
    """After PUT what is stored is used as before."""

    STAYS = ("PUT",)


@breaks(INVALIDATES, "MUST")
class DeleteThrowsNothingAway(_Stays):
    """After DELETE what is stored is used as before."""

    STAYS = ("DELETE",)


@breaks(INVALIDATES, "MUST")
class UnknownThrowsNothingAway(_Stays):
    """After an unknown method what is stored is used as before."""

    STAYS = ("BREW",)


@breaks(INVALIDATES, "MUST")
class SeeOtherThrowsNothingAway(_Stays):
    """After 303 what is stored is used as before."""

    STAYS_AFTER = (303,)


@breaks("rfc9111-4.4-3", "MUST NOT")
class ThrowsAwayElsewhere(Keeping):
    """What Location names is thrown away, wherever it is."""

    def changed(self, request: Request, response: Response) -> list[str]:
        return [*super().changed(request, response), response.get("Location") or ""]


# Validation


@breaks(TAGS, "MUST")
class WeakTagSentAsStrong(Keeping):
    """A weak entity tag is sent as a strong one."""

    def validation_fields(self, stored: Response) -> Fields:
        return [(name, value.removeprefix("W/")) for name, value in super().validation_fields(stored)]


@breaks(TAGS, "MUST")
class DateInPlaceOfTag(Keeping):
    """The date is sent, and the entity tag where there is none."""

    def validation_fields(self, stored: Response) -> Fields:
        date = stored.get("Last-Modified")
        return super().validation_fields(stored) if date is None else [("If-Modified-Since", date)]


@breaks("rfc9111-4.3.1-2", "SHOULD")
class DateOfResponseSent(Keeping):
    """The Date of what is stored is sent in place of its modification date."""

    def validation_fields(self, stored: Response) -> Fields:
        found = super().validation_fields(stored)
        return [("If-Modified-Since", stored.get("Date") or "")] if found[0][0] == "If-Modified-Since" else found


@breaks("rfc9111-4.3.3-1", "MUST")
class ReplacedIsUsed(Keeping):
    """Where a validation brings another response what is stored is used all the same."""

    def answer_to(self, request: Request) -> Response:
        stored = self.known(request)
        response = super().answer_to(request)
        return stored if stored is not None and response.status == 200 else response


@breaks("rfc9111-4.3.3-1", "MUST")
class GoneIsUsed(Keeping):
    """Where a validation comes to 404 what is stored is used all the same."""

    def answer_to(self, request: Request) -> Response:
        stored = self.known(request)
        response = super().answer_to(request)
        return stored if stored is not None and response.status == 404 else response


@breaks("rfc9111-4.3.4-2", "MUST")
class FieldsNotFreshened(Keeping):
    """After 304 what is stored has the fields that it had."""

    def revived(self, stored: Response, response: Response) -> Response | None:
        return stored if super().revived(stored, response) is not None else None


@breaks("rfc9111-4.3.4-1", "MUST NOT")
class FreshenedByAnother(Keeping):
    """What is stored is freshened by any 304."""

    def revived(self, stored: Response, response: Response) -> Response | None:
        fields = [line for line in response.fields if line[0].lower() != "etag"]
        return super().revived(stored, replace(response, fields=fields))


@breaks("rfc9111-4.3.2-6", "MUST")
class NotModifiedForAnother(Keeping):
    """The tag that is stored is sent beside the user's, and any 304 is told."""

    def answer_to(self, request: Request) -> Response:
        kept, tags = self.kept.get(self.key(request)), request.get("If-None-Match")
        if kept is None or tags is None:
            return super().answer_to(request)
        others = [line for line in request.fields if line[0].lower() != "if-none-match"]
        both = ("If-None-Match", f"{tags}, {kept.response.get('ETag')}")
        return super().answer_to(replace(request, fields=[*others, both]))


@breaks("rfc9111-4.3.5-3", "SHOULD")
class HeadTellsNothing(Keeping):
    """What HEAD tells of what is stored is not looked at."""

    def compare(self, request: Request, response: Response) -> None:
        return
