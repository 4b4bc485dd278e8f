"""One connection, in memory: which requests are answered, in what order and when, and how the connection ends."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import socket
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path

import pytest

from statuary.message.fields import FieldLine
from statuary.message.request import Request
from statuary.origin_server.settings import Settings
from statuary.origin_server.site import RequestContent, Switched
from statuary.origin_server.sources import File, Stream, identity_of
from statuary.semantics.authentication import Authenticated
from statuary.semantics.decision.outcome import Conflict, Created, Done, Outcome
from statuary.semantics.resource import Access, ContentRules, Representation, Resource, Upgrade, User
from statuary.wire.limits import WireLimits

from .connected import DATE, NOW, WRITABLE, Bench, Entries, Peer, Received, Table, in_loop, page, request, sourced

GET = request("GET /a")
CHUNKED = "Transfer-Encoding: chunked"


def bench(settings: Settings | None = None, **resources: Resource) -> tuple[Bench, Table]:
    site = Table(**{"a": page("a"), "b": page("bb"), "c": WRITABLE, **resources})
    return Bench(site, settings or Settings()), site


# Persistence, RFC 9112 section 9.3


@pytest.mark.parametrize(
    ("version", "fields", "option"),
    [
        ("1.1", (), None),
        ("1.1", ("Connection: keep-alive",), None),
        ("1.1", ("Connection: close",), "close"),
        ("1.1", ("Connection: Close",), "close"),
        ("1.1", ("Connection: keep-alive, close",), "close"),
        ("1.1", ("Connection: a", "Connection: close"), "close"),
        ("1.1", ("Connection: ?!",), "close"),  # what it wants can't be told
        ("1.2", (), None),
        ("1.0", (), "close"),
        ("1.0", ("Connection: keep-alive",), "keep-alive"),
        ("1.0", ("Connection: Keep-Alive",), "keep-alive"),
        ("1.0", ("Connection: keep-alive, close",), "close"),
    ],
)
@in_loop
async def test_a_connection_persists_or_says_that_it_does_not(
    version: str, fields: tuple[str, ...], option: str | None
) -> None:
    peer = bench()[0].connect()
    peer.ask(f"GET /a HTTP/{version}", *fields)
    (response,) = peer.responses()
    assert response.fields.get("connection") == option
    assert peer.ended == (option == "close")
    peer.send(GET)
    # rfc9112-9.6-8: nothing further is processed once close was said
    assert peer.statuses() == ([200] if option == "close" else [200, 200])


@in_loop
async def test_date_is_that_of_the_answer_not_of_the_request() -> None:
    """rfc9110-8.8.2.1-3: what a change took its time for is not modified later than Date."""
    made, site = bench()

    async def slowly(request: Request, content: RequestContent) -> Outcome:
        made.clock.advance(2)
        return Done()

    site.performs = slowly
    peer = made.connect()
    peer.ask("PUT /c", content=b"new")
    await peer.settle()
    (response,) = peer.responses()
    assert response.fields["date"] == "Sun, 06 Nov 1994 08:49:39 GMT"


@in_loop
async def test_the_fields_of_every_response() -> None:
    peer = bench()[0].connect()
    peer.ask("GET /a")
    peer.ask("GET /none")
    for response in peer.responses():
        assert response.fields["date"] == DATE
        assert "server" not in response.fields


@in_loop
async def test_the_server_names_itself_only_if_told_to() -> None:
    peer = bench(Settings(server_name="Statuary"))[0].connect()
    peer.ask("GET /a")
    assert peer.responses()[0].fields["server"] == "Statuary"


@in_loop
async def test_it_lingers_until_the_peer_closes() -> None:
    """So that the last response is not lost to a reset: rfc9112-9.6-s1."""
    serving, _ = bench()
    peer = serving.connect()
    peer.ask("GET /a", "Connection: close")
    assert (peer.ended, peer.closed) == (True, False)
    peer.receive_eof()
    assert peer.closed
    assert not peer.aborted
    assert not serving.server.connections


@in_loop
async def test_it_lingers_for_a_bounded_time_and_amount() -> None:
    serving, _ = bench(Settings(linger_timeout=2, most_discarded=100))
    quiet, talking = serving.connect(), serving.connect()
    for peer in (quiet, talking):
        peer.ask("GET /a", "Connection: close")
    talking.send(b"x" * 60)
    assert not talking.closed
    talking.send(b"x" * 60)
    assert talking.aborted
    serving.pass_time(1.5)
    assert not quiet.closed
    serving.pass_time(1)
    assert quiet.aborted


# Pipelining, RFC 9112 section 9.3.2


@in_loop
async def test_requests_are_answered_in_order() -> None:
    peer = bench()[0].connect()
    peer.send(b"".join(request(f"GET /{name}") for name in "abab"))
    assert [response.content for response in peer.responses()] == [b"a", b"bb", b"a", b"bb"]


@in_loop
async def test_requests_wait_for_the_one_ahead_that_takes_longer() -> None:
    serving, site = bench()
    go_on = asyncio.Event()

    async def slow(_: Request, content: RequestContent) -> Outcome:
        site.stored.append(await content.read())
        await go_on.wait()
        return Created()

    site.performs = slow
    peer = serving.connect()
    peer.send(GET + request("PUT /c", content=b"new") + request("GET /b") + request("HEAD /a"))
    await peer.settle()
    assert peer.statuses() == [200]
    peer.send(request("GET /none"))
    await peer.settle()
    assert site.asked == ["/a", "/c"]
    go_on.set()
    await peer.settle()
    assert peer.statuses("GET", "PUT", "GET", "HEAD") == [200, 201, 200, 200, 404]
    assert site.stored == [b"new"]


@in_loop
async def test_a_site_may_take_its_time_to_say_what_is_there() -> None:
    class Slow(Table):
        def resource(self, request: Request, now: int) -> Resource | Awaitable[Resource]:
            async def coming() -> Resource:
                await asyncio.sleep(0)
                found = Table.resource(self, request, now)
                assert isinstance(found, Resource)
                return found

            return coming()

    site = Slow(a=page("a"), c=WRITABLE)
    peer = Bench(site).connect()
    peer.send(GET + request("PUT /c", content=b"x") + request("GET /none") + GET)
    await peer.settle()
    assert peer.statuses() == [200, 204, 404, 200]
    peer.send(request("GET /a", "Connection: close"))
    await peer.settle()
    assert peer.ended


@in_loop
async def test_nothing_after_close_is_processed() -> None:
    # rfc9112-9.6-6
    serving, site = bench()
    peer = serving.connect()
    peer.send(GET + request("GET /b", "Connection: close") + request("PUT /c", content=b"x"))
    await peer.settle()
    assert peer.statuses() == [200, 200]
    assert site.asked == ["/a", "/b"]


# Back pressure


@in_loop
async def test_the_pipeline_stops_while_the_peer_does_not_read() -> None:
    serving, site = bench(Settings(most_unsent=100))
    peer = serving.connect(high_water=1000)
    peer.send(GET * 200)
    answered = len(site.asked)
    assert 0 < answered < 20
    for _ in range(200):
        if len(site.asked) == 200:
            break
        peer.drain()
    assert len(peer.responses()) == 200


@in_loop
async def test_reading_stops_as_well_once_enough_is_waiting() -> None:
    settings = Settings(most_unsent=100, wire=WireLimits(field_section=1000))
    peer = bench(settings)[0].connect(high_water=1000)
    while peer.reading:
        peer.send(GET * 20)
        assert len(peer.sent) < 10_000
    while len(peer.responses()) % 20 or not peer.reading:
        peer.drain()
    peer.send(GET)
    assert all(response.status == 200 for response in peer.responses())


@in_loop
async def test_reading_stops_while_the_site_works_and_goes_on_after() -> None:
    serving, site = bench(Settings(wire=WireLimits(field_section=1000)))
    go_on = asyncio.Event()

    async def slow(_: Request, content: RequestContent) -> Outcome:
        await go_on.wait()
        site.stored.append(await content.read())
        return Done()

    site.performs = slow
    peer = serving.connect()
    peer.send(request("PUT /c", f"Content-Length: {5000}"))
    await peer.settle()
    while peer.reading:
        peer.send(b"x" * 500)
    go_on.set()
    await peer.settle()
    assert peer.reading
    peer.send(b"x" * 3500)
    await peer.settle()
    assert peer.statuses() == [204]
    assert site.stored == [b"x" * 5000]


@in_loop
async def test_a_long_response_waits_for_the_peer() -> None:
    made = 0

    async def chunks() -> AsyncIterator[bytes]:
        nonlocal made
        for _ in range(10):
            made += 1
            yield b"x" * 600

    serving, _ = bench(long=sourced(Stream(chunks)))
    peer = serving.connect(high_water=1000)
    peer.send(request("GET /long") + GET)
    await peer.settle()
    assert made < 5
    while not peer.sent.endswith(b"\r\n\r\na"):
        peer.drain()
        await peer.settle()
    assert [len(response.content) for response in peer.responses()] == [6000, 1]


# Request content


@pytest.mark.parametrize(
    ("fields", "octets", "content"),
    [
        (("Content-Length: 5",), b"hello", b"hello"),
        (("Content-Length: 0",), b"", b""),
        ((), b"", b""),
        ((CHUNKED,), b"2\r\nhe\r\n3;a=b\r\nllo\r\n0\r\nA: b\r\n\r\n", b"hello"),
        ((CHUNKED,), b"0\r\n\r\n", b""),
    ],
)
@in_loop
async def test_content_reaches_the_site_as_it_comes(fields: tuple[str, ...], octets: bytes, content: bytes) -> None:
    for size in (1, 3, 100):
        serving, site = bench()
        peer = serving.connect()
        stream = request("PUT /c", *fields) + octets + GET
        for start in range(0, len(stream), size):
            peer.send(stream[start : start + size])
            await peer.settle()
        assert site.stored == [content]
        assert peer.statuses() == [204, 200]


@in_loop
async def test_content_is_not_kept_until_its_end() -> None:
    serving, site = bench()
    pieces: list[bytes] = []

    async def reading(_: Request, content: RequestContent) -> Outcome:
        pieces.extend([piece async for piece in content])
        return Done()

    site.performs = reading
    peer = serving.connect()
    peer.ask("PUT /c", CHUNKED)
    for piece in (b"1\r\na\r\n", b"1\r\nb\r\n", b"0\r\n\r\n"):
        peer.send(piece)
        await peer.settle()
    assert pieces == [b"a", b"b"]


@in_loop
async def test_content_that_turns_out_too_large() -> None:
    serving, site = bench(c=page(methods=("PUT",), content=ContentRules(most=5)))
    for octets, in_step in ((b"6\r\nabcdef\r\n0\r\n\r\n", True), (b"6\r\nabcdef\r\n", False)):
        peer = serving.connect()
        peer.ask("PUT /c", CHUNKED)
        peer.send(octets)
        await peer.settle()
        peer.send(GET)
        await peer.settle()
        assert peer.statuses()[0] == 413
        # In step once its end has come: rfc9112-9.3-5; a GET in place of a chunk is answered by closing
        assert len(peer.responses()) == 1 + in_step
        assert peer.ended != in_step
    assert site.stored == []


@in_loop
async def test_malformed_content_is_no_content() -> None:
    serving, site = bench()
    peer = serving.connect()
    peer.ask("PUT /c", CHUNKED)
    peer.send(b"3\r\nabc\r\n")
    await peer.settle()
    peer.send(b"x\r\n" + GET)
    await peer.settle()
    assert peer.statuses() == [400]
    assert peer.ended
    assert site.stored == []


@in_loop
async def test_content_that_is_cut_is_no_content() -> None:
    for is_lost in (True, False):
        serving, site = bench()
        peer = serving.connect()
        peer.ask("PUT /c", "Content-Length: 10")
        peer.send(b"half ")
        await peer.settle()
        if is_lost:
            peer.close()
        else:
            peer.receive_eof()
        await peer.settle()
        assert site.stored == []
        # Whoever still reads is told: rfc9112-8-1
        assert peer.statuses() == ([] if is_lost else [400])
        assert peer.closed
        assert not serving.server.connections


@pytest.mark.parametrize("fields", [("Content-Length: 5",), (CHUNKED,)])
@in_loop
async def test_content_that_nobody_wants_is_read_past(fields: tuple[str, ...]) -> None:
    """rfc9112-9.3-5: a request that is refused early leaves the connection in step."""
    serving, _ = bench()
    peer = serving.connect()
    octets = b"hello" if fields[0].startswith("Content") else b"5\r\nhello\r\n0\r\n\r\n"
    peer.send(request("PUT /a", *fields))
    peer.send(*(octets[start : start + 1] for start in range(len(octets))))
    peer.send(GET)
    assert peer.statuses() == [405, 200]
    peer.send(request("PUT /a", *fields) + octets + GET)
    assert peer.statuses() == [405, 200, 405, 200]


@in_loop
async def test_too_much_content_that_nobody_wants_ends_the_connection() -> None:
    serving, _ = bench(Settings(most_discarded=100))
    announced, chunked = serving.connect(), serving.connect()
    announced.ask("PUT /a", "Content-Length: 101")
    assert announced.statuses() == [405]
    assert announced.responses()[0].fields["connection"] == "close"
    chunked.ask("PUT /a", CHUNKED)
    assert "connection" not in chunked.responses()[0].fields
    chunked.send(b"ff\r\n" + b"x" * 101)
    assert chunked.ended
    assert chunked.statuses() == [405]


@in_loop
async def test_malformed_content_that_nobody_wants_gets_no_second_answer() -> None:
    peer = bench()[0].connect()
    peer.ask("PUT /a", CHUNKED)
    peer.send(b"x\r\n" + GET)
    assert peer.statuses() == [405]
    assert peer.ended


@in_loop
async def test_content_that_nobody_wants_and_that_is_cut() -> None:
    peer = bench()[0].connect()
    peer.ask("PUT /a", "Content-Length: 5")
    peer.receive_eof()
    assert peer.statuses() == [405]
    assert peer.closed


# 100 (Continue), RFC 9110 section 10.1.1

EXPECT = "Expect: 100-continue"


@in_loop
async def test_a_client_that_waits_is_told_to_go_on_once() -> None:
    serving, site = bench()
    peer = serving.connect()
    peer.ask("PUT /c", EXPECT, "Content-Length: 6")
    await peer.settle()
    assert peer.statuses() == [100]
    peer.send(b"abc")
    await peer.settle()
    peer.send(b"def")
    await peer.settle()
    assert peer.statuses() == [100, 204]
    assert site.stored == [b"abcdef"]


@pytest.mark.parametrize(
    ("line", "fields", "content", "statuses"),
    [
        ("PUT /c", (EXPECT, "Content-Length: 3"), b"abc", [204]),  # it did not wait: rfc9110-10.1.1-8
        ("PUT /c", (EXPECT, "Content-Length: 3"), b"a", [400]),
        ("PUT /c", (EXPECT, "Content-Length: 0"), b"", [204]),
        ("PUT /c", (EXPECT,), b"", [204]),
        ("PUT /c HTTP/1.0", (EXPECT, "Content-Length: 3"), b"", [400]),  # rfc9110-10.1.1-7
        ("PUT /a", (EXPECT, "Content-Length: 3"), b"", [405]),
        ("GET /a", (EXPECT, "Content-Length: 3"), b"", [200]),
        ("PUT /c", ("Expect: 100-continue, b", "Content-Length: 3"), b"", [417]),
    ],
)
@in_loop
async def test_nobody_else_is(line: str, fields: tuple[str, ...], content: bytes, statuses: list[int]) -> None:
    peer = bench()[0].connect()
    peer.send(request(line, *fields) + content)
    await peer.settle()
    peer.receive_eof()
    await peer.settle()
    assert peer.statuses() == statuses


@in_loop
async def test_after_a_final_status_nobody_knows_whether_the_content_comes() -> None:
    serving, _ = bench()
    peer = serving.connect()
    peer.ask("PUT /a", EXPECT, "Content-Length: 3")
    assert peer.responses()[0].fields["connection"] == "close"
    assert peer.ended


# Time


@in_loop
async def test_a_head_that_does_not_come_in_time() -> None:
    serving, _ = bench(Settings(head_timeout=10))
    peer = serving.connect()
    peer.send(b"GET / HT")
    serving.pass_time(9)
    peer.send(b"T")  # A little now and then does not help
    assert peer.statuses() == []
    serving.pass_time(1.5)
    assert peer.statuses() == [408]
    assert peer.responses()[0].fields["connection"] == "close"
    assert peer.ended


@in_loop
async def test_the_time_for_a_head_starts_with_its_first_octet() -> None:
    serving, _ = bench(Settings(head_timeout=10, idle_timeout=60))
    peer = serving.connect()
    serving.pass_time(50)
    peer.send(b"G")
    serving.pass_time(9)
    peer.send(GET[1:])
    assert peer.statuses() == [200]
    serving.pass_time(50)
    peer.send(GET + b"G")
    serving.pass_time(11)
    assert peer.statuses() == [200, 200, 408]


@in_loop
async def test_an_idle_connection_is_closed_without_a_word() -> None:
    serving, _ = bench(Settings(idle_timeout=60))
    fresh, used = serving.connect(), serving.connect()
    used.send(GET)
    serving.pass_time(59)
    assert not fresh.closed
    assert not used.closed
    serving.pass_time(2)
    assert fresh.closed
    assert used.closed
    assert not fresh.aborted
    assert fresh.statuses() == []
    assert used.statuses() == [200]


@in_loop
async def test_content_that_does_not_come_in_time() -> None:
    serving, site = bench(Settings(content_timeout=20))
    peer = serving.connect()
    peer.ask("PUT /c", "Content-Length: 10")
    peer.send(b"abc")
    await peer.settle()
    serving.pass_time(19)
    assert peer.statuses() == []
    serving.pass_time(1.5)
    await peer.settle()
    assert peer.statuses() == [408]
    assert peer.ended
    assert site.stored == []


@in_loop
async def test_content_has_to_keep_up_a_rate() -> None:
    serving, site = bench(Settings(content_timeout=20, least_rate=10))
    peer = serving.connect()
    peer.ask("PUT /c", "Content-Length: 1000")
    await peer.settle()
    for _ in range(2):
        peer.send(b"x" * 200)
        serving.pass_time(20.5)
        await peer.settle()
    assert peer.statuses() == []
    peer.send(b"x" * 199)
    serving.pass_time(20.5)
    await peer.settle()
    assert peer.statuses() == [408]
    assert peer.ended
    assert site.stored == []


@in_loop
async def test_time_that_the_site_takes_is_not_the_peer_s() -> None:
    """Not even in the midst of content, when the peer may have sent all that it was let."""
    serving, site = bench(Settings(content_timeout=20))
    go_on = asyncio.Event()

    async def slow(_: Request, content: RequestContent) -> Outcome:
        async for _piece in content:
            await go_on.wait()
        return Done()

    site.performs = slow
    peer = serving.connect()
    peer.ask("PUT /c", "Content-Length: 6")
    await peer.settle()
    peer.send(b"abc")
    await peer.settle()
    serving.pass_time(100)
    assert peer.statuses() == []
    go_on.set()
    peer.send(b"def")
    await peer.settle()
    assert peer.statuses() == [204]


@in_loop
async def test_a_peer_that_does_not_read_is_dropped() -> None:
    serving, _ = bench(Settings(content_timeout=20, least_rate=10, most_unsent=100))
    stuck, slow = serving.connect(high_water=1000), serving.connect(high_water=1000)
    for peer in (stuck, slow):
        peer.send(request("GET /b") * 40)
    for _ in range(6):
        serving.pass_time(20)
        slow.drain()
    assert stuck.aborted
    assert not slow.aborted
    assert len(slow.responses()) == 40


@in_loop
async def test_a_peer_that_reads_its_last_response_slowly_may() -> None:
    """The time to linger is for closing; for reading there is as much as ever."""
    serving, _ = bench(Settings(linger_timeout=2, content_timeout=20, least_rate=10), b=page("x" * 10_000))
    peer = serving.connect(high_water=1000)
    peer.ask("GET /b", "Connection: close")
    assert peer.get_write_buffer_size() > 10_000
    serving.pass_time(10)
    assert not peer.aborted
    peer.drain()
    serving.pass_time(25)
    assert peer.closed


@in_loop
async def test_a_slow_reader_is_known_by_what_has_reached_it() -> None:
    """The system's buffers take so much that for a while nothing moves in the server, though the peer reads on."""

    class Buffered(Peer):
        def get_extra_info(self, name: str, default: object = None) -> object:
            return ours if name == "socket" else super().get_extra_info(name, default)

    ours, theirs = socket.socketpair()
    with ours, theirs:
        serving, _ = bench(Settings(content_timeout=20, least_rate=100), b=page("x" * 10_000))
        peer = Buffered(serving.server.connect(), high_water=1000)
        for _ in range(10):
            ours.send(b"x" * 4000)
        peer.ask("GET /b", "Connection: close")
        for _ in range(10):
            theirs.recv(4000)
            serving.pass_time(20)
            assert not peer.aborted
        # Nothing arrives any more: that may be a window that opens late, for as long as send_timeout
        serving.pass_time(25)
        assert not peer.aborted
        for _ in range(3):
            serving.pass_time(25)
        assert peer.aborted


