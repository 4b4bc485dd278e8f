"""A run against intermediaries that do known things: what has to be known before anything is played."""

from __future__ import annotations

import asyncio

import pytest
from tests.conformance.intermediary.relay import Relay

from statuary.conformance.channel import SocketPeer
from statuary.conformance.exchanging import Bounds
from statuary.conformance.intermediary.playing import Setting
from statuary.conformance.intermediary.run import CannotCheck, IntermediaryRun, Plan
from statuary.conformance.intermediary.scenario import Role
from statuary.conformance.intermediary.upstream import ScriptedUpstream
from statuary.conformance.run import Known

CREDENTIALS = "Basic YWxpY2U6d29uZGVybGFuZA=="


def only_with_credentials(octets: bytes) -> bytes:
    return octets if CREDENTIALS.encode() in octets else b""


def proven(**told: str) -> None:
    """Raises CannotCheck where a proxy that wants credentials passes no request on."""

    async def session() -> None:
        upstream = ScriptedUpstream()
        await upstream.open()
        relay = Relay(upstream, only_with_credentials)
        await relay.open()
        host = f"127.0.0.1:{relay.port}"
        setting = Setting("proxy", SocketPeer("127.0.0.1", relay.port), host, upstream, Bounds(0.5, 10.0), {})
        try:
            await IntermediaryRun(setting, Known("relay", f"http://{host}/", told=told), Plan(())).prove()
        finally:
            await relay.close()
            await upstream.close()

    asyncio.run(session())


def test_credentials_that_are_told_are_shown_from_the_first_request_on() -> None:
    proven(credentials=CREDENTIALS)


@pytest.mark.parametrize(
    ("role", "text", "octets"),
    [
        (
            "proxy",
            "GET {to}/a HTTP/1.1\r\nX: y\r\n\r\na\r\n\r\n",
            b"\r\nX: y\r\nProxy-Authorization: B\r\n\r\na\r\n\r\n",
        ),
        ("proxy", "\r\nGET {to} HTTP/1.1\r\n\r\n", b" HTTP/1.1\r\nProxy-Authorization: B\r\n\r\n"),
        ("proxy", "GET {path}/a HTTP/1.1\r\n\r\n", b"GET /p-1/a HTTP/1.1\r\n\r\n"),  # in a tunnel
        ("proxy", "hello", b"hello"),
        ("gateway", "GET {to}/a HTTP/1.1\r\n\r\n", b"GET /p-1/a HTTP/1.1\r\n\r\n"),
    ],
)
def test_credentials_are_shown_in_octets_too(role: Role, text: str, octets: bytes) -> None:
    setting = Setting(
        role, SocketPeer("127.0.0.1", 1), "127.0.0.1:1", ScriptedUpstream(), Bounds(), {"credentials": "B"}
    )
    assert setting.piece(text, setting.facts_of("p-1")).endswith(octets)


@pytest.mark.parametrize("told", [{}, {"credentials": ""}])
def test_without_them_there_is_no_check(told: dict[str, str]) -> None:
    with pytest.raises(CannotCheck, match="does not come through"):
        proven(**told)
