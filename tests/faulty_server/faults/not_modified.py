"""What a 304 lacks or has too much, and validators that lie. RFC 9110 sections 8.8 and 15.4.5."""

from __future__ import annotations

import time

from ..connection import Origin
from ..message import Request, Resource, Response, Variant
from .registry import alters, replaces

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
