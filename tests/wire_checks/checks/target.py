"""Forms of the request target, and what may stand in one. RFC 9112 section 3.2, RFC 9110 sections 4 and 7."""

from __future__ import annotations

from .. import claims
from ..registry import check, check_each
from ..site import HELLO, SPACE, UNICODE, Site
from .request_line import line

# 9112 section 3.2 offers 301 to the encoded target as the alternative to 400.
INVALID = (301, 308, 400)


@check_each(
    "target.invalid",
    "rfc9112-3.2-1",
    "rfc9112-3.2-2",
    rows={
        "fragment": b"/hello.txt#part",
        "no-slash": b"hello.txt",
        "dots": b"../hello.txt",
        "only-query": b"?x=y",
        "percent-alone": b"/hello.txt%",
        "percent-one-digit": b"/hello.txt%4",
        "percent-no-hex": b"/hello.txt%zz",
        "percent-plus": b"/hello.txt%+2",
        "raw-utf-8": "/caf\u00e9.txt".encode(),
        "raw-latin-1": b"/caf\xe9.txt",
        "control": b"/hello.txt\x01",
        "delete": b"/hello.txt\x7f",
        "escape": b"/hello.txt\x1b[2J",
        "quote": b'/hello.txt"',
        "less-than": b"/<hello.txt>",
        "backslash": b"/sub\\index.html",
        "caret": b"/hello.txt^",
        "backquote": b"/hello.txt`",
        "braces": b"/{hello}.txt",
        "bar": b"/hello.txt|",
        "port-only": b":80/hello.txt",
    },
)
def invalid_target(site: Site, target: bytes) -> None:
    """A target that is no URI reference of the four forms is refused with 400 (or redirected), never repaired."""
    claims.refused(site, line(site, b"GET " + target + b" HTTP/1.1"), *INVALID)


@check("target.asterisk-get", "rfc9112-3.2-1")
def asterisk_with_get(site: Site) -> None:
    """The asterisk is a target for OPTIONS alone."""
    claims.refused(site, site.request("GET", "*"), 400, 404, 405)


@check("target.asterisk-options", "rfc9110-9.3.7-1", choice=True)
def asterisk_with_options(site: Site) -> None:
    """OPTIONS * asks about the server as a whole and succeeds."""
    claims.refused(site, site.request("OPTIONS", "*"), 200, 204)


@check("target.asterisk-path", "rfc9112-3.2-1")
def asterisk_in_path(site: Site) -> None:
    """Only a lone asterisk is the asterisk form; /* is a path like any other."""
    claims.refused(site, site.request("GET", "/*"), 404)


@check("target.authority-get", "rfc9112-3.2-1")
def authority_with_get(site: Site) -> None:
    """The authority form is a target for CONNECT alone."""
    claims.refused(site, site.request("GET", site.authority), 400, 404, 421)


@check_each(
    "target.connect",
    "rfc9110-9.3.6-2",
    "rfc9110-9.1-3",
    rows={
        "authority": "example.org:443",
        "own-authority": "127.0.0.1:80",
        "no-port": "example.org",
        "empty-port": "example.org:",
        "port-no-number": "example.org:http",
        "port-too-large": "example.org:99999",
        "no-host": ":443",
        "origin-form": "/hello.txt",
        "absolute-form": "http://example.org/",
        "userinfo": "me@example.org:443",
        "asterisk": "*",
    },
)
def connect_is_refused(site: Site, target: str) -> None:
    """An origin server opens no tunnels."""
    with site.connect() as connection:
        connection.send(site.request("CONNECT", target, f"Host: {target if ':' in target else 'example.org'}"))
        response = connection.read_response("CONNECT")
    claims.status(response, 400, 403, 404, 405, 421, 501)


@check("target.absolute", "rfc9112-3.2.2-6")
def absolute_form(site: Site) -> None:
    """The absolute form is accepted as the origin form is."""
    response = site.ask("GET", f"http://{site.authority}/hello.txt")
    claims.content(claims.status(response, 200), HELLO)


@check("target.absolute-wins", "rfc9112-3.2.2-5", "rfc9112-3.2.2-6")
def absolute_form_wins_over_host(site: Site) -> None:
    """The authority of an absolute-form target counts, and Host is ignored."""
    response = site.ask("GET", f"http://{site.authority}/hello.txt", "Host: elsewhere.example")
    claims.content(claims.status(response, 200), HELLO)


