"""Conditional requests misread, taken in the wrong order, or answered wrongly. RFC 9110 section 13."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime
from typing import Any

from ..answering import Answering
from ..connection import Origin
from ..message import Refused, Request, Resource, Response, Variant
from .registry import alters, plant, replaces

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


# Order: RFC 9110 section 13.2


@replaces(
    "check_preconditions",
    "since-beside-none-match",
    "rfc9110-13.1.3-1",
    "MUST",
    "If-Modified-Since counts although If-None-Match is true",
)
def _(self: Origin, request: Request, resource: Resource) -> None:
    Origin.check_preconditions(self, request, resource)
    variant = self.selected(request, resource) if resource.variants else None
    if request.method in ("GET", "HEAD") and variant and not self.if_modified_since(request, variant.modified):
        raise self.not_modified(request, resource, variant)


@replaces(
    "check_preconditions",
    "either-true-is-true",
    "rfc9110-13.1.3-1",
    "MUST",
    "200 although If-None-Match is false, as If-Modified-Since is true",
)
def _(self: Origin, request: Request, resource: Resource) -> None:
    variant = self.selected(request, resource) if resource.variants else None
    since = self.date(request.get("If-Modified-Since"))
    if since is not None and variant and variant.modified and variant.modified > since:
        return
    Origin.check_preconditions(self, request, resource)


@replaces(
    "check_preconditions",
    "unmodified-beside-match",
    "rfc9110-13.1.4-1",
    "MUST",
    "If-Unmodified-Since counts although If-Match is true",
)
def _(self: Origin, request: Request, resource: Resource) -> None:
    Origin.check_preconditions(self, request, resource)
    variant = self.selected(request, resource) if resource.variants else None
    if variant and not self.if_unmodified_since(request, variant.modified):
        raise Refused(412, "If-Unmodified-Since is false")


@replaces(
    "check_preconditions", "none-match-first", "rfc9110-13.2.2-1", "MUST", "If-None-Match is evaluated before If-Match"
)
def _(self: Origin, request: Request, resource: Resource) -> None:
    variant = self.selected(request, resource) if resource.variants else None
    if request.lines("If-None-Match") and not self.if_none_match(request, variant):
        self.none_match_is_false(request, resource, variant)
    Origin.check_preconditions(self, request, resource)


@replaces(
    "check_preconditions", "match-alone", "rfc9110-13.2.2-1", "MUST", "If-None-Match is ignored where If-Match is true"
)
def _(self: Origin, request: Request, resource: Resource) -> None:
    variant = self.selected(request, resource) if resource.variants else None
    if request.lines("If-Match") and self.if_match(request, variant):
        return
    Origin.check_preconditions(self, request, resource)


@replaces(
    "check_preconditions",
    "range-before-conditions",
    "rfc9110-13.2.2-1",
    "MUST",
    "A satisfiable Range makes 206 of what should be 304",
)
def _(self: Origin, request: Request, resource: Resource) -> None:
    if not request.lines("Range"):
        Origin.check_preconditions(self, request, resource)


@replaces(
    "check_preconditions",
    "since-for-put",
    "rfc9110-13.1.3-2",
    "MUST",
    "If-Modified-Since counts for PUT and DELETE, too",
)
def _(self: Origin, request: Request, resource: Resource) -> None:
    Origin.check_preconditions(self, request, resource)
    variant = resource.variants[0] if resource.variants else None
    if variant and request.method not in ("GET", "HEAD") and not self.if_modified_since(request, variant.modified):
        raise Refused(412, "If-Modified-Since is false")


@replaces("check_preconditions", "since-for-post", "rfc9110-13.1.3-2", "MUST", "If-Modified-Since makes 304 of POST")
def _(self: Origin, request: Request, resource: Resource) -> None:
    Origin.check_preconditions(self, request, resource)
    variant = resource.variants[0] if resource.variants else None
    if variant and request.method == "POST" and not self.if_modified_since(request, variant.modified):
        raise self.not_modified(request, resource, variant)


@replaces(
    "heeds_preconditions",
    "conditions-for-options",
    "rfc9110-13.2.1-5",
    "MUST",
    "OPTIONS gets 412 where If-Match is false",
)
def _(self: Origin, request: Request, resource: Resource) -> bool:
    return request.method == "OPTIONS" or Origin.heeds_preconditions(self, request, resource)


@replaces(
    "heeds_preconditions",
    "conditions-for-redirects",
    "rfc9110-13.2.1-2",
    "MUST",
    "412 in place of the redirection after POST",
)
def _(self: Origin, request: Request, resource: Resource) -> bool:
    return request.method == "POST" or Origin.heeds_preconditions(self, request, resource)


@replaces("find", "conditions-before-404", "rfc9110-13.2.1-2", "MUST", "412 in place of 404 where If-Match is false")
def _(self: Origin, request: Request) -> Resource:
    try:
        return Origin.find(self, request)
    except Refused:
        if request.lines("If-Match"):
            raise Refused(412, "nothing matches") from None
        raise


@replaces(
    "check_method", "conditions-before-405", "rfc9110-13.2.1-2", "MUST", "412 in place of 405 where If-Match is false"
)
def _(self: Origin, request: Request, resource: Resource) -> None:
    if request.lines("If-Match") and resource.variants and not self.if_match(request, resource.variants[0]):
        raise Refused(412, "If-Match is false")
    Origin.check_method(self, request, resource)


@replaces(
    "check_credentials",
    "conditions-before-401",
    "rfc9110-13.2.1-1",
    "MUST",
    "304 and 412 in place of 401: the tag is told to anyone",
)
def _(self: Origin, request: Request, resource: Resource) -> None:
    if resource.is_protected:
        self.check_preconditions(request, resource)
    Origin.check_credentials(self, request, resource)


@replaces(
    "answer_with_status",
    "conditions-before-status",
    "rfc9110-13.2.1-2",
    "MUST",
    "412 in place of 301, 403, 410 or 503 where If-Match is there",
)
def _(self: Origin, request: Request, resource: Resource) -> None:
    if resource.status and request.lines("If-Match"):
        raise Refused(412, "If-Match is false")
    Origin.answer_with_status(self, request, resource)


@replaces(
    "answer_with_status",
    "304-in-place-of-redirect",
    "rfc9110-13.2.1-2",
    "MUST",
    "304 in place of a redirection where a condition is there",
)
def _(self: Origin, request: Request, resource: Resource) -> None:
    if resource.location and {"If-None-Match", "If-Modified-Since"} & {key for key, _ in request.fields}:
        refused = Refused(304, "")
        refused.response = Response(304, [("ETag", '"x"')])
        raise refused
    Origin.answer_with_status(self, request, resource)


@replaces(
    "check_preconditions",
    "acts-before-412",
    "rfc9110-13.1.1-3",
    "MUST NOT",
    "PUT stores the content and then answers 412",
)
def _(self: Origin, request: Request, resource: Resource) -> None:
    try:
        Origin.check_preconditions(self, request, resource)
    except Refused:
        if request.method == "PUT" and resource.is_stored:
            self.read_content(request)
            request.length, request.chunked = 0, False
            self.world.store(request.path, resource, request.content, "text/plain")
        raise


@replaces(
    "check_preconditions",
    "deletes-before-412",
    "rfc9110-13.1.1-3",
    "MUST NOT",
    "DELETE removes the resource and then answers 412",
)
def _(self: Origin, request: Request, resource: Resource) -> None:
    try:
        Origin.check_preconditions(self, request, resource)
    except Refused:
        if request.method == "DELETE" and resource.variants:
            self.world.remove(request.path)
        raise


# 304 itself: RFC 9110 section 15.4.5


@alters("304-without-etag", "rfc9110-15.4.5-1", "MUST", "304 has no ETag")
def _(request: Request, response: Response) -> None:
    if response.status == 304:
        response.drop("ETag")


@alters("304-another-etag", "rfc9110-15.4.5-1", "MUST", "304 has another ETag than the 200")
def _(request: Request, response: Response) -> None:
    if response.status == 304:
        response.set("ETag", '"another"')


@alters("304-without-vary", "rfc9110-15.4.5-1", "MUST", "304 has no Vary")
def _(request: Request, response: Response) -> None:
    if response.status == 304:
        response.drop("Vary")


@alters("304-without-cache-control", "rfc9110-15.4.5-1", "MUST", "304 has no Cache-Control")
def _(request: Request, response: Response) -> None:
    if response.status == 304:
        response.drop("Cache-Control")


@alters("304-without-content-location", "rfc9110-15.4.5-1", "MUST", "304 has no Content-Location")
def _(request: Request, response: Response) -> None:
    if response.status == 304:
        response.drop("Content-Location")


@alters("304-type", "rfc9110-15.4.5-2", "SHOULD NOT", "304 has Content-Type and Content-Language")
def _(request: Request, response: Response) -> None:
    if response.status == 304:
        response.set("Content-Type", "text/plain; charset=utf-8")
        response.set("Content-Language", "en")


@replaces("octets", "304-content", "rfc9110-6.4.1-s1", "STATED", "304 is followed by content")
def _(self: Origin, request: Request | None, response: Response) -> bytes:
    return Origin.octets(self, request, response) + (b"Not modified\n" if response.status == 304 else b"")


# Validators that lie: RFC 9110 section 8.8


@replaces(
    "put", "stale-etag-after-put", "rfc9110-8.8.3-1", "MUST", "The strong entity tag stays when PUT changes the content"
)
def _(self: Origin, request: Request, resource: Resource) -> Response:
    from dataclasses import replace

    response = Origin.put(self, request, resource)
    kept = resource.variants[0].etag if resource.variants else '"first"'
    stored = self.world.resources[request.path]
    self.world.resources[request.path] = replace(stored, variants=(replace(stored.variants[0], etag=kept),))
    response.set("ETag", kept or "")
    return response


@replaces(
    "put",
    "etag-of-the-second",
    "rfc9110-8.8.3-1",
    "MUST",
    "Strong entity tags of what was written are made of the second",
)
def _(self: Origin, request: Request, resource: Resource) -> Response:
    from dataclasses import replace

    response = Origin.put(self, request, resource)
    tag = f'"{int(time.time()) // 60}"'
    stored = self.world.resources[request.path]
    self.world.resources[request.path] = replace(stored, variants=(replace(stored.variants[0], etag=tag),))
    response.set("ETag", tag)
    return response


@replaces(
    "representation_fields",
    "one-etag-for-all",
    "rfc9110-8.8.3-1",
    "MUST",
    "All variants of a resource share a strong entity tag",
)
def _(self: Origin, resource: Resource, variant: Variant) -> list[tuple[str, str]]:
    fields = Origin.representation_fields(self, resource, variant)
    return [(key, '"the-same"' if key == "ETag" and len(resource.variants) > 1 else value) for key, value in fields]


@replaces("date", "rfc850-century", "rfc9110-5.6.7-4", "MUST", "Two digits of a year are always of this century")
def _(self: Origin, value: str | None) -> int | None:
    found = Origin.date(self, value)
    hundred_years = 36_525 * 86_400
    return found + hundred_years if found is not None and found < 946_684_800 and "-" in (value or "") else found
