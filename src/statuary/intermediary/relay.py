"""Octets passed between two transports: tunnels, and what follows a 101 (RFC 9110 sections 7.8 and 9.3.6).

What one side has sent is delivered before the other is closed, and each side may close while the other goes on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast


class End(asyncio.Protocol):
    """One side of a relay; what arrives here goes out there. ``is_lost`` is called when its transport is closed."""

    def __init__(self, is_lost: Callable[[Exception | None], None] | None = None) -> None:
        self._is_lost = is_lost
        self.transport: asyncio.Transport | None = None
        self.other: End | None = None
        self.relay: Relay | None = None
        self.early: list[bytes] = []
        self.has_ended = False
        self.octets = 0
        """Octets that have arrived."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        # Until it is known where to, nothing is read
        self.transport.pause_reading()

    def data_received(self, data: bytes) -> None:
        self.octets += len(data)
        if self.other is None or self.other.transport is None:
            self.early.append(data)
            return
        if self.relay is not None:
            self.relay.moved()
        if not self.other.transport.is_closing():
            self.other.transport.write(data)

    def eof_received(self) -> bool:
        self.has_ended = True
        if self.relay is None:
            return True
        self.relay.ended(self)
        # TLS knows no half-closed connections
        return self.transport is not None and self.transport.can_write_eof()

    def pause_writing(self) -> None:
        if self.other is not None and self.other.transport is not None:
            self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        if self.other is not None and self.other.transport is not None and not self.other.transport.is_closing():
            self.other.transport.resume_reading()

    def connection_lost(self, error: Exception | None) -> None:
        if self.relay is not None:
            self.relay.lost(self, error)
        if self._is_lost is not None:
            self._is_lost(error)


class Relay:
    """Two ends joined. ``over`` is called with the octets that went to the client, once both are closed."""

    def __init__(self, client: End, far: End, idle: float, over: Callable[[int], None]) -> None:
        self._client = client
        self._far = far
        self._idle = idle
        self._over = over
        self._loop = asyncio.get_running_loop()
        self._moved_at = self._loop.time()
        self._left = 2
        self._timer = self._loop.call_later(idle, self._look)
        client.other, far.other = far, client
        client.relay = far.relay = self

    def start(self, from_client: bytes, from_far: bytes) -> None:
        """Begin with what has come from either side already."""
        for end, early in ((self._client, from_client), (self._far, from_far)):
            data = early + b"".join(end.early)
            end.early.clear()
            end.octets += len(early)
            assert end.other is not None
            if data and end.other.transport is not None and not end.other.transport.is_closing():
                end.other.transport.write(data)
        for end in (self._client, self._far):
            if end.transport is None or end.transport.is_closing():
                self.lost(end, None)
            elif end.has_ended:
                self.ended(end)
            else:
                end.transport.resume_reading()

    def moved(self) -> None:
        self._moved_at = self._loop.time()

    def ended(self, end: End) -> None:
        """One side sends no more."""
        other = end.other
        if other is None or other.transport is None or other.transport.is_closing():
            return
        if other.has_ended or not other.transport.can_write_eof():
            other.transport.close()
            if end.transport is not None:
                end.transport.close()
        else:
            other.transport.write_eof()

    def lost(self, end: End, error: Exception | None) -> None:
        """One side is gone: the other gets what is on its way, then goes, too (rfc9110-9.3.6-4)."""
        self._left -= 1
        if end.other is not None and end.other.transport is not None and not end.other.transport.is_closing():
            if error is None:
                end.other.transport.close()
            else:
                end.other.transport.abort()
        if self._left == 0:
            self._timer.cancel()
            self._over(self._far.octets)

    def _look(self) -> None:
        left = self._moved_at + self._idle - self._loop.time()
        if left > 0:
            self._timer = self._loop.call_later(left, self._look)
            return
        for end in (self._client, self._far):
            if end.transport is not None:
                end.transport.abort()
