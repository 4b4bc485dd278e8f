"""Clocks: one that goes by itself, and one that does not."""

from __future__ import annotations

from statuary.transport.clock import Clock, ManualClock, SystemClock


def test_a_manual_clock_goes_when_told() -> None:
    clock = ManualClock(10)
    assert (clock.now(), clock.tick()) == (10, 10)
    clock.advance(2.5)
    assert (clock.now(), clock.tick()) == (12.5, 12.5)


def test_the_system_clock_never_ticks_backwards() -> None:
    clock: Clock = SystemClock()
    first = clock.tick()
    assert clock.tick() >= first
    assert clock.now() > 0
