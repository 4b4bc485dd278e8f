"""One connection of a play: what was sent on it, the answers as they come, and what becomes of it in the end.

Everything that happens is kept as events for the report and as exchanges for judge. What it means is for player.py.
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from statuary.conformance.channel import Channel
from statuary.conformance.report import Event
from statuary.conformance.requests import Composed, request_value
from statuary.conformance.scenario import GARBAGE, NO_ANSWER, SILENCE, End
from statuary.message.fields import Fields
from statuary.message.request import Request
from statuary.message.response import Exchange, Response
from statuary.wire.response_reader import GRAMMAR, Problem, ResponseReader, excess_problem, read_fields
from statuary.wire.transcript import Seen

MOST_CONTENT = 4 * 1024 * 1024
MOST_KEPT = 4096  # octets of an event that a report shows
MOST_EVENTS = 60
BUSY = ("429", "503")
"""What a server may answer to anything at times, so that it shows nothing unless a scenario names it."""
_PATIENCE = 3  # times the seconds without anything, for an answer that comes bit by bit
_AFTER_CLOSE = 0.5  # seconds for what may still come after an answer that ends the connection
_AFTER_FAULTY_LENGTH = 0.3  # seconds for more of what its receiver has to discard: RFC 9112 section 6.3
_BETWEEN_RESPONSES = "Line ends stand between the responses, or before the first."


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that was sent. ``request`` is None where the octets made none that could be read."""

    method: str
    request: Request | None
    octets: bytes


@dataclass(frozen=True, slots=True)
class Answered:
    """What came for a request: a status as scenarios write it, the responses behind it, and the version of the last.

    ``is_whole`` is false where the final response could be seen to be incomplete: RFC 9112 section 8. ``problems`` are
    those of the octets, which the values no longer show.
    """

    asked: Asked
    status: str
    response: Response | None
    interim: tuple[Response, ...] = ()
    version: tuple[int, int] | None = None
    is_whole: bool = True
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True)
class Record:
    """All that happened in a play."""

    tick: Callable[[], float]
    began: float
    events: list[Event] = field(default_factory=list)
    seen: list[tuple[float, Seen]] = field(default_factory=list)

    def note(self, connection: str, kind: str, data: bytes = b"") -> None:
        """Keep an event; of many only the first."""
        if len(self.events) < MOST_EVENTS:
            at = self.tick() - self.began
            self.events.append(Event(at, connection, kind, data[:MOST_KEPT], max(0, len(data) - MOST_KEPT)))  # type: ignore[arg-type]


