"""One gateway taking over from another, again and again: no client notices, and nothing of the ones before is left."""

from __future__ import annotations

import asyncio

import pytest

from statuary.intermediary.gateway import gateway
from statuary.intermediary.generations import Generations
from statuary.intermediary.server import Intermediary
from statuary.origin_server.server import listen

from .wired import OK, Link, answering, connected, get, in_loop, serving


@in_loop
async def test_no_request_and_no_connection_is_lost() -> None:
    async with answering(OK) as upstream:
        generations = Generations(lambda: gateway([upstream.url], name="gateway.test"))
        listening = listen("127.0.0.1", 0)
        running = asyncio.ensure_future(generations.serve(listening))
        authority = f"127.0.0.1:{listening[0].getsockname()[1]}"

        async def stays() -> None:
            async with connected(authority) as client:
                for _ in range(50):
                    await client.send(get())
                    assert await client.response() == (200, b"ok")
                    assert client.final.fields.get("connection") is None

        async def comes_again() -> None:
            for _ in range(25):
                async with connected(authority) as client:
                    await client.send(get("/", "Connection: close"))
                    assert await client.response() == (200, b"ok")

        clients = [asyncio.ensure_future(one()) for one in (stays, comes_again) for _ in range(5)]
        while not all(client.done() for client in clients):
            assert generations.renew()
            for _ in range(20):
                await asyncio.sleep(0)
        await asyncio.gather(*clients)
        generations.stop()
        await running
        assert len(upstream.asked) == 5 * 50 + 5 * 25
        assert not generations._serving


@in_loop
async def test_who_was_before_ends_with_the_last_exchange_and_not_sooner() -> None:
    goes_on, has_come, made = asyncio.Event(), asyncio.Event(), list[Intermediary]()

    async def serve(link: Link) -> None:
        while await link.request() is not None:
            has_come.set()
            await goes_on.wait()
            await link.say(OK)

    def make() -> Intermediary:
        made.append(gateway([upstream.url], name="gateway.test"))
        return made[-1]

    async with serving(serve) as upstream:
        generations = Generations(make)
        listening = listen("127.0.0.1", 0)
        running = asyncio.ensure_future(generations.serve(listening))
        async with connected(f"127.0.0.1:{listening[0].getsockname()[1]}") as client:
            await client.send(get())
            await has_come.wait()
            generations.renew()
            assert len(generations._serving) == 2
            goes_on.set()
            assert await client.response() == (200, b"ok")
            while len(generations._serving) > 1:  # noqa: ASYNC110 - until the one before has ended
                await asyncio.sleep(0)
            await client.send(get())
            assert await client.response() == (200, b"ok")
            assert [len(one.connections) for one in made] == [0, 1]
        generations.stop()
        await running


@pytest.mark.parametrize("is_over", [True, False])
@in_loop
async def test_there_may_be_no_other(is_over: bool) -> None:
    async with answering(OK) as upstream:
        left: list[Intermediary | None] = [gateway([upstream.url], name="gateway.test"), None]
        generations = Generations(lambda: left.pop(0))
        listening = listen("127.0.0.1", 0)
        running = asyncio.ensure_future(generations.serve(listening))
        async with connected(f"127.0.0.1:{listening[0].getsockname()[1]}") as client:
            await client.send(get())
            assert await client.response() == (200, b"ok")
            if is_over:
                generations.stop()
            assert not generations.renew()
            if not is_over:
                await client.send(get())
                assert await client.response() == (200, b"ok")
        generations.stop()
        await running
