"""Responses as they came: each kind of end, what is wrong with the octets, and that nothing makes it raise or loop."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary.message.fields import Fields
from statuary.message.response import Response
from statuary.wire.limits import WireLimits
from statuary.wire.response_reader import (
    BARE_CR,
    CONTENT_TO_HEAD,
    FOLDED,
    GRAMMAR,
    INCOMPLETE,
    NEVER_CONTENT,
    NO_SPACE,
    NOT_ASKED_FOR,
    ONE_FINAL,
    SPACE_AHEAD,
    TOO_LARGE,
    WRONG_LENGTH,
    ResponseReader,
    excess_problem,
)


def read(
    data: bytes, method: str = "GET", *, pieces: int = 0, most_content: int = 1 << 20, most_interim: int = 100
) -> ResponseReader:
    reader = ResponseReader(method, most_content=most_content, most_interim=most_interim)
    for start in range(0, len(data), pieces or len(data) or 1):
        reader.feed(data[start : start + (pieces or len(data))])
    reader.close()
    return reader


def because(reader: ResponseReader) -> list[str]:
    return [problem.because for problem in reader.problems]


ENDS = [
    # method, octets, content, rest
    ("GET", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabHTTP", b"ab", b"HTTP"),
    ("GET", b"HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nabc", b"ab", b"c"),
    ("GET", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", b"", b""),
    ("GET", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\nc", b"ab", b"c"),
    ("GET", b"HTTP/1.1 200 OK\r\n\r\nto the end", b"to the end", b""),
    ("GET", b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nto the end", b"to the end", b""),
    ("HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nrest", b"", b"rest"),
    ("GET", b"HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\nrest", b"", b"rest"),
    ("GET", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\nrest", b"", b"rest"),
    ("CONNECT", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nrest", b"", b"rest"),
    ("CONNECT", b"HTTP/1.1 403 Forbidden\r\nContent-Length: 4\r\n\r\nrest", b"rest", b""),
    ("GET", b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nother", b"", b"other"),
]


@pytest.mark.parametrize("pieces", [0, 1, 3])
@pytest.mark.parametrize(("method", "octets", "content", "rest"), ENDS)
def test_each_kind_of_end(method: str, octets: bytes, content: bytes, rest: bytes, pieces: int) -> None:
    reader = ResponseReader(method)
    left = octets
    while left and not reader.is_done:
        piece, left = left[: pieces or len(left)], left[pieces or len(left) :]
        reader.feed(piece)
    reader.close()
    assert reader.final is not None
    assert (reader.final.content, reader.rest + left) == (content, rest)
    assert (reader.is_done, reader.is_content_known, reader.problems) == (True, True, [])


def test_interim_responses_and_trailers_are_kept() -> None:
    reader = read(
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nDigest: x\r\n\r\n",
        pieces=7,
    )
    assert reader.interim == [Response(100, Fields()), Response(103, Fields([("Link", "</a>")]))]
    chunked = Fields([("Transfer-Encoding", "chunked")])
    assert reader.final == Response(200, chunked, b"a", Fields([("Digest", "x")]))
    assert reader.version == (1, 1)


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        (b"HTTP/1.1 200\r\n\r\n", [NO_SPACE]),
        (b"HTTP/1.1 200 \r\n\r\n", []),
        (b"HTTP/1.1  200 OK\r\n\r\n", [GRAMMAR]),
        (b"HTTP/1.1 2000 OK\r\n\r\n", [GRAMMAR]),
        (b"HTTP/1.1 200 O\x01K\r\n\r\n", [GRAMMAR]),
        (b"hello", [GRAMMAR]),
        (b"HTTP/1.1 200 OK\n\r\n", [GRAMMAR]),
        (b"HTTP/1.1 200 OK\r\nA: b\n\r\n", [GRAMMAR]),
        (b"HTTP/1.1 200 OK\r\n A: b\r\n\r\n", [SPACE_AHEAD]),
        (b"HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", [FOLDED]),
        (b"HTTP/1.1 200 OK\r\nA : b\r\n\r\n", [GRAMMAR]),
        (b"HTTP/1.1 200 OK\r\nA\r\n\r\n", [GRAMMAR]),
        (b"HTTP/1.1 200 OK\r\n(: b\r\n\r\n", [GRAMMAR]),
        (b"HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n", [BARE_CR]),
        (b"HTTP/1.1 200 OK\r\nA: b\x00c\r\n\r\n", [GRAMMAR]),
        (b"HTTP/1.1 200 OK\r\nContent-Le", [INCOMPLETE]),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc", [WRONG_LENGTH]),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc", [GRAMMAR]),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nabc!\r\n", [GRAMMAR]),
        (b"", []),
    ],
)
def test_what_is_wrong_with_the_octets(octets: bytes, expected: list[str]) -> None:
    assert because(read(octets)) == expected


def test_faulty_fields_are_read_as_well_as_can_be() -> None:
    reader = read(b"HTTP/1.1 200 OK\r\nA : b\r\nC: d\r\n\te\r\n(: f\r\nG: h\x00i\r\n\r\n")
    assert reader.final is not None
    assert reader.final.fields.lines == (("A", "b"), ("C", "d e"), ("G", "h i"))


def test_what_was_cut_or_is_coded_is_not_relied_on() -> None:
    assert not read(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc").is_content_known
    assert not read(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n").is_content_known


def test_limits_end_it() -> None:
    assert because(read(b"HTTP/1.1 200 OK\r\nA: " + b"b" * 70_000)) == [TOO_LARGE]
    flood = read(b"HTTP/1.1 100 Continue\r\n\r\n" * 200, most_interim=100)
    assert (because(flood), len(flood.interim), flood.is_done) == ([ONE_FINAL], 101, True)
    much = read(b"HTTP/1.1 200 OK\r\n\r\n" + b"a" * 1000, most_content=10, pieces=100)
    assert much.final is not None
    assert (much.is_done, much.is_content_known, len(much.final.content)) == (True, False, 0)
    small = ResponseReader("GET", WireLimits(field_section=20))
    small.feed(b"HTTP/1.1 200 OK\r\nA: b\r\nC: d\r\n\r\n")
    assert because(small) == [TOO_LARGE]


@pytest.mark.parametrize(
    ("method", "response", "expected"),
    [
        ("HEAD", Response(200, Fields()), CONTENT_TO_HEAD),
        ("GET", Response(204, Fields()), NEVER_CONTENT),
        ("GET", Response(200, Fields([("Content-Length", "1")])), WRONG_LENGTH),
        ("GET", Response(200, Fields([("Transfer-Encoding", "chunked")])), NOT_ASKED_FOR),
    ],
)
def test_what_follows_the_end_has_a_reason(method: str, response: Response, expected: str) -> None:
    assert excess_problem(method, response).because == expected


PIECES = st.sampled_from(
    [
        *(
            b"HTTP/1.1 200 OK\r\n",
            b"HTTP/1.1 100 Continue\r\n",
            b"HTTP/1.1 204\r\n",
            b"HTTP/2 999 \r\n",
            b"\r\n",
            b"\n",
        ),
        *(
            b"Content-Length: 3\r\n",
            b"Transfer-Encoding: chunked\r\n",
            b" folded\r\n",
            b"A\x00: b\r\n",
            b"3\r\nabc\r\n",
        ),
        *(b"0\r\n\r\n", b"\r", b":", b"\xff"),
    ]
)


@given(st.lists(st.one_of(PIECES, st.binary(max_size=8)), max_size=12), st.sampled_from(["GET", "HEAD", "CONNECT"]))
def test_it_takes_anything_in_any_pieces(octets: list[bytes], method: str) -> None:
    data = b"".join(octets)
    at_once, by_octet = read(data, method), ResponseReader(method)
    for number in data:
        if by_octet.is_done:
            break
        by_octet.feed(bytes([number]))
    by_octet.close()
    assert at_once.is_done
    assert by_octet.is_done
    assert [one.status for one in at_once.interim] == [one.status for one in by_octet.interim]
    # How much of a faulty chunk is decoded depends on the pieces; what is wrong does not
    assert sorted(because(at_once)) == sorted(because(by_octet))
    if at_once.is_content_known:
        assert at_once.final == by_octet.final