class Conversation:
    """A connection and its unanswered requests."""

    def __init__(self, label: str, channel: Channel, record: Record) -> None:
        self.label = label
        self.record = record
        self.has_ended = False
        self.was_reset = False
        self.is_half_closed = False
        self._channel = channel
        self._pending: deque[Asked] = deque()
        self._reader: ResponseReader | None = None
        self._rest = b""
        self._first = b""  # octet of the answer that is being read
        self._told = 0  # interim responses that have been given
        self._last: Asked | None = None
        self._is_behind = False  # what comes later may belong to an earlier request
        record.note(label, "opened")

    @property
    def is_waiting(self) -> bool:
        """Whether a request on it has no final response yet."""
        return bool(self._pending)

    @property
    def has_answered(self) -> bool:
        """Whether a request on it has had its final response."""
        return self._last is not None

    def ask(self, *requests: Composed) -> None:
        """Send requests, all at once."""
        self._pending += [Asked(one.request.method, one.request, one.octets) for one in requests]
        self.send(b"".join(one.octets for one in requests))

    def ask_raw(self, data: bytes, methods: tuple[str, ...]) -> None:
        """Expect answers to octets that are about to be sent, unless they go on with a request."""
        if methods:
            self._pending += [Asked(method, None, data) for method in methods]
        elif not self._pending:
            self._pending.append(asked_by(data))

    def send(self, data: bytes) -> None:
        """Send octets."""
        self.record.note(self.label, "sent", data)
        self._channel.send(data)

    def half_close(self) -> None:
        """Say that nothing more will be sent."""
        self.is_half_closed = True
        self.record.note(self.label, "half-closed")
        self._channel.half_close()

    def close(self) -> None:
        """Be done with it at once."""
        self._channel.abort()

    async def answer(self, seconds: float, *, any_kind: bool = False) -> Answered:
        """The final response to the first request without one; with ``any_kind`` the next response, an interim one too."""
        asked = self._pending[0]
        reader = self._reader or ResponseReader(asked.method, most_content=MOST_CONTENT)
        if self._reader is None:
            self._reader, self._told = reader, 0
            rest, self._rest = self._rest, b""
            self._first = rest[:1]
            reader.feed(rest)
        is_late = False
        try:
            async with asyncio.timeout(_PATIENCE * seconds):
                while not (reader.is_done or (any_kind and len(reader.interim) > self._told)):
                    more = min(seconds, _AFTER_FAULTY_LENGTH) if _has_faulty_length(reader) else seconds
                    async with asyncio.timeout(more):  # who is slow goes on, who is silent has ended
                        data = await self._receive()
                    if not data:
                        reader.close()
                        break
                    self._first = self._first or data[:1]
                    reader.feed(data)
        except TimeoutError:
            self.record.note(self.label, "silent")
            is_late = True
        if any_kind and len(reader.interim) > self._told:
            # One after the other, though they may have come together
            told, self._told = self._told, self._told + 1
            return Answered(asked, str(reader.interim[told].status), reader.interim[told], tuple(reader.interim[:told]))
        return self._finish(asked, reader, is_late)

    def _finish(self, asked: Asked, reader: ResponseReader, is_late: bool) -> Answered:
        if is_late:
            reader.close()  # what is missing by now is missing
        self._pending.popleft()
        self._reader, self._rest, self._last = None, reader.rest, asked
        final, interim, problems = reader.final, tuple(reader.interim), tuple(reader.problems)
        if self._first in (b"\r", b"\n") and (final is not None or interim):
            problems = (Problem("response", GRAMMAR, _BETWEEN_RESPONSES), *problems)
        # What is no response is one of HTTP/0.9, perhaps, to a request that was none of HTTP/1.1
        if not self._is_behind and (final is not None or interim or (problems and asked.request is not None)):
            request = asked.request or _like(asked.method)
            self.record.seen.append(
                (
                    self.record.tick(),
                    Seen(
                        Exchange(request, interim, final),
                        problems,
                        is_content_known=reader.is_content_known,
                        is_request_known=asked.request is not None,
                    ),
                )
            )
        self._is_behind = self._is_behind or (is_late and final is None)
        if final is not None:
            is_whole = reader.is_whole and not (is_late or self.was_reset)
            return Answered(asked, str(final.status), final, interim, reader.version, is_whole, problems)
        status = SILENCE if is_late else GARBAGE if problems else NO_ANSWER
        return Answered(asked, status, None, interim)

    async def _receive(self) -> bytes:
        if self.has_ended:
            return b""
        try:
            data = await self._channel.receive()
        except OSError:
            self.has_ended = self.was_reset = True
            self.record.note(self.label, "reset")
            return b""
        if data:
            self.record.note(self.label, "received", data)
        else:
            self.has_ended = True
            self.record.note(self.label, "ended")
        return data

    async def end(self, probe: Composed, expected: str, seconds: float) -> End:
        """What becomes of the connection after the last answer; another request on it finds that out, and ends it."""
        if self._is_in_excess():
            return "astray"
        if self.has_ended:
            return "closed"
        if self.is_half_closed:
            return "closed" if await self._closes(seconds) else "open"
        self.ask(probe)
        answered = await self.answer(seconds)
        if answered.status == NO_ANSWER and not answered.interim:
            return "closed"
        if answered.status == GARBAGE and not self._is_behind:
            self.record.seen.pop()
            self._blame_excess(b"?")
        elif answered.status in (expected, *BUSY):
            await self._closes(min(seconds, _AFTER_CLOSE))
            return "astray" if self._is_in_excess() else "open"
        return "astray"

    def _is_in_excess(self) -> bool:
        """Whether more came than was asked for. Line ends alone, for which judge is told, are skipped by most clients."""
        rest, self._rest = self._rest, self._rest.lstrip(b"\r\n")
        if rest and not self._rest.startswith(b"HTTP/"):  # a response too many is no content too much
            self._blame_excess(self._rest)
        return bool(self._rest)

    async def _closes(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                while data := await self._receive():
                    self._rest = (self._rest + data)[:65536]
        except TimeoutError:
            self.record.note(self.label, "silent")
        return self.has_ended

    def _blame_excess(self, excess: bytes) -> None:
        """Octets came that no request asked for: tell judge with the exchange before."""
        if self.record.seen:
            at, last = self.record.seen[-1]
            if last.exchange.final is not None:
                problem = Problem("response", GRAMMAR, _BETWEEN_RESPONSES)
                if excess:
                    problem = excess_problem(last.exchange.request.method, last.exchange.final)
                self.record.seen[-1] = (at, replace(last, problems=(*last.problems, problem)))


def _has_faulty_length(reader: ResponseReader) -> bool:
    """Whether the header section has come with a Content-Length that is none, so that the end can't be known."""
    final = reader.final
    return final is not None and reader.framing == "close" and "content-length" in final.fields.by_name


def _like(method: str) -> Request:
    """A request such as one that could not be read: it has to say something, from which judge concludes nothing."""
    return Request(method, fields=Fields([("Host", "statuary.invalid")]), authority="statuary.invalid")


_REQUEST_LINE = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([!-~]+) (HTTP/\d\.\d)\r\n")


def asked_by(data: bytes) -> Asked:
    """The request that octets make, as far as it can be told."""
    text = data.decode("latin-1").lstrip("\r\n")
    line = _REQUEST_LINE.match(text)
    head, found, content = text.partition("\r\n\r\n")
    if line is None:
        name = re.match(r"[A-Z]+(?= )", text)
        return Asked(name[0] if name else "GET", None, data)
    method, target, version = line.groups()
    fields, problems = read_fields(head[line.end() :], "request")
    if problems or not found or version not in ("HTTP/1.1", "HTTP/1.0"):
        return Asked(method, None, data)
    return Asked(method, _plain(method, target, version, fields, content), data)


def _plain(method: str, target: str, version: str, fields: Fields, content: str) -> Request | None:
    """The request, unless its framing is in doubt: then there is no telling what the server takes it for."""
    lengths = fields.all("content-length")
    if "transfer-encoding" in fields or len(lengths) > 1 or (lengths and lengths[0] != str(len(content))):
        return None
    if not lengths and content:
        return None
    return request_value(method, target, version, fields, content.encode("latin-1"))
