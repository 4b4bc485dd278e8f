"""Credentials for a proxy: asked for by 407, consumed or passed on (RFC 9110 section 11.7). Authorization goes on."""

from __future__ import annotations

from statuary.message.fields import FieldLine, Fields
from statuary.message.request import Request
from statuary.semantics.authentication import Authenticated, Unauthenticated, authenticate, challenges
from statuary.semantics.forwarding.answering import answer
from statuary.semantics.forwarding.edits import Edit
from statuary.semantics.forwarding.outcomes import Answer
from statuary.semantics.forwarding.passage import Inbound
from statuary.semantics.resource import Access


def are_credentials_sufficient(inbound: Inbound) -> Answer | None:
    """407 with a challenge, where the proxy is not for everybody: rfc9110-11.4-2, rfc9110-11.7.1-1."""
    access = inbound.hop.access
    if access is None:
        return None
    shown = shown_credentials(inbound)
    if isinstance(shown, Unauthenticated):
        says = "This proxy is for its users: credentials for it are needed."
        lines = _challenges(access, inbound.now, shown)
        return answer(inbound, 407, "rfc9110-11.4-2", says, *lines, error="http_request_denied")
    if access.allowed is not None and shown is not None and shown.user not in access.allowed:
        return answer(inbound, 403, "rfc9110-15.5.4", "This user may not use the proxy.", error="http_request_denied")
    return None


def shown_credentials(inbound: Inbound) -> Authenticated | Unauthenticated | None:
    """Who sent it, as far as Proxy-Authorization shows; None where nobody is asked."""
    access = inbound.hop.access
    if access is None or (access.methods is not None and inbound.request.method not in access.methods):
        return None
    return authenticate(_as_authorization(inbound.request), access, inbound.now)


def _as_authorization(request: Request) -> Request:
    """Proxy-Authorization under the name of its twin, so that the same rules read it."""
    lines = [("Authorization", value) for value in request.fields.all("proxy-authorization")]
    return request.with_fields(Fields(lines))


def _challenges(access: Access, now: int, failure: Unauthenticated) -> list[FieldLine]:
    return [("Proxy-Authenticate", value) for _, value in challenges(access, now, failure)]


def consume_credentials(inbound: Inbound) -> Edit | None:
    """What was meant for this proxy goes no further, unless proxies check them together: rfc9110-11.7.2-1."""
    if not inbound.hop.consumes_credentials or "proxy-authorization" not in inbound.request.fields:
        return None
    return Edit("rfc9110-11.7.2-1", frozenset({"proxy-authorization"}))
