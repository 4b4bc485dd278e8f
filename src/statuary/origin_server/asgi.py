"""Any site as an ASGI 3 application: mountable in Starlette and FastAPI, served by uvicorn and its like.

The ASGI server owns the connection: it frames messages, adds Date, says 100 when content is first asked for, and closes.
Which status to send, with which fields and content, is decided here as it is for our own server.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Coroutine, Iterable, MutableMapping
from contextlib import aclosing, asynccontextmanager
from functools import lru_cache
from typing import Any, cast
from urllib.parse import quote

from statuary.fields.dates import format_http_date
from statuary.message.fields import FieldLine
from statuary.message.request import UNKNOWN_LENGTH, Request
from statuary.message.response import Content, Response, Whole
from statuary.origin_server.exchange import ArrivingContent, failed, log, note_user, perform, refuse_malformed
from statuary.origin_server.mounting import MountedSite, split_path
from statuary.origin_server.octets import is_long, octets_at_hand, octets_of
from statuary.origin_server.site import ContentCut, Site
from statuary.origin_server.sources import Stream
from statuary.semantics.decision import Perform, Respond, decide
from statuary.semantics.decision.answers import refuse
from statuary.semantics.resource import Resource
from statuary.transport.clock import Clock, SystemClock
from statuary.wire.field_section import format_field_lines
from statuary.wire.limits import WireLimits
from statuary.wire.malformed import MalformedMessage
from statuary.wire.request_head import parse_request_head

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Header = tuple[bytes, bytes]

_LIMITS = WireLimits()
_VERSIONS = {"1.0": (1, 0), "1.1": (1, 1), "2": (2, 0), "3": (3, 0)}

# They belong to the connection, which is not ours: RFC 9110 section 7.6.1
_CONNECTION_SPECIFIC = frozenset({"connection", "keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade"})


class PeerGone(Exception):  # noqa: N818 - nobody's error
    """Nobody reads the response any more."""


class ASGIApp:
    """``site`` as an ASGI application.

    ``scheme`` is that of the target URIs, where the ASGI server can't know it: "https" behind a gateway that ends TLS.
    With ``date``, responses have a Date of ours: for servers that were told to send none. ``clock`` tells the time.

    The site is opened and closed by the server's lifespan events; mounted in another
    application, which gets those, it is opened by the first request, unless that application runs ``lifespan``.
    """

    def __init__(
        self, site: Site, *, scheme: str | None = None, date: bool = False, clock: Clock | None = None
    ) -> None:
        self.site = site
        self._scheme = scheme
        self._has_date = date
        self._clock: Clock = clock if clock is not None else SystemClock()
        self._opening = asyncio.Lock()
        self._is_open = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        match scope["type"]:
            case "http":
                with contextlib.suppress(ContentCut, PeerGone):
                    await self._exchange(scope, receive, send)
            case "websocket":
                await _refuse_websocket(scope, receive, send)
            case "lifespan":
                await self._live(receive, send)
            case other:
                raise ValueError(f"not a type of ASGI connection that this application serves: {other}")

    # Opening and closing the site

    @asynccontextmanager
    async def lifespan(self, app: object = None) -> AsyncIterator[None]:
        """For the lifespan of the application that this one is mounted in: the site is open inside."""
        await self._open()
        try:
            yield
        finally:
            await self._close()

    async def _open(self) -> None:
        async with self._opening:
            if not self._is_open:
                await self.site.open()
                self._is_open = True

    async def _close(self) -> None:
        if self._is_open:
            self._is_open = False
            await self.site.close()

    async def _live(self, receive: Receive, send: Send) -> None:
        for event, work in (("startup", self._open), ("shutdown", self._close)):
            await receive()
            try:
                await work()
            except Exception:
                log.exception("the site failed at %s", event)
                await send({"type": f"lifespan.{event}.failed", "message": "The site failed; its log says why."})
                return
            await send({"type": f"lifespan.{event}.complete"})

    # One exchange

    async def _exchange(self, scope: Scope, receive: Receive, send: Send) -> None:
        scheme = self._scheme or scope.get("scheme") or "http"
        try:
            request, prefix = request_of(scope, scheme)
        except MalformedMessage as error:
            request = Request(scope["method"])
            answer = refuse_malformed(request, error)
        else:
            site = MountedSite(self.site, prefix) if prefix else self.site
            answer = await self._answer(site, request, receive)
        date = format_http_date(int(self._clock.now())) if self._has_date else None
        await _Responder(scope, receive, send, date).respond(request, answer)

    async def _answer(self, site: Site, request: Request, receive: Receive) -> Respond:
        now = int(self._clock.now())
        try:
            if not self._is_open:
                await self._open()
            found = site.resource(request, now)
            resource = found if isinstance(found, Resource) else await found
            decision = decide(request, resource, now)
            note_user(site, request, resource, now)
        except Exception:
            return failed(request)
        if isinstance(decision, Respond):
            return decision
        return await _performed(site, request, resource, decision, receive)


async def _performed(site: Site, request: Request, resource: Resource, decision: Perform, receive: Receive) -> Respond:
    # The 100 in decision.interim is the server's to send, when it is asked for content and not before
    return await perform(site, request, resource, ArrivingContent(_Inbox(receive).next_octets, decision.most))


class _Inbox:
    """Request content out of ASGI's events."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._ended = False

    async def next_octets(self) -> bytes:
        """The next octets; empty at the end. Raises ContentCut."""
        while not self._ended:
            message = await self._receive()
            if message["type"] != "http.request":
                raise ContentCut
            self._ended = not message.get("more_body", False)
            body: bytes = message.get("body", b"")
            if body:
                return body
        return b""


