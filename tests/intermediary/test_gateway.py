"""The gateway over sockets: what goes through, in both directions, and how it is framed."""

from __future__ import annotations

import asyncio
import ssl

import pytest

from statuary.intermediary.gateway import gateway
from statuary.status import PHRASES
from statuary.transport.clock import ManualClock

from ..conformance.scripted import CERTIFICATE, scripted
from .wired import OK, Link, answering, connected, get, in_loop, running, serving, through_gateway


@in_loop
async def test_a_request_goes_on_and_its_response_comes_back() -> None:
    async with answering(OK) as upstream, through_gateway(upstream.url) as client:
        await client.send(get("/a?b=c", "X-Custom: 1", "Connection: X-Hop", "X-Hop: 1"))
        assert await client.response() == (200, b"ok")
    asked = upstream.asked[0]
    assert asked.line == "GET /a?b=c HTTP/1.1"
    assert asked.field("host") == upstream.authority
    assert asked.field("x-custom") == "1"
    assert asked.field("x-hop") is None
    assert asked.field("via") == "1.1 gateway.test"


@in_loop
async def test_connections_are_kept_on_both_sides() -> None:
    async with answering(OK) as upstream, through_gateway(upstream.url) as client:
        for _ in range(3):
            await client.send(get())
            assert await client.response() == (200, b"ok")
    assert upstream.links == 1


