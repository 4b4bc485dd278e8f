"""The client's side of an intermediary: connections as an origin server has them, whose requests are forwarded.

Reading, limits, time-outs, pipelining and the orderly end are those of the origin server.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import TYPE_CHECKING

from statuary.intermediary.exchange import ForwardedExchange
from statuary.intermediary.relay import End
from statuary.intermediary.usual import Usual
from statuary.message.fields import Fields
from statuary.message.request import Request
from statuary.origin_server.outgoing import JOINED
from statuary.origin_server.patience import IDLE, LINGER, SWITCHED, WORK, Patience
from statuary.origin_server.server_connection import ServerConnection
from statuary.semantics.decision.request_content import awaits_continue
from statuary.wire.malformed import MalformedMessage

if TYPE_CHECKING:
    from statuary.intermediary.server import Intermediary

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class ClientConnection(ServerConnection):
    """One client. A ForwardedExchange asks it for content and gives it responses."""

    def __init__(self, server: Intermediary) -> None:
        super().__init__(server)
        self._intermediary = server
        self._writable: asyncio.Future[None] | None = None
        self._arrival: asyncio.Future[None] | None = None
        self._has_begun = False
        self.usual = Usual()

    # What the event loop tells us, beyond what an origin server needs

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Accepted for one who has been succeeded since
        self._server = self._intermediary = self._intermediary.newest
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        # Nobody waits for the response: the exchange ends, and with it the one behind it
        self._cancel()

    def resume_writing(self) -> None:
        super().resume_writing()
        _settle(self._writable)

    def stop(self) -> None:
        # Where somebody has taken over, who is in the middle of something finishes it, and follows
        if not self._intermediary.has_time:
            super().stop()

    def follow(self) -> None:
        """Between two requests: go on with whoever has taken over."""
        server = self._intermediary.newest
        if server is self._intermediary:
            return
        self._server.dismiss(self)
        self._server = self._intermediary = server
        self._settings = server.settings
        self._patience = Patience(server.settings)
        self.usual = Usual()
        if not self._lost:
            server.admit(self)
            self._wait_for(self.state)

    @property
    def is_idle(self) -> bool:
        """Whether it is between two requests."""
        return self.state is IDLE and self._task is None

    async def _run(self, work: object) -> None:
        await super()._run(work)
        if self.is_idle:
            self.follow()

    def _handle(self, request: Request) -> None:
        self._has_begun = False
        self.follow()
        # As _start does; but how far the client has read is not asked of the system before it holds us back, see drain
        self.state = WORK
        self._patience.deadline = self._server.tick + self._settings.content_timeout
        exchange = ForwardedExchange(self._intermediary, self, request)
        self._task = asyncio.get_running_loop().create_task(self._run(exchange.run()))

    def _take_in(self) -> None:
        super()._take_in()
        _settle(self._arrival)

    def _answer_malformed(self, error: MalformedMessage) -> None:
        if self._has_begun:
            # Another response within the first would be taken for its content
            self.cut(resets=True)
            return
        super()._answer_malformed(error)

    # What the exchange asks for

    @property
    def peer_name(self) -> str:
        return self._peer

    @property
    def has_all_content(self) -> bool:
        """Whether the content of the request was taken in full, or there is none."""
        return self._reader.content_done

    @property
    def request_trailers(self) -> Fields:
        return self._reader.trailers

    @property
    def ends_after_this(self) -> bool:
        """Whether the connection has to end with the response, whatever the request says."""
        return self._closing

    def content_at_hand(self) -> bytes:
        """Content that has arrived already. Raises MalformedMessage."""
        pieces = []
        while not self._reader.content_done and (piece := self._reader.next_content()):
            pieces.append(piece)
        return b"".join(pieces)

    def withholds_content(self, request: Request) -> bool:
        """Whether the client waits for a 100 before it sends content."""
        return awaits_continue(request) and not self._reader.buffered

    async def content_arrival(self) -> None:
        """Until some content has arrived."""
        while not self._reader.buffered and not self._half_closed:
            self._transport.resume_reading()
            self._arrival = asyncio.get_running_loop().create_future()
            try:
                await self._arrival
            finally:
                self._arrival = None

    def eof_received(self) -> bool:
        stays = super().eof_received()
        _settle(self._arrival)
        if self._task is not None and self._intermediary.intermediary_settings.drops_half_closed:
            # Its end looks the same whether it still reads or not; to whoever runs this, it is said to mean the latter
            self.abort()
            return False
        return stays

    # What the exchange gives

    def put_interim(self, head: bytes) -> None:
        self._outgoing.put(head)
        self._outgoing.flush()

    def put_head(self, head: bytes) -> None:
        """The head of the final response."""
        self._has_begun = True
        self._outgoing.put(head)

    def put(self, octets: bytes) -> None:
        """Octets of its content, framed."""
        self._outgoing.put(octets)

    async def drain(self, *, at_once: bool) -> None:
        """Let the client read. What is little may wait for more, if not ``at_once``."""
        if at_once or self._outgoing.gathered > JOINED:
            self._outgoing.flush()
        if self._write_paused:
            # Time begins to count; in what state, does not change, since content may be awaited meanwhile
            self._wait_for(self.state)
        while self._write_paused and not self._lost:
            self._writable = asyncio.get_running_loop().create_future()
            try:
                await self._writable
            finally:
                self._writable = None

    def finish(self, *, closes: bool) -> None:
        """The response is complete."""
        self._has_begun = False
        # Where the client waited for 100, nobody can tell whether its content still comes: RFC 9110 section 10.1.1
        remaining = self._reader.remaining
        is_discardable = remaining is None or remaining <= self._settings.most_discarded
        self._finish_exchange(not closes and (self._reader.content_done or is_discardable))
        self._outgoing.flush()

    def cut(self, *, resets: bool) -> None:
        """The response ends in its middle, and must not look complete."""
        self._closing = True
        self._outgoing.flush()
        self._wait_for(LINGER)
        found = self._transport.get_extra_info("socket")
        if resets and found is not None:
            # Closing then sends a reset, since the usual end would be that of the content
            found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            self._transport.abort()
        else:
            self._transport.close()

    def hand_over(self) -> tuple[End, bytes]:
        """What follows is not HTTP: an end for it, and what has come already."""
        self._outgoing.flush()
        self._has_begun = False
        self.state = SWITCHED
        end = End(self.connection_lost)
        end.transport = self._transport
        end.has_ended = self._half_closed
        self._transport.set_protocol(end)
        self._transport.pause_reading()
        return end, self._reader.take_rest()

    @property
    def is_full(self) -> bool:
        """Whether the client reads more slowly than is written."""
        return self._write_paused


def _settle(waiting: asyncio.Future[None] | None) -> None:
    if waiting is not None and not waiting.done():
        waiting.set_result(None)
