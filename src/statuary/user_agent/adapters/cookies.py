"""Cookies on the way: those that a response sets go with the requests that an adapter sends after it (RFC 6265)."""

from __future__ import annotations

from collections.abc import Iterable
from email.message import Message
from http.client import HTTPResponse
from http.cookiejar import Cookie, CookieJar
from typing import cast
from urllib.parse import urlsplit
from urllib.request import Request as JarRequest

from statuary.message.fields import FieldLine, Fields


class Cookies:
    """Those of one chain of requests.

    ``known`` are there from the beginning. What is set on the way goes into ``kept_in`` too, if there is one.
    """

    def __init__(self, known: Iterable[Cookie] = (), kept_in: CookieJar | None = None) -> None:
        self._jar = CookieJar()
        for cookie in known:
            self._jar.set_cookie(cookie)
        self._kept_in = kept_in
        self._set: list[tuple[str, str]] = []

    def take(self, uri: str, fields: Fields) -> None:
        """What a response from there sets."""
        lines = fields.all("set-cookie")
        if not lines:
            return
        self._set += [(uri, line) for line in lines]
        answer = _Answer(lines)
        for jar in (self._jar, self._kept_in):
            if jar is not None:
                jar.extract_cookies(cast(HTTPResponse, answer), _asked(uri))

    def value_for(self, uri: str, sent: str | None) -> str | None:
        """The Cookie field for a request there; ``sent`` is the one it would have without what is known here."""
        request = _asked(uri)
        self._jar.add_cookie_header(request)
        ours = request.get_header("Cookie")
        known = {cookie.name for cookie in self._jar} | {_name(line) for _, line in self._set}
        others = [pair.strip() for pair in (sent or "").split(";") if pair.strip() and _name(pair) not in known]
        return "; ".join([*others, *([ours] if ours else [])]) or None

    def lines_for(self, uri: str) -> list[FieldLine]:
        """What the host of that URI has set so far, as lines that mean the same in a response from there."""
        return [("Set-Cookie", _with_path(one, line)) for one, line in self._set if _host(one) == _host(uri)]


class _Answer:
    """As much of a response as a cookie jar looks at."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._headers = Message()
        for line in lines:
            self._headers["Set-Cookie"] = line

    def info(self) -> Message:
        return self._headers


def _asked(uri: str) -> JarRequest:
    return JarRequest(uri)  # noqa: S310  # nothing is opened


def _host(uri: str) -> str | None:
    return urlsplit(uri).hostname


def _name(line: str) -> str:
    return line.partition(";")[0].partition("=")[0].strip()


def _with_path(uri: str, line: str) -> str:
    """With the path that a line without Path means: RFC 6265 section 5.1.4."""
    attributes = [_name(attribute).lower() for attribute in line.split(";")[1:]]
    if "path" in attributes:
        return line
    return f"{line}; Path={urlsplit(uri).path.rpartition('/')[0] or '/'}"
