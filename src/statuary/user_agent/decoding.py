"""Content codings taken off what comes, within bounds: a few octets may stand for millions (RFC 9110 section 8.4).

gzip and deflate are the standard library's; br and zstd are offered where a library for them is installed, as by the extra
"codings": ``brotli`` or ``brotlicffi``, ``compression.zstd`` (of Python 3.14) or ``backports.zstd``.
"""

from __future__ import annotations

import functools
import zlib
from collections.abc import Iterator
from importlib import import_module
from typing import Any, Protocol

from statuary.fields.grammar import Invalid, parse_tokens
from statuary.message.fields import Fields

MOST_CODINGS = 4
_PIECE = 256 * 1024
# 8 MiB, which is the most that a sender may ask for and a recipient has to have: RFC 9659 section 3
_ZSTD_WINDOW = 23


class CannotDecode(Exception):  # noqa: N818
    """The content is not in the coding that it claims, or in none that is known."""


class Decoder(Protocol):
    """Takes coded octets, gives decoded ones in pieces of bounded size."""

    def decode(self, data: bytes) -> Iterator[bytes]: ...

    def finish(self) -> None:
        """Raises CannotDecode where the content has not come to its end."""


@functools.cache
def offered() -> str:
    """The value of Accept-Encoding that says what can be decoded here."""
    names = ["gzip", "deflate"]
    if _brotli() is not None:
        names.append("br")
    if _zstd() is not None:
        names.append("zstd")
    return ", ".join(names)


def decoder_of(fields: Fields) -> Decoder | None:
    """For the content codings of a response; None where there are none. Raises CannotDecode for what isn't known."""
    value = fields.by_name.get("content-encoding")
    if value is None:
        return None
    names = parse_tokens(value)
    if isinstance(names, Invalid) or names is None or len(names) > MOST_CODINGS:
        raise CannotDecode("its Content-Encoding can't be read")
    decoders = [_decoder(name.lower()) for name in reversed(names) if name.lower() != "identity"]
    if not decoders:
        return None
    return decoders[0] if len(decoders) == 1 else _Chain(decoders)


def decode_whole(fields: Fields, content: bytes, most: int) -> bytes:
    """All of the content, decoded. Raises CannotDecode, for more than ``most`` octets too."""
    decoder = decoder_of(fields)
    if decoder is None or not content:
        return content
    pieces, size = [], 0
    for piece in decoder.decode(content):
        size += len(piece)
        if size > most:
            raise CannotDecode(f"it is larger than {most} octets when decoded")
        pieces.append(piece)
    decoder.finish()
    return b"".join(pieces)


def _decoder(name: str) -> Decoder:
    if name in ("gzip", "x-gzip"):
        return _Gzip()
    if name == "deflate":
        return _Deflate()
    if name == "br" and (library := _brotli()) is not None:
        return _Brotli(library)
    if name == "zstd" and (library := _zstd()) is not None:
        return _Zstd(library)
    raise CannotDecode("its content coding is not known here")


