"""What messages look like on the other side of a gateway or proxy: fields, targets, versions, and codes nobody knows."""

from __future__ import annotations

import pytest

from statuary.intermediary.proxy import proxy

from .wired import OK, Link, answering, connected, get, in_loop, running, serving, through_gateway


@in_loop
async def test_lines_stay_as_they_are_and_are_never_merged() -> None:
    lines = (
        "Set-Cookie: a=1",
        "X-Unknown: 1",
        "set-cookie: b=2",
        "Set-Cookie: c=3",
        "x-unknown: 2",
        "Vary: a",
        "Vary: b",
    )
    answer = f"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n{''.join(f'{line}{chr(13)}{chr(10)}' for line in lines)}\r\nok"
    async with answering(answer.encode()) as upstream, through_gateway(upstream.url) as client:
        await client.send(get("/", "Cookie: a=1", "X-Unknown: 1", "x-unknown: 2", "Accept: a", "Accept: b"))
        assert await client.response() == (200, b"ok")
        assert [f"{name}: {value}" for name, value in client.final.fields][: len(lines)] == list(lines)
    told = upstream.asked[0].fields
    assert "\r\nCookie: a=1\r\nX-Unknown: 1\r\nx-unknown: 2\r\nAccept: a\r\nAccept: b\r\n" in f"\r\n{told}"


@pytest.mark.parametrize("code", [299, 399, 471, 499, 599])
@in_loop
async def test_codes_that_nobody_knows_go_through(code: int) -> None:
    answer = b"HTTP/1.1 %d Whatever\r\nContent-Length: 2\r\n\r\nok" % code
    async with answering(answer) as upstream, through_gateway(upstream.url) as client:
        await client.send(get())
        assert await client.response() == (code, b"ok")


@pytest.mark.parametrize("name", ["Location", "Content-Location"])
@in_loop
async def test_locations_name_the_gateway_only_if_asked_to(name: str) -> None:
    async def serve(link: Link) -> None:
        while await link.request() is not None:
            line = f"HTTP/1.1 201 Created\r\n{name}: {upstream.url}/a?b#c\r\nContent-Length: 0\r\n\r\n"
            await link.say(line.encode())

    async with serving(serve) as upstream:
        for maps_locations in (True, False):
            async with through_gateway(upstream.url, maps_locations=maps_locations) as client:
                await client.send(get())
                assert await client.response() == (201, b"")
                origin = "http://example.org" if maps_locations else upstream.url
                assert client.final.fields.get(name.lower()) == f"{origin}/a?b#c"


@in_loop
async def test_the_host_that_the_client_asked_for_goes_on_if_wanted() -> None:
    async with answering(OK) as upstream, through_gateway(upstream.url, keeps_host=True) as client:
        await client.send(get() + get("http://other.test:81/b"))
        assert await client.response() == await client.response() == (200, b"ok")
    assert [asked.field("host") for asked in upstream.asked] == ["example.org", "other.test:81"]
    assert upstream.asked[1].line == "GET /b HTTP/1.1"


@in_loop
async def test_max_forwards_is_counted_for_trace_and_options_alone() -> None:
    async with answering(OK) as upstream, through_gateway(upstream.url) as client:
        await client.send(get("/a", "Max-Forwards: 0", method="OPTIONS"))
        assert (await client.response("OPTIONS"))[0] == 200
        assert "GET" in client.final.fields.get("allow", "")
        await client.send(get("/a", "Max-Forwards: 0", "Authorization: secret", "X: 1", method="TRACE"))
        status, content = await client.response("TRACE")
        assert status == 200
        assert content.startswith(b"TRACE /a HTTP/1.1\r\n")
        assert b"secret" not in content
        assert upstream.asked == []
        await client.send(get("/a", "Max-Forwards: 1", method="TRACE") + get("/a", "Max-Forwards: 0"))
        assert await client.response("TRACE") == await client.response() == (200, b"ok")
    assert [asked.field("max-forwards") for asked in upstream.asked] == ["0", "0"]


@in_loop
async def test_http_1_0_clients_get_what_they_can_read() -> None:
    chunked = b"HTTP/1.1 103 \r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
    async with answering(OK, chunked) as upstream, through_gateway(upstream.url) as client:
        await client.send(get("/", "Connection: keep-alive", version="1.0"))
        assert await client.response() == (200, b"ok")
        assert client.final.fields.get("connection") == "keep-alive"
        await client.send(get("/", "Connection: keep-alive", version="1.0"))
        octets = await client.rest()
        assert octets.startswith(b"HTTP/1.1 200 OK\r\n")
        assert b"Transfer-Encoding" not in octets
        assert octets.endswith(b"\r\n\r\nok")
    assert upstream.asked[0].line == "GET / HTTP/1.1"
    assert upstream.asked[0].field("via") == "1.0 gateway.test"


@in_loop
async def test_content_of_a_205_is_not_passed_on_and_a_304_keeps_its_length() -> None:
    reset = b"HTTP/1.1 205 Reset\r\nContent-Length: 2\r\n\r\nok"
    unchanged = b'HTTP/1.1 304 Not Modified\r\nContent-Length: 1000\r\nETag: "a"\r\n\r\n'
    async with answering(reset, unchanged, OK) as upstream, through_gateway(upstream.url) as client:
        await client.send(get() * 3)
        assert await client.response() == (205, b"")
        assert client.final.fields.get("content-length") == "0"
        assert await client.response() == (304, b"")
        assert client.final.fields.get("content-length") == "1000"
        assert await client.response() == (200, b"ok")


@in_loop
async def test_expectations_that_are_not_ours_to_judge_go_on() -> None:
    refused = b"HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n"
    async with answering(refused) as upstream, through_gateway(upstream.url) as client:
        await client.send(get("/", "Expect: something"))
        assert await client.response() == (417, b"")
    assert upstream.asked[0].field("expect") == "something"


@in_loop
async def test_a_proxy_writes_the_target_and_host_anew() -> None:
    async with answering(OK) as upstream:
        made = proxy(name="proxy.test", allows_private=True)
        async with running(made) as authority, connected(authority) as client:
            hop = "Proxy-Connection: keep-alive\r\nTE: trailers\r\nConnection: TE, X-Hop\r\nX-Hop: 1\r\n"
            await client.send(f"GET {upstream.url}/a?b HTTP/1.1\r\nHost: wrong.test\r\n{hop}\r\n".encode())
            assert await client.response() == (200, b"ok")
            assert client.final.fields.get("via") == "1.1 proxy.test"
    asked = upstream.asked[0]
    assert asked.line == "GET /a?b HTTP/1.1"
    assert asked.field("host") == upstream.authority
    assert (asked.field("te"), asked.field("connection")) == ("trailers", "TE")
    assert (asked.field("x-hop"), asked.field("proxy-connection")) == (None, None)
