"""Location and Content-Location of a gateway: what names the next hop is not for clients (RFC 9110 sections 10.2.2, 8.7)."""

from __future__ import annotations

import re
from dataclasses import replace

from statuary.message.fields import FieldLine
from statuary.message.request import Request
from statuary.message.response import Response
from statuary.semantics.forwarding.edits import Edit, apply
from statuary.semantics.forwarding.hop import Hop
from statuary.semantics.forwarding.passage import Outbound
from statuary.semantics.target_uri import origin_of

# scheme ":" "//" authority, the scheme left out in a network-path reference: RFC 3986 sections 3 and 4.2
_ORIGIN = re.compile(r"(?:([A-Za-z][A-Za-z0-9+\-.]*):)?//([^/?#\\]*)")


def map_location(outbound: Outbound) -> Edit | None:
    return _mapped(outbound, "location", "Location", "rfc9110-10.2.2")


def map_content_location(outbound: Outbound) -> Edit | None:
    return _mapped(outbound, "content-location", "Content-Location", "rfc9110-8.7")


def as_clients_know(request: Request, response: Response, hop: Hop, now: int) -> Response:
    """The response with both mapped: for a cache, which can't tell later what server has sent it."""
    if not hop.maps_locations:
        return response
    outbound = Outbound(request, response, hop, now, (1, 1), closes=False)
    edits = [edit for change in (map_location, map_content_location) if (edit := change(outbound)) is not None]
    return replace(response, fields=apply(response.fields, edits)) if edits else response


def _mapped(outbound: Outbound, name: str, spelled: str, because: str) -> Edit | None:
    """The origin exchanged for the one the client knows, the prefix left out; the rest of the path, query and fragment as
    they are. What names a place that can't be reached from here stays, as do paths that are relative.
    """
    hop, request = outbound.hop, outbound.request
    if not hop.maps_locations or hop.role != "gateway" or request.authority is None:
        return None
    values = outbound.response.fields.all(name)
    if len(values) != 1:
        return None
    found, own = _ORIGIN.match(values[0]), f"{request.scheme}://{request.authority}"
    if found is None:
        own, rest = "", values[0]
        if not hop.prefix or not rest.startswith("/"):
            return None
    elif not _is_next_hop(found[1] or hop.next_scheme, found[2], hop.next_hop or ""):
        return None
    else:
        rest = values[0][found.end() :]
    below = rest.removeprefix(hop.prefix)
    if hop.prefix and (below == rest or below[:1] not in ("", "/", "?", "#")):
        return None
    line: FieldLine = (spelled, f"{own}{'/' if hop.prefix and below[:1] != '/' else ''}{below}")
    return Edit(because, frozenset({name}), (line,))


def _is_next_hop(scheme: str, authority: str, next_hop: str) -> bool:
    try:
        return origin_of(f"{scheme}://{authority}") == origin_of(next_hop)
    except ValueError:
        return False
