"""A proxy: chosen by its clients, leads where they ask, as far as it may (RFC 9110 section 3.7)."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping

from statuary.intermediary.cache import opened
from statuary.intermediary.connecting import is_public
from statuary.intermediary.next_hops import AsAsked
from statuary.intermediary.server import Intermediary
from statuary.intermediary.settings import DEFAULT_INTERMEDIARY_SETTINGS, IntermediarySettings
from statuary.origin_server.access_log import AccessLog
from statuary.semantics.forwarding import Hop
from statuary.semantics.resource import Access, User
from statuary.transport.clock import Clock


def proxy(
    settings: IntermediarySettings = DEFAULT_INTERMEDIARY_SETTINGS,
    *,
    name: str,
    names: Collection[str] = (),
    hosts: Collection[str] | None = None,
    tunnel_ports: Collection[int] | None = (443,),
    allows_private: bool = False,
    users: Mapping[str, str] | None = None,
    realm: str = "proxy",
    most_content: int | None = None,
    upgrades: Collection[str] = ("websocket",),
    cache: str | None = None,
    log: AccessLog | None = None,
    clock: Clock | None = None,
) -> Intermediary:
    """A forward proxy, told apart from others by its ``name`` in Via; ``names`` are the authorities it is reached by.

    ``hosts`` are those it leads to, or ``.domain`` for all below one, either with ``:port``; None for any. ``allows_private``
    lets it connect to addresses that are not of the internet at large. ``users`` are names and passwords; None for
    everybody. ``most_content`` is how many octets of content a request may have (413). ``cache`` is the file in which
    responses are kept, ``:memory:`` for none; without it, there is no cache. Raises ValueError.
    """
    counts: dict[str, int] = {}
    access = None
    if users is not None:
        known = {user: User(password=password) for user, password in users.items()}
        access = Access(realm, ("Digest", "Basic"), known, key=secrets.token_bytes(32), nonce_counts=counts)
    hop = Hop(
        "proxy",
        name,
        names=frozenset(names),
        hosts=None if hosts is None else frozenset(host.lower() for host in hosts),
        tunnel_ports=None if tunnel_ports is None else frozenset(tunnel_ports),
        access=access,
        most_content=most_content,
        upgrades=frozenset(protocol.lower() for protocol in upgrades),
        via_in_responses=True,
    )
    permits = None if allows_private else is_public
    return Intermediary(
        AsAsked(hop), settings, permits=permits, nonce_counts=counts, cache=opened(cache), log=log, clock=clock
    )
