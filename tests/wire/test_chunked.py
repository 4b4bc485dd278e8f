"""The chunked coding: decoded to the octet in any split, refused where it is ambiguous, and written to be read back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary.wire.chunked import LAST_CHUNK, ChunkedDecoder, encode_chunk
from statuary.wire.limits import WireLimits
from statuary.wire.malformed import MalformedMessage

from .streams import SMALL, split


def decode(pieces: list[bytes], limits: WireLimits = SMALL) -> tuple[bytes, ChunkedDecoder]:
    decoder = ChunkedDecoder(limits)
    content = b""
    for position, piece in enumerate(pieces):
        content += decoder.decode(piece)
        if decoder.done:
            decoder.rest += b"".join(pieces[position + 1 :])
            break
    return content, decoder


@pytest.mark.parametrize(
    ("coded", "content"),
    [
        (b"0\r\n\r\n", b""),
        (b"3\r\nabc\r\n0\r\n\r\n", b"abc"),
        (b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", b"abcde"),
        (b"0003\r\nabc\r\n000\r\n\r\n", b"abc"),
        (b"A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n", b"01234567890123456789"),
        (b"6\r\n\r\n0\r\n\r\r\n0\r\n\r\n", b"\r\n0\r\n\r"),  # what looks like an end inside a chunk
        (b"3;a\r\nabc\r\n0;b\r\n\r\n", b"abc"),  # rfc9112-7.1.1-1
        (b"3;a=b;c=d\r\nabc\r\n0\r\n\r\n", b"abc"),
        (b'3;a="b;\\" 0"\r\nabc\r\n0\r\n\r\n', b"abc"),
        (b"3 ;\ta\t= b\r\nabc\r\n0\r\n\r\n", b"abc"),  # BWS
        (b"0\r\nA: b\r\n\r\n", b""),
    ],
)
def test_valid_content_in_any_two_pieces(coded: bytes, content: bytes) -> None:
    for cut in range(len(coded)):
        found, decoder = decode([coded[:cut], coded[cut:] + b"rest"])
        assert found == content
        assert decoder.done
        assert decoder.rest == b"rest"


@pytest.mark.parametrize(
    ("coded", "status", "because"),
    [
        # chunk-size = 1*HEXDIG, RFC 9112 section 7.1
        (b"\r\n", 400, "rfc9112-7.1"),
        (b"g\r\n", 400, "rfc9112-7.1"),
        (b"-1\r\n", 400, "rfc9112-7.1"),
        (b"+1\r\n", 400, "rfc9112-7.1"),
        (b"0x1\r\n", 400, "rfc9112-7.1"),
        (b"1_0\r\n", 400, "rfc9112-7.1"),
        (b" 1\r\n", 400, "rfc9112-7.1"),
        (b"1 \r\n", 400, "rfc9112-7.1"),
        (b"\xb2\r\n", 400, "rfc9112-7.1"),
        (b"1\x00\r\n", 400, "rfc9112-7.1"),
        (b"00000000000000001\r\n", 400, "rfc9112-7.1"),  # rfc9112-7.1-3: seventeen digits, whatever they say
        (b"fffffffffffffffff\r\n", 400, "rfc9112-7.1"),
        # chunk-ext
        (b"1;\r\n", 400, "rfc9112-7.1"),
        (b"1;a=\r\n", 400, "rfc9112-7.1"),
        (b"1;=b\r\n", 400, "rfc9112-7.1"),
        (b'1;a="b\r\n', 400, "rfc9112-7.1"),
        (b"1;a b\r\n", 400, "rfc9112-7.1"),
        (b"1;a\x00\r\n", 400, "rfc9112-7.1"),
        (b"1;a=\xe9\r\n", 400, "rfc9112-7.1"),
        (b"1,a\r\n", 400, "rfc9112-7.1"),
        # Line ends are CR LF: a lone LF here is how chunks are smuggled past others
        (b"1\na\r\n0\r\n\r\n", 400, "rfc9112-7.1"),
        (b"1\ra\r\n0\r\n\r\n", 400, "rfc9112-7.1"),
        (b"1;a\nb\r\n", 400, "rfc9112-7.1"),
        (b'1;a="\n"\r\n', 400, "rfc9112-7.1"),
        (b"1\r\na\n0\r\n\r\n", 400, "rfc9112-7.1"),
        (b"1\r\na\r0\r\n\r\n", 400, "rfc9112-7.1"),
        (b"1\r\nab\r\n0\r\n\r\n", 400, "rfc9112-7.1"),
        (b"2\r\na\r\n0\r\n\r\n", 400, "rfc9112-7.1"),
        (b"1\r\na0\r\n\r\n", 400, "rfc9112-7.1"),
        # Trailers are field lines: RFC 9112 section 7.1.2
        (b"0\r\nA: b\n\r\n", 400, "rfc9112-2.2-4"),
        (b"0\r\nA: b\rC\r\n\r\n", 400, "rfc9112-2.2-4"),
        (b"0\r\n\n", 400, "rfc9112-2.2-4"),
        (b"0\r\nA\r\n\r\n", 400, "rfc9112-5"),
        (b"0\r\nA : b\r\n\r\n", 400, "rfc9112-5.1-1"),
        (b"0\r\nA: b\r\n c\r\n\r\n", 400, "rfc9112-5.2-2"),
        (b"0\r\nA: \0\r\n\r\n", 400, "rfc9110-5.5-4"),
        (b"0\r\nGET / HTTP/1.1\r\n\r\n", 400, "rfc9112-5"),
        # More than is taken
        (b"1;" + b"a" * 40 + b"\r\n", 400, "rfc9112-7.1"),
        (b"1" * 40, 400, "rfc9112-7.1"),
        (b"1;aaaaaaaaaaaaaaaaaaaaaa\r\na\r\n" * 3, 400, "rfc9112-7.1.1-s1"),
        (b"0\r\nA: " + b"b" * 70 + b"\r\n\r\n", 431, "rfc9110-5.4-1"),
        (b"0\r\nA: " + b"b" * 70, 431, "rfc9110-5.4-1"),
        (b"0\r\n" + b"A:b\r\n" * 9 + b"\r\n", 431, "rfc9110-5.4-1"),
    ],
)
def test_malformed_content_is_refused_in_any_two_pieces(coded: bytes, status: int, because: str) -> None:
    for cut in range(len(coded)):
        with pytest.raises(MalformedMessage) as raised:
            decode([coded[:cut], coded[cut:]])
        assert raised.value.status == status
        if cut == 0:
            assert raised.value.because == because


def test_a_chunk_larger_than_any_disk_is_only_as_large_as_what_came() -> None:
    # rfc9112-7.1-3
    content, decoder = decode([b"ffffffffffffffff\r\nabc"])
    assert content == b"abc"
    assert not decoder.done


@pytest.mark.parametrize("length", range(len(b"3;a=b\r\nabc\r\n0\r\nA: b\r\n\r\n")))
def test_content_that_is_cut_has_no_end(length: int) -> None:
    # rfc9112-8-s2
    content, decoder = decode([b"3;a=b\r\nabc\r\n0\r\nA: b\r\n\r\n"[:length]])
    assert not decoder.done
    assert b"abc".startswith(content)


@given(octets=st.binary(max_size=50), cuts=st.lists(st.integers(0, 50), max_size=5))
def test_any_octets_in_any_split_give_the_same(octets: bytes, cuts: list[int]) -> None:
    def outcome(pieces: list[bytes]) -> tuple[bytes, bytes] | None:
        try:
            content, decoder = decode(pieces)
        except MalformedMessage:
            return None
        return content, decoder.rest

    assert outcome([octets]) == outcome(list(split(octets, cuts)))


@given(pieces=st.lists(st.binary(max_size=300), max_size=5))
def test_what_is_written_is_read_back(pieces: list[bytes]) -> None:
    coded = b"".join(map(encode_chunk, pieces)) + LAST_CHUNK
    content, decoder = decode([coded])
    assert content == b"".join(pieces)
    assert decoder.done
    assert decoder.rest == b""


def test_no_octets_are_no_chunk() -> None:
    # It would be the last one
    assert encode_chunk(b"") == b""
