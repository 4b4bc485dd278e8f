"""The reader as a whole: the same requests whatever the pieces, no exception but one, and no message before its end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary.message.request import Request
from statuary.wire.limits import WireLimits
from statuary.wire.malformed import MalformedMessage
from statuary.wire.request_reader import RequestReader

from .streams import LIMITS, SMALL, Read, any_octets, pipelines, read, read_all, split

HEAD = b"GET / HTTP/1.1\r\nHost: a\r\n"
cuts = st.lists(st.integers(0, 400), max_size=8)


@given(stream=pipelines(), where=cuts)
def test_any_split_of_valid_requests_gives_these_requests(stream: tuple[bytes, list[Read]], where: list[int]) -> None:
    octets, expected = stream
    found, refused, reader = read_all(split(octets, where))
    assert (found, refused) == (expected, None)
    assert not reader.inside_message


@given(stream=pipelines())
def test_one_octet_at_a_time_gives_the_same_requests(stream: tuple[bytes, list[Read]]) -> None:
    octets, expected = stream
    assert read_all(split(octets, range(len(octets))))[:2] == (expected, None)


@given(octets=any_octets, where=cuts, limits=st.sampled_from((LIMITS, SMALL)))
def test_any_octets_are_read_alike_in_any_split(octets: bytes, where: list[int], limits: WireLimits) -> None:
    # Nothing but MalformedMessage comes out of read_all, and it fails if the reader makes no progress
    whole, refused_whole, _ = read_all([octets], limits)
    found, refused, _ = read_all(split(octets, where), limits)
    assert found == whole
    assert (refused is None) == (refused_whole is None)


@given(stream=pipelines(), length=st.integers(0, 400))
def test_a_stream_that_is_cut_gives_complete_requests_alone(stream: tuple[bytes, list[Read]], length: int) -> None:
    octets, expected = stream
    found, refused, _ = read_all([octets[:length]])
    assert refused is None
    assert found == expected[: len(found)]
    assert len(found) < len(expected) or length >= len(octets) or octets[length:] == b""


@given(octets=any_octets, where=cuts, limits=st.sampled_from((LIMITS, SMALL)))
def test_it_makes_no_difference_whether_octets_are_taken_or_fed(
    octets: bytes, where: list[int], limits: WireLimits
) -> None:
    pieces = list(split(octets, where))
    assert read_all(pieces, limits)[:2] == read_all(pieces, limits, take=False)[:2]


def at_limit(over: int) -> list[tuple[str, bytes, bytes]]:
    """Heads as long as SMALL takes, or ``over`` octets longer, by what they fill."""
    line = b"GET /" + b"a" * (SMALL.request_line - len(b"GET / HTTP/1.1") + over) + b" HTTP/1.1\r\nHost: a\r\n\r\n"
    start = b"GET / HTTP/1.1\r\nHost: a\r\nA: "
    section = start + b"a" * (SMALL.field_section - len(start) + over) + b"\r\n\r\n"
    chunked = b"PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunk_line = chunked + b"1;" + b"a" * (SMALL.chunk_line - len(b"1;\r\n") + over) + b"\r\na\r\n0\r\n\r\n"
    trailers = chunked + b"0\r\nA: " + b"a" * (SMALL.trailer_section - len(b"A: \r\n") + over) + b"\r\n\r\n"
    return [("414", line, b""), ("431", section, b""), ("400", chunk_line, b""), ("431", trailers, b"")]


@pytest.mark.parametrize(("status", "octets", "_"), at_limit(0))
def test_what_is_just_within_a_limit_is_taken_in_any_two_pieces(status: str, octets: bytes, _: bytes) -> None:
    for cut in range(len(octets)):
        found, refused, reader = read_all(split(octets, [cut]), SMALL)
        assert refused is None
        assert len(found) == 1
        assert not reader.inside_message


@pytest.mark.parametrize(("status", "octets", "_"), at_limit(1))
def test_what_is_just_beyond_a_limit_is_refused_in_any_two_pieces(status: str, octets: bytes, _: bytes) -> None:
    for cut in range(len(octets)):
        found, refused, _reader = read_all(split(octets, [cut]), SMALL)
        assert found == []
        assert refused is not None
        assert str(refused.status) == status


@pytest.mark.parametrize(
    ("octets", "status"),
    [
        (b"GET /" + b"a" * 20_000, 414),
        (b"a" * 20_000, 414),  # RFC 9112 section 3: whatever it is, its line is too long
        (HEAD + b"A: " + b"a" * 70_000, 431),
        (HEAD + b"A: b\r\n" * 12_000, 431),
        (b"GET / HTTP/1.1\nHost: a\n\n", 400),
        (b"GET / HTTP/2.0\r\n", 505),
        (b"GET / HTTP/1.1 \r\n", 400),
        (HEAD + b"A: b\nC", 400),
        (HEAD + b"A: b\rC", 400),
        (b"\r\n" * 6, 400),
        (b"\n", 400),
        (b"\rG", 400),
    ],
)
def test_a_head_that_can_become_no_request_is_refused_at_once(octets: bytes, status: int) -> None:
    """Its sender need not wait for a time-out."""
    found, refused = read(octets)
    assert found == []
    assert refused is not None
    assert refused.status == status


@pytest.mark.parametrize("empty_lines", range(5))
def test_empty_lines_ahead_of_a_request_are_skipped(empty_lines: int) -> None:
    # rfc9112-2.2-7
    found, refused = read(b"\r\n" * empty_lines + HEAD + b"\r\n")
    assert refused is None
    assert len(found) == 1


def test_empty_lines_without_end_are_refused_in_pieces_as_well() -> None:
    _, refused, _ = read_all([b"\r\n"] * 6)
    assert refused is not None
    assert refused.status == 400


def test_each_request_may_have_empty_lines_ahead() -> None:
    found, refused, _ = read_all([b"\r\n\r\n" + HEAD + b"\r\n"] * 5)
    assert refused is None
    assert len(found) == 5


def test_what_is_at_hand_and_to_come() -> None:
    reader = RequestReader(LIMITS)
    assert not reader.inside_message
    reader.feed(b"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n")
    assert reader.next_request() is None
    assert reader.inside_message
    reader.feed(b"\r\nab")
    request = reader.next_request()
    assert request is not None
    assert (request.content_length, reader.remaining, reader.buffered) == (5, 5, 2)
    assert reader.next_content() == b"ab"
    assert reader.next_content() == b""
    assert (reader.remaining, reader.content_done, reader.inside_message) == (3, False, True)
    reader.feed(b"cdeGET")
    assert reader.next_content() == b"cde"
    assert reader.content_done
    assert reader.inside_message
    assert reader.line_at_hand() == "GET"
    assert reader.take_rest() == b"GET"
    assert not reader.inside_message


def test_only_the_last_chunk_tells_how_much_is_to_come() -> None:
    reader = RequestReader(LIMITS)
    reader.feed(b"PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab")
    assert reader.next_request() is not None
    assert reader.remaining is None
    assert reader.next_content() == b"ab"
    reader.feed(b"c\r\n0\r\nChecksum: 1\r\n\r\nGET")
    assert reader.next_content() == b"c"
    assert reader.trailers.lines == (("Checksum", "1"),)
    assert reader.take_rest() == b"GET"


def test_trailers_are_those_of_the_latest_request() -> None:
    chunked = b"PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\n\r\n"
    found, _ = read(chunked + HEAD + b"\r\n")
    assert [request.trailers for request in found] == [(("A", "b"),), ()]


def test_the_scheme_is_that_of_the_connection() -> None:
    reader = RequestReader(LIMITS, "https")
    reader.feed(HEAD + b"\r\n")
    request = reader.next_request()
    assert request is not None
    assert (request.scheme, request.authority) == ("https", "a")


def test_a_repeated_header_section_is_read_for_its_own_version() -> None:
    """A section that HTTP/1.0 may have is not taken over for HTTP/1.1, though it is the same to the octet."""
    found, refused = read(b"GET / HTTP/1.0\r\nA: b\r\n\r\nGET / HTTP/1.1\r\nA: b\r\n\r\n")
    assert len(found) == 1
    assert refused is not None
    assert refused.because == "rfc9112-3.2-6"


def test_the_line_for_the_log_is_short_and_keeps_every_octet() -> None:
    reader = RequestReader(LIMITS)
    reader.feed(b"\xff\x00 /\r\n")
    with pytest.raises(MalformedMessage):
        reader.next_request()
    assert reader.line_at_hand() == "\xff\0 /"
    reader = RequestReader(LIMITS)
    reader.feed(b"a" * 1000)
    assert len(reader.line_at_hand()) == 200


def take(reader: RequestReader, *pieces: bytes) -> Request:
    for piece in pieces:
        request = reader.take(piece)
    assert request is not None
    return request


def test_the_same_octets_again_are_the_same_request() -> None:
    reader = RequestReader(WireLimits())
    head = b"GET /a HTTP/1.1\r\nHost: a\r\n\r\n"
    first = take(reader, head)
    assert take(reader, head) is first
    assert take(reader, b"GET /b HTTP/1.1\r\nHost: a\r\n\r\n").path == "/b"
    assert take(reader, head) is not first


def test_a_long_head_is_not_kept() -> None:
    reader = RequestReader(WireLimits())
    head = b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 5000 + b"\r\n\r\n"
    assert take(reader, head) is not take(reader, head)


def test_the_same_octets_are_the_same_request_only_alone() -> None:
    reader = RequestReader(WireLimits())
    head = b"GET /a HTTP/1.1\r\nHost: a\r\n\r\n"
    take(reader, head)
    assert reader.take(head + b"G") is None
    assert reader.next_request() is not None
    assert reader.take(head) is None  # it belongs to what is half there
    request = reader.next_request()
    assert request is not None
    assert request.method == "GGET"


def test_the_last_of_several_requests_is_none_of_them_again() -> None:
    reader = RequestReader(WireLimits())
    head = b"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n"
    both = head % 1 + head % 2
    for _ in range(2):
        assert reader.take(both) is None
        found = [reader.next_request(), reader.next_request()]
        assert [request and request.path for request in found] == ["/1", "/2"]


def test_a_request_with_content_is_never_there_again() -> None:
    reader = RequestReader(WireLimits())
    head = b"PUT /a HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n"
    length = len(head)
    first = take(reader, head % length)
    assert reader.take(head % length) is None  # it is the content
    assert reader.next_content() == head % length
    assert take(reader, head % length) is not first


@pytest.mark.parametrize("data", [b"G", b"GET", b"\r\n", b"\r\n\r\n", b"GET / HTTP/1.1\r\n"])
def test_what_is_not_a_whole_head_is_not_taken(data: bytes) -> None:
    reader = RequestReader(WireLimits())
    assert reader.take(data) is None
    assert reader.buffered == len(data)


def test_empty_lines_are_counted_from_the_last_request_however_that_was_read() -> None:
    limits = WireLimits(leading_empty_lines=1)
    same, another = (b"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n" % number for number in (1, 2))
    pieces = [piece for head in (same, same, another, same) for piece in (b"\r\n", head)]
    found, refused, _ = read_all(pieces, limits)
    assert (len(found), refused) == (4, None)
