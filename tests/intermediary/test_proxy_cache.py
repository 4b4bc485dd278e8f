"""The shared cache of a proxy, over sockets: by whole target URI, behind credentials, and nothing of what tunnels carry."""

from __future__ import annotations

from pathlib import Path

import pytest

from .wired import (
    OK,
    Link,
    answering,
    ask,
    basic,
    connect,
    connected,
    digest,
    get,
    in_loop,
    proxy_here,
    running,
    serving,
    through_proxy,
)

FRESH = b"HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 5\r\n\r\nfirst"
STALE = b'HTTP/1.1 200 OK\r\nCache-Control: max-age=0\r\nETag: "a"\r\nContent-Length: 5\r\n\r\nfirst'
CURRENT = b'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\nX-New: 1\r\n\r\n'
USERS = {"user": "secret", "other": "hidden"}


@in_loop
async def test_what_is_fresh_is_not_asked_for_again() -> None:
    async with answering(FRESH, OK) as upstream, through_proxy(cache=":memory:") as client:
        for _ in range(2):
            await client.send(ask(f"{upstream.url}/a?b"))
            assert await client.response() == (200, b"first")
            assert client.final.fields.get("via") == "1.1 proxy.test"
        assert client.final.fields.get("age") is not None
        assert client.final.fields.get("proxy-status") is None
        assert len(upstream.asked) == 1


@in_loop
async def test_without_it_everything_is_asked_for() -> None:
    async with answering(FRESH, OK) as upstream, through_proxy() as client:
        for content in (b"first", b"ok"):
            await client.send(ask(f"{upstream.url}/"))
            assert await client.response() == (200, content)


@in_loop
async def test_what_differs_in_the_target_uri_is_another_resource() -> None:
    async with answering(FRESH) as one, answering(FRESH.replace(b"first", b"other")) as two:
        async with through_proxy(cache=":memory:") as client:
            for _ in range(2):
                for url, content in (
                    (f"{one.url}/a", b"first"),
                    (f"{two.url}/a", b"other"),
                    (f"{one.url}/a?", b"first"),
                ):
                    await client.send(ask(url))
                    assert await client.response() == (200, content)
        assert [asked.line for asked in one.asked] == ["GET /a HTTP/1.1", "GET /a? HTTP/1.1"]
        assert [asked.line for asked in two.asked] == ["GET /a HTTP/1.1"]


@in_loop
async def test_another_spelling_of_the_host_is_the_same_resource() -> None:
    async with answering(FRESH, OK, OK) as upstream, through_proxy(cache=":memory:") as client:
        port = upstream.authority.partition(":")[2]
        for url in (f"http://localhost:{port}/", f"HTTP://LOCALHOST:{port}"):
            await client.send(ask(url))
            assert await client.response() == (200, b"first")
        await client.send(ask(f"http://LocalHost:{port}/", "Content-Length: 0", method="PUT"))
        assert await client.response("PUT") == (200, b"ok")
        await client.send(ask(f"http://localhost:{port}/"))
        assert await client.response() == (200, b"ok")


@pytest.mark.parametrize("line", ["Cookie: a=b", "Authorization: Basic dTpw"])
@in_loop
async def test_what_was_given_to_credentials_is_not_for_others(line: str) -> None:
    async with answering(FRESH, OK) as upstream, through_proxy(cache=":memory:") as client:
        await client.send(ask(f"{upstream.url}/", line))
        await client.response()
        await client.send(ask(f"{upstream.url}/"))
        await client.response()
        # RFC 9111 section 3.5 is about Authorization alone
        assert len(upstream.asked) == (2 if line.startswith("Authorization") else 1)


# Who may use it


