"""One attempt: a request on a connection, its content sent or held back, up to the head of the final response.

RFC 9110 section 10.1.1 for what is held back, RFC 9112 section 9.5 for answers that come before all is sent.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import replace

from statuary.message.response import Response
from statuary.semantics.reaction import Attempt, Wait
from statuary.user_agent.connection import Connection
from statuary.user_agent.errors import ConnectionFailed, ContentFailed
from statuary.user_agent.outgoing import Outgoing
from statuary.user_agent.timeouts import Timeouts
from statuary.wire.chunked import LAST_CHUNK, encode_chunk
from statuary.wire.field_section import format_fields
from statuary.wire.persistence import wants_to_persist

_AT_ONCE = 64 * 1024  # octets of content that go out together with the head

Sleep = Callable[[float], Awaitable[None]]


class Exchange:
    """``run`` it, then ``read`` the content; ``release`` it in any case. ``attempt`` is what came of it so far.

    ``reacts`` is asked about each interim response; ``now`` gives seconds since the epoch.
    """

    def __init__(
        self,
        connection: Connection,
        attempt: Attempt,
        content: Outgoing | None,
        timeouts: Timeouts,
        *,
        sleep: Sleep,
        now: Callable[[], float],
        reacts: Callable[[Attempt], object],
    ) -> None:
        self.connection = connection
        self.attempt = attempt
        self.waits: list[Wait] = []
        self.waited_in_vain = False
        self._content = content
        self._timeouts = timeouts
        self._sleep = sleep
        self._now = now
        self._reacts = reacts
        self._sender: asyncio.Task[None] | None = None

    async def run(self, head: bytes) -> None:
        """Up to the head of the final response, which ``attempt`` has then. Raises ConnectionFailed.

        ``attempt.content`` tells what to do with the content: held back, or sent at once.
        """
        connection, content = self.connection, self._content
        connection.begin(self.attempt.request.method)
        # After a close that its user had it send: no more requests on it, rfc9112-9.6-2
        if not wants_to_persist(self.attempt.request.fields, (1, 1)):
            connection.must_close = True
        if content is None or self.attempt.content == "held":
            connection.write(head)
        elif content.data is not None and not content.is_chunked and len(content.data) <= _AT_ONCE:
            connection.write(head + content.data)
        else:
            connection.write(head)
            self._send_content()
        if self.attempt.content == "held":
            await self._hold()
        while self.attempt.final is None:
            self._take(await self._next())
        self._stop_sending_in_vain()

    async def read(self) -> bytes:
        """The next octets of the content, none at its end. Raises ConnectionFailed."""
        return await self.connection.read(self._timeouts.between_octets)

    async def release(self) -> None:
        """Ready for the pool, or closed: the content that was not sent, or not read, leaves it out of step."""
        connection = self.connection
        if self._sender is not None and not self._sender.done():
            self._sender.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await self._sender
            connection.must_close = True
        if not connection.is_complete:
            connection.must_close = True
        if connection.must_close:
            connection.close()

    async def _hold(self) -> None:
        """Until a 100, a final response, or the time limit."""
        limit = asyncio.ensure_future(self._sleep(self._timeouts.for_continue))
        try:
            while self.attempt.final is None and self.attempt.content == "held":
                coming = asyncio.ensure_future(self.connection.next_response(None))
                try:
                    await asyncio.wait({coming, limit}, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    if not coming.done():
                        coming.cancel()
                        with contextlib.suppress(asyncio.CancelledError):
                            await coming
                if not coming.cancelled():
                    self._take(coming.result())
                elif limit.done():
                    self.waited_in_vain = True
                    self._send_content()
        finally:
            limit.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await limit

    def _take(self, response: Response) -> None:
        if 100 <= response.status <= 199 and response.status != 101:
            interim = (*self.attempt.interim, response)
            self.attempt = replace(self.attempt, interim=interim, at=int(self._now()))
            reaction = self._reacts(self.attempt)
            if isinstance(reaction, Wait):
                self.waits.append(reaction)
                if reaction.send_content:
                    self._send_content()
            return
        self.attempt = self.attempt.answered(response, int(self._now()))

    async def _next(self) -> Response:
        try:
            return await self.connection.next_response(self._timeouts.first_octet)
        except ConnectionFailed:
            error = self._own_error()
            if error is not None:
                raise error from None
            raise

    def _send_content(self) -> None:
        self.attempt = replace(self.attempt, content="sent")
        self.connection.is_sending = True
        self._sender = asyncio.ensure_future(self._send())
        self._sender.add_done_callback(self._sent)

    def _sent(self, sender: asyncio.Task[None]) -> None:
        self.connection.is_sending = False
        if self._own_error() is not None:
            self.connection.close()
        self.connection.wake()

    async def _send(self) -> None:
        content, connection, limit = self._content, self.connection, self._timeouts.between_octets
        assert content is not None
        size = 0
        async with contextlib.aclosing(content.pieces()) as pieces:
            async for piece in pieces:
                size += len(piece)
                if not content.is_chunked and size > (content.length or 0):
                    raise ContentFailed("The content is longer than it was said to be.")
                connection.write(encode_chunk(piece) if content.is_chunked else piece)
                await connection.drain(limit)
        if content.is_chunked:
            lines = content.trailer_lines()
            connection.write(b"0\r\n" + format_fields(lines) + b"\r\n" if lines else LAST_CHUNK)
        elif size != content.length:
            raise ContentFailed("The content is shorter than it was said to be.")

    def _own_error(self) -> BaseException | None:
        """What went wrong with the content itself; of a connection that is lost the reading side tells."""
        sender = self._sender
        if sender is None or not sender.done() or sender.cancelled():
            return None
        error = sender.exception()
        is_lost = isinstance(error, ConnectionFailed) and error.kind != "timeout"
        return None if is_lost else error

    def _stop_sending_in_vain(self) -> None:
        """A final response that is no success: the rest of the content is not wanted any more (RFC 9112 section 9.5)."""
        assert self.attempt.final is not None
        content = self._content
        if self.attempt.content == "held" and content is not None and content.length != 0:
            self.connection.must_close = True
        if self._sender is not None and not self._sender.done() and self.attempt.final.status >= 300:
            self._sender.cancel()
            self.connection.must_close = True
