"""What whoever runs an intermediary can set: the client's side, the way to the next hops, and how much is kept."""

from __future__ import annotations

from dataclasses import dataclass, field

from statuary.origin_server.settings import DEFAULT_SETTINGS, Settings
from statuary.user_agent.pool import PoolLimits
from statuary.user_agent.timeouts import Timeouts


@dataclass(frozen=True, slots=True)
class IntermediarySettings:
    """Times in seconds, sizes in octets. ``client`` bounds the connections that come, as an origin server's settings do."""

    client: Settings = DEFAULT_SETTINGS
    timeouts: Timeouts = field(default_factory=lambda: Timeouts(connect=5.0, tls=5.0, for_connection=10.0))
    """On the way to a next hop. ``for_continue`` and ``whole`` are the client's business, and not used."""
    pool: PoolLimits = field(default_factory=lambda: PoolLimits(per_route=1024, idle=256))
    most_kept: int = 64 * 1024
    """Request content that is kept in case it has to be sent a second time."""
    most_gathered: int = 1024 * 1024
    """Request content of unknown length that is gathered for a next hop of HTTP/1.0; more is answered with 411."""
    tunnel_idle: float = 300.0
    """How long a tunnel, or a connection that has switched protocols, may be silent in both directions."""
    drops_half_closed: bool = False
    """Whether a client that closes its sending side is taken for gone. It may still read: RFC 9112 section 9.6."""
    most_failures: int = 3
    """Failures in a row after which one of several next hops is left out for a while."""
    down_seconds: float = 1.0
    """For how long, the first time; twice as long each time that it fails again before it has answered."""
    most_down_seconds: float = 10.0
    """For how long at most, if ``down_seconds`` is not more already."""


DEFAULT_INTERMEDIARY_SETTINGS = IntermediarySettings()
