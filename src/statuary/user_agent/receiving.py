"""The content of a response, taken from its exchange: whole, piece by piece, or only so that the connection can be kept."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace

from statuary.message.response import Response
from statuary.user_agent.decoding import CannotDecode, decode_whole, decoder_of
from statuary.user_agent.errors import ConnectionFailed, ContentFailed
from statuary.user_agent.exchange import Exchange
from statuary.user_agent.private_cache import CachedAttempt

_DRAINED = 64 * 1024  # octets of a response on the way that are read, to keep its connection


async def read_whole(exchange: Exchange, cached: CachedAttempt | None, most: int) -> bytes:
    """All of the content, as it was coded. Raises ConnectionFailed, or ContentFailed for more than is permitted."""
    pieces, size = [], 0
    while piece := await exchange.read():
        size += len(piece)
        if size > most:
            raise ContentFailed(f"The content is larger than {most} octets.")
        pieces.append(piece)
        if cached is not None:
            cached.take(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


async def drain(exchange: Exchange, cached: CachedAttempt | None, final: Response) -> Response:
    """A response on the way, with its content where that is short; a connection with more to come is not kept."""
    content = b""
    try:
        while len(content) <= _DRAINED and (piece := await exchange.read()):
            content += piece
            if cached is not None:
                cached.take(piece)
    except ConnectionFailed:
        exchange.connection.must_close = True
    return replace(final, content=content)


async def decoded_pieces(
    exchange: Exchange, cached: CachedAttempt | None, response: Response, *, decodes: bool
) -> AsyncGenerator[bytes, None]:
    """The content, decoded where that is wanted. Raises ContentFailed."""
    try:
        decoder = decoder_of(response.fields) if decodes and is_coded(response) else None
        while piece := await exchange.read():
            if cached is not None:
                cached.take(piece)
            if decoder is None:
                yield piece
            else:
                for decoded in decoder.decode(piece):
                    yield decoded
        if decoder is not None:
            decoder.finish()
    except CannotDecode as error:
        exchange.connection.must_close = True
        raise ContentFailed(f"The content can't be used: {error}.") from None
    except ConnectionFailed as failure:
        raise ContentFailed(str(failure)) from None


def is_coded(response: Response) -> bool:
    """Whether there are content codings to take off: a part of what is coded can't be decoded."""
    return response.status != 206 and "content-encoding" in response.fields.by_name


def decoded(response: Response, most: int) -> bytes:
    """The content of a whole response, its codings taken off. Raises ContentFailed."""
    try:
        return decode_whole(response.fields, response.content, most)
    except CannotDecode as error:
        raise ContentFailed(f"The content can't be used: {error}.") from None
