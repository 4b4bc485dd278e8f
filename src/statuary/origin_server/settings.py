"""What whoever runs an origin server can set about its connections: time-outs and bounds."""

from __future__ import annotations

from dataclasses import dataclass, field

from statuary.wire.limits import WireLimits


@dataclass(frozen=True, slots=True)
class Settings:
    """Times in seconds, sizes in octets."""

    head_timeout: float = 10.0
    """From the first octet of a request to the end of its header section (408)."""
    idle_timeout: float = 60.0
    """Between requests: the connection is closed without a word."""
    content_timeout: float = 20.0
    """How long content may stop coming (408)."""
    send_timeout: float = 60.0
    """How long a response may stop going altogether before the connection is dropped."""
    least_rate: int = 256
    """Octets per second that a peer must keep up on average, or it counts as stopped."""
    linger_timeout: float = 2.0
    """After a last response: how long to wait for the peer to read it and close."""
    shutdown_timeout: float = 10.0
    """How long to let exchanges finish once told to stop."""
    most_connections: int = 8192
    """More are answered with 503 and closed."""
    most_discarded: int = 256 * 1024
    """Unwanted request content that is read to keep a connection in step; for more it is closed."""
    most_unsent: int = 256 * 1024
    """Octets of responses waiting to go before the next pipelined request is looked at."""
    wire: WireLimits = field(default_factory=WireLimits)
    server_name: str | None = None
    """Value of the Server field, none by default: it helps attackers more than anyone (RFC 9110 section 17.12)."""


DEFAULT_SETTINGS = Settings()
