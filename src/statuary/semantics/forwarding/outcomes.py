"""What becomes of a message at an intermediary: the values that forwarding returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, Literal, NamedTuple, TypeVar

from statuary.message.request import Request
from statuary.message.response import Response
from statuary.semantics.authentication import Authenticated

Framing = Literal["none", "length", "chunked", "buffered", "close", "switched"]
"""What ends the content on its way: nothing, as there is none; Content-Length; the last chunk; a Content-Length that is known
once all of it is here; the connection. ``switched``: what follows is not HTTP any more, or a tunnel's."""

Message = TypeVar("Message", Request, Response)


class Onward(NamedTuple, Generic[Message]):
    """The message to send on, complete with Host, Connection and framing. A tuple, since two are made for each exchange.

    message        a request's ``target`` is the request target as it is to be written
    framing        how its content is to be delimited
    changes        section or requirement for each change that was made
    interim        responses that the client gets at once, ahead of everything else
    closes         of a response: whether the connection to the client ends with it
    drops_content  whether what arrives as content goes nowhere
    transforms     whether the content is to be transformed: the fields say that it was
    user           who showed credentials for this proxy
    """

    message: Message
    framing: Framing
    changes: tuple[str, ...] = ()
    interim: tuple[Response, ...] = ()
    closes: bool = False
    drops_content: bool = False
    transforms: bool = False
    user: Authenticated | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Nothing is forwarded: the client gets this response, made here. ``closes``: its connection ends with it.

    In place of a response that came, it also ends the connection to the next hop, which can't be trusted any more.
    """

    response: Response
    because: str
    says: str
    closes: bool = False


@dataclass(frozen=True, slots=True)
class Drop:
    """The interim response goes no further; the final one is still to come."""

    because: str
    says: str


@dataclass(frozen=True, slots=True)
class Tunnel:
    """A connection is to be opened to ``authority``; once it is, the client gets ``response``, and octets are relayed.

    At its end: what one side sent is delivered before the other is closed (rfc9110-9.3.6-4).
    """

    authority: str
    response: Response
    because: str
    says: str
    user: Authenticated | None = None


@dataclass(frozen=True, slots=True)
class Again:
    """The request is to be sent once more, on a new connection; ``elsewhere``: to another next hop."""

    because: str
    says: str
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Cut:
    """Part of the response was sent already: the client's connection ends now, without the end of the content.

    ``resets``: by a reset, since a usual close would look like the end of the content.
    """

    because: str
    says: str
    resets: bool = False


@dataclass(frozen=True, slots=True)
class Abandon:
    """Nobody waits for the response: the connection to the next hop is closed, and the client's is gone."""

    because: str
    says: str
