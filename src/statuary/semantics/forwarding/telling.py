"""What the next hop is told of the client: Forwarded (RFC 7239), or X-Forwarded-*, fields that are older and in no RFC."""

from __future__ import annotations

from statuary.fields.grammar import format_token_or_quoted
from statuary.message.fields import FieldLine
from statuary.semantics.forwarding.edits import Edit
from statuary.semantics.forwarding.passage import Inbound

_FOR, _PROTO, _HOST = "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host"
_TOLD = frozenset({"forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"})


def drop_what_clients_told(inbound: Inbound) -> Edit | None:
    """Anybody can write these fields: where this hop vouches for them, they begin here (RFC 7239 section 8.1)."""
    hop = inbound.hop
    return Edit("rfc7239-8.1", _TOLD) if hop.tells and not hop.trusts_told else None


def tell_forwarded(inbound: Inbound) -> Edit | None:
    """One element more, behind those that came: RFC 7239 section 4."""
    if "forwarded" not in inbound.hop.tells:
        return None
    request = inbound.request
    pairs = [("for", _node(request.peer)), ("proto", request.carried_by)]
    if request.authority is not None:
        pairs.append(("host", request.authority))
    element = ";".join(f"{name}={format_token_or_quoted(value)}" for name, value in pairs)
    return Edit("rfc7239-4", add=(("Forwarded", element),))


def _node(peer: str | None) -> str:
    """The client's address as RFC 7239 section 6 has it."""
    if not peer or peer == "-":
        return "unknown"
    return f"[{peer.partition('%')[0]}]" if ":" in peer else peer


def tell_x_forwarded(inbound: Inbound) -> Edit | None:
    """For grows by an address, in one line, as many read no more than that; Proto and Host are what the first hop saw."""
    if "x-forwarded" not in inbound.hop.tells:
        return None
    request, kept = inbound.request, inbound.hop.trusts_told
    said = request.fields.get("x-forwarded-for") if kept else None
    peer = request.peer if request.peer and request.peer != "-" else "unknown"
    lines: list[FieldLine] = [(_FOR, f"{said}, {peer}" if said else peer)]
    for name, value in ((_PROTO, request.carried_by), (_HOST, request.authority)):
        if value is not None and not (kept and name.lower() in request.fields):
            lines.append((name, value))
    return Edit("x-forwarded", frozenset({"x-forwarded-for"}), tuple(lines))