# Requests in


def request_of(scope: Scope, scheme: str) -> tuple[Request, str]:
    """The request in an HTTP scope, its path as seen from the application; and the prefix below which that is mounted.

    Whichever server read it, our rules decide whether it is one. Raises MalformedMessage.
    """
    version = _VERSIONS.get(scope.get("http_version", "1.1"), (1, 1))
    path = scope.get("raw_path") or quote(scope["path"], safe="/!$&'()*+,;=:@~").encode()
    query = scope.get("query_string")
    target = b"%b?%b" % (path, query) if query else path
    line = b"%b %b HTTP/1.%d" % (scope["method"].encode(), target, 0 if version == (1, 0) else 1)
    headers = list(_relevant(scope["headers"], version))
    section = b"".join([b"%b: %b\r\n" % header for header in headers])
    read, _ = parse_request_head(line, section, _LIMITS, scheme)
    if len(read.fields) != len(headers):
        raise MalformedMessage(400, "rfc9110-5.5-4", "A field value contains a control character.")
    root = scope.get("root_path", "")
    prefix, rest = split_path(read.path, root) if root and read.path.startswith("/") else ("", read.path)
    client = scope.get("client")
    request = Request(
        read.method,
        rest,
        read.fields,
        query=read.query,
        scheme=read.scheme,
        authority=read.authority,
        version=version,
        content_length=_content_length(read, version),
        target=read.target,
        peer=str(client[0]) if client else None,
        carried_by=read.carried_by,
    )
    return request, prefix


def _relevant(headers: Iterable[Header], version: tuple[int, int]) -> Iterable[Header]:
    """``headers`` without Upgrade: an application can't take over the connection, so it ignores it (RFC 9110 section 7.8).

    And from HTTP/2 on without a Host that repeats :authority, which servers hand on under that name: RFC 9113 section 8.3.1.
    """
    hosts = set()
    for name, value in headers:
        name = name.lower()
        if name == b"upgrade":
            continue
        if name == b"host" and version >= (2, 0):
            if value.lower() in hosts:
                continue
            hosts.add(value.lower())
        yield name, value


def _content_length(read: Request, version: tuple[int, int]) -> int | None:
    # From HTTP/2 on, content needs neither Content-Length nor Transfer-Encoding: RFC 9113 section 8.1.1
    if version >= (2, 0) and read.content_length is None and read.method in ("POST", "PUT", "PATCH"):
        return UNKNOWN_LENGTH
    return read.content_length


# Responses out


