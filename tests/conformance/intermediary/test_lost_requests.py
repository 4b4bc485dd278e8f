"""A request that is lost on a connection to the upstream which has just ended shows nothing, unless it happens again."""

from __future__ import annotations

import asyncio

import pytest
from tests.conformance.intermediary.relay import Relay

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
REFUSAL = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Losing(Relay):
    """Answers 502 on so many connections, and relays on those that follow."""

    losses = 0

    async def _accept(self, incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
        if self.losses:
            self.losses -= 1
            self._ends.append(outgoing)
            await incoming.readuntil(b"\r\n\r\n")
            outgoing.write(REFUSAL)
            outgoing.close()
            return
        await super()._accept(incoming, outgoing)


def verdict(losses: int) -> str:
    async def session() -> str:
        upstream = ScriptedUpstream()
        await upstream.open()
        relay = Losing(upstream)
        relay.losses = losses
        await relay.open()
        host = f"127.0.0.1:{relay.port}"
        setting = Setting("gateway", SocketPeer("127.0.0.1", relay.port), host, upstream, Bounds(2.0, 10.0), {})
        scenarios = read_scenarios(TEXT, "test")
        try:
            run = IntermediaryRun(setting, Known("relay", f"http://{host}/"), Plan(scenarios))
            return (await run.result(scenarios[0])).verdict
        finally:
            await relay.close()
            await upstream.close()

    return asyncio.run(session())


@pytest.mark.parametrize(("losses", "expected"), [(0, "pass"), (1, "pass"), (2, "pass"), (100, "fail")])
def test_what_is_lost_is_played_again(losses: int, expected: str) -> None:
    assert verdict(losses) == expected
