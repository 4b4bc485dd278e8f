"""Responses as a user agent reads them: what is taken, what is refused, and that no split of the octets changes that."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.wire.streams import split

from statuary.message.fields import Fields
from statuary.message.response import Response
from statuary.wire.limits import WireLimits
from statuary.wire.malformed import MalformedMessage
from statuary.wire.response_stream import MOST_INTERIM, ResponseStream

SMALL = WireLimits(field_section=256, field_lines=8, chunk_line=32, chunk_extensions=64, trailer_section=64)


@dataclass
class Heard:
    """A sink that keeps all it is told."""

    interims: list[Response] = field(default_factory=list)
    final: Response | None = None
    octets: bytes = b""
    trailers: Fields | None = None
    is_whole: bool = False

    def interim(self, response: Response) -> None:
        assert self.final is None
        self.interims.append(response)

    def head(self, response: Response) -> None:
        assert self.final is None
        self.final = response

    def content(self, octets: bytes) -> None:
        assert octets
        assert self.final is not None
        assert not self.is_whole
        self.octets += octets

    def end(self, trailers: Fields | None) -> None:
        assert self.final is not None
        assert not self.is_whole
        self.is_whole = True
        self.trailers = trailers


def hear(
    pieces: Iterable[bytes], method: str = "GET", *, closes: bool = False, limits: WireLimits | None = None
) -> tuple[Heard, ResponseStream, MalformedMessage | None]:
    heard = Heard()
    stream = ResponseStream(heard, limits)
    stream.expect(method)
    try:
        for piece in pieces:
            stream.feed(piece)
        if closes:
            stream.close()
    except MalformedMessage as error:
        return heard, stream, error
    return heard, stream, None


def octets(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode("latin-1")


def test_a_response_with_a_length() -> None:
    heard, stream, error = hear([octets("HTTP/1.1 200 OK\nA: b\nContent-Length: 3\n\nabc")])
    assert error is None
    assert heard.final == Response(200, Fields([("A", "b"), ("Content-Length", "3")]))
    assert (heard.octets, heard.is_whole, heard.trailers) == (b"abc", True, None)
    assert stream.is_reusable
    assert stream.version == (1, 1)


@pytest.mark.parametrize(
    ("method", "text", "content", "framing", "is_reusable"),
    [
        ("GET", "HTTP/1.1 200 OK\nContent-Length: 0\n\n", b"", "length", True),
        ("HEAD", "HTTP/1.1 200 OK\nContent-Length: 9\n\n", b"", "none", True),
        ("HEAD", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n", b"", "none", True),
        ("GET", "HTTP/1.1 204 No Content\nTransfer-Encoding: chunked\n\n", b"", "none", True),
        ("GET", "HTTP/1.1 304 Not Modified\nContent-Length: 9\n\n", b"", "none", True),
        ("GET", "HTTP/1.1 200 OK\nTransfer-Encoding: Chunked\n\n1\na\n0\n\n", b"a", "chunked", True),
        ("GET", "HTTP/1.1 200 OK\nContent-Length: 1\nContent-Length: 1\n\na", b"a", "length", True),
        ("GET", "HTTP/1.1 200 OK\nContent-Length: 1, 1\n\na", b"a", "length", True),
        ("GET", "HTTP/1.1 200 OK\nConnection: close\nContent-Length: 1\n\na", b"a", "length", False),
        ("GET", "HTTP/1.0 200 OK\nContent-Length: 1\n\na", b"a", "length", False),
        ("GET", "HTTP/1.0 200 OK\nConnection: keep-alive\nContent-Length: 1\n\na", b"a", "length", True),
        ("GET", "HTTP/1.1 200 OK\nContent-Length: 1\n\nab", b"a", "length", False),
        ("GET", "HTTP/1.1 200 OK\n\nabc", b"abc", "close", False),
        ("GET", "HTTP/1.1 200\nContent-Length: 1\n\na", b"a", "length", True),  # no reason, nor the space ahead of it
        ("GET", "HTTP/1.1 200 \nContent-Length: 1\n\na", b"a", "length", True),
        ("GET", "HTTP/1.9 299 Odd\nContent-Length: 1\n\na", b"a", "length", True),
        ("GET", "HTTP/1.1 777 Odder\nContent-Length: 1\n\na", b"a", "length", True),
    ],
)
def test_what_ends_the_content(method: str, text: str, content: bytes, framing: str, is_reusable: bool) -> None:
    heard, stream, error = hear([octets(text)], method, closes=framing == "close")
    assert error is None
    assert (heard.octets, heard.is_whole, stream.framing, stream.is_reusable) == (content, True, framing, is_reusable)


@pytest.mark.parametrize(
    "text",
    [
        "HTTP/1.1 200 OK\nContent-Length: 1\nTransfer-Encoding: chunked\n\n0\n\n",
        "HTTP/1.1 200 OK\nContent-Length: 1\nContent-Length: 2\n\nab",
        "HTTP/1.1 200 OK\nContent-Length: 1, 2\n\nab",
        "HTTP/1.1 200 OK\nContent-Length: -1\n\n",
        "HTTP/1.1 200 OK\nContent-Length: +1\n\na",
        "HTTP/1.1 200 OK\nContent-Length: 0x1\n\na",
        "HTTP/1.1 200 OK\nContent-Length:\n\na",
        "HTTP/1.1 200 OK\nTransfer-Encoding: gzip\n\na",
        "HTTP/1.1 200 OK\nTransfer-Encoding: gzip, chunked\n\n0\n\n",
        "HTTP/1.1 200 OK\nTransfer-Encoding: chunked, chunked\n\n0\n\n",
        "HTTP/1.1 200 OK\nTransfer-Encoding: chunked;a=b\n\n0\n\n",
        "HTTP/1.1 200 OK\nTransfer-Encoding: identity\n\n0\n\n",
        "HTTP/1.1 200 OK\nTransfer-Encoding: \x0bchunked\n\n0\n\n",
        "HTTP/1.0 200 OK\nTransfer-Encoding: chunked\n\n0\n\n",
        "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\nx\n",
        "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n1\nab\n",
        "HTTP/1.1 200 OK\nContent-Length : 1\n\na",
        "HTTP/1.1 200 OK\n A: b\n\n",
        "HTTP/1.1 200 OK\nNo colon\n\n",
        "HTTP/1.1 200 OK\nA: b\0\n\n",
        "HTTP/1.1 200 OK\nA: b\rC: d\n\n",
        "HTTP/2.0 200 OK\n\n",
        "HTTP/1.1 20 OK\n\n",
        "HTTP/1.1  200 OK\n\n",
        "HTTP/1.1 200OK\n\n",
        "http/1.1 200 OK\n\n",
        "ICY 200 OK\n\n",
        "\nHTTP/1.1 200 OK\n\n",
        "SSH-2.0-OpenSSH\n",
        "<html>",
    ],
)
def test_what_is_refused(text: str) -> None:
    heard, stream, error = hear([octets(text)])
    assert isinstance(error, MalformedMessage)
    assert error.status == 502
    assert not heard.is_whole
    assert not stream.is_reusable


@pytest.mark.parametrize(
    "text", ["HTTP/1.1 200 OK\nA: b\n\n", "HTTP/1.1 200 OK\r\nA: b\nC: d\r\n\r\n", "HTTP/1.1 200 OK\rA"]
)
def test_a_lone_line_end_is_refused_at_once(text: str) -> None:
    _, _, error = hear([text.encode()])
    assert isinstance(error, MalformedMessage)


def test_folded_lines_are_unfolded_as_user_agents_have_to() -> None:
    heard, _, error = hear([octets("HTTP/1.1 200 OK\nA: b\n  c\n\td\nContent-Length: 0\n\n")])
    assert error is None
    assert heard.final is not None
    assert heard.final.fields.get("a") == "b c d"


def test_interim_responses_of_any_kind_and_number() -> None:
    text = "HTTP/1.1 100 Continue\n\nHTTP/1.1 103 Early Hints\nLink: </a>\n\nHTTP/1.1 199 What\nContent-Length: 9\n\n"
    heard, stream, error = hear([octets(text + "HTTP/1.1 204 No Content\n\n")])
    assert error is None
    assert [one.status for one in heard.interims] == [100, 103, 199]
    assert heard.final is not None
    assert stream.is_reusable
    assert hear([octets("HTTP/1.1 100 Continue\n\n" * MOST_INTERIM)])[2] is None
    assert hear([octets("HTTP/1.1 100 Continue\n\n" * (MOST_INTERIM + 1))])[2] is not None


@pytest.mark.parametrize(("method", "status"), [("GET", 101), ("CONNECT", 200), ("CONNECT", 299)])
def test_what_follows_a_switch_is_not_ours(method: str, status: int) -> None:
    heard, stream, error = hear([octets(f"HTTP/1.1 {status} So\nContent-Length: 1\n\n") + b"\x81\0"], method)
    assert error is None
    assert (heard.is_whole, stream.framing, stream.rest, stream.is_reusable) == (True, "switched", b"\x81\0", False)


def test_trailers() -> None:
    heard, stream, error = hear([octets("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n2;x\nab\n0\nSum: 3\n\n")])
    assert error is None
    assert (heard.octets, heard.trailers) == (b"ab", Fields([("Sum", "3")]))
    assert stream.is_reusable


@pytest.mark.parametrize(
    "text",
    [
        "HTTP/1.1 200 OK\nContent-Length: 3\n\nab",
        "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n2\nab\n",
        "HTTP/1.1 200 OK\nA",
        "HTT",
    ],
)
def test_what_is_cut_is_told_apart_from_what_is_whole(text: str) -> None:
    heard, _, error = hear([octets(text)], closes=True)
    assert isinstance(error, MalformedMessage)
    assert not heard.is_whole


def test_silence_is_no_error_of_the_message() -> None:
    heard, stream, error = hear([], closes=True)
    assert (heard.final, error, stream.is_reusable) == (None, None, False)


def test_limits() -> None:
    for text in ("HTTP/1.1 200 OK\nA: " + "b" * 300, "HTTP/1.1 200 OK\n" + "A: b\n" * 9 + "\n"):
        assert isinstance(hear([octets(text)], limits=SMALL)[2], MalformedMessage)


def test_one_response_after_the_other() -> None:
    heard = Heard()
    stream = ResponseStream(heard)
    for number in range(3):
        stream.expect("GET")
        with pytest.raises(ValueError, match="not ready"):
            stream.expect("GET")
        stream.feed(octets(f"HTTP/1.1 200 OK\nContent-Length: 1\n\n{number}"))
        assert heard.octets == b"%d" % number
        heard.final, heard.octets, heard.is_whole = None, b"", False
    stream.feed(b"HTTP/1.1 408 Request Timeout\r\n\r\n")  # nobody asked
    assert not stream.is_reusable


_RESPONSES = st.sampled_from(
    [
        "HTTP/1.1 200 OK\nContent-Length: 5\n\nabcde",
        "HTTP/1.1 100 Continue\n\nHTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3;a=b\nabc\n2\nde\n0\nT: u\n\n",
        "HTTP/1.1 103 Hints\nLink: </a>\n\nHTTP/1.1 200\nA: b\n c\nContent-Length: 0\n\n",
        "HTTP/1.1 204 No Content\n\nHTTP/1.1 200 OK\n\n",
        "HTTP/1.0 200 OK\n\nabc\n\n",
        "HTTP/1.1 101 Switching Protocols\nUpgrade: x\n\nabc",
        "HTTP/1.1 200 OK\nContent-Length: 1\nTransfer-Encoding: chunked\n\n",
        "HTTP/1.1 200 OK\nA: b\rc\n\n",
        "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3\nabcd",
    ]
)


@given(_RESPONSES, st.lists(st.integers(1, 120), max_size=12), st.booleans())
def test_no_split_changes_anything(text: str, cuts: list[int], closes: bool) -> None:
    data = octets(text)
    whole, first, error = hear([data], closes=closes)
    parts, second, other = hear(split(data, cuts), closes=closes)
    assert (error is None) == (other is None)
    if error is None:
        assert whole == parts
        assert (first.is_reusable, first.framing, first.rest) == (second.is_reusable, second.framing, second.rest)
    else:
        assert not whole.is_whole
        assert not parts.is_whole


def test_no_octets_are_no_news() -> None:
    whole, _, error = hear([b"HTTP/1.0 200 OK\r\n\r\n", b"", b"content", b""], closes=True)
    assert error is None
    assert (whole.octets, whole.is_whole) == (b"content", True)


@given(
    st.lists(
        st.one_of(
            st.binary(max_size=30),
            st.sampled_from(
                [
                    b"HTTP/1.1 200 OK\r\n",
                    b"Content-Length: 3\r\n",
                    b"Transfer-Encoding: chunked\r\n",
                    b"\r\n",
                    b"3\r\nabc\r\n",
                ]
            ),
        ),
        max_size=12,
    ),
    st.sampled_from(["GET", "HEAD", "CONNECT"]),
)
def test_any_octets_give_a_response_or_a_malformed_message(pieces: list[bytes], method: str) -> None:
    hear(pieces, method, closes=True)
    hear(pieces, method, closes=True, limits=SMALL)
