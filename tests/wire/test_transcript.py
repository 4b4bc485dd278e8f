"""Message text as people save and paste it: what is read, what is held against it, and what is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary.wire.response_reader import FOLDED, GRAMMAR, NO_SPACE, NOT_ASKED_FOR, WRONG_LENGTH
from statuary.wire.transcript import NotATranscript, Seen, read_transcript


def crlf(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode("latin-1")


def outline(seen: tuple[Seen, ...]) -> list[tuple[str, list[int], int | None]]:
    return [
        (
            f"{one.exchange.request.method} {one.exchange.request.target}",
            [response.status for response in one.exchange.interim],
            one.exchange.final.status if one.exchange.final else None,
        )
        for one in seen
    ]


def because(seen: tuple[Seen, ...]) -> list[str]:
    return [problem.because for one in seen for problem in one.problems]


def content(one: Seen) -> bytes:
    assert one.exchange.final is not None
    return one.exchange.final.content


PAIR = "GET /a?b HTTP/1.1\nHost: Example.org\n\nHTTP/1.1 200 OK\nContent-Length: 2\n\nab"


@pytest.mark.parametrize(
    "text", [PAIR.encode(), crlf(PAIR), b"\xef\xbb\xbf" + PAIR.encode(), crlf("\n\n" + PAIR + "\n\n")]
)
def test_a_request_and_its_response(text: bytes) -> None:
    (one,) = read_transcript(text)
    request = one.exchange.request
    assert (request.method, request.path, request.query, request.authority) == ("GET", "/a", "b", "example.org")
    assert request.version == (1, 1)
    assert (content(one), one.problems, one.is_content_known, one.is_request_known) == (b"ab", (), True, True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("GET / HTTP/1.1\n\n", [("GET /", [], None)]),
        (
            "GET /a HTTP/1.1\n\nHTTP/1.1 200 OK\nContent-Length: 0\n\nGET /b HTTP/1.1\n\nHTTP/1.1 404 Not Found\n\nno",
            [("GET /a", [], 200), ("GET /b", [], 404)],
        ),
        (  # pipelined
            "GET /a HTTP/1.1\n\nGET /b HTTP/1.1\n\nHTTP/1.1 200 OK\nContent-Length: 0\n\nHTTP/1.1 404 Not Found\n\nno",
            [("GET /a", [], 200), ("GET /b", [], 404)],
        ),
        (
            "PUT /a HTTP/1.1\nContent-Length: 3\n\nabcHTTP/1.1 100 Continue\n\nHTTP/1.1 103 Early Hints\n\n"
            "HTTP/1.1 204 No Content\n\n",
            [("PUT /a", [100, 103], 204)],
        ),
        ("HTTP/1.1 200 OK\n\nHTTP/1.1 404 Not Found\n\n", [("GET /", [], 200), ("GET /", [], 404)]),
        ("HTTP/1.1 100 Continue\n\nHTTP/1.1 201 Created\nLocation: /a\n\n", [("POST /", [100], 201)]),
        ("HTTP/2 200\ndate: x\n\n", [("GET /", [], 200)]),
        ("GET http://a.example/b?c HTTP/1.1\n\nHTTP/1.0 200 OK\n\n", [("GET http://a.example/b?c", [], 200)]),
        ("CONNECT a:443 HTTP/1.1\n\nHTTP/1.1 200 OK\n\n", [("CONNECT a:443", [], 200)]),
        ("HTTP/1.1 200 OK\nContent-Length: 10\n\n", [("HEAD /", [], 200)]),  # as curl -I prints it
        (  # as curl -iL prints it
            "HTTP/1.1 301 Moved\nLocation: /a\nContent-Length: 10\n\nHTTP/1.1 200 OK\nContent-Length: 2\n\nab",
            [("GET /", [], 301), ("GET /", [], 200)],
        ),
        ("HTTP/1.1 405 Method Not Allowed\nAllow: GET\nContent-Length: 0\n\n", [("BREW /", [], 405)]),
    ],
)
@pytest.mark.parametrize("is_pasted", [True, False])
def test_messages_find_each_other(
    text: str, expected: list[tuple[str, list[int], int | None]], is_pasted: bool
) -> None:
    seen = read_transcript(text.encode() if is_pasted else crlf(text))
    assert outline(seen) == expected
    assert because(seen) == []


def test_a_response_alone_is_taken_to_answer_what_suits_it() -> None:
    for status, name in [(206, "range"), (304, "if-none-match"), (412, "if-match"), (417, "expect")]:
        (one,) = read_transcript(f"HTTP/1.1 {status} x\n\n".encode())
        assert name in one.exchange.request.fields
        assert not one.is_request_known
    (switching,) = read_transcript(b"HTTP/1.1 101 Switching Protocols\nUpgrade: websocket\n\n")
    assert switching.exchange.request.fields.get("upgrade") == "websocket"
    (told,) = read_transcript(b"HTTP/1.1 200 OK\nContent-Length: 3\n\n", method="DELETE")
    assert told.exchange.request.method == "DELETE"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("GET / HTTP/1.1\n\nHTTP/1.1 200\n\n", [NO_SPACE]),
        ("GET / HTTP/1.1\nA: b\n c\n\nHTTP/1.1 200 OK\n\n", [FOLDED]),
        ("GET / HTTP/1.1\n\nHTTP/1.1 2x0 OK\nA: b\n\n", [GRAMMAR]),
        ("GET / HTTP/1.1\n\nHTTP/1.1 200 OK\nContent-Length: 5\n\nabc", [WRONG_LENGTH]),
        ("GET / HTTP/1.1\n\nHTTP/1.1 200 OK\nContent-Length: 1\n\nabc", [WRONG_LENGTH]),
        ("POST / HTTP/1.1\nContent-Length: 5\n\nabc", [WRONG_LENGTH]),
        ("GET / HTTP/1.1\n\nHTTP/1.1 204 No Content\n\nHTTP/1.1 204 No Content\n\n", [NOT_ASKED_FOR]),
        ("GET / HTTP/1.1\n\nHTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3\nabcd\n0\n\n", [GRAMMAR]),
        ("GET / HTTP/1.1\n\nHTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3\nabc\n", [GRAMMAR]),
        ("HEAD / HTTP/1.1\n\nHTTP/1.1 200 OK\nContent-Length: 3\n\nabc", ["rfc9110-9.3.2-1"]),
        ("GET / HTTP/1.1\n\nHTTP/1.1 204 No Content\n\nabc", ["rfc9110-6.4.1-s1"]),
    ],
)
def test_what_is_wrong_with_the_octets(text: str, expected: list[str]) -> None:
    assert because(read_transcript(crlf(text))) == expected


def test_heads_alone_are_forgiven_their_content_and_nothing_else() -> None:
    assert because(read_transcript(crlf("HTTP/1.1 200 OK\nContent-Length: 10\nA : b\n\n"))) == [GRAMMAR]
    assert because(read_transcript(crlf("HTTP/1.1 200 OK\nContent-Length: 10\n\n"), method="GET")) == [WRONG_LENGTH]


def test_a_lone_lf_counts_only_among_others_that_are_whole() -> None:
    assert because(read_transcript(b"GET / HTTP/1.1\r\nA: b\nC: d\r\n\r\n")) == [GRAMMAR]
    assert because(read_transcript(b"GET / HTTP/1.1\nA: b\nC: d\n\n")) == []


@pytest.mark.parametrize("text", ["abc", "abc\nd", "abcdefghijk"])
def test_lengths_are_not_held_against_pasted_text(text: str) -> None:
    (one,) = read_transcript(f"GET / HTTP/1.1\n\nHTTP/1.1 200 OK\nContent-Length: 6\n\n{text}".encode())
    assert (one.problems, one.is_content_known) == ((), False)


def test_chunked_content_is_decoded_unless_that_was_done() -> None:
    head = "GET / HTTP/1.1\n\nHTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n"
    (raw,) = read_transcript(crlf(f"{head}3\nabc\n0\nDigest: x\n\n"))
    assert raw.exchange.final is not None
    assert raw.exchange.final.trailers is not None
    assert (content(raw), raw.exchange.final.trailers.get("digest"), raw.is_content_known) == (b"abc", "x", True)
    for text in (f"{head}3\nabc\n0\n\n".encode(), f"{head}3\nabc\n0\n".encode()):
        (pasted,) = read_transcript(text)
        assert pasted.problems == ()
    (decoded,) = read_transcript(crlf(f"{head}<html>\n</html>\n"))  # curl -i
    assert (decoded.problems, decoded.is_content_known) == ((), False)


def test_a_reflected_request_is_content() -> None:
    reflected = "TRACE / HTTP/1.1\nHost: a\n\n"
    length = len(crlf(reflected))
    text = f"{reflected}HTTP/1.1 200 OK\nContent-Type: message/http\nContent-Length: {length}\n\n{reflected}"
    (one,) = read_transcript(crlf(text))
    assert (content(one), one.problems) == (crlf(reflected), ())


VERBOSE = b"""\
* Host localhost:8000 was resolved.
*   Trying 127.0.0.1:8000...
> GET /a HTTP/1.1
> Host: localhost:8000
> Accept: */*
>\x20
* Request completely sent off
< HTTP/1.1 200 OK
< Content-Length: 5
< ETag: "1"
<\x20
{ [5 bytes data]
hello
* Connection #0 to host localhost left intact
> HEAD /b HTTP/2
> Host: localhost
>
< HTTP/2 404\x20
<
"""


@pytest.mark.parametrize("text", [VERBOSE, VERBOSE.replace(b"\n", b"\r\n")])
def test_what_curl_prints_with_v(text: bytes) -> None:
    seen = read_transcript(text)
    assert outline(seen) == [("GET /a", [], 200), ("HEAD /b", [], 404)]
    assert seen[0].exchange.final is not None
    assert seen[0].exchange.final.fields.get("etag") == '"1"'
    assert (seen[1].exchange.request.version, because(seen)) == ((2, 0), [])
    assert [one.is_content_known for one in seen] == [False, False]


@pytest.mark.parametrize("text", [b"", b"\n\n", b"hello", b"{}", b"\x00\xff", b"GET /\n\n"])
def test_other_text_is_refused(text: bytes) -> None:
    with pytest.raises(NotATranscript):
        read_transcript(text)


PIECES = st.sampled_from(
    [
        *(
            b"GET / HTTP/1.1",
            b"HEAD /a HTTP/1.0",
            b"HTTP/1.1 200 OK",
            b"HTTP/1.1 100 Continue",
            b"HTTP/1.1 204",
            b"HTTP/9",
        ),
        *(
            b"\n",
            b"\r\n",
            b"\n\n",
            b"\r\n\r\n",
            b"Content-Length: 3",
            b"Transfer-Encoding: chunked",
            b"Host: a",
            b": x",
        ),
        *(b"abc", b"3\r\nabc\r\n0\r\n\r\n", b"> ", b"< ", b"\xff", b" "),
    ]
)


@given(st.lists(st.one_of(PIECES, st.binary(max_size=6)), max_size=20))
def test_it_reads_anything_or_refuses_it(pieces: list[bytes]) -> None:
    try:
        seen = read_transcript(b"".join(pieces))
    except NotATranscript:
        return
    assert seen
    assert all(problem.detail for one in seen for problem in one.problems)


CHUNKED = "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n"


@pytest.mark.parametrize(
    "text",
    [
        crlf("HTTP/1.1 200\n\n") * 50_000,
        crlf("GET / HTTP/1.1\n\n") * 50_000,
        crlf(f"{CHUNKED}ffffff\n") * 20_000,
        crlf(f"{CHUNKED}40\n" + "1\na\n" * 10) * 5_000,
        crlf("GET / HTTP/1.1\n\nHTTP/1.1 200 OK\nContent-Length: 1\n\n") + b"\r\n" * 200_000,
        crlf("HTTP/1.1 200 OK\n" + "a: b\n" * 100_000),
        crlf("HTTP/1.1 200 OK\n" + "a\n" * 100_000),
        crlf("GET / HTTP/1.1\n\nHTTP/1.1 204 No Content\n\n" + "a\nb\n\n" * 50_000),
    ],
    ids=[
        "responses",
        "requests",
        "endless chunks",
        "overlapping chunks",
        "empty lines",
        "one field",
        "no fields",
        "junk",
    ],
)
def test_large_text_takes_no_more_than_its_share_of_time(text: bytes) -> None:
    seen = read_transcript(text)
    assert all(len(one.problems) <= 25 for one in seen)


def test_text_beyond_bounds_is_refused() -> None:
    with pytest.raises(NotATranscript, match="split it"):
        read_transcript(b"GET / HTTP/1.1\n\n" * 100_002)
    with pytest.raises(NotATranscript, match="no end"):
        read_transcript(b"GET / HTTP/1.1\n" + b"a: b\n" * 300_000)
