"""What is sent a second time, and what never is: counted at the upstreams."""

from __future__ import annotations

import pytest

from statuary.intermediary.gateway import gateway
from statuary.intermediary.next_hops import Upstreams
from statuary.intermediary.settings import IntermediarySettings

from .test_failures import closed_port
from .wired import OK, Link, answering, connected, get, in_loop, running, serving, through_gateway


@pytest.mark.parametrize(
    ("method", "times"), [("GET", 2), ("HEAD", 2), ("PUT", 2), ("DELETE", 2), ("POST", 1), ("PATCH", 1), ("FOO", 1)]
)
@in_loop
async def test_what_was_sent_is_repeated_only_if_idempotent_and_on_an_idle_connection(method: str, times: int) -> None:
    async def serve(link: Link) -> None:
        while (asked := await link.request()) is not None:
            upstream.asked.append(asked)
            if asked.line.split()[1] == "/end" and link.number == 1:
                return
            await link.say(OK if asked.line[:4] != "HEAD" else OK[:-2])

    async with serving(serve) as upstream, through_gateway(upstream.url) as client:
        await client.send(get())
        assert await client.response() == (200, b"ok")
        await client.send(get("/end", method=method))
        status, _ = await client.response(method)
        assert status == (200 if times == 2 else 502)
        assert len(upstream.asked) == 1 + times


@pytest.mark.parametrize("method", ["GET", "POST"])
@in_loop
async def test_on_a_new_connection_nothing_is_repeated_without_another_server(method: str) -> None:
    async def serve(link: Link) -> None:
        if (asked := await link.request()) is not None:
            upstream.asked.append(asked)

    async with serving(serve) as upstream, through_gateway(upstream.url) as client:
        await client.send(get(method=method))
        assert (await client.response(method))[0] == 502
        assert len(upstream.asked) == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
@in_loop
async def test_what_was_never_sent_goes_to_another_server_whatever_it_is(method: str) -> None:
    async with answering(OK) as upstream, through_gateway(closed_port(), upstream.url) as client:
        for _ in range(4):
            await client.send(get(method=method))
            assert await client.response(method) == (200, b"ok")
        assert len(upstream.asked) == 4


@in_loop
async def test_content_that_is_not_kept_is_not_repeated() -> None:
    async def serve(link: Link) -> None:
        if (asked := await link.head()) is not None:
            upstream.asked.append(asked)
            if asked.line.startswith("GET"):
                await link.say(OK)
                await link.head()
            await link.incoming.readexactly(100_000)

    settings = IntermediarySettings(most_kept=1000)
    async with serving(serve) as upstream, through_gateway(upstream.url, settings=settings) as client:
        await client.send(get())
        assert await client.response() == (200, b"ok")
        await client.send(get("/", "Content-Length: 100000", method="PUT") + bytes(100_000))
        assert (await client.response("PUT"))[0] == 502
        assert len(upstream.asked) == 1


@in_loop
async def test_that_idle_connections_end_is_not_held_against_a_server() -> None:
    async def serve(link: Link) -> None:
        await link.request()
        await link.say(OK)
        await link.request()
        # Closed upon the second request on it

    async with serving(serve) as first, serving(serve) as second:
        made = gateway([first.url, second.url], name="gateway.test")
        async with running(made) as authority, connected(authority) as client:
            for _ in range(20):
                await client.send(get())
                assert await client.response() == (200, b"ok")
            assert isinstance(made.next_hops, Upstreams)
            assert [one.failures for one in made.next_hops.all] == [0, 0]
            assert first.links + second.links == 20
