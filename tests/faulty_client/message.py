"""What passes between the parts of the client: tasks, URIs, requests, responses, and what ends an exchange early."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

Fields = list[tuple[str, str]]


class Failure(Exception):  # noqa: N818
    """A task came to nothing; the status is that of a response that had begun."""

    def __init__(self, reason: str, status: int | None = None) -> None:
        super().__init__(reason)
        self.status = status


class Dropped(Failure):
    """The connection ended before a response came, so that the request may not have been processed."""


class Incomplete(Failure):
    """A response ended too early: RFC 9112 section 8. What came of it is there."""

    def __init__(self, response: Response) -> None:
        super().__init__("the response is incomplete", response.status)
        self.response = response


def combined(fields: Fields, name: str) -> str | None:
    """The value of all lines of a field, or None where there is none: RFC 9110 section 5.3."""
    values = [value for key, value in fields if key.lower() == name.lower()]
    return ", ".join(values) if values else None


def members(value: str | None) -> list[str]:
    """The members of a list, empty ones left out; commas in quoted strings don't count: RFC 9110 section 5.6.1."""
    found = re.findall(r'(?:[^,"]|"(?:[^"\\]|\\.)*"|")+', value or "")
    return [member.strip(" \t") for member in found if member.strip(" \t")]


def tokens(fields: Fields, name: str) -> list[str]:
    """The members of a field that is a list of tokens, in lower case."""
    return [member.lower() for member in members(combined(fields, name))]


# RFC 3986 appendix B
_REFERENCE = re.compile(r"(?:([^:/?#]+):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.DOTALL)


@dataclass(frozen=True)
class Uri:
    """A URI or a relative reference, in its five parts; those that are absent are None."""

    scheme: str | None
    authority: str | None
    path: str
    query: str | None = None
    fragment: str | None = None

    def __str__(self) -> str:
        scheme = f"{self.scheme}:" if self.scheme is not None else ""
        authority = f"//{self.authority}" if self.authority is not None else ""
        fragment = f"#{self.fragment}" if self.fragment is not None else ""
        return f"{scheme}{authority}{self.target}{fragment}"

    @property
    def target(self) -> str:
        """Path and query."""
        return self.path + (f"?{self.query}" if self.query is not None else "")

    @property
    def host(self) -> str:
        """The host, in lower case."""
        return re.sub(r":\d*$", "", (self.authority or "").rpartition("@")[2]).lower()

    @property
    def port(self) -> int:
        """The port, that of the scheme if none is given."""
        found = re.search(r":(\d+)$", self.authority or "")
        return int(found[1]) if found else 443 if self.scheme == "https" else 80

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port: RFC 9110 section 4.3.1."""
        return self.scheme or "", self.host, self.port

    @property
    def host_and_port(self) -> str:
        """The authority without user information, as Host has it: RFC 9112 section 3.2."""
        return (self.authority or "").rpartition("@")[2]

    def without_fragment(self) -> Uri:
        """The same without its fragment."""
        return replace(self, fragment=None)


def uri(text: str) -> Uri:
    """The parts of a URI or a relative reference."""
    found = _REFERENCE.fullmatch(text)
    assert found is not None, "every text is a reference"
    scheme, authority, path, query, fragment = found.groups()
    return Uri(scheme.lower() if scheme is not None else None, authority, path, query, fragment)


def without_dots(path: str) -> str:
    """A path without dot segments: RFC 3986 section 5.2.4."""
    kept: list[str] = []
    segments = path.split("/")
    for index, segment in enumerate(segments):
        is_last = index == len(segments) - 1
        if segment == "..":
            if len(kept) > 1:
                kept.pop()
            kept += [""] if is_last else []
        elif segment == ".":
            kept += [""] if is_last else []
        else:
            kept.append(segment)
    return "/".join(kept)


@dataclass(frozen=True)
class Task:
    """What the user wants: the same things as in a request of the checker's protocol."""

    method: str
    url: str
    fields: tuple[tuple[str, str], ...] = ()
    content: bytes | None = None
    expect: bool = False
    credentials: tuple[str, str] | None = None
    proxy: str | None = None
    resume: bytes | None = None
    unsized: bool = False


@dataclass
class Request:
    """A request to be sent, and what was tried already on the way to it.

    own      fields that the client adds by itself, such as Authorization
    tried    what has been done once and is not done again
    visited  methods and URIs since the first redirection
    partial  a response whose rest this request asks for
    """

    task: Task
    method: str
    uri: Uri
    fields: Fields
    content: bytes | None
    expects: bool = False
    chunked: bool = False
    own: Fields = field(default_factory=list)
    tried: frozenset[str] = frozenset()
    visited: tuple[tuple[str, str], ...] = ()
    partial: Response | None = None

    def get(self, name: str) -> str | None:
        """The value of a field that the user or the client set."""
        return combined([*self.fields, *self.own], name)

    def after(self, what: str, **changes: object) -> Request:
        """The same request again, with something changed, and noted as tried."""
        return replace(self, tried=self.tried | {what}, **changes)  # type: ignore[arg-type]

    @property
    def is_idempotent(self) -> bool:
        """Whether it may be repeated by itself: RFC 9110 section 9.2.2."""
        return self.method in ("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE")


@dataclass
class Response:
    """A response, whose content and trailers are filled in when they have come."""

    version: tuple[int, int]
    status: int
    reason: str
    fields: Fields
    content: bytes = b""
    trailers: Fields = field(default_factory=list)

    def get(self, name: str) -> str | None:
        """The combined value of a field."""
        return combined(self.fields, name)

    def tokens(self, name: str) -> list[str]:
        """The members of a field that is a list of tokens, in lower case."""
        return tokens(self.fields, name)

    @property
    def strong_tag(self) -> str | None:
        """Its entity tag, if that is a strong one: RFC 9110 section 8.8.3."""
        tag = self.get("ETag")
        return tag if tag is not None and tag.startswith('"') else None
