"""Many clients at once, upstreams that fail in every way at random: no response is wrong, truncated, or somebody else's."""

from __future__ import annotations

import asyncio
import random

from statuary.intermediary.gateway import gateway
from statuary.intermediary.settings import IntermediarySettings
from statuary.wire.malformed import MalformedMessage

from .wired import Client, Link, Serve, connected, get, in_loop, running, serving

CLIENTS, REQUESTS = 40, 30


class WrongResponse(Exception):  # noqa: N818
    """Not what any upstream said to this request, or not all of it."""


def content_of(path: str) -> bytes:
    """What an upstream answers for a path: long enough to be cut, and like no other."""
    number = int(path.removeprefix("/"))
    return path.encode() * (1 + number % 7) ** 4


def misbehaving(chance: random.Random) -> Serve:
    async def serve(link: Link) -> None:
        while (asked := await link.request()) is not None:
            content = content_of(asked.line.split()[1])
            head = b"HTTP/1.1 200 OK\r\n"
            sized = head + b"Content-Length: %d\r\n\r\n" % len(content) + content
            match chance.randrange(14):
                case 0:
                    return
                case 1:
                    link.reset()
                    return
                case 2:
                    await link.say(sized[: chance.randrange(len(sized))])
                    return
                case 3:
                    await link.say(b"garbage\r\n\r\n")
                    return
                case 4:
                    await link.say(head + b"\r\n" + content)
                    return
                case 5:
                    await link.say(sized + b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")
                case 6:
                    await link.say(b"HTTP/1.1 103 \r\n\r\n" + sized)
                case 7 | 8:
                    chunks = b"%x\r\n%b\r\n" % (len(content), content)
                    await link.say(head + b"Transfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n")
                case 9:
                    chunks = b"%x\r\n%b\r\n" % (len(content), content)
                    await link.say(head + b"Transfer-Encoding: chunked\r\n\r\n" + chunks)
                    link.reset()
                    return
                case _:
                    await link.say(sized)

    return serve


async def one(authority: str, chance: random.Random, seen: list[int]) -> None:
    left = REQUESTS
    while left > 0:
        async with connected(authority) as client:
            try:
                while left > 0:
                    left -= 1
                    await _exchange(client, chance, seen)
            except (AssertionError, MalformedMessage, ConnectionError):
                # Cut, and visibly so
                seen.append(0)


async def _exchange(client: Client, chance: random.Random, seen: list[int]) -> None:
    path = f"/{chance.randrange(1_000_000)}"
    if chance.random() < 0.3:
        body = b"x" * chance.randrange(1, 100_000)
        await client.send(get(path, f"Content-Length: {len(body)}", method="POST") + body)
    else:
        await client.send(get(path))
    status, content = await client.response()
    seen.append(status)
    if status not in (200, 502, 503) or (status == 200 and content != content_of(path)):
        raise WrongResponse(f"{status} for {path}")
    if client.final.fields.get("connection") == "close":
        raise ConnectionError


@in_loop
async def test_nothing_is_swapped_or_taken_for_whole() -> None:
    chance = random.Random(7)
    settings = IntermediarySettings(most_failures=1000)
    async with serving(misbehaving(chance)) as first, serving(misbehaving(chance)) as second:
        made = gateway([first.url, second.url], settings, name="gateway.test")
        async with running(made) as authority:
            seen: list[int] = []
            await asyncio.gather(*(one(authority, random.Random(seed), seen) for seed in range(CLIENTS)))
            assert seen.count(200) > CLIENTS * REQUESTS / 2
            assert {0, 502} <= set(seen)
            await made.finish()
            assert not made.connections
            assert made.pool._taken == set()
            assert [next_hop.active for next_hop in made.next_hops.all] == [0, 0]  # type: ignore[attr-defined]


class Mortal:
    """An upstream that dies after every so many requests, with all its connections, and refuses the next few."""

    def __init__(self, lives: int) -> None:
        self._lives = lives
        self._left = lives
        self._refusals = 0
        self._links: set[Link] = set()
        self.deaths = 0

    async def serve(self, link: Link) -> None:
        if self._refusals:
            self._refusals -= 1
            link.reset()
            return
        self._links.add(link)
        try:
            while (asked := await link.request()) is not None:
                content = content_of(asked.line.split()[1])
                half = len(content) // 2
                await link.say(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(content) + content[:half])
                self._left -= 1
                if self._left == 0:
                    self._die()
                await link.say(content[half:])
        finally:
            self._links.discard(link)

    def _die(self) -> None:
        for link in self._links:
            link.reset()
        self._left = self._lives
        self._refusals = 3
        self.deaths += 1


@in_loop
async def test_nothing_is_swapped_or_left_open_where_upstreams_die() -> None:
    mortals = [Mortal(17), Mortal(23)]
    async with serving(mortals[0].serve) as first, serving(mortals[1].serve) as second:
        made = gateway([first.url, second.url], IntermediarySettings(most_failures=1000), name="gateway.test")
        async with running(made) as authority:
            seen: list[int] = []
            await asyncio.gather(*(one(authority, random.Random(seed), seen) for seed in range(CLIENTS)))
            assert seen.count(200) > CLIENTS * REQUESTS / 2
            assert sum(each.deaths for each in mortals) > 10
            await made.finish()
            assert not made.connections
            assert made.pool._taken == set()
            assert [next_hop.active for next_hop in made.next_hops.all] == [0, 0]  # type: ignore[attr-defined]
