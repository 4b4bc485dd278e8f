"""A configured site asked with values: what decide and conclude say, without a connection."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from inspect import isawaitable
from pathlib import Path

from statuary.message.fields import Fields
from statuary.message.request import UNKNOWN_LENGTH, Request
from statuary.origin_server.configured_site import ConfiguredSite, site_of
from statuary.origin_server.octets import octets_at_hand
from statuary.origin_server.site import Site, TooMuchContent
from statuary.semantics.decision import Perform, Respond, conclude, decide
from statuary.semantics.decision.outcome import TooLarge
from statuary.semantics.resource import Resource

NOW = 1_700_000_000


class Octets:
    """Request content that is there already, in pieces; no more than ``most`` octets, as on a connection."""

    def __init__(self, pieces: Iterable[bytes], most: int | None = None) -> None:
        self._pieces = pieces
        self._most = most

    async def __aiter__(self) -> AsyncIterator[bytes]:
        taken = 0
        for piece in self._pieces:
            taken += len(piece)
            if self._most is not None and taken > self._most:
                raise TooMuchContent
            yield piece

    async def read(self) -> bytes:
        return b"".join([piece async for piece in self])


def configured(root: Path, toml: str, files: Mapping[str, str] | None = None, *, writable: bool = False) -> Site:
    """A site with these files and this statuary.toml; what drop boxes keep is beside it."""
    directory = root / "site"
    directory.mkdir(exist_ok=True)
    for name, content in (files or {}).items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(content)
    (directory / "statuary.toml").write_text(toml)
    site = site_of(directory, writable=writable, state=str(root / "state"))
    asyncio.run(site.open())
    return site


def configured_over(root: Path, toml: str, files: Mapping[str, str] | None = None) -> ConfiguredSite:
    site = configured(root, toml, files)
    assert isinstance(site, ConfiguredSite)
    return site


def resource_of(site: Site, path: str = "/", method: str = "GET", now: int = NOW) -> Resource:
    found = site.resource(Request(method, path, authority="example.org"), now)
    assert isinstance(found, Resource)
    return found


def ask(
    site: Site,
    path: str = "/",
    method: str = "GET",
    content: bytes | None = None,
    *,
    fields: Mapping[str, str] | None = None,
    query: str | None = None,
    now: int = NOW,
    peer: str | None = None,
    authority: str | None = "example.org",
    chunked: bool = False,
) -> Respond:
    """The final answer to a request, its content read and the change made if it comes to that."""
    return asyncio.run(
        _ask(
            site,
            Request(
                method,
                path,
                Fields((fields or {}).items()),
                query=query,
                authority=authority,
                content_length=UNKNOWN_LENGTH if chunked else len(content) if content is not None else None,
                peer=peer,
            ),
            content or b"",
            now,
        )
    )


async def _ask(site: Site, request: Request, content: bytes, now: int) -> Respond:
    found = site.resource(request, now)
    resource = await found if isawaitable(found) else found
    decision = decide(request, resource, now)
    if not isinstance(decision, Perform):
        return decision
    half = len(content) // 2
    try:
        outcome = await site.perform(request, resource, Octets((content[:half], content[half:]), decision.most))
    except TooMuchContent:
        outcome = TooLarge()
    return conclude(request, resource, outcome)


def octets(answer: Respond) -> bytes:
    return b"".join(octets_at_hand(answer.content))