@in_loop
async def test_discarded_content_has_to_keep_coming() -> None:
    serving, _ = bench(Settings(content_timeout=20))
    peer = serving.connect()
    peer.ask("PUT /a", "Content-Length: 5")
    serving.pass_time(21)
    assert peer.statuses() == [405]
    assert peer.aborted


# Half-closed, RFC 9112 sections 9.6 and 9.8


@in_loop
async def test_what_was_sent_before_the_peer_closed_its_side_is_answered() -> None:
    serving, _ = bench()
    peer = serving.connect()
    peer.send(GET + request("GET /b"))
    peer.receive_eof()
    assert peer.statuses() == [200, 200]
    assert peer.closed
    assert not peer.aborted


@in_loop
async def test_also_while_the_site_works_or_the_peer_does_not_read() -> None:
    serving, site = bench(Settings(most_unsent=100))
    peer = serving.connect(high_water=1000)
    peer.send(request("PUT /c", content=b"x") + GET * 40)
    peer.receive_eof()
    await peer.settle()
    assert not peer.closed
    while not peer.closed:
        peer.drain()
        await peer.settle()
    assert peer.statuses() == [204] + [200] * 40
    assert site.stored == [b"x"]


@pytest.mark.parametrize(
    ("octets", "statuses"), [(b"", []), (b"\r\n", []), (b"GET / HT", [400]), (GET + b"G", [200, 400])]
)
@in_loop
async def test_a_request_that_is_cut(octets: bytes, statuses: list[int]) -> None:
    serving, _ = bench()
    peer = serving.connect()
    if octets:
        peer.send(octets)
    peer.receive_eof()
    assert peer.statuses() == statuses
    assert peer.closed
    assert not serving.server.connections


