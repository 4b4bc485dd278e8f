"""Which server of a gateway is asked: ticks are given, so that nothing waits."""

from __future__ import annotations

from statuary.intermediary.next_hops import NextHop, Upstreams, upstreams
from statuary.message.fields import Fields
from statuary.message.request import Request
from statuary.semantics.forwarding import Hop

REQUEST = Request("GET", "/", Fields(()), authority="example.org")


def of(*urls: str) -> Upstreams:
    hop = Hop("gateway", "gateway.test", next_hop="http://a")
    return upstreams(urls, hop, most_failures=3, down_seconds=1, most_down_seconds=10)


def names(servers: Upstreams, tick: float, times: int = 4) -> set[str]:
    """Whom that many requests would go to."""
    chosen = [servers.choose(REQUEST, (), tick) for _ in range(times)]
    return {one.name for one in chosen if one is not None}


def fail(servers: Upstreams, which: NextHop, tick: float, times: int = 3) -> None:
    for _ in range(times):
        servers.failed(which, "connection_refused", tick)


def test_in_turn_among_equals_and_the_one_with_the_least_to_do() -> None:
    servers = of("http://a:1", "http://b:2")
    assert names(servers, 0) == {"a:1", "b:2"}
    servers.all[0].active = 1
    assert names(servers, 0) == {"b:2"}


def test_who_fails_three_times_in_a_row_is_left_out_and_longer_each_time() -> None:
    servers = of("http://a:1", "http://b:2")
    first = servers.all[0]
    fail(servers, first, 0, times=2)
    assert names(servers, 0) == {"a:1", "b:2"}
    tick, lengths = 0.0, []
    for _ in range(6):
        fail(servers, first, tick, times=1)
        assert names(servers, tick) == {"b:2"}
        lengths.append(first.down_until - tick)
        tick = first.down_until
        assert names(servers, tick) == {"a:1", "b:2"}
    assert lengths == [1, 2, 4, 8, 10, 10]
    servers.succeeded(first, (1, 1))
    fail(servers, first, tick)
    assert first.down_until - tick == 1


def test_requests_that_fail_with_it_are_the_same_failure() -> None:
    servers = of("http://a:1", "http://b:2")
    fail(servers, servers.all[0], 0, times=300)
    assert servers.all[0].down_until == 1


def test_who_answers_is_there_again() -> None:
    servers = of("http://a:1", "http://b:2")
    fail(servers, servers.all[0], 0)
    servers.succeeded(servers.all[0], (1, 0))
    assert names(servers, 0) == {"a:1", "b:2"}
    # Remembered: it reads no chunks
    assert servers.all[0].hop.next_version == (1, 0)


def test_when_all_are_left_out() -> None:
    servers = of("http://a:1", "http://b:2")
    for one in servers.all:
        fail(servers, one, 0.5)
    assert servers.choose(REQUEST, (), 0.6) is None
    assert servers.seconds_down(0.6) == 1
    assert not servers.has_alternative(servers.all[:1], 0.6)
    assert servers.choose(REQUEST, (), 1.5) is not None


def test_what_says_nothing_of_the_server_is_not_counted() -> None:
    servers = of("http://a:1", "http://b:2")
    for _ in range(9):
        servers.failed(servers.all[0], "http_protocol_error", 0)
    assert names(servers, 0) == {"a:1", "b:2"}


def test_another_is_tried_and_the_same_where_there_is_no_other() -> None:
    servers = of("http://a:1", "http://b:2")
    first, second = servers.all
    assert servers.choose(REQUEST, [first], 0) is second
    alone = of("http://a:1")
    assert alone.choose(REQUEST, alone.all, 0) is alone.all[0]
    fail(alone, alone.all[0], 0)
    assert names(alone, 0) == {"a:1"}
