"""The content of a request that comes in pieces, kept as it goes by, so that it can be sent again."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator

MOST_KEPT = 1024 * 1024
"""Octets that are kept by default. Longer content is sent once; content given as bytes is in memory anyway."""


class _Kept:
    """What went by so far, unless it is more than ``most`` octets."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._pieces: list[bytes] = []
        self._length = 0
        self._is_begun = False
        self._is_lost = False
        self._is_whole = False

    @property
    def is_replayable(self) -> bool:
        """Whether it can be sent now: for the first time, or again."""
        return not (self._is_begun and self._is_lost)

    @property
    def length(self) -> int | None:
        """Its length, once all of it went by."""
        return self._length if self._is_whole else None

    def _begin(self) -> list[bytes]:
        if not self.is_replayable:
            raise ValueError("the content can't be sent a second time")
        self._is_begun = True
        return list(self._pieces)

    def _keep(self, piece: bytes) -> None:
        self._length += len(piece)
        if self._length > self._most:
            self._lose()
        elif not self._is_lost:
            self._pieces.append(piece)

    def _lose(self) -> None:
        self._is_lost = True
        self._pieces.clear()


class Content(_Kept):
    """Pieces for a client that blocks. Each iteration gives all of them, from the first."""

    def __init__(self, source: Iterable[bytes], most: int = MOST_KEPT) -> None:
        super().__init__(most)
        self._source = iter(source)

    def __iter__(self) -> Iterator[bytes]:
        yield from self._begin()
        while True:
            try:
                piece = next(self._source)
            except StopIteration:
                self._is_whole = True
                return
            except BaseException:
                self._lose()  # a source that failed gives no more: what there is of it is not the content
                raise
            self._keep(piece)
            yield piece


class AsyncContent(_Kept):
    """Pieces for a client that doesn't block. Each iteration gives all of them, from the first."""

    def __init__(self, source: AsyncIterable[bytes], most: int = MOST_KEPT) -> None:
        super().__init__(most)
        self._source = aiter(source)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._begin():
            yield piece
        while True:
            try:
                piece = await anext(self._source)
            except StopAsyncIteration:
                self._is_whole = True
                return
            except BaseException:
                self._lose()
                raise
            self._keep(piece)
            yield piece
