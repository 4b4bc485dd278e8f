"""Forms: what a browser sends when one is submitted, and the answers that a configuration can give to it.

Both ways of sending are read strictly (the URL Standard's urlencoded form, and multipart/form-data of RFC 7578), since
content that is no form has a status code of its own.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from urllib.parse import parse_qsl

from statuary.fields.grammar import Invalid, parse_parameters
from statuary.fields.media_types import MediaType, parse_media_type
from statuary.message.request import Request
from statuary.origin_server.site import RequestContent
from statuary.origin_server.site_rules import URLENCODED, FormRule
from statuary.semantics.decision.outcome import (
    Created,
    Done,
    Malformed,
    Outcome,
    ResetView,
    SeeOther,
    Unprocessable,
)
from statuary.semantics.resource import Representation
from statuary.wire.field_section import parse_field_lines
from statuary.wire.malformed import MalformedMessage

MOST_FIELDS = 1000
MOST_PART_LINES = 16


@dataclass(frozen=True, slots=True)
class Entry:
    """One field of a form. For a file ``filename`` and ``media_type`` are what the sender says of it."""

    name: str
    value: bytes
    filename: str | None = None
    media_type: str | None = None

    def described(self) -> dict[str, object]:
        if self.filename is None:
            return {"name": self.name, "value": self.value.decode("utf-8", "replace")}
        return {"name": self.name, "filename": self.filename, "type": self.media_type, "octets": len(self.value)}


class NoForm(Exception):  # noqa: N818 - an error of the sender's
    """The content is not the form that its media type promises; the message says how."""


async def submit(rule: FormRule, request: Request, content: RequestContent) -> Outcome:
    """Read the form in ``content``, check it, and answer as ``rule`` says."""
    data = await content.read()
    try:
        entries = parse_form(request.fields.get("content-type"), data)
    except NoForm as error:
        return Malformed(f"The content is no form: {error}.")
    filled = {entry.name for entry in entries if entry.value or entry.filename}
    missing = [name for name in rule.required if name not in filled]
    if missing:
        return Unprocessable(f"These fields are missing or empty: {', '.join(missing)}.")
    match rule.answer:
        case 200:
            return Done(report=_report(entries))
        case 201:
            return Created(rule.to, report=_report(entries))
        case 204:
            return Done()
        case 205:
            return ResetView()
        case 303:
            assert rule.to is not None
            return SeeOther(rule.to)


def _report(entries: list[Entry]) -> Representation:
    content = json.dumps({"fields": [entry.described() for entry in entries]}, indent=2).encode() + b"\n"
    return Representation(content, "application/json", len(content), has_ranges=False)


def parse_form(content_type: str | None, data: bytes) -> list[Entry]:
    """The fields in ``data``, in order. Raises NoForm."""
    media_type = parse_media_type(content_type)
    if media_type is None and not data:
        return []
    if isinstance(media_type, MediaType):
        if media_type.essence == URLENCODED:
            return parse_urlencoded(data)
        if media_type.essence == "multipart/form-data":
            return parse_multipart(media_type.parameter("boundary"), data)
    raise NoForm("its media type is none of a form's")


# What an application/x-www-form-urlencoded serializer can write: all else is percent-encoded
_URLENCODED = re.compile(rb"(?:[!-$&-~]|%[0-9A-Fa-f]{2})*+")


def parse_urlencoded(data: bytes) -> list[Entry]:
    """The fields of an urlencoded form, which is in UTF-8. Raises NoForm."""
    if not _URLENCODED.fullmatch(data):
        raise NoForm("a character that must be percent-encoded is not, or a percent-encoding is broken")
    try:
        pairs = parse_qsl(data.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except UnicodeDecodeError:
        raise NoForm("it is not in UTF-8") from None
    except ValueError:
        raise NoForm(f"it has more than {MOST_FIELDS} fields") from None
    return [Entry(name, value.encode()) for name, value in pairs]


# boundary of RFC 2046 section 5.1.1, whose last character is no space
_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]")


def parse_multipart(boundary: str | None, data: bytes) -> list[Entry]:
    """The fields of multipart/form-data. Raises NoForm.

    By hand, since the parser for mail in the standard library takes anything, and descends into nested parts.
    """
    if boundary is None or not _BOUNDARY.fullmatch(boundary):
        raise NoForm("its media type names no valid boundary")
    # What is before the first delimiter, and after the last, is to be ignored: RFC 2046 section 5.1.1
    pieces = (b"\r\n" + data).split(b"\r\n--" + boundary.encode(), MOST_FIELDS + 2)
    if len(pieces) > MOST_FIELDS + 2:
        raise NoForm(f"it has more than {MOST_FIELDS} fields")
    entries: list[Entry] = []
    for piece in pieces[1:]:
        if piece.startswith(b"--"):
            return entries
        # transport-padding, then the end of the delimiter's line
        padding, line_end, part = piece.partition(b"\r\n")
        if not line_end or padding.strip(b" \t"):
            raise NoForm("a boundary is not on a line of its own")
        entries.append(_entry(part))
    raise NoForm("its last boundary is missing")


def _entry(part: bytes) -> Entry:
    head, blank, value = (b"\r\n" + part).partition(b"\r\n\r\n")
    if not blank:
        raise NoForm("a part has no empty line after its fields")
    try:
        fields = parse_field_lines(head[2:].decode("latin-1") + "\r\n", MOST_PART_LINES)
    except MalformedMessage:
        raise NoForm("a part has a malformed header section") from None
    kind, _, parameters = fields.get("content-disposition", "").partition(";")
    read = parse_parameters(";" + parameters)
    if kind.strip().lower() != "form-data" or isinstance(read, Invalid):
        raise NoForm("a part has no Content-Disposition: form-data")
    named = dict(read)
    if "name" not in named:
        raise NoForm("a part has no name")
    filename = _text(named["filename"]) if "filename" in named else None
    media_type = fields.get("content-type")
    return Entry(_text(named["name"]), value, filename, media_type if filename is not None else None)


def _text(latin: str) -> str:
    try:
        return latin.encode("latin-1").decode()
    except UnicodeDecodeError:
        raise NoForm("a name is not in UTF-8") from None
