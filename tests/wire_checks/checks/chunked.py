"""The chunked transfer coding as it is received. RFC 9112 section 7.1.

A server that takes PUT shows what it decoded; from any other, a POST shows at least that it stays in step.
"""

from __future__ import annotations

from .. import claims
from ..client import NoAnswer, Response
from ..registry import check, check_each
from ..site import Site

TEN = b"0123456789"


def put(site: Site, target: str, coded: bytes, *fields: str) -> Response:
    """PUT chunked content as these octets; the connection must then be closed or in step."""
    with site.connect() as connection:
        connection.send(site.request("PUT", target, "Transfer-Encoding: chunked", *fields, content=coded))
        response = connection.read_response("PUT")
        claims.closed_or_in_step(site, connection, response)
    return response


def stored(site: Site, coded: bytes, expected: bytes, *others: int) -> None:
    """The octets decode to the expected content, or are refused with one of the other statuses."""
    target = site.fresh()
    if claims.status(put(site, target, coded), *claims.SUCCESS, *others).status in claims.SUCCESS:
        claims.content(claims.status(site.ask("GET", target), 200), expected)


@check_each(
    "chunked.valid",
    "rfc9112-7.1-2",
    "rfc9112-6.3-s4",
    needs=["writes"],
    rows={
        "one": (b"a\r\n" + TEN + b"\r\n0\r\n\r\n", TEN),
        "capital": (b"A\r\n" + TEN + b"\r\n0\r\n\r\n", TEN),
        "several": (b"3\r\n012\r\n6\r\n345678\r\n1\r\n9\r\n0\r\n\r\n", TEN),
        "leading-zeros": (b"0000a\r\n" + TEN + b"\r\n0\r\n\r\n", TEN),
        "last-zeros": (b"a\r\n" + TEN + b"\r\n00000\r\n\r\n", TEN),
        "empty": (b"0\r\n\r\n", b""),
        "crlf-inside": (b"6\r\n\r\n0\r\n\r\r\n0\r\n\r\n", b"\r\n0\r\n\r"),
        "large": (b"1E240\r\n" + b"x" * 123_456 + b"\r\n0\r\n\r\n", b"x" * 123_456),
        "many-small": (b"1\r\nx\r\n" * 2000 + b"0\r\n\r\n", b"x" * 2000),
        "two-hex-digits": (b"1f\r\n" + b"x" * 31 + b"\r\n0\r\n\r\n", b"x" * 31),
    },
)
def valid(site: Site, row: tuple[bytes, bytes]) -> None:
    """Valid chunked content is decoded to the octet."""
    stored(site, *row)


@check_each(
    "chunked.extension",
    "rfc9112-7.1.1-1",
    needs=["writes"],
    rows={
        "name": b"a;name",
        "value": b"a;name=value",
        "quoted": b'a;name="a quoted value"',
        "quoted-semicolon": b'a;name="a;b=c"',
        "quoted-escape": b'a;name="a\\"b;c"',
        "several": b'a;a=1;b="2";c',
        "signature": b"a;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
        "number-like": b"a;5=6",
    },
)
def extension(site: Site, size: bytes) -> None:
    """Chunk extensions that the server does not know are ignored."""
    stored(site, size + b"\r\n" + TEN + b"\r\n0;last=yes\r\n\r\n", TEN)


# The grammar allows bad whitespace around ";" and "="; the rest here is invalid yet harmless where it is skipped to CRLF.
@check_each(
    "chunked.extension-odd",
    "rfc9112-7.1.1-1",
    "rfc9110-5.6.3-6",
    needs=["writes"],
    rows={
        "space-before": b"a ;name=value",
        "spaces": b"a ; name = value",
        "tab": b"a\t;\tname",
        "no-name": b"a;",
        "no-value": b"a;name=",
        "unfinished-quote": b'a;name="value',
        "high-octets": b"a;name=\xff\xfe",
        "bare-cr": b"a;na\rme",
        "nul": b"a;na\x00me",
        "trailing-space": b"a ",
    },
)
def odd_extension(site: Site, size: bytes) -> None:
    """An odd chunk extension is skipped or refused: it never changes the content."""
    stored(site, size + b"\r\n" + TEN + b"\r\n0\r\n\r\n", TEN, 400)


@check("chunked.extension-too-long", "rfc9112-7.1.1-s1", needs=["writes"], choice=True)
def long_extension(site: Site) -> None:
    """A chunk extension of 200 KB is answered with a 4xx."""
    target = site.fresh()
    coded = b"a;" + b"x" * 200_000 + b"\r\n" + TEN + b"\r\n0\r\n\r\n"
    claims.status(put(site, target, coded), 400, 413, 431)


@check("chunked.extensions-too-many", "rfc9112-7.1.1-s1", needs=["writes"])
def many_extensions(site: Site) -> None:
    """Extensions that outweigh the content a hundredfold are answered with a 4xx, or skipped."""
    coded = (b"1;" + b"x" * 200 + b"\r\nx\r\n") * 3000 + b"0\r\n\r\n"
    stored(site, coded, b"x" * 3000, 400, 413, 431)


