"""One connection of the scripted server: what has come on it and was not read yet, and every way to end it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable

from statuary.wire.chunked import ChunkedDecoder

MOST_CONTENT = 4 * 1024 * 1024
_AFTER_END = 0.5  # seconds in which a client may close what the server has closed

Accept = Callable[["Wire"], None]
Note = Callable[["Wire", str, bytes], None]
"""Told of all that happens on a connection: what kind of event, and its octets."""


class Wire(asyncio.Protocol):
    """One connection. ``accept`` is called once it is there, ``note`` for each event on it."""

    def __init__(self, origin: str, accept: Accept, note: Note, *, may_half_close: bool = True) -> None:
        self.origin = origin
        self.label = origin
        self.buffer = bytearray()
        self.taken = 0  # octets of the content that is being read
        self.decoder: ChunkedDecoder | None = None
        self.is_lost = False
        self._accept = accept
        self._note = note
        self._may_half_close = may_half_close
        self._transport: asyncio.Transport | None = None
        self._has_ended = False
        self._has_finished = False
        self._held = b""
        self._came = asyncio.Event()
        self._received = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._accept(self)
        self._note(self, "opened", b"")

    def data_received(self, data: bytes) -> None:
        self._note(self, "received", data)
        self._received += len(data)
        if self._received <= 2 * MOST_CONTENT:
            self.buffer += data
        self._came.set()

    def eof_received(self) -> bool:
        self._has_ended = True
        self._note(self, "ended", b"")
        self._came.set()
        return self._may_half_close

    def connection_lost(self, error: Exception | None) -> None:
        if not self.is_lost and error is not None:
            self._note(self, "reset", b"")
        self.is_lost = self._has_ended = True
        self._came.set()

    async def more(self, seconds: float | None) -> bool:
        """Wait for more octets; false once there are no more to come, or not in time."""
        if self._has_ended:
            return False
        self._came.clear()
        before = self._received
        try:
            async with asyncio.timeout(seconds):
                await self._came.wait()
        except TimeoutError:
            return False
        return self._received > before

    def hold(self, octets: bytes) -> None:
        """Send octets with those that follow, so that they arrive together: what comes too much is there at once."""
        self._held += octets

    def flush(self) -> None:
        """Send what is held."""
        if self._held:
            held, self._held = self._held, b""
            self.send(held)

    def send(self, octets: bytes) -> None:
        """Send octets, unless the client is gone or nothing more was to come."""
        if self._transport is not None and not self.is_lost and not self._has_finished:
            self._note(self, "sent", octets)
            self._transport.write(octets)

    def half_close(self) -> None:
        """Say that nothing more will come."""
        if self._transport is None or self.is_lost or self._has_finished or not self._transport.can_write_eof():
            return
        self._has_finished = True
        self._note(self, "half-closed", b"")
        with contextlib.suppress(OSError):  # the client has reset it
            self._transport.write_eof()

    async def end(self) -> None:
        """Close it in stages, so that the client gets all that was sent: RFC 9112 section 9.6."""
        if self._transport is None or self.is_lost:
            return
        if self._transport.can_write_eof():
            self.half_close()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_AFTER_END):
                    while not self._has_ended:
                        await self.more(None)
        self.is_lost = True
        self._transport.close()

    def reset(self) -> None:
        """End it so that the client sees an error."""
        if self._transport is not None and not self.is_lost:
            self._note(self, "reset", b"")
            own: socket.socket = self._transport.get_extra_info("socket")
            own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.abort()

    def abort(self) -> None:
        """Be done with it at once."""
        self.is_lost = True
        if self._transport is not None:
            self._transport.abort()
