"""One exchange without a socket, through the real connection or through the ASGI application, for the same bytes in."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, NamedTuple

import h11

from statuary.message.fields import Fields
from statuary.origin_server.asgi import ASGIApp, Message, Scope
from statuary.origin_server.server import OriginServer
from statuary.origin_server.site import Site
from statuary.transport.clock import ManualClock
from statuary.transport.memory import MemoryTransport

Lines = tuple[tuple[str, str], ...]

NOW = 1_700_000_000


class Ask(NamedTuple):
    """A request. Host and Content-Length are added."""

    method: str = "GET"
    target: str = "/"
    fields: Lines = ()
    content: bytes | None = None

    def lines(self) -> Lines:
        length = () if self.content is None else (("Content-Length", str(len(self.content))),)
        return (("Host", "example.org"), *self.fields, *length)


class Answer(NamedTuple):
    """A final response; names of fields in lower case, in alphabetical order."""

    status: int
    fields: Lines
    content: bytes

    def field(self, name: str) -> str | None:
        return Fields(self.fields).get(name)


def over_connection(site: Site, ask: Ask) -> Answer:
    """What our own server answers, without the fields that belong to its connection and to the moment."""
    return asyncio.run(_over_connection(site, ask))


async def _over_connection(site: Site, ask: Ask) -> Answer:
    await site.open()
    transport = _EndingTransport(OriginServer(site, clock=ManualClock(NOW)).connect())
    peer = h11.Connection(h11.CLIENT)
    lines = [(name.encode(), value.encode("latin-1")) for name, value in (*ask.lines(), ("Connection", "close"))]
    head = peer.send(h11.Request(method=ask.method, target=ask.target, headers=lines))
    content = peer.send(h11.Data(data=ask.content)) if ask.content else b""
    assert head is not None
    peer.send(h11.EndOfMessage())
    transport.receive(head + (content or b""))
    await transport.ending.wait()
    transport.close()
    await site.close()
    peer.receive_data(bytes(transport.sent))
    peer.receive_data(b"")
    return _final(peer)


class _EndingTransport(MemoryTransport):
    """Tells when the response has ended."""

    def __init__(self, protocol: asyncio.Protocol) -> None:
        self.ending = asyncio.Event()
        super().__init__(protocol)

    def write_eof(self) -> None:
        super().write_eof()
        self.ending.set()


def _final(peer: h11.Connection) -> Answer:
    content = b""
    response = None
    while not isinstance(event := peer.next_event(), h11.EndOfMessage):
        if isinstance(event, h11.Response):
            response = event
        elif isinstance(event, h11.Data):
            content += bytes(event.data)
        assert event is not h11.NEED_DATA
        assert not isinstance(event, h11.ConnectionClosed)
    assert response is not None
    lines = [(name.decode(), value.decode("latin-1")) for name, value in response.headers]
    unwanted = {"date", "connection", "transfer-encoding"}
    return Answer(response.status_code, tuple(sorted(line for line in lines if line[0] not in unwanted)), content)


def scope_of(ask: Ask, **rest: Any) -> Scope:
    """The scope that an ASGI server makes of ``ask``."""
    path, _, query = ask.target.partition("?")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": ask.method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in ask.lines()],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 80),
        **rest,
    }


def over_asgi(site: Site, ask: Ask, **rest: Any) -> Answer:
    """What the ASGI application answers. ``rest`` goes into the scope."""
    return asyncio.run(_over_asgi(site, ask, rest))


async def _over_asgi(site: Site, ask: Ask, rest: Mapping[str, Any]) -> Answer:
    app = ASGIApp(site, clock=ManualClock(NOW))
    async with app.lifespan():
        sent = await events_of(app, scope_of(ask, **rest), ask.content or b"")
    return answer_in(sent)


async def events_of(app: ASGIApp, scope: Scope, content: bytes = b"") -> list[Message]:
    """All that ``app`` sends for one request, whose content comes in two pieces and an empty one."""
    half = len(content) // 2
    pieces = [content[:half], content[half:], b""]
    events: list[Message] = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    events[-1]["more_body"] = False
    sent: list[Message] = []

    async def receive() -> Message:
        if events:
            return events.pop(0)
        return await never()

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent


async def never() -> Message:
    """The next event from a peer that stays, and has nothing more to say."""
    await asyncio.get_running_loop().create_future()
    raise AssertionError


def answer_in(sent: list[Message]) -> Answer:
    """The response that ``sent`` makes, its order checked."""
    start, *bodies = [message for message in sent if message["type"] in ("http.response.start", "http.response.body")]
    assert start["type"] == "http.response.start"
    assert [body["more_body"] for body in bodies] == [True] * (len(bodies) - 1) + [False]
    lines = sorted((name.decode(), value.decode("latin-1")) for name, value in start["headers"])
    return Answer(start["status"], tuple(lines), b"".join(body["body"] for body in bodies))
