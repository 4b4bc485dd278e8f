"""What a user agent does next: the reactions, and what it should remember."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from statuary.message.request import Request
from statuary.message.response import Response


@dataclass(frozen=True, slots=True)
class Moved:
    """For good: references to ``uri`` should be to ``to`` from now on (RFC 9110 sections 15.4.2, 15.4.9)."""

    uri: str
    to: str


@dataclass(frozen=True, slots=True)
class Gone:
    """For good: references to ``uri`` should be removed, once their owner agrees (RFC 9110 section 15.5.11)."""

    uri: str


@dataclass(frozen=True, slots=True)
class Freshened:
    """What is stored for ``uri`` is to be replaced by ``response`` (RFC 9111 sections 3.4, 4.3.4)."""

    uri: str
    response: Response


Memory: TypeAlias = Moved | Gone | Freshened

View = Literal["show", "keep", "reset", "switch"]
"""What becomes of the view that sent the request: it shows the response; it stays; its form is cleared; it speaks another
protocol."""


@dataclass(frozen=True, slots=True)
class Deliver:
    """The response is what was asked for.

    response        as it came, or as it results: freshened by a 304, combined with what was there
    because         the section or requirement that says so
    says            a sentence about it
    view            what becomes of the view
    is_transformed  whether an intermediary changed it (203)
    fragment        of the reference that led here in the end, None where it has none
    remember        what is to be remembered
    """

    response: Response
    because: str
    says: str
    view: View = "show"
    is_transformed: bool = False
    fragment: str | None = None
    remember: tuple[Memory, ...] = ()


@dataclass(frozen=True, slots=True)
class Send:
    """Another request is to be sent.

    request         without Host, framing and connection fields, which belong to the sender
    after           seconds to wait before
    keeps_content   whether the content of the first request goes with it
    new_connection  whether a connection of its own is needed
    proxy           the proxy for this request alone (305), None for the usual way
    fragment        of the reference that leads there, None where it has none
    """

    request: Request
    because: str
    says: str
    after: float = 0.0
    keeps_content: bool = False
    new_connection: bool = False
    proxy: str | None = None
    fragment: str | None = None
    remember: tuple[Memory, ...] = ()


@dataclass(frozen=True, slots=True)
class Wait:
    """The final response is still to come. With ``send_content`` the content that was held back goes out now."""

    because: str
    says: str
    send_content: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """Only a person can say what to do.

    question   "choose" one of ``options`` (URIs); "log in" to the ``options`` (realms); "follow" or "repeat" an unsafe
               request, which would be sent as ``then``; "pay"
    origin     the origin or proxy that a login is for
    """

    question: Literal["choose", "log in", "follow", "repeat", "pay"]
    because: str
    says: str
    response: Response | None
    options: tuple[str, ...] = ()
    then: Send | None = None
    remember: tuple[Memory, ...] = ()
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class GiveUp:
    """There is nothing more to do about it. ``response`` is what is shown, None where none came."""

    because: str
    says: str
    response: Response | None = None
    remember: tuple[Memory, ...] = ()


Reaction: TypeAlias = Deliver | Send | Wait | Ask | GiveUp
