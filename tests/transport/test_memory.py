"""The transport in memory behaves like asyncio's own towards a protocol."""

from __future__ import annotations

import asyncio

from statuary.transport.memory import MemoryTransport


class Recorder(asyncio.Protocol):
    def __init__(self, *, keeps_open: bool = True) -> None:
        self.events: list[str] = []
        self.keeps_open = keeps_open

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.events.append("made")

    def data_received(self, data: bytes) -> None:
        self.events.append(f"received {data.decode()}")

    def eof_received(self) -> bool:
        self.events.append("eof")
        return self.keeps_open

    def pause_writing(self) -> None:
        self.events.append("pause")

    def resume_writing(self) -> None:
        self.events.append("resume")

    def connection_lost(self, exc: Exception | None) -> None:
        self.events.append("lost")


def test_octets_go_both_ways() -> None:
    protocol = Recorder()
    transport = MemoryTransport(protocol, peer="192.0.2.1")
    transport.receive(b"a")
    transport.write(b"b")
    transport.writelines([b"c", memoryview(b"d")])
    assert protocol.events == ["made", "received a"]
    assert transport.sent == b"bcd"
    assert transport.get_extra_info("peername")[0] == "192.0.2.1"
    assert transport.get_write_buffer_size() == 0


def test_back_pressure_is_felt_once_and_ends_once() -> None:
    protocol = Recorder()
    transport = MemoryTransport(protocol, high_water=3)
    transport.write(b"abc")
    assert protocol.events == ["made"]
    transport.write(b"d")
    transport.write(b"e")
    assert transport.get_write_buffer_size() == 5
    transport.drain()
    transport.drain()
    assert protocol.events == ["made", "pause", "resume"]
    assert transport.get_write_buffer_size() == 0


def test_the_peer_ends_its_side_and_the_protocol_says_what_then() -> None:
    staying, leaving = Recorder(), Recorder(keeps_open=False)
    transport = MemoryTransport(staying)
    transport.receive_eof()
    assert not transport.is_closing()
    MemoryTransport(leaving).receive_eof()
    assert leaving.events == ["made", "eof", "lost"]


def test_it_is_lost_once() -> None:
    protocol = Recorder()
    transport = MemoryTransport(protocol)
    assert transport.can_write_eof()
    transport.write_eof()
    assert (transport.ended, transport.is_closing()) == (True, False)
    transport.close()
    transport.close()
    transport.abort()
    assert (transport.closed, transport.aborted) == (True, True)
    assert protocol.events == ["made", "lost"]


def test_reading_can_be_paused() -> None:
    transport = MemoryTransport(Recorder())
    transport.pause_reading()
    assert not transport.is_reading()
    transport.resume_reading()
    assert transport.is_reading()
