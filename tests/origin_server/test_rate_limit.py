"""Requests in a time, for each peer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary.origin_server.rate_limit import RateLimit, network_of


def test_so_many_in_so_many_seconds() -> None:
    limit = RateLimit(2, 10)
    assert [limit.take("a", now) for now in (100, 104, 105, 109)] == [None, None, 5, 1]
    # What was refused does not count, and the time is over
    assert [limit.take("a", now) for now in (110, 110, 110)] == [None, None, 10]


def test_each_peer_has_its_own() -> None:
    limit = RateLimit(1, 10)
    assert [limit.take(peer, 100) for peer in ("a", "b", "a", "b", None, None)] == [None, None, 10, 10, None, 10]


def test_a_clock_set_back_shuts_nobody_out() -> None:
    limit = RateLimit(1, 10)
    assert [limit.take("a", now) for now in (10_000, 100)] == [None, None]


def test_memory_is_bounded_by_forgetting_who_came_first() -> None:
    limit = RateLimit(1, 10, most_peers=3)
    assert [limit.take(peer, 100) for peer in "abcd"] == [None] * 4
    assert limit.take("d", 100) == 10
    assert limit.take("a", 100) is None


@pytest.mark.parametrize(
    ("peer", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::"),
        ("2001:db8:0:0:ffff::2", "2001:db8::"),
        ("2001:db8:0:1::1", "2001:db8:0:1::"),
        ("fe80::1%eth0", "fe80::"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("-", "-"),
        (None, "-"),
    ],
)
def test_a_network_counts_as_one(peer: str | None, network: str) -> None:
    assert network_of(peer) == network


@given(
    st.integers(1, 5),
    st.integers(1, 5),
    st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 3)), max_size=40),
)
def test_never_more_than_twice_as_many_in_any_such_time(
    requests: int, seconds: int, steps: list[tuple[str, int]]
) -> None:
    limit = RateLimit(requests, seconds)
    now, taken = 0, []
    for peer, later in steps:
        now += later
        wait = limit.take(peer, now)
        assert wait is None or 1 <= wait <= seconds
        if wait is None:
            taken.append((peer, now))
            recent = [then for who, then in taken if who == peer and then > now - seconds]
            # A window begins with a request: two of them meet at most
            assert len(recent) <= 2 * requests
