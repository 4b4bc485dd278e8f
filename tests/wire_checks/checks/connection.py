"""Connections: how long they last, and how they end. RFC 9112 section 9."""

from __future__ import annotations

from .. import claims
from ..client import NoAnswer
from ..registry import check, check_each
from ..site import BIG, HELLO, Site


@check("connection.persists", "rfc9112-9.3-1", "rfc9112-9.3-s1")
def persists(site: Site) -> None:
    """A connection of HTTP/1.1 serves one request after the other."""
    with site.connect() as connection:
        for _ in range(5):
            connection.send(site.request())
            response = claims.content(claims.status(connection.read_response(), 200), HELLO)
            claims.that(not response.says_close, "a connection that nobody asked to close was closed")


@check_each(
    "connection.persists-after",
    "rfc9112-9.3-1",
    rows={
        "404": ("GET", "/nothing-here", (404,)),
        "405": ("POST", "/hello.txt", (200, 204, 405)),
        "501": ("FOO", "/hello.txt", (405, 501)),
        "head": ("HEAD", "/big.bin", (200,)),
        "options": ("OPTIONS", "/hello.txt", (200, 204, 405)),
        "redirect": ("GET", "/sub", (200, 301, 302, 307, 308, 404)),
        "empty": ("GET", "/empty.txt", (200,)),
        "listing": ("GET", "/listing/", (200, 403, 404)),
    },
    choice=True,
)
def persists_after(site: Site, row: tuple[str, str, tuple[int, ...]]) -> None:
    """An answer that leaves no doubt where the next request begins keeps the connection."""
    method, target, statuses = row
    with site.connect() as connection:
        connection.send(site.request(method, target))
        claims.status(connection.read_response(method), *statuses)
        connection.send(site.request())
        claims.content(claims.status(connection.read_response(), 200), HELLO)


@check_each(
    "connection.close",
    "rfc9112-9.6-4",
    "rfc9112-9.6-6",
    "rfc9112-9.3-s1",
    rows={
        "plain": ["Connection: close"],
        "capital": ["Connection: Close"],
        "capitals": ["CONNECTION: CLOSE"],
        "last": ["Connection: x-option, close"],
        "first": ["Connection: close, x-option"],
        "no-space": ["Connection: x-option,close,x-other"],
        "empty-members": ["Connection: , ,close,"],
        "second-line": ["Connection: x-option", "Connection: close"],
        "first-line": ["Connection: close", "Connection: x-option"],
        "beside-keep-alive": ["Connection: keep-alive, close"],
        "before-keep-alive": ["Connection: close, keep-alive"],
        "tab": ["Connection: x-option,\tclose\t"],
    },
)
def close(site: Site, lines: list[str]) -> None:
    """The close option, however written, ends the connection after its response; nothing behind it is answered."""
    with site.connect() as connection:
        connection.send(site.request("GET", "/hello.txt", *lines) + site.request("GET", "/empty.txt"))
        claims.content(claims.status(connection.read_response(), 200), HELLO)
        claims.closed(connection)


@check_each(
    "connection.close-said",
    "rfc9112-9.6-5",
    "rfc9112-9.6-1",
    rows={
        "200": ("GET", "/hello.txt"),
        "head": ("HEAD", "/hello.txt"),
        "404": ("GET", "/nothing-here"),
        "405": ("POST", "/hello.txt"),
        "501": ("FOO", "/hello.txt"),
        "options": ("OPTIONS", "/hello.txt"),
    },
)
def close_is_said(site: Site, row: tuple[str, str]) -> None:
    """The response to a request with close says close itself."""
    method, target = row
    with site.connect() as connection:
        connection.send(site.request(method, target, "Connection: close"))
        claims.that(connection.read_response(method).says_close, "the response lacks Connection: close")
        claims.closed(connection)


