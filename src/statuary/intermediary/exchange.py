"""One exchange at an intermediary: the request sent on, responses passed back as they come, and what is done when none do.

What is sent, answered, repeated or cut is decided by forwarding; here it is done, with content flowing both ways.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from statuary.intermediary.cached_exchange import CachedExchange
from statuary.intermediary.connecting import NextHopConnection, kind_of
from statuary.intermediary.next_hops import NextHop
from statuary.intermediary.relay import End, Relay
from statuary.intermediary.request_content import RequestContent
from statuary.message.fields import NO_FIELDS, Fields
from statuary.message.request import Request
from statuary.message.response import Response
from statuary.origin_server.site import ContentCut
from statuary.semantics.authentication import Authenticated
from statuary.semantics.caching import Unsatisfiable
from statuary.semantics.decision.answers import refuse
from statuary.semantics.forwarding import (
    Again,
    Answer,
    Cut,
    Drop,
    Failure,
    FailureKind,
    Framing,
    Hop,
    Onward,
    Tunnel,
    forward_failure,
    forward_request,
    forward_response,
    forward_trailers,
)
from statuary.semantics.forwarding.credentials import shown_credentials
from statuary.semantics.forwarding.passage import Inbound
from statuary.user_agent.connection import Connection
from statuary.user_agent.errors import ConnectionFailed
from statuary.wire.chunked import LAST_CHUNK, encode_chunk
from statuary.wire.field_section import format_fields
from statuary.wire.malformed import MalformedMessage
from statuary.wire.request_writer import format_request

if TYPE_CHECKING:
    from statuary.intermediary.client_connection import ClientConnection
    from statuary.intermediary.server import Intermediary

log = logging.getLogger("statuary")


class ForwardedExchange:
    """``run`` it, in a task that is cancelled when the client is gone or too slow."""

    def __init__(self, intermediary: Intermediary, client: ClientConnection, request: Request) -> None:
        self._intermediary = intermediary
        self._client = client
        self._request = request
        self._hops = intermediary.next_hops
        self._settings = intermediary.intermediary_settings
        self._timeouts = self._settings.timeouts
        self._began = intermediary.clock.tick()
        self._attempts = 0
        self._tried: list[NextHop] = []
        self._begun: Framing | None = None
        self._content: RequestContent | None = None
        self._sender: asyncio.Task[None] | None = None
        cache = intermediary.cache
        self._stored = None if cache is None else CachedExchange(cache, request)
        # For the log
        self._status = 0
        self._octets = 0
        self._because = ""
        self._user: str | None = None
        self._upstream: str | None = None
        self._upstream_status: int | None = None
        self._upstream_began = self._began
        self._upstream_time: float | None = None
        self._is_recorded = False

    async def run(self) -> None:
        """From the request to the end of the response. Raises MalformedMessage and ContentCut for the request's content."""
        try:
            await self._forward()
        except asyncio.CancelledError:
            self._because = self._because or "rfc9112-9.5-2"
            raise
        except (MalformedMessage, ContentCut):
            self._is_recorded = True  # by whoever answers it
            raise
        except Exception:
            log.exception("%s %r could not be forwarded", self._request.method, self._request.target)
            await self._fail(self._hops.hop, "proxy_internal_error")
        finally:
            if not self._is_recorded:
                self._record()

    async def _forward(self) -> None:
        while True:
            tick = self._intermediary.clock.tick()
            next_hop = self._hops.choose(self._request, self._tried, tick)
            if next_hop is None:
                await self._fail(self._hops.hop, "destination_unavailable")
                return
            if next_hop.hop.role == "gateway" and self._request.scheme != self._request.carried_by:
                self._refuse(421, "rfc9110-7.4-2", "This connection is not secured for the origin that is asked for.")
                return
            onward = forward_request(self._request, next_hop.hop, self._intermediary.now())
            match onward:
                case Answer():
                    await self._answer(onward)
                    return
                case Tunnel():
                    self._note_user(onward, next_hop.hop)
                    await self._open_tunnel(next_hop, onward)
                    return
            self._note_user(onward, next_hop.hop)
            if self._stored is not None:
                if not self._tried and await self._answer_from_cache(next_hop.hop):
                    return
                if self._stored.condition is not None:
                    onward = forward_request(self._stored.condition, next_hop.hop, self._intermediary.now())
                    assert isinstance(onward, Onward)
            if not await self._attempt(next_hop, onward):
                return

    def _note_user(self, onward: Onward[Request] | Tunnel, hop: Hop) -> None:
        user = onward.user
        if user is None and isinstance(onward, Tunnel):
            shown = shown_credentials(Inbound(self._request, hop, self._intermediary.now()))
            user = shown if isinstance(shown, Authenticated) else None
        if user is not None and self._user is None:
            self._user = user.user
            self._intermediary.authenticated(user)

    # An attempt

    async def _attempt(self, next_hop: NextHop, onward: Onward[Request]) -> bool:
        """Send the request to a next hop, and pass on what it says; whether the request is to be sent once more."""
        intermediary, hop = self._intermediary, next_hop.hop
        self._attempts += 1
        self._tried.append(next_hop)
        self._upstream, self._upstream_status = next_hop.name, None
        next_hop.active += 1
        self._upstream_began, self._upstream_time = intermediary.clock.tick(), None
        connection: Connection | None = None
        was_idle = False
        try:
            # A retry on the same server takes a new connection: whatever closed the idle one may have closed them all
            connection, was_idle = await intermediary.pool.take(
                next_hop.route, fresh=self._attempts > 1, careful=True, seconds=self._timeouts.for_connection
            )
            return await self._exchange(connection, next_hop, onward)
        except ConnectionFailed as error:
            kind = self._kind(error)
            self._upstream_time = self._upstream_time or intermediary.clock.tick() - self._upstream_began
            self._hops.failed(next_hop, kind, intermediary.clock.tick())
            return await self._fail(hop, kind, was_idle=was_idle)
        finally:
            next_hop.active -= 1
            if connection is not None:
                await self._release(connection)

    def _kind(self, error: ConnectionFailed) -> FailureKind:
        kind = kind_of(error)
        sender = self._sender
        if (
            kind in ("connection_terminated", "connection_read_timeout")
            and sender is not None
            and sender.done()
            and not sender.cancelled()
        ):
            stopped = sender.exception()
            if isinstance(stopped, ConnectionFailed) and stopped.kind == "timeout":
                return "connection_write_timeout"
        return kind

    async def _exchange(self, connection: Connection, next_hop: NextHop, onward: Onward[Request]) -> bool:
        """Whether it has to be done once more. Raises ConnectionFailed, MalformedMessage, ContentCut."""
        for interim in onward.interim:
            self._client.put_interim(interim)
        await self._send(connection, next_hop.hop, onward)
        while True:
            try:
                response = await connection.next_response(self._timeouts.first_octet)
            except ConnectionFailed:
                self._raise_own_error()
                raise
            version = connection.version or (1, 1)
            if response.status == 101 or response.status >= 200:
                # How long it took to begin its answer
                self._upstream_time = self._intermediary.clock.tick() - self._upstream_began
            if self._stored is not None and response.status >= 200:
                instead = self._stored.instead_of(response, self._intermediary.now())
                if instead is not None:
                    self._upstream_status = response.status
                    self._hops.succeeded(next_hop, version)
                    await self._answer_with(instead, next_hop.hop)
                    return False
                if self._stored.is_unusable(response):
                    return True
            outcome = forward_response(
                self._request,
                response,
                next_hop.hop,
                self._intermediary.now(),
                version=version,
                closes=self._client.ends_after_this or self._is_content_doubtful(response),
            )
            is_interim = 100 <= response.status <= 199 and response.status != 101
            if response.status == 100 and self._content is not None:
                self._content.release()
            if isinstance(outcome, Drop):
                continue
            if is_interim and isinstance(outcome, Onward):
                self._client.put_interim(outcome.message)
                continue
            break
        self._upstream_status = response.status
        if isinstance(outcome, Answer):
            connection.must_close = True
            await self._answer(outcome)
            return False
        self._hops.succeeded(next_hop, version)
        if outcome.framing == "switched":
            self._switch(connection, outcome)
        else:
            await self._pass_on(connection, response, outcome, next_hop.hop)
        return False

    def _is_content_doubtful(self, response: Response) -> bool:
        """Whether nobody can tell if the content of the request will still come: RFC 9110 section 10.1.1."""
        return self._content is not None and self._content.is_held and response.status >= 200

    async def _release(self, connection: Connection) -> None:
        """Back to the pool, or closed: what was not sent, or not read, leaves it out of step."""
        sender, self._sender = self._sender, None
        if sender is not None and not sender.done():
            sender.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await sender
            connection.must_close = True
        if not connection.is_complete:
            connection.must_close = True
        if connection.key is not None:
            self._intermediary.pool.give(connection)

    # The request out

    async def _send(self, connection: Connection, hop: Hop, onward: Onward[Request]) -> None:
        """The head of the request, and its content, as far as it is here; a task sends the rest. Raises MalformedMessage."""
        request, framing = onward.message, onward.framing
        if framing == "none":
            connection.begin(request.method)
            connection.write(format_request(request))
            return
        if self._content is None:
            self._content = RequestContent(self._client, self._request, self._settings.most_kept, hop.most_content)
        content = self._content
        if onward.interim:
            content.release()
        whole = content.at_hand()
        if framing == "buffered":
            whole = await self._gathered(content)
            request = request.with_fields(request.fields, content_length=len(whole))
            framing = "length"
        connection.begin(request.method)
        if whole is not None:
            octets = whole if framing == "length" else encode_chunk(whole) + self._end_of_chunks()
            connection.write(format_request(request) + octets)
            return
        connection.write(format_request(request))
        self._sender = asyncio.ensure_future(self._send_content(connection, content, framing))
        self._sender.add_done_callback(lambda sender: self._sent(connection, sender))

    async def _send_content(self, connection: Connection, content: RequestContent, framing: Framing) -> None:
        await content.begins()
        connection.is_sending = True
        async with contextlib.aclosing(content.pieces()) as pieces:
            async for piece in pieces:
                connection.write(encode_chunk(piece) if framing == "chunked" else piece)
                await connection.drain(self._timeouts.between_octets)
        if framing == "chunked":
            connection.write(self._end_of_chunks())

    def _sent(self, connection: Connection, sender: asyncio.Task[None]) -> None:
        connection.is_sending = False
        if not sender.cancelled() and sender.exception() is not None:
            # A connection that takes no more may still have an answer for us; content that can't be had ends all
            if isinstance(sender.exception(), ConnectionFailed):
                connection.must_close = True
            else:
                connection.close()
        connection.wake()

    def _raise_own_error(self) -> None:
        """What went wrong with the content itself, rather than with the connection."""
        sender = self._sender
        if sender is None or not sender.done() or sender.cancelled():
            return
        error = sender.exception()
        if error is not None and not isinstance(error, ConnectionFailed):
            raise error

    def _end_of_chunks(self) -> bytes:
        trailers = forward_trailers(self._client.request_trailers, self._request.fields)
        return b"0\r\n" + format_fields(trailers.lines) + b"\r\n" if len(trailers) else LAST_CHUNK

    async def _gathered(self, content: RequestContent) -> bytes:
        """All content, for a next hop that has to know its length. Raises MalformedMessage (411)."""
        await content.begins()
        pieces: list[bytes] = []
        size = 0
        async with contextlib.aclosing(content.pieces()) as coming:
            async for piece in coming:
                pieces.append(piece)
                size += len(piece)
                if size > self._settings.most_gathered:
                    raise MalformedMessage(
                        411, "rfc9112-6.3-10", "The next server needs to know the length beforehand."
                    )
        return b"".join(pieces)

    # The response back

    async def _pass_on(self, connection: Connection, response: Response, onward: Onward[Response], hop: Hop) -> None:
        client, message, stored = self._client, onward.message, self._stored
        self._status, self._begun = message.status, onward.framing
        client.put_head(message)
        chunked = onward.framing == "chunked"
        if onward.drops_content or onward.framing == "none":
            if not connection.is_complete:
                connection.must_close = True
        else:
            await client.drain(at_once=not connection.is_complete)
            while True:
                try:
                    piece = await connection.read(self._timeouts.between_octets)
                except ConnectionFailed:
                    self._raise_own_error()
                    raise
                if not piece:
                    break
                self._octets += len(piece)
                if stored is not None:
                    stored.take(piece)
                client.put(encode_chunk(piece) if chunked else piece)
                await client.drain(at_once=not connection.is_complete)
        if chunked:
            client.put(self._last_chunk(connection.trailers, response, hop))
        if stored is not None:
            stored.complete(response, self._intermediary.now())
        self._record()
        self._begun = None
        if self._sender is not None and not self._sender.done():
            # The rest of the content is not wanted any more: it is read past, or the connection ends
            self._sender.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await self._sender
            connection.must_close = True
        client.finish(closes=onward.closes)

    def _last_chunk(self, trailers: Fields | None, response: Response, hop: Hop) -> bytes:
        kept = forward_trailers(trailers, response.fields) if trailers and hop.passes_trailers else NO_FIELDS
        return b"0\r\n" + format_fields(kept.lines) + b"\r\n" if len(kept) else LAST_CHUNK

    def _refuse(self, status: int, because: str, says: str) -> None:
        """An answer that has nothing to do with a next hop, as an origin server gives it."""
        self._is_recorded = True
        self._client.respond(self._request, refuse(self._request, status, because, says))

    async def _answer_from_cache(self, hop: Hop) -> bool:
        """Whether the request was answered without a next hop."""
        assert self._stored is not None
        found = self._stored.begin(self._intermediary.now())
        if isinstance(found, Unsatisfiable):
            says = "Nothing that is stored answers the request, and it may not be forwarded."
            self._refuse(504, "rfc9111-5.2.1.7", says)
            return True
        if found is not None:
            await self._answer_with(found, hop)
        return found is not None

    async def _answer_with(self, stored: Response, hop: Hop) -> None:
        """Send a response that was stored, as if it had come just now."""
        closes = self._client.ends_after_this or not self._client.has_all_content
        onward = forward_response(self._request, stored, hop, self._intermediary.now(), closes=closes)
        assert isinstance(onward, Onward)
        message = onward.message
        self._status, self._octets, self._because = message.status, len(message.content), "rfc9111-4"
        self._client.put_head(message)
        if onward.framing == "length":
            self._client.put(message.content)
        self._record()
        self._client.finish(closes=onward.closes)

    async def _answer(self, answer: Answer) -> None:
        """Send a response of our own."""
        response = answer.response
        self._status, self._octets, self._because = response.status, len(response.content), answer.because
        self._client.put_head(response)
        self._client.put(response.content)
        self._record()
        self._client.finish(closes=answer.closes)

    async def _fail(self, hop: Hop, kind: FailureKind, *, was_idle: bool = False) -> bool:
        """What is done about a failure; whether the request is to be sent once more."""
        tick = self._intermediary.clock.tick()
        failure = Failure(
            kind,
            max(1, self._attempts),
            was_idle,
            self._hops.has_alternative(self._tried, tick),
            self._content is None or self._content.is_repeatable,
            self._begun,
        )
        if kind == "destination_unavailable" and (seconds := self._hops.seconds_down(tick)) is not None:
            hop = replace(hop, retry_after=seconds)
        match forward_failure(self._request, failure, hop, self._intermediary.now()):
            case Again():
                return True
            case Answer() as answer:
                stale = self._stored.stale(self._intermediary.now()) if self._stored is not None else None
                if stale is not None:
                    await self._answer_with(stale, hop)
                else:
                    await self._answer(answer)
            case Cut() as cut:
                self._because = cut.because
                self._client.cut(resets=cut.resets)
        return False

    # What is not HTTP any more

    def _switch(self, connection: Connection, onward: Onward[Response]) -> None:
        """101, or the success of CONNECT at another proxy: from here on, octets are relayed."""
        assert isinstance(connection, NextHopConnection)
        far = End()
        far.has_ended = connection.has_ended
        far.transport, early = connection.hand_over(far)
        route, pool = connection.key, self._intermediary.pool
        connection.key = None  # The relay has it now

        def over() -> None:
            connection.key = route
            connection.must_close = True
            pool.give(connection)

        self._relay(onward.message, far, early, over)

    async def _open_tunnel(self, next_hop: NextHop, tunnel: Tunnel) -> None:
        """CONNECT: the host and port asked for, if they are there."""
        self._attempts += 1
        self._upstream = next_hop.name
        route = next_hop.route
        began = self._intermediary.clock.tick()
        try:
            _, far = await self._intermediary.connector.connect(End, route.host, route.port)
        except ConnectionFailed as error:
            await self._fail(next_hop.hop, kind_of(error))
            return
        finally:
            self._upstream_time = self._intermediary.clock.tick() - began
        self._relay(tunnel.response, far, b"", lambda: None)

    def _relay(self, response: Response, far: End, early: bytes, over: Callable[[], None]) -> None:
        client = self._client
        self._status, self._is_recorded = response.status, True

        def done(octets: int) -> None:
            self._octets = octets
            self._record()
            over()

        client.put_head(response)
        is_full = client.is_full
        end, rest = client.hand_over()
        Relay(end, far, self._settings.tunnel_idle, done).start(rest, early)
        if is_full and far.transport is not None:
            far.transport.pause_reading()

    # The log

    def _record(self) -> None:
        self._is_recorded = True
        intermediary, request = self._intermediary, self._request
        line = f"{request.method} {request.target} HTTP/1.{request.version[1]}"
        intermediary.log.record(
            intermediary.seconds,
            self._client.peer_name,
            self._user,
            line,
            self._status,
            self._octets,
            self._because,
            {
                "upstream": self._upstream,
                "upstream_status": self._upstream_status,
                "upstream_time": self._upstream_time,
                "time": intermediary.clock.tick() - self._began,
            },
        )
