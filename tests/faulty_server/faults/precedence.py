"""Preconditions evaluated in the wrong order, too early, or where they have no say. RFC 9110 section 13.2."""

from __future__ import annotations

from ..connection import Origin
from ..message import Refused, Request, Resource, Response
from .registry import replaces

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


@replaces("check_content", "since-for-post", "rfc9110-13.1.3-2", "MUST", "If-Modified-Since makes 304 of POST")
def _(self: Origin, request: Request, resource: Resource) -> None:
    Origin.check_content(self, request, resource)
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
