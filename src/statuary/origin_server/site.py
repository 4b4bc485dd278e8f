"""A site: what an origin server serves. Write one to put your own resources behind decide."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from typing import Protocol

from statuary.message.request import Request
from statuary.semantics.authentication import Authenticated
from statuary.semantics.decision.outcome import Outcome
from statuary.semantics.resource import Resource


class TooMuchContent(Exception):  # noqa: N818 - not an error of ours
    """More content has come than the resource takes. Raised to whoever reads it; let it pass and 413 is sent."""


class ContentCut(Exception):  # noqa: N818
    """The content ended before its end: the peer went away or was too slow. Let it pass; there is no one to answer."""


class WantedFailure(Exception):  # noqa: N818 - it is an error on purpose
    """A handler that is to fail does: 500, and nothing to be searched for, so the log has no traceback of it."""


class RequestContent(Protocol):
    """The content of the request being performed, as it arrives."""

    def __aiter__(self) -> AsyncIterator[bytes]: ...

    async def read(self) -> bytes:
        """All of it, in memory: it is no larger than the resource's ContentRules allow."""
        ...


class Switched(Protocol):
    """Who speaks on a connection after a 101."""

    def data_received(self, data: bytes) -> None: ...

    def connection_lost(self) -> None: ...


class Site:
    """What an origin server serves.

    ``resource`` says everything about the target of a request that its status can depend on; it should be quick, and may
    be a coroutine. ``perform`` makes the change that decide allowed, once, and returns what came of it; when others may
    have changed the resource since ``resource`` was asked, it decides again right before it commits (see the notes
    example). An exception from either is logged and answered with 500.
    """

    def resource(self, request: Request, now: int) -> Resource | Awaitable[Resource]:
        raise NotImplementedError

    async def perform(self, request: Request, resource: Resource, content: RequestContent) -> Outcome:
        raise NotImplementedError(f"{type(self).__name__} allows {request.method} but does not perform it")

    def authenticated(self, who: Authenticated) -> None:
        """Credentials were accepted; a site that uses Digest notes the count of the nonce here, against replay."""

    def switch(self, protocol: str, transport: asyncio.Transport) -> Switched:
        """Take over a connection for ``protocol``, which the site offered in an Upgrade."""
        raise NotImplementedError(f"{type(self).__name__} offers {protocol} but does not speak it")

    async def open(self) -> None:
        """Called before the first request."""

    async def close(self) -> None:
        """Called after the last one."""
