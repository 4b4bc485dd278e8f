"""Requests to bytes (RFC 9112 sections 3 and 6), for a client. What could break out of its line is refused."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from statuary import methods
from statuary.fields.grammar import is_token
from statuary.fields.host import parse_host
from statuary.message.fields import FieldLine
from statuary.message.request import UNKNOWN_LENGTH, Request
from statuary.wire.field_section import format_field_lines, format_fields

Form = Literal["origin", "absolute"]
"""How the target is written: to the origin server itself, or to a proxy. CONNECT and ``*`` have a form of their own."""

# What a request target may consist of: the characters of a URI, RFC 3986 section 2, and those that servers see in practice
_TARGET = re.compile(r"[\x21-\x7e]++")
_OURS = frozenset({"host", "content-length", "transfer-encoding"})
# They have a meaning for this connection alone, and are named in Connection: RFC 9110 section 7.6.1
_NAMED = {"te": "TE", "upgrade": "Upgrade", "http2-settings": "HTTP2-Settings"}


def format_request(request: Request, *, form: Form = "origin", closes: bool = False) -> bytes:
    """The head of a request, with its empty line; its content, in the framing that this announces, is up to the caller.

    Host, Content-Length and Transfer-Encoding are written from what the request says of itself, and Connection names what
    it has to, with ``close`` where ``closes``. Raises ValueError for what can't be sent: see ``check_request``.
    """
    check_request(request)
    framing = _framing(request)
    lines = [line for line in request.fields.lines if line[0].lower() not in _OURS]
    named = [name for field, name in _NAMED.items() if field in request.fields.by_name]
    if named or closes:
        lines = _with_connection(lines, named, closes=closes)
    head = _request_head(request.method, target_text(request, form), request.authority or "", framing)
    return b"%b%b\r\n" % (head, format_field_lines(tuple(lines)))


def format_complete(request: Request) -> bytes:
    """The head of a request whose target and fields are all there is to say, Host and framing among them.

    Raises ValueError for what can't be sent.
    """
    if not is_token(request.method) or _TARGET.fullmatch(request.target) is None:
        raise ValueError(f"not a request line: {request.method!r} {request.target!r}")
    line = f"{request.method} {request.target} HTTP/1.1\r\n".encode("ascii")
    return b"%b%b\r\n" % (line, format_fields(request.fields.lines))


def check_request(request: Request) -> None:
    """Raises ValueError where a request can't be sent as it is: the method is no token, the target no URI, Host is another's,
    its fields announce another framing than its own.

    What is wrong with field lines is found when they are written.
    """
    if not is_token(request.method):
        raise ValueError(f"not a method: {request.method!r}")
    fields = request.fields.by_name
    if not fields.keys().isdisjoint(_OURS):
        if fields.get("host", request.authority) != request.authority:
            raise ValueError("Host is that of the URL, and can't be another: RFC 9110 section 7.2")
        if fields.get("content-length", str(request.content_length)) != str(request.content_length):
            raise ValueError("Content-Length is not the length of the content")
        if "transfer-encoding" in fields and (
            request.content_length != UNKNOWN_LENGTH or fields["transfer-encoding"].lower() != "chunked"
        ):
            raise ValueError("Transfer-Encoding is chosen by who sends: chunked, where the length is not known")
    if request.content_length is not None and request.method in ("TRACE", "CONNECT"):
        raise ValueError(f"{request.method} can't have content: RFC 9110 section 9.3")


def target_text(request: Request, form: Form = "origin") -> str:
    """The request target in the form that is due: RFC 9112 section 3.2."""
    if request.method == "CONNECT":
        return request.authority or ""
    if form == "origin":
        return request.target or "/"
    # To a proxy, * has no place but the empty path: RFC 9112 section 3.2.4
    path = "" if request.target == "*" else request.target
    return f"{request.scheme}://{request.authority}{path}"


@lru_cache(maxsize=256)
def _request_head(method: str, target: str, authority: str, framing: str) -> bytes:
    if _TARGET.fullmatch(target) is None:
        raise ValueError(f"not a request target: {target!r}")
    if not parse_host(authority):
        raise ValueError(f"not a host: {authority!r}")
    # Host comes first: RFC 9110 section 7.2
    return f"{method} {target} HTTP/1.1\r\nHost: {authority}\r\n{framing}".encode("ascii")


def _framing(request: Request) -> str:
    """Content-Length or Transfer-Encoding, as a finished line. Content-Length where it is known: rfc9112-6.3-11."""
    if request.content_length == UNKNOWN_LENGTH:
        return "Transfer-Encoding: chunked\r\n"
    if request.content_length is not None:
        return f"Content-Length: {request.content_length}\r\n"
    known = methods.lookup(request.method)
    # Where content has a meaning, it is said that there is none: RFC 9110 section 8.6
    return "Content-Length: 0\r\n" if known is not None and known.content == "defined" else ""


def _with_connection(lines: list[FieldLine], named: list[str], *, closes: bool) -> list[FieldLine]:
    options = [value for name, value in lines if name.lower() == "connection"]
    there = {option.strip().lower() for value in options for option in value.split(",")}
    options += [name for name in named if name.lower() not in there]
    if closes and "close" not in there:
        options.append("close")
    rest = [line for line in lines if line[0].lower() != "connection"]
    return [*rest, ("Connection", ", ".join(options))]