@check_each(
    "chunked.invalid",
    "rfc9112-7.1-2",
    "rfc9112-6.3-3",
    rows={
        "no-hex": b"z\r\nabc\r\n0\r\n\r\n",
        "empty-size": b"\r\nabc\r\n0\r\n\r\n",
        "negative": b"-3\r\nabc\r\n0\r\n\r\n",
        "plus": b"+3\r\nabc\r\n0\r\n\r\n",
        "prefix": b"0x3\r\nabc\r\n0\r\n\r\n",
        "underscore": b"0_3\r\nabc\r\n0\r\n\r\n",
        "leading-space": b" 3\r\nabc\r\n0\r\n\r\n",
        "space-inside": b"1 0\r\nabc\r\n0\r\n\r\n",
        "letter-after": b"3g\r\nabc\r\n0\r\n\r\n",
        "only-extension": b";a=b\r\nabc\r\n0\r\n\r\n",
        "comma": b"3,3\r\nabc\r\n0\r\n\r\n",
        "decimal": b"3.0\r\nabc\r\n0\r\n\r\n",
        "other-digits": b"\xd9\xa3\r\nabc\r\n0\r\n\r\n",
        "nul": b"3\x00\r\nabc\r\n0\r\n\r\n",
        "vertical-tab": b"\x0b3\r\nabc\r\n0\r\n\r\n",
        "too-long": b"3\r\nabcd\r\n0\r\n\r\n",
        "too-short": b"4\r\nabc\r\n0\r\n\r\n",
        "no-crlf-after": b"3\r\nabc0\r\n\r\n",
        "other-after": b"3\r\nabcXX0\r\n\r\n",
        "lf-after": b"3\r\nabc\n0\r\n\r\n",
        "cr-after": b"3\r\nabc\r0\r\n\r\n",
        "lf-after-size": b"3\nabc\r\n0\r\n\r\n",
        "cr-after-size": b"3\rabc\r\n0\r\n\r\n",
        "lf-in-extension": b"3;a\nb\r\nabc\r\n0\r\n\r\n",
        "not-chunked": b"GET /hello.txt HTTP/1.1\r\nHost: a\r\n\r\n",
        "binary": bytes(range(128, 160)) + b"\r\n\r\n",
        "second-chunk": b"3\r\nabc\r\nz\r\nabc\r\n0\r\n\r\n",
        "last-chunk": b"3\r\nabc\r\n0x\r\n\r\n",
    },
)
def invalid(site: Site, coded: bytes) -> None:
    """Chunked content against the grammar is refused, nothing is stored, and the connection is closed."""
    target = site.fresh()
    with site.connect() as connection:
        connection.send(site.request("PUT", target, "Transfer-Encoding: chunked", content=coded))
        # What is missing at the end will never come, so the server need not wait for it.
        connection.half_close()
        response = connection.read_response("PUT")
        claims.status(response, 400, 403, 405, 501)
        claims.closed(connection)
    claims.status(site.ask("GET", target), 404)


@check_each(
    "chunked.invalid-is-400",
    "rfc9112-2.2-10",
    needs=["writes"],
    rows={
        "no-hex": b"z\r\nabc\r\n0\r\n\r\n",
        "no-crlf-after": b"3\r\nabc0\r\n\r\n",
        "too-long": b"3\r\nabcd\r\n0\r\n\r\n",
        "prefix": b"0x3\r\nabc\r\n0\r\n\r\n",
        "negative": b"-3\r\nabc\r\n0\r\n\r\n",
        "overflow": b"f" * 40 + b"\r\nabc\r\n0\r\n\r\n",
    },
    choice=True,
)
def invalid_at_once(site: Site, coded: bytes) -> None:
    """Invalid chunked content is answered 400 as soon as it is seen, the client still being there."""
    octets = site.request("PUT", site.fresh(), "Transfer-Encoding: chunked", content=coded)
    claims.refused(site, octets, 400, 413, method="PUT", fatal=True)


@check_each(
    "chunked.huge",
    "rfc9112-7.1-3",
    rows={
        "2^31": b"80000000",
        "2^32+3": b"100000003",
        "2^63": b"8000000000000000",
        "2^64-1": b"ffffffffffffffff",
        "2^64+3": b"10000000000000003",
        "2^128+3": b"1" + b"0" * 31 + b"3",
        "200-digits": b"f" * 200,
        "100000-digits": b"f" * 100_000,
    },
)
def huge(site: Site, size: bytes) -> None:
    """A huge chunk size is refused or waited for: it never wraps to a small one."""
    target = site.fresh()
    with site.connect() as connection:
        coded = size + b"\r\nabc\r\n0\r\n\r\n"
        connection.send(site.request("PUT", target, "Transfer-Encoding: chunked", content=coded))
        connection.half_close()
        try:
            claims.refusal(connection.read_response("PUT"), 507)
            claims.closed(connection)
        except NoAnswer as missing:
            claims.that(missing.end != "open", "neither answered nor closed after the client had finished")
    claims.status(site.ask("GET", target), 404)


