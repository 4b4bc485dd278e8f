"""The Host field. RFC 9112 section 3.2, RFC 9110 section 7.2."""

from __future__ import annotations

from .. import claims
from ..registry import check, check_each
from ..site import HELLO, Site


@check_each(
    "host.missing",
    "rfc9112-3.2-6",
    rows={
        "get": b"GET /hello.txt HTTP/1.1\r\n\r\n",
        "head": b"HEAD /hello.txt HTTP/1.1\r\n\r\n",
        "options": b"OPTIONS * HTTP/1.1\r\n\r\n",
        "put": b"PUT /no-host.txt HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi",
        "missing-file": b"GET /nothing-here HTTP/1.1\r\n\r\n",
        "http-1.2": b"GET /hello.txt HTTP/1.2\r\n\r\n",
        "other-fields": b"GET /hello.txt HTTP/1.1\r\nAccept: */*\r\nX-Host: a\r\n\r\n",
    },
)
def missing(site: Site, octets: bytes) -> None:
    """A request of HTTP/1.1 without Host is answered 400."""
    claims.refused(site, octets, 400, method=octets.split(b" ")[0].decode())


@check_each(
    "host.repeated",
    "rfc9112-3.2-6",
    rows={
        "same": ("{0}", "{0}"),
        "different": ("{0}", "elsewhere.example"),
        "empty": ("{0}", ""),
    },
)
def repeated(site: Site, row: tuple[str, str]) -> None:
    """A request with two Host fields is answered 400."""
    hosts = [f"Host: {value.format(site.authority)}" for value in row]
    claims.refused(site, site.request("GET", "/hello.txt", *hosts), 400)


@check("host.repeated-apart", "rfc9112-3.2-6")
def repeated_apart(site: Site) -> None:
    """Two Host fields are found however far apart and however they are written."""
    octets = site.request("GET", "/hello.txt", f"hOST: {site.authority}", "Accept: */*", f"HOST:{site.authority}")
    claims.refused(site, octets, 400)


@check("host.repeated-1.0", "rfc9112-3.2-6")
def repeated_in_an_old_version(site: Site) -> None:
    """Two Host fields are refused in a request of HTTP/1.0 too."""
    claims.refused(site, site.request("GET", "/hello.txt", "Host: a", "Host: b", version="HTTP/1.0"), 400)


@check_each(
    "host.invalid",
    "rfc9112-3.2-6",
    rows={
        "space": b"a b",
        "tab": b"a\tb",
        "slash": b"127.0.0.1/",
        "uri": b"http://127.0.0.1",
        "query": b"127.0.0.1?x",
        "fragment": b"127.0.0.1#x",
        "userinfo": b"me@127.0.0.1",
        "backslash": b"127.0.0.1\\x",
        "port-no-number": b"127.0.0.1:http",
        "port-negative": b"127.0.0.1:-1",
        "two-ports": b"127.0.0.1:80:80",
        "bare-ipv6": b"::1",
        "open-bracket": b"[::1",
        "close-bracket": b"::1]",
        "bracket-no-address": b"[nonsense]",
        "bracket-tail": b"[::1]x",
        "less-than": b"<script>",
        "quote": b'"127.0.0.1"',
        "bad-escape": b"%zz",
        "raw-high-octet": b"caf\xe9.example",
        "raw-utf-8": "caf\u00e9.example".encode(),
        "control": b"127.0.0.1\x01",
        "delete": b"127.0.0.1\x7f",
        "braces": b"{host}",
        "bar": b"a|b",
        "caret": b"a^b",
    },
)
def invalid(site: Site, value: bytes) -> None:
    """A Host whose value is no host and port is answered 400."""
    claims.refused(site, b"GET /hello.txt HTTP/1.1\r\nHost: " + value + b"\r\n\r\n", 400)


