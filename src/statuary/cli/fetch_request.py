"""What ``statuary fetch`` is to send: its options, as curl means them, made into a request."""

from __future__ import annotations

import argparse
import contextlib
import getpass
import os
import ssl
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote_plus, unquote, urlsplit

from statuary.fields.dates import format_http_date, parse_http_date
from statuary.message.fields import FieldLine
from statuary.semantics.reaction import Login
from statuary.semantics.target_uri import origin_of
from statuary.user_agent.target import Target, target_of

_FORM = "application/x-www-form-urlencoded"


class CannotAsk(Exception):  # noqa: N818
    """The options make no request; the message says why."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The request, and what else the options say of it."""

    method: str
    url: str
    uri: str
    lines: tuple[FieldLine, ...]
    omitted: frozenset[str]
    content: bytes | list[bytes] | BinaryIO | None
    expects_continue: bool | None
    logins: tuple[Login, ...]
    output: str | None
    tls: ssl.SSLContext | None
    addresses: dict[tuple[str, int], tuple[str, int]]


def asked_by(options: argparse.Namespace, files: contextlib.ExitStack) -> Asked:
    """The request that the options describe; ``files`` closes what was opened for it.

    Raises CannotAsk, ValueError for what is no URL, OSError for files.
    """
    url = options.url if "://" in options.url else f"http://{options.url}"
    data = _data(getattr(options, "pieces", []))
    if options.get and data is not None:
        url, data = _with_query(url, data.decode("latin-1")), None
    content: bytes | list[bytes] | BinaryIO | None = data
    if options.upload_file is not None:
        if data is not None:
            raise CannotAsk("-d and -T are two contents for one request")
        content, url = _upload(options.upload_file, url, files)
    target = target_of(url)
    lines, removed = _lines(options.header)
    named = {name.lower() for name, _ in lines} | removed
    lines = [*_more_lines(options, named, has_form=data is not None), *lines]
    expects = None
    for name, value in lines:
        if name.lower() == "expect" and value.lower() == "100-continue":
            expects = True
        if name.lower() == "transfer-encoding" and value.lower() == "chunked" and isinstance(content, bytes):
            content = [content]  # pieces, whose length nobody knows
    if "expect" in removed:
        expects = False
    return Asked(
        _method(options, data, content),
        url,
        target.uri,
        tuple(line for line in lines if not (isinstance(content, list) and line[0].lower() == "transfer-encoding")),
        frozenset(removed),
        content,
        expects,
        _logins(options, target),
        _output(options, target),
        _trusting(options),
        _addresses(options.connect_to),
    )


def _method(options: argparse.Namespace, data: bytes | None, content: object) -> str:
    if options.request:
        return str(options.request)
    if options.head:
        return "HEAD"
    if options.upload_file is not None:
        return "PUT"
    return "POST" if data is not None and content is not None else "GET"


def _data(pieces: Sequence[tuple[str, str]]) -> bytes | None:
    """The data of all options in their order, joined as the fields of a form are."""
    if not pieces:
        return None
    return b"&".join(_piece(name, value) for name, value in pieces)


def _piece(name: str, value: str) -> bytes:
    if name == "--data-urlencode":
        field, mark, text = value.partition("=")
        if not mark:
            return quote_plus(value).encode()
        return (f"{field}={quote_plus(text)}" if field else quote_plus(text)).encode()
    if name == "--data-raw" or not value.startswith("@"):
        return value.encode()
    read = sys.stdin.buffer.read() if value == "@-" else Path(value[1:]).read_bytes()
    return read if name == "--data-binary" else read.replace(b"\r", b"").replace(b"\n", b"")


def _with_query(url: str, data: str) -> str:
    before, mark, fragment = url.partition("#")
    joined = f"{before}{'&' if '?' in before else '?'}{data}"
    return f"{joined}#{fragment}" if mark else joined


def _upload(name: str, url: str, files: contextlib.ExitStack) -> tuple[BinaryIO, str]:
    if name == "-":
        return sys.stdin.buffer, url
    if urlsplit(url).path.endswith("/"):
        url += os.path.basename(name)
    return files.enter_context(open(name, "rb")), url


def _lines(headers: Sequence[str]) -> tuple[list[FieldLine], set[str]]:
    """Field lines as curl has them ("Name;" for an empty one), and the names of defaults to leave out, given as "Name:"."""
    lines, removed = [], set()
    for text in headers:
        name, colon, value = text.partition(":")
        if colon and value.strip():
            lines.append((name, value.strip(" \t")))
        elif colon:
            removed.add(name.lower())
        elif text.endswith(";"):
            lines.append((text[:-1], ""))
        else:
            raise CannotAsk(f'-H wants "Name: value", not {text!r}')
    if "host" in removed:
        raise CannotAsk("a request without Host is none of HTTP/1.1")
    return lines, removed


