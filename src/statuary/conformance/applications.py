"""ASGI and WSGI applications as subjects, called within the process: messages are checked, not octets or connections.

What belongs to the server around an application is done here as servers do it: Date, framing, no content in answer to HEAD.
"""

from __future__ import annotations

import asyncio
import io
import sys
import traceback
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, unquote_to_bytes

from statuary.conformance.channel import Channel, Peer
from statuary.conformance.subject import facts_told
from statuary.fields.dates import format_http_date
from statuary.message.fields import FieldLine, Fields
from statuary.message.request import Request
from statuary.message.response import has_content
from statuary.transport.clock import Clock, SystemClock
from statuary.wire.field_section import format_fields
from statuary.wire.limits import WireLimits
from statuary.wire.malformed import MalformedMessage
from statuary.wire.request_reader import RequestReader

ASGI = Callable[
    [
        MutableMapping[str, Any],
        Callable[[], Awaitable[MutableMapping[str, Any]]],
        Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ],
    Awaitable[None],
]
WSGI = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

Answer = tuple[int, list[FieldLine], bytes]
Call = Callable[[Request, bytes], Awaitable[Answer]]

_REFUSED: list[FieldLine] = [("Content-Type", "text/plain"), ("Connection", "close")]
_FAILED: Answer = (500, [("Content-Type", "text/plain")], b"The application failed.")


@dataclass(frozen=True, slots=True)
class Application:
    """An application to be checked, and what is told of it: facts as in facts.py."""

    peer: Peer
    facts: Mapping[str, str]


def asgi(app: ASGI, *, offers: Mapping[str, Any] | None = None, meets: Mapping[int, str] | None = None) -> Application:
    """An ASGI application as a subject; ``offers`` and ``meets`` as in a subject file. Raises subject.SubjectError."""
    return Application(AsgiPeer(app), _told(offers, meets))


def wsgi(app: WSGI, *, offers: Mapping[str, Any] | None = None, meets: Mapping[int, str] | None = None) -> Application:
    """A WSGI application as a subject; ``offers`` and ``meets`` as in a subject file. Raises subject.SubjectError."""
    return Application(WsgiPeer(app), _told(offers, meets))


def _told(offers: Mapping[str, Any] | None, meets: Mapping[int, str] | None) -> dict[str, str]:
    return facts_told(offers or {}, {str(code): request for code, request in (meets or {}).items()})


