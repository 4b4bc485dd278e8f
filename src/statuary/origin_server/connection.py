"""A connection of an origin server's client: what its site says to each request, decided, performed and sent.

A task runs only while content is read for a change, or a response is too large to hand over at once. Nothing here knows a
status code's meaning: decide, conclude and MalformedMessage say what to send.
"""

from __future__ import annotations

from inspect import isawaitable
from typing import TYPE_CHECKING

from statuary.message.request import Request
from statuary.origin_server.exchange import ArrivingContent, failed, log, note_user, perform
from statuary.origin_server.octets import (
    has_unknown_length,
    is_long,
    last_chunk,
    length_of,
    octets_at_hand,
    octets_of,
)
from statuary.origin_server.outgoing import JOINED, Prepared
from statuary.origin_server.patience import SWITCHED
from statuary.origin_server.server_connection import ServerConnection
from statuary.origin_server.site import Site
from statuary.semantics.decision import Perform, Respond, decide
from statuary.semantics.resource import Resource
from statuary.wire.chunked import encode_chunk

if TYPE_CHECKING:
    from statuary.origin_server.server import OriginServer


class Latest:
    """A request, what it was about, and what it got, as long as ``date_line`` tells the time.

    A pure function of the same values needs no second call: who asks the same again within the second gets the same octets.
    """

    __slots__ = ("date_line", "entry", "octets", "request", "resource")

    def __init__(self, request: Request, resource: Resource, prepared: Prepared, entry: str) -> None:
        self.request = request
        self.resource = resource
        self.date_line = prepared.date_line
        self.octets = b"".join(prepared.pieces)
        self.entry = entry

    def is_right(self, resource: Resource, date_line: bytes) -> bool:
        """Whether nothing has changed."""
        return resource is self.resource and date_line is self.date_line


