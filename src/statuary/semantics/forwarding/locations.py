"""Location and Content-Location of a gateway: what names the next hop is not for clients (RFC 9110 sections 10.2.2, 8.7)."""

from __future__ import annotations

import re

from statuary.message.fields import FieldLine
from statuary.semantics.forwarding.edits import Edit
from statuary.semantics.forwarding.passage import Outbound
from statuary.semantics.target_uri import origin_of

# scheme ":" "//" authority, the scheme left out in a network-path reference: RFC 3986 sections 3 and 4.2
_ORIGIN = re.compile(r"(?:([A-Za-z][A-Za-z0-9+\-.]*):)?//([^/?#\\]*)")


def map_location(outbound: Outbound) -> Edit | None:
    return _mapped(outbound, "location", "Location", "rfc9110-10.2.2")


def map_content_location(outbound: Outbound) -> Edit | None:
    return _mapped(outbound, "content-location", "Content-Location", "rfc9110-8.7")


def _mapped(outbound: Outbound, name: str, spelled: str, because: str) -> Edit | None:
    """The origin exchanged for the one the client knows; path, query and fragment as they are. Relative ones stay."""
    hop, request = outbound.hop, outbound.request
    if not hop.maps_locations or hop.role != "gateway" or request.authority is None:
        return None
    values = outbound.response.fields.all(name)
    if len(values) != 1:
        return None
    found = _ORIGIN.match(values[0])
    if found is None or not _is_next_hop(found[1] or hop.next_scheme, found[2], hop.next_hop or ""):
        return None
    own = f"{request.scheme}://{request.authority}"
    line: FieldLine = (spelled, own + values[0][found.end() :])
    return Edit(because, frozenset({name}), (line,))


def _is_next_hop(scheme: str, authority: str, next_hop: str) -> bool:
    try:
        return origin_of(f"{scheme}://{authority}") == origin_of(next_hop)
    except ValueError:
        return False
