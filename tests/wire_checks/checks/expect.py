"""Expectations: when to say 100, and when the final answer instead. RFC 9110 sections 10.1.1 and 15.2."""

from __future__ import annotations

from .. import claims
from ..client import Response
from ..registry import check, check_each
from ..site import Site

CONTENT = b"content held back until it is asked for\n"


def held_back(site: Site, *fields: str, length: int | None = len(CONTENT)) -> bytes:
    """The header section of a PUT which announces content that it holds back."""
    framing = "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}"
    return site.request("PUT", site.fresh(), framing, *fields)


def interim_only(responses: tuple[Response, ...]) -> None:
    """Nothing but 100 came before the final response, and it came once."""
    claims.that([response.status for response in responses] in ([], [100]), f"interim responses: {responses}")


@check_each(
    "expect.continue",
    "rfc9110-10.1.1-11",
    "rfc9110-10.1.1-12",
    "rfc9110-15.2.1-s1",
    needs=["writes"],
    rows={
        "plain": "Expect: 100-continue",
        "capital": "Expect: 100-Continue",
        "capitals": "EXPECT: 100-CONTINUE",
        "spaces": "Expect:   100-continue  ",
    },
)
def go_ahead(site: Site, field: str) -> None:
    """100 is sent before any content has come, and the final response after it."""
    target = site.fresh()
    with site.connect() as connection:
        connection.send(site.request("PUT", target, f"Content-Length: {len(CONTENT)}", field))
        claims.status(connection.read_interim("PUT"), 100)
        connection.send(CONTENT)
        claims.status(connection.read_response("PUT"), 201)
    claims.content(claims.status(site.ask("GET", target), 200), CONTENT)


@check("expect.continue-chunked", "rfc9110-10.1.1-11", needs=["writes"])
def go_ahead_for_chunks(site: Site) -> None:
    """100 is sent for chunked content too."""
    with site.connect() as connection:
        connection.send(held_back(site, "Expect: 100-continue", length=None))
        claims.status(connection.read_interim("PUT"), 100)
        connection.send(b"5\r\nhello\r\n0\r\n\r\n")
        claims.status(connection.read_response("PUT"), 201)


@check("expect.continue-twice", "rfc9110-10.1.1-11", "rfc9112-9.3.2-3", needs=["writes"])
def go_ahead_again(site: Site) -> None:
    """Each request on a connection that expects 100 gets its own."""
    with site.connect() as connection:
        for _ in range(2):
            connection.send(held_back(site, "Expect: 100-continue"))
            claims.status(connection.read_interim("PUT"), 100)
            connection.send(CONTENT)
            claims.status(connection.read_response("PUT"), 201)


@check("expect.interim-form", "rfc9110-15.2-s1", "rfc9110-8.6-7", "rfc9112-6.1-7", needs=["writes"])
def form_of_interim_response(site: Site) -> None:
    """A 100 has neither content nor the fields that would frame it."""
    with site.connect() as connection:
        connection.send(held_back(site, "Expect: 100-continue"))
        interim = claims.status(connection.read_interim("PUT"), 100)
        claims.no_field(interim, "Content-Length", "Transfer-Encoding")
        connection.send(CONTENT)
        claims.status(connection.read_response("PUT"), 201)


@check("expect.content-already-there", "rfc9110-10.1.1-9", needs=["writes"])
def content_already_there(site: Site) -> None:
    """When the content is there already, 100 may be left out; the final response comes in any case."""
    target = site.fresh()
    with site.connect() as connection:
        connection.send(site.request("PUT", target, "Expect: 100-continue", content=CONTENT))
        response = claims.status(connection.read_response("PUT"), 201)
        interim_only(response.interim)
        claims.closed_or_in_step(site, connection, response)
    claims.content(site.ask("GET", target), CONTENT)


@check("expect.in-step", "rfc9110-10.1.1-9", "rfc9112-9.3.2-3", needs=["writes"])
def in_step(site: Site) -> None:
    """After an exchange with 100 the connection goes on."""
    with site.connect() as connection:
        connection.send(held_back(site, "Expect: 100-continue"))
        claims.status(connection.read_interim("PUT"), 100)
        connection.send(CONTENT)
        claims.closed_or_in_step(site, connection, connection.read_response("PUT"))


# Each of these may also be answered after a 100: the RFC asks for one of the two at once.
DECIDED: dict[str, tuple[str, str, list[str], tuple[int, ...]]] = {
    "405": ("POST", "/hello.txt", [], (200, 204, 405)),
    "501": ("FOO", "/hello.txt", [], (405, 501)),
    "host-invalid": ("PUT", "/hello.txt", ["Host: a b"], (400,)),
    "both-framings": ("PUT", "/hello.txt", ["Transfer-Encoding: magic, chunked"], (400, 501)),
}
DECIDED_WRITES: dict[str, tuple[str, str, list[str], tuple[int, ...]]] = {
    "412-if-match": ("PUT", "/hello.txt", ['If-Match: "nope"'], (412,)),
    "412-if-none-match": ("PUT", "/hello.txt", ["If-None-Match: *"], (412,)),
    "412-if-unmodified-since": ("PUT", "/hello.txt", ["If-Unmodified-Since: Thu, 01 Jan 1998 00:00:00 GMT"], (412,)),
    "400-content-range": ("PUT", "/hello.txt", ["Content-Range: bytes 0-4/10"], (400,)),
    "unknown-expectation": ("PUT", "/hello.txt", ["Expect: magic"], (417,)),
    "directory": ("PUT", "/sub/", [], (400, 403, 405, 409)),
}


