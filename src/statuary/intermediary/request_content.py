"""The content of a request on its way through: read as it is sent on, and kept as long as it may have to be sent again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING

from statuary.message.request import Request
from statuary.wire.malformed import MalformedMessage

if TYPE_CHECKING:
    from statuary.intermediary.client_connection import ClientConnection


class RequestContent:
    """``pieces`` gives the content from its beginning, as often as ``is_repeatable`` permits. ``most`` bounds it (413)."""

    def __init__(self, client: ClientConnection, request: Request, most_kept: int, most: int | None) -> None:
        self._client = client
        self._most_kept = most_kept
        self._most = most
        self._kept: list[bytes] = []
        self._size = 0
        self._released = asyncio.Event()
        self._fits = True
        self._is_begun = False
        self.is_held = client.withholds_content(request)

    @property
    def is_repeatable(self) -> bool:
        """Whether it can be sent now: for the first time, or again."""
        return self._fits or not self._is_begun

    def release(self) -> None:
        """The client has been told to go on."""
        self._released.set()

    def at_hand(self) -> bytes | None:
        """All of it, if it is here; else None. Raises MalformedMessage."""
        if not self.is_held and not self._client.has_all_content and (piece := self._client.content_at_hand()):
            self._note(piece)
        return b"".join(self._kept) if self._client.has_all_content and self._fits else None

    async def begins(self) -> None:
        """Until the client sends: at once, unless it waits for a 100, which it need not do for ever."""
        if not self.is_held:
            return
        arrival = asyncio.ensure_future(self._client.content_arrival())
        told = asyncio.ensure_future(self._released.wait())
        try:
            await asyncio.wait({arrival, told}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            arrival.cancel()
            told.cancel()
        self.is_held = False

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        """Raises MalformedMessage, and ContentCut where it ends too early."""
        if not self.is_repeatable:
            raise ValueError("the content can't be sent a second time")
        self._is_begun = True
        for piece in tuple(self._kept):
            yield piece
        if not self._fits:
            self._kept.clear()
        while not self._client.has_all_content:
            piece = await self._client.receive_content()
            if piece:
                self._note(piece)
                yield piece

    def _note(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._most is not None and self._size > self._most:
            raise MalformedMessage(413, "rfc9110-15.5.14-s1", f"No more than {self._most} octets are forwarded.")
        self._fits = self._fits and self._size <= self._most_kept
        if self._fits or not self._is_begun:
            self._kept.append(piece)
        else:
            self._kept.clear()
