"""Where a request ends: Content-Length and Transfer-Encoding. RFC 9112 section 6, RFC 9110 section 8.6."""

from __future__ import annotations

from .. import claims
from ..client import Connection, NoAnswer
from ..registry import check, check_each
from ..site import HELLO, Site

CHUNKED_HELLO = b"5\r\nhello\r\n0\r\n\r\n"
HIDDEN_REQUEST = b"GET /empty.txt HTTP/1.1\r\nHost: a\r\n\r\n"


def post(site: Site, *fields: bytes, content: bytes = b"", version: bytes = b"HTTP/1.1") -> bytes:
    """A POST to a file, which is refused with 405 once its framing is understood."""
    first = b"POST /hello.txt " + version + b"\r\nHost: " + site.authority.encode()
    return b"\r\n".join([first, *fields, b"", b""]) + content


# A known method is refused by 405 where its framing gives no reason for another answer.
UNDERSTOOD = (200, 201, 204, 403, 404, 405)


@check_each(
    "framing.length-invalid",
    "rfc9112-6.3-4",
    "rfc9112-6.3-5",
    rows={
        "word": b"five",
        "negative": b"-5",
        "negative-zero": b"-0",
        "plus": b"+5",
        "hex": b"0x5",
        "decimal": b"5.0",
        "exponent": b"5e0",
        "underscore": b"1_0",
        "space-inside": b"5 5",
        "parameter": b"5;",
        "quoted": b'"5"',
        "different-list": b"5, 6",
        "different-list-first-fits": b"5,50",
        "list-with-word": b"5, five",
        "trailing-word": b"5 octets",
        "arabic-digits": "\u0665".encode(),
        "superscript": b"\xb2",
        "vertical-tab": b"\x0b5",
        "form-feed-after": b"5\x0c",
    },
)
def invalid_length(site: Site, value: bytes) -> None:
    """A Content-Length that is not digits is answered 400 and the connection closed."""
    claims.refused(site, post(site, b"Content-Length: " + value, content=b"hello"), 400, fatal=True)


@check("framing.length-nul", "rfc9112-6.3-5", "rfc9110-5.5-4")
def nul_in_length(site: Site) -> None:
    """A NUL beside the digits is refused, or read as a space that is then stripped: never as another length."""
    with site.connect() as connection:
        connection.send(post(site, b"Content-Length: 5\x00", content=b"hello"))
        response = claims.status(connection.read_response("POST"), 400, *UNDERSTOOD)
        claims.closed_or_in_step(site, connection, response)


@check("framing.length-empty", "rfc9112-6.3-5")
def empty_length(site: Site) -> None:
    """An empty Content-Length is answered 400 and the connection closed."""
    claims.refused(site, post(site, b"Content-Length:"), 400, fatal=True)


@check_each(
    "framing.length-invalid-get",
    "rfc9112-6.3-5",
    rows={"word": b"five", "negative": b"-1", "plus": b"+0", "hex": b"0x0"},
)
def invalid_length_on_get(site: Site, value: bytes) -> None:
    """An invalid Content-Length is refused on a GET too."""
    octets = b"GET /hello.txt HTTP/1.1\r\nHost: a\r\nContent-Length: " + value + b"\r\n\r\n"
    claims.refused(site, octets, 400, fatal=True)


@check_each(
    "framing.length-repeated-different",
    "rfc9112-6.3-5",
    rows={
        "two": [b"Content-Length: 5", b"Content-Length: 6"],
        "other-order": [b"Content-Length: 6", b"Content-Length: 5"],
        "zero": [b"Content-Length: 0", b"Content-Length: 5"],
        "case": [b"content-length: 5", b"CONTENT-LENGTH: 4"],
        "apart": [b"Content-Length: 5", b"Accept: */*", b"Content-Length: 05", b"Content-Length: 7"],
        "one-invalid": [b"Content-Length: 5", b"Content-Length: x"],
    },
)
def different_lengths(site: Site, lines: list[bytes]) -> None:
    """Two Content-Lengths that differ are answered 400 and the connection closed."""
    claims.refused(site, post(site, *lines, content=b"hello"), 400, fatal=True)


@check_each(
    "framing.length-repeated-same",
    "rfc9110-8.6-13",
    "rfc9112-6.3-4",
    rows={
        "lines": [b"Content-Length: 5", b"Content-Length: 5"],
        "list": [b"Content-Length: 5, 5"],
        "list-of-three": [b"Content-Length: 5,5 ,5"],
    },
)
def same_lengths(site: Site, lines: list[bytes]) -> None:
    """The same Content-Length twice is refused, or taken for one."""
    claims.refused(site, post(site, *lines, content=b"hello"), 400, *UNDERSTOOD)


