"""Reads the corpus: entries with their messages taken apart, and the same as values that judge takes.

The format is described in README.md. What the messages mean, and which findings are right, is for the entries to say.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from statuary.fields.content_length import parse_content_length
from statuary.fields.transfer_codings import parse_transfer_encoding
from statuary.message.fields import FieldLine, Fields
from statuary.message.request import UNKNOWN_LENGTH, Request
from statuary.message.response import Exchange, Response
from statuary.semantics.judgement import Role
from statuary.wire.chunked import ChunkedDecoder
from statuary.wire.limits import WireLimits
from statuary.wire.transcript import request_of

FOLDER = Path(__file__).parent
KEYS = frozenset({"id", "title", "role", "scheme", "line_ends", "messages", "findings", "why"})
ROLES: tuple[Role, ...] = ("server", "client", "intermediary")


@dataclass(frozen=True, slots=True)
class Message:
    """One message: the three parts of its start line, its fields, and its content with the chunked coding taken off."""

    start: tuple[str, str, str]
    fields: tuple[FieldLine, ...]
    content: bytes
    trailers: tuple[FieldLine, ...]

    @property
    def is_response(self) -> bool:
        return self.start[0].startswith("HTTP/")


@dataclass(frozen=True, slots=True)
class Entry:
    """One labelled entry; ``topic`` is the name of its file."""

    topic: str
    id: str
    title: str
    role: Role
    scheme: str
    messages: tuple[Message, ...]
    findings: frozenset[str]
    why: str

    def exchanges(self) -> tuple[Exchange, ...]:
        """The messages as judge takes them: each request with the responses that follow it."""
        found: list[Exchange] = []
        for request, responses in self.grouped():
            read = [_response(response) for response in responses]
            final = read.pop() if read and (read[-1].status // 100 != 1 or read[-1].status == 101) else None
            found.append(Exchange(_request(request, self.scheme), tuple(read), final))
        return tuple(found)

    def grouped(self) -> Iterator[tuple[Message, Sequence[Message]]]:
        """Each request with its responses."""
        starts = [place for place, message in enumerate(self.messages) if not message.is_response]
        for start, end in zip(starts, [*starts[1:], len(self.messages)], strict=True):
            yield self.messages[start], self.messages[start + 1 : end]


def read_corpus(folder: Path = FOLDER) -> list[Entry]:
    """All entries, by file. ValueError, naming the entry, where one is not in the format."""
    return [entry for path in sorted(folder.glob("*.toml")) for entry in _read_file(path)]


def _read_file(path: Path) -> Iterator[Entry]:
    for table in tomllib.loads(path.read_text(encoding="utf-8"))["entry"]:
        try:
            yield _entry(path.stem, table)
        except (KeyError, ValueError) as error:
            raise ValueError(f"{path.name}, {table.get('id', 'an entry without id')}: {error}") from error


def _entry(topic: str, table: dict[str, Any]) -> Entry:
    if unknown := table.keys() - KEYS:
        raise ValueError(f"unknown keys {sorted(unknown)}")
    role, line_ends = table.get("role", "server"), table.get("line_ends", "crlf")
    if role not in ROLES or line_ends not in ("crlf", "written"):
        raise ValueError("a role or kind of line ends that is none")
    messages = tuple(_message(text, line_ends == "written") for text in table["messages"])
    if not messages or messages[0].is_response:
        raise ValueError("the first message is no request")
    findings = frozenset(table["findings"])
    scheme, why = table.get("scheme", "http"), table.get("why", "")
    return Entry(topic, table["id"], table["title"], role, scheme, messages, findings, why)


def _message(text: str, is_as_written: bool) -> Message:
    octets = text.encode("latin-1")
    if not is_as_written:
        octets = octets.replace(b"\n", b"\r\n")
    head, empty_line, content = octets.partition(b"\r\n\r\n")
    if not empty_line:
        raise ValueError("a message without the empty line that ends its header section")
    start_line, *lines = head.decode("latin-1").split("\r\n")
    first, _, rest = start_line.partition(" ")
    second, _, third = rest.partition(" ")
    fields = tuple(_field(line) for line in lines)
    codings = parse_transfer_encoding(Fields(fields).get("transfer-encoding"))
    trailers: tuple[FieldLine, ...] = ()
    if content and codings and codings[-1].name == "chunked":
        decoder = ChunkedDecoder(WireLimits())
        content = decoder.decode(content)
        if not decoder.done or decoder.rest:
            raise ValueError("chunks that do not end where the message does")
        trailers = decoder.trailers.lines
    return Message((first, second, third), fields, content, trailers)


def _field(line: str) -> FieldLine:
    name, colon, value = line.partition(":")
    if not colon:
        raise ValueError(f"a field line without a colon: {line!r}")
    return name, value.strip(" \t")


def _request(message: Message, scheme: str) -> Request:
    method, target, version = message.start
    fields = Fields(message.fields)
    length = UNKNOWN_LENGTH if "transfer-encoding" in fields else parse_content_length(fields.get("content-length"))
    known = length if isinstance(length, int) else len(message.content) or None
    return request_of(method, target, _version(version), fields, scheme=scheme, content_length=known)


def _response(message: Message) -> Response:
    trailers = Fields(message.trailers) if message.trailers else None
    return Response(int(message.start[1]), Fields(message.fields), message.content, trailers)


def _version(text: str) -> tuple[int, int]:
    major, _, minor = text.removeprefix("HTTP/").partition(".")
    return int(major), int(minor or 0)
