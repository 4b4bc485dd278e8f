"""A request made ready to be sent: its length, cookies, expectation, and credentials that need no challenge any more."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from http.cookiejar import CookieJar
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from statuary.message.fields import FieldLine, Fields
from statuary.message.request import UNKNOWN_LENGTH, Request
from statuary.semantics.reaction import Attempt, GiveUp, Login, Send
from statuary.semantics.target_uri import origin_of, uri_of
from statuary.user_agent.connecting import Route
from statuary.user_agent.cookies import cookies_for
from statuary.user_agent.outgoing import Outgoing
from statuary.user_agent.target import PORTS, ascii_host, authority_of

if TYPE_CHECKING:
    from statuary.user_agent.agent import UserAgent

_EXPECTED_FROM = 1024 * 1024  # octets of content that are worth asking for permission to send
_CONTINUE = ("Expect", "100-continue")
_PROXY_FIELD = "Proxy-Authorization"


class Preparing:
    """What belongs to each request of one fetch. ``attempts`` is the fetch's own list, which grows."""

    def __init__(
        self, agent: UserAgent, fields: Fields, content: Outgoing | None, expects: bool | None, attempts: list[Attempt]
    ) -> None:
        self._agent = agent
        self._content = content
        self._expects = expects
        self._attempts = attempts
        self._own_cookie = fields.by_name.get("cookie")
        self._own_authorization = fields.by_name.get("authorization")
        self._has_jar_cookies = False

    async def content_for(self, send: Send) -> Outgoing | GiveUp | None:
        """The content that goes with it; what to do where that is gone."""
        content = self._content
        if content is None or not send.keeps_content:
            return None
        if not content.is_replayable:
            return GiveUp(
                send.because,
                f"{send.says} But the content is gone, and can't be sent again.",
                self._attempts[-1].final if self._attempts else None,
            )
        needs_length = self._attempts and send.request.content_length == 0  # so says a 411
        if content.is_chunked and (needs_length or origin_of(uri_of(send.request)) in self._agent.remembered.old):
            content = self._content = await content.measured()
        return content

    def request(
        self, request: Request, content: Outgoing | None, authority: str, route: Route, logins: Sequence[Login]
    ) -> Request:
        """The request with what belongs to it alone."""
        if request.authority != authority:
            request = request.with_fields(request.fields)
            request.authority = authority
        is_echoed = request.method == "TRACE"  # so nothing secret goes with it: rfc9110-9.3.8-2
        if self._agent.remembered.spaces and not is_echoed:
            request = self._with_credentials(request, logins)
        if route.proxy is not None or "proxy-authorization" in request.fields.by_name:
            request = self._with_proxy(request, route, logins)
        lines: list[FieldLine] | None = None
        length = None if content is None else UNKNOWN_LENGTH if content.is_chunked else content.length
        jar = self._agent.cookies
        if jar is not None and not is_echoed and (self._has_jar_cookies or _has_cookies(jar)):
            self._has_jar_cookies = True
            lines = self._with_cookies(request, jar)
        expected = request.fields.by_name.get("expect")
        wants = self._expects_continue(request, content)
        if expected is None and wants:
            lines = [*(lines or request.fields.lines), _CONTINUE]
        elif expected is not None and not wants and expected.lower() == _CONTINUE[1]:
            lines = [line for line in (lines or request.fields.lines) if line[0].lower() != "expect"]
        if lines is None and request.content_length == length:
            return request
        prepared = request.with_fields(request.fields if lines is None else Fields(lines))
        prepared.content_length = length
        return prepared

    def is_own(self, attempt: Attempt) -> bool:
        """Whether its credentials are the user's, for this fetch alone."""
        own = self._own_authorization
        return own is not None and attempt.request.fields.by_name.get("authorization") == own

    def _with_credentials(self, request: Request, logins: Sequence[Login]) -> Request:
        """Those for the space that it lies in; a proof is made anew for each request (RFC 7616 section 3.4)."""
        field = request.fields.by_name.get("authorization")
        if self._own_authorization is not None or (field is not None and not self._was_sent(field)):
            return request
        known = self._agent.remembered.spaces.credentials(request, logins)
        if known is None:
            return request
        lines = [line for line in request.fields if line[0].lower() != "authorization"]
        return request.with_fields(Fields([*lines, ("Authorization", known)]))

    def _was_sent(self, field: str) -> bool:
        return any(attempt.request.fields.by_name.get("authorization") == field for attempt in self._attempts)

    def _with_cookies(self, request: Request, jar: CookieJar) -> list[FieldLine]:
        """Cookie anew for where it goes, beside what the user wrote."""
        if "cookie" not in request.fields.by_name:
            self._own_cookie = None  # it was meant for another origin, and never comes back
        found = cookies_for(jar, uri_of(request))
        # In one line: RFC 6265 section 5.4
        cookies = "; ".join(one for one in (self._own_cookie, found) if one)
        lines = [line for line in request.fields if line[0].lower() != "cookie"]
        return [*lines, ("Cookie", cookies)] if cookies else lines

    def _with_proxy(self, request: Request, route: Route, logins: Sequence[Login]) -> Request:
        """Credentials for a proxy go to one that reads the request, and to nobody else: RFC 9110 section 11.7.2."""
        has = "proxy-authorization" in request.fields.by_name
        if route.proxy is None or route.is_tunnelled:
            lines = [line for line in request.fields if line[0].lower() != "proxy-authorization"]
            return request.with_fields(Fields(lines)) if has else request
        has = has or request.method == "TRACE"
        known = None if has else self._agent.remembered.spaces.credentials(request, logins, proxy=route.proxy)
        return request if known is None else request.with_fields(Fields([*request.fields, (_PROXY_FIELD, known)]))

    def _expects_continue(self, request: Request, content: Outgoing | None) -> bool:
        """Whether content is to be held back: rfc9110-10.1.1, and never without content."""
        if content is None or content.length == 0:
            return False
        if any(attempt.final is not None and attempt.final.status == 417 for attempt in self._attempts):
            return False
        if self._expects is not None:
            return self._expects
        if "expect" in request.fields.by_name:
            return request.fields.by_name["expect"].lower() == _CONTINUE[1]
        is_large = content.length is None or content.length >= _EXPECTED_FROM
        return is_large and origin_of(uri_of(request)) not in self._agent.remembered.without_continue


def holds_content(request: Request) -> bool:
    """Whether the content waits for a 100."""
    return request.fields.by_name.get("expect", "").lower() == _CONTINUE[1]


@lru_cache(maxsize=1024)
def destination(scheme: str, authority: str) -> tuple[str, int, str]:
    """Host, port, and the authority as it is sent. Raises ValueError where there is none."""
    parts = urlsplit(f"//{authority}")
    if not parts.hostname:
        raise ValueError("there is no host")
    host, port = ascii_host(parts.hostname), PORTS[scheme] if parts.port is None else parts.port
    return host, port, authority_of(scheme, host, port)


def _has_cookies(jar: CookieJar) -> bool:
    return next(iter(jar), None) is not None