@check_each(
    "framing.length-huge",
    "rfc9110-8.6-10",
    "rfc9110-15.5.14-s1",
    rows={
        "2^31": b"2147483648",
        "2^63": b"9223372036854775808",
        "2^64+5": b"18446744073709551621",
        "2^32+5": b"4294967301",
        "40-digits": b"9" * 40,
        "5000-digits": b"9" * 5000,
    },
)
def huge_length(site: Site, value: bytes) -> None:
    """A huge Content-Length is refused, or waited for: never truncated to another number."""
    with site.connect() as connection:
        connection.send(post(site, b"Content-Length: " + value, content=b"hello") + site.request())
        connection.half_close()
        try:
            response = connection.read_response("POST")
        except NoAnswer as missing:
            claims.that(missing.end != "open", "neither answered nor closed after the client had finished")
            return
        claims.status(response, 400, 403, 404, 405, 408, 411, 413, 501)
        # Nothing more may come; a server may linger for what was announced, so it need not close at once.
        connection.end()


@check_each("framing.length-zeros", "rfc9112-6.3-4", rows={"05": b"05", "many": b"0" * 30 + b"5"})
def leading_zeros(site: Site, value: bytes) -> None:
    """Leading zeros do not change a Content-Length: digits are all that its grammar asks for."""
    claims.refused(site, post(site, b"Content-Length: " + value, content=b"hello"), 400, *UNDERSTOOD)


@check("framing.none", "rfc9112-6.3-s6")
def neither_field(site: Site) -> None:
    """A request with neither field has no content: what follows is the next request."""
    with site.connect() as connection:
        connection.send(post(site) + site.request())
        first = connection.read_response("POST")
        claims.status(first, 200, 204, 403, 404, 405, 411)
        if not first.says_close:
            claims.content(claims.status(connection.read_response(), 200), HELLO)


@check_each(
    "framing.get-content",
    "rfc9112-9.3-5",
    "rfc9112-6.3-s4",
    rows={
        "length": (b"Content-Length: 5", b"hello"),
        "chunked": (b"Transfer-Encoding: chunked", CHUNKED_HELLO),
        "a-request": (b"Content-Length: %d" % len(HIDDEN_REQUEST), HIDDEN_REQUEST),
        "large": (b"Content-Length: 100000", b"x" * 100_000),
    },
)
def content_on_get(site: Site, row: tuple[bytes, bytes]) -> None:
    """Content sent with a GET is read or the connection closed: it is never taken for a request."""
    line, content = row
    with site.connect() as connection:
        connection.send(b"GET /hello.txt HTTP/1.1\r\nHost: a\r\n" + line + b"\r\n\r\n" + content)
        response = claims.status(connection.read_response(), 200, 400, 411, 413, 415)
        claims.closed_or_in_step(site, connection, response)


@check_each(
    "framing.both",
    "rfc9112-6.1-12",
    "rfc9112-6.1-13",
    "rfc9112-6.3-s3",
    rows={
        "length-first": [b"Content-Length: 5", b"Transfer-Encoding: chunked"],
        "coding-first": [b"Transfer-Encoding: chunked", b"Content-Length: 5"],
        "length-right": [b"Content-Length: 15", b"Transfer-Encoding: chunked"],
        "length-zero": [b"Content-Length: 0", b"Transfer-Encoding: chunked"],
        "length-invalid": [b"Content-Length: x", b"Transfer-Encoding: chunked"],
        "other-case": [b"content-length: 5", b"TRANSFER-ENCODING: Chunked"],
    },
)
def both_fields(site: Site, lines: list[bytes]) -> None:
    """Content-Length beside Transfer-Encoding is refused or overridden, and the connection closed either way."""
    with site.connect() as connection:
        connection.send(post(site, *lines, content=CHUNKED_HELLO) + site.request())
        claims.status(connection.read_response("POST"), 400, *UNDERSTOOD)
        claims.closed(connection)


