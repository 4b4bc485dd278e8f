"""What passes between the parts of the server: requests, responses, resources, and what ends a request early."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from http import HTTPStatus

Fields = list[tuple[str, str]]

PHRASES = {status.value: status.phrase for status in HTTPStatus} | {
    413: "Content Too Large",
    414: "URI Too Long",
    416: "Range Not Satisfiable",
    422: "Unprocessable Content",
}


def combined(fields: Fields, name: str) -> str | None:
    """The value of all lines of a field, or None where there is none: RFC 9110 section 5.3."""
    values = [value for key, value in fields if key.lower() == name.lower()]
    return ", ".join(values) if values else None


def members(value: str | None) -> list[str]:
    """The members of a list, empty ones left out; commas in quoted strings don't count: RFC 9110 section 5.6.1."""
    found = re.findall(r'(?:[^,"]|"(?:[^"\\]|\\.)*"|")+', value or "")
    return [member.strip(" \t") for member in found if member.strip(" \t")]


@dataclass
class Request:
    """A request whose header section has been read; ``content`` and ``trailers`` are filled in when that has come, too."""

    method: str
    target: str
    version: tuple[int, int]
    fields: Fields
    head: bytes = b""
    authority: str = ""
    scheme: str = "http"
    path: str = ""
    query: str = ""
    content: bytes = b""
    trailers: Fields = field(default_factory=list)
    chunked: bool = False
    length: int = 0

    def get(self, name: str) -> str | None:
        """The combined value of a field."""
        return combined(self.fields, name)

    def lines(self, name: str) -> list[str]:
        """Every line of a field."""
        return [value for key, value in self.fields if key.lower() == name.lower()]

    def tokens(self, name: str) -> list[str]:
        """The members of a field that is a list of tokens, in lower case."""
        return [member.lower() for member in members(self.get(name))]

    @property
    def has_content(self) -> bool:
        """Whether content follows the header section."""
        return self.chunked or self.length > 0


@dataclass
class Response:
    """A response while it is made. ``closes``: the connection ends with it. ``chunked``: it is sent in chunks."""

    status: int
    fields: Fields = field(default_factory=list)
    content: bytes = b""
    version: str = "HTTP/1.1"
    reason: str | None = None
    closes: bool = False
    chunked: bool = False
    trailers: Fields = field(default_factory=list)

    def get(self, name: str) -> str | None:
        """The combined value of a field."""
        return combined(self.fields, name)

    def set(self, name: str, value: str) -> None:
        """Replace whatever lines the field has with one."""
        self.drop(name)
        self.fields.append((name, value))

    def drop(self, *names: str) -> None:
        """Leave fields out."""
        unwanted = {name.lower() for name in names}
        self.fields[:] = [(key, value) for key, value in self.fields if key.lower() not in unwanted]


@dataclass(frozen=True)
class Variant:
    """One representation of a resource, with what is known of it."""

    content: bytes
    type: str = "text/plain; charset=utf-8"
    etag: str | None = None
    modified: int | None = None
    language: str | None = None
    coding: str | None = None
    location: str | None = None


@dataclass(frozen=True)
class Resource:
    """What the server knows of a target, and so what it answers."""

    methods: tuple[str, ...] = ("GET", "HEAD", "OPTIONS")
    variants: tuple[Variant, ...] = ()
    status: int | None = None
    """It answers every request that it allows with this status."""
    fields: tuple[tuple[str, str], ...] = ()
    """Sent with every representation, or with ``status``."""
    location: str | None = None
    posted: int = 200
    """What a successful POST is answered with."""
    is_stored: bool = False
    """PUT and DELETE change it."""
    is_ranged: bool = True
    is_chunked: bool = False
    is_protected: bool = False
    needs_condition: bool = False
    needs_length: bool = False
    limit: int = 4_000_000
    takes: tuple[str, ...] = ()
    """The media types of content that it takes; any if empty."""
    must_contain: bytes = b""
    """What content has to contain to be processed."""
    upgrade: str | None = None
    hints: str | None = None


class Refused(Exception):  # noqa: N818 - an answer rather than an error
    """The request gets this final response and nothing else; ``closes`` where the octets that follow can't be relied on."""

    def __init__(self, status: int, why: str, *fields: tuple[str, str], closes: bool = False) -> None:
        super().__init__(why)
        self.response = explained(status, why, *fields)
        self.response.closes = closes


def explained(status: int, why: str, *fields: tuple[str, str]) -> Response:
    """A response whose content says what is meant by the status."""
    lasting = (
        "This may pass." if status in (408, 409, 425, 429, 503, 507) else "The same request would be answered the same."
    )
    text = f"{status} {PHRASES[status]}: {why}\n{lasting}\n" if status >= 400 else f"{why}\n"
    return Response(status, [("Content-Type", "text/plain; charset=utf-8"), *fields], text.encode())
