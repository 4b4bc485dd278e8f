"""A response as the semantics see it: status code, header section, and what its content consists of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from statuary.message.fields import FieldLine, Fields
from statuary.message.request import Request


class Sourced(Protocol):
    """Something whose octets a shell can get from its ``source``: the core only ever counts them."""

    @property
    def length(self) -> int | None: ...

    @property
    def source(self) -> object: ...


@dataclass(frozen=True, slots=True)
class Whole:
    """All octets of a representation."""

    of: Sourced


@dataclass(frozen=True, slots=True)
class Part:
    """Octets ``first`` to ``last``, both included, of a representation."""

    of: Sourced
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Multipart:
    """Several parts, each after its own delimiter and part fields, closed by ``end`` (RFC 9110 section 14.6)."""

    parts: tuple[tuple[bytes, Part], ...]
    end: bytes

    @property
    def length(self) -> int:
        """Octets of the whole content, delimiters included."""
        return sum(len(head) + part.last - part.first + 1 for head, part in self.parts) + len(self.end)


Content = bytes | Whole | Part | Multipart | None


@dataclass(frozen=True, slots=True)
class Response:
    """One response, interim or final, with the content it carried or is to carry."""

    status: int
    fields: Fields
    content: bytes = b""
    trailers: Fields | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and what came back for it: any interim responses, then the final one (None if none came)."""

    request: Request
    interim: Sequence[Response]
    final: Response | None


def has_content(method: str, status: int) -> bool:
    """Whether a response with ``status`` to ``method`` can have content at all (RFC 9110 section 6.4.1)."""
    return not (method == "HEAD" or status < 200 or status in (204, 304) or (method == "CONNECT" and status < 300))


__all__ = ["Content", "Exchange", "FieldLine", "Multipart", "Part", "Response", "Sourced", "Whole", "has_content"]
