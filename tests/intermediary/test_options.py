"""What a gateway can be told to do otherwise, over sockets: places on servers, what is told of the client, limits."""

from __future__ import annotations

import pytest

from statuary.intermediary.gateway import gateway
from statuary.intermediary.proxy import proxy

from .wired import OK, answering, connected, get, in_loop, running, through_gateway


@in_loop
async def test_a_place_on_a_server_is_the_whole_of_the_gateway() -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: /app/v2/b\r\nContent-Length: 0\r\n\r\n"
    async with (
        answering(moved, OK) as upstream,
        through_gateway(f"{upstream.url}/app/v2/", maps_locations=True) as client,
    ):
        await client.send(get("/a?q"))
        assert await client.response() == (302, b"")
        assert client.final.fields.get("location") == "/b"
        await client.send(get("/b"))
        assert await client.response() == (200, b"ok")
        await client.send(get("/../secret"))
        assert (await client.response())[0] == 400
    assert [asked.line for asked in upstream.asked] == ["GET /app/v2/a?q HTTP/1.1", "GET /app/v2/b HTTP/1.1"]


@in_loop
async def test_the_upstream_is_told_of_the_client() -> None:
    async with answering(OK) as upstream, through_gateway(upstream.url, tells=("forwarded", "x-forwarded")) as client:
        await client.send(get("/", "X-Forwarded-For: 10.9.8.7", "Forwarded: for=10.9.8.7"))
        assert await client.response() == (200, b"ok")
    asked = upstream.asked[0]
    assert asked.field("forwarded") == "for=127.0.0.1;proto=http;host=example.org"
    assert asked.field("x-forwarded-for") == "127.0.0.1"
    assert asked.field("x-forwarded-proto") == "http"
    assert asked.field("x-forwarded-host") == "example.org"
    assert "10.9.8.7" not in asked.fields


@pytest.mark.parametrize(
    ("framing", "content"),
    [
        ("Content-Length: 11", b"a" * 11),
        ("Transfer-Encoding: chunked", b"b\r\naaaaaaaaaaa\r\n0\r\n\r\n"),
        ("Transfer-Encoding: chunked", b"6\r\naaaaaa\r\n5\r\naaaaa\r\n0\r\n\r\n"),
    ],
)
@in_loop
async def test_more_content_than_is_taken_is_413(framing: str, content: bytes) -> None:
    async with answering(OK) as upstream, through_gateway(upstream.url, most_content=10) as client:
        await client.send(get("/", framing, method="POST") + content)
        assert (await client.response("POST"))[0] == 413
    assert upstream.asked == []


@in_loop
async def test_as_much_content_as_is_taken_goes_through() -> None:
    async with answering(OK) as upstream, through_gateway(upstream.url, most_content=10) as client:
        await client.send(get("/", "Content-Length: 10", method="POST") + b"a" * 10)
        assert await client.response("POST") == (200, b"ok")
        await client.send(get("/", "Transfer-Encoding: chunked", method="POST") + b"a\r\naaaaaaaaaa\r\n0\r\n\r\n")
        assert await client.response("POST") == (200, b"ok")


@in_loop
async def test_a_proxy_leads_to_one_port_only() -> None:
    async with answering(OK) as upstream, answering(OK) as other:
        made = proxy(name="proxy.test", hosts=[upstream.authority], allows_private=True)
        async with running(made) as authority, connected(authority) as client:
            for url, status in ((upstream.url, 200), (other.url, 403)):
                await client.send(f"GET {url}/ HTTP/1.1\r\nHost: {url[7:]}\r\n\r\n".encode())
                assert (await client.response())[0] == status
    assert other.asked == []


@pytest.mark.parametrize("to", ["http://a/b?c", "http://a/b#c", "http://u@a/b", "http://a//b", "http://a/../b"])
def test_what_is_no_place_on_a_server_is_said(to: str) -> None:
    with pytest.raises(ValueError, match=r"names more|not a path"):
        gateway([to], name="gateway.test")
