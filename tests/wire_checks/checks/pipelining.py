"""Several requests ahead of their responses. RFC 9112 section 9.3.2."""

from __future__ import annotations

from .. import claims
from ..registry import check, check_each
from ..site import BIG, HELLO, INDEX, PAGE, Site


@check("pipelining.order", "rfc9112-9.3.2-3")
def order(site: Site) -> None:
    """Pipelined requests are answered in their order."""
    targets = {"/hello.txt": HELLO, "/page.html": PAGE, "/empty.txt": b"", "/big.bin": BIG, "/sub/index.html": INDEX}
    with site.connect() as connection:
        connection.send(b"".join(site.request("GET", target) for target in targets))
        for expected in targets.values():
            claims.content(claims.status(connection.read_response(), 200), expected)


@check("pipelining.without-content", "rfc9112-9.3.2-3", "rfc9112-6.3-s1", "rfc9110-9.3.2-1")
def answers_without_content(site: Site) -> None:
    """Answers without content keep their place: HEAD, 304, 404 to HEAD, 200 of no length, OPTIONS."""
    etag = claims.field(site.ask(), "ETag")
    requests = [
        ("HEAD", site.request("HEAD"), (200,)),
        ("GET", site.request("GET", "/hello.txt", f"If-None-Match: {etag}"), (304,)),
        ("HEAD", site.request("HEAD", "/nothing-here"), (404,)),
        ("GET", site.request("GET", "/empty.txt"), (200,)),
        ("HEAD", site.request("HEAD", "/hello.txt", f"If-None-Match: {etag}"), (304,)),
        ("OPTIONS", site.request("OPTIONS"), (200, 204, 405)),
        ("HEAD", site.request("HEAD", "/big.bin"), (200,)),
        ("GET", site.request("GET", "/nothing-here"), (404,)),
        ("HEAD", site.request("HEAD", "/hello.txt", 'If-Match: "nope"'), (412,)),
        ("GET", site.request("GET", "/big.bin", "Range: bytes=0-7"), (206,)),
    ]
    with site.connect() as connection:
        connection.send(b"".join(octets for _, octets, _ in requests) + site.request())
        for method, _, statuses in requests:
            if claims.status(connection.read_response(method), *statuses).says_close:
                claims.closed(connection)
                return
        claims.content(claims.status(connection.read_response(), 200), HELLO)


@check("pipelining.writes", "rfc9112-9.3.2-3", needs=["writes"])
def writes(site: Site) -> None:
    """A pipelined write has happened when the next request is answered."""
    target = site.fresh()
    steps = [
        ("GET", site.request("GET", target), (404,)),
        ("PUT", site.request("PUT", target, content=b"one"), (201,)),
        ("GET", site.request("GET", target), (200,)),
        ("PUT", site.request("PUT", target, content=b"two"), (200, 204)),
        ("GET", site.request("GET", target), (200,)),
        ("DELETE", site.request("DELETE", target), (200, 204)),
        ("GET", site.request("GET", target), (404, 410)),
    ]
    with site.connect() as connection:
        connection.send(b"".join(octets for _, octets, _ in steps))
        responses = [claims.status(connection.read_response(method), *statuses) for method, _, statuses in steps]
    claims.content(responses[2], b"one")
    claims.content(responses[4], b"two")


@check_each("pipelining.many", "rfc9112-9.3.2-3", "rfc9112-9.3-1", rows={"100": 100, "500": 500})
def many(site: Site, count: int) -> None:
    """Hundreds of requests at once are all answered, each once (a server may close after some limit)."""
    with site.connect() as connection:
        connection.send(b"".join(site.request("GET", f"/hello.txt?{number}") for number in range(count)))
        for _ in range(count):
            response = claims.content(claims.status(connection.read_response(), 200), HELLO)
            if response.says_close:
                claims.closed(connection)
                return


@check("pipelining.large", "rfc9112-9.3.2-3")
def large(site: Site) -> None:
    """Ten large responses behind each other arrive whole."""
    with site.connect() as connection:
        connection.send(site.request("GET", "/big.bin") * 10)
        for _ in range(10):
            claims.content(claims.status(connection.read_response(), 200), BIG)


@check("pipelining.after-close", "rfc9112-9.6-6")
def after_close(site: Site) -> None:
    """Requests behind one that says close are not processed."""
    with site.connect() as connection:
        connection.send(site.request() + site.request("HEAD", "/hello.txt", "Connection: close") + site.request() * 3)
        claims.status(connection.read_response(), 200)
        claims.status(connection.read_response("HEAD"), 200)
        claims.closed(connection)


@check("pipelining.after-close-no-write", "rfc9112-9.6-6", needs=["writes"])
def no_write_after_close(site: Site) -> None:
    """A write behind a request that says close does not happen."""
    target = site.fresh()
    with site.connect() as connection:
        connection.send(
            site.request("GET", "/hello.txt", "Connection: close") + site.request("PUT", target, content=b"late")
        )
        claims.status(connection.read_response(), 200)
        claims.closed(connection)
    claims.status(site.ask("GET", target), 404)


@check("pipelining.malformed-behind", "rfc9112-2.2-10", "rfc9112-9.3.2-3")
def malformed_behind(site: Site) -> None:
    """A malformed request does not harm the answer before it, and ends the connection."""
    with site.connect() as connection:
        connection.send(site.request("GET", "/big.bin") + b"nonsense\r\n\r\n" + site.request())
        claims.content(claims.status(connection.read_response(), 200), BIG)
        claims.status(connection.read_response(), 400)
        claims.closed(connection)


@check("pipelining.one-segment-and-a-half", "rfc9112-9.3.2-3")
def request_and_a_half(site: Site) -> None:
    """The second request may arrive in pieces behind the first."""
    first, second = site.request(), site.request("GET", "/empty.txt")
    with site.connect() as connection:
        connection.send(first + second[:10])
        claims.content(claims.status(connection.read_response(), 200), HELLO)
        connection.send(second[10:20], second[20:])
        claims.content(claims.status(connection.read_response(), 200), b"")