# What can't be read


@pytest.mark.parametrize(
    ("octets", "status"),
    [
        (b"\0", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
        (b"GET /" + b"a" * 20_000, 414),
        (b"GET / HTTP/1.1\r\nA: " + b"a" * 70_000, 431),
        (b"PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501),
        (b"GET /{ HTTP/1.1\r\nHost: a\r\n\r\n", 301),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),  # TLS
    ],
)
@in_loop
async def test_it_is_answered_and_the_connection_ends(octets: bytes, status: int) -> None:
    entries = Entries()
    serving = Bench(Table(a=page("a")), log=entries.log)
    peer = serving.connect()
    peer.send(octets, GET)
    (response,) = peer.responses()
    assert response.status == status
    assert response.fields["connection"] == "close"
    assert response.content
    assert peer.ended
    (line,) = entries.lines()
    assert f'" {status} {len(response.content)}' in line


@in_loop
async def test_even_then_head_gets_no_content() -> None:
    peer = bench()[0].connect()
    peer.send(b"HEAD / HTTP/1.1\r\n\r\n")
    assert peer.sent.endswith(b"\r\n\r\n")
    assert peer.statuses("HEAD") == [400]


@in_loop
async def test_a_malformed_request_waits_for_its_turn() -> None:
    serving, site = bench()
    go_on = asyncio.Event()

    async def slow(_: Request, content: RequestContent) -> Outcome:
        await go_on.wait()
        return Done()

    site.performs = slow
    peer = serving.connect()
    peer.send(request("PUT /c", content=b"") + b"nonsense\r\n\r\n" + GET)
    await peer.settle()
    assert peer.statuses() == []
    go_on.set()
    await peer.settle()
    assert peer.statuses() == [204, 400]
    assert peer.ended


# What goes wrong in a site


class Broken(Table):
    """Goes wrong in the way that its path names."""

    def resource(self, request: Request, now: int) -> Resource | Awaitable[Resource]:
        match request.path:
            case "/raise":
                raise RuntimeError("secret")
            case "/later":
                return self.coming()
            case "/field":
                return page(fields=(("A", "b\r\nC: d"),))
            case "/hint":
                return page(hints=("</a>\r\nC: d",))
            case "/source":
                return sourced(object(), 3)
            case "/nothing":
                return None  # type: ignore[return-value]
        return super().resource(request, now)

    async def coming(self) -> Resource:
        raise RuntimeError("secret")


@pytest.mark.parametrize("path", ["/raise", "/later", "/field", "/source", "/nothing", "/hint"])
@in_loop
async def test_an_error_of_the_site_is_logged_once_and_hidden(path: str, caplog: pytest.LogCaptureFixture) -> None:
    peer = Bench(Broken(a=page("a"))).connect()
    peer.ask(f"GET {path}")
    await peer.settle()
    peer.ask("GET /a")
    assert peer.statuses() == [500, 200]
    assert b"secret" not in peer.sent
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("statuary", logging.ERROR)
    assert path in record.getMessage()


@in_loop
async def test_an_error_while_it_is_performed(caplog: pytest.LogCaptureFixture) -> None:
    async def fail(_: Request, content: RequestContent) -> Outcome:
        raise RuntimeError("secret")

    async def invent(_: Request, content: RequestContent) -> Outcome:
        return Conflict("\0") if await content.read() else Created("/\r\nA: b")

    serving, site = bench()
    peer = serving.connect()
    for performs in (fail, invent):
        site.performs = performs
        peer.ask("PUT /c")
        await peer.settle()
    assert peer.statuses() == [500, 500]
    assert len(caplog.records) == 2
    assert b"secret" not in peer.sent


@in_loop
async def test_an_error_of_who_is_told_about_users(caplog: pytest.LogCaptureFixture) -> None:
    class Telling(Table):
        def authenticated(self, who: Authenticated) -> None:
            raise RuntimeError("secret")

    access = Access("a", users={"u": User("p")})
    peer = Bench(Telling(a=page("a", access=access), c=page(access=access, methods=("PUT",)))).connect()
    for line in ("GET /a", "PUT /c"):
        peer.ask(line, "Authorization: Basic dTpw")
        await peer.settle()
    assert peer.statuses() == [500, 500]
    assert len(caplog.records) == 2


# Long content


@pytest.fixture
def file(tmp_path: Path) -> File:
    path = tmp_path / "file"
    path.write_bytes(bytes(range(256)) * 4096)
    return File(str(path), identity_of(os.stat(path)))


LONG = bytes(range(256)) * 4096


def rewrite(file: File) -> None:
    """Other content, in place."""
    Path(file.path).write_bytes(LONG[::-1])


@in_loop
async def test_a_file_and_its_parts(file: File) -> None:
    entries = Entries()
    serving = Bench(Table(long=sourced(file, len(LONG)), a=page("a")), log=entries.log)
    peer = serving.connect()
    several = "Range: bytes=0-9,500000-500009"
    asked = [request("GET /long"), request("GET /long", "Range: bytes=300000-900000"), request("GET /long", several)]
    peer.send(b"".join(asked) + request("HEAD /long") + GET)
    methods = ("GET", "GET", "GET", "HEAD", "GET")
    await peer.until(lambda: len(entries.lines()) == 5)
    whole, part, parts, head, last = peer.responses(*methods)
    assert whole.content == LONG
    assert part.content == LONG[300000:900001]
    assert LONG[0:10] in parts.content
    assert LONG[500000:500010] in parts.content
    assert head.fields["content-length"] == str(len(LONG))
    assert last.content == b"a"
    sizes = [line.rpartition(" ")[2] for line in entries.lines()]
    assert sizes == [str(len(response.content)) for response in (whole, part, parts, head, last)]


@in_loop
async def test_a_stream_is_chunked_with_its_trailers() -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b"one"
        yield b"two"

    serving, _ = bench(
        plain=sourced(Stream(chunks)),
        summed=sourced(Stream(chunks, lambda: (("Sum", "1"),))),
        empty=sourced(Stream(none)),
    )
    peer = serving.connect()
    peer.send(b"".join(request(f"GET /{name}") for name in ("plain", "summed", "empty")) + request("HEAD /plain") + GET)
    await peer.settle()
    plain, summed, empty, _, last = peer.responses("GET", "GET", "GET", "HEAD", "GET")
    assert (plain.content, plain.trailers, plain.whole) == (b"onetwo", (), True)
    assert (summed.content, summed.trailers, summed.whole) == (b"onetwo", (("Sum", "1"),), True)
    assert (empty.content, empty.whole) == (b"", True)
    assert last.content == b"a"
    assert "content-length" not in plain.fields


async def none() -> AsyncIterator[bytes]:
    return
    yield b""


@in_loop
async def test_a_stream_may_have_nothing_to_say_for_a_while() -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for piece in (b"", b"one", b"", b"two", b""):
            yield piece

    serving, _ = bench(plain=sourced(Stream(chunks)), counted=sourced(Stream(chunks), 6))
    peer = serving.connect()
    peer.send(request("GET /plain") + request("GET /counted") + request("GET /counted", "Range: bytes=2-4") + GET)
    await peer.settle()
    assert [response.content for response in peer.responses()] == [b"onetwo", b"onetwo", b"etw", b"a"]


@pytest.mark.parametrize("length", [5, 7])
@in_loop
async def test_a_stream_that_is_not_as_long_as_it_says(length: int, caplog: pytest.LogCaptureFixture) -> None:
    """What was announced is never exceeded, nor is what is missing passed over in silence."""

    async def chunks() -> AsyncIterator[bytes]:
        yield b"one"
        yield b"two"

    serving, _ = bench(counted=sourced(Stream(chunks), length))
    peer = serving.connect()
    peer.ask("GET /counted")
    await peer.settle()
    (response,) = peer.responses()
    assert not response.whole
    assert peer.aborted
    assert len(caplog.records) == 1


@in_loop
async def test_hints_go_ahead() -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b"one"

    hints = ("</style.css>; rel=preload",)
    serving, _ = bench(a=page("a", hints=hints), long=sourced(Stream(chunks), hints=hints))
    peer = serving.connect()
    for line in ("GET /a", "GET /long", "GET /a HTTP/1.0"):
        peer.ask(line, "Connection: keep-alive")
        await peer.settle()
    assert peer.statuses() == [103, 200, 103, 200, 200]
    assert peer.responses()[0].fields["link"] == hints[0]


@pytest.mark.parametrize("long", [False, True])
@in_loop
async def test_a_peer_that_goes_away_while_the_site_works(long: bool) -> None:
    """The change is made all the same; its answer has nobody to go to."""
    serving, site = bench()
    go_on, asked = asyncio.Event(), []

    async def chunks() -> AsyncIterator[bytes]:
        asked.append("content")
        yield b"one"

    async def slow(_: Request, content: RequestContent) -> Outcome:
        await go_on.wait()
        site.stored.append(b"done")
        return Done(report=Representation(Stream(chunks))) if long else Done()

    site.performs = slow
    peer = serving.connect()
    peer.ask("PUT /c")
    await peer.settle()
    peer.close()
    go_on.set()
    await peer.settle()
    assert site.stored == [b"done"]
    assert asked == []
    assert not serving.server.connections


@in_loop
async def test_for_http_1_0_a_stream_ends_with_the_connection() -> None:
    # rfc9112-6.1-11
    async def chunks() -> AsyncIterator[bytes]:
        yield b"one"
        yield b"two"

    serving, _ = bench(plain=sourced(Stream(chunks, lambda: (("Sum", "1"),))))
    peer = serving.connect()
    peer.ask("GET /plain HTTP/1.0", "Connection: keep-alive")
    await peer.settle()
    (response,) = peer.responses()
    assert "transfer-encoding" not in response.fields
    assert response.fields["connection"] == "close"
    assert response.content == b"onetwo"
    assert peer.ended


@in_loop
async def test_a_file_that_changes_while_it_is_sent_is_never_completed(
    file: File, caplog: pytest.LogCaptureFixture
) -> None:
    entries = Entries()
    serving = Bench(Table(long=sourced(file, len(LONG))), log=entries.log)
    peer = serving.connect(high_water=1000)
    peer.ask("GET /long")
    await peer.until(lambda: len(peer.sent) > 1000)
    rewrite(file)
    await peer.until(peer.reads_to_the_end)
    assert peer.aborted
    (response,) = peer.responses()
    assert not response.whole
    assert LONG.startswith(response.content)
    assert [record.getMessage() for record in caplog.records] == [
        "a response could not be sent: the file changed while it was being sent"
    ]
    assert not caplog.records[0].exc_info
    # What was sent of it is on record
    assert [line.rsplit(" ", 2)[1:] for line in entries.lines()] == [["200", str(len(response.content))]]


@in_loop
async def test_a_file_that_is_not_there_any_more(file: File, caplog: pytest.LogCaptureFixture) -> None:
    serving, _ = bench(long=sourced(file, len(LONG)))
    os.unlink(file.path)
    peer = serving.connect()
    peer.ask("GET /long")
    await peer.until(lambda: bool(peer.sent))
    assert peer.statuses() == [500]
    assert len(caplog.records) == 1


@in_loop
async def test_a_stream_that_breaks_is_never_completed(caplog: pytest.LogCaptureFixture) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b"one"
        raise RuntimeError("secret")

    def trailers() -> tuple[FieldLine, ...]:
        return (("A", "b\r\n"),)

    async def one() -> AsyncIterator[bytes]:
        yield b"one"

    serving, _ = bench(chunks=sourced(Stream(chunks)), trailers=sourced(Stream(one, trailers)))
    for name in ("chunks", "trailers"):
        peer = serving.connect()
        peer.ask(f"GET /{name}")
        await peer.settle()
        assert peer.aborted
        (response,) = peer.responses()
        assert (response.content, response.whole) == (b"one", False)
    assert len(caplog.records) == 2


@in_loop
async def test_a_stream_is_closed_when_its_reader_has_gone() -> None:
    closed = asyncio.Event()

    async def chunks() -> AsyncIterator[bytes]:
        try:
            while True:
                yield b"x" * 600
        finally:
            closed.set()

    serving, _ = bench(endless=sourced(Stream(chunks)))
    peer = serving.connect(high_water=1000)
    peer.ask("GET /endless")
    await peer.settle()
    peer.close()
    await peer.settle()
    assert closed.is_set()


# Another protocol, RFC 9110 section 7.8


class Echo:
    def __init__(self, transport: asyncio.Transport) -> None:
        self.transport = transport
        self.is_lost = False

    def data_received(self, data: bytes) -> None:
        self.transport.write(data.upper())

    def connection_lost(self) -> None:
        self.is_lost = True


class Switching(Table):
    echo: Echo

    def switch(self, protocol: str, transport: asyncio.Transport) -> Switched:
        assert protocol == "echo"
        self.echo = Echo(transport)
        return self.echo


SWITCH = request("GET /echo", "Connection: upgrade", "Upgrade: echo")


def switching() -> tuple[Bench, Switching]:
    site = Switching(
        echo=page(upgrade=Upgrade(("echo",))), only=page(upgrade=Upgrade(("echo",), required=True)), a=page("a")
    )
    return Bench(site), site


@in_loop
async def test_a_connection_is_handed_over_with_what_was_read_already() -> None:
    serving, site = switching()
    peer = serving.connect()
    peer.send(GET + SWITCH + b"hello ")
    peer.send(b"there")
    first, switched, rest = peer.responses()
    assert (first.status, switched.status) == (200, 101)
    assert switched.fields["connection"] == "Upgrade"
    assert rest == Received(0, {}, b"HELLO THERE")
    # Time-outs of ours are over
    serving.pass_time(1000)
    assert not peer.closed
    peer.receive_eof()
    assert peer.closed
    assert site.echo.is_lost


@in_loop
async def test_a_lot_was_read_already() -> None:
    """While the site was thinking, so much that reading was paused."""

    class Thinking(Switching):
        def resource(self, request: Request, now: int) -> Resource | Awaitable[Resource]:
            async def coming() -> Resource:
                await asyncio.sleep(0)
                return self.resources[request.path]

            return coming()

    peer = Bench(Thinking(echo=page(upgrade=Upgrade(("echo",))))).connect()
    peer.send(SWITCH, b"x" * 100_000)
    assert not peer.reading
    await peer.settle()
    assert peer.responses()[-1].content == b"X" * 100_000
    assert peer.reading


@in_loop
async def test_a_protocol_that_is_required_or_can_t_be_switched_to(caplog: pytest.LogCaptureFixture) -> None:
    serving, _ = switching()
    peer = serving.connect()
    peer.ask("GET /only")
    (response,) = peer.responses()
    assert (response.status, response.fields["connection"]) == (426, "Upgrade")
    unable = Bench(Table(echo=page(upgrade=Upgrade(("echo",))))).connect()
    unable.send(SWITCH)
    assert unable.closed
    assert len(caplog.records) == 1


@in_loop
async def test_a_switched_connection_ends_with_the_server() -> None:
    serving, site = switching()
    peer = serving.connect()
    peer.send(SWITCH)
    await serving.server.finish()
    assert peer.closed
    assert site.echo.is_lost


# Bounds and the end


@in_loop
async def test_one_connection_too_many() -> None:
    serving, _ = bench(Settings(most_connections=2))
    first, second, third = (serving.connect() for _ in range(3))
    (response,) = third.responses()
    assert response.status == 503
    assert "retry-after" in response.fields
    assert third.ended
    third.send(GET)
    assert len(third.responses()) == 1
    for peer in (first, second):
        peer.send(GET)
        assert peer.statuses() == [200]
    third.receive_eof()
    first.receive_eof()
    again = serving.connect()
    again.send(GET)
    assert again.statuses() == [200]


@in_loop
async def test_an_end_closes_what_is_idle_and_finishes_what_is_not() -> None:
    serving, site = bench()
    go_on = asyncio.Event()

    async def slow(_: Request, content: RequestContent) -> Outcome:
        await content.read()
        await go_on.wait()
        return Done()

    site.performs = slow
    idle, busy, begun = serving.connect(), serving.connect(), serving.connect()
    idle.send(GET)
    busy.ask("PUT /c", content=b"x")
    begun.send(b"GET /a HTTP/1.1\r\n")
    await busy.settle()
    ending = asyncio.ensure_future(serving.server.finish())
    await busy.settle()
    assert idle.closed
    assert not busy.closed
    assert not ending.done()
    late = serving.connect()
    assert late.statuses() == [503]
    begun.send(b"Host: a\r\n\r\n")
    go_on.set()
    await busy.settle()
    assert busy.statuses() == [204]
    for peer in (busy, begun):
        assert peer.responses()[0].fields["connection"] == "close"
        peer.receive_eof()
    late.receive_eof()
    await ending
    assert not serving.server.connections


@in_loop
async def test_a_response_whose_head_is_out_is_the_last_one_all_the_same() -> None:
    """It could not say close any more."""
    go_on = asyncio.Event()

    async def chunks() -> AsyncIterator[bytes]:
        yield b"one"
        await go_on.wait()
        yield b"two"

    serving, _ = bench(long=sourced(Stream(chunks)))
    peer, refused = serving.connect(), serving.connect()
    peer.ask("GET /long")
    refused.ask("PUT /a", "Content-Length: 3")
    await peer.settle()
    ending = asyncio.ensure_future(serving.server.finish())
    await peer.settle()
    go_on.set()
    refused.send(b"abc")
    await peer.settle()
    assert [response.content for response in peer.responses()] == [b"onetwo"]
    for connection in (peer, refused):
        assert connection.ended
        connection.receive_eof()
    await ending


@in_loop
async def test_what_takes_too_long_is_dropped() -> None:
    serving, site = bench(Settings(shutdown_timeout=0.0))
    cancelled = asyncio.Event()

    async def endless(_: Request, content: RequestContent) -> Outcome:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()
        return Done()

    site.performs = endless
    peer = serving.connect()
    peer.ask("PUT /c")
    await peer.settle()
    await serving.server.finish()
    await peer.settle()
    assert peer.aborted
    assert cancelled.is_set()


# The log


@in_loop
async def test_the_log_in_the_common_format() -> None:
    entries = Entries()
    access = Access("a", users={"u": User("p")})
    site = Table(a=page("hello"), secret=page("hello", access=access), c=WRITABLE)
    peer = Bench(site, log=entries.log).connect()
    peer.ask("GET /a?b=%22")
    peer.ask("HEAD /a HTTP/1.0", "Connection: keep-alive")
    peer.ask("GET /secret", "Authorization: Basic dTpw")
    peer.ask("PUT /c", content=b"x")
    await peer.settle()
    peer.send(b'G\x7f" \\\x1b[2J\xff\r\n')
    size = len(peer.responses("GET", "HEAD")[-1].content)
    stamp = "[06/Nov/1994:08:49:37 +0000]"
    assert entries.lines() == [
        f'192.0.2.1 - - {stamp} "GET /a?b=%22 HTTP/1.1" 200 5',
        f'192.0.2.1 - - {stamp} "HEAD /a HTTP/1.0" 200 0',
        f'192.0.2.1 - u {stamp} "GET /secret HTTP/1.1" 200 5',
        f'192.0.2.1 - - {stamp} "PUT /c HTTP/1.1" 204 0',
        rf'192.0.2.1 - - {stamp} "G\x7f\" \\\x1b[2J\xff" 400 {size}',
    ]


@in_loop
async def test_the_log_as_json() -> None:
    entries = Entries("json")
    peer = Bench(Table(a=page("hello")), log=entries.log).connect()
    peer.ask("GET /a")
    peer.send(b'\x00"\\\xff\r\n')
    first, second = map(json.loads, entries.lines())
    assert first == {
        "time": "1994-11-06T08:49:37Z",
        "peer": "192.0.2.1",
        "user": None,
        "request": "GET /a HTTP/1.1",
        "status": 200,
        "octets": 5,
        "because": "rfc9110-15.3.1",
    }
    assert (second["request"], second["status"]) == ('\x00"\\\xff', 400)


def test_the_moment_of_the_tests() -> None:
    assert Bench(Table()).server.now() == NOW


@in_loop
async def test_an_answer_that_is_shared_follows_the_resource_and_the_clock() -> None:
    serving, site = bench(a=page("one"))
    peer, other = serving.connect(), serving.connect()
    for asking in (peer, peer, other):
        asking.ask("GET /a", f"X-Length: {len(peer.sent)}")
    assert peer.responses()[0] == peer.responses()[1] == other.responses()[0]
    site.resources["/a"] = page("two")
    peer.ask("GET /a")
    serving.pass_time(1)
    peer.ask("GET /a")
    assert [response.content for response in peer.responses()] == [b"one", b"one", b"two", b"two"]
    assert [response.fields["date"] for response in peer.responses()[2:]] == [DATE, DATE.replace(":37", ":38")]


@in_loop
async def test_an_answer_that_is_shared_goes_to_each_as_its_connection_needs_it() -> None:
    serving, _ = bench()
    asked: list[tuple[str, tuple[str, ...], str | None]] = [
        ("GET /a", (), None),
        ("GET /a HTTP/1.0", ("Connection: keep-alive",), "keep-alive"),
        ("GET /a", ("Connection: close",), "close"),
        ("GET /a HTTP/1.0", (), "close"),
        ("GET /a", (), None),
    ]
    for line, fields, option in asked:
        peer = serving.connect()
        peer.ask(line, *fields)
        (response,) = peer.responses()
        assert (response.status, response.content) == (200, b"a")
        assert response.fields.get("connection") == option


@in_loop
async def test_two_servers_of_a_site_send_each_its_own_fields() -> None:
    one, site = bench(Settings(server_name="One"))
    two = Bench(site, Settings(server_name="Two"))
    for _ in range(2):
        for serving, name in ((one, "One"), (two, "Two")):
            peer = serving.connect()
            peer.ask("GET /a")
            assert peer.responses()[0].fields["server"] == name


@in_loop
async def test_hints_are_sent_each_time() -> None:
    serving, _ = bench(hinted=page(hints=("</a.css>; rel=preload",)))
    peer = serving.connect()
    for _ in range(2):
        peer.ask("GET /hinted")
    assert peer.statuses() == [103, 200, 103, 200]
