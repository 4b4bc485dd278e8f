"""WebSocket echo over a transport in memory, against the client side of wsproto."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsproto.connection import Connection, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Event, Ping, Pong, TextMessage
from wsproto.frame_protocol import CloseReason

from statuary.origin_server.configuration import ConfigurationError, parse_configuration
from statuary.origin_server.server import OriginServer
from statuary.origin_server.websocket_echo import CLOSE_TIMEOUT, MOST_UNSENT, WebSocketEcho
from statuary.transport.clock import ManualClock
from statuary.transport.memory import MemoryTransport

from .configured import NOW, configured

HANDSHAKE = (
    b"GET /ws HTTP/1.1\r\nHost: example.org\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
TOML = '[[upgrade]]\npath = "/ws"\n'


class Timer:
    def __init__(self, when: float, callback: Callable[[], object]) -> None:
        self.when = when
        self.callback = callback
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class ManualTimers:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.waiting: list[Timer] = []

    def time(self) -> float:
        return self.seconds

    def call_later(self, delay: float, callback: Callable[[], object], /) -> Timer:
        self.waiting.append(Timer(self.seconds + delay, callback))
        return self.waiting[-1]

    def advance(self, seconds: float) -> None:
        self.seconds += seconds
        while due := [timer for timer in self.waiting if timer.when <= self.seconds]:
            for timer in due:
                self.waiting.remove(timer)
                if not timer.cancelled:
                    timer.callback()


class Nobody(asyncio.Protocol):
    """In the place of the connection of which the echo has taken over the transport."""


class Peer:
    """A client that talks to the echo directly."""

    def __init__(self, *, most_octets: int = 100, high_water: int | None = None) -> None:
        self.timers = ManualTimers()
        self.transport = MemoryTransport(Nobody(), high_water=high_water)
        self.echo = WebSocketEcho(self.transport, most_octets=most_octets, idle_timeout=60, timers=self.timers)
        self._client = Connection(ConnectionType.CLIENT)
        self._read = 0

    def send(self, *events: Event) -> list[Event]:
        return self.send_octets(b"".join(self._client.send(event) for event in events))

    def send_octets(self, octets: bytes) -> list[Event]:
        self.echo.data_received(octets)
        return self.received()

    def received(self) -> list[Event]:
        """What has come since; one message each, though it may have come in several frames."""
        self._client.receive_data(bytes(self.transport.sent[self._read :]))
        self._read = len(self.transport.sent)
        return list(self._client.events())


def codes(events: list[Event]) -> list[int]:
    return [int(event.code) for event in events if isinstance(event, CloseConnection)]


@pytest.mark.parametrize("event", [TextMessage("héllo"), TextMessage(""), BytesMessage(b"\x00\xff"), BytesMessage(b"")])
def test_what_is_sent_comes_back(event: TextMessage | BytesMessage) -> None:
    [echoed] = Peer().send(event)
    assert type(echoed) is type(event)
    assert isinstance(echoed, TextMessage | BytesMessage)
    assert (echoed.data, echoed.message_finished) == (event.data, True)


def test_a_message_in_fragments_comes_back_whole() -> None:
    peer = Peer()
    assert peer.send(TextMessage("a", message_finished=False), Ping(b"p")) == [Pong(b"p")]
    assert peer.send(TextMessage("", message_finished=False)) == []
    assert peer.send(TextMessage("b")) == [TextMessage("ab")]


def test_messages_come_back_octet_by_octet_too() -> None:
    peer = Peer()
    octets = Connection(ConnectionType.CLIENT).send(BytesMessage(b"hello"))
    events = [event for octet in octets for event in peer.send_octets(bytes([octet]))]
    assert events == [BytesMessage(b"hello")]


def test_a_ping_is_answered() -> None:
    assert Peer().send(Ping(b"x"), Ping(b"")) == [Pong(b"x"), Pong(b"")]


def test_the_close_handshake() -> None:
    peer = Peer()
    assert codes(peer.send(CloseConnection(1000, "bye"))) == [1000]
    assert peer.transport.closed
    # Whatever comes after it is not looked at
    sent = len(peer.transport.sent)
    peer.echo.data_received(b"garbage")
    assert len(peer.transport.sent) == sent


@pytest.mark.parametrize(
    "events",
    [
        [BytesMessage(b"x" * 101)],
        [TextMessage("é" * 51)],
        [BytesMessage(b"x" * 60, message_finished=False), BytesMessage(b"x" * 60)],
    ],
)
def test_a_message_that_is_too_large_ends_it(events: list[Event]) -> None:
    peer = Peer()
    assert codes(peer.send(*events)) == [CloseReason.MESSAGE_TOO_BIG]
    assert not peer.transport.closed, "the peer has time to read why"
    peer.timers.advance(CLOSE_TIMEOUT)
    assert peer.transport.aborted


@pytest.mark.parametrize(
    ("octets", "code"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", 1002),  # reserved bits
        (b"\x81\x01x", 1002),  # no mask
        (b"\x83\x80\x00\x00\x00\x00", 1002),  # an unknown opcode
        (b"\x80\x80\x00\x00\x00\x00", 1002),  # a continuation of nothing
        (b"\x09\x80\x00\x00\x00\x00", 1002),  # a ping in fragments
        (b"\x81\x81\x00\x00\x00\x00\xff", 1007),  # no UTF-8
    ],
)
def test_what_is_no_frame_ends_it(octets: bytes, code: int) -> None:
    peer = Peer()
    assert codes(peer.send_octets(octets)) == [code]
    assert peer.send_octets(b"more") == []
    peer.timers.advance(CLOSE_TIMEOUT)
    assert peer.transport.aborted


@given(st.lists(st.binary(max_size=20), max_size=5))
def test_any_octets_are_frames_or_end_it(pieces: list[bytes]) -> None:
    peer = Peer()
    for piece in pieces:
        peer.echo.data_received(piece)


def test_silence_ends_it() -> None:
    peer = Peer()
    peer.timers.advance(59)
    assert peer.send(Ping(b"")) == [Pong(b"")]
    peer.timers.advance(59)
    assert not peer.received()
    peer.timers.advance(1)
    assert codes(peer.received()) == [CloseReason.GOING_AWAY]
    peer.timers.advance(CLOSE_TIMEOUT)
    assert peer.transport.aborted


def test_a_lost_connection_leaves_no_timer() -> None:
    peer = Peer()
    peer.echo.connection_lost()
    assert all(timer.cancelled for timer in peer.timers.waiting)
    peer.echo.data_received(b"late")
    assert not peer.transport.sent


def test_who_does_not_read_is_not_read_from() -> None:
    peer = Peer(most_octets=MOST_UNSENT, high_water=MOST_UNSENT)
    peer.send(BytesMessage(b"x" * MOST_UNSENT))
    peer.send(BytesMessage(b"x"))
    assert not peer.transport.reading
    peer.timers.advance(1)
    assert not peer.transport.reading
    peer.transport.drain()
    peer.timers.advance(1)
    assert peer.transport.reading


def test_nothing_is_resumed_once_it_has_ended() -> None:
    peer = Peer(most_octets=MOST_UNSENT, high_water=MOST_UNSENT)
    peer.send(BytesMessage(b"x" * MOST_UNSENT))
    peer.transport.close()
    peer.timers.advance(1)
    assert not peer.transport.reading


def test_from_the_handshake_on_over_a_connection(tmp_path: Path) -> None:
    site = configured(tmp_path, TOML)
    client = Connection(ConnectionType.CLIENT)

    async def talk() -> MemoryTransport:
        transport = MemoryTransport(OriginServer(site, clock=ManualClock(NOW)).connect())
        # The first frame comes along with the handshake
        transport.receive(HANDSHAKE + client.send(TextMessage("hello")))
        transport.receive(client.send(BytesMessage(b"again")))
        transport.receive(client.send(CloseConnection(1000)))
        return transport

    transport = asyncio.run(talk())
    head, _, frames = bytes(transport.sent).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 101 Switching Protocols\r\n")
    assert b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in head
    client.receive_data(frames)
    events = list(client.events())
    assert events[:2] == [TextMessage("hello"), BytesMessage(b"again")]
    assert codes(events) == [1000]
    assert transport.closed


def test_an_upgrade_needs_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("statuary.origin_server.configuration.find_spec", lambda name: None)
    with pytest.raises(ConfigurationError, match=r"pip install 'statuary\[websocket\]'"):
        parse_configuration(TOML)