@check_each(
    "connection.other-option",
    "rfc9112-9.3-s1",
    rows={
        "keep-alive": "keep-alive",
        "unknown": "x-option",
        "near": "closed",
        "near-too": "not-close",
        "te": "TE",
        "named-field": "Host, Accept",
        "upgrade": "Upgrade",
        "empty": "",
    },
    choice=True,
)
def other_option(site: Site, value: str) -> None:
    """Connection options other than close leave the connection as it is (though a server may always close)."""
    with site.connect() as connection:
        connection.send(site.request("GET", "/hello.txt", f"Connection: {value}"))
        response = claims.status(connection.read_response(), 200, 400)
        if response.status == 200:
            claims.that(not response.says_close, "closed without being asked")
            connection.send(site.request())
            claims.status(connection.read_response(), 200)


@check("connection.http-1.0", "rfc9112-9.3-s1")
def old_version_closes(site: Site) -> None:
    """A request of HTTP/1.0 that asks for nothing else ends the connection."""
    with site.connect() as connection:
        connection.send(b"GET /hello.txt HTTP/1.0\r\n\r\n")
        claims.content(claims.status(connection.read_response(), 200), HELLO)
        claims.closed(connection)


@check_each(
    "connection.http-1.0-keep-alive",
    "rfc9112-9.3-s1",
    rows={"plain": "keep-alive", "capitals": "Keep-Alive", "list": "x-option, keep-alive"},
)
def old_version_keeps(site: Site, value: str) -> None:
    """With keep-alive, a connection of HTTP/1.0 persists if and only if the response says so."""
    with site.connect() as connection:
        connection.send(f"GET /hello.txt HTTP/1.0\r\nConnection: {value}\r\n\r\n".encode())
        response = claims.content(claims.status(connection.read_response(), 200), HELLO)
        if "keep-alive" in response.members("Connection"):
            connection.send(site.request("GET", "/hello.txt", version="HTTP/1.0"))
            claims.content(claims.status(connection.read_response(), 200), HELLO)
        claims.closed(connection)


@check("connection.http-1.0-close-wins", "rfc9112-9.3-s1", "rfc9112-9.6-4")
def old_version_close_wins(site: Site) -> None:
    """Close beside keep-alive closes a connection of HTTP/1.0 too."""
    with site.connect() as connection:
        connection.send(b"GET /hello.txt HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n")
        claims.status(connection.read_response(), 200)
        claims.closed(connection)


@check_each(
    "connection.http-1.0-framing",
    "rfc9112-6.1-11",
    rows={"file": "/hello.txt", "large": "/big.bin", "listing": "/listing/", "missing": "/nothing-here", "root": "/"},
)
def old_version_is_not_chunked(site: Site, target: str) -> None:
    """A response to HTTP/1.0 has no Transfer-Encoding."""
    claims.no_field(site.ask("GET", target, version="HTTP/1.0"), "Transfer-Encoding")


@check_each(
    "connection.error-closes",
    "rfc9112-9.6-1",
    "rfc9112-9.6-7",
    "rfc9112-9.3-3",
    rows={
        "length": b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
        "coding": b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
        "request-line": b"nonsense\r\n\r\n",
        "binary": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    },
)
def error_closes(site: Site, octets: bytes) -> None:
    """A response after which the connection cannot be trusted says close, and closes."""
    with site.connect() as connection:
        connection.send(octets + site.request())
        response = claims.status(connection.read_response(), 400, 501, 505)
        claims.that(response.says_close, "the response lacks Connection: close")
        claims.closed(connection)


@check("connection.half-close", "rfc9112-9.6-s1", "rfc9112-9.3-1")
def half_close(site: Site) -> None:
    """A client that has finished sending still gets its whole response."""
    with site.connect() as connection:
        connection.send(site.request("GET", "/big.bin"))
        connection.half_close()
        claims.content(claims.status(connection.read_response(), 200), BIG)
        claims.closed(connection)


@check("connection.half-close-pipelined", "rfc9112-9.3.2-3")
def half_close_pipelined(site: Site) -> None:
    """Every complete request before the client's end is answered."""
    with site.connect() as connection:
        connection.send(site.request() * 3)
        connection.half_close()
        for response in connection.read_responses("GET", "GET", "GET"):
            claims.content(claims.status(response, 200), HELLO)
        claims.closed(connection)