def _more_lines(options: argparse.Namespace, named: set[str], *, has_form: bool) -> list[FieldLine]:
    """What other options say in fields, where -H has not."""
    lines: list[FieldLine] = []
    if has_form and not options.get:
        lines.append(("Content-Type", _FORM))
    if options.user_agent is not None:
        lines.append(("User-Agent", options.user_agent))
    if options.referer:
        lines.append(("Referer", options.referer))
    if options.range:
        lines.append(("Range", f"bytes={options.range}"))
    if options.etag_compare:
        lines += _compared(options.etag_compare)
    if options.time_cond:
        lines.append(("If-Modified-Since", _date(options.time_cond)))
    pairs = [given for given in options.cookie if "=" in given]
    if pairs:
        lines.append(("Cookie", "; ".join(pairs)))
    return [line for line in lines if line[0].lower() not in named]


def _compared(name: str) -> list[FieldLine]:
    """The entity tag that a file holds; none where there is no file yet."""
    try:
        etag = Path(name).read_text("latin-1").strip()
    except FileNotFoundError:
        return []
    return [("If-None-Match", etag)] if etag else []


def _date(text: str) -> str:
    """A date in a usual form, or that of a file, as HTTP has it."""
    found = parse_http_date(text, int(datetime.now(UTC).timestamp()))
    if isinstance(found, int):
        return format_http_date(found)
    for form in ("%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y%m%d", "%Y%m%d %H:%M:%S"):
        try:
            return format_http_date(int(datetime.strptime(text, form).replace(tzinfo=UTC).timestamp()))
        except ValueError:
            continue
    try:
        return format_http_date(int(os.stat(text).st_mtime))
    except OSError:
        raise CannotAsk(f"-z wants a date or a file, not {text!r}") from None


def _logins(options: argparse.Namespace, target: Target) -> tuple[Login, ...]:
    origin = origin_of(target.uri)
    logins = []
    if options.oauth2_bearer:
        logins.append(Login(origin, token=options.oauth2_bearer))
    if options.user:
        logins.append(Login(origin, *_user_and_password(options.user, target.host)))
    if options.proxy_user and options.proxy:
        proxy = target_of(options.proxy if "://" in options.proxy else f"http://{options.proxy}")
        logins.append(Login(origin_of(proxy.uri), *_user_and_password(options.proxy_user, proxy.host)))
    return tuple(logins)


def _user_and_password(text: str, host: str) -> tuple[str, str]:
    user, colon, password = text.partition(":")
    if not colon and sys.stdin.isatty():
        password = getpass.getpass(f"Password of {user} at {host}: ")
    return user, password


def _output(options: argparse.Namespace, target: Target) -> str | None:
    if options.output is not None and options.output != "-":
        return str(options.output)
    if not options.remote_name:
        if options.continue_at:
            raise CannotAsk("-C goes on with a file: name it with -o or -O")
        return None
    # The name comes from the URL that was typed, never from the peer, and can't lead out of this directory
    name = unquote(target.path.rpartition("/")[2])
    if name in ("", ".", "..") or "/" in name or not name.isprintable():
        raise CannotAsk("the URL has no name for a file: use -o FILE")
    return name


def _trusting(options: argparse.Namespace) -> ssl.SSLContext | None:
    if not options.cacert:
        return None
    context = ssl.create_default_context(cafile=options.cacert)
    context.set_alpn_protocols(["http/1.1"])
    return context


def _addresses(given: Sequence[str]) -> dict[tuple[str, int], tuple[str, int]]:
    """``HOST1:PORT1:HOST2:PORT2``, IPv6 addresses in brackets."""
    found = {}
    for text in given:
        try:
            one, two = _split_addresses(text)
            found[one] = two
        except ValueError:
            raise CannotAsk(f"--connect-to wants HOST:PORT:HOST:PORT, not {text!r}") from None
    return found


def _split_addresses(text: str) -> tuple[tuple[str, int], tuple[str, int]]:
    parts, depth, current = [], 0, ""
    for character in text:
        depth += (character == "[") - (character == "]")
        if character == ":" and not depth:
            parts.append(current)
            current = ""
        else:
            current += character
    host, port, to_host, to_port = [*parts, current]
    return (host.strip("[]").lower(), int(port)), (to_host.strip("[]"), int(to_port))