@check("target.absolute-scheme-case", "rfc9112-3.2.2-6")
def absolute_form_scheme_case(site: Site) -> None:
    """The scheme of an absolute-form target is compared without case: RFC 9110 section 4.2.3."""
    claims.content(claims.status(site.ask("GET", f"HTTP://{site.authority}/hello.txt"), 200), HELLO)


@check_each(
    "target.absolute-no-path",
    "rfc9112-3.2.2-6",
    rows={"bare": "", "query": "?x=y"},
)
def absolute_form_without_path(site: Site, rest: str) -> None:
    """An absolute-form target without a path means the root."""
    plain = site.ask("GET", "/" + rest)
    absolute = site.ask("GET", f"http://{site.authority}{rest}")
    claims.that(absolute.status == plain.status, f"answered {absolute}, the root itself {plain}")


@check("target.absolute-options", "rfc9112-3.2.2-6")
def absolute_form_options(site: Site) -> None:
    """OPTIONS in absolute form is answered as in origin form."""
    plain = site.ask("OPTIONS")
    claims.status(site.ask("OPTIONS", f"http://{site.authority}/hello.txt"), plain.status)


@check("target.absolute-still-host", "rfc9112-3.2-6")
def absolute_form_needs_host(site: Site) -> None:
    """Host is required beside an absolute-form target too."""
    claims.refused(site, f"GET http://{site.authority}/hello.txt HTTP/1.1\r\n\r\n".encode(), 400)


@check_each(
    "target.absolute-two-hosts",
    "rfc9112-3.2-6",
    rows={"same": "{0}", "other": "elsewhere.example"},
)
def absolute_form_with_two_hosts(site: Site, second: str) -> None:
    """Two Host fields are refused beside an absolute-form target too."""
    octets = site.request(
        "GET",
        f"http://{site.authority}/hello.txt",
        f"Host: {site.authority}",
        f"Host: {second.format(site.authority)}",
    )
    claims.refused(site, octets, 400)


@check_each(
    "target.absolute-invalid-host",
    "rfc9112-3.2-6",
    rows={"space": "a b", "slash": "a/b", "userinfo": "a@b"},
)
def absolute_form_with_invalid_host(site: Site, host: str) -> None:
    """An invalid Host is refused though an absolute-form target makes it redundant."""
    claims.refused(site, site.request("GET", f"http://{site.authority}/hello.txt", f"Host: {host}"), 400)


@check_each(
    "target.absolute-no-host",
    "rfc9110-4.2.1-2",
    "rfc9110-4.2.2-2",
    rows={"http": "http:///hello.txt", "https": "https:///hello.txt", "port": "http://:80/hello.txt"},
)
def absolute_form_without_host(site: Site, target: str) -> None:
    """A URI of http or https without a host is invalid."""
    claims.refused(site, site.request("GET", target), 400, 421)


@check("target.absolute-https", "rfc9110-7.4-1", "rfc9110-7.4-2")
def https_over_plain_connection(site: Site) -> None:
    """A target of https on an unsecured connection is refused, best with 421."""
    claims.refused(site, site.request("GET", f"https://{site.authority}/hello.txt"), 400, 403, 404, 421)


@check_each(
    "target.absolute-other-scheme",
    "rfc9110-7.4-1",
    rows={
        "ftp": "ftp://{0}/hello.txt",
        "file": "file:///hello.txt",
        "file-host": "file://{0}/hello.txt",
        "gopher": "gopher://{0}/hello.txt",
        "javascript": "javascript:alert(1)",
        "urn": "urn:isbn:0451450523",
        "no-slashes": "http:/hello.txt",
        "only-scheme": "http:",
    },
)
def other_scheme(site: Site, target: str) -> None:
    """A target of another scheme, or of none that has an authority, is not served."""
    octets = site.request("GET", target.format(site.authority))
    claims.refused(site, octets, 400, 403, 404, 421, 501)


@check("target.absolute-userinfo", "rfc9110-4.2.4-1")
def userinfo(site: Site) -> None:
    """Userinfo in a target is an error, or ignored: it never changes what is served."""
    claims.refused(site, site.request("GET", f"http://me:secret@{site.authority}/hello.txt"), 200, 400, 403, 421)


