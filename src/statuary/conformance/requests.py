"""Requests in the notation of scenarios, as octets and as values.

    PUT {new} HTTP/1.1 | Content-Type: text/plain || content

Method, target and, if it isn't 1.1, version; field lines after `` | ``; content after `` || ``. Host and, where there is
content without framing, Content-Length are added unless they are there; ``Host: -`` leaves Host out, ``Content-Length: -``
likewise.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from statuary.conformance.template import facts_in, fill
from statuary.fields.content_length import parse_content_length
from statuary.message.fields import FieldLine, Fields
from statuary.message.request import UNKNOWN_LENGTH, Request

# The request that a subject names for a code, which is more than a word of one
WHOLE = re.compile(r"^\{meets\.\d+(?:\.head)?\}")
_LEFT_OUT = "-"


@dataclass(frozen=True, slots=True)
class Composed:
    """A request as it is sent, and as it is judged."""

    octets: bytes
    request: Request


def facts_of_request(text: str) -> list[str]:
    """The facts that the placeholders in a request ask for. Raises ValueError for a request that can't be read."""
    if not WHOLE.match(text):
        split_request(text)
    return facts_in(text)


def compose(text: str, facts: Mapping[str, str], *, scheme: str = "http") -> Composed:
    """The request of a text in the notation. Raises template.Missing, and ValueError for what is none."""
    whole = WHOLE.match(text)
    if whole is not None:
        # Further field lines go before its content
        start, mark, rest = fill(whole[0], facts).partition(" || ")
        text = start + text[whole.end() :] + mark + rest
    method, target, version, lines, content = _filled(text, facts)
    fields = Fields(lines)
    framing = f"{method} {target} {version}\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines) + "\r\n"
    return Composed(
        framing.encode("latin-1") + content, request_value(method, target, version, fields, content, scheme)
    )


def request_value(
    method: str, target: str, version: str, fields: Fields, content: bytes, scheme: str = "http"
) -> Request:
    """The request as judge sees it."""
    length = parse_content_length(fields.get("content-length"))
    announced = length if isinstance(length, int) else (len(content) or None)
    if "transfer-encoding" in fields:
        announced = UNKNOWN_LENGTH
    authority, path = fields.get("host"), target
    absolute = re.match(r"([a-z][a-z0-9+.-]*)://([^/?#]*)", target, re.IGNORECASE)
    if absolute is not None:
        authority, path = absolute[2], target[absolute.end() :] or "/"
    if method == "CONNECT":
        authority, path = target, ""
    path, mark, query = path.partition("?")
    return Request(
        method,
        path,
        fields,
        query=query if mark else None,
        scheme=scheme,
        authority=authority,
        version=(int(version[5]), int(version[7])),
        content_length=announced,
        target=target,
    )


def _filled(text: str, facts: Mapping[str, str]) -> tuple[str, str, str, list[FieldLine], bytes]:
    start, fields, content = split_request(text)
    method, target, *version = (fill(part, facts) for part in start)
    octets = fill(content, facts).encode("latin-1") if content is not None else b""
    lines = [(fill(name, facts), fill(value, facts)) for name, value in fields]
    names = {name.lower() for name, _ in lines}
    if "host" not in names:
        lines.insert(0, ("Host", facts["host"]))
    if content is not None and names.isdisjoint({"content-length", "transfer-encoding"}):
        lines.append(("Content-Length", str(len(octets))))
    lines = [line for line in lines if line[1] != _LEFT_OUT or line[0].lower() not in ("host", "content-length")]
    return method, target, version[0] if version else "HTTP/1.1", lines, octets


def split_request(text: str) -> tuple[list[str], list[FieldLine], str | None]:
    """Method, target and perhaps version; the field lines; the content, None where there is none. Raises ValueError."""
    head, found, content = text.partition(" || ")
    start, *lines = head.split(" | ")
    parts = start.split(" ")
    if len(parts) not in (2, 3) or not all(parts) or (len(parts) == 3 and not re.fullmatch(r"HTTP/\d\.\d", parts[2])):
        raise ValueError(f"not a request: {text[:80]!r}")
    return parts, [_field(line) for line in lines], content if found else None


def _field(line: str) -> FieldLine:
    name, colon, value = line.partition(":")
    if not colon or not name:
        raise ValueError(f"not a field line: {line[:80]!r}")
    return name, value.strip(" ")
