"""A subject that is silent may be busy with other plays: what is said of it has to be found again when those are over."""

from __future__ import annotations

import asyncio

import pytest
from tests.conformance.intermediary.relay import Change, Relay

from statuary.conformance.channel import SocketPeer
from statuary.conformance.exchanging import Bounds
from statuary.conformance.intermediary.playing import Setting
from statuary.conformance.intermediary.run import IntermediaryRun, Plan
from statuary.conformance.intermediary.scenario_files import read_scenarios
from statuary.conformance.intermediary.upstream import ScriptedUpstream
from statuary.conformance.run import Known

TEXT = """
[[scenario]]
id = "topic.name"
title = "A plain GET"
send = "GET /a"
serve = "200 || fine"
outcomes = [{ answer = 200, why = "It came through" }]
otherwise = "rfc9110-15-1"
"""


def swallowing(count: int, *, what: bytes = b"") -> Change:
    """Lets nothing through so many times, of octets that have that in them."""
    left = [count]

    def change(octets: bytes) -> bytes:
        left[0] -= what in octets
        return b"" if left[0] >= 0 and what in octets else octets

    return change


def verdict(onward: Change) -> str:
    async def session() -> str:
        upstream = ScriptedUpstream()
        await upstream.open()
        relay = Relay(upstream, onward)
        await relay.open()
        host = f"127.0.0.1:{relay.port}"
        setting = Setting("gateway", SocketPeer("127.0.0.1", relay.port), host, upstream, Bounds(1.0, 10.0), {})
        try:
            run = IntermediaryRun(setting, Known("relay", f"http://{host}/"), Plan(read_scenarios(TEXT, "test")))
            (result,) = await run.play_all(lambda *_: None)
            return result.verdict
        finally:
            await relay.close()
            await upstream.close()

    return asyncio.run(session())


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (0, "pass"),
        (1, "pass"),  # two more plays show something else
        (2, "inconclusive"),  # so does the one when all others are over
        (100, "fail"),
    ],
)
def test_silence_has_to_be_found_again(times: int, expected: str) -> None:
    assert verdict(swallowing(times, what=b"/a HTTP")) == expected


def test_nothing_follows_from_the_silence_of_who_answers_nothing_at_all() -> None:
    assert verdict(swallowing(100)) == "inconclusive"