class _Gzip:
    """gzip, RFC 1952: members one after the other."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(16 + zlib.MAX_WBITS)
        self._has_begun = False

    def decode(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self._member.eof:
                if not data.strip(b"\0"):
                    return  # padding, which tape drives left and gzip permits
                self._member = zlib.decompressobj(16 + zlib.MAX_WBITS)
            self._has_begun = True
            yield from _inflated(self._member, data)
            data = self._member.unused_data

    def finish(self) -> None:
        if self._has_begun and not self._member.eof:
            raise CannotDecode("its gzip coding ends too early")


class _Deflate:
    """deflate: the zlib format, RFC 1950; or, as some send in spite of RFC 9110 section 8.4.1.2, bare RFC 1951."""

    def __init__(self) -> None:
        self._inner: Any = None
        self._ahead = b""

    def decode(self, data: bytes) -> Iterator[bytes]:
        if self._inner is None:
            self._ahead += data
            if len(self._ahead) < 2:
                return
            data, self._ahead = self._ahead, b""
            # The first two octets of a zlib stream name its method, and are a multiple of 31
            is_zlib = data[0] & 15 == 8 and int.from_bytes(data[:2], "big") % 31 == 0
            self._inner = zlib.decompressobj(zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS)
        yield from _inflated(self._inner, data)

    def finish(self) -> None:
        if self._ahead or (self._inner is not None and not self._inner.eof):
            raise CannotDecode("its deflate coding ends too early")


def _inflated(inner: Any, data: bytes) -> Iterator[bytes]:
    while data and not inner.eof:
        try:
            piece = inner.decompress(data, _PIECE)
        except zlib.error:
            raise CannotDecode("its content is not in the coding that it claims") from None
        data = inner.unconsumed_tail
        if piece:
            yield piece
        elif not data:
            return


class _Brotli:
    """br, RFC 7932."""

    def __init__(self, library: Any) -> None:
        self._inner = library.Decompressor()
        self._error = library.error
        self._has_begun = False

    def decode(self, data: bytes) -> Iterator[bytes]:
        self._has_begun = self._has_begun or bool(data)
        try:
            piece = self._inner.process(data, output_buffer_limit=_PIECE)
            while piece or not self._inner.can_accept_more_data():
                if piece:
                    yield piece
                piece = self._inner.process(b"", output_buffer_limit=_PIECE)
        except self._error:
            raise CannotDecode("its content is not in the coding that it claims") from None

    def finish(self) -> None:
        if self._has_begun and not self._inner.is_finished():
            raise CannotDecode("its br coding ends too early")


class _Zstd:
    """zstd, RFC 8878: frames one after the other."""

    def __init__(self, library: Any) -> None:
        self._library = library
        self._options = {library.DecompressionParameter.window_log_max: _ZSTD_WINDOW}
        self._inner = library.ZstdDecompressor(options=self._options)
        self._has_begun = False

    def decode(self, data: bytes) -> Iterator[bytes]:
        while data:
            self._has_begun = True
            if self._inner.eof:
                self._inner = self._library.ZstdDecompressor(options=self._options)
            try:
                piece = self._inner.decompress(data, max_length=_PIECE)
                while piece:
                    yield piece
                    piece = (
                        b""
                        if self._inner.eof or self._inner.needs_input
                        else self._inner.decompress(b"", max_length=_PIECE)
                    )
            except self._library.ZstdError:
                raise CannotDecode("its content is not in the coding that it claims") from None
            data = self._inner.unused_data if self._inner.eof else b""

    def finish(self) -> None:
        if self._has_begun and not self._inner.eof:
            raise CannotDecode("its zstd coding ends too early")


class _Chain:
    """Several codings, the last that was applied first."""

    def __init__(self, decoders: list[Decoder]) -> None:
        self._decoders = decoders

    def decode(self, data: bytes) -> Iterator[bytes]:
        return self._through(iter([data]), self._decoders)

    def _through(self, pieces: Iterator[bytes], decoders: list[Decoder]) -> Iterator[bytes]:
        if not decoders:
            return pieces
        first = decoders[0]
        return self._through((decoded for piece in pieces for decoded in first.decode(piece)), decoders[1:])

    def finish(self) -> None:
        for decoder in self._decoders:
            decoder.finish()


def _first_of(*names: str) -> Any:
    for name in names:
        try:
            return import_module(name)
        except ImportError:
            continue
    return None


@functools.cache
def _brotli() -> Any:
    """A library that bounds what it gives at once, as brotli does since 1.2; others would let bombs through."""
    library = _first_of("brotli", "brotlicffi")
    return library if hasattr(getattr(library, "Decompressor", None), "can_accept_more_data") else None


@functools.cache
def _zstd() -> Any:
    """A library in the shape of Python's own."""
    return _first_of("compression.zstd", "backports.zstd")
