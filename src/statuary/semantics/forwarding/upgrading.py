"""Upgrade and TE: offers made to this hop, which it passes on as far as it can keep them (RFC 9110 sections 7.8, 10.1.4)."""

from __future__ import annotations

from statuary.fields.transfer_codings import parse_te
from statuary.fields.upgrade import parse_upgrade
from statuary.semantics.forwarding.answering import answer
from statuary.semantics.forwarding.edits import Edit
from statuary.semantics.forwarding.outcomes import Answer
from statuary.semantics.forwarding.passage import Inbound, Outbound


def offer_upgrade(inbound: Inbound) -> Edit | None:
    """The protocols that the client offers and this hop can relay; the others are ignored, rfc9110-7.8-2."""
    offered = _offered(inbound)
    if not offered:
        return None
    # Named in Connection: rfc9110-7.8-11
    return Edit("rfc9110-7.8-11", frozenset({"upgrade"}), (("Upgrade", ", ".join(offered)),), ("Upgrade",))


def _offered(inbound: Inbound) -> tuple[str, ...]:
    """Spelled as they came. None from HTTP/1.0 (rfc9110-7.8-12), nor from an Upgrade that Connection doesn't name."""
    request, hop = inbound.request, inbound.hop
    if "upgrade" not in inbound.nominated or not hop.upgrades or request.version < (1, 1):
        return ()
    protocols = parse_upgrade(request.fields.get("upgrade"))
    if not protocols or hop.is_next_old or request.method == "CONNECT":
        return ()
    spelled = [member.strip(" \t") for member in request.fields.get("upgrade", "").split(",")]
    # Names have no case: rfc9110-7.8-3
    return tuple(member for member in spelled if member.partition("/")[0].lower() in hop.upgrades)


def was_switch_offered(outbound: Outbound) -> Answer | None:
    """502 for a 101 to a protocol that was not offered: rfc9110-7.8-6."""
    if outbound.response.status != 101:
        return None
    offered = _offered(Inbound(outbound.request, outbound.hop, outbound.now))
    names = {member.partition("/")[0].lower() for member in offered}
    taken = parse_upgrade(outbound.response.fields.get("upgrade"))
    # Without a name, nobody knows what follows: rfc9110-7.8-4
    if taken and all(protocol.name in names for protocol in taken):
        return None
    says = "The next server switches to a protocol that it was not asked for."
    return answer(outbound, 502, "rfc9110-7.8-6", says, error="http_upgrade_failed")


def tell_protocols(outbound: Outbound) -> Edit | None:
    """Upgrade in a 101, as it came (rfc9110-7.8-4, rfc9110-7.8-5), and in a 426 (rfc9110-7.8-8)."""
    response = outbound.response
    if response.status not in (101, 426):
        return None
    value = response.fields.get("upgrade")
    if value is None or not parse_upgrade(value):
        return None
    return Edit("rfc9110-7.8-11", frozenset({"upgrade"}), (("Upgrade", value),), ("Upgrade",))


def accept_trailers(inbound: Inbound) -> Edit | None:
    """TE: trailers, if the client takes them and this hop forwards them (RFC 9110 section 6.5.1). We decode no codings."""
    request, hop = inbound.request, inbound.hop
    if not takes_trailers(inbound) or not hop.passes_trailers or hop.is_next_old or request.version < (1, 1):
        return None
    # Named in Connection: rfc9110-10.1.4-1
    return Edit("rfc9110-10.1.4-1", frozenset({"te"}), (("TE", "trailers"),), ("TE",))


def takes_trailers(inbound: Inbound) -> bool:
    """Whether the client says that it takes trailers."""
    if "te" not in inbound.nominated:
        return False
    codings = parse_te(inbound.request.fields.get("te")) or ()
    return any(coding.name == "trailers" for coding in codings)
