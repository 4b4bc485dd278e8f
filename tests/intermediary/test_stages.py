"""Each stage of an exchange has its time and its bounds: what comes of them, and that nobody gets ahead of anybody."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import replace

from statuary.intermediary.gateway import gateway
from statuary.intermediary.settings import IntermediarySettings
from statuary.origin_server.settings import Settings
from statuary.user_agent.pool import PoolLimits
from statuary.user_agent.timeouts import Timeouts

from .wired import OK, Link, answering, connected, get, in_loop, running, serving, through_gateway

SHORT = 0.05


async def error_of(*to: str, settings: IntermediarySettings) -> tuple[int, str]:
    """Status and error that a request gets."""
    async with through_gateway(*to, settings=settings) as client:
        await client.send(get())
        status, _ = await client.response()
        return status, client.final.fields.get("proxy-status", "").rpartition("=")[2]


@in_loop
async def test_a_connection_that_is_not_made_in_time() -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        waiting = [socket.socket() for _ in range(8)]
        for one in waiting:
            # The queue of those that nobody accepts is full soon, and whoever comes then hears nothing
            one.setblocking(False)
            one.connect_ex(listening.getsockname())
        to = f"http://127.0.0.1:{listening.getsockname()[1]}"
        settings = IntermediarySettings(timeouts=Timeouts(connect=SHORT))
        assert await error_of(to, settings=settings) == (504, "connection_timeout")
        for one in waiting:
            one.close()


@in_loop
async def test_a_handshake_that_is_not_done_in_time() -> None:
    async def serve(link: Link) -> None:
        await link.incoming.read()

    for timeouts in (Timeouts(connect=SHORT, tls=30), Timeouts(connect=30, tls=SHORT)):
        async with serving(serve) as upstream:
            settings = IntermediarySettings(timeouts=timeouts)
            to = upstream.url.replace("http:", "https:")
            assert await error_of(to, settings=settings) == (504, "connection_timeout")


@in_loop
async def test_a_connection_that_does_not_become_free_in_time() -> None:
    has_come = asyncio.Event()

    async def serve(link: Link) -> None:
        await link.request()
        has_come.set()
        await link.incoming.read()

    settings = IntermediarySettings(timeouts=Timeouts(for_connection=SHORT), pool=PoolLimits(per_route=1))
    async with serving(serve) as upstream:
        made = gateway([upstream.url], settings, name="gateway.test")
        async with running(made) as authority, connected(authority) as first, connected(authority) as second:
            await first.send(get())
            await has_come.wait()
            await second.send(get())
            assert (await second.response())[0] == 503
            assert "connection_limit_reached" in second.final.fields.get("proxy-status", "")
            assert int(second.final.fields.get("retry-after", "0")) > 0


@in_loop
async def test_one_connection_is_enough_for_those_who_wait_for_it() -> None:
    async with answering(OK) as upstream:
        made = gateway([upstream.url], IntermediarySettings(pool=PoolLimits(per_route=1)), name="gateway.test")
        async with running(made) as authority, connected(authority) as first, connected(authority) as second:
            for _ in range(5):
                await first.send(get())
                await second.send(get())
                assert await first.response() == await second.response() == (200, b"ok")
    assert upstream.links == 1


@in_loop
async def test_an_upstream_that_takes_no_more_of_the_content() -> None:
    over = asyncio.Event()

    async def serve(link: Link) -> None:
        link.outgoing.transport.pause_reading()  # type: ignore[attr-defined]
        await over.wait()

    settings = IntermediarySettings(timeouts=Timeouts(first_octet=SHORT, between_octets=SHORT))
    async with serving(serve) as upstream, through_gateway(upstream.url, settings=settings) as client:
        client.outgoing.write(get("/", "Content-Length: 64000000", method="POST"))
        client.outgoing.write(bytes(64_000_000))
        assert (await client.response("POST"))[0] == 504
        assert "connection_write_timeout" in client.final.fields.get("proxy-status", "")
        over.set()


@in_loop
async def test_an_upstream_that_does_not_read_holds_the_client_back() -> None:
    goes_on = asyncio.Event()

    async def serve(link: Link) -> None:
        await link.head()
        await goes_on.wait()
        await link.incoming.readexactly(64_000_000)
        await link.say(OK)

    async with serving(serve) as upstream, through_gateway(upstream.url) as client:
        client.outgoing.write(get("/", "Content-Length: 64000000", method="POST"))
        client.outgoing.write(bytes(64_000_000))
        transport = client.outgoing.transport
        # Most of it stays with the client, as long as nobody takes it: what is sent fills the system's buffers, and stops
        left = -1
        while left != transport.get_write_buffer_size():
            left = transport.get_write_buffer_size()
            for _ in range(100):
                await asyncio.sleep(0)
        assert left > 1_000_000
        goes_on.set()
        assert await client.response("POST") == (200, b"ok")


@in_loop
async def test_more_connections_than_are_taken() -> None:
    async with answering(OK) as upstream:
        settings = IntermediarySettings(client=replace(Settings(), most_connections=1))
        made = gateway([upstream.url], settings, name="gateway.test")
        async with running(made) as authority, connected(authority) as first:
            await first.send(get())
            assert await first.response() == (200, b"ok")
            async with connected(authority) as second:
                assert (await second.response())[0] == 503
                assert second.final.fields.get("retry-after") is not None


@in_loop
async def test_content_flows_both_ways_at_once_whoever_holds_whom_back() -> None:
    size = 32_000_000

    async def serve(link: Link) -> None:
        await link.head()
        await link.say(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
        left = size
        while left > 0:
            octets = await link.incoming.read(65536)
            assert octets
            left -= len(octets)
            await link.say(octets)

    async with serving(serve) as upstream, through_gateway(upstream.url) as client:
        client.outgoing.write(get("/", f"Content-Length: {size}", method="POST"))
        for _ in range(size // 1_000_000):
            # Now and then it reads, so that each is waited for by the other
            client.outgoing.write(bytes(1_000_000))
            await asyncio.sleep(0)
        status, content = await client.response("POST")
        assert (status, len(content)) == (200, size)


@in_loop
async def test_content_still_goes_out_while_the_client_does_not_read() -> None:
    size, is_held_back, has_come = 64_000_000, asyncio.Event(), asyncio.Event()

    async def serve(link: Link) -> None:
        await link.head()
        await link.incoming.readexactly(4)
        link.outgoing.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size + bytes(size))
        transport = link.outgoing.transport
        left = -1
        while left != transport.get_write_buffer_size():
            left = transport.get_write_buffer_size()
            for _ in range(100):
                await asyncio.sleep(0)
        is_held_back.set()
        await link.incoming.readexactly(6)
        has_come.set()

    async with serving(serve) as upstream, through_gateway(upstream.url) as client:
        await client.send(get("/", "Content-Length: 10", method="POST") + b"part")
        await is_held_back.wait()
        await client.send(b"others")
        await has_come.wait()
        status, content = await client.response("POST")
        assert (status, len(content)) == (200, size)
