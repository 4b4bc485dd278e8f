"""requests, with our reactions: an adapter for its sessions, which does what each status asks for.

session = requests.Session()
mount(session)
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from http.client import RemoteDisconnected
from http.cookiejar import CookieJar
from typing import Any, cast

import requests
from requests.adapters import HTTPAdapter
from requests.utils import prepend_scheme_if_needed, resolve_proxies, select_proxy
from urllib3.exceptions import HTTPError, MaxRetryError, NameResolutionError, NewConnectionError, ProtocolError

from statuary.message.fields import Fields
from statuary.message.request import UNKNOWN_LENGTH, Request
from statuary.message.response import Response
from statuary.semantics.reaction import Failure, Policy, Send
from statuary.semantics.target_uri import origin_of, uri_of
from statuary.user_agent.adapters.content import MOST_KEPT, Content
from statuary.user_agent.adapters.cookies import Cookies
from statuary.user_agent.adapters.interim import APPLIES, POOLS, FinalResponse
from statuary.user_agent.adapters.sending import lines_of, request_of, url_of
from statuary.user_agent.adapters.story import Course, Story, Surroundings

__all__ = ["ReactAdapter", "ReactedResponse", "Story", "Surroundings", "mount", "story_of"]

# Content of a response that is not delivered is read, so that its connection can be used again, unless there is more of it
_MOST_DRAINED = 64 * 1024
_PIECE = 16 * 1024


class ReactedResponse(requests.Response):
    """What a chain of requests ended with, or a part of its history; ``story`` is how it came to that."""

    story: Story | None = None
    is_settled: bool = False

    @property
    def is_redirect(self) -> bool:
        """Whether requests may follow it: not if that was refused already."""
        return not self.is_settled and super().is_redirect


def story_of(response: requests.Response) -> Story | None:
    """The story of a response that came through a ReactAdapter; None for any other."""
    return response.story if isinstance(response, ReactedResponse) else None


def mount(session: requests.Session, policy: Policy | None = None, **options: Any) -> ReactAdapter:
    """Makes a ReactAdapter do all of a session's requests, with its cookies. ``options`` are those of the adapter."""
    adapter = ReactAdapter(policy, cookies=session.cookies, trust_env=session.trust_env, **options)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return adapter


class ReactAdapter(HTTPAdapter):
    """Does what responses ask for, within the limits of the policy, and delivers what it ends with.

    policy        limits, permissions and credentials
    cookies       the session's jar, for cookies that are set on the way
    trust_env     whether proxies for other hosts come from the environment, as the session has it
    most_kept     octets of content in pieces that are kept to be sent again
    sleep         waits so many seconds
    surroundings  the clock and chance

    Other options are HTTPAdapter's. Raises what it raises, the story being a note on it.
    """

    # What a pickled adapter is made of
    __attrs__: list[str] = [  # noqa: RUF012  # as HTTPAdapter has it
        *HTTPAdapter.__attrs__,
        *("policy", "cookies", "trust_env", "most_kept", "sleep", "surroundings"),
    ]

    def __init__(
        self,
        policy: Policy | None = None,
        *,
        cookies: CookieJar | None = None,
        trust_env: bool = True,
        most_kept: int = MOST_KEPT,
        sleep: Callable[[float], object] = time.sleep,
        surroundings: Surroundings | None = None,
        **options: Any,
    ) -> None:
        self.policy = policy or Policy()
        self.cookies = cookies
        self.trust_env = trust_env
        self.most_kept = most_kept
        self.sleep = sleep
        self.surroundings = surroundings or Surroundings()
        super().__init__(**options)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """The pools of connections, which wait for final responses."""
        super().init_poolmanager(*args, **options)
        if APPLIES:
            self.poolmanager.pool_classes_by_scheme = POOLS

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        """The pools of connections to a proxy."""
        manager = super().proxy_manager_for(proxy, **options)
        if APPLIES and not proxy.lower().startswith("socks"):
            manager.pool_classes_by_scheme = POOLS
        return manager

    def build_response(self, req: requests.PreparedRequest, resp: Any) -> requests.Response:
        """The response for requests, of the kind that has a story."""
        built = ReactedResponse()
        vars(built).update(vars(super().build_response(req, resp)))
        return built

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: dict[str, str] | None = None,
    ) -> requests.Response:
        """Sends the request, and what has to follow it."""
        chain = _Chain(request, self, proxies)
        while True:
            try:
                response = super().send(chain.request, stream, timeout, verify, cert, chain.proxies)
            except requests.RequestException as error:
                send = chain.failed(error)
                if send is None:
                    raise
            else:
                assert isinstance(response, ReactedResponse)
                send = chain.answered(response)
                if send is None:
                    return chain.deliver(response)
                _finish(response, send)
            if send.after:
                self.sleep(send.after)
            chain.go_on(send)


