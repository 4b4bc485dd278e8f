"""HTTP archives (HAR 1.2), as browsers and proxies export them, into exchanges as seen.

An archive is an account of messages, not the messages. Content is decoded, recoded as text, cut or left out, so it is
relied on only where it still has its octets; a field that the browser added on the way may be missing. What never crossed
the network (blocked, from a cache, from a service worker, other schemes) is left out, and counted in the remarks.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections import Counter
from urllib.parse import SplitResult, urlsplit

from statuary.fields.content_length import parse_content_length
from statuary.fields.grammar import INVALID, is_token
from statuary.message.fields import FieldLine, Fields
from statuary.message.request import UNKNOWN_LENGTH, Request
from statuary.message.response import Exchange, Response, has_content
from statuary.wire.response_reader import MOST_LINES
from statuary.wire.transcript import MOST_EXCHANGES, Seen


class NotAnArchive(ValueError):  # noqa: N818
    """It can't be read as an HTTP archive; the message says why."""


_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*\{")
# Far more than archives of this size have; small values take far more memory than their text
_MOST_VALUES = 3_000_000
# What may not stand in a field value (RFC 9110 section 5.5)
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_VERSION = re.compile(r"(?:http/|h)([0-9])(?:\.([0-9]))?(?:[-.].*)?")


def is_archive(data: bytes) -> bool:
    """Whether it looks like one: JSON with an object in it, which no HTTP message starts with."""
    return _START.match(data) is not None


def read_archive(data: bytes) -> tuple[tuple[Seen, ...], tuple[str, ...]]:
    """The exchanges of a HAR, in its order, and remarks on what was left out. Raises NotAnArchive."""
    if data.count(b"{") + data.count(b"[") > _MOST_VALUES:
        raise NotAnArchive(f"it has more than {_MOST_VALUES} objects and lists")
    try:
        archive = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise NotAnArchive("it is not in UTF-8") from None
    except RecursionError:
        raise NotAnArchive("its JSON is nested too deeply") from None
    except ValueError as error:
        raise NotAnArchive(f"it is not valid JSON: {error}") from None
    log = archive.get("log") if isinstance(archive, dict) else None
    entries = log.get("entries") if isinstance(log, dict) else None
    if not isinstance(entries, list):
        raise NotAnArchive("it is JSON, but not a HAR: there is no list of log.entries")
    if len(entries) > MOST_EXCHANGES:
        raise NotAnArchive(f"there are more than {MOST_EXCHANGES} entries in it: split it")
    seen: list[Seen] = []
    left_out: Counter[str] = Counter()
    for entry in entries:
        try:
            seen.append(_seen(entry))
        except _LeftOut as reason:
            left_out[str(reason)] += 1
    remarks = [f"{count} of {len(entries)} entries left out: {reason}" for reason, count in left_out.items()]
    return tuple(seen), tuple(remarks)


class _LeftOut(Exception):  # noqa: N818
    """An entry that shows no exchange; the reason, the same words for all of the kind."""


def _seen(entry: object) -> Seen:
    if not isinstance(entry, dict):
        raise _LeftOut("not an object")
    told_request, told_response = entry.get("request"), entry.get("response")
    if not isinstance(told_request, dict) or not isinstance(told_response, dict):
        raise _LeftOut("no request or no response in it")
    if entry.get("_fromCache") or told_response.get("_fromDiskCache") is True:
        raise _LeftOut("answered by the browser's cache")
    if told_response.get("_fetchedViaServiceWorker") is True:
        raise _LeftOut("answered by a service worker")
    request = _request(told_request, told_response)
    status = told_response.get("status")
    if isinstance(status, bool) or not isinstance(status, int) or not 100 <= status <= 999:
        raise _LeftOut("no response came (status 0)")
    fields = Fields(_lines(told_response.get("headers")))
    content, is_known = _content(told_response, request.method, status, fields)
    response = Response(status, fields, content)
    if status // 100 == 1 and status != 101:
        return Seen(Exchange(request, (response,), None))
    return Seen(Exchange(request, (), response), is_content_known=is_known)


def _request(told: dict[str, object], told_response: dict[str, object]) -> Request:
    method, url = told.get("method"), told.get("url")
    if not isinstance(method, str) or not is_token(method) or not isinstance(url, str):
        raise _LeftOut("no method or no URL")
    parts = _split(url)
    lines = _lines(told.get("headers"))
    names = {name.lower() for name, _ in lines}
    version = _version(told, told_response, names)
    authority = parts.netloc.rpartition("@")[2].lower()
    if version < (2, 0):
        # Browsers leave out what they add at the last moment, and many archives sort the fields.
        host = [line for line in lines if line[0].lower() == "host"] or [("Host", authority)]
        lines = host + [line for line in lines if line[0].lower() != "host"]
    path = parts.path or "/"
    query = parts.query if parts.query or "?" in url.partition("#")[0] else None
    is_connect = method == "CONNECT"
    return Request(
        method,
        "" if is_connect else path,
        Fields(lines),
        query=None if is_connect else query,
        scheme={"ws": "http", "wss": "https"}.get(parts.scheme, parts.scheme),
        authority=authority,
        version=version,
        content_length=_request_length(told, Fields(lines)),
        target=authority if is_connect else None,
    )


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(_octets(url))
    except ValueError:
        raise _LeftOut("no method or no URL") from None
    if parts.scheme not in ("http", "https", "ws", "wss"):
        raise _LeftOut("not http or https")
    if not parts.netloc:
        raise _LeftOut("no method or no URL")
    return parts


def _version(told: dict[str, object], told_response: dict[str, object], names: set[str]) -> tuple[int, int]:
    """As it is told: HTTP/1.1, h2, http/2.0, h3... Where it is not, it shows in the fields that only some versions have."""
    headers = [header for side in (told, told_response) for header in _headers(side.get("headers"))]
    if any(_is_pseudo(header) for header in headers):
        return 2, 0
    for side in (told_response, told):
        text = side.get("httpVersion")
        found = _VERSION.fullmatch(text.strip().lower()) if isinstance(text, str) else None
        if found:
            return int(found[1]), int(found[2] or 0)
    names |= {str(header.get("name")).lower() for header in headers}
    return (1, 1) if names & {"connection", "host", "keep-alive", "transfer-encoding", "upgrade"} else (2, 0)


def _request_length(told: dict[str, object], fields: Fields) -> int | None:
    if "transfer-encoding" in fields:
        return UNKNOWN_LENGTH
    length = parse_content_length(fields.get("content-length"))
    if length is not None and length is not INVALID:
        return length
    size = told.get("bodySize")
    return size if isinstance(size, int) and size > 0 else None


def _headers(told: object) -> list[dict[str, object]]:
    return [header for header in told[:MOST_LINES] if isinstance(header, dict)] if isinstance(told, list) else []


def _is_pseudo(header: dict[str, object]) -> bool:
    name = header.get("name")
    return isinstance(name, str) and name.startswith(":")


def _lines(told: object) -> list[FieldLine]:
    """The field lines. Chrome joins lines of one name by a line feed; HTTP/2's pseudo-header fields are no fields."""
    lines: list[FieldLine] = []
    for header in _headers(told):
        name, value = header.get("name"), header.get("value")
        if isinstance(name, str) and isinstance(value, str) and is_token(name):
            lines += [(name, _CONTROL.sub(" ", _octets(one)).strip(" \t")) for one in value.split("\n")]
    return lines[:MOST_LINES]


def _octets(text: str) -> str:
    """Text as fields have it, one character an octet; what is beyond Latin-1 will have come as UTF-8."""
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode("latin-1")
    return text


def _content(told: dict[str, object], method: str, status: int, fields: Fields) -> tuple[bytes, bool]:
    """The content, and whether it is what was sent, octet for octet.

    It is not where it has been decoded (Content-Encoding stays in the fields, the length is that of the coded content),
    turned into text, cut, or never stored. Archives of a 304 often hold the content of the stored response.
    """
    if not has_content(method, status):
        return b"", True
    content = told.get("content")
    if not isinstance(content, dict):
        return b"", False
    text = content.get("text")
    length = parse_content_length(fields.get("content-length"))
    if not isinstance(text, str) or not text:
        return b"", content.get("size") == 0 and length == 0
    if "content-encoding" in fields or ("transfer-encoding" in fields and length is not None):
        return b"", False
    try:
        octets = base64.b64decode(text, validate=True) if content.get("encoding") == "base64" else text.encode()
    except (binascii.Error, ValueError):
        return b"", False
    # Whether text has kept its octets shows in the length alone.
    return (octets, True) if length == len(octets) else (b"", False)
