"""Content codings: taken off in pieces of bounded size, whatever comes, and only if they come to their end."""

from __future__ import annotations

import contextlib
import gzip
import sys
import tracemalloc
import zlib
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from statuary.message.fields import Fields
from statuary.user_agent.decoding import CannotDecode, decode_whole, decoder_of, offered

TEXT = b"Content that is said again, and again, and again. " * 400
MOST_AT_ONCE = 256 * 1024
HAS_BROTLI = find_spec("brotli") is not None
ZSTD = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"
HAS_ZSTD = find_spec(ZSTD.partition(".")[0]) is not None and find_spec(ZSTD) is not None


def brotlied(data: bytes) -> bytes:
    return bytes(import_module("brotli").compress(data))


def zstandard(data: bytes) -> bytes:
    return bytes(import_module(ZSTD).compress(data))


def bare_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def gzipped(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


Encoder = Callable[[bytes], bytes]
CODINGS = [
    pytest.param("gzip", gzipped, id="gzip"),
    pytest.param("x-GZIP", gzipped, id="x-gzip"),
    pytest.param("deflate", zlib.compress, id="deflate"),
    pytest.param("deflate", bare_deflate, id="bare-deflate"),
    pytest.param("gzip, deflate", lambda data: zlib.compress(gzipped(data)), id="both"),
    pytest.param("br", brotlied, id="br", marks=pytest.mark.skipif(not HAS_BROTLI, reason="brotli is an extra")),
    pytest.param("zstd", zstandard, id="zstd", marks=pytest.mark.skipif(not HAS_ZSTD, reason="zstd is an extra")),
]


def coded(coding: str) -> Fields:
    return Fields([("Content-Encoding", coding)])


@pytest.mark.parametrize(("coding", "encode"), CODINGS)
@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_it_is_taken_off_in_pieces_of_any_size(coding: str, encode: Encoder, size: int) -> None:
    decoder, data = decoder_of(coded(coding)), encode(TEXT)
    assert decoder is not None
    found = [one for start in range(0, len(data), size) for one in decoder.decode(data[start : start + size])]
    decoder.finish()
    assert b"".join(found) == TEXT


@pytest.mark.parametrize(("coding", "encode"), CODINGS)
def test_nothing_is_nothing(coding: str, encode: Encoder) -> None:
    assert decode_whole(coded(coding), b"", 10) == b""
    assert decode_whole(coded(coding), encode(b""), 10) == b""


@pytest.mark.parametrize(("coding", "encode"), CODINGS)
def test_what_is_cut_or_something_else_is_told(coding: str, encode: Encoder) -> None:
    for data in (encode(TEXT)[:-5], b"\x00this is no coding at all" * 9):
        with pytest.raises(CannotDecode):
            decode_whole(coded(coding), data, 10**9)


@pytest.mark.parametrize(("coding", "encode"), CODINGS)
def test_a_few_octets_that_stand_for_millions_stay_within_bounds(coding: str, encode: Encoder) -> None:
    bomb, decoder = encode(bytes(64 * 1024 * 1024)), decoder_of(coded(coding))
    assert decoder is not None
    tracemalloc.start()
    try:
        assert max(len(piece) for piece in decoder.decode(bomb)) <= 2 * MOST_AT_ONCE
        assert tracemalloc.get_traced_memory()[1] < 24 * 1024 * 1024
    finally:
        tracemalloc.stop()
    with pytest.raises(CannotDecode, match="larger than 1000000 octets"):
        decode_whole(coded(coding), bomb, 1_000_000)


@pytest.mark.skipif(not HAS_ZSTD, reason="zstd is an extra")
def test_zstd_is_given_no_more_memory_than_it_may_ask_for() -> None:
    library = import_module(ZSTD)
    data = library.compress(bytes(20_000_000), options={library.CompressionParameter.window_log: 27})
    with pytest.raises(CannotDecode):
        decode_whole(coded("zstd"), data, 10**9)


@pytest.mark.parametrize("coding", ["gzip, gzip, gzip, gzip, gzip", "compress", "gzip;q=1", "?"])
def test_what_is_not_known_is_told(coding: str) -> None:
    with pytest.raises(CannotDecode):
        decoder_of(coded(coding))


def test_no_coding_is_no_decoder() -> None:
    assert decoder_of(Fields()) is None
    assert decoder_of(coded("identity")) is None


def test_what_is_offered_is_known() -> None:
    for coding in offered().split(", "):
        assert decoder_of(coded(coding)) is not None


def test_members_one_after_the_other_and_padding() -> None:
    assert decode_whole(coded("gzip"), gzipped(b"one") + gzipped(b"two") + bytes(8), 100) == b"onetwo"


@settings(max_examples=60)
@given(st.binary(max_size=200), st.sampled_from(offered().split(", ")))
def test_whatever_comes_it_is_decoded_or_refused(data: bytes, coding: str) -> None:
    with contextlib.suppress(CannotDecode):
        decode_whole(coded(coding), data, 10_000)
