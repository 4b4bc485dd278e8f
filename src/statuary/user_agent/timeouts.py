"""How long a user agent waits, and for what."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds; None for as long as it takes.

    connect         for a TCP connection, the look-up of its address included
    tls             for a TLS handshake
    first_octet     for the beginning of a response, once the request was sent
    between_octets  within a response, and while the peer takes no content
    for_continue    for a 100, before the content is sent without it
    for_connection  for one of the permitted connections to become free
    whole           for a fetch, with all its requests and waits, up to the end of its content
    """

    connect: float | None = 10.0
    tls: float | None = 10.0
    first_octet: float | None = 60.0
    between_octets: float | None = 60.0
    for_continue: float = 1.0
    for_connection: float | None = 60.0
    whole: float | None = None

    def __post_init__(self) -> None:
        limits = (self.connect, self.tls, self.first_octet, self.between_octets, self.for_connection, self.whole)
        if any(limit is not None and limit <= 0 for limit in limits) or self.for_continue < 0:
            raise ValueError("a time limit is more than 0 seconds")
