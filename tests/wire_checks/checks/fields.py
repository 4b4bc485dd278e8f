"""Field lines: their syntax, their sizes, and which lines are one field. RFC 9112 section 5, RFC 9110 section 5."""

from __future__ import annotations

from .. import claims
from ..client import NoAnswer
from ..registry import check, check_each
from ..site import HELLO, Site


def with_lines(site: Site, *lines: bytes, method: bytes = b"GET") -> bytes:
    """A request with any octets for its field lines, after a valid Host."""
    first = method + b" /hello.txt HTTP/1.1\r\nHost: " + site.authority.encode()
    return b"\r\n".join([first, *lines, b"", b""])


@check_each(
    "fields.space-before-colon",
    "rfc9112-5.1-1",
    rows={
        "space": b"X-Field : value",
        "tab": b"X-Field\t: value",
        "spaces": b"X-Field   : value",
        "content-length": b"Content-Length : 0",
        "transfer-encoding": b"Transfer-Encoding : chunked",
    },
)
def space_before_colon(site: Site, line: bytes) -> None:
    """Whitespace between a field name and its colon is answered 400."""
    claims.refused(site, with_lines(site, line), 400)


@check_each(
    "fields.name-no-token",
    "rfc9112-2.2-10",
    rows={
        "empty": b": value",
        "space": b"X Field: value",
        "parenthesis": b"X(Field): value",
        "quote": b'"X-Field": value',
        "slash": b"X/Field: value",
        "brackets": b"X[Field]: value",
        "equals": b"X=Field: value",
        "at": b"X@Field: value",
        "comma": b"X,Field: value",
        "backslash": b"X\\Field: value",
        "control": b"X\x01Field: value",
        "delete": b"X\x7fField: value",
        "nul": b"X\x00Field: value",
        "latin-1": b"X-Fi\xe9ld: value",
        "utf-8": "X-Fi\u00e9ld: value".encode(),
        "vertical-tab": b"\x0bX-Field: value",
    },
)
def name_is_no_token(site: Site, line: bytes) -> None:
    """A field name that is no token is answered 400."""
    claims.refused(site, with_lines(site, line), 400)


@check_each(
    "fields.no-colon",
    "rfc9112-2.2-10",
    rows={"word": b"X-Field", "words": b"no colon at all", "equals": b"X-Field=value"},
)
def no_colon(site: Site, line: bytes) -> None:
    """A field line without a colon is answered 400."""
    claims.refused(site, with_lines(site, line), 400)


@check_each(
    "fields.in-value",
    "rfc9110-5.5-4",
    "rfc9112-2.2-4",
    rows={
        "nul": b"X-Field: a\x00b",
        "nul-at-end": b"X-Field: a\x00",
        "bare-cr": b"X-Field: a\rb",
        "bare-cr-at-end": b"X-Field: a\r",
        "two-crs": b"X-Field: a\r\rb",
    },
)
def forbidden_in_value(site: Site, line: bytes) -> None:
    """CR or NUL in a field value is answered 400, or read as a space."""
    claims.refused(site, with_lines(site, line), 200, 400)


@check("fields.bare-cr-ends-nothing", "rfc9112-2.2-4", "rfc9110-5.5-4")
def bare_cr_ends_no_line(site: Site) -> None:
    """What follows a bare CR in a value is no field of its own."""
    with site.connect() as connection:
        connection.send(with_lines(site, b"X-Field: a\rConnection: close"))
        response = connection.read_response()
        if claims.status(response, 200, 400).status == 200:
            claims.that(not response.says_close, "the words after a bare CR were taken for a field")


@check_each(
    "fields.control-in-value",
    "rfc9110-5.5-5",
    rows={"soh": b"X-Field: a\x01b", "bell": b"X-Field: \x07", "delete": b"X-Field: a\x7f", "vt": b"X-Field: \x0b"},
)
def control_in_value(site: Site, line: bytes) -> None:
    """Other control characters in a value are refused, or kept where they do no harm."""
    claims.refused(site, with_lines(site, line), 200, 400)


