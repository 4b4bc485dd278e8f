"""Asks a server for one URL in a few ways, over raw connections, to see what it answers, octet for octet.

Bounded in time and size; nothing is followed, stored or repeated. A user agent is another thing.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import ssl
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from statuary import __version__
from statuary.fields.host import parse_host
from statuary.fields.ranges import parse_accept_ranges
from statuary.fields.validators import parse_entity_tag
from statuary.message.fields import FieldLine, Fields
from statuary.message.request import Request
from statuary.message.response import Exchange, Response
from statuary.wire.field_section import format_fields
from statuary.wire.response_reader import ResponseReader, excess_problem
from statuary.wire.transcript import Seen


class CannotFetch(Exception):  # noqa: N818
    """There is no exchange to show: no such host, no connection, no answer. The message says why."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long one exchange may take, how much content is read, and how long a server is given to close afterwards."""

    seconds: float = 15
    octets: int = 8 * 1024 * 1024
    closing_seconds: float = 0.5


@dataclass(frozen=True, slots=True)
class Target:
    """What a URL names, ready to be asked for."""

    scheme: str
    host: str
    port: int
    authority: str
    path: str
    query: str | None

    @property
    def origin_form(self) -> str:
        return self.path if self.query is None else f"{self.path}?{self.query}"


# Characters that stay as they are in a target; everything else is percent-encoded, as browsers do.
_KEPT = "!$&'()*+,-./:;=?@_~%[]"


def target_of(url: str) -> Target:
    """The target of an http or https URL. Raises ValueError, saying what is wrong."""
    try:
        parts = urlsplit(url)
        port = parts.port
        host = parts.hostname
    except ValueError as error:
        raise ValueError(f"not a URL: {error}") from None
    if parts.scheme not in ("http", "https") or not host:
        raise ValueError("a URL starts with http:// or https:// and a host")
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            raise ValueError("not a host name") from None
    default = 443 if parts.scheme == "https" else 80
    named = f"[{host}]" if ":" in host else host
    authority = named if port in (None, default) else f"{named}:{port}"
    if not parse_host(authority):
        raise ValueError("not a host name")
    query = quote(parts.query, safe=_KEPT) if parts.query else None
    path = quote(parts.path, safe=_KEPT) or "/"
    return Target(parts.scheme, host, port or default, authority, path, query)


async def explore(url: str, bounds: Bounds, *, verify: bool = True) -> tuple[tuple[Seen, ...], tuple[str, ...]]:
    """GET, HEAD, a conditional GET where there are validators, a range where they are accepted.

    Also remarks, about what could not be asked. Raises CannotFetch if the first GET brings nothing, ValueError for what is
    no URL.
    """
    target = target_of(url)
    first = await fetch(target, "GET", (), bounds, verify=verify)
    seen = [first]
    remarks: list[str] = []
    for method, lines in [("HEAD", ()), *_follow_ups(first.exchange.final)]:
        try:
            seen.append(await fetch(target, method, lines, bounds, verify=verify))
        except CannotFetch as error:
            asked = f"{method} with {lines[0][0]}" if lines else method
            remarks.append(f"{asked}: {error}")
    return tuple(seen), tuple(remarks)


def _follow_ups(response: Response | None) -> list[tuple[str, tuple[FieldLine, ...]]]:
    if response is None or response.status != 200:
        return []
    more: list[tuple[str, tuple[FieldLine, ...]]] = []
    etag, modified = response.fields.get("etag"), response.fields.get("last-modified")
    if etag is not None and parse_entity_tag(etag):
        more.append(("GET", (("If-None-Match", etag),)))
    elif modified is not None:
        more.append(("GET", (("If-Modified-Since", modified),)))
    ranges = parse_accept_ranges(response.fields.get("accept-ranges"))
    if ranges and "bytes" in ranges:
        more.append(("GET", (("Range", "bytes=0-0"),)))
    return more


async def fetch(
    target: Target, method: str, lines: Sequence[FieldLine], bounds: Bounds, *, verify: bool = True
) -> Seen:
    """One exchange on a connection of its own. Raises CannotFetch where no octet of an answer comes."""
    fields = Fields(
        [
            ("Host", target.authority),
            ("User-Agent", f"statuary/{__version__}"),
            ("Accept", "*/*"),
            *lines,
            ("Connection", "close"),
        ]
    )
    reader = ResponseReader(method, most_content=bounds.octets)
    received = excess = 0
    timed_out = False
    try:
        async with asyncio.timeout(bounds.seconds), _connection(target, verify=verify) as (incoming, outgoing):
            head = f"{method} {target.origin_form} HTTP/1.1\r\n".encode("ascii")
            outgoing.write(head + format_fields(fields) + b"\r\n")
            while not reader.is_done and (data := await incoming.read(65536)):
                received += len(data)
                reader.feed(data)
            if reader.is_done and reader.is_content_known:
                excess = len((reader.rest + await _late(incoming, bounds.closing_seconds)).strip(b"\r\n"))
    except TimeoutError:
        timed_out = True
    except (OSError, EOFError) as error:
        if not received:
            raise CannotFetch(reason_of(error, target)) from None
    if not received:
        what = f"no answer within {bounds.seconds:g} seconds" if timed_out else "closed without an answer"
        raise CannotFetch(f"{target.host} port {target.port}: {what}")
    was_done = reader.is_done
    if not timed_out:
        reader.close()
    problems = list(reader.problems)
    if excess and was_done and reader.final is not None and reader.final.status != 101:
        problems.append(excess_problem(method, reader.final))
    request = Request(method, target.path, fields, query=target.query, scheme=target.scheme, authority=target.authority)
    exchange = Exchange(request, tuple(reader.interim), reader.final)
    return Seen(exchange, tuple(problems), is_content_known=reader.is_content_known and reader.is_done)


@contextlib.asynccontextmanager
async def _connection(
    target: Target, *, verify: bool
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    context = None
    if target.scheme == "https":
        context = ssl.create_default_context()
        context.set_alpn_protocols(["http/1.1"])
        if not verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
    incoming, outgoing = await asyncio.open_connection(target.host, target.port, ssl=context)
    try:
        yield incoming, outgoing
    finally:
        outgoing.transport.abort()


async def _late(incoming: asyncio.StreamReader, seconds: float) -> bytes:
    """What still comes after the end of the response, until the server closes: it was asked to."""
    data = b""
    with contextlib.suppress(TimeoutError, OSError):
        async with asyncio.timeout(seconds):
            while len(data) < 65536 and (piece := await incoming.read(65536)):
                data += piece
    return data


def reason_of(error: BaseException, target: Target) -> str:
    """Why there is no connection, in a sentence that begins with where."""
    where = f"{target.host} port {target.port}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"{where}: its certificate is not trusted: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return f"{where}: no TLS: {error.reason or 'the handshake failed'}"
    if isinstance(error, OSError) and error.errno is not None and error.errno > 0:
        return f"{where}: {os.strerror(error.errno)}"  # what asyncio says instead repeats the address
    return f"{where}: {(error.strerror if isinstance(error, OSError) else None) or error or type(error).__name__}"
