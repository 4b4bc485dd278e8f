"""Conditional requests misread, taken in the wrong order, or answered wrongly. RFC 9110 section 13."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import Any

from ..answering import Answering
from ..connection import Origin
from ..message import Refused, Request, Resource, Variant
from .registry import plant, replaces

plant("if-match-weak", "rfc9110-13.1.1-1", "MUST", "If-Match compares weakly", strongly=Answering.weakly)
plant("if-none-match-strong", "rfc9110-13.1.2-1", "MUST", "If-None-Match compares strongly", weakly=Answering.strongly)


@replaces("if_match", "if-match-ignored", "rfc9110-13.1.1-2", "MUST", "If-Match is ignored")
def _(self: Origin, request: Request, variant: Variant | None) -> bool:
    return True


@replaces(
    "if_match",
    "if-match-ignored-by-put",
    "rfc9110-13.1.1-3",
    "MUST NOT",
    "PUT and DELETE act although If-Match is false",
)
def _(self: Origin, request: Request, variant: Variant | None) -> bool:
    return request.method in ("PUT", "DELETE") or Origin.if_match(self, request, variant)


@replaces("if_match", "if-match-ignored-by-get", "rfc9110-13.1.1-2", "MUST", "GET and HEAD ignore If-Match")
def _(self: Origin, request: Request, variant: Variant | None) -> bool:
    return request.method in ("GET", "HEAD") or Origin.if_match(self, request, variant)


@replaces("if_match", "if-match-first-tag", "rfc9110-13.1.1-2", "MUST", "Only the first tag of If-Match counts")
def _(self: Origin, request: Request, variant: Variant | None) -> bool:
    value = request.get("If-Match") or ""
    etag = variant.etag if variant else None
    return value == "*" or any(self.strongly(tag, etag or "") for tag in self.tags(value)[:1])


@replaces("if_match", "if-match-star-creates", "rfc9110-13.1.1-3", "MUST NOT", "If-Match: * is true where nothing is")
def _(self: Origin, request: Request, variant: Variant | None) -> bool:
    return request.get("If-Match") == "*" or Origin.if_match(self, request, variant)


@replaces("if_match", "if-match-star-false", "rfc9110-13.1.1-2", "MUST", "If-Match: * is false where something is")
def _(self: Origin, request: Request, variant: Variant | None) -> bool:
    return request.get("If-Match") != "*" and Origin.if_match(self, request, variant)


@replaces("if_none_match", "if-none-match-ignored", "rfc9110-13.1.2-3", "MUST", "If-None-Match is ignored")
def _(self: Origin, request: Request, variant: Variant | None) -> bool:
    return True


@replaces("if_none_match", "if-none-match-ignored-by-head", "rfc9110-13.1.2-5", "MUST", "HEAD ignores If-None-Match")
def _(self: Origin, request: Request, variant: Variant | None) -> bool:
    return request.method == "HEAD" or Origin.if_none_match(self, request, variant)


@replaces(
    "if_none_match",
    "if-none-match-ignored-by-put",
    "rfc9110-13.1.2-4",
    "MUST NOT",
    "PUT acts although If-None-Match is false",
)
def _(self: Origin, request: Request, variant: Variant | None) -> bool:
    return request.method == "PUT" or Origin.if_none_match(self, request, variant)


@replaces(
    "if_none_match",
    "if-none-match-star-overwrites",
    "rfc9110-13.1.2-4",
    "MUST NOT",
    "If-None-Match: * is true where something is",
)
def _(self: Origin, request: Request, variant: Variant | None) -> bool:
    return request.get("If-None-Match") == "*" or Origin.if_none_match(self, request, variant)


@replaces(
    "if_none_match",
    "if-none-match-star-never-creates",
    "rfc9110-13.1.2-3",
    "MUST",
    "If-None-Match: * is false where nothing is",
)
def _(self: Origin, request: Request, variant: Variant | None) -> bool:
    return request.get("If-None-Match") != "*" and Origin.if_none_match(self, request, variant)


@replaces(
    "if_none_match", "if-none-match-first-tag", "rfc9110-13.1.2-3", "MUST", "Only the first tag of If-None-Match counts"
)
def _(self: Origin, request: Request, variant: Variant | None) -> bool:
    value = request.get("If-None-Match") or ""
    if value == "*":
        return variant is None
    return variant is None or not any(self.weakly(tag, variant.etag or "") for tag in self.tags(value)[:1])


@replaces(
    "if_none_match",
    "if-none-match-first-line",
    "rfc9110-13.1.2-3",
    "MUST",
    "Only the first line of If-None-Match counts",
)
def _(self: Origin, request: Request, variant: Variant | None) -> bool:
    value = request.lines("If-None-Match")[0]
    if value == "*":
        return variant is None
    return variant is None or not any(self.weakly(tag, variant.etag or "") for tag in self.tags(value))


@replaces(
    "if_none_match",
    "if-none-match-substring",
    "rfc9110-13.1.2-1",
    "MUST",
    "If-None-Match is false if the tag is part of another",
)
def _(self: Origin, request: Request, variant: Variant | None) -> bool:
    value = request.get("If-None-Match") or ""
    if value == "*" or variant is None:
        return variant is None
    return (variant.etag or "").strip('W/"') not in value


@replaces("tags", "if-none-match-comma", "rfc9110-13.1.2-1", "MUST", "A comma inside a tag of If-None-Match ends it")
def _(self: Origin, value: str) -> list[str]:
    return [f'"{part.strip()}"' for part in value.replace('W/"', '"').replace('"', "").split(",")]


@replaces("tags", "if-none-match-no-empty", "rfc9110-5.6.1.2-1", "MUST", "An empty member makes a list of tags invalid")
def _(self: Origin, value: str) -> list[str]:
    if any(not part.strip() for part in value.split(",")):
        return []
    return Origin.tags(self, value)


@replaces(
    "tags", "if-none-match-no-space", "rfc9110-5.6.1.2-1", "MUST", "Tags are found only if one space follows each comma"
)
def _(self: Origin, value: str) -> list[str]:
    return value.split(", ")


def _always(status: int) -> Any:
    def none_match_is_false(self: Origin, request: Request, resource: Resource, variant: Variant | None) -> None:
        raise Refused(412, "If-None-Match is false") if status == 412 else self.not_modified(request, resource, variant)

    return none_match_is_false


plant(
    "412-to-get",
    "rfc9110-13.1.2-5",
    "MUST",
    "GET gets 412 where If-None-Match is false",
    none_match_is_false=_always(412),
)
plant(
    "304-to-put",
    "rfc9110-13.1.2-5",
    "MUST",
    "PUT gets 304 where If-None-Match is false",
    none_match_is_false=_always(304),
)


@replaces("if_modified_since", "since-ignored", "rfc9110-13.1.3-5", "SHOULD", "If-Modified-Since is ignored")
def _(self: Origin, request: Request, modified: int | None) -> bool:
    return True


@replaces(
    "if_modified_since",
    "since-exact",
    "rfc9110-13.1.3-5",
    "SHOULD",
    "If-Modified-Since is false only if the date is equal",
)
def _(self: Origin, request: Request, modified: int | None) -> bool:
    since = self.date(request.get("If-Modified-Since"))
    return since is None or modified is None or modified != since


@replaces(
    "if_modified_since",
    "since-off-by-one",
    "rfc9110-13.1.3-6",
    "SHOULD NOT",
    "If-Modified-Since is true if the date is equal",
)
def _(self: Origin, request: Request, modified: int | None) -> bool:
    since = self.date(request.get("If-Modified-Since"))
    return since is None or modified is None or modified >= since


@replaces(
    "if_modified_since",
    "since-invalid",
    "rfc9110-13.1.3-2",
    "MUST",
    "An invalid date in If-Modified-Since makes it false",
)
def _(self: Origin, request: Request, modified: int | None) -> bool:
    value = request.get("If-Modified-Since")
    return (value is None or self.date(value) is not None) and Origin.if_modified_since(self, request, modified)


@replaces(
    "if_modified_since",
    "since-lenient",
    "rfc9110-13.1.3-2",
    "MUST",
    "If-Modified-Since may have a date as in mail, with an offset",
)
def _(self: Origin, request: Request, modified: int | None) -> bool:
    try:
        since = parsedate_to_datetime(request.get("If-Modified-Since") or "").timestamp()
    except ValueError:
        return True
    return modified is None or modified > since


@replaces(
    "if_modified_since",
    "since-undated",
    "rfc9110-13.1.3-3",
    "MUST",
    "If-Modified-Since is false where there is no date to compare",
)
def _(self: Origin, request: Request, modified: int | None) -> bool:
    return (modified is not None or not request.get("If-Modified-Since")) and Origin.if_modified_since(
        self, request, modified
    )


@replaces(
    "if_modified_since",
    "since-local-time",
    "rfc9110-13.1.3-4",
    "MUST",
    "Times in If-Modified-Since are taken for those of a zone 5 h away",
)
def _(self: Origin, request: Request, modified: int | None) -> bool:
    return Origin.if_modified_since(self, request, None if modified is None else modified + 18_000)


@replaces(
    "date", "since-no-rfc850", "rfc9110-5.6.7-1", "MUST", "Dates in the forms of RFC 850 and asctime are not understood"
)
def _(self: Origin, value: str | None) -> int | None:
    return Origin.date(self, value) if (value or "")[3:5] == ", " else None


@replaces("if_unmodified_since", "unmodified-ignored", "rfc9110-13.1.4-5", "MUST", "If-Unmodified-Since is ignored")
def _(self: Origin, request: Request, modified: int | None) -> bool:
    return True


@replaces(
    "if_unmodified_since",
    "unmodified-ignored-by-put",
    "rfc9110-13.1.4-6",
    "MUST NOT",
    "PUT acts although If-Unmodified-Since is false",
)
def _(self: Origin, request: Request, modified: int | None) -> bool:
    return request.method in ("PUT", "DELETE") or Origin.if_unmodified_since(self, request, modified)


@replaces(
    "if_unmodified_since",
    "unmodified-off-by-one",
    "rfc9110-13.1.4-5",
    "MUST",
    "If-Unmodified-Since is false if the date is equal",
)
def _(self: Origin, request: Request, modified: int | None) -> bool:
    since = self.date(request.get("If-Unmodified-Since"))
    return since is None or modified is None or modified < since


@replaces(
    "if_unmodified_since",
    "unmodified-invalid",
    "rfc9110-13.1.4-2",
    "MUST",
    "An invalid date in If-Unmodified-Since makes it false",
)
def _(self: Origin, request: Request, modified: int | None) -> bool:
    value = request.get("If-Unmodified-Since")
    return (value is None or self.date(value) is not None) and Origin.if_unmodified_since(self, request, modified)


@replaces(
    "if_unmodified_since",
    "unmodified-undated",
    "rfc9110-13.1.4-3",
    "MUST",
    "If-Unmodified-Since is false where there is no date to compare",
)
def _(self: Origin, request: Request, modified: int | None) -> bool:
    asked = self.date(request.get("If-Unmodified-Since")) is not None
    return not (asked and modified is None) and Origin.if_unmodified_since(self, request, modified)


@replaces(
    "if_unmodified_since",
    "unmodified-local-time",
    "rfc9110-13.1.4-4",
    "MUST",
    "Times in If-Unmodified-Since are those of a zone 5 h away",
)
def _(self: Origin, request: Request, modified: int | None) -> bool:
    return Origin.if_unmodified_since(self, request, None if modified is None else modified + 18_000)


@replaces("date", "rfc850-century", "rfc9110-5.6.7-4", "MUST", "Two digits of a year are always of this century")
def _(self: Origin, value: str | None) -> int | None:
    found = Origin.date(self, value)
    hundred_years = 36_525 * 86_400
    return found + hundred_years if found is not None and found < 946_684_800 and "-" in (value or "") else found


@replaces(
    "strongly", "if-match-no-case", "rfc9110-13.1.1-3", "MUST NOT", "If-Match compares tags without regard to case"
)
def _(self: Origin, one: str, other: str) -> bool:
    return Origin.strongly(self, one.lower(), other.lower())


@replaces(
    "weakly", "if-none-match-no-case", "rfc9110-13.1.2-3", "MUST", "If-None-Match compares tags without regard to case"
)
def _(self: Origin, one: str, other: str) -> bool:
    return Origin.weakly(self, one.lower(), other.lower())