@check_each(
    "target.absolute-bad-authority",
    "rfc9112-3.2-1",
    rows={
        "port": "http://127.0.0.1:port/hello.txt",
        "bracket": "http://[::1/hello.txt",
        "two-ports": "http://127.0.0.1:80:80/hello.txt",
        "bad-escape": "http://%zz/hello.txt",
    },
)
def bad_authority(site: Site, target: str) -> None:
    """An absolute-form target whose authority has no valid syntax is refused."""
    claims.refused(site, site.request("GET", target), 400, 421)


@check_each(
    "target.query",
    "rfc9112-3.2.2-6",
    rows={
        "plain": "/hello.txt?x=y",
        "empty": "/hello.txt?",
        "question-marks": "/hello.txt??a?b",
        "slashes": "/hello.txt?/../..//",
        "encoded": "/hello.txt?%00%0d%0a%ff",
        "sub-delims": "/hello.txt?a=1&b=(2)*;c='3'!$,+@:",
        "traversal": "/hello.txt?../../secret.txt",
    },
)
def query(site: Site, target: str) -> None:
    """A file is served whatever the query says."""
    claims.content(claims.status(site.ask("GET", target), 200), HELLO)


@check_each(
    "target.equivalent",
    "rfc9112-3.2-2",
    rows={
        "letter": ("/%68ello.txt", HELLO),
        "upper-hex": ("/h%65llo%2Etxt", HELLO),
        "lower-hex": ("/h%65llo%2etxt", HELLO),
        "space": ("/sp%20ace.txt", SPACE),
        "unicode": ("/caf%C3%A9.txt", UNICODE),
        "unicode-lower": ("/caf%c3%a9.txt", UNICODE),
    },
)
def percent_encoding(site: Site, row: tuple[str, bytes]) -> None:
    """Percent-encoded octets mean the octets they encode: RFC 9110 section 4.2.3."""
    target, expected = row
    claims.content(claims.status(site.ask("GET", target), 200), expected)


@check_each(
    "target.not-equivalent",
    "rfc9110-15.5.5-s1",
    rows={
        "case": "/HELLO.TXT",
        "plus": "/sp+ace.txt",
        "double-encoded": "/%2568ello.txt",
        "trailing-dot": "/hello.txt.",
        "encoded-question-mark": "/hello.txt%3Fx",
        "encoded-fragment": "/hello.txt%23x",
        "trailing-space": "/hello.txt%20",
        "parameter": "/hello.txt;x=y",
        "invalid-utf-8": "/caf%E9.txt",
    },
)
def different_resources(site: Site, target: str) -> None:
    """Targets that merely resemble a file's name are other resources, and nothing is there."""
    claims.status(site.ask("GET", target), 400, 404)


@check("target.dot-segments", "rfc9112-3.2-2")
def dot_segments(site: Site) -> None:
    """Dot segments inside the root are removed, redirected or refused."""
    response = site.ask("GET", "/sub/../hello.txt")
    if claims.status(response, 200, 301, 302, 307, 308, 400, 403, 404).status == 200:
        claims.content(response, HELLO)


@check_each(
    "target.long",
    "rfc9110-4.1-1",
    "rfc9112-3-4",
    "rfc9110-2.3-2",
    rows={
        "line-of-8000": 8000 - len("GET /hello.txt? HTTP/1.1"),
        "target-of-8000": 8000 - len("/hello.txt?"),
        "line-of-4000": 4000,
    },
)
def long_target(site: Site, filler: int) -> None:
    """A request line, and a target, of 8000 octets is served."""
    claims.content(claims.status(site.ask("GET", "/hello.txt?" + "x" * filler), 200), HELLO)


@check("target.long-path", "rfc9110-4.1-1")
def long_path(site: Site) -> None:
    """A path longer than any file name is simply not found, or refused."""
    for path in ("a" * 300, "a/" * 3900, "a" * 7900):
        claims.status(site.ask("GET", "/" + path), 400, 403, 404)


@check_each(
    "target.too-long",
    "rfc9112-3-3",
    "rfc9110-15.5.15-s1",
    rows={"100-KB": 100_000, "1-MB": 1_000_000},
)
def too_long_target(site: Site, length: int) -> None:
    """A target longer than the server parses is answered 414."""
    claims.refused(site, site.request("GET", "/" + "a" * length), 414)


@check("target.endless", "rfc9112-3-3")
def endless_line(site: Site) -> None:
    """A request line that does not end is refused while it is still coming."""
    with site.connect() as connection:
        connection.send(b"GET /" + b"a" * 300_000)
        claims.status(connection.read_response(), 400, 414, 431)
        claims.closed(connection)
