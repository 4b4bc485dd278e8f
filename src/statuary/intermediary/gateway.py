"""A gateway: what its clients take for the origin server, with the next hops it was given (RFC 9110 section 3.7)."""

from __future__ import annotations

import ssl
from collections.abc import Collection

from statuary.intermediary.cache import opened
from statuary.intermediary.next_hops import origin_text, upstreams
from statuary.intermediary.server import Intermediary
from statuary.intermediary.settings import DEFAULT_INTERMEDIARY_SETTINGS, IntermediarySettings
from statuary.origin_server.access_log import AccessLog
from statuary.semantics.forwarding import Hop
from statuary.semantics.forwarding.hop import Telling
from statuary.transport.clock import Clock


def gateway(
    to: Collection[str],
    settings: IntermediarySettings = DEFAULT_INTERMEDIARY_SETTINGS,
    *,
    name: str,
    keeps_host: bool = False,
    maps_locations: bool = False,
    tells: Collection[Telling] = (),
    trusts_told: bool = False,
    most_content: int | None = None,
    upgrades: Collection[str] = ("websocket",),
    cache: str | None = None,
    tls: ssl.SSLContext | None = None,
    log: AccessLog | None = None,
    clock: Clock | None = None,
) -> Intermediary:
    """A gateway to the servers, or the places on them, whose URLs are ``to``, told apart from others by its ``name`` in Via.

    ``keeps_host`` forwards the Host that clients ask for; ``maps_locations`` rewrites Location and Content-Location that name
    a server behind it; ``tells`` and ``trusts_told`` are those of Hop; ``most_content`` is how many octets of content a
    request may have (413); ``upgrades`` are the protocols that connections may switch to. ``cache`` is the file in which
    responses are kept, ``:memory:`` for none; without it, there is no cache. ``tls`` is how https servers are met. Raises
    ValueError.
    """
    if not to:
        raise ValueError("a gateway needs a server to forward to")
    hop = Hop(
        "gateway",
        name,
        next_hop=origin_text(next(iter(to))),
        keeps_host=keeps_host,
        maps_locations=maps_locations,
        tells=frozenset(tells),
        trusts_told=trusts_told,
        most_content=most_content,
        upgrades=frozenset(protocol.lower() for protocol in upgrades),
        buffers=True,
        sends_continue=True,
        most_attempts=1 + max(1, len(to)),
    )
    next_hops = upstreams(
        to,
        hop,
        most_failures=settings.most_failures,
        down_seconds=settings.down_seconds,
        most_down_seconds=settings.most_down_seconds,
    )
    return Intermediary(next_hops, settings, cache=opened(cache), tls=tls, log=log, clock=clock)
