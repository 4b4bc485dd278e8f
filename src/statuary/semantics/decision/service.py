"""Questions about the service as a whole: is it up, does it know this method, is it the one that was meant, is it being
overrun?
"""

from __future__ import annotations

from statuary import methods
from statuary.message.request import Request
from statuary.semantics.decision.answers import Respond, refuse, retry_after
from statuary.semantics.decision.pertinence import only_if
from statuary.semantics.resource import Resource


@only_if(lambda resource, _: resource.unavailable is not None)
def is_service_available(request: Request, resource: Resource, now: int) -> Respond | None:
    if resource.unavailable is None:
        return None
    detail = resource.unavailable.detail or "The service is not available at the moment."
    return refuse(request, 503, "rfc9110-15.6.4", detail, *retry_after(resource.unavailable.retry_after))


@only_if(lambda resource, method: method not in resource.methods)
def is_method_implemented(request: Request, resource: Resource, now: int) -> Respond | None:
    # Implemented somewhere on this server: 405 tells of methods that are, and not here. rfc9110-9.1-3
    if request.method in resource.methods or request.method in IMPLEMENTED:
        return None
    return refuse(request, 501, "rfc9110-9.1-3", "This server does not implement the request method.")


# A server that tunnels for nobody has no use for CONNECT: RFC 9110 section 9.3.6
IMPLEMENTED = methods.KNOWN - {"CONNECT"}


def is_origin_of_target(request: Request, resource: Resource, now: int) -> Respond | None:
    if request.scheme != (resource.scheme or request.carried_by):
        # rfc9110-7.4-2: what claims to be https must have come over a secured connection
        return refuse(request, 421, "rfc9110-7.4-2", "This connection is not for targets of that URI scheme.")
    if (
        resource.authorities is not None
        and request.authority is not None
        and request.authority not in resource.authorities
        and request.authority.rpartition(":")[0] not in resource.authorities
    ):
        return refuse(request, 421, "rfc9110-15.5.20", "This server does not answer for that host.")
    return None


def is_early_data_safe(request: Request, resource: Resource, now: int) -> Respond | None:
    # Any value, and any number of them, means 1: rfc8470-5.1-7. Without the field a 425 is not for us: rfc8470-5.2-6
    if "early-data" not in request.fields.by_name:
        return None
    method = methods.lookup(request.method)
    if method is not None and method.is_safe and not resource.refuses_early_data:
        return None
    return refuse(request, 425, "rfc8470-5.1-5", "This request could be a replay of early data: send it again later.")


@only_if(lambda resource, _: resource.too_many is not None)
def is_rate_within_limit(request: Request, resource: Resource, now: int) -> Respond | None:
    if resource.too_many is None:
        return None
    seconds = resource.too_many.retry_after
    return refuse(request, 429, "rfc6585-4-1", "There were too many requests in a short time.", *retry_after(seconds))


@only_if(lambda resource, _: resource.longest_query is not None)
def is_query_within_limit(request: Request, resource: Resource, now: int) -> Respond | None:
    if resource.longest_query is None or request.query is None or len(request.query) <= resource.longest_query:
        return None
    return refuse(
        request, 414, "rfc9110-15.5.15", f"The query is longer than the {resource.longest_query} octets taken here."
    )


@only_if(lambda resource, _: resource.largest_fields is not None)
def are_fields_within_limit(request: Request, resource: Resource, now: int) -> Respond | None:
    if resource.largest_fields is None:
        return None
    for name, value in request.fields:
        if len(name) + len(value) > resource.largest_fields:
            # Which field it is should be said: RFC 6585 section 5. Its name is a token, so it is safe to repeat.
            return refuse(request, 431, "rfc6585-5-2", f"The header field {name[:100]} is too large.")
    if sum(len(name) + len(value) + 4 for name, value in request.fields) > resource.largest_fields:
        return refuse(
            request,
            431,
            "rfc6585-5-1",
            f"All header fields together exceed the {resource.largest_fields} octets taken here.",
        )
    return None