@check_each(
    "framing.other-methods",
    "rfc9112-6.1-13",
    "rfc9112-6.3-3",
    "rfc9112-6.3-5",
    rows={
        f"{name}.{method.lower()}": (method, lines, accepted)
        for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "FOO")
        for name, lines, accepted in (
            ("both", ("Content-Length: 5", "Transfer-Encoding: chunked"), (200, 201, 204, 400, 404, 405, 501)),
            ("not-chunked", ("Transfer-Encoding: gzip",), (400, 501)),
            ("not-last", ("Transfer-Encoding: chunked, identity",), (400, 501)),
            ("length", ("Content-Length: five",), (400,)),
            ("lengths", ("Content-Length: 5", "Content-Length: 6"), (400,)),
        )
    },
)
def other_methods(site: Site, row: tuple[str, tuple[str, ...], tuple[int, ...]]) -> None:
    """Framing that cannot be trusted ends the connection whatever the method."""
    method, lines, accepted = row
    with site.connect() as connection:
        connection.send(site.request(method, site.fresh(), *lines, content=CHUNKED_HELLO) + site.request())
        claims.status(connection.read_response(method), *accepted)
        claims.closed(connection)


@check_each(
    "framing.get-bad-chunks",
    "rfc9112-9.3-5",
    "rfc9112-7.1-2",
    rows={"size": b"z\r\nhello\r\n0\r\n\r\n", "end": b"5\r\nhello0\r\n\r\n", "negative": b"-5\r\nhello\r\n0\r\n\r\n"},
)
def bad_chunks_on_get(site: Site, coded: bytes) -> None:
    """Malformed chunked content with a GET is refused, or the connection closed behind the answer."""
    with site.connect() as connection:
        connection.send(site.request("GET", "/hello.txt", "Transfer-Encoding: chunked", content=coded) + site.request())
        claims.status(connection.read_response(), 200, 400, 411, 413)
        claims.that(_refused_or_closed(connection), "a request behind malformed content was served")


def _refused_or_closed(connection: Connection) -> bool:
    """Whether the next answer on the connection is 400 and the last, or there is none."""
    try:
        refused = connection.read_response().status == 400
    except NoAnswer as missing:
        return missing.end != "open"
    claims.closed(connection)
    return refused


@check_each(
    "framing.coding-unknown",
    "rfc9112-6.1-9",
    "rfc9112-6.3-3",
    rows={
        "before-chunked": b"magic, chunked",
        "compress": b"compress, chunked",
        "gzip": b"gzip, chunked",
        "near": b"xchunked",
        "near-after": b"chunkedx",
        "underscore": b"chunked_",
    },
)
def unknown_coding(site: Site, value: bytes) -> None:
    """A transfer coding that the server lacks is answered 501, or 400, and the connection kept in step or closed."""
    octets = post(site, b"Transfer-Encoding: " + value, content=CHUNKED_HELLO)
    claims.refused(site, octets, 400, 501, *((405, 415) if value.endswith(b", chunked") else ()))


@check("framing.coding-unknown-is-501", "rfc9112-6.1-9", choice=True)
def unknown_coding_is_501(site: Site) -> None:
    """An unknown transfer coding before chunked is answered 501."""
    claims.refused(site, post(site, b"Transfer-Encoding: magic, chunked", content=CHUNKED_HELLO), 501)


@check_each(
    "framing.chunked-not-last",
    "rfc9112-6.3-3",
    "rfc9112-6.1-9",
    rows={
        "gzip-after": [b"Transfer-Encoding: chunked, gzip"],
        "unknown-after": [b"Transfer-Encoding: chunked, magic"],
        "identity-after": [b"Transfer-Encoding: chunked, identity"],
        "identity": [b"Transfer-Encoding: identity"],
        "gzip": [b"Transfer-Encoding: gzip"],
        "unknown": [b"Transfer-Encoding: magic"],
        "two-lines": [b"Transfer-Encoding: chunked", b"Transfer-Encoding: identity"],
        "quoted": [b'Transfer-Encoding: "chunked"'],
        "hidden-by-quote": [b'Transfer-Encoding: magic;a=", chunked"'],
        "vertical-tab": [b"Transfer-Encoding: \x0bchunked"],
        "semicolon": [b"Transfer-Encoding: magic; chunked"],
        "space": [b"Transfer-Encoding: magic chunked"],
    },
)
def chunked_not_last(site: Site, lines: list[bytes]) -> None:
    """Content whose last coding is not chunked has no end: 400 (501 for the coding), and the connection closed."""
    claims.refused(site, post(site, *lines, content=CHUNKED_HELLO), 400, 501, fatal=True)


@check_each(
    "framing.chunked-last-known-is-400",
    "rfc9112-6.3-3",
    rows={"gzip-after": b"chunked, gzip", "gzip": b"gzip", "identity": b"identity"},
    choice=True,
)
def chunked_not_last_is_400(site: Site, value: bytes) -> None:
    """Not ending in chunked is answered 400, as the rule without exception has it."""
    claims.refused(site, post(site, b"Transfer-Encoding: " + value, content=CHUNKED_HELLO), 400, fatal=True)