class Connection(ServerConnection):
    """Answers as the site of its server has it."""

    def __init__(self, server: OriginServer) -> None:
        super().__init__(server)
        self._site = server.site
        """That of the exchange: what it begins with, it ends with, whatever the server has meanwhile."""
        self._asked: Request | None = None
        """The latest request."""
        self._entry = ""
        """What the log has of it."""
        self._latest: Latest | None = None

    def needs(self, site: Site) -> bool:
        return self._site is site and (self._task is not None or self.state is SWITCHED)

    def check_time(self, tick: float) -> None:
        self._forget()  # who has fallen silent holds no octets
        super().check_time(tick)

    def stop(self) -> None:
        self._forget()
        super().stop()

    def _forget(self) -> None:
        self._asked = self._latest = None

    def _handle(self, request: Request) -> None:
        server = self._server
        now = server.now()
        site = self._site = server.site
        try:
            resource = site.resource(request, now)
            if type(resource) is not Resource:
                assert isawaitable(resource)
                self._start(self._handle_later(request, resource, now))
                return
            latest = self._latest
            if latest is not None and request is latest.request and latest.is_right(resource, server.date_line):
                self._repeat(latest)
                return
            decision = decide(request, resource, now)
            user = None if resource.access is None else note_user(site, request, resource, now)
        except Exception:
            self._respond(request, failed(request), None)
            return
        if isinstance(decision, Perform) or (decision.prepared is None and is_long(decision.content)):
            self._start(self._act(request, resource, decision, user))
        else:
            self._respond(request, decision, user)
            if request is self._asked:
                self._remember(request, resource, decision)
            self._asked = request

    async def _handle_later(self, request: Request, coming: object, now: int) -> None:
        try:
            assert isawaitable(coming)
            resource = await coming
            decision = decide(request, resource, now)
            user = note_user(self._site, request, resource, now)
        except Exception:
            self._respond(request, failed(request), None)
            return
        await self._act(request, resource, decision, user)

    async def _act(self, request: Request, resource: Resource, decision: Respond | Perform, user: str | None) -> None:
        if isinstance(decision, Perform):
            decision = await self._perform(request, resource, decision)
        if is_long(decision.content):
            await self._respond_at_length(request, decision, user)
        else:
            self._respond(request, decision, user)

    async def _perform(self, request: Request, resource: Resource, decision: Perform) -> Respond:
        # Whoever has begun to send content needs no 100: rfc9110-10.1.1-8
        if decision.interim and not self._reader.buffered:
            self._interim(decision.interim)
        content = ArrivingContent(self.receive_content, decision.most)
        answer = await perform(self._site, request, resource, content)
        self._server.now()  # what was changed just now is no later than the Date of the answer: rfc9110-8.8.2.1-3
        return answer

    # Responses out

    def _remember(self, request: Request, resource: Resource, answer: Respond) -> None:
        """Keep the octets that were just sent, if they may be sent to the same request as they are."""
        prepared = answer.prepared
        is_shared = prepared is not None and prepared.date_line is self._server.date_line and request.version == (1, 1)
        if is_shared and resource.access is None and prepared.size < JOINED:
            self._latest = Latest(request, resource, prepared, self._entry)

    def _repeat(self, latest: Latest) -> None:
        server = self._server
        self._outgoing.send(latest.octets)
        if latest.entry:
            server.log.repeat(latest.entry)
        self._patience.deadline = server.idle_deadline

    def _respond(self, request: Request, answer: Respond, user: str | None) -> None:
        """Send a final response whose content is at hand."""
        if self._lost:
            # What was done is told to the log at least
            self._record(request, answer, 0, user)
            return
        stays = self._stays_open(request)
        prepared = answer.prepared
        needs_no_option = stays and request.version == (1, 1)
        if prepared is None or prepared.date_line is not self._server.date_line or not needs_no_option:
            self._respond_anew(request, answer, user, stays)
            return
        # Usual requests share their answer: within the second, its octets too
        self._outgoing.put_all(prepared.pieces, prepared.size)
        self._record(request, answer, prepared.content_size, user)
        self._finish_exchange(stays)

    def _respond_anew(self, request: Request, answer: Respond, user: str | None, stays: bool) -> None:
        try:
            prepared = self._prepared(answer, request, stays)
            if answer.interim and request.version >= (1, 1):
                self._interim(answer.interim)
        except (TypeError, ValueError):
            # The site made a field or content that can't be sent
            answer = failed(request)
            prepared = self._prepared(answer, request, stays)
        self._outgoing.put_all(prepared.pieces, prepared.size)
        self._record(request, answer, prepared.content_size, user)
        if answer.status == 101:
            self._switch(answer)
        else:
            self._finish_exchange(stays)

    async def _respond_at_length(self, request: Request, answer: Respond, user: str | None) -> None:
        """Send a final response whose content has to be fetched, or made, while it goes."""
        if self._lost:
            return
        stays = self._stays_open(request)
        chunked = has_unknown_length(answer.content) and request.version >= (1, 1)
        if has_unknown_length(answer.content) and not chunked:
            # Only the end of the connection can end it for HTTP/1.0: rfc9112-6.1-11
            stays = False
        pieces = octets_of(answer.content)
        length = length_of(answer.content)
        try:
            if answer.interim and request.version >= (1, 1):
                self._interim(answer.interim)
            # The first piece before the head: what can't be read at all is a 500, not a broken 200
            piece = await anext(pieces, None)
            head = self._head(answer, request, stays, chunked=chunked)
        except Exception:
            self._respond(request, failed(request), user)
            return
        self._outgoing.put(head)
        sent = 0
        try:
            while piece is not None:
                if length is not None and sent + len(piece) > length:
                    raise ValueError("there is more content than its length says")
                self._outgoing.put(encode_chunk(piece) if chunked else piece)
                sent += len(piece)
                self._outgoing.flush()
                while self._write_paused and not self._lost:
                    await self._wait()
                if self._lost:
                    break
                piece = await anext(pieces, None)
            if length is not None and sent < length and not self._lost:
                raise ValueError("there is less content than its length says")
            if chunked and not self._lost:
                self._outgoing.put(last_chunk(answer.content))
        finally:
            self._record(request, answer, sent, user)
        if not self._lost:
            self._finish_exchange(stays)
            self._outgoing.flush()

    def _prepared(self, answer: Respond, request: Request, stays: bool) -> Prepared:
        """The octets of a response; kept for _respond if it is nothing but these, on a connection that persists."""
        content = octets_at_hand(answer.content)
        prepared = Prepared(self._head(answer, request, stays), content, self._server.date_line)
        if stays and request.version == (1, 1) and not answer.interim and answer.status != 101:
            answer.prepared = prepared
        return prepared

    def _record(self, request: Request, answer: Respond, size: int, user: str | None) -> None:
        server = self._server
        line = f"{request.method} {request.target} HTTP/1.{request.version[1]}"
        self._entry = server.log.record(server.seconds, self._peer, user, line, answer.status, size, answer.because)

    def _switch(self, answer: Respond) -> None:
        assert answer.protocol is not None
        self._outgoing.flush()
        self.state = SWITCHED
        try:
            self._switched = self._site.switch(answer.protocol, self._transport)
        except Exception:
            log.exception("the site could not switch to %s", answer.protocol)
            self._transport.abort()
            return
        self._transport.resume_reading()
        if rest := self._reader.take_rest():
            self._switched.data_received(rest)