class _Chain:
    """What a request of the session leads to: the request to send now, and the course of all before."""

    def __init__(self, first: requests.PreparedRequest, adapter: ReactAdapter, proxies: dict[str, str] | None) -> None:
        assert first.url is not None
        self._adapter = adapter
        self._history: list[ReactedResponse] = []
        self._cookies = Cookies(first._cookies or (), adapter.cookies)
        self._course = Course(adapter.policy, adapter.surroundings, first.url.partition("#")[2] or None)
        self._given = proxies
        self._body = _body_of(first, adapter.most_kept)
        self._first = first
        self.proxies = proxies
        self.request = first
        if self._body is not first.body:
            self.request = first.copy()
            self.request.body = self._body
        self._sent = _sent(self.request)

    def failed(self, error: requests.RequestException) -> Send | None:
        """What to send after no response came; None if the error stands."""
        failure = _failure(error)
        send = None if failure is None else self._react(failure=failure)
        if send is None and self._course.is_begun:
            error.add_note(str(self._course.story))
        return send

    def answered(self, response: ReactedResponse) -> Send | None:
        """What to send after that response; None if it is the one to deliver."""
        fields = Fields(response.raw.headers.items())
        seen = getattr(response.raw, "_original_response", None)
        interim = seen.interim if isinstance(seen, FinalResponse) else ()
        send = self._react(final=Response(response.status_code, fields), interim=interim)
        self._cookies.take(uri_of(self._sent), fields)
        # The session takes the cookies of all responses again, those of the last one for the first request's host
        is_elsewhere = _host(self._sent) != _host(_sent(self._first))
        if seen is not None and (self._adapter.cookies is not None or (send is None and is_elsewhere)):
            del seen.msg["Set-Cookie"]
        if send is not None:
            response.history = [*self._history]
            self._history.append(response)
        return send

    def go_on(self, send: Send) -> None:
        """Makes the next request the one to send."""
        old, new = self._sent, send.request
        length = new.content_length if send.keeps_content else None
        if length is not None and old.content_length == UNKNOWN_LENGTH != length:
            length = _length(self._body)
        cookie = self._cookies.value_for(uri_of(new), new.fields.get("cookie"))
        request = self.request.copy()
        request.method = new.method
        if uri_of(new) != uri_of(old):
            request.url = url_of(send)
        request.headers.clear()
        request.headers.update(lines_of(send, old, cookie, length))
        request.body = self._body if length is not None else None
        proxy = _proxy(self.request, self.proxies)
        self.proxies = resolve_proxies(request, self._given, self._adapter.trust_env)
        if send.proxy is not None:
            self.proxies = {"http": send.proxy, "https": send.proxy}
        credentials = new.fields.get("proxy-authorization") or old.fields.get("proxy-authorization")
        request.headers.pop("Proxy-Authorization", None)
        if credentials is not None and proxy is not None and proxy == _proxy(request, self.proxies):
            # The same proxy wants them for whatever goes through it: RFC 9110 section 11.7.2
            request.headers["Proxy-Authorization"] = credentials
        self.request, self._sent = request, _sent(request)

    def deliver(self, response: ReactedResponse) -> ReactedResponse:
        """The response for the session."""
        response.story = self._course.story
        response.is_settled = self._course.policy.follows
        response.history = [*self._history]
        if self.request.url == self._first.url and len(response.story.steps) == 1:
            response.request = self._first
        return response

    def _react(
        self, *, final: Response | None = None, failure: Failure | None = None, interim: tuple[Response, ...] = ()
    ) -> Send | None:
        send = self._course.react(
            self._sent,
            final=final,
            failure=failure,
            interim=interim,
            proxy=_proxy(self.request, self.proxies),
            can_repeat_content=not isinstance(self._body, Content) or self._body.is_replayable,
            can_use_proxy=True,
        )
        if send is None or not send.keeps_content or send.request.content_length == UNKNOWN_LENGTH:
            return send
        if self._sent.content_length == UNKNOWN_LENGTH and _length(self._body) is None:
            self._course.stop("The length of the content is not known.")
            return None
        return send


