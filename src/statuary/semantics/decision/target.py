"""Questions about the target resource itself: is it here, was it ever, what can be done with it?"""

from __future__ import annotations

from base64 import b64decode, b64encode
from hashlib import sha1

from statuary import methods
from statuary.fields.grammar import Invalid, parse_tokens
from statuary.fields.upgrade import parse_upgrade
from statuary.message.fields import NO_FIELDS, FieldLine
from statuary.message.request import Request
from statuary.message.response import Response
from statuary.semantics.decision.answers import Respond, allow, refuse
from statuary.semantics.decision.pertinence import only_if
from statuary.semantics.decision.request_content import awaits_continue
from statuary.semantics.resource import Resource

_MOVES = {
    301: "rfc9110-15.4.2",
    302: "rfc9110-15.4.3",
    303: "rfc9110-15.4.4",
    305: "rfc2616-10.3.6",
    307: "rfc9110-15.4.8",
    308: "rfc9110-15.4.9",
}


@only_if(lambda resource, _: resource.moved is not None)
def is_it_here(request: Request, resource: Resource, now: int) -> Respond | None:
    moved = resource.moved
    if moved is None or (moved.methods is not None and request.method not in moved.methods):
        return None
    detail = {
        301: "This has moved for good.",
        308: "This has moved for good.",
        303: "See another resource for the answer.",
        305: "This is to be fetched through a proxy.",
    }.get(moved.status, "This is elsewhere for now.")
    location = moved.location
    if moved.keeps_query and request.query is not None and "?" not in location:
        path, hash_, fragment = location.partition("#")
        location = f"{path}?{request.query}{hash_}{fragment}"
    links = ((location, location),)
    return refuse(request, moved.status, _MOVES[moved.status], detail, ("Location", location), links=links)


@only_if(lambda resource, _: resource.gone is not None)
def is_it_still_there(request: Request, resource: Resource, now: int) -> Respond | None:
    if resource.gone is None or request.method in resource.creatable_by:
        return None
    return refuse(request, 410, "rfc9110-15.5.11", resource.gone.detail or "This was removed for good.")


@only_if(lambda resource, method: method not in resource.methods)
def is_method_allowed(request: Request, resource: Resource, now: int) -> Respond | None:
    if request.method in resource.methods:
        return None
    # Not naming the method: HEAD is told the length that GET's answer has (rfc9110-8.6-4)
    detail = "This resource does not support the request method; Allow lists those it does."
    return refuse(request, 405, "rfc9110-15.5.6-1", detail, allow(resource))


@only_if(lambda resource, _: not resource.exists)
def does_it_exist(request: Request, resource: Resource, now: int) -> Respond | None:
    if resource.exists or request.method in resource.creatable_by:
        return None
    if request.method == "OPTIONS" and resource.creatable_by:
        return None
    return refuse(request, 404, "rfc9110-15.5.5", "There is nothing here.")


@only_if(lambda resource, _: resource.upgrade is not None)
def is_protocol_switched(request: Request, resource: Resource, now: int) -> Respond | None:
    """101 when the request offers what the resource wants, 426 when the resource insists; otherwise Upgrade is ignored."""
    upgrade = resource.upgrade
    # HEAD is refused wherever GET is, and switches nothing itself: RFC 9110 section 9.3.2
    method = "GET" if request.method == "HEAD" else request.method
    if upgrade is None or method not in upgrade.methods:
        return None
    protocol = _protocol_of_both(request, upgrade.protocols)
    if protocol is not None:
        handshake = websocket_handshake(request) if protocol == "websocket" else ()
        if handshake is None:
            return _upgrade_required(request, upgrade.protocols, ("Sec-WebSocket-Version", "13"))
        if request.method != "HEAD":
            # A waiting client gets its 100 ahead of the 101: rfc9110-7.8-13
            interim = (CONTINUE,) if awaits_continue(request) else ()
            fields = (("Upgrade", protocol), *handshake)
            return Respond(101, fields, None, "rfc9110-7.8", interim=interim, protocol=protocol)
    return _upgrade_required(request, upgrade.protocols) if upgrade.required else None


