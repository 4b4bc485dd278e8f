"""Request content that arrives with a content coding, as it is without: for whatever stores or reads it (RFC 9110 8.4)."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator

from statuary.fields.grammar import Invalid, parse_tokens
from statuary.message.fields import Fields
from statuary.message.request import UNKNOWN_LENGTH, Request
from statuary.origin_server.site import RequestContent, TooMuchContent

PIECE = 64 * 1024


class CorruptContent(Exception):  # noqa: N818 - not an error of ours
    """The content is not what its Content-Encoding says."""


def decoded(request: Request, content: RequestContent, most: int | None) -> RequestContent:
    """``content`` without its codings, which are known ones; no more than ``most`` octets of it once decoded."""
    codings = parse_tokens(request.fields.get("content-encoding"))
    if codings is None or isinstance(codings, Invalid):
        return content
    # Listed in the order in which they were applied: RFC 9110 section 8.4
    for coding in reversed(codings):
        if coding != "identity":
            content = _Decoded(content, coding, most)
    return content


def without_codings(request: Request) -> Request:
    """``request`` as it would be had its content no coding; the length of that is not known."""
    return Request(
        request.method,
        request.path,
        Fields(line for line in request.fields if line[0].lower() != "content-encoding"),
        query=request.query,
        scheme=request.scheme,
        authority=request.authority,
        version=request.version,
        content_length=UNKNOWN_LENGTH if request.content_length else request.content_length,
        target=request.target,
        peer=request.peer,
    )


class _Decoded:
    """Iterates as the content does. Raises CorruptContent, or TooMuchContent before a small bomb becomes a large one."""

    def __init__(self, content: RequestContent, coding: str, most: int | None) -> None:
        self._content = content
        self._coding = coding
        self._most = most
        self._count = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        # gzip or the zlib format that "deflate" stands for: RFC 9110 sections 8.4.1.2 and 8.4.1.3
        decoder = zlib.decompressobj(31 if self._coding == "gzip" else 15)
        async for data in self._content:
            while data:
                if decoder.eof:
                    raise CorruptContent
                try:
                    yield self._counted(decoder.decompress(data, PIECE))
                except zlib.error:
                    raise CorruptContent from None
                data = decoder.unconsumed_tail or (decoder.unused_data if decoder.eof else b"")
        if not decoder.eof:
            raise CorruptContent

    def _counted(self, data: bytes) -> bytes:
        self._count += len(data)
        if self._most is not None and self._count > self._most:
            raise TooMuchContent
        return data

    async def read(self) -> bytes:
        return b"".join([data async for data in self])