class _Responder:
    """Sends the response of one exchange."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, date: str | None) -> None:
        self._date = () if date is None else ((b"date", date.encode()),)
        self._is_http1 = scope.get("http_version", "1.1") in ("1.0", "1.1")
        self._extensions = scope.get("extensions") or {}
        self._receive = receive
        self._send = send

    async def respond(self, request: Request, answer: Respond) -> None:
        """Send ``answer`` with its content, if anybody is there. Raises PeerGone, or what the content's source raises."""
        try:
            headers = self._headers(answer)
        except ValueError:
            answer = failed(request)
            headers = self._headers(answer)
        for response in answer.interim:
            await self._hint(response)
        if is_long(answer.content):
            await self._while_peer_is_there(self._respond_at_length(request, answer, headers))
        else:
            await self._start(answer.status, headers)
            await self._put(b"".join(octets_at_hand(answer.content)), more=False)

    async def _respond_at_length(self, request: Request, answer: Respond, headers: list[Header]) -> None:
        trailers = self._trailers(answer.content)
        async with aclosing(cast("AsyncGenerator[bytes, None]", octets_of(answer.content))) as pieces:
            try:
                # The first piece before the head: what can't be read at all is a 500, not a broken 200
                piece = await anext(pieces, None)
            except Exception:
                await self.respond(request, failed(request))
                return
            await self._start(answer.status, headers, trailers=trailers is not None)
            while piece is not None:
                await self._put(piece, more=True)
                piece = await anext(pieces, None)
        await self._put(b"", more=False)
        if trailers is not None:
            lines = list(_encoded(trailers()))
            await self._tell({"type": "http.response.trailers", "headers": lines, "more_trailers": False})

    def _trailers(self, content: Content) -> Callable[[], tuple[FieldLine, ...]] | None:
        """What makes the trailers of a stream, if the server passes trailers on."""
        source = content.of.source if isinstance(content, Whole) else None
        if not isinstance(source, Stream) or "http.response.trailers" not in self._extensions:
            return None
        return source.trailers

    async def _while_peer_is_there(self, work: Coroutine[Any, Any, None]) -> None:
        """Do ``work``, which may take long or for ever, until it is done or the peer has gone."""
        working = asyncio.ensure_future(work)
        watching = asyncio.ensure_future(self._peer_goes())
        try:
            await asyncio.wait((working, watching), return_when=asyncio.FIRST_COMPLETED)
        finally:
            working.cancel()
            watching.cancel()
            await asyncio.wait((working, watching))
        if not working.cancelled():
            working.result()

    async def _peer_goes(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass

    def _headers(self, answer: Respond) -> list[Header]:
        """The fields of ``answer`` that an application may send. Raises ValueError for one that can't be sent."""
        headers = [*self._date, *_encoded(answer.fields)]
        if answer.status == 426 and self._is_http1:
            # Says nothing without Upgrade (rfc9110-15.5.22-1), which Connection has to name: rfc9110-7.8-11
            headers += [(b"upgrade", (answer.field("upgrade") or "").encode("latin-1")), (b"connection", b"upgrade")]
        return headers

    async def _hint(self, response: Response) -> None:
        if response.status == 103 and "http.response.early_hint" in self._extensions:
            links = [value.encode("latin-1") for value in response.fields.all("link")]
            await self._tell({"type": "http.response.early_hint", "links": links})

    async def _start(self, status: int, headers: list[Header], *, trailers: bool = False) -> None:
        message: Message = {"type": "http.response.start", "status": status, "headers": headers}
        if trailers:
            message["trailers"] = True
        await self._tell(message)

    async def _put(self, octets: bytes, *, more: bool) -> None:
        await self._tell({"type": "http.response.body", "body": octets, "more_body": more})

    async def _tell(self, message: Message) -> None:
        try:
            await self._send(message)
        except OSError as error:
            raise PeerGone from error


@lru_cache(maxsize=1024)
def _encoded(lines: tuple[FieldLine, ...]) -> tuple[Header, ...]:
    """``lines`` as ASGI has them, connection-specific ones left out. Raises ValueError."""
    format_field_lines(lines)
    return tuple(
        (name.lower().encode("latin-1"), value.encode("latin-1"))
        for name, value in lines
        if name.lower() not in _CONNECTION_SPECIFIC
    )


# WebSocket


async def _refuse_websocket(scope: Scope, receive: Receive, send: Send) -> None:
    """A site speaks other protocols on a transport of its own, which ASGI does not give: refuse before the handshake."""
    await receive()
    if "websocket.http.response" not in (scope.get("extensions") or {}):
        # Which servers turn into a 403
        await send({"type": "websocket.close", "code": 1000})
        return
    request = Request("GET")
    answer = refuse(request, 403, "rfc9110-15.5.4", "WebSocket is not spoken here.")
    headers = list(_encoded(answer.fields))
    await send({"type": "websocket.http.response.start", "status": answer.status, "headers": headers})
    body = b"".join(octets_at_hand(answer.content))
    await send({"type": "websocket.http.response.body", "body": body, "more_body": False})