def _protocol_of_both(request: Request, offered: tuple[str, ...]) -> str | None:
    # Upgrade in HTTP/1.0 is ignored: rfc9110-7.8-12. And it only counts where Connection names it: RFC 9110 section 7.8.
    options = parse_tokens(request.fields.get("connection"))
    if request.version < (1, 1) or not options or "upgrade" not in options:
        return None
    wanted = parse_upgrade(request.fields.get("upgrade"))
    if wanted is None or isinstance(wanted, Invalid):
        return None
    # Names are compared without regard to case: rfc9110-7.8-3
    for protocol in wanted:
        name = protocol.name.lower() if protocol.version is None else f"{protocol.name.lower()}/{protocol.version}"
        if name in offered:
            return name
    return None


def websocket_handshake(request: Request) -> tuple[FieldLine, ...] | None:
    """What a 101 to WebSocket needs besides (RFC 6455 section 4.2), or None if the request is no good handshake."""
    key = request.fields.get("sec-websocket-key")
    if key is None or request.fields.get("sec-websocket-version") != "13" or request.content_length:
        return None
    try:
        if len(b64decode(key, validate=True)) != 16:
            return None
    except ValueError:
        return None
    accept = b64encode(sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode(), usedforsecurity=False).digest())
    return (("Sec-WebSocket-Accept", accept.decode()),)


def _upgrade_required(request: Request, protocols: tuple[str, ...], *fields: FieldLine) -> Respond:
    # rfc9110-15.5.22-1; the Connection field that names it is the shell's
    lines = (("Upgrade", ", ".join(protocols)), *fields)
    return refuse(request, 426, "rfc9110-15.5.22", "This resource is only for another protocol.", *lines)


CONTINUE = Response(100, NO_FIELDS)


@only_if(lambda _, method: method == "OPTIONS")
def asks_for_options(request: Request, resource: Resource, now: int) -> Respond | None:
    if request.method != "OPTIONS":
        return None
    fields = [allow(resource)]
    if any(variant.has_ranges for variant in resource.variants):
        fields.append(("Accept-Ranges", "bytes"))
    if resource.accept_patch:
        fields.append(("Accept-Patch", ", ".join(resource.accept_patch)))
    return Respond(204, (*fields, *resource.fields), None, "rfc9110-9.3.7-1")


@only_if(lambda _, method: method == "TRACE")
def asks_for_trace(request: Request, resource: Resource, now: int) -> Respond | None:
    """TRACE, where a resource has it among its methods: the request as it arrived, secrets left out (9.3.8)."""
    if request.method != "TRACE":
        return None
    if request.content_length:
        return refuse(request, 400, "rfc9110-9.3.8", "A TRACE request can't have content.")
    lines = [f"TRACE {request.target} HTTP/{request.version[0]}.{request.version[1]}"]
    # rfc9110-9.3.8-3
    lines += [f"{name}: {value}" for name, value in request.fields if name.lower() not in SECRET_FIELDS]
    content = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
    fields = (("Content-Type", "message/http"), ("Content-Length", str(len(content))))
    return Respond(200, fields, content, "rfc9110-9.3.8-1")


SECRET_FIELDS = frozenset({"authorization", "proxy-authorization", "cookie", "cookie2", "set-cookie"})


def is_it_about_the_server(request: Request, resource: Resource, now: int) -> Respond | None:
    """The target * names no resource: OPTIONS asks what the server can do at all (RFC 9110 section 9.3.7)."""
    if request.path != "*":
        return None
    if request.method != "OPTIONS":
        return refuse(request, 400, "rfc9112-3.2.4", "The target * is for OPTIONS alone.")
    known = ", ".join(method for method in methods.IMPLEMENTABLE if method not in ("CONNECT", "TRACE"))
    return Respond(204, (("Allow", known), *resource.fields), None, "rfc9110-9.3.7-1")
