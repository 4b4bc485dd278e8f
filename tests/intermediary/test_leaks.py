"""Nothing is left of an exchange once it is over, however it ended: no object, no connection, no file descriptor."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
from collections.abc import Awaitable, Callable

import pytest

from statuary.intermediary.gateway import gateway
from statuary.intermediary.proxy import proxy
from statuary.intermediary.server import Intermediary
from statuary.user_agent.connecting import Route
from statuary.user_agent.pool import Pool, PoolLimits

from .test_departures import reset
from .wired import OK, Client, Link, Upstream, connected, get, in_loop, running, serving

ROUND = 100
"""Exchanges of the same kind, again and again, which must not add to what is kept."""

Exchange = Callable[[Client, Upstream], Awaitable[None]]


async def behave(link: Link) -> None:
    """An upstream that fails where its path says so."""
    while (asked := await link.request()) is not None:
        match asked.line.split()[1]:
            case "/reset":
                link.reset()
                return
            case "/cut":
                await link.say(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\ncut")
                return
            case "/garbage":
                await link.say(b"garbage\r\n\r\n")
            case "/slow":
                await link.say(b"HTTP/1.1 103 \r\n\r\n")
                await link.incoming.read()
                return
            case "/switch":
                await link.say(b"HTTP/1.1 101 \r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
                await link.say(await link.incoming.readexactly(2))
                return
            case _:
                await link.say(OK)


async def usual(client: Client, upstream: Upstream) -> None:
    await client.send(get())
    assert await client.response() == (200, b"ok")


async def with_content(client: Client, upstream: Upstream) -> None:
    await client.send(get("/", "Transfer-Encoding: chunked", method="POST") + b"2\r\nab\r\n")
    await client.send(b"2\r\ncd\r\n0\r\n\r\n")
    assert await client.response("POST") == (200, b"ok")


async def failing(client: Client, upstream: Upstream) -> None:
    for path in ("/reset", "/garbage"):
        await client.send(get(path))
        assert (await client.response())[0] == 502


async def cut(client: Client, upstream: Upstream) -> None:
    await client.send(get("/cut"))
    with contextlib.suppress(OSError):
        await client.rest()


async def left(client: Client, upstream: Upstream) -> None:
    upstream.ended.clear()
    await client.send(get("/slow"))
    await client.until_interim(method="GET")
    reset(client)
    await upstream.ended.wait()


async def switched(client: Client, upstream: Upstream) -> None:
    await client.send(get("/switch", "Connection: Upgrade", "Upgrade: websocket") + b"ab")
    assert (await client.rest()).endswith(b"ab")


async def tunnelled(client: Client, upstream: Upstream) -> None:
    await client.send(f"CONNECT {upstream.authority} HTTP/1.1\r\nHost: {upstream.authority}\r\n\r\n".encode())
    await client.incoming.readuntil(b"\r\n\r\n")
    await client.send(get("/reset"))
    with contextlib.suppress(OSError):
        await client.rest()


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


async def settled(made: Intermediary) -> None:
    """Until nothing is going on."""
    while made.connections or made.pool._taken or len(asyncio.all_tasks()) > QUIET:  # noqa: ASYNC110 - for many things
        await asyncio.sleep(0)


QUIET = 3
"""Tasks of the test itself, which are two, and of the upstream's one idle connection."""


@pytest.mark.parametrize("exchange", [usual, with_content, failing, cut, left, switched, tunnelled])
@in_loop
async def test_nothing_is_left_of_it(exchange: Exchange) -> None:
    async with serving(behave) as upstream:
        if exchange is tunnelled:
            port = int(upstream.authority.rpartition(":")[2])
            made = proxy(name="proxy.test", allows_private=True, tunnel_ports=[port])
        else:
            made = gateway([upstream.url], name="gateway.test")
        async with running(made) as authority:

            async def several() -> tuple[int, int]:
                for _ in range(ROUND // 10):
                    for _ in range(5):
                        async with connected(authority) as client:
                            await exchange(client, upstream)
                    if exchange in (usual, with_content, failing):
                        async with connected(authority) as client:
                            for _ in range(5):
                                await exchange(client, upstream)
                await settled(made)
                gc.collect()
                return len(gc.get_objects()), descriptors()

            # After the first rounds, everything that is remembered is there. What the last exchange of a round has left may
            # be there or not, so the least of several counts; one object for each exchange would be more.
            found = [await several() for _ in range(8)]
            objects, files = zip(*found[2:], strict=True)
            assert min(objects[3:]) - min(objects[:3]) < ROUND
            assert min(files[3:]) <= min(files[:3])


@in_loop
async def test_a_pool_keeps_nothing_of_routes_without_connections() -> None:
    async def refuses(route: Route) -> None:
        raise ConnectionRefusedError

    pool = Pool(refuses, PoolLimits(), lambda: 0.0)  # type: ignore[arg-type]
    for number in range(100):
        with pytest.raises(ConnectionRefusedError):
            await pool.take(Route("http", f"{number}.test", 80, None))
    assert not pool._open
    assert not pool._idle
    assert not pool._waiting


@in_loop
async def test_a_proxy_does_not_gather_idle_connections_without_bound() -> None:
    made = proxy(name="proxy.test", allows_private=True)
    made.pool = Pool(made.connector.open, PoolLimits(idle=3), made.clock.tick)
    async with contextlib.AsyncExitStack() as stack:
        upstreams = [await stack.enter_async_context(serving(behave)) for _ in range(10)]
        authority = await stack.enter_async_context(running(made))
        client = await stack.enter_async_context(connected(authority))
        for upstream in upstreams:
            await client.send(f"GET {upstream.url}/ HTTP/1.1\r\nHost: {upstream.authority}\r\n\r\n".encode())
            assert await client.response() == (200, b"ok")
        assert sum(map(len, made.pool._idle.values())) == made.pool._kept <= 6
        assert len(made.pool._open) == made.pool._kept
