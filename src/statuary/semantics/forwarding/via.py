"""Via: which way a message came, and whether it has been here before (RFC 9110 section 7.6.3)."""

from __future__ import annotations

from functools import lru_cache

from statuary.fields.grammar import Invalid
from statuary.fields.via import ViaMember, format_via, parse_via
from statuary.message.fields import FieldLine, Fields
from statuary.semantics.forwarding.answering import answer
from statuary.semantics.forwarding.edits import Edit
from statuary.semantics.forwarding.hop import Hop, Version
from statuary.semantics.forwarding.outcomes import Answer
from statuary.semantics.forwarding.passage import Inbound, Outbound


def has_it_not_been_here(inbound: Inbound) -> Answer | None:
    """508 for a request that comes around again: rfc9110-7.6-2."""
    if not names_us(inbound.request.fields, inbound.hop):
        return None
    says = "The request has been forwarded by this intermediary before: it goes in a circle."
    return answer(inbound, 508, "rfc9110-7.6-2", says, error="proxy_loop_detected")


def names_us(fields: Fields, hop: Hop) -> bool:
    """Whether Via has our name. One that is outside its grammar is still read for that, or loops could hide behind it."""
    members = parse_via(fields.by_name.get("via"))
    if members is None:
        return False
    if isinstance(members, Invalid):
        words = [member.split() for member in fields.get("via", "").split(",")]
        names = {pair[1].lower() for pair in words if len(pair) > 1}
    else:
        names = {member.received_by.lower() for member in members}
    return hop.name.lower() in names


def add_via_to_request(inbound: Inbound) -> Edit:
    """Each request forwarded says that it came through here: rfc9110-7.6.3-1, rfc9110-7.6.3-2."""
    return _add(inbound.request.fields, inbound.request.version, inbound.hop)


def add_via_to_response(outbound: Outbound) -> Edit | None:
    """A proxy must, interim responses included (rfc9110-7.6.3-1); a gateway may (rfc9110-7.6.3-3)."""
    if outbound.hop.role == "gateway" and not outbound.hop.via_in_responses:
        return None
    return _add(outbound.response.fields, outbound.version, outbound.hop)


def _add(fields: Fields, version: Version, hop: Hop) -> Edit:
    major, minor = version
    # HTTP/2 and later have no minor version; the name is left out since it is HTTP
    received = f"{major}.{minor}" if major < 2 else str(major)
    own = _own(received, hop.name, hop.comment)
    concealed = _concealed(fields, hop) if hop.hidden else None
    if concealed is None:
        # Behind those that came: they are not touched, and never merged (rfc9110-7.6.3-12)
        return own
    return Edit("rfc9110-7.6.3-9", frozenset({"via"}), (*concealed, *own.add))


@lru_cache(maxsize=64)
def _own(received: str, name: str, comment: str | None) -> Edit:
    """A line of its own for this hop."""
    return Edit("rfc9110-7.6.3-1", add=(("Via", format_via([ViaMember("HTTP", received, name, comment)])),))


def _concealed(fields: Fields, hop: Hop) -> tuple[FieldLine, ...] | None:
    """Via with pseudonyms for the hosts within a firewall, None where there is none: rfc9110-7.6.3-8, rfc9110-7.6.3-9."""
    pseudonyms = {host.lower(): pseudonym for host, pseudonym in hop.hidden}
    members = parse_via(fields.get("via")) if pseudonyms else None
    if not members:
        return None
    shown = [
        member._replace(received_by=pseudonyms.get(_host_of(member), member.received_by), comment=None)
        if _host_of(member) in pseudonyms
        else member
        for member in members
    ]
    return None if shown == list(members) else (("Via", format_via(shown)),)


def _host_of(member: ViaMember) -> str:
    """Without the port, which is hidden along with the host."""
    host, colon, port = member.received_by.rpartition(":")
    return (host if colon and "]" not in port else member.received_by).lower()
