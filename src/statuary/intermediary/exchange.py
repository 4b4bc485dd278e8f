"""One exchange at an intermediary: the request sent on, responses passed back as they come, and what is done when none do.

What is sent, answered, repeated or cut is decided by forwarding; here it is done. How content goes out is in request_out.py,
what becomes of a connection that is not HTTP's any more in tunnels.py.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from statuary import methods
from statuary.intermediary import tunnels
from statuary.intermediary.cached_exchange import CachedExchange
from statuary.intermediary.connecting import kind_of
from statuary.intermediary.exchange_record import ExchangeRecord
from statuary.intermediary.next_hops import NextHop
from statuary.intermediary.request_out import RequestOut
from statuary.intermediary.usual import head_of, request_onward
from statuary.message.fields import NO_FIELDS, Fields
from statuary.message.request import Request
from statuary.message.response import Response
from statuary.origin_server.site import ContentCut
from statuary.semantics.caching import Unsatisfiable
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
    forward_response,
    forward_trailers,
)
from statuary.semantics.forwarding.answering import answer
from statuary.semantics.forwarding.passage import Inbound
from statuary.user_agent.connection import Connection
from statuary.user_agent.errors import ConnectionFailed
from statuary.wire.chunked import LAST_CHUNK, encode_chunk
from statuary.wire.field_section import format_fields
from statuary.wire.malformed import MalformedMessage

if TYPE_CHECKING:
    from statuary.intermediary.client_connection import ClientConnection
    from statuary.intermediary.server import Intermediary

log = logging.getLogger("statuary")


class ForwardedExchange:
    """``run`` it, in a task that is cancelled when the client is gone or too slow."""

    __slots__ = (
        "_attempts",
        "_begun",
        "_client",
        "_hops",
        "_intermediary",
        "_is_admitted",
        "_out",
        "_record",
        "_request",
        "_stored",
        "_timeouts",
        "_tried",
    )

    def __init__(self, intermediary: Intermediary, client: ClientConnection, request: Request) -> None:
        self._intermediary = intermediary
        self._client = client
        self._request = request
        self._hops = intermediary.next_hops
        self._timeouts = intermediary.intermediary_settings.timeouts
        self._attempts = 0
        self._is_admitted = False
        self._tried: list[NextHop] = []
        self._begun: Framing | None = None
        self._out: RequestOut | None = None
        self._record = ExchangeRecord(intermediary, request, client.peer_name)
        self._stored: CachedExchange | None = None

    async def run(self) -> None:
        """From the request to the end of the response. Raises MalformedMessage and ContentCut for the request's content."""
        record = self._record
        try:
            await self._forward()
        except asyncio.CancelledError:
            record.because = record.because or "rfc9112-9.5-2"
            raise
        except (MalformedMessage, ContentCut):
            record.is_written = True  # by whoever answers it
            raise
        except Exception:
            log.exception("%s %r could not be forwarded", self._request.method, self._request.target)
            self._fail(self._hops.hop, "proxy_internal_error")
        finally:
            if not record.is_written:
                record.write()

    async def _forward(self) -> None:
        intermediary, request = self._intermediary, self._request
        while True:
            next_hop = self._hops.choose(request, self._tried, intermediary.clock.tick())
            hop = self._hops.hop if next_hop is None else next_hop.hop
            onward, head = self._onward(request, hop)
            if isinstance(onward, Answer):
                self._answer(onward)
                return
            if onward.user is not None:
                self._record.user = onward.user.user
                intermediary.authenticated(onward.user)
            if isinstance(onward, Tunnel) and next_hop is not None:
                await self._open_tunnel(next_hop, onward)
                return
            if intermediary.cache is not None and self._stored is None:
                self._stored = CachedExchange(intermediary.cache, request)
                if self._answer_from_cache(self._stored, hop):
                    return
            if next_hop is None:
                self._fail(hop, "destination_unavailable")
                return
            self._is_admitted = True
            if self._stored is not None and self._stored.condition is not None:
                onward, head = self._onward(self._stored.condition, hop)
            assert isinstance(onward, Onward)
            if not await self._attempt(next_hop, onward, head):
                return

    def _onward(self, request: Request, hop: Hop) -> tuple[Onward[Request] | Answer | Tunnel, bytes | None]:
        """What forward_request says, and the head as octets, where no content follows."""
        now = self._intermediary.now()
        if self._is_admitted and hop.access is not None:
            # Credentials are looked at once in an exchange: those that are good for one request would be taken for replayed
            return request_onward(request, replace(hop, access=None), now)
        return self._client.usual.request(request, hop, now)

    # An attempt

    async def _attempt(self, next_hop: NextHop, onward: Onward[Request], head: bytes | None) -> bool:
        """Send the request to a next hop, and pass on what it says; whether the request is to be sent once more."""
        intermediary = self._intermediary
        self._attempts += 1
        self._tried.append(next_hop)
        self._record.attempt(next_hop.name)
        next_hop.active += 1
        connection: Connection | None = None
        was_idle = False
        try:
            # A retry on the same server takes a new connection: whatever closed the idle one may have closed them all
            connection, was_idle = await intermediary.pool.take(
                next_hop.route,
                fresh=self._attempts > 1,
                careful=not self._is_harmless(),
                seconds=self._timeouts.for_connection,
            )
            return await self._exchange(connection, next_hop, onward, head)
        except ConnectionFailed as error:
            kind = self._kind(error)
            if self._record.upstream_time is None:
                self._record.answered()
            if kind != "connection_terminated" or not was_idle:
                # That an idle connection has ended tells nothing of the server
                self._hops.failed(next_hop, kind, intermediary.clock.tick())
            return self._fail(next_hop.hop, kind, was_idle=was_idle)
        finally:
            next_hop.active -= 1
            if connection is not None:
                if self._out is not None:
                    await self._out.stop(connection)
                self._release(connection)

    def _is_harmless(self) -> bool:
        """Whether the request can be sent once more, should the next hop have closed the connection just now."""
        method = methods.lookup(self._request.method)
        return method is not None and method.is_idempotent and not self._request.content_length

    def _kind(self, error: ConnectionFailed) -> FailureKind:
        kind = kind_of(error)
        ended = kind in ("connection_terminated", "connection_read_timeout")
        return "connection_write_timeout" if ended and self._out is not None and self._out.took_too_long() else kind

    async def _exchange(
        self, connection: Connection, next_hop: NextHop, onward: Onward[Request], head: bytes | None
    ) -> bool:
        """Whether it has to be done once more. Raises ConnectionFailed, MalformedMessage, ContentCut."""
        client, hop, out = self._client, next_hop.hop, self._out
        for interim in onward.interim:
            client.put_interim(head_of(interim))
        if head is not None:
            connection.begin(onward.message.method)
            connection.write(head)
        else:
            if out is None:
                settings = self._intermediary.intermediary_settings
                out = self._out = RequestOut(client, self._request, settings, hop.most_content)
            await out.send(connection, onward)
        while True:
            try:
                response = await connection.next_response(self._timeouts.first_octet)
            except ConnectionFailed:
                if out is not None:
                    out.raise_own_error()
                raise
            status, version = response.status, connection.version or (1, 1)
            is_interim = 100 <= status <= 199 and status != 101
            if not is_interim:
                self._record.answered()
                if self._stored is not None and status >= 200:
                    instead = self._stored.instead_of(response, hop, self._intermediary.now())
                    if instead is not None:
                        self._record.upstream_status = status
                        self._hops.succeeded(next_hop, version)
                        self._answer_with(instead, hop)
                        return False
                    if self._stored.is_unusable(response):
                        return True
            closes = client.ends_after_this or (out is not None and out.is_doubtful and status >= 200)
            outcome, octets = client.usual.response(
                self._request, response, hop, self._intermediary.now(), version, closes
            )
            if status == 100 and out is not None:
                out.release()
            if isinstance(outcome, Drop):
                continue
            if not is_interim or isinstance(outcome, Answer):
                break
            client.put_interim(octets)
        self._record.upstream_status = status
        if isinstance(outcome, Answer):
            connection.must_close = True
            self._answer(outcome)
            return False
        self._hops.succeeded(next_hop, version)
        if outcome.framing == "switched":
            tunnels.switch(self._intermediary, client, self._record, outcome.message, connection)
        else:
            await self._pass_on(connection, response, outcome, octets, hop)
        return False

    def _release(self, connection: Connection) -> None:
        """Back to the pool, or closed: what was not sent, or not read, leaves it out of step."""
        if not connection.is_complete:
            connection.must_close = True
        if connection.key is not None:
            self._intermediary.pool.give(connection)

    # The response back

    async def _pass_on(
        self, connection: Connection, response: Response, onward: Onward[Response], head: bytes, hop: Hop
    ) -> None:
        client, stored, record = self._client, self._stored, self._record
        record.status, self._begun = onward.message.status, onward.framing
        client.put_head(head)
        chunked = onward.framing == "chunked"
        if not onward.drops_content and onward.framing != "none":
            await self._pass_content_on(connection, chunked=chunked)
        if chunked:
            client.put(_last_chunk(connection.trailers, response, hop))
        if stored is not None:
            stored.complete(self._intermediary.now())
        record.write()
        self._begun = None
        if self._out is not None:
            await self._out.stop(connection)
        client.finish(closes=onward.closes)

    async def _pass_content_on(self, connection: Connection, *, chunked: bool) -> None:
        client, stored = self._client, self._stored
        if not connection.is_complete:
            await client.drain(at_once=True)
        while True:
            try:
                piece = await connection.read(self._timeouts.between_octets)
            except ConnectionFailed:
                if self._out is not None:
                    self._out.raise_own_error()
                raise
            if not piece:
                return
            self._record.octets += len(piece)
            if stored is not None:
                stored.take(piece)
            client.put(encode_chunk(piece) if chunked else piece)
            await client.drain(at_once=not connection.is_complete)

    # Responses of our own

    def _answer(self, made: Answer) -> None:
        response, record = made.response, self._record
        record.status, record.octets, record.because = response.status, len(response.content), made.because
        self._client.put_head(head_of(response))
        self._client.put(response.content)
        record.write()
        self._client.finish(closes=made.closes)

    def _answer_from_cache(self, stored: CachedExchange, hop: Hop) -> bool:
        """Whether the request was answered without a next hop."""
        found = stored.begin(self._intermediary.now())
        if isinstance(found, Unsatisfiable):
            says = "Nothing that is stored answers the request, and it may not be forwarded."
            inbound = Inbound(self._request, hop, self._intermediary.now())
            self._answer(answer(inbound, 504, "rfc9111-5.2.1.7", says, error="http_request_denied"))
            return True
        if found is not None:
            self._answer_with(found, hop)
        return found is not None

    def _answer_with(self, stored: Response, hop: Hop) -> None:
        """Send a response that was stored, as if it had come just now."""
        closes = self._client.ends_after_this or not self._client.has_all_content
        # Its locations were mapped before it was stored
        hop = replace(hop, maps_locations=False) if hop.maps_locations else hop
        onward = forward_response(self._request, stored, hop, self._intermediary.now(), closes=closes)
        assert isinstance(onward, Onward)
        message, record = onward.message, self._record
        record.status, record.octets, record.because = message.status, len(message.content), "rfc9111-4"
        self._client.put_head(head_of(message))
        if onward.framing == "length":
            self._client.put(message.content)
        record.write()
        self._client.finish(closes=onward.closes)

    def _fail(self, hop: Hop, kind: FailureKind, *, was_idle: bool = False) -> bool:
        """What is done about a failure; whether the request is to be sent once more."""
        tick = self._intermediary.clock.tick()
        failure = Failure(
            kind,
            max(1, self._attempts),
            was_idle,
            self._hops.has_alternative(self._tried, tick),
            self._out is None or self._out.is_repeatable,
            self._begun,
        )
        if kind == "destination_unavailable" and (seconds := self._hops.seconds_down(tick)) is not None:
            hop = replace(hop, retry_after=seconds)
        match forward_failure(self._request, failure, hop, self._intermediary.now()):
            case Again():
                return True
            case Answer() as failed:
                stale = self._stored.stale(self._intermediary.now()) if self._stored is not None else None
                if stale is not None:
                    self._answer_with(stale, hop)
                else:
                    self._answer(failed)
            case Cut() as cut:
                self._record.because = cut.because
                self._client.cut(resets=cut.resets)
        return False

    # What is not HTTP any more

    async def _open_tunnel(self, next_hop: NextHop, tunnel: Tunnel) -> None:
        self._attempts += 1
        self._record.attempt(next_hop.name)
        try:
            await tunnels.open_tunnel(self._intermediary, self._client, self._record, tunnel.response, next_hop.route)
        except ConnectionFailed as error:
            self._fail(next_hop.hop, kind_of(error))


def _last_chunk(trailers: Fields | None, response: Response, hop: Hop) -> bytes:
    kept = forward_trailers(trailers, response.fields) if trailers and hop.passes_trailers else NO_FIELDS
    return b"0\r\n" + format_fields(kept.lines) + b"\r\n" if len(kept) else LAST_CHUNK
