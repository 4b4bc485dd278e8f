"""The request line: its parts and spaces, methods nobody knows, and protocol versions. RFC 9112 sections 2 and 3."""

from __future__ import annotations

from .. import claims
from ..client import NoAnswer
from ..registry import check, check_each
from ..site import HELLO, Site


def line(site: Site, first: bytes) -> bytes:
    """A request with any octets for its request line."""
    return first + b"\r\nHost: " + site.authority.encode() + b"\r\n\r\n"


# Section 3 lets a recipient split the line on any whitespace, and ignore it at the ends: 200 is then right too.
@check_each(
    "request-line.whitespace",
    "rfc9112-3-1",
    "rfc9112-3.2-1",
    rows={
        "two-spaces": b"GET  /hello.txt HTTP/1.1",
        "two-spaces-before-version": b"GET /hello.txt  HTTP/1.1",
        "tab": b"GET\t/hello.txt\tHTTP/1.1",
        "vertical-tab": b"GET\x0b/hello.txt HTTP/1.1",
        "form-feed": b"GET /hello.txt\x0cHTTP/1.1",
        "leading-space": b" GET /hello.txt HTTP/1.1",
        "trailing-space": b"GET /hello.txt HTTP/1.1 ",
        "bare-cr-as-space": b"GET /hello.txt\r HTTP/1.1",
    },
)
def odd_whitespace(site: Site, first: bytes) -> None:
    """Whitespace other than single spaces is refused with 400, or split on leniently."""
    claims.refused(site, line(site, first), 200, 400, reason="lenient splitting is permitted")


@check_each(
    "request-line.malformed",
    "rfc9112-2.2-10",
    "rfc9112-3.2-1",
    rows={
        "no-spaces": b"GET/hello.txtHTTP/1.1",
        "no-space-after-method": b"GET/hello.txt HTTP/1.1",
        "one-word": b"GET",
        "no-target": b"GET HTTP/1.1",
        "empty-target": b"GET  HTTP/1.1",
        "no-method": b"/hello.txt HTTP/1.1",
        "field-first": b"Accept: */*",
        "status-line": b"HTTP/1.1 200 OK",
        "nul-in-target": b"GET /hello.txt\x00 HTTP/1.1",
        "nul-in-method": b"GE\x00T /hello.txt HTTP/1.1",
        "nul-line": b"\x00\x00\x00\x00",
        "high-octets": b"\xff\xfe\xfd \xfc HTTP/1.1",
    },
)
def malformed_line(site: Site, first: bytes) -> None:
    """A line that is no request line is answered 400 and the connection closed."""
    claims.refused(site, line(site, first), 400, 501, 505, fatal=True)


@check_each(
    "request-line.repair",
    "rfc9112-3.2-1",
    "rfc9112-3.2-2",
    rows={
        "space-in-target": b"GET /sp ace.txt HTTP/1.1",
        "third-word": b"GET /hello.txt HTTP/1.1 HTTP/1.1",
        "cr-in-target": b"GET /hel\rlo.txt HTTP/1.1",
    },
)
def no_silent_repair(site: Site, first: bytes) -> None:
    """A request line with a word too many is not repaired silently: 400, or a redirect to the encoded target."""
    claims.refused(site, line(site, first), 301, 308, 400, 505)


@check_each(
    "request-line.method-no-token",
    "rfc9112-2.2-10",
    "rfc9112-3.2-1",
    rows={
        "parenthesis": b"GE(T",
        "colon": b"GET:",
        "at": b"G@T",
        "quote": b'"GET"',
        "high-octet": b"G\xc9T",
        "control": b"GE\x01T",
        "slash": b"GE/T",
    },
)
def method_is_no_token(site: Site, method: bytes) -> None:
    """A method that is no token is refused: 400, or 501 where it is only compared."""
    claims.refused(site, line(site, method + b" /hello.txt HTTP/1.1"), 400, 501)


@check_each(
    "request-line.method-unknown",
    "rfc9110-9.1-3",
    "rfc9112-3-2",
    "rfc9110-15.6.2-s1",
    rows={
        "foo": "FOO",
        "prefix": "GETT",
        "shorter": "GE",
        "tchars": "!#$%&'*+-.^_`|~09Az",
        "digits": "123",
        "long": "A" * 40,
        "longer": "A" * 300,
        "lower-case": "get",
        "mixed-case": "Get",
        "lower-case-head": "head",
    },
)
def unknown_method(site: Site, method: str) -> None:
    """A method that nobody defined, case counting, is answered 501."""
    claims.refused(site, site.request(method), 501)


@check("request-line.method-very-long", "rfc9112-3-2", "rfc9112-3-3")
def very_long_method(site: Site) -> None:
    """A method of 20000 octets is refused: 501, or 400, 414 or 431 where the line is over the limit."""
    claims.refused(site, site.request("A" * 20_000), 400, 414, 431, 501)


@check_each(
    "request-line.method-missing-file",
    "rfc9110-9.1-3",
    rows={"foo": "FOO", "lower-case": "get"},
)
def unknown_method_elsewhere(site: Site, method: str) -> None:
    """An unknown method is 501 on any target, also where nothing is."""
    claims.refused(site, site.request(method, "/nothing-here"), 501)


