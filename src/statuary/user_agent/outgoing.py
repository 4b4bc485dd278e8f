"""The content of a request: where it comes from, how long it is, and whether it can be sent a second time."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable, Iterable, Mapping
from typing import BinaryIO, TypeAlias, cast

from statuary.message.fields import FieldLine, check_sendable

_PIECE = 64 * 1024

Source: TypeAlias = "bytes | bytearray | memoryview | str | BinaryIO | Iterable[bytes] | AsyncIterable[bytes]"
"""What content can be made from. Text is sent in UTF-8. A file is sent from where it stands."""

Trailers: TypeAlias = "Iterable[FieldLine] | Callable[[], Iterable[FieldLine]]"
"""Trailer fields, or what gives them once the content was sent."""


class Outgoing:
    """Content to be sent, as often as ``is_replayable`` permits.

    ``length`` is None where it is known only at the end. ``trailers`` need the chunked framing, so they go with content
    that is sent in it.
    """

    def __init__(self, source: Source, trailers: Trailers | None = None) -> None:
        if isinstance(source, str):
            source = source.encode()
        self.data: bytes | None = bytes(source) if isinstance(source, bytes | bytearray | memoryview) else None
        self._source = source
        self._trailers = trailers
        self._start = 0
        self._begun = False
        self.length: int | None = None if self.data is None else len(self.data)
        # An iterator gives its pieces once only; what makes iterators, as lists do, gives them again
        self._repeats = self.data is not None or not (
            isinstance(source, AsyncIterator) or (hasattr(source, "__next__") and not hasattr(source, "seek"))
        )
        if self.data is None and hasattr(source, "read"):
            self._measure(cast("BinaryIO", source))
        if isinstance(source, Mapping) or not (
            self.data is not None or hasattr(source, "read") or isinstance(source, Iterable | AsyncIterable)
        ):
            raise TypeError("content is bytes, text, a binary file, or pieces of bytes")

    def _measure(self, file: BinaryIO) -> None:
        try:
            self._start = file.tell()
            self.length = file.seek(0, os.SEEK_END) - self._start
            file.seek(self._start)
            self._repeats = True
        except (OSError, ValueError, AttributeError):
            self._repeats = False

    @property
    def is_replayable(self) -> bool:
        """Whether it can be sent now: for the first time, or again."""
        return self._repeats or not self._begun

    @property
    def is_chunked(self) -> bool:
        """Whether it goes out in chunks: its length is not known, or trailers follow."""
        return self.length is None or self._trailers is not None

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        """The content from its beginning. Raises ValueError for content that was sent and can't be again."""
        if not self.is_replayable:
            raise ValueError("the content can't be sent a second time")
        self._begun = True
        source = self._source
        if self.data is not None:
            if self.data:
                yield self.data
        elif isinstance(source, AsyncIterable):
            async for piece in source:
                if piece:
                    yield bytes(piece)
        elif hasattr(source, "read"):
            file = cast("BinaryIO", source)
            if self._repeats:
                file.seek(self._start)
            while data := file.read(_PIECE):
                yield data
        else:
            assert not isinstance(source, bytes | bytearray | memoryview | str)
            for piece in source:
                if piece:
                    yield bytes(piece)

    async def measured(self) -> Outgoing:
        """The same content with a length, which takes all of it into memory where that was not known."""
        if self.length is not None:
            return self if self._trailers is None else Outgoing(self._source)
        return Outgoing(b"".join([piece async for piece in self.pieces()]))

    def trailer_lines(self) -> tuple[FieldLine, ...]:
        """The trailer fields. Raises ValueError for what can't be sent."""
        if self._trailers is None:
            return ()
        lines = tuple(self._trailers() if callable(self._trailers) else self._trailers)
        check_sendable(lines)
        return lines