def decided(site: Site, row: tuple[str, str, list[str], tuple[int, ...]], interim: bool) -> None:
    """The final status comes without any content; what follows is content or nothing, and never confused."""
    method, target, fields, statuses = row
    framing = [] if any(line.startswith("Transfer") for line in fields) else [f"Content-Length: {len(CONTENT)}"]
    with site.connect() as connection:
        connection.send(site.request(method, target, *framing, "Expect: 100-continue", *fields))
        response = connection.read_interim(method)
        if interim and response.status == 100:
            connection.send(CONTENT)
            response = connection.read_response(method)
            claims.status(response, *statuses)
            return
        claims.status(response, *statuses)
        if response.says_close:
            claims.closed(connection)
        elif framing:
            connection.send(CONTENT)
            claims.closed_or_in_step(site, connection, response)


@check_each("expect.decided", "rfc9110-10.1.1-11", "rfc9110-10.1.1-10", rows=DECIDED)
def at_once(site: Site, row: tuple[str, str, list[str], tuple[int, ...]]) -> None:
    """A request that is refused whatever its content is answered before the content comes, by 100 or the refusal."""
    decided(site, row, interim=True)


@check_each("expect.decided-final", "rfc9110-10.1.1-11", rows=DECIDED, choice=True)
def final_at_once(site: Site, row: tuple[str, str, list[str], tuple[int, ...]]) -> None:
    """Where the fields decide, the refusal is sent instead of 100."""
    decided(site, row, interim=False)


@check_each("expect.decided-final-write", "rfc9110-10.1.1-11", rows=DECIDED_WRITES, needs=["writes"], choice=True)
def final_at_once_for_writes(site: Site, row: tuple[str, str, list[str], tuple[int, ...]]) -> None:
    """Where the fields decide that a write is refused, the refusal is sent instead of 100."""
    decided(site, row, interim=False)


@check("expect.http-1.0", "rfc9110-10.1.1-7", "rfc9110-15.2-1", needs=["writes"])
def old_version(site: Site) -> None:
    """The expectation is ignored in a request of HTTP/1.0: no interim response is sent to it."""
    with site.connect() as connection:
        octets = site.request("PUT", site.fresh(), "Expect: 100-continue", content=CONTENT, version="HTTP/1.0")
        head, content = octets[: -len(CONTENT)], octets[-len(CONTENT) :]
        connection.send(head, content[:10], content[10:])
        response = claims.status(connection.read_response("PUT"), *claims.SUCCESS)
        claims.that(not response.interim, f"interim responses to HTTP/1.0: {response.interim}")


@check("expect.http-1.0-unknown", "rfc9110-10.1.1-1")
def unknown_in_old_version(site: Site) -> None:
    """An unknown expectation in a request of HTTP/1.0 is ignored or refused, without interim responses."""
    response = claims.status(site.ask("GET", "/hello.txt", "Expect: magic", version="HTTP/1.0"), 200, 417)
    claims.that(not response.interim, "an interim response to HTTP/1.0")


@check_each(
    "expect.no-content",
    "rfc9110-10.1.1-11",
    rows={
        "get": ("GET", "/hello.txt", []),
        "head": ("HEAD", "/hello.txt", []),
        "length-zero": ("GET", "/hello.txt", ["Content-Length: 0"]),
        "missing": ("GET", "/nothing-here", []),
    },
)
def no_content(site: Site, row: tuple[str, str, list[str]]) -> None:
    """With no content to wait for, the final response comes, with or without 100 before it."""
    method, target, fields = row
    response = claims.status(site.ask(method, target, "Expect: 100-continue", *fields), 200, 404, 417)
    interim_only(response.interim)


@check_each(
    "expect.unknown",
    "rfc9110-10.1.1-1",
    "rfc9110-15.5.18-s1",
    rows={
        "token": "magic",
        "value": "magic=yes",
        "parameter": 'magic="a, b";c=d',
        "beside-continue": "100-continue, magic",
        "near": "100-continued",
        "number": "101-continue",
    },
)
def unknown(site: Site, value: str) -> None:
    """An unknown expectation is answered 417, or ignored."""
    claims.refused(site, site.request("GET", "/hello.txt", f"Expect: {value}"), 200, 417, 400)


@check("expect.unknown-is-417", "rfc9110-10.1.1-1", "rfc9110-15.5.18-s1", choice=True)
def unknown_is_417(site: Site) -> None:
    """An unknown expectation is answered 417."""
    claims.refused(site, site.request("GET", "/hello.txt", "Expect: magic"), 417)


@check("expect.malformed-decides", "rfc9112-6.3-5", "rfc9110-10.1.1-11")
def malformed_decides(site: Site) -> None:
    """A malformed message is refused at once, whatever it expects."""
    octets = site.request("PUT", "/hello.txt", "Content-Length: x", "Expect: 100-continue")
    claims.refused(site, octets, 400, method="PUT", fatal=True)


@check("expect.client-goes-first", "rfc9110-10.1.1-9", needs=["writes"])
def client_does_not_wait(site: Site) -> None:
    """A client that sends content before the 100 arrives is served the same."""
    target = site.fresh()
    head = site.request("PUT", target, f"Content-Length: {len(CONTENT)}", "Expect: 100-continue")
    with site.connect() as connection:
        connection.send(head, CONTENT[:5], CONTENT[5:], site.request("GET", target))
        first, second = connection.read_responses("PUT", "GET")
    claims.status(first, 201)
    claims.content(claims.status(second, 200), CONTENT)


@check("expect.huge", "rfc9110-10.1.1-11", "rfc9110-15.5.14-s1", needs=["writes"])
def huge(site: Site) -> None:
    """Content of a petabyte is refused before it comes, or asked for: the one or the other at once."""
    with site.connect() as connection:
        connection.send(held_back(site, "Expect: 100-continue", length=10**15))
        response = connection.read_interim("PUT")
        claims.status(response, 100, 400, 413, 417, 507)
