"""The line: no host is asked too often, too much at once, or while it wants to be left alone."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary.link_editor.line import Line, host_of
from statuary.transport.clock import ManualClock


def uris(host: str, number: int) -> list[str]:
    return [f"http://{host}.example/{n}" for n in range(number)]


def line_of(clock: ManualClock, *lists: list[str], per_host: int = 2, interval: float = 0.0) -> Line:
    line = Line(per_host, interval, clock.tick)
    for one in lists:
        for uri in one:
            line.put(uri)
    return line


def taken(line: Line) -> list[str]:
    """All that may be asked for now."""
    found = []
    while (uri := line.take()) is not None:
        found.append(uri)
    return found


@pytest.mark.parametrize(
    ("uri", "host"),
    [
        ("http://a.example/x", "a.example"),
        ("https://a.example/x", "a.example"),  # one host, however it is asked
        ("http://a.example:80/", "a.example"),
        ("https://A.example:443/", "a.example"),
        ("http://a.example:443/", "a.example:443"),
        ("http://a.example:8080/", "a.example:8080"),
    ],
)
def test_hosts(uri: str, host: str) -> None:
    assert host_of(uri) == host


def test_so_many_of_a_host_and_no_more() -> None:
    line = line_of(ManualClock(), uris("a", 5), uris("b", 1))
    assert taken(line) == [*uris("a", 2), *uris("b", 1)]
    line.done(uris("a", 1)[0])
    assert taken(line) == [uris("a", 3)[2]]


def test_between_two_requests_to_a_host_time_passes() -> None:
    clock = ManualClock(100)
    line = line_of(clock, uris("a", 3), interval=0.5)
    assert taken(line) == uris("a", 1)
    assert line.due() == 0.5
    clock.advance(0.4)
    assert taken(line) == []
    clock.advance(0.2)
    assert taken(line) == [uris("a", 2)[1]]


def test_a_host_that_was_begun_with_goes_first() -> None:
    clock = ManualClock()
    line = line_of(clock, uris("a", 2), uris("b", 1), uris("c", 1), interval=1.0)
    assert line.take() == uris("a", 1)[0]
    line.done(uris("a", 1)[0])
    assert line.take() == uris("b", 1)[0]
    clock.advance(1.5)
    assert taken(line) == [uris("a", 2)[1], *uris("c", 1)]


def test_a_host_that_wants_to_be_left_alone_is() -> None:
    clock = ManualClock()
    line = line_of(clock, uris("a", 5), uris("b", 1))
    assert taken(line) == [*uris("a", 2), *uris("b", 1)]
    assert line.rest(uris("a", 1)[0], 30) == 30
    assert line.rest(uris("a", 1)[0], 10) == 30  # which is within it
    for uri in uris("a", 2):
        line.done(uri)
    assert taken(line) == []
    assert line.due() == 30
    clock.advance(31)
    # From now on one by one
    assert taken(line) == [uris("a", 3)[2]]
    assert line.rest(uris("a", 1)[0], 5) == 35


def test_what_is_drained_is_not_asked_for() -> None:
    clock = ManualClock()
    line = line_of(clock, uris("a", 3), uris("b", 2), interval=1.0)
    assert taken(line) == [*uris("a", 1), *uris("b", 1)]
    assert line.drain(uris("a", 1)[0]) == uris("a", 3)[1:]
    line.done(uris("b", 1)[0])
    assert line.due() == 1.0
    clock.advance(2)
    assert taken(line) == [uris("b", 2)[1]]
    assert line.due() is None


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=60),
    st.integers(1, 3),
    st.sampled_from([0.0, 0.5]),
    st.randoms(use_true_random=False),
)
def test_everything_is_asked_for_once_and_politely(
    hosts: list[tuple[str, bool]], per_host: int, interval: float, chance: Random
) -> None:
    clock = ManualClock()
    line = Line(per_host, interval, clock.tick)
    left = [f"http://{host}.example/{n}" for n, (host, _) in enumerate(hosts)]
    rests = {uri for uri, (_, rest) in zip(left, hosts, strict=True) if rest}
    seen: list[str] = []
    running: list[str] = []
    last: dict[str, float] = {}
    resting: dict[str, float] = {}
    for one in left:
        line.put(one)
    while len(seen) < len(left) or running:
        while (uri := line.take()) is not None:
            host = host_of(uri)
            assert clock.tick() >= last.get(host, -1.0) + interval
            assert clock.tick() >= resting.get(host, 0.0)
            last[host] = clock.tick()
            seen.append(uri)
            running.append(uri)
            assert max(Counter(map(host_of, running)).values()) <= per_host
        if running:
            uri = running.pop(chance.randrange(len(running)))
            if uri in rests:
                line.rest(uri, 3)
                resting[host_of(uri)] = max(resting.get(host_of(uri), 0.0), clock.tick() + 3)
            line.done(uri)
        else:
            due = line.due()
            assert due is not None
            clock.advance(due)
    assert sorted(seen) == sorted(left)
    assert line.due() is None
