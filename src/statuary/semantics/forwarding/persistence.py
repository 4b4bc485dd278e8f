"""Whether the connection to the client persists, and what Connection says of it: RFC 9112 sections 9.3 and 9.6."""

from __future__ import annotations

from statuary.message.request import Request
from statuary.semantics.forwarding.hop import Hop
from statuary.semantics.forwarding.hop_by_hop import nominated


def wants_to_persist(request: Request, hop: Hop) -> bool:
    """Whether the client can and may send another request on its connection."""
    if "connection" not in request.fields.by_name:
        return request.version >= (1, 1)
    options = nominated(request.fields)
    if request.version >= (1, 1):
        return "close" not in options
    # A proxy can't tell keep-alive for itself from one passed on blindly: rfc9112-9.3-7
    return hop.role == "gateway" and "keep-alive" in options and "close" not in options


def connection_options(request: Request, *, closes: bool) -> tuple[str, ...]:
    """What a final response says of the connection: rfc9112-9.3-3, rfc9112-9.6-5; keep-alive to HTTP/1.0."""
    if closes:
        return ("close",)
    return ("keep-alive",) if request.version < (1, 1) else ()
