"""WebSocket that sends back what it is sent (RFC 6455), spoken by the wsproto library once decide has switched to it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from wsproto.connection import Connection, ConnectionState, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Event, Ping, TextMessage
from wsproto.frame_protocol import CloseReason

MOST_OCTETS = 1024 * 1024
"""The largest message; one that is larger ends the connection with 1009."""
MOST_UNSENT = 1024 * 1024
"""With this much waiting to go, a peer that sends without reading is not read from."""
IDLE_TIMEOUT = 60.0
"""Seconds without an octet from the peer."""
CLOSE_TIMEOUT = 2.0
"""Seconds for the peer to close, once it was told why."""
PAUSE = 0.1


class Timer(Protocol):
    def cancel(self) -> object: ...


class Timers(Protocol):
    """What is needed of an event loop: its time in seconds, and to be called later."""

    def time(self) -> float: ...

    def call_later(self, delay: float, callback: Callable[[], object], /) -> Timer: ...


class WebSocketEcho:
    """One connection after its 101. The peer's frames come in by data_received; what it says goes out on ``transport``."""

    def __init__(
        self,
        transport: asyncio.Transport,
        *,
        most_octets: int = MOST_OCTETS,
        idle_timeout: float = IDLE_TIMEOUT,
        timers: Timers | None = None,
    ) -> None:
        self._transport = transport
        self._most_octets = most_octets
        self._idle_timeout = idle_timeout
        self._timers: Timers = timers if timers is not None else asyncio.get_running_loop()
        self._connection = Connection(ConnectionType.SERVER)
        self._text: list[str] = []
        self._octets: list[bytes] = []
        self._size = 0
        self._closing = False
        self._heard = self._timers.time()
        self._timer = self._timers.call_later(idle_timeout, self._check_idle)

    # What the connection tells us

    def data_received(self, data: bytes) -> None:
        self._heard = self._timers.time()
        if self._closing:
            return
        self._connection.receive_data(data)
        for event in self._connection.events():
            self._handle(event)
            if self._closing:
                return
        if self._transport.get_write_buffer_size() > MOST_UNSENT:
            self._transport.pause_reading()
            self._timers.call_later(PAUSE, self._resume)

    def connection_lost(self) -> None:
        self._closing = True
        self._timer.cancel()

    # Time

    def _check_idle(self) -> None:
        remaining = self._heard + self._idle_timeout - self._timers.time()
        if remaining > 0:
            self._timer = self._timers.call_later(remaining, self._check_idle)
        else:
            self._close(CloseReason.GOING_AWAY)

    def _resume(self) -> None:
        if self._transport.is_closing():
            return
        if self._transport.get_write_buffer_size() > MOST_UNSENT:
            self._timers.call_later(PAUSE, self._resume)
        else:
            self._transport.resume_reading()

    # Frames

    def _handle(self, event: Event) -> None:
        match event:
            case Ping():
                self._transport.write(self._connection.send(event.response()))
            case TextMessage(data=text):
                self._take(len(text.encode()), event)
            case BytesMessage(data=octets):
                self._take(len(octets), event)
            case CloseConnection(code=code):
                if self._connection.state is ConnectionState.REMOTE_CLOSING:
                    # Answered with its own code, then closed by us first: RFC 6455 sections 5.5.1 and 7.1.1
                    self._transport.write(self._connection.send(event.response()))
                    self._end()
                else:
                    # What wsproto could not read as frames, and the code for it
                    self._close(code)

    def _take(self, size: int, event: TextMessage | BytesMessage) -> None:
        self._size += size
        if self._size > self._most_octets:
            self._close(CloseReason.MESSAGE_TOO_BIG)
            return
        if isinstance(event, TextMessage):
            self._text.append(event.data)
        elif event.data:
            self._octets.append(bytes(event.data))
        if event.message_finished:
            self._echo(isinstance(event, TextMessage))

    def _echo(self, is_text: bool) -> None:
        message: Event = TextMessage("".join(self._text)) if is_text else BytesMessage(b"".join(self._octets))
        self._text, self._octets, self._size = [], [], 0
        self._transport.write(self._connection.send(message))

    def _close(self, code: int) -> None:
        """Say why, and give the peer time to read it and close (RFC 6455 section 7.1.7)."""
        if self._closing:
            return
        self._transport.write(self._connection.send(CloseConnection(code=code)))
        self._closing = True
        self._timer.cancel()
        self._timer = self._timers.call_later(CLOSE_TIMEOUT, self._transport.abort)

    def _end(self) -> None:
        self._closing = True
        self._timer.cancel()
        self._transport.close()
