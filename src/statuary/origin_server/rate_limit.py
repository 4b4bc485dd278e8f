"""How often one peer may ask: so many requests in so many seconds, counted from its first."""

from __future__ import annotations

from ipaddress import IPv6Address

MOST_PEERS = 4096
"""Peers remembered at a time. Of more than this the one whose time began first is forgotten: that bounds memory."""


class RateLimit:
    """Counts the requests of each peer in this process."""

    def __init__(self, requests: int, seconds: int, most_peers: int = MOST_PEERS) -> None:
        self._requests = requests
        self._seconds = seconds
        self._most_peers = most_peers
        self._peers: dict[str, tuple[int, int]] = {}

    def take(self, peer: str | None, now: int) -> int | None:
        """Count one request at the time ``now``: None if it is within the limit, or how many seconds to wait."""
        who = network_of(peer)
        began, count = self._peers.get(who, (now, 0))
        # A clock that was set back begins anew as well, rather than shut somebody out for long
        if not 0 <= now - began < self._seconds:
            self._peers.pop(who)
            began, count = now, 0
        if count >= self._requests:
            return began + self._seconds - now
        if count == 0:
            while len(self._peers) >= self._most_peers:
                del self._peers[next(iter(self._peers))]
        self._peers[who] = began, count + 1
        return None


def network_of(peer: str | None) -> str:
    """Who is counted as one: an IPv4 address, or the /64 network that a customer has of IPv6 at least."""
    if peer is None or ":" not in peer:
        return peer or "-"
    address = IPv6Address(peer.partition("%")[0])
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(IPv6Address(int(address) >> 64 << 64))
