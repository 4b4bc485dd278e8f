"""httpx, with our reactions: transports that wrap any other, so that a client made with one does what each status asks for.

client = httpx.Client(transport=ReactTransport())
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from http.cookiejar import CookieJar
from types import TracebackType
from typing import Self

import anyio
import httpx

from statuary.message.fields import Fields
from statuary.message.request import UNKNOWN_LENGTH, Request
from statuary.message.response import Response
from statuary.semantics.reaction import Failure, Policy, Send
from statuary.semantics.target_uri import uri_of
from statuary.user_agent.adapters.content import MOST_KEPT, AsyncContent, Content
from statuary.user_agent.adapters.cookies import Cookies
from statuary.user_agent.adapters.sending import is_same_origin, lines_of, request_of, url_of
from statuary.user_agent.adapters.story import Course, Story, Surroundings

__all__ = ["AsyncReactTransport", "ReactTransport", "ReactedResponse", "Story", "Surroundings"]

# Content of a response that is not delivered is read, so that its connection can be used again, unless there is more of it
_MOST_DRAINED = 64 * 1024
_MOST_PIECES = 64


class ReactedResponse(httpx.Response):
    """What a chain of requests ended with. Its ``request``, and so its ``url``, is the one that it answers.

    httpx gives each response the request that it handed to the transport, which may have gone elsewhere: cookies and
    relative references would be taken to come from there.
    """

    _is_settled: bool

    @classmethod
    def made(cls, response: httpx.Response, request: httpx.Request, *, is_settled: bool) -> Self:
        """From the transport's response. A settled redirect was refused, and httpx is not to follow it either."""
        made = cls(
            response.status_code,
            headers=response.headers,
            stream=response.stream,
            request=request,
            extensions=response.extensions,
        )
        made._is_settled = is_settled
        return made

    @property
    def request(self) -> httpx.Request:
        """The request that this response answers."""
        return super().request

    @request.setter
    def request(self, value: httpx.Request) -> None:
        """Nothing else takes its place."""

    @property
    def has_redirect_location(self) -> bool:
        """Whether httpx may follow it."""
        return not self._is_settled and super().has_redirect_location


class _Stream(Content, httpx.SyncByteStream):
    """Kept content, as httpx takes it."""


class _AsyncStream(AsyncContent, httpx.AsyncByteStream):
    """Kept content, as httpx's asynchronous client takes it."""


