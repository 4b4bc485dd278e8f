"""Connections over sockets: every play gives back those it opened. Those that are left warn, which fails a test."""

from __future__ import annotations

import asyncio
import gc
from urllib.parse import urlsplit

import pytest

from statuary.conformance.channel import SocketPeer
from statuary.conformance.exchanging import Baseline, Bounds
from statuary.conformance.player import play
from statuary.conformance.requests import compose
from statuary.conformance.scenario_files import read_scenarios

from .scripted import Script, scripted

FACTS = {"host": "a.test", "file": "/f", "scheme": "http"}
BASELINE = Baseline(compose("GET /f | Connection: close", FACTS), "200")
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
TWICE = """
[[scenario]]
id = "t.twice"
title = "the same connection, which was closed"
shows = ["rfc9110-15.3.1-1"]
steps = [{ send = "GET {file}", answers = [200] }, { send = "GET {file}", answers = [{ status = 200, why = "w" }] }]
"""


async def verdict(script: Script) -> str:
    async with scripted(script) as url:
        at = urlsplit(url)
        assert at.hostname is not None
        assert at.port is not None
        (scenario,) = read_scenarios(TWICE, "t")
        played = await play(scenario, SocketPeer(at.hostname, at.port), FACTS, BASELINE, Bounds(0.2, 1.0))
        return played.result.verdict


@pytest.mark.parametrize(("answer", "expected"), [(OK, "pass"), (None, "inconclusive"), (b"", "inconclusive")])
def test_a_play_closes_what_it_opened(answer: bytes | None, expected: str) -> None:
    assert asyncio.run(verdict(lambda head: answer)) == expected
    gc.collect()


def test_a_cancelled_play_closes_what_it_opened() -> None:
    async def cancelled() -> None:
        asked = asyncio.Event()

        def script(head: bytes) -> None:
            asked.set()

        playing = asyncio.create_task(verdict(script))
        await asked.wait()
        playing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await playing

    asyncio.run(cancelled())
    gc.collect()