@check_each(
    "request-line.version-minor",
    "rfc9110-6.2-6",
    rows={"1.2": "HTTP/1.2", "1.9": "HTTP/1.9"},
)
def higher_minor_version(site: Site, version: str) -> None:
    """A higher minor version is served as HTTP/1.1."""
    response = claims.status(site.ask(version=version), 200)
    claims.that(response.version == "HTTP/1.1", f"answered in {response.version}")


@check_each(
    "request-line.version-major",
    "rfc9110-6.2-5",
    "rfc9110-6.2-s1",
    "rfc9110-15.6.6-s1",
    rows={"2.0": "HTTP/2.0", "3.0": "HTTP/3.0", "9.9": "HTTP/9.9", "0.9": "HTTP/0.9", "0.0": "HTTP/0.0"},
    choice=True,
)
def other_major_version(site: Site, version: str) -> None:
    """A major version that is not spoken here is answered 505."""
    response = claims.refused(site, site.request(version=version), 505)
    claims.that(response.version == "HTTP/1.1", f"answered in {response.version}")


@check("request-line.version-505-explains", "rfc9110-15.6.6-1", choice=True)
def version_refusal_explains(site: Site) -> None:
    """A 505 says which versions would do."""
    response = claims.status(site.ask(version="HTTP/3.0"), 505)
    claims.that(b"1.1" in response.content, f"the content names no version: {response.content[:200]!r}")


@check_each(
    "request-line.version-junk",
    "rfc9112-2.2-10",
    "rfc9112-3.2-1",
    rows={
        "lower-case": b"http/1.1",
        "mixed-case": b"Http/1.1",
        "two-digit-minor": b"HTTP/1.10",
        "two-digit-major": b"HTTP/11.1",
        "no-minor": b"HTTP/1.",
        "no-dot": b"HTTP/11",
        "only-major": b"HTTP/1",
        "letters": b"HTTP/a.b",
        "negative": b"HTTP/-1.1",
        "plus": b"HTTP/+1.1",
        "comma": b"HTTP/1,1",
        "suffix": b"HTTP/1.1x",
        "no-slash": b"HTTP1.1",
        "no-number": b"HTTP/",
        "other-protocol": b"FTP/1.1",
        "longer-name": b"HTTPS/1.1",
        "shorter-name": b"HTT/1.1",
        "three-numbers": b"HTTP/1.1.1",
        "nul": b"HTTP/1.1\x00",
        "other-digits": "HTTP/\u0661.\u0661".encode(),
    },
)
def junk_version(site: Site, version: bytes) -> None:
    """What is not HTTP/digit.digit, to the letter, is answered 400 or 505 and the connection closed."""
    claims.refused(site, line(site, b"GET /hello.txt " + version), 400, 505, fatal=True)


@check("request-line.simple-request", "rfc9112-2.2-10", "rfc9110-6.2-s1")
def simple_request(site: Site) -> None:
    """A request of HTTP/0.9 is refused, served bare, or cut off, but gets no HTTP/1.1 success."""
    with site.connect() as connection:
        connection.send(b"GET /hello.txt\r\n\r\n")
        answer = connection.read_to_end()
    claims.that(
        not answer.startswith(b"HTTP/") or answer[9:12] in (b"400", b"505"),
        f"answered {answer[:40]!r}",
    )


@check_each(
    "request-line.empty-lines",
    "rfc9112-2.2-7",
    rows={"one": b"\r\n", "two": b"\r\n\r\n", "five": b"\r\n" * 5},
)
def empty_lines_ahead(site: Site, ahead: bytes) -> None:
    """Empty lines ahead of the request line are skipped; from the second on they may be refused."""
    response = site.send(ahead + site.request())
    accepted = (200,) if ahead == b"\r\n" else (200, 400)
    claims.status(response, *accepted)


@check("request-line.empty-line-between", "rfc9112-2.2-7")
def empty_line_between(site: Site) -> None:
    """An empty line after one request does not harm the next."""
    with site.connect() as connection:
        connection.send(site.request() + b"\r\n" + site.request("GET", "/empty.txt"))
        first, second = connection.read_responses("GET", "GET")
    claims.content(claims.status(first, 200), HELLO)
    claims.content(claims.status(second, 200), b"")


@check("request-line.bare-lf", "rfc9112-2.2-2")
def bare_line_feeds(site: Site) -> None:
    """Lines that end with LF alone are either understood or refused with 400."""
    octets = site.request().replace(b"\r\n", b"\n")
    claims.refused(site, octets, 200, 400)


@check("request-line.bare-cr", "rfc9112-2.2-4")
def bare_carriage_returns(site: Site) -> None:
    """CR alone ends no line: a request written so never succeeds."""
    with site.connect() as connection:
        connection.send(site.request().replace(b"\r\n", b"\r"))
        connection.half_close()
        try:
            claims.status(connection.read_response(), 400, 408, 505)
        except NoAnswer as missing:
            claims.that(missing.end != "open", "neither answered nor closed after the client had finished")