class _Chain:
    """What a request of the client leads to: the request to send now, and the course of all before."""

    def __init__(self, first: httpx.Request, course: Course, jar: CookieJar | None, most_kept: int) -> None:
        self._first = first
        self._course = course
        self._jar = jar
        self._cookies = Cookies(jar or (), jar)
        course.fragment = first.url.fragment or None
        self._content: Content | AsyncContent | None = None
        self.request = first
        if not isinstance(first.stream, httpx.ByteStream):
            stream: _Stream | _AsyncStream
            if isinstance(first.stream, httpx.SyncByteStream):
                stream = _Stream(first.stream, most_kept)
            else:
                stream = _AsyncStream(first.stream, most_kept)
            self._content = stream
            self.request = httpx.Request(
                first.method, first.url, headers=first.headers, stream=stream, extensions=first.extensions
            )
        self._sent = _sent(self.request)

    def failed(self, error: httpx.TransportError) -> Send | None:
        """What to send after no response came; None if the error stands."""
        failure = _failure(error)
        send = None
        if failure is not None:
            send = self._course.react(self._sent, failure=failure, can_repeat_content=self._can_repeat)
            send = self._measured(send)
        if send is None and self._course.is_begun:
            error.add_note(str(self._course.story))
        return send

    def answered(self, response: httpx.Response) -> Send | None:
        """What to send after that response; None if it is the one to deliver."""
        fields = Fields((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw)
        final = Response(response.status_code, fields)
        send = self._course.react(self._sent, final=final, can_repeat_content=self._can_repeat)
        send = self._measured(send)
        if send is not None:
            self._cookies.take(uri_of(self._sent), fields)
        return send

    def go_on(self, send: Send) -> None:
        """Makes the next request the one to send."""
        old, new = self._sent, send.request
        length = new.content_length if send.keeps_content else None
        if length is not None and old.content_length == UNKNOWN_LENGTH != length:
            length = self._length
        is_same = uri_of(new) == uri_of(old)
        url = self.request.url if is_same else httpx.URL(url_of(send))
        cookie = self._cookies.value_for(uri_of(new), new.fields.get("cookie"))
        lines = lines_of(send, old, cookie, length)
        if not any(name == "Host" for name, _ in lines):
            lines.insert(0, ("Host", url.netloc.decode("ascii")))
        # What was meant for one target or one origin ends there
        ends = {"target"} if not is_same else set()
        ends |= {"sni_hostname"} if not is_same_origin(old, new) else set()
        self.request = httpx.Request(
            new.method,
            url,
            headers=[(name.encode("latin-1"), value.encode("latin-1")) for name, value in lines],
            stream=self.request.stream if length is not None else httpx.ByteStream(b""),
            extensions={name: value for name, value in self.request.extensions.items() if name not in ends},
        )
        self._sent = _sent(self.request)

    def deliver(self, response: httpx.Response) -> httpx.Response:
        """The response for the client."""
        story = self._course.story
        request = self.request if len(story.steps) > 1 else self._first
        made = ReactedResponse.made(response, request, is_settled=self._course.policy.follows)
        made.extensions["statuary"] = story
        if self._jar is None:
            # The client sees this response alone, and would miss the cookies that its host set on the way
            lines = [
                (name.encode(), value.encode("latin-1")) for name, value in self._cookies.lines_for(uri_of(self._sent))
            ]
            made.headers = httpx.Headers([*lines, *made.headers.raw])
        return made

    @property
    def _can_repeat(self) -> bool:
        return self._content is None or self._content.is_replayable

    @property
    def _length(self) -> int | None:
        if self._content is not None:
            return self._content.length
        assert isinstance(self._first.stream, httpx.ByteStream)
        return sum(len(piece) for piece in self._first.stream)

    def _measured(self, send: Send | None) -> Send | None:
        """Nothing to send after a 411 if the length is still not known."""
        if send is None or not send.keeps_content or send.request.content_length == UNKNOWN_LENGTH:
            return send
        if self._sent.content_length == UNKNOWN_LENGTH and self._length is None:
            self._course.stop("The length of the content is not known.")
            return None
        return send


class ReactTransport(httpx.BaseTransport):
    """Does what responses ask for, within the limits of the policy, and delivers what it ends with.

    policy        limits, permissions and credentials
    transport     sends each request; httpx's own, by default
    cookies       the jar that the client has too, for cookies set on the way by hosts other than the last
    most_kept     octets of streamed content that are kept to be sent again
    sleep         waits so many seconds
    surroundings  the clock and chance

    ``response.extensions["statuary"]`` is the Story. Raises what the transport raises, the story being a note on it.
    """

    def __init__(
        self,
        policy: Policy | None = None,
        transport: httpx.BaseTransport | None = None,
        *,
        cookies: CookieJar | None = None,
        most_kept: int = MOST_KEPT,
        sleep: Callable[[float], object] = time.sleep,
        surroundings: Surroundings | None = None,
    ) -> None:
        self._policy = policy or Policy()
        self._transport = transport or httpx.HTTPTransport()
        self._cookies = cookies
        self._most_kept = most_kept
        self._sleep = sleep
        self._surroundings = surroundings or Surroundings()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Sends the request, and what has to follow it."""
        chain = _Chain(request, Course(self._policy, self._surroundings), self._cookies, self._most_kept)
        while True:
            try:
                response = self._transport.handle_request(chain.request)
            except httpx.TransportError as error:
                send = chain.failed(error)
                if send is None:
                    raise
            else:
                send = chain.answered(response)
                if send is None:
                    return chain.deliver(response)
                _finish(response, send)
            if send.after:
                self._sleep(send.after)
            chain.go_on(send)

    def __enter__(self) -> Self:
        self._transport.__enter__()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        self._transport.__exit__(exc_type, exc_value, traceback)

    def close(self) -> None:
        """Closes the transport that it wraps."""
        self._transport.close()


class AsyncReactTransport(httpx.AsyncBaseTransport):
    """As ReactTransport, for httpx.AsyncClient; ``sleep`` is awaited, under asyncio or trio."""

    def __init__(
        self,
        policy: Policy | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        *,
        cookies: CookieJar | None = None,
        most_kept: int = MOST_KEPT,
        sleep: Callable[[float], Awaitable[object]] = anyio.sleep,
        surroundings: Surroundings | None = None,
    ) -> None:
        self._policy = policy or Policy()
        self._transport = transport or httpx.AsyncHTTPTransport()
        self._cookies = cookies
        self._most_kept = most_kept
        self._sleep = sleep
        self._surroundings = surroundings or Surroundings()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sends the request, and what has to follow it."""
        chain = _Chain(request, Course(self._policy, self._surroundings), self._cookies, self._most_kept)
        while True:
            try:
                response = await self._transport.handle_async_request(chain.request)
            except httpx.TransportError as error:
                send = chain.failed(error)
                if send is None:
                    raise
            else:
                send = chain.answered(response)
                if send is None:
                    return chain.deliver(response)
                await _afinish(response, send)
            if send.after:
                await self._sleep(send.after)
            chain.go_on(send)

    async def __aenter__(self) -> Self:
        await self._transport.__aenter__()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await self._transport.__aexit__(exc_type, exc_value, traceback)

    async def aclose(self) -> None:
        """Closes the transport that it wraps."""
        await self._transport.aclose()


def _sent(request: httpx.Request) -> Request:
    url = request.url
    target = f"{url.scheme}://{url.netloc.decode('ascii')}{url.raw_path.decode('ascii')}"
    lines = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw]
    return request_of(request.method, target, lines)


