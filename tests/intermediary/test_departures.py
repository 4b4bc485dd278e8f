"""Clients that leave, wholly or by half, at each stage of an exchange: what becomes of the request at the upstream."""

from __future__ import annotations

import asyncio
import socket
import struct

from statuary.intermediary.settings import IntermediarySettings

from .wired import Client, Link, answering, get, in_loop, serving, through_gateway

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
RESETS = struct.pack("ii", 1, 0)


def reset(client: Client) -> None:
    """Leave with a reset, as a program does that has ended in the middle."""
    found = client.outgoing.get_extra_info("socket")
    found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESETS)
    client.outgoing.transport.abort()


@in_loop
async def test_a_reset_while_the_upstream_works_ends_its_connection() -> None:
    has_come = asyncio.Event()

    async def serve(link: Link) -> None:
        await link.request()
        has_come.set()
        assert await link.incoming.read() == b""

    async with serving(serve) as upstream, through_gateway(upstream.url) as client:
        await client.send(get())
        await has_come.wait()
        reset(client)
        await upstream.ended.wait()


@in_loop
async def test_a_reset_in_the_middle_of_a_request_ends_the_upstreams() -> None:
    has_come = asyncio.Event()

    async def serve(link: Link) -> None:
        await link.head()
        await link.incoming.readexactly(4)
        has_come.set()
        assert await link.incoming.read() == b""

    async with serving(serve) as upstream, through_gateway(upstream.url) as client:
        await client.send(get("/", "Content-Length: 10", method="POST") + b"part")
        await has_come.wait()
        reset(client)
        await upstream.ended.wait()


@in_loop
async def test_a_request_that_ends_too_early_is_400_and_ends_the_upstreams() -> None:
    async def serve(link: Link) -> None:
        await link.head()
        await link.incoming.read()

    async with serving(serve) as upstream, through_gateway(upstream.url) as client:
        await client.send(get("/", "Content-Length: 10", method="POST") + b"part")
        client.outgoing.write_eof()
        assert (await client.response("POST"))[0] == 400
        await upstream.ended.wait()


@in_loop
async def test_a_half_closed_client_gets_an_answer_that_takes_its_time() -> None:
    goes_on, has_come = asyncio.Event(), asyncio.Event()

    async def serve(link: Link) -> None:
        await link.request()
        has_come.set()
        await goes_on.wait()
        await link.say(OK)

    async with serving(serve) as upstream, through_gateway(upstream.url) as client:
        await client.send(get())
        await has_come.wait()
        client.outgoing.write_eof()
        goes_on.set()
        assert await client.response() == (200, b"ok")
        assert await client.rest() == b""


@in_loop
async def test_what_a_half_closed_client_pipelined_is_answered() -> None:
    async with answering(OK) as upstream, through_gateway(upstream.url) as client:
        await client.send(get() * 3)
        client.outgoing.write_eof()
        assert [await client.response() for _ in range(3)] == [(200, b"ok")] * 3
        assert await client.rest() == b""


@in_loop
async def test_a_half_closed_client_can_be_taken_for_gone() -> None:
    has_come = asyncio.Event()

    async def serve(link: Link) -> None:
        await link.request()
        has_come.set()
        assert await link.incoming.read() == b""

    settings = IntermediarySettings(drops_half_closed=True)
    async with serving(serve) as upstream, through_gateway(upstream.url, settings=settings) as client:
        await client.send(get())
        await has_come.wait()
        client.outgoing.write_eof()
        await upstream.ended.wait()
        assert await client.rest() == b""
