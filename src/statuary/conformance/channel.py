"""Connections to a subject, octet by octet: over a socket here, within the process in other modules.

Nothing in them knows HTTP. Whoever uses one bounds how long and how much is read.
"""

from __future__ import annotations

import asyncio
import ssl
from typing import Protocol


class Channel(Protocol):
    """One connection. ``receive`` gives what has come, ``b""`` once the peer has closed; it raises OSError after a reset."""

    def send(self, data: bytes) -> None: ...

    async def receive(self) -> bytes: ...

    def half_close(self) -> None: ...

    def abort(self) -> None: ...


class Peer(Protocol):
    """Where connections lead.

    ``takes_octets`` is false where there are only whole, well-formed messages, ``half_closes`` where one can't say that
    nothing more will be sent and go on reading.
    """

    @property
    def takes_octets(self) -> bool: ...

    @property
    def half_closes(self) -> bool: ...

    async def connect(self) -> Channel: ...


class SocketPeer:
    """A server at a host and port, over TLS where a context is given."""

    takes_octets = True

    def __init__(self, host: str, port: int, context: ssl.SSLContext | None = None) -> None:
        self._host = host
        self._port = port
        self._context = context
        self.half_closes = context is None  # not in asyncio's TLS

    async def connect(self) -> Channel:
        """A new connection. Raises OSError (ssl.SSLError too)."""
        incoming, outgoing = await asyncio.open_connection(
            self._host, self._port, ssl=self._context, server_hostname=self._host if self._context else None
        )
        return _SocketChannel(incoming, outgoing)


class _SocketChannel:
    def __init__(self, incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
        self._incoming = incoming
        self._outgoing = outgoing

    def send(self, data: bytes) -> None:
        # Never waits: a peer that answers without reading on must not keep us from reading its answer
        if not self._outgoing.transport.is_closing():
            self._outgoing.write(data)

    async def receive(self) -> bytes:
        return await self._incoming.read(65536)

    def half_close(self) -> None:
        if self._outgoing.can_write_eof() and not self._outgoing.transport.is_closing():
            self._outgoing.write_eof()

    def abort(self) -> None:
        self._outgoing.transport.abort()
