"""Server side of one HTTP/1.x connection, whoever answers: requests in, in order, and the last word (RFC 9112 section 9).

The protocol is driven by the event loop's callbacks. Time, pipelining, content and the orderly end are the same for an origin
server and an intermediary; what a request comes to is for subclasses, in ``_handle``.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from statuary.message.request import Request
from statuary.message.response import Response
from statuary.origin_server.exchange import log, refuse_malformed
from statuary.origin_server.octets import octets_at_hand
from statuary.origin_server.outgoing import Outgoing
from statuary.origin_server.patience import CONTENT, DISCARD, HEAD, IDLE, LINGER, SWITCHED, WORK, Patience, Verdict
from statuary.origin_server.settings import Settings
from statuary.origin_server.site import ContentCut, Site, Switched
from statuary.semantics.decision import Respond
from statuary.semantics.decision.answers import refuse
from statuary.semantics.decision.request_content import awaits_continue
from statuary.wire.malformed import MalformedMessage
from statuary.wire.persistence import wants_to_persist
from statuary.wire.request_reader import RequestReader
from statuary.wire.response_writer import connection_lines, format_head

if TYPE_CHECKING:
    from statuary.origin_server.server import OriginServer


class ServerConnection(asyncio.Protocol):
    """One connection of a client."""

    def __init__(self, server: OriginServer) -> None:
        self._server = server
        self._settings: Settings = server.settings
        self._reader = RequestReader(server.settings.wire, server.scheme)
        self._transport: asyncio.Transport
        self._outgoing: Outgoing
        self._patience = Patience(server.settings)
        self._task: asyncio.Task[None] | None = None
        self._write_paused = False
        self._waiter: asyncio.Future[None] | None = None
        self._peer = "-"
        self._switched: Switched | None = None
        self._lost = False
        self._half_closed = False
        self._closing = False
        self._discarded = 0
        self.state = IDLE
        self._received = 0

    # What the event loop tells us

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Not checked: uvloop's transports have the methods, and another base class
        self._transport = cast("asyncio.Transport", transport)
        self._outgoing = Outgoing(self._transport)
        peer = transport.get_extra_info("peername")
        self._peer = str(peer[0]) if peer else "-"
        self._wait_for(IDLE)
        if not self._server.admit(self):
            self._refuse_connection()

    def connection_lost(self, exc: Exception | None) -> None:
        self._lost = True
        self._server.dismiss(self)
        if self._switched is not None:
            self._switched.connection_lost()
        self._wake()

    def data_received(self, data: bytes) -> None:
        self._received += len(data)
        if self.state is IDLE and self._task is None and not self._write_paused:
            self._take(data)
        elif self.state is SWITCHED:
            assert self._switched is not None
            self._switched.data_received(data)
        elif self.state is LINGER:
            if self._received > self._settings.most_discarded:
                self._transport.abort()
        else:
            self._reader.feed(data)
            if self._task is not None:
                self._take_in()
            elif not self._write_paused:
                self._advance()
            elif self._reader.buffered > self._settings.wire.field_section:
                self._transport.pause_reading()

    def eof_received(self) -> bool:
        # The peer may close its side and still read: rfc9112-9.6 and 9.8-5. What it sent in full is answered.
        self._half_closed = True
        if self.state in (LINGER, SWITCHED):
            return False
        if self._task is not None:
            self._wake()
            return True
        if not self._write_paused:
            self._advance()
        return not self._transport.is_closing()

    def pause_writing(self) -> None:
        self._write_paused = True
        if self.state is SWITCHED:
            # Whatever is spoken now, who does not read is not read from
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        self._write_paused = False
        if self._task is not None:
            self._wake()
        elif self.state is SWITCHED:
            self._transport.resume_reading()
        elif self.state is not LINGER:
            self._transport.resume_reading()
            self._advance()

    # Time

    def _wait_for(self, state: str) -> None:
        self.state = state
        outgoing = self._outgoing
        self._patience.begin(state, self._server.tick, self._received + outgoing.arrived(), outgoing.is_waiting())

    def check_time(self, tick: float) -> None:
        """Called now and then. Ends a connection whose peer has not kept up."""
        if tick < self._patience.deadline or self.state is SWITCHED:
            return
        outgoing = self._outgoing
        moved = self._received + outgoing.arrived()
        wanted = self.state is CONTENT and self._waiter is not None
        match self._patience.judge(self.state, tick, moved, outgoing.is_waiting(), wanted):
            case Verdict.TIMEOUT:
                self._cancel()
                what = "content" if wanted else "request"
                self._answer_malformed(MalformedMessage(408, "rfc9110-15.5.9", f"The {what} did not arrive in time."))
            case Verdict.CLOSE:
                self._transport.close()
            case Verdict.DROP:
                self._transport.abort()

    def needs(self, site: Site) -> bool:
        """Whether an exchange or another protocol here goes on with ``site``, which the server has not any more."""
        return False

    def stop(self) -> None:
        """Finish what is in flight, then close."""
        self._closing = True
        if self.state in (IDLE, SWITCHED):
            self._transport.close()
        elif self.state is DISCARD:
            self._close_gently()

    def abort(self) -> None:
        """Drop the connection now."""
        self._cancel()
        self._transport.abort()

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None

    # Requests in

    def _take(self, data: bytes) -> None:
        """Answer what arrived while nothing was to be done: one request, as a rule."""
        try:
            request = self._reader.take(data)
        except MalformedMessage as error:
            self._answer_malformed(error)
            return
        if request is None:
            self._advance()
            return
        request.peer = self._peer
        self._handle(request)
        self._outgoing.flush()

    def _advance(self) -> None:
        """Answer as many requests as are there, until one takes longer, or the peer does not read."""
        reader = self._reader
        try:
            while self._task is None and not self._write_paused and self.state is not LINGER:
                if self.state is DISCARD and not self._discard():
                    break
                request = reader.next_request()
                if request is None:
                    self._outgoing.flush()
                    self._wait_for_request()
                    return
                request.peer = self._peer
                self._handle(request)
                if self.state is IDLE and not reader.buffered and not self._half_closed:
                    break
                if self.state is SWITCHED:
                    return
                if self._outgoing.gathered > self._settings.most_unsent:
                    self._outgoing.flush()
        except MalformedMessage as error:
            self._answer_malformed(error)
        self._outgoing.flush()

    def _wait_for_request(self) -> None:
        if self._half_closed:
            if self._reader.buffered:
                self._answer_malformed(MalformedMessage(400, "rfc9112-8-1", "The request is incomplete."))
            else:
                self._transport.close()
        elif not self._reader.buffered:
            self._wait_for(IDLE)
        elif self.state is not HEAD:
            self._wait_for(HEAD)

    def _handle(self, request: Request) -> None:
        """Answer a request, now, or in a task that ``_start`` starts; end with ``_finish_exchange``."""
        raise NotImplementedError

    def _start(self, work: object) -> None:
        self._outgoing.flush()
        self._wait_for(WORK)
        self._task = asyncio.get_running_loop().create_task(self._run(work))

    async def _run(self, work: object) -> None:
        try:
            await work  # type: ignore[misc]
        except MalformedMessage as error:
            self._task = None
            self._answer_malformed(error)
            return
        except ContentCut:
            self._task = None
            if not self._lost:
                self._answer_malformed(MalformedMessage(400, "rfc9112-8-1", "The content is incomplete."))
            return
        except asyncio.CancelledError:
            return
        except Exception as error:
            # What happens to files is none of our faults
            log.error("a response could not be sent: %s", error, exc_info=not isinstance(error, OSError))
            self._transport.abort()
            return
        self._task = None
        if self._lost or self.state in (LINGER, SWITCHED):
            return
        self._transport.resume_reading()
        if self._write_paused:
            return
        if self.state is IDLE and not self._reader.buffered and not self._half_closed:
            # Nothing more has come, and how long to wait for it is set
            self._outgoing.flush()
        else:
            self._advance()

    # Content in

    def _take_in(self) -> None:
        if self._reader.buffered > self._settings.wire.field_section:
            self._transport.pause_reading()
        if self.state is CONTENT:
            self._wake()

    async def receive_content(self) -> bytes:
        """The next octets of the current request's content; empty at its end. Raises ContentCut, MalformedMessage."""
        while True:
            content = self._reader.next_content()
            if content or self._reader.content_done:
                if self._reader.content_done:
                    self._wait_for(WORK)
                return content
            if self._lost or self._half_closed:
                raise ContentCut
            if self.state is not CONTENT:
                self._wait_for(CONTENT)
            self._transport.resume_reading()
            await self._wait()

    async def _wait(self) -> None:
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _discard(self) -> bool:
        """Read on past content that nobody wants; whether its end is reached."""
        while not self._reader.content_done:
            content = self._reader.next_content()
            self._discarded += len(content)
            if self._discarded > self._settings.most_discarded:
                self._close_gently()
                return False
            if not content and not self._reader.content_done:
                if self._half_closed:
                    self._transport.close()
                return False
        self._wait_for(IDLE)
        return True

    # Responses out

    def _interim(self, responses: tuple[Response, ...]) -> None:
        for head in [format_head(response.status, response.fields.lines) for response in responses]:
            self._outgoing.put(head)
        self._outgoing.flush()

    def _head(self, answer: Respond, request: Request, stays: bool, *, chunked: bool = False) -> bytes:
        lines = self._server.date_line + connection_lines(answer.status, request.version, stays=stays, chunked=chunked)
        return format_head(answer.status, answer.fields, lines)

    def _stays_open(self, request: Request) -> bool:
        """Whether the connection persists after this exchange (RFC 9112 section 9.3)."""
        if self._closing or not (self._reader.content_done or self._is_discardable(request)):
            return False
        return wants_to_persist(request.fields, request.version)

    def _is_discardable(self, request: Request) -> bool:
        """Whether the content that is left can be read past, to stay in step (rfc9112-9.3-5)."""
        # Nobody can tell whether a client that waited for 100 will send its content after all: RFC 9110 section 10.1.1
        if awaits_continue(request) and not self._reader.buffered and self.state is not CONTENT:
            return False
        remaining = self._reader.remaining
        return remaining is None or remaining <= self._settings.most_discarded

    def _finish_exchange(self, stays: bool) -> None:
        # Told to stop while the response was going, it could not announce that any more
        if not stays or self._closing:
            self._close_gently()
        elif not self._reader.content_done:
            self._discarded = 0
            self._wait_for(DISCARD)
        else:
            self.state = IDLE
            self._patience.deadline = self._server.idle_deadline

    def _answer_malformed(self, error: MalformedMessage) -> None:
        """Answer what can't be read as a request, and close: nothing after it can be trusted (rfc9112-2.2-10)."""
        if self._lost or self.state is LINGER:
            return
        self._closing = True
        if self.state is DISCARD:
            # This request has its response already; another would be taken for that of the next one
            self._close_gently()
            return
        line = self._reader.line_at_hand()
        # Even then HEAD gets no content
        request = Request("HEAD" if line.startswith("HEAD ") else "-")
        answer = refuse_malformed(request, error)
        self._send_last(request, answer, line or "-")

    def _refuse_connection(self) -> None:
        request = Request("-")
        answer = refuse(request, 503, "rfc9110-15.6.4", "There are too many connections.", ("Retry-After", "5"))
        self._send_last(request, answer, "-")

    def _send_last(self, request: Request, answer: Respond, line: str) -> None:
        content = octets_at_hand(answer.content)
        self._outgoing.put(self._head(answer, request, stays=False))
        for piece in content:
            self._outgoing.put(piece)
        self._server.record(self._peer, None, line, answer, sum(map(len, content)))
        self._close_gently()

    def _close_gently(self) -> None:
        """Close in the order that lets the peer read our last response: ours first, then theirs (RFC 9112 section 9.6)."""
        self._outgoing.flush()
        if self._lost or self._transport.is_closing():
            return
        if self._half_closed or not self._transport.can_write_eof():
            self._transport.close()
        else:
            self._transport.write_eof()
        self._received = 0
        self._wait_for(LINGER)
        self._transport.resume_reading()
