"""Who asks the same again on a connection gets the same octets, or those that are right by now."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from statuary.origin_server.access_log import LogStyle
from statuary.semantics.authentication import Authenticated
from statuary.semantics.resource import Access, Resource, User

from .connected import Bench, Entries, Peer, Table, in_loop, page, request

GET = request("GET /a")
LOGIN = request("GET /secret", "Authorization: Basic dTpw")
REQUESTS = (
    GET,
    LOGIN,
    request("HEAD /a"),
    request("GET /a HTTP/1.0", "Connection: keep-alive"),
    request("GET /a", "Connection: close"),
    request("GET /a", 'If-None-Match: "e5"'),
    request("GET /a", "Range: bytes=0-1"),
    request("GET /secret"),
    request("GET /none"),
    request("OPTIONS /a"),
    request("PUT /c", content=b"new"),
)
PAGES = (page("hello"), page("other"), page("much longer"), Resource(exists=False))


class Guarded(Table):
    """A site with a page that changes, and one for a user; it counts who was let in."""

    def __init__(self) -> None:
        access = Access("r", users={"u": User("p")})
        super().__init__(a=PAGES[0], c=page("c", methods=("GET", "PUT")), secret=page("secret", access=access))
        self.let_in = 0

    def authenticated(self, who: Authenticated) -> None:
        self.let_in += 1


async def answer(peer: Peer, octets: bytes) -> bytes:
    """The octets that come back for those of a request."""
    before = len(peer.sent)
    peer.send(octets)
    await peer.settle()
    return bytes(peer.sent[before:])


class Later(NamedTuple):
    """Time passes, with or without a look at the time-outs."""

    seconds: float
    sweeps: bool


class Asks(NamedTuple):
    """The same request, over and over."""

    octets: bytes
    times: int


asks = st.builds(Asks, st.sampled_from(REQUESTS), st.integers(1, 4))
later = st.builds(Later, st.sampled_from([0.3, 1.0]), st.booleans())


@given(st.lists(st.one_of(asks, asks, later, st.sampled_from(PAGES)), max_size=12), st.sampled_from(["common", "json"]))
@example([Asks(REQUESTS[0], 3), Later(1.0, sweeps=False), Asks(REQUESTS[0], 3)], "common")
@example([Asks(REQUESTS[0], 3), PAGES[1], Asks(REQUESTS[0], 3)], "common")
@example([Asks(REQUESTS[0], 1), Asks(REQUESTS[3], 3)], "common")
def test_it_gets_what_a_new_connection_gets(steps: list[Asks | Later | Resource], style: LogStyle) -> None:
    async def compare() -> None:
        entries, site = Entries(style), Guarded()
        bench = Bench(site, log=entries.log)
        peer = bench.connect()
        asked = 0
        for step in steps:
            match step:
                case Resource():
                    site.resources["/a"] = step
                case Later(seconds, sweeps=True):
                    bench.pass_time(seconds)
                case Later(seconds):
                    bench.clock.advance(seconds)
                case Asks(octets, times):
                    for _ in range(times):
                        peer = bench.connect() if peer.ended else peer
                        assert await answer(peer, octets) == await answer(bench.connect(), octets)
                        asked += 2
        lines = entries.lines()
        assert len(lines) == len(site.asked) == asked
        assert lines[::2] == lines[1::2]
        assert site.let_in == 2 * sum(step.times for step in steps if isinstance(step, Asks) and step.octets == LOGIN)

    asyncio.run(compare())


@pytest.mark.parametrize("times", [1, 2, 3])
@in_loop
async def test_a_server_that_stops_answers_nothing_more(times: int) -> None:
    bench = Bench(Guarded())
    peer = bench.connect()
    peer.send(*[GET] * times)
    assert peer.statuses() == [200] * times
    peer.connection.stop()
    peer.send(GET)
    assert peer.statuses() == [200] * times
    assert peer.is_closing()


@in_loop
async def test_what_is_asked_again_is_not_decided_again() -> None:
    """Else the property above would show nothing."""
    site = Guarded()
    one = site.resources["/a"] = page("one")
    peer = Bench(site).connect()
    peer.send(GET, GET)
    one.answers.clear()
    peer.send(GET)
    assert peer.statuses() == [200, 200, 200]
    assert not one.answers
