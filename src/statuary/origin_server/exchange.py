"""What lies between a request and its answer whatever carries them: the site's part, and what may go wrong there.

How requests arrive and answers leave is not known here; see connection.py and asgi.py.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import AsyncIterator, Awaitable, Callable

from statuary.message.request import Request
from statuary.origin_server.site import ContentCut, RequestContent, Site, TooMuchContent, WantedFailure
from statuary.semantics.authentication import Authenticated, authenticate
from statuary.semantics.decision import Respond, conclude, failure
from statuary.semantics.decision.answers import refuse
from statuary.semantics.decision.outcome import TooLarge
from statuary.semantics.resource import Resource
from statuary.wire.malformed import MalformedMessage

log = logging.getLogger("statuary")


class ArrivingContent:
    """The content of one request: ``receive`` gives the next octets, empty at the end. ``most`` bounds them all."""

    def __init__(self, receive: Callable[[], Awaitable[bytes]], most: int | None) -> None:
        self._receive = receive
        self._most = most
        self._taken = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while data := await self._receive():
            self._taken += len(data)
            if self._most is not None and self._taken > self._most:
                raise TooMuchContent
            yield data

    async def read(self) -> bytes:
        """All of it."""
        return b"".join([data async for data in self])


async def perform(site: Site, request: Request, resource: Resource, content: RequestContent) -> Respond:
    """Let the site make the change that decide allowed. Raises ContentCut and MalformedMessage: there is no outcome then."""
    try:
        return conclude(request, resource, await site.perform(request, resource, content))
    except TooMuchContent:
        return conclude(request, resource, TooLarge())
    except (ContentCut, MalformedMessage):
        raise
    except Exception:
        return failed(request)


def refuse_malformed(request: Request, error: MalformedMessage) -> Respond:
    """The answer to what could not be read as a request; ``request`` is what is known of it."""
    location = () if error.location is None else (("Location", error.location),)
    return refuse(request, error.status, error.because, error.detail, *location)


def failed(request: Request) -> Respond:
    """The answer where the site raised the exception being handled: logged here, and kept from the peer."""
    error = sys.exception()
    traced = not isinstance(error, WantedFailure)
    log.error("the site failed on %s %r: %s", request.method, request.target, error, exc_info=traced)
    return failure(request)


def note_user(site: Site, request: Request, resource: Resource, now: int) -> str | None:
    """Who sent the request, if the credentials in it are right; the site is told."""
    access = resource.access
    if access is None or "authorization" not in request.fields:
        return None
    who = authenticate(request, access, now)
    if not isinstance(who, Authenticated):
        return None
    site.authenticated(who)
    return who.user
