"""Cookies, by the standard library's jar: what it asks of a request and a response, answered from ours."""

from __future__ import annotations

from email.message import Message
from http.cookiejar import CookieJar
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from statuary.message.response import Response

if TYPE_CHECKING:
    from http.client import HTTPResponse
    from urllib.request import Request as LibraryRequest


class _Asking:
    """What a jar wants to know of a request: the part of urllib.request.Request that it uses."""

    unverifiable = False

    def __init__(self, uri: str) -> None:
        parts = urlsplit(uri)
        self.full_url = uri
        self.type = parts.scheme
        self.host = parts.netloc
        self.origin_req_host = parts.hostname or ""
        self.cookie: str | None = None

    def get_full_url(self) -> str:
        return self.full_url

    def has_header(self, name: str) -> bool:
        return False

    def get_header(self, name: str, default: str | None = None) -> str | None:
        return default

    def add_unredirected_header(self, name: str, value: str) -> None:
        if name.lower() == "cookie":
            self.cookie = value


class _Answering:
    """What a jar wants to know of a response."""

    def __init__(self, response: Response) -> None:
        self._message = Message()
        for name, value in response.fields:
            if name.lower() in ("set-cookie", "set-cookie2"):
                self._message[name] = value

    def info(self) -> Message:
        return self._message


def cookies_for(jar: CookieJar, uri: str) -> str | None:
    """The value of Cookie for a request, None for none."""
    asking = _Asking(uri)
    jar.add_cookie_header(cast("LibraryRequest", cast(Any, asking)))
    return asking.cookie


def take_cookies(jar: CookieJar, uri: str, response: Response) -> None:
    """Keep what a response sets."""
    if "set-cookie" in response.fields.by_name:
        request, answer = cast(Any, _Asking(uri)), cast(Any, _Answering(response))
        jar.extract_cookies(cast("HTTPResponse", answer), cast("LibraryRequest", request))
