"""Failures of the upstream: what the client gets, that it never looks complete, and that all goes on after it."""

from __future__ import annotations

import asyncio
import json
import socket

import pytest

from statuary.intermediary.gateway import gateway
from statuary.intermediary.settings import IntermediarySettings
from statuary.user_agent.timeouts import Timeouts

from .wired import OK, Client, Link, answering, connected, get, in_loop, running, serving, through_gateway

QUICK = IntermediarySettings(timeouts=Timeouts(connect=5.0, first_octet=0.05, between_octets=0.05))
"""A silent upstream has to be waited for, but not for long."""


def closed_port() -> str:
    """The URL of a port at which nobody listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{found.getsockname()[1]}"


async def explained(client: Client, status: int, error: str) -> None:
    """The next response is an explanation of this status, and names the error as RFC 9209 does."""
    found, content = await client.response()
    assert found == status
    assert client.final.fields.get("content-type") == "application/problem+json"
    assert json.loads(content)["status"] == status
    assert client.final.fields.get("proxy-status") == f"gateway.test;error={error}"


@in_loop
async def test_refused() -> None:
    async with through_gateway(closed_port()) as client:
        for _ in range(2):
            await client.send(get())
            await explained(client, 502, "connection_refused")


@in_loop
async def test_not_resolved() -> None:
    async with through_gateway("http://nowhere.invalid") as client:
        await client.send(get())
        await explained(client, 502, "dns_error")


GARBAGE = [
    b"garbage\r\n\r\n",
    b"\x16\x03\x01\x02\x00",
    b"HTTP/2.0 200 OK\r\n\r\n",
    b"HTTP/1.1 200\n\nok",
    b"HTTP/1.1 20 OK\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nA b: c\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nA : c\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 2, 3\r\n\r\nok",
    b"HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok",
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"HTTP/1.1 101 \r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n",
    b"HTTP/1.1 103 \r\n\r\n" * 101,
]


@pytest.mark.parametrize("octets", GARBAGE, ids=range(len(GARBAGE)))
@in_loop
async def test_garbage_is_502_and_the_connection_goes_on(octets: bytes) -> None:
    async with answering(octets, OK) as upstream, through_gateway(upstream.url) as client:
        await client.send(get() + get("/second"))
        status, _ = await client.response()
        assert status == 502
        assert await client.response() == (200, b"ok")
        assert upstream.links == 2


CUT_HEADS = [b"", b"HTTP/1.1 2", b"HTTP/1.1 200 OK\r\nA: b\r\n", b"HTTP/1.1 103 \r\n\r\n"]


@pytest.mark.parametrize("octets", CUT_HEADS, ids=range(len(CUT_HEADS)))
@pytest.mark.parametrize("ends", ["closed", "reset"])
@in_loop
async def test_an_end_without_an_answer_is_502(octets: bytes, ends: str) -> None:
    async def serve(link: Link) -> None:
        await link.request()
        await link.say(octets)
        if ends == "reset":
            link.reset()

    async with serving(serve) as upstream, through_gateway(upstream.url) as client:
        await client.send(get())
        await explained(client, 502, "connection_terminated")
        assert upstream.links == 1


CUT_CONTENT = [
    b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
    b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nsho",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\nx\r\n",
]


@pytest.mark.parametrize("octets", CUT_CONTENT, ids=range(len(CUT_CONTENT)))
@pytest.mark.parametrize("version", ["1.0", "1.1"])
@in_loop
async def test_a_short_response_never_looks_complete(octets: bytes, version: str) -> None:
    async def serve(link: Link) -> None:
        await link.request()
        await link.say(octets)

    async with serving(serve) as upstream, through_gateway(upstream.url) as client:
        await client.send(get(version=version) + get("/second"))
        received = b""
        is_reset = False
        try:
            while piece := await client.incoming.read(65536):
                received += piece
        except ConnectionResetError:
            is_reset = True
        assert received.count(b"HTTP/1.1") <= 1
        assert not received.endswith(b"\n0\r\n\r\n")
        if b"chunked" not in received and b"Content-Length" not in received:
            assert is_reset


@in_loop
async def test_silence_is_504() -> None:
    async def serve(link: Link) -> None:
        await link.request()
        await link.incoming.read()

    async with serving(serve) as upstream, through_gateway(upstream.url, settings=QUICK) as client:
        await client.send(get())
        await explained(client, 504, "connection_read_timeout")
        # What is wrong with the answer to one says nothing of the next
        await client.send(get())
        await explained(client, 504, "connection_read_timeout")


@in_loop
async def test_content_that_stops_coming_ends_the_connection() -> None:
    async def serve(link: Link) -> None:
        await link.request()
        await link.say(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort")
        await link.incoming.read()

    async with serving(serve) as upstream, through_gateway(upstream.url, settings=QUICK) as client:
        await client.send(get())
        assert (await client.rest()).endswith(b"\r\n\r\nshort")


@in_loop
async def test_an_endless_head_is_502() -> None:
    async def serve(link: Link) -> None:
        await link.request()
        await link.say(b"HTTP/1.1 200 OK\r\n")
        while True:
            await link.say(b"X-Field: value\r\n" * 100)

    async with serving(serve) as upstream, through_gateway(upstream.url) as client:
        await client.send(get())
        await explained(client, 502, "http_protocol_error")


@in_loop
async def test_more_than_was_announced_is_not_taken_for_the_next_response() -> None:
    answers = (OK + b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil", OK)
    async with answering(*answers) as upstream, through_gateway(upstream.url) as client:
        await client.send(get() + get())
        assert await client.response() == (200, b"ok")
        assert await client.response() == (200, b"ok")
        assert upstream.links == 2


@pytest.mark.parametrize("code", [204, 205, 304])
@in_loop
async def test_content_where_there_is_none_is_not_taken_for_the_next_response(code: int) -> None:
    evil = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"
    answer = b"HTTP/1.1 %d \r\nContent-Length: %d\r\n\r\n" % (code, len(evil)) + evil
    async with answering(answer, OK) as upstream, through_gateway(upstream.url) as client:
        await client.send(get() + get())
        assert await client.response() == (code, b"")
        assert await client.response() == (200, b"ok")


@in_loop
async def test_an_idle_connection_that_was_closed_is_replaced() -> None:
    async def serve(link: Link) -> None:
        await link.request()
        await link.say(OK)
        await link.request()
        # Closed upon the second request on it

    async with serving(serve) as upstream, through_gateway(upstream.url) as client:
        for number in range(1, 4):
            await client.send(get())
            assert await client.response() == (200, b"ok")
            assert upstream.links == number
        await client.send(get(method="PATCH"))
        assert await client.response("PATCH") != (200, b"ok")  # not idempotent


@in_loop
async def test_content_is_sent_again_with_its_request() -> None:
    contents = []

    async def serve(link: Link) -> None:
        while (asked := await link.request()) is not None:
            contents.append(asked.content)
            if link.number == 1 and len(contents) == 2:
                return
            await link.say(OK)

    async with serving(serve) as upstream, through_gateway(upstream.url) as client:
        for _ in range(2):
            await client.send(get("/", "Content-Length: 3", method="PUT") + b"abc")
            assert await client.response("PUT") == (200, b"ok")
    assert contents == [b"abc"] * 3


@in_loop
async def test_another_upstream_is_tried_and_one_that_fails_is_left_out() -> None:
    async with answering(OK) as upstream:
        made = gateway([closed_port(), upstream.url], IntermediarySettings(down_seconds=1000), name="gateway.test")
        async with running(made) as authority, connected(authority) as client:
            for _ in range(10):
                await client.send(get())
                assert await client.response() == (200, b"ok")
        dead = made.next_hops.all[0]  # type: ignore[attr-defined]
        assert dead.failures == IntermediarySettings().most_failures
        assert dead.down_until > 0


@in_loop
async def test_503_with_advice_when_all_are_down() -> None:
    settings = IntermediarySettings(most_failures=1, down_seconds=30)
    async with through_gateway(closed_port(), closed_port(), settings=settings) as client:
        await client.send(get())
        assert (await client.response())[0] == 502
        await client.send(get())
        await explained(client, 503, "destination_unavailable")
        assert 1 <= int(client.final.fields.get("retry-after", "0")) <= 30


@in_loop
async def test_requests_that_cannot_be_read_go_nowhere() -> None:
    smuggled = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    async with answering(OK) as upstream, through_gateway(upstream.url) as client:
        await client.send(smuggled + get("/second"))
        assert (await client.response("POST"))[0] == 400
        assert await client.rest() == b""
        assert upstream.asked == []


@in_loop
async def test_bad_chunks_in_a_request_end_both_connections() -> None:
    has_come, closed = asyncio.Event(), asyncio.Event()

    async def serve(link: Link) -> None:
        await link.head()
        has_come.set()
        await link.incoming.read()
        closed.set()

    async with serving(serve) as upstream, through_gateway(upstream.url) as client:
        await client.send(get("/", "Transfer-Encoding: chunked", method="POST") + b"1\r\na\r\n")
        await has_come.wait()
        await client.send(b"nonsense\r\n")
        assert (await client.response("POST"))[0] == 400
        await closed.wait()


@in_loop
async def test_a_loop_is_508() -> None:
    async with answering(OK) as upstream, through_gateway(upstream.url) as client:
        await client.send(get("/", "Via: 1.1 gateway.test"))
        await explained(client, 508, "proxy_loop_detected")
        assert upstream.asked == []