@in_loop
async def test_pipelined_requests_are_answered_in_their_order() -> None:
    answers = [b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n%d" % number for number in range(5)]
    async with answering(*answers) as upstream, through_gateway(upstream.url) as client:
        await client.send(b"".join(get(f"/{number}") for number in range(5)))
        assert [await client.response() for _ in range(5)] == [(200, b"%d" % number) for number in range(5)]
    assert [asked.line.split()[1] for asked in upstream.asked] == ["/0", "/1", "/2", "/3", "/4"]


CODES = [code for code in PHRASES if code >= 200]
BODILESS = (204, 205, 304)
PERSISTING = [code for code in CODES if code != 408]
"""Where the connection to the client goes on: a 408 says that its request did not arrive in full."""


@pytest.mark.parametrize("code", CODES)
@in_loop
async def test_every_final_code_goes_through(code: int) -> None:
    content = b"" if code in BODILESS else b"content"
    length = b"" if code in (204, 304) else b"Content-Length: %d\r\n" % len(content)
    head = b"HTTP/1.1 %d %s\r\nX-Field: kept\r\n" % (code, PHRASES[code].encode())
    async with (
        answering(head + length + b"\r\n" + content, OK) as upstream,
        through_gateway(upstream.url) as client,
    ):
        await client.send(get())
        assert await client.response() == (code, content)
        assert client.final.fields.get("x-field") == "kept"
        if code in PERSISTING:
            await client.send(get())
            assert await client.response() == (200, b"ok")
            assert upstream.links == 1


@pytest.mark.parametrize("code", CODES)
@in_loop
async def test_every_final_code_goes_through_to_head(code: int) -> None:
    length = b"" if code in BODILESS else b"Content-Length: 1000\r\n"
    async with (
        answering(b"HTTP/1.1 %d \r\n%b\r\n" % (code, length), OK) as upstream,
        through_gateway(upstream.url) as client,
    ):
        await client.send(get(method="HEAD"))
        assert await client.response("HEAD") == (code, b"")
        assert client.final.fields.get("content-length") == (None if code in BODILESS else "1000")
        if code in PERSISTING:
            await client.send(get())
            assert await client.response() == (200, b"ok")


@pytest.mark.parametrize("code", [c for c in PERSISTING if c not in BODILESS])
@in_loop
async def test_every_final_code_goes_through_in_chunks_and_up_to_the_end_of_the_connection(code: int) -> None:
    chunked = b"HTTP/1.1 %d \r\nTransfer-Encoding: chunked\r\n\r\n4\r\nchun\r\n2\r\nks\r\n0\r\n\r\n" % code
    async with answering(chunked) as upstream, through_gateway(upstream.url) as client:
        await client.send(get())
        assert await client.response() == (code, b"chunks")

    async def serve(link: Link) -> None:
        await link.request()
        await link.say(b"HTTP/1.1 %d \r\n\r\nto the end" % code)

    async with serving(serve) as upstream, through_gateway(upstream.url) as client:
        await client.send(get())
        assert await client.response() == (code, b"to the end")
        await client.send(get())
        assert await client.response() == (code, b"to the end")


@pytest.mark.parametrize("code", [c for c in PHRASES if 102 <= c <= 199] + [199])
@in_loop
async def test_interim_responses_go_through_as_they_come(code: int) -> None:
    goes_on = asyncio.Event()

    async def serve(link: Link) -> None:
        while await link.request() is not None:
            await link.say(b"HTTP/1.1 %d \r\nLink: </a>\r\n\r\n" % code)
            await goes_on.wait()
            await link.say(OK)

    async with serving(serve) as upstream, through_gateway(upstream.url) as client:
        await client.send(get())
        await client.until_interim(method="GET")
        assert [(one.status, one.fields.get("link")) for one in client.received.interim] == [(code, "</a>")]
        goes_on.set()
        assert await client.response() == (200, b"ok")
        await client.send(get(version="1.0"))
        assert await client.response() == (200, b"ok")
        assert len(client.received.interim) == 1


@in_loop
async def test_content_waits_for_the_100_of_the_upstream() -> None:
    async def serve(link: Link) -> None:
        asked = await link.head()
        assert asked is not None
        assert asked.field("expect") == "100-continue"
        await link.say(b"HTTP/1.1 100 Continue\r\n\r\n")
        await link.say(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n" + await link.incoming.readexactly(7))

    async with serving(serve) as upstream, through_gateway(upstream.url) as client:
        await client.send(get("/", "Expect: 100-continue", "Content-Length: 7", method="POST"))
        await client.until_interim()
        await client.send(b"content")
        assert await client.response("POST") == (200, b"content")


@in_loop
async def test_a_final_response_instead_of_100_ends_the_connection() -> None:
    refusal = b"HTTP/1.1 417 \r\nContent-Length: 0\r\n\r\n"

    async def serve(link: Link) -> None:
        await link.head()
        await link.say(refusal)

    async with serving(serve) as upstream, through_gateway(upstream.url) as client:
        await client.send(get("/", "Expect: 100-continue", "Content-Length: 7", method="POST"))
        assert await client.response("POST") == (417, b"")
        assert client.final.fields.get("connection") == "close"
        assert await client.rest() == b""


@in_loop
async def test_content_goes_through_in_both_framings() -> None:
    async def serve(link: Link) -> None:
        while (asked := await link.request()) is not None:
            await link.say(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(asked.content) + asked.content)

    large = bytes(range(256)) * 4096
    async with serving(serve) as upstream, through_gateway(upstream.url) as client:
        await client.send(get("/", f"Content-Length: {len(large)}", method="PUT"))
        sending = asyncio.ensure_future(client.send(large))
        assert await client.response("PUT") == (200, large)
        await sending
        await client.send(get("/", "Transfer-Encoding: chunked", method="PUT") + b"3\r\nabc\r\n")
        await client.send(b"2\r\nde\r\n0\r\n\r\n")
        status, content = await client.response("PUT")
        assert status == 200
        assert content.endswith(b"0\r\n\r\n")
        assert content.replace(b"\r\n", b"").strip(b"0235") in (b"abc2de", b"abcde")


@in_loop
async def test_trailers_go_through() -> None:
    answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-Sum: 1\r\n\r\n"
    async with answering(answer) as upstream, through_gateway(upstream.url) as client:
        await client.send(get("/", "TE: trailers", "Connection: TE"))
        assert await client.response() == (200, b"a")
        trailers = client.received.trailers[-1]
        assert trailers is not None
        assert trailers.get("x-sum") == "1"


@in_loop
async def test_chunks_become_the_end_of_the_connection_for_http_1_0() -> None:
    answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"
    async with answering(answer) as upstream, through_gateway(upstream.url) as client:
        await client.send(get("/", "Connection: keep-alive", version="1.0"))
        head, _, content = (await client.rest()).partition(b"\r\n\r\n")
        assert content == b"ab"
        assert b"chunked" not in head
        assert b"Connection: close" in head


@in_loop
async def test_a_connection_switches_protocols() -> None:
    async def serve(link: Link) -> None:
        asked = await link.request()
        assert asked is not None
        assert asked.field("upgrade") == "websocket"
        await link.say(b"HTTP/1.1 101 \r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nfirst")
        while octets := await link.incoming.read(100):
            await link.say(octets.upper())
        await link.say(b" last")

    async with serving(serve) as upstream, through_gateway(upstream.url) as client:
        await client.send(get("/", "Connection: upgrade", "Upgrade: websocket") + b"early ")
        await client.send(b"late")
        client.outgoing.write_eof()
        octets = await client.rest()
        head, _, content = octets.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101 ")
        assert content == b"firstEARLY LATE last"


@in_loop
async def test_an_early_answer_goes_through_while_the_request_is_still_coming() -> None:
    async def serve(link: Link) -> None:
        await link.head()
        await link.say(b"HTTP/1.1 403 \r\nContent-Length: 2\r\n\r\nno")
        await link.incoming.read()

    async with serving(serve) as upstream, through_gateway(upstream.url) as client:
        await client.send(get("/", "Content-Length: 1000", method="POST") + b"a" * 10)
        assert await client.response("POST") == (403, b"no")
        # The rest is read past, and the connection goes on
        await client.send(b"a" * 990 + get("/"))
        assert await client.response() == (403, b"no")


@in_loop
async def test_a_client_that_is_half_closed_gets_its_answer() -> None:
    async with answering(OK) as upstream, through_gateway(upstream.url) as client:
        await client.send(get())
        client.outgoing.write_eof()
        assert (await client.rest()).endswith(b"\r\n\r\nok")


@in_loop
async def test_a_client_that_goes_away_takes_the_exchange_with_it() -> None:
    async def serve(link: Link) -> None:
        await link.request()
        await link.say(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            await link.say(b"x" * 65536)

    async with serving(serve) as upstream, through_gateway(upstream.url) as client:
        await client.send(get())
        await client.until_content(10)
        client.outgoing.transport.abort()
        await upstream.ended.wait()


@in_loop
async def test_a_client_that_does_not_read_holds_the_upstream_back() -> None:
    sent = 0
    paused = asyncio.Event()

    async def serve(link: Link) -> None:
        nonlocal sent
        await link.request()
        await link.say(b"HTTP/1.1 200 OK\r\nContent-Length: 32000000\r\n\r\n")
        for _ in range(32):
            link.outgoing.write(b"x" * 1_000_000)
            if link.outgoing.transport.get_write_buffer_size() > 4_000_000:
                paused.set()
            await link.outgoing.drain()
            sent += 1_000_000

    async with serving(serve) as upstream, through_gateway(upstream.url) as client:
        await client.send(get())
        await client.until_content(10)
        assert sent < 32_000_000
        status, content = await client.response()
        assert (status, len(content)) == (200, 32_000_000)


# Time, and the end


@in_loop
async def test_content_that_stops_coming_is_408() -> None:
    has_come = asyncio.Event()

    async def serve(link: Link) -> None:
        await link.head()
        await link.incoming.readexactly(4)
        has_come.set()
        await link.incoming.read()

    clock = ManualClock(1000.0)
    async with serving(serve) as upstream:
        made = gateway([upstream.url], name="gateway.test", clock=clock)
        async with running(made) as authority, connected(authority) as client:
            await client.send(get("/", "Content-Length: 10", method="POST") + b"part")
            await has_come.wait()
            clock.advance(1000)
            made.sweep()
            assert (await client.response("POST"))[0] == 408
            await upstream.ended.wait()


@in_loop
async def test_who_is_told_to_stop_finishes_what_is_in_flight() -> None:
    goes_on, has_come = asyncio.Event(), asyncio.Event()

    async def serve(link: Link) -> None:
        await link.request()
        has_come.set()
        await goes_on.wait()
        await link.say(OK)

    async with serving(serve) as upstream:
        made = gateway([upstream.url], name="gateway.test")
        async with running(made) as authority, connected(authority) as client:
            await client.send(get())
            await has_come.wait()
            finishing = asyncio.ensure_future(made.finish())
            asyncio.get_running_loop().call_soon(goes_on.set)
            assert await client.response() == (200, b"ok")
            assert client.final.fields.get("connection") == "close"
            assert await client.rest() == b""
            client.outgoing.close()
            await finishing


# The next hop's version, and TLS


@in_loop
async def test_a_server_of_http_1_0_gets_a_length_and_no_expectation() -> None:
    async def serve(link: Link) -> None:
        asked = await link.request()
        assert asked is not None
        upstream.asked.append(asked)
        await link.say(b"HTTP/1.0 200 OK\r\n\r\nold")

    async with serving(serve) as upstream, through_gateway(upstream.url) as client:
        await client.send(get())
        assert await client.response() == (200, b"old")
        await client.send(get("/", "Transfer-Encoding: chunked", "Expect: 100-continue", method="POST"))
        await client.until_interim()
        await client.send(b"3\r\nabc\r\n0\r\n\r\n")
        assert await client.response("POST") == (200, b"old")
        asked = upstream.asked[1]
        assert (asked.field("content-length"), asked.field("transfer-encoding"), asked.content) == ("3", None, b"abc")
        assert asked.field("expect") is None


@in_loop
async def test_https_upstreams_are_trusted_only_with_their_certificate() -> None:
    async with scripted(lambda head: OK, tls=True) as url:
        named = url.replace("127.0.0.1", "localhost")
        async with through_gateway(named) as client:
            await client.send(get())
            assert (await client.response())[0] == 502
            assert "tls_certificate_error" in client.final.fields.get("proxy-status", "")
        async with through_gateway(named, tls=ssl.create_default_context(cafile=CERTIFICATE)) as client:
            await client.send(get())
            assert await client.response() == (200, b"ok")


@in_loop
async def test_an_https_target_is_not_given_out_without_tls() -> None:
    async with answering(OK) as upstream, through_gateway(upstream.url) as client:
        await client.send(get("https://example.org/"))
        assert (await client.response())[0] == 421
        assert upstream.asked == []
