"""Where a request goes: target forms and Host (RFC 9112 section 3.2), tunnels, and where a proxy may lead."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import unquote

from statuary.fields.dates import format_http_date
from statuary.fields.grammar import Invalid
from statuary.fields.host import Host, parse_host
from statuary.message.fields import Fields
from statuary.message.request import Request
from statuary.message.response import Response
from statuary.semantics.authentication import Authenticated
from statuary.semantics.forwarding.answering import answer
from statuary.semantics.forwarding.credentials import shown_credentials
from statuary.semantics.forwarding.edits import Edit
from statuary.semantics.forwarding.final_recipient import is_about_us
from statuary.semantics.forwarding.outcomes import Answer, Tunnel
from statuary.semantics.forwarding.passage import Inbound
from statuary.semantics.target_uri import uri_of

_DEFAULT_PORTS = {"http": 80, "https": 443}
# What some server or other takes for a separator in a path
_SLASHES = re.compile(r"[/\\]")


def is_version_known(inbound: Inbound) -> Answer | None:
    """505 for what is older than HTTP/1.0: whoever wrote it, wrote no header section."""
    if inbound.request.version >= (1, 0):
        return None
    return answer(inbound, 505, "rfc9110-6.2-s1", "HTTP/1.1 and HTTP/1.0 are spoken here.", closes=True)


@lru_cache(maxsize=256)
def _host_of(authority: str | None) -> Host | Invalid | None:
    """The host and port in an authority: clients name the same few over and over."""
    return parse_host(authority)


def is_target_clear(inbound: Inbound) -> Answer | None:
    """400 where nobody could tell where the request is to go, 501 where a gateway is asked for a tunnel."""
    request, hop = inbound.request, inbound.hop
    if request.method == "CONNECT":
        return _is_tunnel_clear(inbound)
    if request.path == "*" and request.method != "OPTIONS":
        return answer(inbound, 400, "rfc9110-7.1-1", "The target * is for OPTIONS alone.", closes=True)
    if "," in request.fields.by_name.get("host", "") and len(request.fields.all("host")) > 1:
        return answer(inbound, 400, "rfc9112-3.2-6", "There is more than one Host field.", closes=True)
    if request.authority is None and hop.role == "gateway" and request.version < (1, 1):
        # An HTTP/1.0 request for this server alone, which needs no Host: RFC 9112 section 3.3
        return None
    if not _host_of(request.authority):
        # Neither empty nor with user information: rfc9110-4.2.1-2, rfc9110-4.2.2-2, rfc9110-4.2.4-2
        return answer(inbound, 400, "rfc9112-3.2-6", "There is no host in the target that could be read.", closes=True)
    if hop.role == "gateway" or hop.intercepts or is_absolute(request) or is_about_us(inbound):
        return None
    return answer(inbound, 400, "rfc9112-3.2.2", "A proxy takes targets in absolute form.")


def _is_tunnel_clear(inbound: Inbound) -> Answer | None:
    if inbound.hop.role == "gateway":
        says = "A gateway opens no tunnels: it forwards to servers of its own choice."
        return answer(inbound, 501, "rfc9110-9.1-2", says)
    host = _host_of(inbound.request.authority)
    if not host or not host.port:
        return answer(inbound, 400, "rfc9110-9.3.6-2", "The target of CONNECT must be a host and a port.", closes=True)
    return None


def is_absolute(request: Request) -> bool:
    """Whether the target came as a whole URI (RFC 9112 section 3.2.2)."""
    return not request.target.startswith(("/", "?", "*")) and request.method != "CONNECT"


def is_scheme_reachable(inbound: Inbound) -> Answer | None:
    """501 for targets that are had by another protocol than HTTP."""
    if inbound.request.method == "CONNECT" or inbound.request.scheme in _DEFAULT_PORTS:
        return None
    says = "Targets with this URI scheme can't be reached through here."
    return answer(inbound, 501, "rfc9110-15.6.2", says)


def does_it_stay_below(inbound: Inbound) -> Answer | None:
    """400 for a path that could lead out of the part of the next hop that is behind this gateway."""
    if not inbound.hop.prefix or not any(_leads_up(part) for part in _SLASHES.split(unquote(inbound.request.path))):
        return None
    return answer(inbound, 400, "rfc9110-17.3", "The path in the target leads upwards.")


def _leads_up(segment: str) -> bool:
    # Some servers leave out what follows a semicolon before they look for dots
    return segment.partition(";")[0] == ".."


def is_connection_secured(inbound: Inbound) -> Answer | None:
    """421 where a gateway is asked for an https target over a connection without TLS, or the reverse: rfc9110-7.4-2."""
    request = inbound.request
    if inbound.hop.role != "gateway" or request.scheme == request.carried_by:
        return None
    says = "This connection is not secured as the target that is asked for has to be."
    return answer(inbound, 421, "rfc9110-7.4-2", says)


def is_it_elsewhere(inbound: Inbound) -> Answer | None:
    """508 for a request that a proxy would send to itself: rfc9110-7.6-2."""
    request, hop = inbound.request, inbound.hop
    if hop.role != "proxy" or is_about_us(inbound):
        return None
    own = {_authority(_host_of(name), request.scheme) for name in hop.names}
    if _authority(_host_of(request.authority), request.scheme) not in own:
        return None
    says = "The target is this proxy itself."
    return answer(inbound, 508, "rfc9110-7.6-2", says, error="proxy_loop_detected")


def _authority(host: Host | Invalid | None, scheme: str) -> tuple[str, int | None] | None:
    return (host.host, host.port or _DEFAULT_PORTS.get(scheme)) if host else None


def may_it_go_there(inbound: Inbound) -> Answer | None:
    """403 where a proxy leads to some places only: it is no open proxy."""
    request, hop = inbound.request, inbound.hop
    if hop.role != "proxy" or is_about_us(inbound) or not (host := _host_of(request.authority)):
        return None
    if hop.hosts is not None and not _is_listed(host, request.scheme, hop.hosts):
        says = "This proxy does not lead to that host."
        return answer(inbound, 403, "rfc9110-15.5.4", says, error="http_request_denied")
    if request.method == "CONNECT" and hop.tunnel_ports is not None and host.port not in hop.tunnel_ports:
        # To other ports there is no TLS, and a tunnel to mail servers sends spam: rfc9110-9.3.6-5
        says = "This proxy opens no tunnels to that port."
        return answer(inbound, 403, "rfc9110-9.3.6-5", says, error="http_request_denied")
    return None


def _is_listed(asked: Host, scheme: str, hosts: frozenset[str]) -> bool:
    name, port = asked.host, asked.port or _DEFAULT_PORTS.get(scheme)
    for place in hosts:
        is_domain = place.startswith(".")
        listed = _host_of(place[1:] if is_domain else place)
        if not listed or listed.port not in (None, port):
            continue
        if name.endswith(f".{listed.host}") if is_domain else name == listed.host:
            return True
    return False


def open_tunnel(inbound: Inbound) -> Tunnel | None:
    """CONNECT where no other proxy comes next: a connection is opened, and then there is no HTTP on it."""
    request = inbound.request
    if request.method != "CONNECT" or inbound.hop.next_hop is not None:
        return None
    # Neither Content-Length nor Transfer-Encoding: rfc9110-8.6-8, rfc9110-9.3.6-6
    established = Response(200, Fields([("Date", format_http_date(inbound.now))]))
    shown = shown_credentials(inbound)
    return Tunnel(
        request.authority or "",
        established,
        "rfc9110-9.3.6-s1",
        "A tunnel to the host and port asked for.",
        shown if isinstance(shown, Authenticated) else None,
    )


_WITHOUT_HOST = Edit("rfc9112-3.2.2-4", frozenset({"host"}))


def replace_host(inbound: Inbound) -> Edit:
    """The Host that came goes, and another is made from the target: rfc9112-3.2.2-3, rfc9112-3.2.2-4."""
    return _WITHOUT_HOST


def host_line(inbound: Inbound) -> tuple[tuple[str, str], ...]:
    """Host, which comes first: rfc9110-7.2-1, rfc9110-7.2-2."""
    return (("Host", next_authority(inbound)),)


def next_authority(inbound: Inbound) -> str:
    """The authority that is asked for from the next hop. A proxy never changes it: rfc9110-7.7-2."""
    request, hop = inbound.request, inbound.hop
    if hop.role == "gateway" and not (hop.keeps_host and request.authority is not None):
        return hop.next_authority
    return request.authority or ""


def next_scheme(inbound: Inbound) -> str:
    """The scheme of the target as the next hop sees it."""
    return inbound.hop.next_scheme if inbound.hop.role == "gateway" else inbound.request.scheme


def next_path(inbound: Inbound) -> str:
    """The path of the target at the next hop; empty for CONNECT, ``*`` as it came."""
    request = inbound.request
    if request.method == "CONNECT" or request.path == "*":
        return request.path
    return f"{inbound.hop.prefix}{request.path or '/'}"


def next_target(inbound: Inbound) -> str:
    """The request target as it is written to the next hop; path and query as they came (rfc9110-7.7-3)."""
    request, hop = inbound.request, inbound.hop
    if request.method == "CONNECT":
        return request.authority or ""
    if hop.role == "proxy" and hop.next_hop is not None:
        # To a proxy the whole URI: rfc9112-3.2.2-1. There, * is an empty path: RFC 9112 section 3.2.4
        return uri_of(request)
    # The last proxy makes * of the empty path of OPTIONS: rfc9112-3.2.4-2
    path = next_path(inbound)  # rfc9112-3.2.1-1, rfc9112-3.2.1-2
    return path if request.query is None else f"{path}?{request.query}"
