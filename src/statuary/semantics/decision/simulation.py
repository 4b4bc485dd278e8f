"""A status without its reason: for servers that clients are tested with. What really is a reason has its own question."""

from __future__ import annotations

from statuary.message.fields import Fields
from statuary.message.request import Request
from statuary.message.response import Content, Response, Whole, has_content
from statuary.semantics.decision.answers import Respond, refuse
from statuary.semantics.decision.pertinence import only_if
from statuary.semantics.decision.representation import found_fields
from statuary.semantics.resource import Representation, Resource, Simulated


@only_if(lambda resource, _: resource.simulated is not None)
def is_it_simulated(request: Request, resource: Resource, now: int) -> Respond | None:
    simulated = resource.simulated
    if simulated is None or request.method not in simulated.methods:
        return None
    if simulated.status < 200:
        return _after_interim(request, resource, simulated)
    if not has_content("GET", simulated.status):
        return Respond(simulated.status, (*simulated.fields, *resource.fields), None, _BECAUSE)
    if simulated.status == 205:
        # Content-Length: 0 ends it: RFC 9110 section 15.3.6
        return Respond(205, (*simulated.fields, ("Content-Length", "0"), *resource.fields), b"", _BECAUSE)
    if simulated.content is not None:
        return _respond(request, resource, simulated.status, simulated.content, simulated)
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


def _after_interim(request: Request, resource: Resource, simulated: Simulated) -> Respond | None:
    """A final 200 after the simulated interim response; nothing is ahead of it for HTTP/1.0 (rfc9110-15.2-1)."""
    if not resource.variants:
        return None
    answer = _respond(request, resource, 200, resource.variants[0], None)
    if request.version >= (1, 1):
        answer.interim = (Response(simulated.status, Fields(simulated.fields)),)
    return answer


def _respond(
    request: Request, resource: Resource, status: int, content: Representation, simulated: Simulated | None
) -> Respond:
    octets: Content = None if request.method == "HEAD" else Whole(content)
    fields = simulated.fields if simulated is not None else ()
    return Respond(status, (*fields, *found_fields(content, resource)), octets, _BECAUSE)