@check_each(
    "framing.chunked-twice",
    "rfc9112-6.1-2",
    rows={
        "list": [b"Transfer-Encoding: chunked, chunked"],
        "lines": [b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked"],
        "case": [b"Transfer-Encoding: chunked, CHUNKED"],
    },
    choice=True,
)
def chunked_twice(site: Site, lines: list[bytes]) -> None:
    """Chunked applied twice, which no sender may do, is refused and the connection closed."""
    claims.refused(site, post(site, *lines, content=CHUNKED_HELLO), 400, 501, fatal=True)


@check_each(
    "framing.chunked-parameter",
    "rfc9112-7.1-4",
    rows={"token": b"chunked;a=b", "quoted": b'chunked; a="b"', "weight": b"chunked;q=1"},
)
def chunked_with_parameter(site: Site, value: bytes) -> None:
    """A parameter on chunked is an error."""
    claims.refused(site, post(site, b"Transfer-Encoding: " + value, content=CHUNKED_HELLO), 400, 501)


@check_each(
    "framing.chunked-spelling",
    "rfc9112-6.1-1",
    "rfc9110-5.6.1.2-1",
    rows={
        "capital": [b"Transfer-Encoding: Chunked"],
        "capitals": [b"TRANSFER-ENCODING: CHUNKED"],
        "spaces": [b"Transfer-Encoding:  chunked  "],
        "no-space": [b"Transfer-Encoding:chunked"],
        "empty-members": [b"Transfer-Encoding: , chunked ,"],
        "empty-line": [b"Transfer-Encoding: ", b"Transfer-Encoding: chunked"],
    },
)
def chunked_spelling(site: Site, lines: list[bytes]) -> None:
    """Chunked is recognised in any case, among spaces and empty members (which may be refused)."""
    lenient = (400, 501) if b"," in lines[0] or len(lines) > 1 else ()
    claims.refused(site, post(site, *lines, content=CHUNKED_HELLO), *UNDERSTOOD, *lenient)


@check_each(
    "framing.chunked-http-1.0",
    "rfc9112-6.1-14",
    rows={"close": b"X-Field: a", "keep-alive": b"Connection: keep-alive"},
)
def chunked_in_old_version(site: Site, line: bytes) -> None:
    """Transfer-Encoding in a request of HTTP/1.0 means faulty framing: whatever the answer, the connection closes."""
    octets = post(site, b"Transfer-Encoding: chunked", line, content=CHUNKED_HELLO, version=b"HTTP/1.0")
    with site.connect() as connection:
        connection.send(octets + site.request())
        claims.status(connection.read_response("POST"), 400, 411, 501, *UNDERSTOOD)
        claims.closed(connection)


@check_each(
    "framing.incomplete",
    "rfc9112-6.3-8",
    "rfc9112-8-1",
    rows={
        "length": (b"Content-Length: 50", b"hello"),
        "chunk": (b"Transfer-Encoding: chunked", b"32\r\nhello"),
        "no-last-chunk": (b"Transfer-Encoding: chunked", b"5\r\nhello\r\n"),
        "no-trailer-end": (b"Transfer-Encoding: chunked", b"5\r\nhello\r\n0\r\n"),
        "size-line": (b"Transfer-Encoding: chunked", b"5"),
        "nothing": (b"Content-Length: 5", b""),
    },
)
def incomplete(site: Site, row: tuple[bytes, bytes]) -> None:
    """A request that ends too early is answered with an error or nothing, and the connection closed."""
    line, content = row
    with site.connect() as connection:
        connection.send(post(site, line, content=content))
        connection.half_close()
        try:
            claims.refusal(connection.read_response("POST"))
        except NoAnswer as missing:
            claims.that(missing.end != "open", "neither answered nor closed after the client had finished")
            return
        claims.closed(connection)


@check("framing.hidden-request", "rfc9112-6.3-s3", "rfc9112-9.3-5")
def hidden_request(site: Site) -> None:
    """A request hidden in the content of another is never answered."""
    hidden = site.request("GET", "/page.html")
    with site.connect() as connection:
        connection.send(post(site, b"Content-Length: %d" % len(hidden), content=hidden) + site.request())
        first = claims.status(connection.read_response("POST"), 413, *UNDERSTOOD)
        if first.says_close:
            claims.closed(connection)
        else:
            claims.content(claims.status(connection.read_response(), 200), HELLO)
