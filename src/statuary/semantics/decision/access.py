"""Questions about who asks, and whether they may: authentication, permission, law, payment."""

from __future__ import annotations

from statuary.message.request import Request
from statuary.semantics.authentication import Authenticated, authenticate, challenges
from statuary.semantics.decision.answers import Respond, refuse
from statuary.semantics.decision.pertinence import only_if
from statuary.semantics.resource import Resource


@only_if(lambda resource, _: resource.access is not None)
def are_credentials_sufficient(request: Request, resource: Resource, now: int) -> Respond | None:
    access = resource.access
    if access is None or (access.methods is not None and request.method not in access.methods):
        return None
    outcome = authenticate(request, access, now)
    if isinstance(outcome, Authenticated):
        if access.allowed is None or outcome.user in access.allowed:
            return None
        return refuse(request, 403, "rfc9110-15.5.4", "These credentials are valid, but not sufficient here.")
    detail = "Credentials are needed." if outcome.reason == "absent" else "These credentials are not accepted."
    # Malformed credentials are answered by a challenge as well: rfc9110-11.4-1
    return refuse(request, 401, "rfc9110-11.4-1", detail, *challenges(access, now, outcome))


@only_if(lambda resource, _: resource.forbidden is not None)
def is_access_permitted(request: Request, resource: Resource, now: int) -> Respond | None:
    if resource.forbidden is None:
        return None
    return refuse(request, 403, "rfc9110-15.5.4", resource.forbidden or "Access to this resource is refused.")


@only_if(lambda resource, _: resource.legal_block is not None)
def is_access_lawful(request: Request, resource: Resource, now: int) -> Respond | None:
    block = resource.legal_block
    if block is None:
        return None
    # Who enforces the block is told by a link: RFC 7725 section 4
    link = () if block.blocked_by is None else (("Link", f'<{block.blocked_by}>; rel="blocked-by"'),)
    return refuse(request, 451, "rfc7725-3", block.detail or "Access is denied for legal reasons.", *link)


@only_if(lambda resource, _: resource.payment is not None)
def is_it_paid_for(request: Request, resource: Resource, now: int) -> Respond | None:
    if resource.payment is None:
        return None
    return refuse(request, 402, "rfc9110-15.5.3", resource.payment.detail or "Payment is required.")