@check("host.nul", "rfc9112-3.2-6", "rfc9110-5.5-4")
def nul(site: Site) -> None:
    """A NUL in Host is answered 400: as an invalid field, or turned into a space and so invalid."""
    claims.refused(site, b"GET /hello.txt HTTP/1.1\r\nHost: 127.0.0.1\x00x\r\n\r\n", 400)


# A server may keep to the names it was set up for and answer 421: RFC 9110 section 7.4.
@check_each(
    "host.valid",
    "rfc9112-3.2-6",
    rows={
        "own": "{0}",
        "no-port": "127.0.0.1",
        "name": "localhost",
        "upper-case": "LOCALHOST",
        "trailing-dot": "localhost.",
        "ipv6": "[::1]",
        "ipv6-port": "[::1]:80",
        "foreign": "www.example.org",
    },
)
def valid(site: Site, value: str) -> None:
    """A valid Host is served, or refused with 421 where the name is not the server's."""
    response = site.ask("GET", "/hello.txt", f"Host: {value.format(site.authority)}")
    if claims.status(response, 200, 421).status == 200:
        claims.content(response, HELLO)


# These fit the grammar, and name no host that anybody has: refusing them outright does no harm.
@check_each(
    "host.valid-odd",
    "rfc9112-3.2-6",
    rows={
        "empty-port": "127.0.0.1:",
        "ipv6-mapped": "[::ffff:127.0.0.1]",
        "ip-future": "[v1.a:b]",
        "underscore": "a_b.example",
        "sub-delims": "a,b;c=d",
        "encoded": "caf%C3%A9.example",
        "large-port": "127.0.0.1:99999",
    },
)
def valid_odd(site: Site, value: str) -> None:
    """A Host that is odd and yet valid is served, or refused."""
    claims.refused(site, site.request("GET", "/hello.txt", f"Host: {value}"), 200, 400, 421)


@check_each(
    "host.whitespace",
    "rfc9110-5.5-1",
    rows={"none": "Host:{0}", "spaces": "Host:   {0}  ", "tabs": "Host:\t{0}\t", "name-case": "hOsT: {0}"},
)
def whitespace(site: Site, field: str) -> None:
    """Whitespace around the value, and the case of the name, do not matter."""
    claims.status(site.ask("GET", "/hello.txt", field.format(site.authority)), 200)


# The grammar lets the value be empty, for targets without an authority; an http URI without a host is invalid.
@check_each("host.empty", "rfc9112-3.2-6", "rfc9110-4.2.1-2", rows={"nothing": "", "only-port": ":80"})
def empty(site: Site, value: str) -> None:
    """An empty host is served by default or refused."""
    claims.refused(site, site.request("GET", "/hello.txt", f"Host: {value}"), 200, 400, 421)


@check("host.http-1.0", "rfc9112-3.2-6")
def old_version_without_host(site: Site) -> None:
    """A request of HTTP/1.0 needs no Host."""
    response = claims.status(site.send(b"GET /hello.txt HTTP/1.0\r\n\r\n"), 200)
    claims.content(response, HELLO)


@check("host.http-1.0-invalid", "rfc9112-3.2-6")
def old_version_with_invalid_host(site: Site) -> None:
    """A request of HTTP/1.0 with an invalid Host is refused."""
    claims.refused(site, b"GET /hello.txt HTTP/1.0\r\nHost: a b\r\n\r\n", 400)


@check("host.colon-space", "rfc9112-5.1-1")
def space_before_colon(site: Site) -> None:
    """A Host with whitespace before its colon is refused like any other field."""
    claims.refused(site, f"GET /hello.txt HTTP/1.1\r\nHost : {site.authority}\r\n\r\n".encode(), 400)


@check("host.folded", "rfc9112-5.2-2")
def folded(site: Site) -> None:
    """A folded Host is refused, or unfolded."""
    claims.refused(site, f"GET /hello.txt HTTP/1.1\r\nHost:\r\n {site.authority}\r\n\r\n".encode(), 200, 400)