class _File:
    """A file from where it stands, as often as needed."""

    def __init__(self, file: Any, start: int) -> None:
        self._file = file
        self._start = start

    def __iter__(self) -> Iterator[bytes]:
        self._file.seek(self._start)
        while piece := self._file.read(_PIECE):
            yield piece.encode() if isinstance(piece, str) else piece

    @property
    def length(self) -> int:
        """Octets from there to its end."""
        return sum(len(piece) for piece in self)


def _body_of(request: requests.PreparedRequest, most_kept: int) -> Any:
    """The content, as something that can be sent more than once if possible."""
    body: Any = request.body
    if body is None or isinstance(body, bytes | bytearray | str):
        return body
    if hasattr(body, "seek") and isinstance(request._body_position, int):
        return _File(body, request._body_position)
    return Content(iter(lambda: body.read(_PIECE), b"") if hasattr(body, "read") else body, most_kept)


def _length(body: Any) -> int | None:
    if isinstance(body, Content | _File):
        return body.length
    return len(body.encode() if isinstance(body, str) else body or b"")


def _sent(request: requests.PreparedRequest) -> Request:
    assert request.method is not None
    assert request.url is not None
    lines = [
        (name, value.decode("latin-1") if isinstance(value, bytes) else value)
        for name, value in cast(Iterable[tuple[str, str | bytes]], request.headers.items())
    ]
    sent = request_of(request.method, request.url, lines)
    if request.body is not None and sent.content_length is None:
        # requests sends in chunks what has no length
        return sent.with_fields(sent.fields, content_length=UNKNOWN_LENGTH)
    return sent


def _host(request: Request) -> str:
    return origin_of(uri_of(request)).rpartition(":")[0].partition("://")[2]


def _proxy(request: requests.PreparedRequest, proxies: dict[str, str] | None) -> str | None:
    """The one that the request is sent to. One that only tunnels it sees nothing of it, and answers nothing."""
    assert request.url is not None
    proxy = select_proxy(request.url, proxies)
    if not proxy or request.url.lower().startswith("https:"):
        return None
    return origin_of(prepend_scheme_if_needed(proxy, "http"))


def _failure(error: requests.RequestException) -> Failure | None:
    """What it means for the request; None where the same would happen again, or it is not the peer's doing."""
    cause: object = error.args[0] if error.args else None
    if isinstance(cause, MaxRetryError):
        cause = cause.reason
    match error:
        case requests.exceptions.SSLError() | requests.exceptions.ProxyError():
            return None
        case requests.ConnectTimeout():
            return "unreachable"
        case requests.ReadTimeout():
            return "timeout"
        case requests.ConnectionError() if isinstance(cause, NewConnectionError):
            return None if isinstance(cause, NameResolutionError) else "unreachable"
        case requests.ConnectionError() if isinstance(cause, ProtocolError):
            reason = cause.args[-1]
            return "dropped" if isinstance(reason, OSError | RemoteDisconnected) else "malformed"
        case _:
            return None


def _finish(response: requests.Response, send: Send) -> None:
    """Done with a response; its connection ends with it where another is needed. What was read of it stays in history."""
    content = b""
    try:
        while not send.new_connection and len(content) <= _MOST_DRAINED:
            piece = response.raw.read(_PIECE, decode_content=True)
            if not piece:
                break
            content += piece
    except (HTTPError, OSError):
        pass  # nobody wanted it
    finally:
        response._content = content
        response.close()
