"""The server around its connections: listening, the clock, sweeping, and serving over sockets."""

from __future__ import annotations

import asyncio
import logging
import socket

import pytest

from statuary.origin_server.server import OriginServer, listen
from statuary.origin_server.settings import Settings
from statuary.transport.clock import ManualClock

from .connected import DATE, NOW, WRITABLE, Bench, Table, in_loop, page


@in_loop
async def test_the_date_goes_with_the_clock() -> None:
    bench = Bench(Table(a=page()))
    peer = bench.connect()
    peer.ask("GET /a")
    bench.clock.advance(1)
    peer.ask("GET /a")
    first, second = peer.responses()
    assert first.fields["date"] == DATE
    assert second.fields["date"] == "Sun, 06 Nov 1994 08:49:38 GMT"
    assert OriginServer(Table(), clock=ManualClock(NOW)).date_line == f"Date: {DATE}\r\n".encode()


@in_loop
async def test_a_sweep_looks_at_every_connection() -> None:
    bench = Bench(Table(), Settings(idle_timeout=10))
    peers = [bench.connect() for _ in range(5)]
    bench.pass_time(11)
    assert all(peer.closed for peer in peers)
    assert not bench.server.connections


def test_listening_on_any_free_port_of_all_addresses() -> None:
    sockets = listen("localhost", 0)
    try:
        assert len({listening.getsockname()[1] for listening in sockets}) == 1
        assert all(listening.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN) for listening in sockets)
        with pytest.raises(OSError, match="in use"):
            listen("localhost", sockets[0].getsockname()[1])
    finally:
        for listening in sockets:
            listening.close()


class Opening(Table):
    def __init__(self) -> None:
        super().__init__(a=page("hello"), b=WRITABLE)
        self.events: list[str] = []
        self.closed = asyncio.Event()

    async def open(self) -> None:
        self.events.append("open")

    async def close(self) -> None:
        self.events.append("close")
        self.closed.set()


@in_loop
async def test_it_serves_until_it_is_told_to_stop() -> None:
    site = Opening()
    server = OriginServer(site)
    sockets = listen("127.0.0.1", 0)
    address = sockets[0].getsockname()[:2]
    stop = asyncio.Event()
    serving = asyncio.create_task(server.serve(sockets, stop))
    reader, writer = await asyncio.open_connection(*address)
    writer.write(b"GET /a HTTP/1.1\r\nHost: a\r\n\r\n")
    assert (await reader.readuntil(b"hello")).startswith(b"HTTP/1.1 200 OK\r\n")
    assert site.events == ["open"]
    stop.set()
    assert await reader.read() == b""
    await serving
    assert site.events == ["open", "close"]
    writer.close()
    with pytest.raises(OSError):  # noqa: PT011 - refused
        await asyncio.open_connection(*address)


@in_loop
async def test_a_site_stays_as_long_as_an_exchange_needs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("statuary.origin_server.server.SWEEP", 0)
    before, after = Opening(), Opening()
    server = OriginServer(before)
    sockets = listen("127.0.0.1", 0)
    address = sockets[0].getsockname()[:2]
    stop = asyncio.Event()
    serving = asyncio.create_task(server.serve(sockets, stop))
    reader, writer = await asyncio.open_connection(*address)
    writer.write(b"PUT /b HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
    await reader.readuntil(b"\r\n\r\n")
    await server.renew(after, "Renewed")
    other_reader, other_writer = await asyncio.open_connection(*address)
    for _ in range(10):
        other_writer.write(b"GET /a HTTP/1.1\r\nHost: a\r\n\r\n")
        assert b"\r\nServer: Renewed\r\n" in await other_reader.readuntil(b"hello")
    assert (before.events, after.events) == (["open"], ["open"])
    writer.write(b"last")
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 204 ")
    async with asyncio.timeout(180):
        await before.closed.wait()
    assert (before.stored, before.asked, set(after.asked)) == ([b"last"], ["/b"], {"/a"})
    stop.set()
    await serving
    assert (before.events, after.events) == (["open", "close"], ["open", "close"])
    for one in (writer, other_writer):
        one.close()


class Unopened(Opening):
    async def open(self) -> None:
        raise OSError("it can't be opened")


@in_loop
async def test_a_site_that_can_not_be_opened_takes_no_other_s_place() -> None:
    site = Opening()
    server = OriginServer(site)
    with pytest.raises(OSError, match="can't be opened"):
        await server.renew(Unopened(), "Renewed")
    assert server.site is site
    assert b"Server" not in server.date_line


@in_loop
async def test_one_sweep_that_fails_is_not_the_last(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Failing(OriginServer):
        sweeps = 0

        def sweep(self) -> None:
            self.sweeps += 1
            if self.sweeps == 3:
                done.set()
            raise RuntimeError("a sweep")

    monkeypatch.setattr("statuary.origin_server.server.SWEEP", 0)
    done, stop = asyncio.Event(), asyncio.Event()
    serving = asyncio.create_task(Failing(Table()).serve([], stop))
    async with asyncio.timeout(180):
        await done.wait()
    stop.set()
    await serving
    assert {(record.name, record.levelno) for record in caplog.records} == {("statuary", logging.ERROR)}
