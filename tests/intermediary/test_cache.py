"""The shared cache of a gateway, over sockets: what is answered from it, what is asked again, what is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from statuary.intermediary.cache import Cache
from statuary.intermediary.gateway import gateway
from statuary.intermediary.settings import IntermediarySettings
from statuary.message.fields import Fields
from statuary.message.request import Request
from statuary.message.response import Response
from statuary.semantics.caching import Entry

from .wired import OK, Link, answering, connected, get, in_loop, running, serving, through_gateway

FRESH = b"HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 5\r\n\r\nfirst"
STALE = b'HTTP/1.1 200 OK\r\nCache-Control: max-age=0\r\nETag: "a"\r\nContent-Length: 5\r\n\r\nfirst'
CURRENT = b'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\nX-New: 1\r\n\r\n'


@in_loop
async def test_what_is_fresh_is_not_asked_for_again() -> None:
    async with answering(FRESH, OK) as upstream, through_gateway(upstream.url, cache=":memory:") as client:
        for _ in range(2):
            await client.send(get())
            assert await client.response() == (200, b"first")
        assert client.final.fields.get("age") is not None
        await client.send(get(method="HEAD"))
        assert await client.response("HEAD") == (200, b"")
        assert client.final.fields.get("content-length") == "5"
        assert len(upstream.asked) == 1
        await client.send(get("/other"))
        assert await client.response() == (200, b"ok")


@in_loop
async def test_chunks_are_stored_without_their_framing() -> None:
    chunked = b"HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n"
    async with answering(chunked, OK) as upstream, through_gateway(upstream.url, cache=":memory:") as client:
        for _ in range(2):
            await client.send(get())
            assert await client.response() == (200, b"a")
        assert client.final.fields.get("content-length") == "1"


@in_loop
async def test_what_is_stale_is_validated() -> None:
    async with answering(STALE, CURRENT) as upstream, through_gateway(upstream.url, cache=":memory:") as client:
        for _ in range(2):
            await client.send(get())
            assert await client.response() == (200, b"first")
        assert upstream.asked[1].field("if-none-match") == '"a"'
        assert client.final.fields.get("x-new") == "1"


@in_loop
async def test_a_304_about_something_else_has_the_request_sent_as_it_was() -> None:
    other = b'HTTP/1.1 304 Not Modified\r\nETag: "b"\r\n\r\n'
    async with answering(STALE, other, OK) as upstream, through_gateway(upstream.url, cache=":memory:") as client:
        await client.send(get())
        await client.response()
        await client.send(get())
        assert await client.response() == (200, b"ok")
        assert upstream.asked[2].field("if-none-match") is None


@pytest.mark.parametrize("failure", [b"HTTP/1.1 503 \r\nContent-Length: 0\r\n\r\n", b"garbage\r\n\r\n"])
@in_loop
async def test_what_is_stale_helps_out(failure: bytes) -> None:
    async with answering(STALE, failure) as upstream, through_gateway(upstream.url, cache=":memory:") as client:
        for _ in range(2):
            await client.send(get())
            assert await client.response() == (200, b"first")


@in_loop
async def test_what_was_said_to_a_proxy_is_not_kept() -> None:
    said = FRESH.replace(
        b"\r\n\r\n", b'\r\nProxy-Authentication-Info: nextnonce="n"\r\nConnection: X\r\nX: y\r\n\r\n', 1
    )
    async with answering(said, OK) as upstream, through_gateway(upstream.url, cache=":memory:") as client:
        for _ in range(2):
            await client.send(get())
            assert await client.response() == (200, b"first")
        assert "proxy-authentication-info" not in client.final.fields
        assert "x" not in client.final.fields


@pytest.mark.parametrize(
    ("told", "content", "version"), [(b"5", b"first", "2"), (b"6", b"ok", None)], ids=["the same", "another"]
)
def test_what_head_tells(told: bytes, content: bytes, version: str | None) -> None:
    first = FRESH.replace(b"\r\n\r\n", b'\r\nETag: "a"\r\nX-Version: 1\r\n\r\n', 1)
    head = first.partition(b"first")[0].replace(b"Version: 1", b"Version: 2").replace(b"Length: 5", b"Length: " + told)

    @in_loop
    async def play() -> None:
        async with answering(first, head, OK) as upstream, through_gateway(upstream.url, cache=":memory:") as client:
            await client.send(get())
            await client.response()
            await client.send(get("/", "Cache-Control: no-cache", method="HEAD"))
            await client.response("HEAD")
            await client.send(get())
            assert await client.response() == (200, content)
            assert client.final.fields.get("x-version") == version

    play()


@in_loop
async def test_a_part_is_taken_from_what_is_stored() -> None:
    async with answering(FRESH, OK) as upstream, through_gateway(upstream.url, cache=":memory:") as client:
        await client.send(get())
        await client.response()
        await client.send(get("/", "Range: bytes=1-2"))
        assert await client.response() == (206, b"ir")
        await client.send(get("/", "Range: bytes=9-"))
        assert (await client.response())[0] == 416
        assert len(upstream.asked) == 1


@in_loop
async def test_what_can_not_be_validated_helps_out_where_that_is_permitted() -> None:
    stale = b"HTTP/1.1 200 OK\r\nCache-Control: max-age=0, stale-if-error=60\r\nContent-Length: 5\r\n\r\nfirst"
    failed = b"HTTP/1.1 503 \r\nContent-Length: 0\r\n\r\n"
    async with answering(stale, failed) as upstream, through_gateway(upstream.url, cache=":memory:") as client:
        for _ in range(2):
            await client.send(get())
            assert await client.response() == (200, b"first")
        assert len(upstream.asked) == 2


@in_loop
async def test_a_post_may_answer_later_gets() -> None:
    answer = b"HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Location: /\r\nContent-Length: 5\r\n\r\nfirst"
    async with answering(answer, OK) as upstream, through_gateway(upstream.url, cache=":memory:") as client:
        await client.send(get("/", "Content-Length: 0", method="POST"))
        assert await client.response() == (200, b"first")
        await client.send(get())
        assert await client.response() == (200, b"first")
        assert len(upstream.asked) == 1


@in_loop
async def test_the_clients_own_condition_is_answered() -> None:
    tagged = FRESH.replace(b"\r\nContent", b'\r\nETag: "a"\r\nContent')
    async with answering(tagged) as upstream, through_gateway(upstream.url, cache=":memory:") as client:
        await client.send(get())
        await client.response()
        await client.send(get("/", 'If-None-Match: "a"'))
        assert await client.response() == (304, b"")
        assert len(upstream.asked) == 1


@in_loop
async def test_only_if_cached_is_504_and_the_connection_goes_on() -> None:
    async with answering(OK) as upstream, through_gateway(upstream.url, cache=":memory:") as client:
        await client.send(get("/", "Cache-Control: only-if-cached") + get())
        assert (await client.response())[0] == 504
        assert await client.response() == (200, b"ok")


@in_loop
async def test_vary_tells_responses_apart() -> None:
    varying = FRESH.replace(b"\r\nContent", b"\r\nVary: Accept-Language\r\nContent")
    german = varying.replace(b"first", b"erste")
    async with answering(varying, german) as upstream, through_gateway(upstream.url, cache=":memory:") as client:
        for language, content in (("en", b"first"), ("de", b"erste"), ("en", b"first"), ("de", b"erste")):
            await client.send(get("/", f"Accept-Language: {language}"))
            assert await client.response() == (200, content)
        assert len(upstream.asked) == 2


@in_loop
async def test_an_unsafe_request_invalidates() -> None:
    async with answering(FRESH, OK, OK) as upstream, through_gateway(upstream.url, cache=":memory:") as client:
        await client.send(get())
        await client.response()
        await client.send(get("/", "Content-Length: 0", method="PUT"))
        await client.response("PUT")
        await client.send(get())
        assert await client.response() == (200, b"ok")


@in_loop
async def test_what_was_cut_is_not_kept() -> None:
    async def serve(link: Link) -> None:
        await link.request()
        await link.say(FRESH[:-2] if link.number == 1 else FRESH)

    async with serving(serve) as upstream, through_gateway(upstream.url, cache=":memory:") as client:
        await client.send(get())
        assert (await client.rest()).endswith(b"fir")


@in_loop
async def test_what_is_fresh_answers_while_all_servers_are_left_out() -> None:
    async def serve(link: Link) -> None:
        asked = await link.request()
        if asked is not None and asked.line.startswith("GET / "):
            await link.say(FRESH)
        else:
            link.reset()

    settings = IntermediarySettings(most_failures=1, down_seconds=600)
    async with (
        serving(serve) as one,
        serving(serve) as two,
        through_gateway(one.url, two.url, settings=settings, cache=":memory:") as client,
    ):
        for path, status in (("/", 200), ("/other", 502), ("/other", 503), ("/", 200)):
            await client.send(get(path))
            assert (await client.response())[0] == status


@in_loop
async def test_locations_are_mapped_whoever_has_sent_them() -> None:
    async def serve(link: Link) -> None:
        while (asked := await link.request()) is not None:
            host = (asked.field("host") or "").encode()
            lines = b"Cache-Control: max-age=60\r\nLocation: http://%b/app/app/b\r\nContent-Location: /app/app/c" % host
            await link.say(b"HTTP/1.1 301 \r\n%b\r\nContent-Length: 0\r\n\r\n" % lines)

    async with serving(serve) as one, serving(serve) as two:
        urls = (f"{one.url}/app", f"{two.url}/app")
        async with through_gateway(*urls, cache=":memory:", maps_locations=True) as client:
            for _ in range(4):
                # Each request is for another server
                await client.send(get("/a"))
                assert (await client.response())[0] == 301
                assert client.final.fields.get("location") == "http://example.org/app/b"
                assert client.final.fields.get("content-location") == "/app/c"
        assert one.links + two.links == 1


@in_loop
async def test_what_a_mapped_location_names_is_invalidated() -> None:
    made = b"HTTP/1.1 201 \r\nLocation: http://%b/\r\nContent-Length: 0\r\n\r\n"

    async def serve(link: Link) -> None:
        while (asked := await link.request()) is not None:
            upstream.asked.append(asked)
            host = (asked.field("host") or "").encode()
            await link.say(made % host if asked.line.startswith("POST") else FRESH)

    async with (
        serving(serve) as upstream,
        through_gateway(upstream.url, cache=":memory:", maps_locations=True) as client,
    ):
        for method, path in (("GET", "/"), ("POST", "/other"), ("GET", "/")):
            await client.send(get(path, "Content-Length: 0", method=method))
            await client.response(method)
        assert len(upstream.asked) == 3


@in_loop
async def test_a_cache_that_fails_is_no_reason_to_fail(caplog: pytest.LogCaptureFixture) -> None:
    made = gateway(["http://127.0.0.1:1"], name="gateway.test", cache=":memory:")
    assert made.cache is not None
    made.cache.close()
    async with answering(OK) as upstream:
        made.next_hops = gateway([upstream.url], name="gateway.test").next_hops
        async with running(made) as authority, connected(authority) as client:
            for method in ("GET", "PUT", "HEAD"):
                await client.send(get(method=method))
                assert (await client.response(method))[0] == 200
    assert "the cache has failed" in caplog.text


def entry(path: str, content: bytes = b"", **fields: str) -> Entry:
    request = Request("GET", path, Fields([("Host", "a")]), authority="a")
    return Entry(request, Response(200, Fields(fields.items()), content), 1, 2)


def test_the_least_recently_used_is_given_up_first() -> None:
    cache = Cache(most_octets=1000)
    first, second, third = (entry(path, b"x" * 300) for path in ("/1", "/2", "/3"))
    cache.keep(first)
    cache.keep(second)
    cache.used(first)
    cache.keep(third)
    assert [len(cache.entries(one.request)) for one in (first, second, third)] == [1, 0, 1]
    cache.close()


def test_entries_outlive_the_process(tmp_path: Path) -> None:
    kept = entry("/1", b"content", ETag='"a"')
    cache = Cache(str(tmp_path / "cache"))
    cache.keep(entry("/1", b"old"))
    cache.keep(kept)
    cache.invalidate(kept.uri)
    cache.close()
    again = Cache(str(tmp_path / "cache"))
    (found,) = again.entries(kept.request)
    assert (found.response, found.received_at, found.is_invalid) == (kept.response, 2, True)
    again.close()
