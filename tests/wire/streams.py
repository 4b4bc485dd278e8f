"""Streams of valid requests and ways to feed them, for the tests of the reader: what is written here is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from statuary.message.fields import FieldLine
from statuary.wire.limits import WireLimits
from statuary.wire.malformed import MalformedMessage
from statuary.wire.request_reader import RequestReader

LIMITS = WireLimits()
SMALL = WireLimits(
    request_line=64, field_section=256, field_lines=8, chunk_line=32, chunk_extensions=64, trailer_section=64
)

TCHAR = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
VALUE = "\t " + "".join(map(chr, [*range(0x21, 0x7F), *range(0x80, 0x100)]))


@dataclass(frozen=True, slots=True)
class Read:
    """One request as it was read: enough to compare."""

    method: str
    target: str
    version: tuple[int, int]
    lines: tuple[FieldLine, ...]
    content: bytes
    trailers: tuple[FieldLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """Where reading ended for good."""

    status: int
    because: str


def read_all(
    pieces: Iterable[bytes], limits: WireLimits = LIMITS, *, take: bool = True
) -> tuple[list[Read], Refused | None, RequestReader]:
    """Everything a reader makes of these pieces, one after the other; complete requests only.

    They are taken where a request may begin with them, and fed otherwise; without ``take``, all are fed. It takes at most a
    turn for every octet, or it loops.
    """
    reader = RequestReader(limits)
    requests: list[Read] = []
    current = None
    content = b""
    for piece in pieces:
        taken = take and current is None
        if not taken:
            reader.feed(piece)
        for _ in range(3 * reader.buffered + 3 * len(piece) + 3):
            try:
                if current is None:
                    current = (reader.take(piece) if taken else None) or reader.next_request()
                    taken = False
                    content = b""
                    if current is None:
                        break
                content += (data := reader.next_content())
            except MalformedMessage as error:
                return requests, Refused(error.status, error.because), reader
            if reader.content_done:
                fields, trailers = current.fields.lines, reader.trailers.lines
                requests.append(Read(current.method, current.target, current.version, fields, content, trailers))
                current = None
            elif not data:
                break
        else:
            raise AssertionError("the reader makes no progress")
    return requests, None, reader


def read(data: bytes, limits: WireLimits = LIMITS) -> tuple[list[Read], Refused | None]:
    return read_all([data], limits)[:2]


def split(data: bytes, cuts: Iterable[int]) -> Iterator[bytes]:
    """``data`` in pieces that end at ``cuts``; none is empty, as none is that comes from a socket."""
    last = 0
    for cut in (*sorted({cut for cut in cuts if 0 < cut < len(data)}), len(data)):
        if cut > last:
            yield data[last:cut]
        last = cut


tokens = st.text(TCHAR, min_size=1, max_size=8)
values = st.text(VALUE, max_size=12).map(lambda value: value.strip("\t "))
extra_fields = st.lists(st.tuples(tokens.map(lambda name: "X-" + name), values), max_size=3)
_white_space = st.text(" \t", max_size=2)
_targets = st.one_of(
    st.just("*"),
    st.text("abc/.-_~!$&'()*+,;=:@", max_size=8).map(lambda path: "/" + path),
    st.tuples(st.text("ab/", max_size=4), st.text("a=&?/[]", max_size=6)).map(lambda both: f"/{both[0]}?{both[1]}"),
    st.just("/%41%2f%00"),
    st.just("http://a.example:8080/b?c"),
)


@st.composite
def _field_text(draw: st.DrawFn, lines: Sequence[FieldLine]) -> bytes:
    """Field lines with any white space that is allowed around their values."""
    written = [f"{name}:{draw(_white_space)}{value}{draw(_white_space)}\r\n" for name, value in lines]
    return "".join(written).encode("latin-1")


@st.composite
def _chunked(draw: st.DrawFn, content: bytes) -> tuple[bytes, tuple[FieldLine, ...]]:
    """``content`` in the chunked coding, in chunks of any size, with extensions and trailers."""
    extension = st.sampled_from((b"", b"", b";a", b";a=b", b' ; a = "b;\\" "', b";a;b=c"))
    coded = b""
    for chunk in split(content, draw(st.lists(st.integers(1, 40), max_size=3))):
        size = draw(st.sampled_from((b"%x", b"%X", b"0%x", b"%04x"))) % len(chunk)
        coded += size + draw(extension) + b"\r\n" + chunk + b"\r\n"
    trailers = draw(extra_fields)
    coded += draw(st.sampled_from((b"0", b"000"))) + draw(extension) + b"\r\n" + draw(_field_text(trailers)) + b"\r\n"
    return coded, tuple(trailers)


@st.composite
def requests(draw: st.DrawFn) -> tuple[bytes, Read]:
    """A valid request, and what is to be read from it."""
    target = draw(_targets)
    method = "OPTIONS" if target == "*" else draw(st.one_of(st.sampled_from(("GET", "PUT", "POST")), tokens))
    if method == "CONNECT":
        target = "a.example:443"
    minor = draw(st.sampled_from((0, 1, 1, 1)))
    lines: list[FieldLine] = draw(extra_fields)
    if minor:
        lines = [("Host", "a.example"), *lines]
    content = draw(st.binary(max_size=40))
    framing = draw(st.sampled_from(("none", "length", "chunked") if minor else ("none", "length")))
    if method == "CONNECT":
        # Its content has no meaning, and others take it for what goes through the tunnel
        framing = "none"
    coded = b""
    trailers: tuple[FieldLine, ...] = ()
    if framing == "none":
        content = b""
    elif framing == "length":
        lines.append(("Content-Length", str(len(content))))
        coded = content
    else:
        lines.insert(
            draw(st.integers(0, len(lines))), ("tRaNsFeR-eNcOdInG", draw(st.sampled_from(("chunked", "CHUNKED"))))
        )
        coded, trailers = draw(_chunked(content))
    empty_lines = b"\r\n" * draw(st.sampled_from((0, 0, 1, 2)))
    head = f"{method} {target} HTTP/1.{minor}\r\n".encode()
    octets = empty_lines + head + draw(_field_text(lines)) + b"\r\n" + coded
    return octets, Read(method, target, (1, minor), tuple(lines), content, trailers)


@st.composite
def pipelines(draw: st.DrawFn) -> tuple[bytes, list[Read]]:
    """Some valid requests, one after the other."""
    several = draw(st.lists(requests(), min_size=1, max_size=4))
    return b"".join(octets for octets, _ in several), [request for _, request in several]


# Pieces that a request consists of, right and wrong: joined at random they reach further than random octets
PIECES = (
    *(b"GET / HTTP/1.1\r\n", b"PUT /a?b HTTP/1.1\r\n", b"GET ", b"OPTIONS *"),
    *(b" HTTP/1.1", b" HTTP/1.0\r\n", b" HTTP/2.0\r\n"),
    *(b"Host: a\r\n", b"Host:\r\n", b"Host: a@b\r\n", b"Expect: 100-continue\r\n", b"Connection: close\r\n"),
    *(b"Content-Length: 3\r\n", b"Content-Length: +3\r\n", b"Content-Length: 0\r\n"),
    *(b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding: gzip, chunked\r\n", b"Transfer-Encoding:\r\n"),
    *(b"a: b\r\n", b" folded\r\n", b"a : b\r\n", b": b\r\n", b"a\r\n", b"\r\n", b"\r\n\r\n", b"\r", b"\n"),
    *(b"0\r\n\r\n", b"3\r\nabc\r\n", b"3;a=b\r\nabc\r\n", b"0\r\nA: b\r\n\r\n", b"-1\r\n"),
    *(b"fffffffffffffffff\r\n", b"abc", b"\0", b" ", b"\t", b"\xff", b"%", b"%zz", b":", b";", b"/", b"http://a"),
    b"x" * 70,
)


@st.composite
def _damaged(draw: st.DrawFn, octets: bytes) -> bytes:
    """A valid stream with something taken out or put in somewhere."""
    place = draw(st.integers(0, len(octets)))
    length = draw(st.integers(0, 3))
    return octets[:place] + draw(st.one_of(st.sampled_from(PIECES), st.binary(max_size=2))) + octets[place + length :]


any_octets = st.one_of(
    st.binary(max_size=60),
    st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=3)), max_size=14).map(b"".join),
    pipelines().flatmap(lambda both: _damaged(both[0])),
)
