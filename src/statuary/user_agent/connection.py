"""One connection of a client: octets out with back pressure, responses in as they come, and what becomes of it.

What is asked and what its answers mean is for others; this is the asyncio protocol under them.
"""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from typing import cast

from statuary.message.fields import Fields
from statuary.message.response import Response
from statuary.user_agent.errors import ConnectionFailed
from statuary.wire.limits import WireLimits
from statuary.wire.malformed import MalformedMessage
from statuary.wire.response_stream import ResponseStream

MOST_HELD = 256 * 1024
"""Octets of content that wait for whoever reads them, before the peer is made to wait."""


class Connection(asyncio.Protocol):
    """HTTP/1.1 on one transport, an exchange at a time: ``begin``, ``write``, ``next_response`` to the final one, ``read``.

    ``is_sending`` is set by whoever sends content: while it is true, no response is overdue. ``must_close`` says that the
    connection is out of step, whatever the peer thinks of it.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, limits: WireLimits) -> None:
        self._loop = loop
        self._limits = limits
        self._stream = ResponseStream(self, limits)
        self._transport: asyncio.Transport | None = None
        self._reader: asyncio.Future[None] | None = None
        self._writer: asyncio.Future[None] | None = None
        self._responses: deque[Response] = deque()
        self._pieces: deque[bytes] = deque()
        self._held = 0
        self._failure: ConnectionFailed | None = None
        self._is_read = True
        self._is_switched = False
        self._is_paused = False
        self._has_head = False
        self._has_closed = False
        self.is_complete = True
        self.trailers: Fields | None = None
        self.has_received = False
        self.is_sending = False
        self.must_close = False
        self.exchanges = 0
        self.idle_since = 0.0
        self.key: object = None

    # What is done with it

    @property
    def is_reusable(self) -> bool:
        """Whether another exchange can begin on it."""
        stream = self._stream
        return not self.must_close and self._failure is None and not self._has_closed and stream.is_reusable

    @property
    def version(self) -> tuple[int, int] | None:
        """That of the last response."""
        return self._stream.version

    @property
    def peer(self) -> str:
        """The address it leads to, as a name for people; empty where there is none."""
        name = self._transport.get_extra_info("peername") if self._transport is not None else None
        if not isinstance(name, tuple) or len(name) < 2:
            return ""
        return f"[{name[0]}]:{name[1]}" if ":" in str(name[0]) else f"{name[0]}:{name[1]}"

    def begin(self, method: str) -> None:
        """A request with this method is about to be sent."""
        self._stream.expect(method)
        self._responses.clear()
        self._pieces.clear()
        self._held = 0
        self.is_complete = self.has_received = self._has_head = False
        self.trailers = None
        self.exchanges += 1

    def write(self, data: bytes) -> None:
        """Send octets. Nothing is said of a connection that is lost: the reading side tells."""
        if self._transport is not None and not self._has_closed:
            self._transport.write(data)

    async def drain(self, seconds: float | None) -> None:
        """Wait until the peer takes more. Raises ConnectionFailed."""
        while self._is_paused:
            if self._has_closed:
                raise self._failure or ConnectionFailed("dropped", "The connection was closed.")
            self._writer = self._loop.create_future()
            try:
                async with asyncio.timeout(seconds):
                    await self._writer
            except TimeoutError:
                raise ConnectionFailed("timeout", "The peer takes no more of the content.") from None
            finally:
                self._writer = None
        if self._has_closed:
            raise self._failure or ConnectionFailed("dropped", "The connection was closed.")

    async def next_response(self, seconds: float | None) -> Response:
        """The next response, interim or final. Raises ConnectionFailed, with ``seconds`` without one too."""
        while not self._responses:
            if self._failure is not None:
                raise self._failure
            await self._wait(seconds, "There was no answer in time.")
        return self._responses.popleft()

    async def read(self, seconds: float | None) -> bytes:
        """The next octets of the content, none at its end. Raises ConnectionFailed."""
        while not self._pieces:
            if self.is_complete and not self._is_switched:
                return b""
            if self._failure is not None:
                if self._is_switched and self._failure.kind == "dropped":
                    return b""
                raise self._failure
            await self._wait(seconds, "The rest of the content did not come in time.")
        piece = self._pieces.popleft()
        self._held -= len(piece)
        if not self._is_read and self._held < MOST_HELD // 2 and self._transport is not None:
            self._is_read = True
            self._transport.resume_reading()
        return piece

    def wake(self) -> None:
        """Let a response that is waited for be waited for anew: sending has ended."""
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    def close(self) -> None:
        """Be done with it at once."""
        self.must_close = True
        if self._transport is not None and not self._has_closed:
            self._transport.abort()

    def write_eof(self) -> None:
        """Nothing more will be sent."""
        if self._transport is not None and not self._has_closed and self._transport.can_write_eof():
            self._transport.write_eof()

    async def start_tls(self, context: ssl.SSLContext, host: str, seconds: float | None) -> None:
        """TLS on what is open; the stream of responses begins anew inside. Raises OSError, which ssl.SSLError is."""
        assert self._transport is not None
        self._stream = ResponseStream(self, self._limits)
        self._is_switched = False
        transport = await self._loop.start_tls(
            self._transport, self, context, server_hostname=host, ssl_handshake_timeout=seconds
        )
        if transport is None:
            raise ConnectionResetError("the connection was closed during the handshake")
        self._transport = transport

    # What its transport says

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        if self._is_switched:
            self.content(data)
            self.wake()
            return
        self.has_received = True
        try:
            self._stream.feed(data)
        except MalformedMessage as error:
            self._fail(ConnectionFailed("malformed", error.detail))
            self.close()
        if self.is_complete and not self._is_switched and self._stream.rest:
            self.close()  # Nobody asked for that: rfc9112-9.2-3
        self.wake()

    def eof_received(self) -> bool:
        self._ended(None)
        return False

    def connection_lost(self, error: Exception | None) -> None:
        self._ended(error)
        self._has_closed = True
        self.wake()
        if self._writer is not None and not self._writer.done():
            self._writer.set_result(None)

    def pause_writing(self) -> None:
        self._is_paused = True

    def resume_writing(self) -> None:
        self._is_paused = False
        if self._writer is not None and not self._writer.done():
            self._writer.set_result(None)

    # What its stream says

    def interim(self, response: Response) -> None:
        self._responses.append(response)

    def head(self, response: Response) -> None:
        self._has_head = True
        self._responses.append(response)

    def content(self, octets: bytes) -> None:
        self._pieces.append(octets)
        self._held += len(octets)
        if self._held > MOST_HELD and self._is_read and self._transport is not None and not self._has_closed:
            self._is_read = False
            self._transport.pause_reading()

    def end(self, trailers: Fields | None) -> None:
        self.trailers = trailers
        self.is_complete = True
        if self._stream.framing == "switched":
            self._is_switched = True
            if self._stream.rest:
                self.content(self._stream.rest)

    # Inside

    def _ended(self, error: Exception | None) -> None:
        """Nothing more will come; the first word about it counts."""
        if self._failure is not None:
            return
        if self.is_complete or (error is not None and not self._has_head):
            self._fail(ConnectionFailed("dropped", _reason(error) or "The connection was closed."))
            return
        try:
            self._stream.close()
        except MalformedMessage as cut:
            self._fail(ConnectionFailed("incomplete" if self._has_head else "dropped", cut.detail))
            return
        if error is not None:
            # Content up to the end of the connection is whole only if that was closed in good order: rfc9112-8-s2
            self.is_complete = False
            self._fail(ConnectionFailed("incomplete", _reason(error) or "The connection was lost."))
        elif not self.is_complete:
            self._fail(ConnectionFailed("dropped", "The connection was closed without an answer."))
        else:
            self.must_close = True

    def _fail(self, failure: ConnectionFailed) -> None:
        self._failure = self._failure or failure
        self.wake()

    async def _wait(self, seconds: float | None, overdue: str) -> None:
        """Until something comes."""
        waiting = self._reader = self._loop.create_future()
        timer = None if seconds is None else self._loop.call_later(seconds, self._overdue, waiting, overdue)
        try:
            await waiting
        finally:
            self._reader = None
            if timer is not None:
                timer.cancel()

    def _overdue(self, waiting: asyncio.Future[None], says: str) -> None:
        if waiting.done():
            return
        if self.is_sending:
            waiting.set_result(None)  # it is waited for anew
        else:
            waiting.set_exception(ConnectionFailed("timeout", says))


def _reason(error: Exception | None) -> str:
    if error is None:
        return ""
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return f"The connection was lost: {text or type(error).__name__}."
