"""Hosts that are not there: they answer as a site says, and count what they were asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from http.cookiejar import CookieJar

from statuary.link_editor.ask import Answered
from statuary.link_editor.verdict import Hop


@dataclass(frozen=True, slots=True)
class Says:
    """An answer; ``anchors`` are what is called something in the page, None where nobody can tell."""

    status: int | None
    to: str | None = None
    fragment: str | None = None
    after: float | None = None
    anchors: frozenset[str] | None = None


Site = Callable[[str, str], Says]


class Fake:
    """Answers a request as the site says of its method and URI."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self.asked: list[tuple[str, str]] = []

    async def __call__(
        self, method: str, uri: str, *, names: Collection[str] = (), jar: CookieJar | None = None
    ) -> Answered:
        await asyncio.sleep(0)
        self.asked.append((method, uri))
        says = self._site(method, uri)
        hop = Hop(uri, says.status, "timeout" if says.status is None else None, says.to, says.fragment)
        named = {one: None if says.anchors is None else one in says.anchors for one in names}
        return Answered(hop, says.after, named)


def site_of(answers: Mapping[str, Says]) -> Site:
    """What isn't mentioned is missing."""
    return lambda method, uri: answers.get(uri, Says(404))
