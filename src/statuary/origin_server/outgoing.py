"""Octets on their way to the peer: gathered while a turn of the event loop lasts, handed over together, and counted."""

from __future__ import annotations

import asyncio

from statuary.transport.send_queue import unacknowledged

JOINED = 16 * 1024
"""Octets up to which what was gathered is handed over in one piece: cheaper than as many pieces."""


class Prepared:
    """A response as octets: its head, as of the second that ``date_line`` tells, and the pieces of its content."""

    __slots__ = ("content_size", "date_line", "pieces", "size")

    def __init__(self, head: bytes, content: list[bytes], date_line: bytes) -> None:
        self.date_line = date_line
        self.pieces = (head, *content)
        self.content_size = sum(map(len, content))
        self.size = len(head) + self.content_size


class Outgoing:
    """What one connection sends."""

    __slots__ = ("_pieces", "_transport", "gathered", "handed_over")

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._pieces: list[bytes] = []
        self.gathered = 0
        """Octets put and not flushed yet."""
        self.handed_over = 0
        """Octets ever flushed."""

    def put(self, piece: bytes) -> None:
        self._pieces.append(piece)
        self.gathered += len(piece)

    def put_all(self, pieces: tuple[bytes, ...], size: int) -> None:
        """Put several, of ``size`` octets together."""
        self._pieces += pieces
        self.gathered += size

    def send(self, octets: bytes) -> None:
        """Hand over octets while nothing is gathered."""
        self.handed_over += len(octets)
        transport = self._transport
        if not transport.is_closing():
            transport.write(octets)

    def flush(self) -> None:
        """Hand over what was gathered, if the peer is still there."""
        pieces = self._pieces
        if not pieces:
            return
        size = self.gathered
        self._pieces = []
        self.gathered = 0
        self.handed_over += size
        transport = self._transport
        if not transport.is_closing():
            if size < JOINED:
                transport.write(b"".join(pieces))
            else:
                transport.writelines(pieces)

    def is_waiting(self) -> bool:
        """Whether anything that was handed over has not even left the process."""
        return self._transport.get_write_buffer_size() > 0

    def arrived(self) -> int:
        """Octets that have reached the peer, as far as the system tells."""
        # What the system has taken off us is not with the peer yet: it holds megabytes, which take a slow one minutes
        return self.handed_over - self._transport.get_write_buffer_size() - unacknowledged(self._transport)
