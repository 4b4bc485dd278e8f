"""Octets from and to one client: lines and counted octets, with a limit on the time that a request may take to arrive."""

from __future__ import annotations

import contextlib
import socket
import time

LINGER = 0.5
"""Seconds that octets still under way are taken for, before the socket is closed and they would cause a reset."""


class Ended(Exception):  # noqa: N818 - how connections end
    """The client has closed or reset the connection."""


class Silent(Exception):  # noqa: N818 - a client may be slow
    """What is needed didn't come in time."""


class Stream:
    """A connected socket and what has been received but not used."""

    def __init__(self, connected: socket.socket, patience: float) -> None:
        self.socket = connected
        self.patience = patience
        self.buffer = bytearray()
        self.deadline = time.monotonic() + patience
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def expect_by(self, seconds: float) -> None:
        """What is read from now on has to come within so many seconds."""
        self.deadline = time.monotonic() + seconds

    def fill(self) -> None:
        """Wait for more octets. Raises Ended or Silent."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise Silent
        self.socket.settimeout(left)
        try:
            octets = self.socket.recv(65536)
        except TimeoutError:
            raise Silent from None
        except OSError:
            raise Ended from None
        if not octets:
            raise Ended
        self.buffer += octets

    def line(self, limit: int) -> bytes:
        """Octets through the next LF, or the first ``limit`` and more of a line that is longer; those stay unread."""
        start = 0
        while (at := self.buffer.find(b"\n", start)) < 0:
            start = len(self.buffer)
            if start > limit:
                return bytes(self.buffer)
            self.fill()
        return self.take(at + 1)

    def take(self, count: int) -> bytes:
        """Exactly so many octets."""
        while len(self.buffer) < count:
            self.fill()
        octets = bytes(self.buffer[:count])
        del self.buffer[:count]
        return octets

    def send(self, octets: bytes) -> None:
        """Send all of it. Raises Ended if the client takes no more."""
        self.socket.settimeout(10)
        try:
            self.socket.sendall(octets)
        except OSError:
            raise Ended from None

    def close(self) -> None:
        """End our side, take what the client still sends, and close: RFC 9112 section 9.6."""
        with contextlib.suppress(OSError, Ended, Silent):
            self.socket.shutdown(socket.SHUT_WR)
            self.expect_by(LINGER)
            while True:
                self.buffer.clear()
                self.fill()
        self.socket.close()
