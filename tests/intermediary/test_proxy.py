"""The proxy over sockets: http in absolute form, tunnels, who may use it, and where it leads."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from statuary.intermediary.connecting import is_public
from statuary.intermediary.proxy import proxy
from statuary.intermediary.settings import IntermediarySettings
from statuary.status import PHRASES

from .wired import OK, Link, answering, ask, basic, connect, connected, digest, in_loop, running, serving, through_proxy

CODES = [code for code in PHRASES if code >= 200]


@pytest.mark.parametrize("code", CODES)
@in_loop
async def test_every_final_code_goes_through(code: int) -> None:
    content = b"" if code in (204, 205, 304) else b"content"
    length = b"" if code in (204, 304) else b"Content-Length: %d\r\n" % len(content)
    answer = b"HTTP/1.1 %d \r\n%b\r\n" % (code, length) + content
    async with answering(answer, OK) as upstream, through_proxy() as client:
        await client.send(ask(f"{upstream.url}/a?b"))
        assert await client.response() == (code, content)
        assert client.final.fields.get("via") == "1.1 proxy.test"
        if code != 408:
            await client.send(ask(upstream.url))
            assert await client.response() == (200, b"ok")
        assert upstream.asked[0].line == "GET /a?b HTTP/1.1"
        assert upstream.asked[0].field("host") == upstream.authority


@pytest.mark.parametrize("code", [100, 102, 103, 104])
@in_loop
async def test_interim_responses_go_through(code: int) -> None:
    answer = b"HTTP/1.1 %d \r\nX-A: b\r\n\r\n" % code + OK
    async with answering(answer) as upstream, through_proxy() as client:
        await client.send(ask(upstream.url))
        assert await client.response() == (200, b"ok")
        assert [one.status for one in client.received.interim] == [code]


@in_loop
async def test_a_tunnel_carries_octets_both_ways_and_closes_by_halves() -> None:
    async def serve(link: Link) -> None:
        await link.say(b"hello ")
        while octets := await link.incoming.read(100):
            await link.say(octets.upper())
        await link.say(b" bye")

    async with serving(serve) as upstream, through_proxy() as client:
        await client.send(connect(upstream.authority) + b"early ")
        await client.send(b"late")
        client.outgoing.write_eof()
        head, _, octets = (await client.rest()).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 ")
        assert b"Content-Length" not in head
        assert octets == b"hello EARLY LATE bye"


@in_loop
async def test_the_other_side_of_a_tunnel_may_close_first() -> None:
    heard = asyncio.get_running_loop().create_future()

    async def serve(link: Link) -> None:
        await link.say(b"all")
        link.outgoing.write_eof()
        heard.set_result(await link.incoming.read())

    async with serving(serve) as upstream, through_proxy() as client:
        await client.send(connect(upstream.authority))
        assert (await client.rest()).endswith(b"\r\n\r\nall")
        await client.send(b"still heard")
        client.outgoing.write_eof()
        assert await heard == b"still heard"


@in_loop
async def test_a_tunnel_holds_back_whoever_is_faster() -> None:
    async def serve(link: Link) -> None:
        await link.say(b"x" * 16_000_000)

    async with serving(serve) as upstream, through_proxy() as client:
        await client.send(connect(upstream.authority))
        _, _, octets = (await client.rest()).partition(b"\r\n\r\n")
        assert len(octets) == 16_000_000


@in_loop
async def test_a_silent_tunnel_ends() -> None:
    async def serve(link: Link) -> None:
        await link.incoming.read()

    async with serving(serve) as upstream, through_proxy(IntermediarySettings(tunnel_idle=0.05)) as client:
        await client.send(connect(upstream.authority))
        with contextlib.suppress(ConnectionError):
            await client.rest()
        await upstream.ended.wait()


@in_loop
async def test_a_tunnel_to_nowhere_is_502_and_the_connection_goes_on() -> None:
    async with answering(OK) as upstream, through_proxy() as client:
        await client.send(connect("nowhere.invalid:443") + ask(upstream.url))
        assert (await client.response())[0] == 502
        assert await client.response() == (200, b"ok")


# Where it leads


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@in_loop
async def test_private_addresses_are_not_connected_to(host: str) -> None:
    async with answering(OK) as upstream, through_proxy(allows_private=False) as client:
        port = upstream.authority.rpartition(":")[2]
        await client.send(ask(f"http://{host}:{port}/"))
        assert (await client.response())[0] == 502
        assert "destination_ip_prohibited" in client.final.fields.get("proxy-status", "")
        await client.send(connect(f"{host}:{port}"))
        assert (await client.response())[0] == 502
        assert upstream.links == 0


@pytest.mark.parametrize(
    ("address", "is_it"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("127.0.0.1", False),
        ("127.1.2.3", False),
        ("0.0.0.0", False),
        ("10.0.0.1", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("not an address", False),
    ],
)
def test_which_addresses_are_public(address: str, is_it: bool) -> None:
    assert is_public(address) is is_it


@in_loop
async def test_it_leads_only_where_it_may() -> None:
    async with answering(OK) as upstream, through_proxy(hosts=["127.0.0.1"], tunnel_ports=[443]) as client:
        await client.send(ask(upstream.url))
        assert await client.response() == (200, b"ok")
        await client.send(ask("http://example.org/"))
        assert (await client.response())[0] == 403
        await client.send(connect(upstream.authority))
        assert (await client.response())[0] == 403


@in_loop
async def test_a_request_for_itself_or_without_a_host_goes_nowhere() -> None:
    made = proxy(name="proxy.test", allows_private=True)
    async with running(made) as authority, connected(authority) as client:
        await client.send(b"GET / HTTP/1.1\r\nHost: example.org\r\n\r\n")
        assert (await client.response())[0] == 400


# Who may use it


@in_loop
async def test_credentials_are_asked_for_and_go_no_further() -> None:
    async with answering(OK) as upstream, through_proxy(users={"user": "secret"}) as client:
        await client.send(ask(upstream.url))
        assert (await client.response())[0] == 407
        assert "Basic" in client.final.fields.get("proxy-authenticate", "")
        await client.send(ask(upstream.url, basic("user", "secret")))
        assert await client.response() == (200, b"ok")
        assert upstream.asked[0].field("proxy-authorization") is None
        await client.send(connect(upstream.authority, basic("user", "wrong")))
        assert (await client.response())[0] == 407
        await client.send(connect(upstream.authority, basic("user", "secret")))
        assert (await client.incoming.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("method", ["GET", "CONNECT"])
@in_loop
async def test_digest_credentials_work_once(method: str) -> None:
    made = proxy(name="proxy.test", users={"user": "secret"}, allows_private=True, tunnel_ports=None)
    async with (
        answering(OK) as upstream,
        running(made) as authority,
        connected(authority) as client,
        connected(authority) as replay,
    ):
        url = f"{upstream.url}/" if method == "GET" else upstream.authority
        octets = ask if method == "GET" else connect
        await client.send(octets(url))
        await client.response()
        line = digest(client.final, url, method)
        await client.send(octets(url, line))
        assert (await client.incoming.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 ")
        await replay.send(octets(url, line))
        assert (await replay.response())[0] == 407
