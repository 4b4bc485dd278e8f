"""A status without its reason: for servers that clients are tested with. What really is a reason has its own question."""

from __future__ import annotations

from statuary.message.fields import Fields
from statuary.message.request import Request
from statuary.message.response import Content, Response, Whole, has_content
from statuary.semantics.decision.answers import Respond, refuse
from statuary.semantics.decision.pertinence import only_if
from statuary.semantics.decision.representation import found_fields, is_found, is_precondition_true
from statuary.semantics.resource import Representation, Resource, Simulated


@only_if(lambda resource, _: resource.simulated is not None)
def is_it_simulated(request: Request, resource: Resource, now: int) -> Respond | None:
    simulated = resource.simulated
    if simulated is None or request.method not in simulated.methods:
        return None
    if simulated.status < 200:
        return _after_interim(request, resource, simulated, now)
    if not has_content("GET", simulated.status):
        return Respond(simulated.status, (*simulated.fields, *resource.fields), None, _BECAUSE)
    if simulated.status == 205:
        # Content-Length: 0 ends it: RFC 9110 section 15.3.6
        return Respond(205, (*simulated.fields, ("Content-Length", "0"), *resource.fields), b"", _BECAUSE)
    if simulated.content is not None:
        # Pretended or not, a success is subject to preconditions: rfc9110-13.2.1-1
        false = is_precondition_true(request, resource, simulated.content, now) if simulated.status < 300 else None
        return false or _respond(request, resource, simulated, simulated.content)
    return refuse(
        request,
        simulated.status,
        _BECAUSE,
        simulated.detail,
        *simulated.fields,
        *resource.fields,
        links=simulated.links,
    )


# A status code is three digits, and its class says how it is handled: RFC 9110 section 15
_BECAUSE = "rfc9110-15"


def _after_interim(request: Request, resource: Resource, simulated: Simulated, now: int) -> Respond | None:
    """What there would be anyway, after the simulated interim response; not for HTTP/1.0 (rfc9110-15.2-1)."""
    if not resource.variants:
        return None
    for condition in (is_precondition_true, is_found):
        answer = condition(request, resource, resource.variants[0], now)
        if answer is not None:
            break
    if answer is not None and request.version >= (1, 1):
        answer.interim = (Response(simulated.status, Fields(simulated.fields)),)
    return answer


def _respond(request: Request, resource: Resource, simulated: Simulated, representation: Representation) -> Respond:
    octets: Content = None if request.method == "HEAD" else Whole(representation)
    fields = (*simulated.fields, *found_fields(representation, resource))
    return Respond(simulated.status, fields, octets, _BECAUSE)