@check_each(
    "fields.folded",
    "rfc9112-5.2-2",
    rows={
        "space": b"X-Field: a\r\n b",
        "tab": b"X-Field: a\r\n\tb",
        "empty-first": b"X-Field:\r\n a",
        "only-space": b"X-Field: a\r\n ",
        "twice": b"X-Field: a\r\n b\r\n c",
        "colon-inside": b"X-Field: a\r\n X-Other: b",
    },
)
def folded(site: Site, lines: bytes) -> None:
    """A folded field is answered 400, or read as one line."""
    claims.refused(site, with_lines(site, lines), 200, 400)


@check_each(
    "fields.fold-hides",
    "rfc9112-5.2-2",
    "rfc9112-2.2-9",
    rows={
        "connection": b"X-Field: a\r\n Connection: close",
        "content-length": b"X-Field: a\r\n Content-Length: 30",
        "transfer-encoding": b"X-Field: a\r\n\tTransfer-Encoding: chunked",
    },
)
def fold_hides_no_field(site: Site, lines: bytes) -> None:
    """A continuation line never counts as a field of its own."""
    with site.connect() as connection:
        connection.send(with_lines(site, lines) + site.request("GET", "/empty.txt"))
        first = connection.read_response()
        if claims.status(first, 200, 400).status == 200:
            claims.that(not first.says_close, "a continuation line was taken for a Connection field")
            claims.content(claims.status(connection.read_response(), 200), b"")


@check_each(
    "fields.leading-whitespace",
    "rfc9112-2.2-9",
    rows={
        "space": b" X-Field: value",
        "tab": b"\tX-Field: value",
        "host": b" Host: elsewhere.example",
        "framing": b" Transfer-Encoding: chunked",
        "blank": b"   ",
    },
)
def whitespace_after_request_line(site: Site, line: bytes) -> None:
    """A line that begins with whitespace right after the request line is refused, or skipped unread."""
    octets = b"GET /hello.txt HTTP/1.1\r\n" + line + b"\r\nHost: " + site.authority.encode() + b"\r\n\r\n"
    claims.refused(site, octets, 200, 400)


@check_each(
    "fields.lenient",
    "rfc9110-5.5-1",
    "rfc9110-5.1-2",
    rows={
        "no-space": b"X-Field:value",
        "many-spaces": b"X-Field:     value     ",
        "tabs": b"X-Field:\t\tvalue\t",
        "empty": b"X-Field:",
        "only-spaces": b"X-Field: \t ",
        "colons": b"X-Field: a:b:c",
        "tchars": b"!#$%&'*+-.^_`|~09Az: value",
        "short-name": b"a: b",
        "underscore": b"X_Field: value",
        "inner-tab": b"X-Field: a\tb",
        "quoted": b'X-Field: "a, b;c=\\"d\\""',
        "unfinished-quote": b'X-Field: "a',
    },
)
def unusual_but_valid(site: Site, line: bytes) -> None:
    """An unknown field does no harm, however unusual its valid spelling."""
    claims.content(claims.status(site.send(with_lines(site, line)), 200), HELLO)


