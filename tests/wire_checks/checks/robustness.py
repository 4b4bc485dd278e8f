"""Slow, broken and rude clients, as far as a few seconds can show. RFC 9110 section 2.3, RFC 9112 sections 2.2, 8 and 9."""

from __future__ import annotations

import random
from contextlib import ExitStack

from .. import claims
from ..client import NoAnswer
from ..registry import check, check_each
from ..site import BIG, HELLO, Site


def still_serves(site: Site) -> None:
    """The server answers the next client as ever."""
    claims.content(claims.status(site.ask(), 200), HELLO)


@check("robustness.octet-by-octet", "rfc9112-2.2-1")
def octet_by_octet(site: Site) -> None:
    """A request that arrives octet by octet is a request like any other."""
    octets = site.request("GET", "/hello.txt", "Accept: */*")
    with site.connect() as connection:
        connection.send(*[octets[at : at + 1] for at in range(len(octets))])
        claims.content(claims.status(connection.read_response(), 200), HELLO)


@check("robustness.split-everywhere", "rfc9112-2.2-1")
def split_everywhere(site: Site) -> None:
    """It does not matter where a request is split in two."""
    octets = site.request()
    with site.connect() as connection:
        for at in range(1, len(octets)):
            connection.send(octets[:at], octets[at:])
            claims.content(claims.status(connection.read_response(), 200), HELLO)


@check_each("robustness.garbage", "rfc9112-2.2-10", rows={str(seed): seed for seed in range(12)})
def garbage(site: Site, seed: int) -> None:
    """Random octets are answered with an error or nothing, the connection ends, and the server goes on."""
    octets = random.Random(seed).randbytes(400) + b"\r\n\r\n"
    with site.connect() as connection:
        connection.send(octets)
        connection.half_close()
        try:
            claims.status(connection.read_response(), 400, 408, 414, 431, 501, 505)
            claims.closed(connection)
        except NoAnswer as missing:
            claims.that(missing.end != "open", "neither answered nor closed")
    still_serves(site)


@check_each(
    "robustness.other-protocol",
    "rfc9112-2.2-10",
    rows={
        "tls": b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03" + bytes(range(160)),
        "http-2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00",
        "ssh": b"SSH-2.0-OpenSSH_9.2\r\n",
        "smtp": b"EHLO example.org\r\n",
        "redis": b"*1\r\n$4\r\nPING\r\n",
        "socks": b"\x05\x01\x00",
        "rtsp": b"OPTIONS rtsp://127.0.0.1/ RTSP/1.0\r\nCSeq: 1\r\n\r\n",
        "sip": b"OPTIONS sip:a@b SIP/2.0\r\n\r\n",
        "proxy": b"PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "response": b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        "nuls": b"\x00" * 5000,
        "json": b'{"jsonrpc": "2.0", "method": "x"}\r\n\r\n',
    },
)
def other_protocol(site: Site, octets: bytes) -> None:
    """Another protocol is answered with an error or nothing, and never with success."""
    with site.connect() as connection:
        connection.send(octets)
        connection.half_close()
        answer = connection.read_to_end()
    claims.that(not answer.startswith(b"HTTP/1.1 2") and not answer.startswith(b"HTTP/1.0 2"), f"{answer[:60]!r}")
    still_serves(site)


@check("robustness.dropped-before", "rfc9112-8-1")
def dropped_before(site: Site) -> None:
    """Clients that go away before their request is complete harm nobody."""
    for length in range(1, 60, 6):
        with site.connect() as connection:
            connection.send(site.request()[:length])
    still_serves(site)


@check("robustness.dropped-during", "rfc9112-8-1")
def dropped_during(site: Site) -> None:
    """Clients that go away, or reset, while their response is coming harm nobody."""
    for number in range(20):
        with site.connect() as connection:
            connection.send(site.request("GET", "/big.bin") * 5)
            if number % 2:
                connection.reset()
    still_serves(site)


@check("robustness.many-partial", "rfc9112-8-1")
def many_partial(site: Site) -> None:
    """A hundred clients with half a request each do not keep a good one waiting."""
    with ExitStack() as stack:
        for number in range(100):
            connection = stack.enter_context(site.connect())
            connection.send(site.request()[: number % 50 + 1])
        still_serves(site)


@check("robustness.many-idle", "rfc9112-9.3-1")
def many_idle(site: Site) -> None:
    """A hundred idle connections that were served once are served again, or have been closed."""
    with ExitStack() as stack:
        connections = [stack.enter_context(site.connect()) for _ in range(100)]
        for connection in connections:
            connection.send(site.request())
        for connection in connections:
            claims.content(claims.status(connection.read_response(), 200), HELLO)
        for connection in connections:
            connection.send(site.request())
        for connection in connections:
            try:
                claims.content(claims.status(connection.read_response(), 200), HELLO)
            except NoAnswer as missing:
                claims.that(missing.end != "open", "neither served again nor closed")
    still_serves(site)


@check("robustness.many-large", "rfc9112-9.3.2-3")
def many_large(site: Site) -> None:
    """Twenty clients who ask first and read later all get the whole file."""
    with ExitStack() as stack:
        connections = [stack.enter_context(site.connect()) for _ in range(20)]
        for connection in connections:
            connection.send(site.request("GET", "/big.bin"))
        for connection in reversed(connections):
            claims.content(claims.status(connection.read_response(), 200), BIG)


@check("robustness.unread-responses", "rfc9110-2.3-1")
def unread_responses(site: Site) -> None:
    """A client who pipelines large responses and reads none does not keep others waiting."""
    with site.connect() as rude:
        rude.send(site.request("GET", "/big.bin") * 100)
        still_serves(site)


@check("robustness.connections-come-and-go", "rfc9112-9.3-1")
def come_and_go(site: Site) -> None:
    """Two hundred connections that say nothing leave the server as it was."""
    for _ in range(200):
        site.connect().close()
    still_serves(site)


@check("robustness.repeated-errors", "rfc9112-2.2-10")
def repeated_errors(site: Site) -> None:
    """The hundredth malformed request is answered like the first."""
    for _ in range(100):
        claims.status(site.send(b"nonsense\r\n\r\n"), 400)
    still_serves(site)


@check("robustness.mutations", "rfc9112-2.2-10", "rfc9110-2.3-1")
def mutations(site: Site) -> None:
    """A valid request with an octet changed is answered or cut off, and never a server error."""
    chance = random.Random(9112)
    octets = site.request("GET", "/hello.txt", "Range: bytes=0-9", 'If-None-Match: "a"', "Connection: close")
    for _ in range(150):
        mutated = bytearray(octets)
        mutated[chance.randrange(len(mutated))] = chance.randrange(256)
        with site.connect() as connection:
            connection.send(bytes(mutated))
            connection.half_close()
            answer = connection.read_to_end()
            claims.that(connection.end() != "open", f"not closed after the client had finished: {bytes(mutated)!r}")
        claims.that(answer[9:12] != b"500", f"answered {answer[:40]!r} to {bytes(mutated)!r}")
