"""The content of a request on its way out: what is here goes with the head, a task sends the rest as it comes."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from statuary.intermediary.request_content import RequestContent
from statuary.intermediary.settings import IntermediarySettings
from statuary.message.fields import Fields
from statuary.message.request import Request
from statuary.semantics.forwarding import Framing, Onward, forward_trailers
from statuary.user_agent.connection import Connection
from statuary.user_agent.errors import ConnectionFailed
from statuary.wire.chunked import LAST_CHUNK, encode_chunk
from statuary.wire.field_section import format_fields
from statuary.wire.malformed import MalformedMessage
from statuary.wire.request_writer import format_complete

if TYPE_CHECKING:
    from statuary.intermediary.client_connection import ClientConnection


class RequestOut:
    """One request with content: ``send`` it, to one next hop after the other; ``stop`` after each."""

    def __init__(
        self, client: ClientConnection, request: Request, settings: IntermediarySettings, most: int | None
    ) -> None:
        self._client = client
        self._request = request
        self._settings = settings
        self._content = RequestContent(client, request, settings.most_kept, most)
        self._sender: asyncio.Task[None] | None = None

    @property
    def is_repeatable(self) -> bool:
        """Whether it can be sent now: for the first time, or again."""
        return self._content.is_repeatable

    @property
    def is_doubtful(self) -> bool:
        """Whether nobody can tell if its content will still come: RFC 9110 section 10.1.1."""
        return self._content.is_held

    def release(self) -> None:
        """The client has been told to go on."""
        self._content.release()

    async def send(self, connection: Connection, onward: Onward[Request]) -> None:
        """The head, and the content as far as it is here. Raises MalformedMessage, ContentCut."""
        request, framing, content = onward.message, onward.framing, self._content
        if onward.interim:
            content.release()
        whole = content.at_hand()
        if framing == "buffered":
            whole = await self._gathered()
            request = request.with_fields(Fields([*request.fields, ("Content-Length", str(len(whole)))]))
            framing = "length"
        head = format_complete(request)
        connection.begin(request.method)
        if whole is not None:
            connection.write(head + (whole if framing == "length" else encode_chunk(whole) + self._end_of_chunks()))
            return
        connection.write(head)
        self._sender = asyncio.ensure_future(self._send_content(connection, framing))
        self._sender.add_done_callback(lambda sender: _sent(connection, sender))

    async def _send_content(self, connection: Connection, framing: Framing) -> None:
        await self._content.begins()
        connection.is_sending = True
        async with contextlib.aclosing(self._content.pieces()) as pieces:
            async for piece in pieces:
                connection.write(encode_chunk(piece) if framing == "chunked" else piece)
                await connection.drain(self._settings.timeouts.between_octets)
        if framing == "chunked":
            connection.write(self._end_of_chunks())

    def _end_of_chunks(self) -> bytes:
        trailers = forward_trailers(self._client.request_trailers, self._request.fields)
        return b"0\r\n" + format_fields(trailers.lines) + b"\r\n" if len(trailers) else LAST_CHUNK

    async def _gathered(self) -> bytes:
        """All content, for a next hop that has to know its length. Raises MalformedMessage (411)."""
        await self._content.begins()
        pieces: list[bytes] = []
        size = 0
        async with contextlib.aclosing(self._content.pieces()) as coming:
            async for piece in coming:
                pieces.append(piece)
                size += len(piece)
                if size > self._settings.most_gathered:
                    raise MalformedMessage(
                        411, "rfc9112-6.3-10", "The next server needs to know the length beforehand."
                    )
        return b"".join(pieces)

    def raise_own_error(self) -> None:
        """What went wrong with the content itself, rather than with the connection."""
        error = self._error()
        if error is not None and not isinstance(error, ConnectionFailed):
            raise error

    def took_too_long(self) -> bool:
        """Whether the next hop took no more of it."""
        error = self._error()
        return isinstance(error, ConnectionFailed) and error.kind == "timeout"

    def _error(self) -> BaseException | None:
        sender = self._sender
        return None if sender is None or not sender.done() or sender.cancelled() else sender.exception()

    async def stop(self, connection: Connection) -> None:
        """The rest is not wanted any more: it is read past, or the client's connection ends.

        A connection on which not all of it has gone out is out of step: another request on it would be taken for content.
        """
        sender, self._sender = self._sender, None
        if sender is None:
            return
        if not sender.done():
            sender.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await sender
            connection.must_close = True
        elif sender.cancelled() or sender.exception() is not None:
            # What is called when it is done may be called only after the connection has been given to somebody else
            connection.must_close = True


def _sent(connection: Connection, sender: asyncio.Task[None]) -> None:
    connection.is_sending = False
    if not sender.cancelled() and sender.exception() is not None:
        # A connection that takes no more may still have an answer for us; content that can't be had ends all
        if isinstance(sender.exception(), ConnectionFailed):
            connection.must_close = True
        else:
            connection.close()
    connection.wake()