@check("chunked.many-zeros", "rfc9112-7.1-3", needs=["writes"])
def many_zeros(site: Site) -> None:
    """Two hundred leading zeros keep a chunk size what it is, or are over a limit."""
    stored(site, b"0" * 200 + b"a\r\n" + TEN + b"\r\n0\r\n\r\n", TEN, 400, 413)


@check("chunked.endless-size", "rfc9112-7.1-3", "rfc9112-7.1.1-s1", needs=["writes"], choice=True)
def endless_size(site: Site) -> None:
    """A chunk-size line that does not end is refused while it is still coming."""
    with site.connect() as connection:
        connection.send(site.request("PUT", site.fresh(), "Transfer-Encoding: chunked", content=b"a;" + b"x" * 300_000))
        claims.status(connection.read_response("PUT"), 400, 413, 431)
        claims.closed(connection)


@check_each(
    "chunked.trailer",
    "rfc9112-7.1-2",
    needs=["writes"],
    rows={
        "one": b"X-Checksum: abc\r\n",
        "two": b"X-One: 1\r\nX-Two: 2\r\n",
        "empty-value": b"X-One:\r\n",
    },
)
def trailer(site: Site, lines: bytes) -> None:
    """Unknown trailer fields are read and do no harm."""
    stored(site, b"a\r\n" + TEN + b"\r\n0\r\n" + lines + b"\r\n", TEN)


@check_each(
    "chunked.trailer-forbidden",
    "rfc9110-6.5.1-1",
    needs=["writes"],
    rows={
        "content-length": b"Content-Length: 3",
        "transfer-encoding": b"Transfer-Encoding: gzip",
        "host": b"Host: elsewhere.example",
        "connection": b"Connection: close",
        "if-none-match": b"If-None-Match: *",
        "if-match": b'If-Match: "nope"',
        "content-range": b"Content-Range: bytes 0-1/2",
        "content-encoding": b"Content-Encoding: gzip",
        "expect": b"Expect: 417-please",
        "authorization": b"Authorization: Basic YTpi",
        "no-colon": b"nonsense",
        "space-before-colon": b"X-One : 1",
        "no-name": b": 1",
        "folded": b"X-One: 1\r\n 2",
        "nul": b"X-One: \x00",
    },
)
def forbidden_trailer(site: Site, line: bytes) -> None:
    """Trailer fields never act as header fields; such ones, and malformed ones, may be refused."""
    stored(site, b"a\r\n" + TEN + b"\r\n0\r\n" + line + b"\r\n\r\n", TEN, 400)


@check("chunked.trailer-too-large", "rfc9110-5.4-1", needs=["writes"])
def large_trailer(site: Site) -> None:
    """A trailer section of 300 KB is refused or thrown away."""
    stored(site, b"a\r\n" + TEN + b"\r\n0\r\nX-One: " + b"a" * 300_000 + b"\r\n\r\n", TEN, 400, 413, 431)


@check("chunked.in-pieces", "rfc9112-7.1-2", needs=["writes"])
def in_pieces(site: Site) -> None:
    """Chunked content is decoded the same when every octet comes alone."""
    target = site.fresh()
    octets = site.request(
        "PUT", target, "Transfer-Encoding: chunked", content=b"4;a=b\r\n0123\r\n6\r\n456789\r\n0\r\n\r\n"
    )
    with site.connect() as connection:
        connection.send(*[octets[at : at + 1] for at in range(len(octets))])
        claims.status(connection.read_response("PUT"), *claims.SUCCESS)
    claims.content(claims.status(site.ask("GET", target), 200), TEN)


@check("chunked.then-request", "rfc9112-6.3-s4", "rfc9112-9.3.2-3", needs=["writes"])
def then_request(site: Site) -> None:
    """The request right behind chunked content is answered next."""
    target = site.fresh()
    with site.connect() as connection:
        coded = b"a\r\n" + TEN + b"\r\n0\r\nX-Trailer: a\r\n\r\n"
        connection.send(
            site.request("PUT", target, "Transfer-Encoding: chunked", content=coded) + site.request("GET", target)
        )
        first, second = connection.read_responses("PUT", "GET")
    claims.status(first, *claims.SUCCESS)
    claims.content(claims.status(second, 200), TEN)


@check("chunked.incomplete-stores-nothing", "rfc9112-6.3-8", needs=["writes"])
def incomplete_stores_nothing(site: Site) -> None:
    """Content that ends before its last chunk is not stored."""
    target = site.fresh()
    for coded in (b"a\r\n" + TEN + b"\r\n", b"a\r\n" + TEN[:5], b"a\r\n" + TEN + b"\r\n0\r\n"):
        with site.connect() as connection:
            connection.send(site.request("PUT", target, "Transfer-Encoding: chunked", content=coded))
            connection.half_close()
            connection.read_to_end()
        claims.status(site.ask("GET", target), 404)
