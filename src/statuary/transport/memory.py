"""A transport without a socket: what a protocol writes is kept, and it can be made to feel back pressure."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any


class MemoryTransport(asyncio.Transport):
    """Stands in for a TCP connection of an asyncio protocol.

    ``sent`` collects what was written. ``ended`` is true after write_eof, ``closed`` after close or abort. With
    ``high_water`` set, that many octets unread make it call ``pause_writing``; ``drain`` reads them.
    """

    def __init__(self, protocol: asyncio.Protocol, *, high_water: int | None = None, peer: str = "127.0.0.1") -> None:
        super().__init__({"peername": (peer, 50000), "sockname": ("127.0.0.1", 80)})
        self._protocol = protocol
        self._high_water = high_water
        self._unread = 0
        self._paused_writing = False
        self.sent = bytearray()
        self.ended = False
        self.closed = False
        self.aborted = False
        self.reading = True
        protocol.connection_made(self)

    def receive(self, data: bytes) -> None:
        """Hand ``data`` to the protocol, as if the peer had sent it."""
        self._protocol.data_received(data)

    def receive_eof(self) -> None:
        """The peer has closed its sending side."""
        if not self._protocol.eof_received():
            self.close()

    def drain(self) -> None:
        """The peer has read everything."""
        self._unread = 0
        if self._paused_writing:
            self._paused_writing = False
            self._protocol.resume_writing()

    def write(self, data: bytes | bytearray | memoryview[Any]) -> None:
        self.sent += data
        self._unread += len(data)
        if self._high_water is not None and self._unread > self._high_water and not self._paused_writing:
            self._paused_writing = True
            self._protocol.pause_writing()

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview[Any]]) -> None:
        self.write(b"".join(list_of_data))

    def write_eof(self) -> None:
        self.ended = True

    def can_write_eof(self) -> bool:
        return True

    def get_write_buffer_size(self) -> int:
        return self._unread if self._high_water is not None else 0

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            self._protocol.connection_lost(None)

    def abort(self) -> None:
        self.aborted = True
        self.close()

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True

    def is_reading(self) -> bool:
        return self.reading
