"""No smuggling: what goes on to a server has one reading, and no client gets what another asked for.

The messages are those of interop/smuggling, which plays them to real servers; here a server of the strictest reading stands
behind the gateway, and h11 and httptools read the same octets.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import h11
import httptools
import pytest

from statuary.intermediary.client_connection import ClientConnection
from statuary.intermediary.connecting import NextHopConnection
from statuary.intermediary.gateway import gateway
from statuary.intermediary.request_out import RequestOut
from statuary.intermediary.settings import IntermediarySettings
from statuary.message.fields import Fields
from statuary.message.request import UNKNOWN_LENGTH, Request
from statuary.origin_server.site import ContentCut
from statuary.wire.limits import WireLimits
from statuary.wire.malformed import MalformedMessage

from .wired import Link, connected, get, in_loop, running, serving

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from interop.smuggling.messages import MESSAGES, Message
from interop.smuggling.mutations import mutated
from interop.smuggling.playing import Heard, Noted, compare, play
from interop.smuggling.reading import Ambiguous, requests_in
from interop.smuggling.tap import Tapped

GENERATED = 400


class StrictServer:
    """Answers each request as soon as it is whole, and keeps all octets."""

    def __init__(self) -> None:
        self.connections: list[Tapped] = []
        self.noted: dict[int, list[Noted]] = {}

    async def serve(self, link: Link) -> None:
        tapped = Tapped(link.number)
        self.connections.append(tapped)
        noted = self.noted.setdefault(link.number, [])
        while octets := await link.incoming.read(65536):
            tapped.sent += octets
            whole = [one for one in requests_in(bytes(tapped.sent)) if one.is_whole]
            for one in whole[len(noted) :]:
                noted.append(Noted(one.method, one.target, was_refused=False))
                tapped.answered = len(tapped.sent)
                await link.say(f"HTTP/1.1 204 \r\nX-Target: {one.target}\r\n\r\n".encode("ascii"))


@contextlib.asynccontextmanager
async def in_front_of(server: StrictServer) -> AsyncIterator[int]:
    """The port of a gateway."""
    async with serving(server.serve) as upstream:
        made = gateway([upstream.url], IntermediarySettings(), name="gateway.test")
        async with running(made) as authority:
            yield int(authority.rpartition(":")[2])


def read_by_h11(octets: bytes) -> list[tuple[str, str]]:
    """The whole requests that h11 finds."""
    connection = h11.Connection(h11.SERVER)
    connection.receive_data(octets)
    found: list[tuple[str, str]] = []
    asked = ("", "")
    while True:
        event = connection.next_event()
        if isinstance(event, h11.Request):
            asked = (event.method.decode("ascii"), event.target.decode("ascii"))
        elif isinstance(event, h11.EndOfMessage):
            found.append(asked)
            connection.send(h11.Response(status_code=200, headers=[("Content-Length", "0")]))
            connection.send(h11.EndOfMessage())
            if connection.our_state is h11.MUST_CLOSE:
                return found
            connection.start_next_cycle()
        elif event is h11.NEED_DATA or event is h11.PAUSED:
            return found


class _Requests:
    def __init__(self) -> None:
        self.found: list[tuple[str, str]] = []
        self.target = b""
        self.parser = httptools.HttpRequestParser(self)

    def on_message_begin(self) -> None:
        self.target = b""

    def on_url(self, url: bytes) -> None:
        self.target += url

    def on_message_complete(self) -> None:
        self.found.append((self.parser.get_method().decode("ascii"), self.target.decode("ascii")))


def read_by_httptools(octets: bytes) -> list[tuple[str, str]]:
    """The whole requests that llhttp finds, up to what it does not speak."""
    requests = _Requests()
    with contextlib.suppress(httptools.HttpParserUpgrade, httptools.HttpParserInvalidMethodError):
        requests.parser.feed_data(octets)
    return requests.found


@in_loop
async def test_what_goes_on_has_one_reading_and_comes_back_to_who_asked() -> None:
    server = StrictServer()
    messages = [*MESSAGES, *(mutated(f"test/{number}") for number in range(GENERATED))]
    async with in_front_of(server) as port:
        heard = await play(messages, port)
    tally = compare(heard, server.connections, server.noted)
    assert not tally.disagreements
    assert tally.played == len(messages)
    assert tally.forwarded > len(messages) / 10
    for tapped in server.connections:
        octets = bytes(tapped.sent)
        whole = [(one.method, one.target) for one in requests_in(octets) if one.is_whole]
        assert read_by_h11(octets) == whole
        by_llhttp = read_by_httptools(octets)
        assert by_llhttp == whole[: len(by_llhttp)]


HIDDEN = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"
CHUNKS = b"5\r\nhello\r\n0\r\n\r\n"
RESPONSES = (
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKS,
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n" + CHUNKS,
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\nContent-Length: 5\r\n\r\nhello",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding : chunked\r\nContent-Length: 5\r\n\r\n" + CHUNKS,
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, identity\r\n\r\n" + CHUNKS,
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: \x0bchunked\r\n\r\n" + CHUNKS,
    b"HTTP/1.1 200 OK\r\nX: y\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n" + CHUNKS,
    b"HTTP/1.1 200 OK\r\nX: y\rTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n" + CHUNKS,
    b"HTTP/1.1 200 OK\r\nX: y\r\n Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n" + CHUNKS,
    b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n" + CHUNKS,
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n+5\r\nhello\r\n0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a\nhello\r\n0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nContent-Length: 9\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 3\r\n\r\nhello",
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
    b"HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello",
    b"HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello",
    b"HTTP/1.1 200 OK\r\nContent-Length: 5 5\r\n\r\nhello",
    b"HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\nhello",
    b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhello",
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello",
    b"HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKS,
    b"HTTP/1.1 205 Reset Content\r\nContent-Length: 5\r\n\r\nhello",
    b"HTTP/1.1 205 Reset Content\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKS,
    b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\nhello",
    b"HTTP/1.1 100 Continue\r\n\r\n" + HIDDEN,
    b"HTTP/1.1 100 Continue\r\nContent-Length: 44\r\n\r\n" + HIDDEN,
    b"HTTP/1.1 103 Early Hints\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKS,
    b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    b"HTTP/1.1 200 OK\nContent-Length: 5\n\nhello",
    b"HTTP/1.1 200 OK\r\r\nContent-Length: 5\r\n\r\nhello",
    b"HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello",
    b"HTTP/1.1 200 O\x00K\r\nContent-Length: 5\r\n\r\nhello",
    b"HTTP/1.1 2000 OK\r\nContent-Length: 5\r\n\r\nhello",
    b"HTTP/1.1 099 OK\r\nContent-Length: 5\r\n\r\nhello",
    b"HTTP/1.1 600 OK\r\nContent-Length: 5\r\n\r\nhello",
    b"HTTP/2.0 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    b"ICY 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    b"\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    b"HTTP/1.1 200 OK\r\nX: y\r\n\rContent-Length: 5\r\n\r\nhello",
    b"HTTP/1.1 200 OK\r\nContent-Length\x00: 5\r\n\r\nhello",
    b"hello\r\n\r\n",
)


def final_responses(octets: bytes, method: str) -> int:
    """How many whole final responses h11 finds. Raises AssertionError where something follows them."""
    connection = h11.Connection(h11.CLIENT)
    connection.send(h11.Request(method=method, target="/", headers=[("Host", "a"), ("Connection", "close")]))
    connection.send(h11.EndOfMessage())
    connection.receive_data(octets)
    connection.receive_data(b"")
    try:
        while not isinstance(event := connection.next_event(), h11.EndOfMessage):
            assert isinstance(event, h11.InformationalResponse | h11.Response | h11.Data)
    except h11.RemoteProtocolError:
        return 0
    assert connection.trailing_data[0] == b""
    return 1


@in_loop
async def test_responses_that_have_two_readings_are_no_ones_but_who_asked() -> None:
    hostile: list[bytes] = []

    async def serve(link: Link) -> None:
        while (asked := await link.request()) is not None:
            target = asked.line.split()[1].encode("ascii")
            honest = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(target), target)
            await link.say(hostile.pop() if target == b"/hostile" else honest)

    async with serving(serve) as upstream:
        # Taken out once, no server would be left
        made = gateway([upstream.url], IntermediarySettings(), name="gateway.test")
        async with running(made) as authority:
            for octets in RESPONSES:
                for method in ("GET", "HEAD", "POST"):
                    hostile[:] = [octets + HIDDEN] * 2
                    async with connected(authority) as client:
                        await client.send(get("/hostile", "Connection: close", "Content-Length: 0", method=method))
                        assert final_responses(await client.rest(), method) <= 1, octets
                    async with connected(authority) as client:
                        await client.send(get("/honest"))
                        assert await client.response() == (200, b"/honest"), octets


@pytest.mark.parametrize("ends", [ContentCut("it ended"), MalformedMessage(400, "rfc9112-7.1", "A chunk."), None])
@in_loop
async def test_a_connection_with_half_a_request_on_it_takes_no_other(ends: Exception | None) -> None:
    loop = asyncio.get_running_loop()
    connection = NextHopConnection(loop, WireLimits())
    request = Request("POST", "/", Fields(()), authority="a", content_length=UNKNOWN_LENGTH)
    client = SimpleNamespace(withholds_content=lambda request: False)
    out = RequestOut(cast("ClientConnection", client), request, IntermediarySettings(), None)
    # As it is between the end of the task that sends and what is called then
    sender: asyncio.Future[None] = loop.create_future()
    if ends is None:
        sender.set_result(None)
    else:
        sender.set_exception(ends)
    out._sender = cast("asyncio.Task[None]", sender)
    await out.stop(connection)
    assert connection.must_close == (ends is not None)


@pytest.mark.parametrize(
    "octets",
    [
        b"GET / HTTP/1.0\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\nHost: a\n\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 01\r\n\r\nx",
        b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0;a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxx\r\n0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nHost: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nxy\r\n",
    ],
)
def test_the_strictest_reader_refuses_what_leaves_a_choice(octets: bytes) -> None:
    with pytest.raises(Ambiguous):
        requests_in(octets)


ASKED = b"GET /000000/first HTTP/1.1\r\nHost: a\r\n\r\n"
FIRST = Noted("GET", "/000000/first", was_refused=False)
OTHER = Noted("GET", "/000000/hidden", was_refused=False)


@pytest.mark.parametrize(
    ("answer", "sent", "noted", "disagreements"),
    [
        (b"X-Target: /000000/first\r\n", ASKED, [FIRST], 0),
        (b"X-Target: /000001/first\r\n", ASKED, [FIRST], 1),
        (b"", ASKED, [FIRST, OTHER], 1),
        (b"", ASKED, [], 1),
        (b"", ASKED, [OTHER], 2),
        (b"", ASKED, [Noted("", "", was_refused=True)], 0),
        (b"", ASKED[:-4] + b"\n\n", [FIRST], 1),
        (b"", b"", [], 0),
    ],
)
def test_what_does_not_agree_is_told(answer: bytes, sent: bytes, noted: list[Noted], disagreements: int) -> None:
    heard = Heard(Message("group", "name", ASKED), ASKED, answer, has_ended=True)
    tapped = Tapped(1, bytearray(sent), answered=len(sent))
    assert len(compare([heard], [tapped], {1: noted}).disagreements) == disagreements
