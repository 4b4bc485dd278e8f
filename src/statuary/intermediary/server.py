"""An intermediary as a program: an origin server's sockets, clock and orderly end, and next hops where that has a site."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, MutableMapping

from statuary.intermediary.cache import Cache
from statuary.intermediary.client_connection import ClientConnection
from statuary.intermediary.connecting import NextHopConnector
from statuary.intermediary.next_hops import NextHops
from statuary.intermediary.settings import DEFAULT_INTERMEDIARY_SETTINGS, IntermediarySettings
from statuary.origin_server.access_log import AccessLog
from statuary.origin_server.server import OriginServer
from statuary.origin_server.site import Site
from statuary.semantics.authentication import Authenticated
from statuary.transport.clock import Clock
from statuary.user_agent.pool import Pool

MOST_NONCES = 10_000


class Intermediary(OriginServer):
    """Forwards what comes to ``next_hops``. ``permits`` is asked about each address before it is connected to.

    ``tls`` is how https servers are met, None for the usual certificates. ``nonce_counts`` is that of the Access whose
    Digest credentials are asked for, if any: it is kept up to date.
    """

    def __init__(
        self,
        next_hops: NextHops,
        settings: IntermediarySettings = DEFAULT_INTERMEDIARY_SETTINGS,
        *,
        permits: Callable[[str], bool] | None = None,
        nonce_counts: MutableMapping[str, int] | None = None,
        cache: Cache | None = None,
        tls: ssl.SSLContext | None = None,
        log: AccessLog | None = None,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(_NoSite(self.close), settings.client, log=log, clock=clock)
        self.next_hops = next_hops
        self.intermediary_settings = settings
        self.connector = NextHopConnector(settings.timeouts, settings.client.wire, permits=permits, tls=tls)
        self.pool = Pool(self.connector.open, settings.pool, self.clock.tick)
        self.cache = cache
        self.successor: Intermediary | None = None
        """Who has taken over: connections may still come here until the sockets are closed."""
        self.hurry = asyncio.Event()
        """Set when the whole program is to end."""
        self._nonce_counts = nonce_counts

    def connect(self) -> ClientConnection:
        return ClientConnection(self.newest)

    @property
    def newest(self) -> Intermediary:
        """Who has taken over from whoever has taken over from this one; itself, if nobody has."""
        newest = self
        while newest.successor is not None:
            newest = newest.successor
        return newest

    def authenticated(self, who: Authenticated) -> None:
        """Credentials were accepted: their nonce's count is noted, against replay."""
        counts = self._nonce_counts
        if who.nonce is None or counts is None:
            return
        counts[who.nonce] = max(who.count, counts.get(who.nonce, 0))
        while len(counts) > MOST_NONCES:
            del counts[next(iter(counts))]

    @property
    def has_time(self) -> bool:
        """Whether exchanges may take as long as they do, and tunnels stay: somebody else has taken over, and goes on."""
        return self.successor is not None and not self.hurry.is_set()

    async def finish(self) -> None:
        if self.has_time:
            self.stopping = True
            for connection in list(self.connections):
                connection.stop()
            self._empty.clear()
            if self.connections:
                await _either(self._empty, self.hurry)
        await super().finish()

    def close(self) -> None:
        """Close all connections to next hops, and the cache."""
        self.pool.close()
        if self.cache is not None:
            self.cache.close()


async def _either(*events: asyncio.Event) -> None:
    waiting = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in waiting:
            one.cancel()


class _NoSite(Site):
    """There is nothing of its own here; it only hears when all is over."""

    def __init__(self, closes: Callable[[], None]) -> None:
        self._closes = closes

    async def close(self) -> None:
        self._closes()