def _failure(error: httpx.TransportError) -> Failure | None:
    """What it means for the request; None where the same would happen again, or it is not the peer's doing."""
    match error:
        case httpx.ConnectError() if _is_final(error):
            return None
        case httpx.ConnectError() | httpx.ConnectTimeout():
            return "unreachable"
        case httpx.ReadTimeout() | httpx.WriteTimeout():
            return "timeout"
        case httpx.ReadError() | httpx.WriteError() | httpx.CloseError():
            return "dropped"
        case httpx.RemoteProtocolError():
            # httpcore has one error for both, and words its own where a connection ended without a response
            return "dropped" if "disconnected" in str(error).lower() else "malformed"
        case _:
            return None


def _is_final(error: BaseException) -> bool:
    """No such host, or a certificate that isn't trusted."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError | socket.gaierror):
            return True
        cause = cause.__cause__ or cause.__context__
    return False


def _finish(response: httpx.Response, send: Send) -> None:
    """Done with a response; its connection ends with it where another is needed."""
    try:
        if not send.new_connection:
            octets = 0
            for count, piece in enumerate(response.iter_raw()):
                octets += len(piece)
                if octets > _MOST_DRAINED or count > _MOST_PIECES:
                    break
    except (httpx.TransportError, httpx.StreamError):
        pass  # nobody wanted it
    finally:
        response.close()


async def _afinish(response: httpx.Response, send: Send) -> None:
    pieces = response.aiter_raw()
    try:
        if not send.new_connection:
            octets = count = 0
            async for piece in pieces:
                octets, count = octets + len(piece), count + 1
                if octets > _MOST_DRAINED or count > _MOST_PIECES:
                    break
    except (httpx.TransportError, httpx.StreamError):
        pass
    finally:
        if isinstance(pieces, AsyncGenerator):
            await pieces.aclose()
        await response.aclose()