@check_each(
    "fields.harmless",
    "rfc9110-5.1-2",
    rows={
        "te": ["TE: trailers, gzip;q=0.5", "Connection: TE"],
        "via": ["Via: 1.0 fred, 1.1 p.example.com (a comment)"],
        "forwarded": ["X-Forwarded-For: 192.0.2.1", "Forwarded: for=192.0.2.1"],
        "cookie": ["Cookie: a=b; c=d"],
        "bearer": ["Authorization: Bearer abc"],
        "no-cache": ["Cache-Control: no-cache", "Pragma: no-cache"],
        "only-if-cached": ["Cache-Control: only-if-cached, max-stale"],
        "origin": ["Origin: http://other.example", "Sec-Fetch-Mode: cors"],
        "prefer": ["Prefer: return=minimal, respond-async"],
        "keep-alive": ["Keep-Alive: timeout=5, max=100", "Proxy-Connection: keep-alive"],
        "trailer": ["Trailer: X-Checksum"],
        "content-fields": ["Content-Type: text/plain", "Content-Encoding: gzip", "Content-Language: en"],
        "priority": ["Priority: u=1, i", "Early-Data: 0"],
        "date": ["Date: Sun, 06 Nov 1994 08:49:37 GMT"],
        "proxy-authorization": ["Proxy-Authorization: Basic YTpi"],
        "response-fields": ["Server: x", "Location: /x", "ETag: x", "Last-Modified: x", "Age: 1", "Allow: GET"],
    },
)
def harmless(site: Site, lines: list[str]) -> None:
    """Fields that clients send, and that a plain file has no use for, change nothing."""
    claims.content(claims.status(site.ask("GET", "/hello.txt", *lines), 200), HELLO)


@check_each(
    "fields.obs-text",
    "rfc9110-5.5-3",
    "rfc9112-2.2-1",
    rows={
        "latin-1": b"X-Field: caf\xe9",
        "utf-8": "X-Field: caf\u00e9".encode(),
        "invalid-utf-8": b"X-Field: \xc3\x28\xff",
        "user-agent": b"User-Agent: \xff\xfe",
        "c1-control": b"X-Field: \x85\x90",
    },
)
def opaque_octets(site: Site, line: bytes) -> None:
    """Octets above 0x7f in the value of an unknown field are opaque data."""
    claims.status(site.send(with_lines(site, line)), 200)


@check("fields.obs-text-no-lf", "rfc9112-2.2-1")
def no_unicode_line_ends(site: Site) -> None:
    """Octets that a Unicode decoder would turn into CR LF end no line."""
    with site.connect() as connection:
        # U+560D and U+560A, whose low octets are CR and LF.
        connection.send(with_lines(site, "X-Field: a\u560d\u560aConnection: close".encode()))
        claims.that(not claims.status(connection.read_response(), 200, 400).says_close, "octets were read as text")


@check("fields.names-case", "rfc9110-5.1-2")
def names_have_no_case(site: Site) -> None:
    """Field names are compared without case."""
    etag = claims.field(site.ask(), "ETag")
    claims.status(site.ask("GET", "/hello.txt", f"iF-nOnE-mAtCh: {etag}"), 304)
    claims.status(site.ask("GET", "/big.bin", "RANGE: bytes=0-1"), 206)


@check_each("fields.many", "rfc9110-5.4-1", rows={"50": 50, "100": 100})
def many_fields(site: Site, count: int) -> None:
    """As many fields as requests of today have are served."""
    fields = [f"X-Field-{number}: value" for number in range(count)]
    claims.status(site.ask("GET", "/hello.txt", *fields), *((200,) if count < 100 else (200, 400, 431)))


@check_each(
    "fields.too-large",
    "rfc9110-5.4-1",
    "rfc9110-2.3-2",
    rows={
        "value": [b"X-Field: " + b"a" * 200_000],
        "name": [b"X" * 200_000 + b": a"],
        "many": [b"X-Field-%d: value" % number for number in range(20_000)],
        "repeated": [b"X-Field: value"] * 20_000,
        "cookie": [b"Cookie: " + b"a=b; " * 40_000],
        "no-colon": [b"a" * 200_000],
    },
)
def too_large(site: Site, lines: list[bytes]) -> None:
    """A header section far over any limit is answered 431, or another 4xx."""
    claims.refused(site, with_lines(site, *lines), 400, 413, 431)


