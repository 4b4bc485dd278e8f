"""Interim responses: passed on to those who can take them (RFC 9110 section 15.2)."""

from __future__ import annotations

from statuary.semantics.forwarding.expecting import continue_in_its_place, expects_continue
from statuary.semantics.forwarding.outcomes import Drop
from statuary.semantics.forwarding.passage import Inbound, Outbound


def can_client_take_it(outbound: Outbound) -> Drop | None:
    """HTTP/1.0 has no interim responses: rfc9110-15.2-1."""
    if not outbound.is_interim or outbound.request.version >= (1, 1):
        return None
    return Drop("rfc9110-15.2-1", "The client speaks HTTP/1.0, which has no interim responses.")


def is_it_awaited(outbound: Outbound) -> Drop | None:
    """A 100 that nobody waits for. A proxy forwards it all the same, as any other: rfc9110-15.2-4."""
    if outbound.response.status != 100 or outbound.hop.role == "proxy" or expects_continue(outbound.request):
        return None
    return Drop("rfc9110-15.2.1-s3", "The client did not ask for a 100, and has sent its content or has none.")


def was_it_sent_already(outbound: Outbound) -> Drop | None:
    """A 100 that was sent in the next hop's place is not sent once more: it was this hop that asked for it."""
    if outbound.response.status != 100:
        return None
    if not continue_in_its_place(Inbound(outbound.request, outbound.hop, outbound.now)):
        return None
    return Drop("rfc9110-15.2-4", "A 100 was sent to the client before.")