@in_loop
async def test_credentials_for_the_proxy_keep_nothing_from_being_shared(tmp_path: Path) -> None:
    varying = FRESH.replace(b"\r\nContent", b"\r\nVary: Proxy-Authorization\r\nContent")
    async with answering(varying, OK) as upstream, through_proxy(cache=f"{tmp_path}/cache", users=USERS) as client:
        for line in (basic("user", "secret"), basic("other", "hidden")):
            await client.send(ask(f"{upstream.url}/", line))
            assert await client.response() == (200, b"first")
        written = b"".join(file.read_bytes() for file in tmp_path.iterdir())  # noqa: ASYNC240 - there is nobody else
        assert b"first" in written
        assert not any(basic(*user).partition("Basic ")[2].encode() in written for user in USERS.items())
        # What is stored is for users, too
        await client.send(ask(f"{upstream.url}/"))
        assert (await client.response())[0] == 407


@in_loop
async def test_what_is_stored_leads_nowhere_else() -> None:
    made = proxy_here(cache=":memory:", hosts=["localhost"])
    async with answering(FRESH, OK) as upstream, running(made) as authority, connected(authority) as client:
        port = upstream.authority.partition(":")[2]
        await client.send(ask(f"http://localhost:{port}/"))
        assert await client.response() == (200, b"first")
        await client.send(ask(f"http://127.0.0.1:{port}/"))
        assert (await client.response())[0] == 403


@pytest.mark.parametrize("how", ["Basic", "Digest"])
@in_loop
async def test_what_is_stale_is_validated_for_users(how: str) -> None:
    async with answering(STALE, CURRENT) as upstream, through_proxy(cache=":memory:", users=USERS) as client:
        for count in (1, 2):
            await client.send(ask(f"{upstream.url}/"))
            assert (await client.response())[0] == 407
            url = f"{upstream.url}/"
            shown = basic("user", "secret") if how == "Basic" else digest(client.final, url, count=count)
            await client.send(ask(f"{upstream.url}/", shown))
            assert await client.response() == (200, b"first")
        assert client.final.fields.get("x-new") == "1"
        assert upstream.asked[1].field("if-none-match") == '"a"'
        assert upstream.asked[1].field("proxy-authorization") is None


@in_loop
async def test_credentials_that_are_good_once_are_good_for_a_second_attempt() -> None:
    async def serve(link: Link) -> None:
        await link.request()
        if link.number == 1:
            await link.say(OK)
            await link.request()
            return
        await link.say(OK)

    async with serving(serve) as upstream, through_proxy(users=USERS) as client:
        for shown in (False, True):
            await client.send(ask(f"{upstream.url}/"))
            assert (await client.response())[0] == 407
            line = digest(client.final, f"{upstream.url}/") if shown else basic("user", "secret")
            await client.send(ask(f"{upstream.url}/", line))
            assert await client.response() == (200, b"ok")
        assert upstream.links == 2


# What does not come from the origin server


@in_loop
async def test_only_if_cached_asks_nobody() -> None:
    async with answering(OK) as upstream, through_proxy(cache=":memory:") as client:
        await client.send(ask(f"{upstream.url}/", "Cache-Control: only-if-cached"))
        assert (await client.response())[0] == 504
        assert "proxy.test" in client.final.fields.get("proxy-status", "")
        assert upstream.asked == []


@in_loop
async def test_what_is_stale_helps_out() -> None:
    async with answering(STALE, b"garbage\r\n\r\n") as upstream, through_proxy(cache=":memory:") as client:
        for _ in range(2):
            await client.send(ask(f"{upstream.url}/"))
            assert await client.response() == (200, b"first")


@in_loop
async def test_what_goes_through_a_tunnel_is_not_kept_nor_answered() -> None:
    async with answering(FRESH, FRESH, FRESH, OK) as upstream:
        made = proxy_here(cache=":memory:")
        async with running(made) as authority, connected(authority) as usual, connected(authority) as tunnel:
            await usual.send(ask(f"{upstream.url}/"))
            assert await usual.response() == (200, b"first")
            await tunnel.send(connect(upstream.authority))
            assert (await tunnel.incoming.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 ")
            for path in ("/", "/other"):
                await tunnel.send(get(path))
                assert await tunnel.response() == (200, b"first")
                assert tunnel.final.fields.get("via") is None
            await usual.send(ask(f"{upstream.url}/other"))
            assert await usual.response() == (200, b"ok")
