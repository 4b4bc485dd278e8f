"""A site with a configuration over it: what the rules of statuary.toml say is put over the Resource that the site gives.

What rules there are for a path is found once and remembered, and so is what they make of a Resource, as long as the site
gives the same one. A path that no rule is for costs one look into a dictionary.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable
from dataclasses import replace
from inspect import isawaitable
from typing import TypeVar

from statuary.message.request import Request
from statuary.origin_server.configuration import Configuration, read_configuration
from statuary.origin_server.content_codings import CorruptContent, decoded, without_codings
from statuary.origin_server.directory import DirectoryOptions, DirectorySite
from statuary.origin_server.drop_box import DropBox
from statuary.origin_server.forms import submit
from statuary.origin_server.path_patterns import Names, PathIndex, PathPattern
from statuary.origin_server.paths import names_in
from statuary.origin_server.quota import BoundedContent, Quota
from statuary.origin_server.rate_limit import RateLimit
from statuary.origin_server.site import RequestContent, Site, Switched, WantedFailure
from statuary.origin_server.site_memory import SiteMemory
from statuary.origin_server.site_rules import (
    DropBoxRule,
    FailRule,
    FormRule,
    MovedRule,
    RateRule,
    Rule,
    Where,
    WritableRule,
)
from statuary.origin_server.status_pages import StatusPages
from statuary.semantics.authentication import Authenticated
from statuary.semantics.decision.outcome import Created, Done, Malformed, Outcome
from statuary.semantics.resource import Resource, TooManyRequests

MOST_PATHS = 4096
LONGEST_PATH = 512
"""Longer ones are not remembered, so that all of them together stay small."""
MOST_OCTETS = 64 * 1024 * 1024
"""Content in memory that remembered Resources may hold on to."""
MOST_NONCES = 10_000

ANYTHING = Resource()
"""What is below a rule for which it makes no difference."""
NOWHERE = Resource(exists=False)

R = TypeVar("R", bound=Rule)


def site_of(
    directory: str | os.PathLike[str],
    *,
    writable: bool = False,
    listings: bool = True,
    state: str | None = None,
    memory: SiteMemory | None = None,
) -> DirectorySite | ConfiguredSite:
    """``directory`` as a site, under its statuary.toml if it has one. Raises ConfigurationError.

    ``writable`` and ``listings`` are what the command line says; the file can add the one and take away the other.
    ``state`` is a directory for what drop boxes keep; by default a hidden one in the directory itself, where that can
    be written, or else a temporary one. Call it before workers are forked: they share its secrets and its state; a site
    that takes its place later shares the ``memory``.
    """
    configuration = read_configuration(directory)
    options = configuration.directory
    options = replace(options, writable=options.writable or writable, listings=options.listings and listings)
    below = DirectorySite(directory, options)
    if configuration.is_empty():
        return below
    return ConfiguredSite(below, configuration, state=state, memory=memory)


class Place:
    """What is configured for one path, and what came of it last time."""

    __slots__ = (
        "below",
        "box",
        "fails",
        "form",
        "instead",
        "names",
        "over",
        "page",
        "quota",
        "rates",
        "rules",
        "under",
    )

    def __init__(self, below: Site) -> None:
        self.below = below
        self.names: Names = ()
        self.rules: list[tuple[Rule, Where]] = []
        self.rates: list[RateLimit] = []
        self.quota: Quota | None = None
        self.form: FormRule | None = None
        self.box: tuple[DropBox, Names] | None = None
        self.page: Names | None = None
        """The names after the path of the status pages."""
        self.fails = False
        self.instead: Resource | None = None
        """What the rules are put over when it makes no difference what is below."""
        self.under: Resource | None = None
        self.over: Resource | None = None


class ConfiguredSite(Site):
    """Serves ``below`` as ``configuration`` says."""

    def __init__(
        self,
        below: Site,
        configuration: Configuration,
        *,
        state: str | None = None,
        memory: SiteMemory | None = None,
    ) -> None:
        memory = SiteMemory() if memory is None else memory
        self.configuration = configuration
        self.server_name = configuration.server
        self._below = below
        self._key = memory.key
        self._nonce_counts = memory.nonce_counts
        self._now = 0
        self._places: dict[str, Place | None] = {}
        self._held = 0
        kinds = dict.fromkeys(type(rule) for rule in configuration.rules)
        self._rules = {kind: PathIndex(configuration.rules_of(kind)) for kind in kinds}
        self._rates = memory.rates(self._all(RateRule))
        self._writable = self._writable_sites()
        boxes = self._all(DropBoxRule)
        if boxes:
            root = below.root if isinstance(below, DirectorySite) else None
            state = memory.state_directory(root) if state is None else state
        self._boxes = PathIndex(
            (PathPattern(pattern.names, below=True), DropBox(pattern, rule.seconds, state))
            for rule in boxes
            for pattern in rule.path
            if state is not None
        )
        self._pages = StatusPages(configuration.status) if configuration.status is not None else None

    def _all(self, kind: type[R]) -> list[R]:
        return [rule for rule in self.configuration.rules if isinstance(rule, kind)]

    def _writable_sites(self) -> dict[int, DirectorySite]:
        """For each [[writable]] the directory as a site that is; rules that ask for the same share one."""
        sites: dict[DirectoryOptions, DirectorySite] = {}
        found: dict[int, DirectorySite] = {}
        for rule in self._all(WritableRule):
            if not isinstance(self._below, DirectorySite):
                raise ValueError("[[writable]] is for a directory")
            options = self._below.options
            options = replace(options, writable=True, tombstones=options.tombstones or rule.tombstones)
            found[id(rule)] = sites.setdefault(options, DirectorySite(self._below.root, options))
        return found

    def prepare(self) -> None:
        """Make sure that what is to be writable is. Raises OSError."""
        for site in self._sites():
            if isinstance(site, DirectorySite):
                site.prepare()

    async def open(self) -> None:
        for site in self._sites():
            await site.open()

    async def close(self) -> None:
        for site in self._sites():
            await site.close()

    def _sites(self) -> list[Site]:
        return [self._below, *dict.fromkeys(self._writable.values())]

    # What is asked for every request

    def resource(self, request: Request, now: int) -> Resource | Awaitable[Resource]:
        path = request.path
        try:
            place = self._places[path]
        except KeyError:
            place = self._remembered(path)
        if place is None:
            return self._below.resource(request, now)
        under = self._under(place, request, now)
        if type(under) is not Resource:
            assert isawaitable(under)
            return self._resource_later(place, request, now, under)
        return self._over(place, request, now, under)

    async def _resource_later(self, place: Place, request: Request, now: int, under: Awaitable[Resource]) -> Resource:
        return self._over(place, request, now, await under)

    def _under(self, place: Place, request: Request, now: int) -> Resource | Awaitable[Resource]:
        """The Resource that the rules are put over."""
        self._now = now
        if place.page is not None:
            assert self._pages is not None
            return self._pages.resource(request, place.page)
        if place.box is not None and place.box[1]:
            box, rest = place.box
            found = box.resource(rest, now)
            if found is not None:
                return found
        if place.instead is not None:
            return place.instead
        return place.below.resource(request, now)

    def _over(self, place: Place, request: Request, now: int, under: Resource) -> Resource:
        resource = (
            place.over if under is place.under and place.over is not None else self._combined(place, request, under)
        )
        if place.fails and resource.unavailable is None:
            raise WantedFailure("[[fail]] wants it to")
        if place.rates:
            resource = self._rated(place, request, now, resource)
        if place.quota is not None and request.method == "PUT":
            free = place.quota.free_octets(place.names)
            if resource.free_octets is not None:
                free = min(free, resource.free_octets)
            resource = replace(resource, free_octets=free)
        return resource

    def _combined(self, place: Place, request: Request, under: Resource) -> Resource:
        resource = under
        for rule, where in place.rules:
            resource = rule.over(resource, where)
        if place.box is not None and not place.box[1]:
            resource = place.box[0].taking(resource)
        if self.configuration.authorities is not None and resource.authorities is None:
            resource = replace(resource, authorities=self.configuration.authorities)
        if request.method in ("GET", "HEAD") and self._places.get(request.path) is place:
            self._remember(place, under, resource)
        return resource

    def _remember(self, place: Place, under: Resource, over: Resource) -> None:
        self._held += _octets_of(under) - (_octets_of(place.under) if place.under is not None else 0)
        place.under, place.over = under, over
        if self._held > MOST_OCTETS:
            self._forget()

    def _forget(self) -> None:
        self._places.clear()
        self._held = 0

    def _rated(self, place: Place, request: Request, now: int, resource: Resource) -> Resource:
        waits = [wait for rate in place.rates if (wait := rate.take(request.peer, now)) is not None]
        return replace(resource, too_many=TooManyRequests(max(waits))) if waits else resource

    # What rules there are for a path

    def _remembered(self, path: str) -> Place | None:
        place = self._place_of(path)
        if len(path) <= LONGEST_PATH:
            if len(self._places) >= MOST_PATHS:
                self._forget()
            self._places[path] = place
        return place

    def _place_of(self, path: str) -> Place | None:
        decoded_names = names_in(path)
        # What can name nothing is under the rules for everything, and under no other
        names = () if decoded_names is None else tuple(decoded_names)
        place = Place(self._below)
        place.names = names
        for kind, index in self._rules.items():
            if decoded_names is not None or kind is not MovedRule:
                self._apply(kind, index, place)
        found = self._boxes.find(names)
        if found is not None:
            rest = found[0].rest(names)
            place.box = found[1], rest
        if self._pages is not None and self._pages.pattern.covers(names):
            place.page = self._pages.pattern.rest(names)
        if place.fails or any(rule.precedes for rule, _ in place.rules):
            place.instead = ANYTHING
        elif decoded_names is None and path.startswith("/"):
            place.instead = NOWHERE
        nothing = not (place.rules or place.rates or place.quota or place.box or place.fails)
        if nothing and place.page is None and place.below is self._below and self.configuration.authorities is None:
            return None
        return place

    def _apply(self, kind: type[Rule], index: PathIndex[Rule], place: Place) -> None:
        covering = list(index.covering(place.names))
        if kind.guards:
            for alias in aliases(place.names):
                covering += index.covering(alias)
            covering.sort(key=lambda item: (item[0].below, -len(item[0].names)))
        if not kind.adds_up:
            covering = covering[:1]
        for pattern, rule in reversed(covering):
            match rule:
                case RateRule():
                    place.rates.append(self._rates[rule])
                case FailRule():
                    place.fails = True
                case WritableRule():
                    site = self._writable[id(rule)]
                    place.below = site
                    place.quota = Quota(site.root, rule.path, rule.quota) if rule.quota is not None else None
                case DropBoxRule():
                    pass
                case _:
                    if isinstance(rule, FormRule):
                        place.form = rule
                    place.rules.append((rule, Where(place.names, pattern, self._key, self._nonce_counts)))

    # What is done

    async def perform(self, request: Request, resource: Resource, content: RequestContent) -> Outcome:
        place = self._places[request.path] if request.path in self._places else self._place_of(request.path)
        if place is None:
            return await self._below.perform(request, resource, content)
        is_coded = "content-encoding" in request.fields
        if is_coded:
            # Whoever performs it sees a request as it would have been without
            content = decoded(request, content, resource.content.most)
            request = without_codings(request)
        if place.quota is not None and resource.free_octets is not None:
            content = BoundedContent(content, resource.free_octets)
        try:
            outcome = await self._perform(place, request, resource, content)
        except CorruptContent:
            return Malformed("The content is not what its Content-Encoding says.")
        if is_coded and isinstance(outcome, Created | Done):
            # Stored otherwise than it was sent, so without the validators: rfc9110-9.3.4-6
            outcome = replace(outcome, representation=None)
        return outcome

    async def _perform(self, place: Place, request: Request, resource: Resource, content: RequestContent) -> Outcome:
        if place.page is not None:
            assert self._pages is not None
            return await self._pages.perform(request, place.page, content)
        if request.method == "POST" and place.form is not None:
            return await submit(place.form, request, content)
        if request.method == "POST" and place.box is not None and not place.box[1]:
            return await place.box[0].take(request, content, self._now)
        return await place.below.perform(request, resource, content)

    def authenticated(self, who: Authenticated) -> None:
        if who.nonce is not None:
            self._nonce_counts[who.nonce] = max(who.count, self._nonce_counts.get(who.nonce, 0))
            while len(self._nonce_counts) > MOST_NONCES:
                del self._nonce_counts[next(iter(self._nonce_counts))]
        self._below.authenticated(who)

    def switch(self, protocol: str, transport: asyncio.Transport) -> Switched:
        if protocol != "websocket":
            return self._below.switch(protocol, transport)
        from statuary.origin_server.websocket_echo import WebSocketEcho

        return WebSocketEcho(transport)


def aliases(names: Names) -> list[Names]:
    """Other names under which the same content is guarded: a directory's index, and the file that was precompressed."""
    if not names:
        return []
    *parents, last = names
    if not last:
        return [(*parents, "index.html")]
    stem, dot, ending = last.rpartition(".")
    return [(*parents, stem)] if dot and ending in ("gz", "br", "zst") else []


def _octets_of(resource: Resource) -> int:
    return sum(len(variant.source) for variant in resource.variants if isinstance(variant.source, bytes))
