"""What a fetch gives: the response that was settled on, and the story of how it came to that."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from statuary.message.fields import FieldLine, Fields
from statuary.message.response import Response
from statuary.semantics.reaction import Ask, Attempt, Deliver, GiveUp, Reaction, Wait
from statuary.semantics.reaction.private_cache import CacheNote
from statuary.user_agent.connection import Connection


@dataclass(frozen=True, slots=True)
class Step:
    """One attempt and what was made of it.

    peer       the address that was connected to, empty where there was none
    is_reused  whether the connection had been used before
    waits      what interim responses asked for
    problem    what the system said of a failure, else empty
    is_cached  whether the attempt's final response was stored before
    cache      what the cache did, or left; condition: the field lines that it added to the request
    came       the response in whose place the stored one is taken, if one came: a 304, or a failure
    """

    attempt: Attempt
    reaction: Reaction
    peer: str = ""
    is_reused: bool = False
    waits: tuple[Wait, ...] = ()
    problem: str = ""
    is_cached: bool = False
    cache: tuple[CacheNote, ...] = ()
    condition: tuple[FieldLine, ...] = ()
    came: Response | None = None


Settled = Deliver | GiveUp | Ask
"""The reactions that end a fetch: the response is what was asked for; it is all there is; only a person can go on."""


class Fetched:
    """The response in the end, whole.

    ``content`` is decoded, unless it is a part. ``reaction`` tells how it is to be taken: a GiveUp says that it is not what
    was asked for, an Ask what a person would have to say. ``steps`` has every attempt.
    """

    __slots__ = ("_content", "reaction", "response", "steps", "uri", "version")

    def __init__(
        self,
        uri: str,
        response: Response,
        reaction: Settled,
        steps: tuple[Step, ...],
        content: bytes,
        version: tuple[int, int] | None,
    ) -> None:
        self.uri = uri
        self.response = response
        self.reaction = reaction
        self.steps = steps
        self.version = version
        self._content = content

    @property
    def content(self) -> bytes:
        return self._content

    @property
    def status(self) -> int:
        return self.response.status

    @property
    def fields(self) -> Fields:
        return self.response.fields

    @property
    def trailers(self) -> Fields | None:
        """None where there were none."""
        return self.response.trailers

    @property
    def is_delivered(self) -> bool:
        """Whether it is what was asked for."""
        return isinstance(self.reaction, Deliver)

    @property
    def is_cached(self) -> bool:
        """Whether it was stored before, and perhaps validated now."""
        return bool(self.steps) and self.steps[-1].is_cached

    @property
    def fragment(self) -> str | None:
        """Of the reference that led there in the end."""
        if isinstance(self.reaction, Deliver):
            return self.reaction.fragment
        return self.steps[-1].attempt.fragment if self.steps else None

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        return tuple(step.attempt for step in self.steps)

    @property
    def interim(self) -> tuple[Response, ...]:
        """The interim responses to the last request, with the hints of a 103."""
        return self.steps[-1].attempt.interim if self.steps else ()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.status} of {self.uri}>"


class Streamed(Fetched):
    """The response, its content still to come: ``async for piece in it``, or ``read`` all. Good until its context ends.

    ``switched`` is the connection after a 101, to be read and written in the other protocol; else None.
    """

    __slots__ = ("_pieces", "_trailers", "switched")

    def __init__(
        self,
        uri: str,
        response: Response,
        reaction: Settled,
        steps: tuple[Step, ...],
        version: tuple[int, int] | None,
        *,
        pieces: AsyncIterator[bytes],
        trailers: Callable[[], Fields | None],
        switched: Switched | None = None,
    ) -> None:
        super().__init__(uri, response, reaction, steps, b"", version)
        self._pieces = pieces
        self._trailers = trailers
        self.switched = switched

    @property
    def content(self) -> bytes:
        raise TypeError("the content of a stream is read piece by piece")

    @property
    def trailers(self) -> Fields | None:
        """Once the content was read."""
        return self._trailers()

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._pieces

    async def read(self) -> bytes:
        """All that is left."""
        return b"".join([piece async for piece in self._pieces])


class Switched:
    """A connection that speaks another protocol now."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def read(self, seconds: float | None = None) -> bytes:
        """The next octets, none at the end. Raises ConnectionFailed."""
        return await self._connection.read(seconds)

    async def write(self, data: bytes, seconds: float | None = None) -> None:
        """Send octets, and wait until more can be taken. Raises ConnectionFailed."""
        self._connection.write(data)
        await self._connection.drain(seconds)

    def close(self) -> None:
        self._connection.close()


Asking = Callable[[Ask], "Awaitable[object]"]
"""Answers what ``react`` asks: a Login, one of the options, True; anything else leaves it at that."""