@check("fields.too-large-is-431", "rfc9110-5.4-1", "rfc6585-5-2", choice=True)
def too_large_names_field(site: Site) -> None:
    """One field over the limit is answered 431, and the content names it."""
    response = claims.status(site.send(with_lines(site, b"X-Enormous: " + b"a" * 200_000)), 431)
    claims.that(b"x-enormous" in response.content.lower(), f"the content names no field: {response.content[:300]!r}")


@check("fields.too-many-is-431", "rfc9110-5.4-1", choice=True)
def too_many(site: Site) -> None:
    """Twenty thousand small fields are answered 431."""
    claims.refused(site, with_lines(site, *[b"X-%d: a" % number for number in range(20_000)]), 431)


@check("fields.endless", "rfc9110-5.4-1")
def endless_section(site: Site) -> None:
    """A header section that does not end is refused while it is still coming."""
    with site.connect() as connection:
        connection.send(b"GET /hello.txt HTTP/1.1\r\nHost: a\r\n" + b"X-Field: aaaaaaaaaaaaaaaaaaaa\r\n" * 20_000)
        claims.status(connection.read_response(), 400, 413, 431)
        claims.closed(connection)


@check("fields.endless-empty-lines", "rfc9110-2.3-1")
def endless_empty_lines(site: Site) -> None:
    """A stream of empty lines instead of a request is not read forever, and harms nobody."""
    with site.connect() as connection:
        connection.send(b"\r\n" * 50_000)
        connection.half_close()
        try:
            claims.status(connection.read_response(), 400, 408)
        except NoAnswer as missing:
            claims.that(missing.end != "open", "neither answered nor closed")
    claims.status(site.ask(), 200)


@check("fields.list-lines", "rfc9110-5.6.1.2-1", "rfc9110-13.1.2-s1")
def lines_of_a_list(site: Site) -> None:
    """A list-based field may come on several lines, with empty members among them."""
    etag = claims.field(site.ask(), "ETag")
    response = site.ask("GET", "/hello.txt", 'If-None-Match: "x"', "If-None-Match: , ,", f"If-None-Match: ,{etag} ,")
    claims.status(response, 304)


@check_each(
    "fields.singletons-repeated",
    "rfc9110-5.3-3",
    rows={
        "content-type": ["Content-Type: text/plain", "Content-Type: text/html"],
        "user-agent": ["User-Agent: a", "User-Agent: b"],
        "referer": ["Referer: http://a.example/", "Referer: http://b.example/"],
        "authorization": ["Authorization: Basic YTpi", "Authorization: Basic YTpi"],
        "from": ["From: a@example.org", "From: b@example.org"],
        "max-forwards": ["Max-Forwards: 1", "Max-Forwards: 2"],
    },
)
def singletons_repeated(site: Site, lines: list[str]) -> None:
    """A singleton field sent twice is refused or ignored, without any server error."""
    claims.status(site.ask("GET", "/hello.txt", *lines), 200, 400)


@check_each(
    "fields.invalid-ignored",
    "rfc9110-5.1-2",
    rows={
        "accept": "Accept: ;;;///",
        "accept-encoding": "Accept-Encoding: ;q=,,=",
        "accept-language": "Accept-Language: !!;q=2",
        "accept-charset": "Accept-Charset: *;q=x",
        "referer": "Referer: not a uri",
        "from": "From: <<<",
        "te": "TE: ;;;",
        "max-forwards": "Max-Forwards: many",
        "authorization": "Authorization: ",
        "cookie": "Cookie: ;;=;",
        "cache-control": "Cache-Control: =,max-age=x",
        "upgrade": "Upgrade: ///",
        "date": "Date: yesterday",
        "via": "Via: nonsense",
        "range": "Range: nonsense",
        "if-range": "If-Range: nonsense",
    },
)
def invalid_values(site: Site, line: str) -> None:
    """An invalid value in a field that does not frame the message is ignored or refused, and nothing breaks."""
    claims.status(site.ask("GET", "/hello.txt", line), 200, 400, 406, 416)