@check_each(
    "connection.early-end",
    "rfc9112-8-1",
    rows={
        "nothing": b"",
        "empty-line": b"\r\n",
        "method": b"GE",
        "request-line": b"GET /hello.txt HTTP/1.1\r\n",
        "fields": b"GET /hello.txt HTTP/1.1\r\nHost: a\r\n",
        "half-a-field": b"GET /hello.txt HTTP/1.1\r\nHost: a\r\nAcc",
        "last-cr": b"GET /hello.txt HTTP/1.1\r\nHost: a\r\n\r",
    },
)
def early_end(site: Site, octets: bytes) -> None:
    """A client that ends before its request is complete gets an error or nothing, and the connection ends."""
    with site.connect() as connection:
        connection.send(octets)
        connection.half_close()
        try:
            claims.status(connection.read_response(), 400, 408)
        except NoAnswer as missing:
            claims.that(missing.end != "open", "neither answered nor closed after the client had finished")
            return
        claims.closed(connection)


@check_each(
    "connection.unread-content",
    "rfc9112-9.3-5",
    rows={
        "405": ("POST", "/hello.txt", 100_000),
        "404": ("DELETE", "/nothing-here", 100_000),
        "501": ("FOO", "/hello.txt", 1000),
        "get": ("GET", "/hello.txt", 1000),
        "get-empty": ("GET", "/hello.txt", 0),
        "options": ("OPTIONS", "*", 1000),
        "trace": ("TRACE", "/hello.txt", 10),
    },
)
def unread_content(site: Site, row: tuple[str, str, int]) -> None:
    """Content that the server has no use for is read to its end, or the connection closed."""
    method, target, length = row
    # Looks like requests, so that a server which forgot the content answers them.
    content = (site.request("GET", "/empty.txt") * (length // 40 + 1))[:length]
    with site.connect() as connection:
        connection.send(site.request(method, target, content=content))
        response = connection.read_response(method)
        claims.closed_or_in_step(site, connection, response)


@check("connection.staged-close", "rfc9112-9.6-s1", "rfc9112-9.3-5")
def staged_close(site: Site) -> None:
    """The answer to a request whose large content is refused is not lost to a reset."""
    with site.connect() as connection:
        connection.send(site.request("POST", "/hello.txt", content=b"x" * 3_000_000))
        claims.refusal(connection.read_response("POST"), 200, 204)


@check("connection.staged-close-malformed", "rfc9112-9.6-s1")
def staged_close_malformed(site: Site) -> None:
    """The 400 to a malformed request is not lost to a reset while more is still coming."""
    octets = b"POST /hello.txt HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n"
    with site.connect() as connection:
        connection.send(octets, *[b"x" * 65_536] * 8)
        claims.status(connection.read_response("POST"), 400)


@check_each(
    "connection.upgrade",
    "rfc9110-7.8-6",
    "rfc9110-7.8-11",
    rows={
        "h2c": ["Upgrade: h2c", "Connection: Upgrade, HTTP2-Settings", "HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA"],
        "unknown": ["Upgrade: nonsense/1", "Connection: upgrade"],
        "not-named": ["Upgrade: websocket"],
        "websocket-without-key": ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"],
        "several": ["Upgrade: a/1, b/2, , c", "Connection: upgrade"],
        "tls": ["Upgrade: TLS/1.2", "Connection: Upgrade"],
        "invalid": ["Upgrade: ,;/", "Connection: upgrade"],
    },
)
def upgrade_is_ignored(site: Site, lines: list[str]) -> None:
    """An offer to upgrade that the server has no use for is ignored, as if it had not been made."""
    claims.content(claims.status(site.ask("GET", "/hello.txt", *lines), 200), HELLO)


@check("connection.upgrade-http-1.0", "rfc9110-7.8-12")
def upgrade_in_old_version(site: Site) -> None:
    """Upgrade in a request of HTTP/1.0 is ignored."""
    lines = ("Upgrade: h2c, websocket", "Connection: Upgrade", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==")
    claims.content(claims.status(site.ask("GET", "/hello.txt", *lines, version="HTTP/1.0"), 200), HELLO)
