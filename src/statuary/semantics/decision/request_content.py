"""Questions about a request that would change something: its expectation, its content, the state it meets."""

from __future__ import annotations

from statuary.fields.expect import Expectation, parse_expect
from statuary.fields.grammar import Invalid, split_list
from statuary.fields.media_types import MediaType, parse_media_type
from statuary.message.request import UNKNOWN_LENGTH, Request
from statuary.semantics.decision.answers import Respond, refuse, retry_after
from statuary.semantics.decision.pertinence import only_if
from statuary.semantics.preconditions import has_precondition
from statuary.semantics.resource import Resource

CHANGES = frozenset({"PUT", "POST", "PATCH", "DELETE"})


def is_expectation_met(request: Request, resource: Resource, now: int) -> Respond | None:
    if "expect" not in request.fields.by_name:
        return None
    expectations = parse_expect(request.fields.get("expect"))
    if expectations is not None and not isinstance(expectations, Invalid) and all(map(is_continue, expectations)):
        return None
    return refuse(request, 417, "rfc9110-10.1.1-6", "The only expectation that can be met here is 100-continue.")


def is_continue(expectation: Expectation) -> bool:
    return expectation.name == "100-continue" and expectation.value is None


def awaits_continue(request: Request) -> bool:
    """Whether the client holds content back until it hears from us (RFC 9110 section 10.1.1); never over HTTP/1.0."""
    if "expect" not in request.fields or request.version < (1, 1):
        return False
    expectations = parse_expect(request.fields.get("expect"))
    return isinstance(expectations, tuple) and any(map(is_continue, expectations))


@only_if(lambda resource, _: resource.content.needs_length)
def is_length_known(request: Request, resource: Resource, now: int) -> Respond | None:
    if not resource.content.needs_length or request.content_length != UNKNOWN_LENGTH:
        return None
    return refuse(request, 411, "rfc9110-15.5.12", "Content needs a Content-Length here.")


@only_if(lambda resource, method: resource.content.most is not None and method in CHANGES)
def is_content_small_enough(request: Request, resource: Resource, now: int) -> Respond | None:
    most = resource.content.most
    if most is None or request.method not in CHANGES or (request.content_length or 0) <= most:
        return None
    return too_large(request, resource)


def too_large(request: Request, resource: Resource) -> Respond:
    """413; with Retry-After if the limit is temporary (rfc9110-15.5.14-3)."""
    seconds, most = resource.content.retry_after, resource.content.most
    limit = "is taken here" if most is None else f"the {most} octets taken here"
    detail = f"The content is larger than {limit}."
    return refuse(request, 413, "rfc9110-15.5.14", detail, *retry_after(seconds), temporary=seconds is not None)


@only_if(lambda _, method: method in CHANGES)
def is_content_coding_taken(request: Request, resource: Resource, now: int) -> Respond | None:
    value = request.fields.get("content-encoding")
    if value is None or request.method not in CHANGES:
        return None
    codings = split_list(value.lower())
    if not isinstance(codings, Invalid) and all(c == "identity" or c in resource.content.codings for c in codings):
        return None
    # Accept-Encoding tells that it is the coding that was refused, and which are taken: rfc9110-12.5.3-3
    taken = ", ".join(resource.content.codings) or "identity"
    return refuse(
        request, 415, "rfc9110-15.5.16", "Content in this coding is not taken here.", ("Accept-Encoding", taken)
    )


@only_if(lambda _, method: method in CHANGES)
def is_content_type_taken(request: Request, resource: Resource, now: int) -> Respond | None:
    taken = resource.accept_patch if request.method == "PATCH" else resource.content.media_types
    if not taken or request.method not in CHANGES or not request.content_length:
        return None
    # Content of no stated type is taken for octets: RFC 9110 section 8.3
    media_type = parse_media_type(request.fields.get("content-type", "application/octet-stream"))
    if isinstance(media_type, MediaType) and any(is_media_type_like(media_type, pattern) for pattern in taken):
        return None
    field = "Accept-Patch" if request.method == "PATCH" else "Accept"
    return refuse(request, 415, "rfc9110-15.5.16", "Content of this type is not taken here.", (field, ", ".join(taken)))


def is_media_type_like(media_type: MediaType, pattern: str) -> bool:
    """Whether a type is of a pattern such as "text/plain", "image/*" or "*/*"."""
    kind, _, subtype = pattern.lower().partition("/")
    return kind in ("*", media_type.type) and subtype.partition(";")[0] in ("*", media_type.subtype)


@only_if(lambda _, method: method == "PUT")
def is_content_complete(request: Request, resource: Resource, now: int) -> Respond | None:
    # A part stored as if it were the whole would destroy the rest: rfc9110-14.5-1
    if request.method != "PUT" or "content-range" not in request.fields:
        return None
    return refuse(request, 400, "rfc9110-14.5-1", "A PUT replaces the whole representation: parts are not taken.")


@only_if(lambda resource, method: resource.conflict is not None and method in CHANGES)
def is_state_fit(request: Request, resource: Resource, now: int) -> Respond | None:
    if resource.conflict is None or request.method not in CHANGES:
        return None
    return refuse(request, 409, "rfc9110-15.5.10", resource.conflict)


@only_if(lambda resource, method: resource.free_octets is not None and method in CHANGES)
def is_there_storage(request: Request, resource: Resource, now: int) -> Respond | None:
    free = resource.free_octets
    if free is None or request.method not in CHANGES or (request.content_length or 0) <= free:
        return None
    return storage_full(request)


def storage_full(request: Request) -> Respond:
    return refuse(request, 507, "rfc4918-11.5-1", "There is no room left to store this; what was here is unchanged.")


@only_if(lambda resource, method: resource.needs_precondition and method in CHANGES)
def is_precondition_given(request: Request, resource: Resource, now: int) -> Respond | None:
    if not resource.needs_precondition or request.method not in CHANGES - {"POST"} or has_precondition(request.fields):
        return None
    detail = "A change must say what it is based on: send If-Match with the ETag, or If-None-Match: *."
    return refuse(request, 428, "rfc6585-3-1", detail)