class AsgiPeer:
    """An ASGI application; ``complain`` is told of exceptions that it lets out, which are answered 500 as servers do."""

    takes_octets = False
    half_closes = False

    def __init__(self, app: ASGI, clock: Clock | None = None, complain: Callable[[str], None] | None = None) -> None:
        self._app = app
        self._clock: Clock = clock or SystemClock()
        self._complain = complain or _to_stderr

    async def connect(self) -> Channel:
        return _MessageChannel(self._call, self._clock)

    async def _call(self, request: Request, content: bytes) -> Answer:
        status, lines, pieces = 0, list[FieldLine](), list[bytes]()
        received = asyncio.Event()

        async def receive() -> MutableMapping[str, Any]:
            if not received.is_set():
                received.set()
                return {"type": "http.request", "body": content, "more_body": False}
            await asyncio.Event().wait()  # the client stays
            raise AssertionError

        async def send(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                lines.extend((n.decode("latin-1"), v.decode("latin-1")) for n, v in message.get("headers", ()))
            elif message["type"] == "http.response.body":
                pieces.append(bytes(message.get("body", b"")))

        try:
            await self._app(_scope(request), receive, send)
        except Exception:
            self._complain(traceback.format_exc())
            return _FAILED if not status else (status, lines, b"".join(pieces))
        return (status, lines, b"".join(pieces)) if status else _FAILED


class WsgiPeer:
    """A WSGI application, called in a thread of its own."""

    takes_octets = False
    half_closes = False

    def __init__(self, app: WSGI, clock: Clock | None = None, complain: Callable[[str], None] | None = None) -> None:
        self._app = app
        self._clock: Clock = clock or SystemClock()
        self._complain = complain or _to_stderr

    async def connect(self) -> Channel:
        return _MessageChannel(self._call, self._clock)

    async def _call(self, request: Request, content: bytes) -> Answer:
        return await asyncio.to_thread(self._answer, request, content)

    def _answer(self, request: Request, content: bytes) -> Answer:
        started: list[tuple[str, list[FieldLine]]] = []
        written: list[bytes] = []

        def start_response(status: str, headers: list[FieldLine], error: object = None) -> Callable[[bytes], None]:
            started.append((status, headers))
            return written.append

        try:
            pieces = self._app(_environ(request, content), start_response)
            try:
                written.extend(pieces)
            finally:
                if hasattr(pieces, "close"):
                    pieces.close()
        except Exception:
            self._complain(traceback.format_exc())
            return _FAILED
        if not started:
            return _FAILED
        status, headers = started[-1]
        return int(status[:3]), list(headers), b"".join(written)


class _MessageChannel:
    """Octets to whole requests and whole responses to octets, as a server around the application would."""

    def __init__(self, call: Call, clock: Clock) -> None:
        self._call = call
        self._clock = clock
        self._reader = RequestReader(WireLimits())
        self._requests: list[Request] = []
        self._content: list[bytes] = []
        self._request: Request | None = None
        self._has_ended = False

    def send(self, data: bytes) -> None:
        self._reader.feed(data)

    async def receive(self) -> bytes:
        if self._has_ended:
            return b""
        try:
            whole = self._next()
        except MalformedMessage as error:
            self._has_ended = True
            return _message("GET", (error.status, _REFUSED, error.detail.encode()), self._clock)
        if whole is None:
            await asyncio.Event().wait()  # for a request that does not come
            raise AssertionError
        request, content = whole
        answer = await self._call(request, content)
        if "close" in (request.fields.get("connection") or "").lower():
            self._has_ended = True
            answer = (answer[0], [*answer[1], ("Connection", "close")], answer[2])
        return _message(request.method, answer, self._clock)

    def _next(self) -> tuple[Request, bytes] | None:
        request = self._reader.next_request()
        if request is None:
            return None
        pieces = []
        while not self._reader.content_done and (piece := self._reader.next_content()):
            pieces.append(piece)
        return (request, b"".join(pieces)) if self._reader.content_done else None

    def half_close(self) -> None:
        return

    def abort(self) -> None:
        self._has_ended = True


def _message(method: str, answer: Answer, clock: Clock) -> bytes:
    status, lines, content = answer
    names = {name.lower() for name, _ in lines}
    if "date" not in names:
        lines = [("Date", format_http_date(int(clock.now()))), *lines]
    if has_content(method, status) and names.isdisjoint({"content-length", "transfer-encoding"}):
        lines = [*lines, ("Content-Length", str(len(content)))]
    head = f"HTTP/1.1 {status} \r\n".encode("ascii") + format_fields(Fields(lines)) + b"\r\n"
    return head if method == "HEAD" else head + content


def _scope(request: Request) -> MutableMapping[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": request.scheme,
        "path": unquote(request.path),
        "raw_path": request.path.encode("latin-1"),
        "query_string": (request.query or "").encode("latin-1"),
        "root_path": "",
        "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in request.fields],
        "client": ("127.0.0.1", 0),
        "server": ("127.0.0.1", 80),
        "extensions": {},
        "state": {},
    }


def _environ(request: Request, content: bytes) -> dict[str, Any]:
    host, _, port = (request.authority or "127.0.0.1").partition(":")
    environ = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(request.path).decode("latin-1"),
        "QUERY_STRING": request.query or "",
        "SERVER_NAME": host,
        "SERVER_PORT": port or "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": request.scheme,
        "wsgi.input": io.BytesIO(content),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request.fields.by_name.items():
        key = name.upper().replace("-", "_")
        environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = value
    if content:
        environ["CONTENT_LENGTH"] = str(len(content))
    return environ


def _to_stderr(text: str) -> None:
    print(text, file=sys.stderr)
