"""The values that decide and conclude return, and the one function that makes a Respond."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from statuary.message.fields import FieldLine
from statuary.message.request import Request
from statuary.message.response import Content, Response
from statuary.semantics.explanation import explanation
from statuary.semantics.resource import Representation, Resource


class Respond:
    """The final response: send it, and change nothing.

    ``fields`` are all that the semantics ask for; Date, Connection and the like are added on the way out. ``content`` is
    None, octets, or what to send of a representation; for HEAD it is None while ``fields`` are as for GET. ``because`` is
    the section or requirement that asks for this status; ``question`` names the question that was answered so, and
    ``detail`` is our sentence about it.
    """

    __slots__ = ("because", "content", "detail", "fields", "interim", "prepared", "protocol", "question", "status")

    def __init__(
        self,
        status: int,
        fields: tuple[FieldLine, ...] = (),
        content: Content = None,
        because: str = "",
        *,
        detail: str = "",
        interim: tuple[Response, ...] = (),
        protocol: str | None = None,
    ) -> None:
        self.status = status
        self.fields = fields
        self.content = content
        self.because = because
        self.detail = detail
        self.interim = interim
        self.protocol = protocol
        """With a 101: who speaks on this connection from here on."""
        self.question = ""
        self.prepared: Any = None
        """What a shell made of it and may use again, since usual requests share their answer. No part of the value."""

    def field(self, name: str) -> str | None:
        """The value of the first field line called ``name``, in any case; None without one."""
        name = name.lower()
        return next((value for spelled, value in self.fields if spelled.lower() == name), None)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Respond) and all(getattr(self, n) == getattr(other, n) for n in _COMPARED)

    def __hash__(self) -> int:
        return hash((self.status, self.fields, self.question))

    def __repr__(self) -> str:
        return f"<Respond {self.status} because {self.because} ({self.question}) {self.fields!r}>"


_COMPARED = tuple(name for name in Respond.__slots__ if name != "prepared")


@dataclass(frozen=True, slots=True)
class Perform:
    """All questions allow it: read the content, make the change once, then conclude.

    ``interim`` responses go first. ``current`` is the representation that the change would replace, if any. ``most`` is
    how many octets of content to take before concluding with TooLarge.
    """

    method: str
    interim: tuple[Response, ...] = ()
    current: Representation | None = None
    most: int | None = None
    question: str = "is_performed"


Decision = Respond | Perform


def refuse(
    request: Request,
    status: int,
    because: str,
    detail: str,
    *fields: FieldLine,
    temporary: bool | None = None,
    links: tuple[tuple[str, str], ...] = (),
) -> Respond:
    """A response without a representation: an error or redirect that explains itself (rfc9110-15.5-1, 15.6-1)."""
    about, content = explanation(status, detail, request.fields, links=links, temporary=temporary)
    return Respond(status, fields + about, None if request.method == "HEAD" else content, because, detail=detail)


def retry_after(seconds: int | None) -> tuple[FieldLine, ...]:
    """Retry-After where a time is known (RFC 9110 section 10.2.3)."""
    return () if seconds is None else (("Retry-After", str(seconds)),)


def allow(resource: Resource) -> FieldLine:
    """Allow, listing what the target resource supports now (RFC 9110 section 10.2.1)."""
    return "Allow", ", ".join(resource.methods)
