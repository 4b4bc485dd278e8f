"""A hop: all that is known of an intermediary and its next hop before a message is forwarded, and what it may do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from statuary.fields.host import parse_host
from statuary.fields.proxy_status import ProxyStatusMember, format_proxy_status, token_or_string
from statuary.fields.via import ViaMember, format_via
from statuary.semantics.resource import Access
from statuary.semantics.target_uri import is_http

Version = tuple[int, int]
Role = Literal["gateway", "proxy", "tunnel"]
Telling = Literal["forwarded", "x-forwarded"]

_LARGEST_MAX_FORWARDS = 255
# Segments that are neither empty nor dots: RFC 3986 section 3.3
_PREFIX = re.compile(r"(?:/(?!\.{1,2}(?:/|$))(?:[A-Za-z0-9\-._~!$&'()*+,;=:@]|%[0-9A-Fa-f]{2})+)+")


@dataclass(frozen=True, slots=True)
class Hop:
    """One step of the way between user agent and origin server: the intermediary, and whom it forwards to.

    role                 a gateway is taken for the origin server by its clients; a proxy is chosen by them; a tunnel relays
    name                 the received-by of Via: own host, with port where it matters, or a pseudonym. No other intermediary
                         on the way may have the same, since that is how loops are found
    comment              the software, for Via; in parentheses
    names                authorities (``host`` or ``host:port``) by which a proxy is reached itself
    next_hop             origin (``https://host:port``) that a gateway forwards to; of a proxy, the proxy it goes through,
                         None for straight to the origin server
    next_version         the HTTP version that the next hop is known to speak, None where that is not known
    prefix               path ahead of all targets at a gateway's next hop, ``/a/b``; empty where they are the same
    keeps_host           whether a gateway forwards the authority that the client asked for, rather than the next hop's
    intercepts           whether a proxy takes requests in origin form, whose target it knows from Host alone
    hosts                where a proxy may go: hosts, or ``.domain`` for all below it, each with ``:port`` where only that is
                         meant; None for anywhere
    tunnel_ports         ports to which CONNECT may lead; None for any
    access               who may use a proxy; None for everybody
    consumes_credentials whether Proxy-Authorization ends here; otherwise it is for the next proxy
    most_forwards        the largest Max-Forwards that is sent on
    most_content         octets of content that a request may have, None for any number
    buffers              whether content of unknown length can be gathered for a next hop that doesn't know chunked
    sends_continue       whether 100 is sent in the name of a next hop of HTTP/1.0, rather than 417
    upgrades             protocols (names in lower case) to which a connection through this hop may switch
    passes_trailers      whether trailer sections are forwarded
    maps_locations       whether a gateway rewrites Location and Content-Location that name the next hop
    via_in_responses     whether a gateway adds Via to responses; a proxy always does
    tells                what the next hop is told of the client: "forwarded" (RFC 7239), "x-forwarded", both, or nothing
    trusts_told          whether clients are intermediaries too, whose word in those fields is kept
    hidden               hosts whose names are not shown in Via, each with the pseudonym that stands for it
    transforms           whether content is transformed where that is permitted
    proxy_status         whether Proxy-Status is added to the responses made here ("failures"), to all, or to none
    most_attempts        times that a request is sent, the first included
    retry_after          seconds for Retry-After where there is no next hop at the moment; None for no such advice
    """

    role: Role
    name: str
    comment: str | None = None
    names: frozenset[str] = frozenset()
    next_hop: str | None = None
    next_version: Version | None = None
    prefix: str = ""
    keeps_host: bool = False
    intercepts: bool = False
    hosts: frozenset[str] | None = None
    tunnel_ports: frozenset[int] | None = frozenset({443})
    access: Access | None = None
    consumes_credentials: bool = True
    most_forwards: int = _LARGEST_MAX_FORWARDS
    most_content: int | None = None
    buffers: bool = False
    sends_continue: bool = False
    upgrades: frozenset[str] = frozenset()
    passes_trailers: bool = True
    maps_locations: bool = False
    via_in_responses: bool = True
    tells: frozenset[Telling] = frozenset()
    trusts_told: bool = False
    hidden: tuple[tuple[str, str], ...] = ()
    transforms: bool = False
    proxy_status: Literal["none", "failures", "all"] = "failures"
    most_attempts: int = 2
    retry_after: int | None = 10

    def __post_init__(self) -> None:
        # Raise ValueError for a name that could not be written
        for name in (self.name, *(pseudonym for _, pseudonym in self.hidden)):
            format_via([ViaMember("HTTP", "1.1", name, self.comment)])
        format_proxy_status([ProxyStatusMember(token_or_string(self.name))])
        rest = (self.next_hop or "").partition("://")[2].removesuffix("/")
        if self.next_hop is not None and not (is_http(self.next_hop) and parse_host(rest)):
            raise ValueError(f"not an origin: {self.next_hop!r}")
        if self.prefix and (self.role != "gateway" or _PREFIX.fullmatch(self.prefix) is None):
            raise ValueError(f"not a path to put ahead of others: {self.prefix!r}")
        for place in self.hosts or ():
            if not parse_host(place.removeprefix(".")):
                raise ValueError(f"not a host: {place!r}")
        if self.role == "gateway" and self.next_hop is None:
            raise ValueError("a gateway needs a next hop")
        if self.access is not None and self.role != "proxy":
            raise ValueError("only a proxy asks for Proxy-Authorization")
        if min(self.most_forwards, self.most_attempts, self.most_content or 0, self.retry_after or 0) < 0:
            raise ValueError("limits are not negative")

    @property
    def next_authority(self) -> str:
        """Host and port of the next hop as they are configured; empty where it depends on the request."""
        return "" if self.next_hop is None else self.next_hop.partition("://")[2].partition("/")[0]

    @property
    def next_scheme(self) -> str:
        """Scheme of the next hop; empty where it depends on the request."""
        return "" if self.next_hop is None else self.next_hop.partition("://")[0].lower()

    @property
    def is_next_old(self) -> bool:
        """Whether the next hop is known to speak nothing above HTTP/1.0."""
        return self.next_version is not None and self.next_version < (1, 1)
