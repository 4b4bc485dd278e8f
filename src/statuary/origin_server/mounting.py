"""A site mounted below a prefix: the site goes on speaking of paths from its own root, and its peers are told the whole ones.

Everything that turns a site's path into the path of a target URI, or back, lives here.
"""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import quote

from statuary.message.fields import FieldLine
from statuary.message.request import Request
from statuary.origin_server.site import RequestContent, Site
from statuary.semantics.authentication import Authenticated
from statuary.semantics.decision.outcome import Accepted, Created, Done, Outcome, Overtaken, SeeOther
from statuary.semantics.resource import Moved, Representation, Resource

# Fields whose value is one URI reference: RFC 9110 sections 8.7 and 10.2.2
_REFERENCES = frozenset({"location", "content-location"})
# In a Link, what begins a target that is an absolute-path (RFC 3986 section 3.3); and quoted strings, to pass them over
_LINK_TARGET = re.compile(r'<(?=/(?!/))|"(?:[^"\\]|\\.)*+"')


def split_path(path: str, root: str) -> tuple[str, str]:
    """The prefix and the rest of ``path``, percent-encoded both, where ``root`` is what the prefix is decoded.

    A path that does not begin with ``root`` had it taken away already, by a gateway say: it is the rest, whole.
    """
    root = root.rstrip("/")
    end = _end_of(root.encode(), path)
    if end is not None and path[end : end + 1] in ("", "/"):
        return path[:end], path[end:]
    return quote(root, safe="/!$&'()*+,;=:@~"), path


def _end_of(root: bytes, path: str) -> int | None:
    """Where ``root`` ends in the percent-encoded ``path``; None if that doesn't begin with it."""
    at = 0
    for octet in root:
        step = 3 if path[at : at + 1] == "%" else 1
        text = path[at : at + step]
        if not text or (int(text[1:], 16) if step == 3 else ord(text)) != octet:
            return None
        at += step
    return at


def below(prefix: str, reference: str) -> str:
    """``reference``, prefixed if it is a path from the site's root: not one with a scheme, a host, or relative."""
    return prefix + reference if reference.startswith("/") and not reference.startswith("//") else reference


class MountedSite(Site):
    """``site`` below ``prefix``, for one request."""

    def __init__(self, site: Site, prefix: str) -> None:
        self._site = site
        self._prefix = prefix
        self._own: Resource | None = None

    async def resource(self, request: Request, now: int) -> Resource:
        if not request.path and request.method != "CONNECT":
            # The mount itself, without the slash from which relative references count
            return Resource(moved=Moved(308, self._prefix + "/"))
        found = self._site.resource(request, now)
        self._own = found if isinstance(found, Resource) else await found
        return self._moved_resource(self._own)

    async def perform(self, request: Request, resource: Resource, content: RequestContent) -> Outcome:
        assert self._own is not None
        return self._moved_outcome(await self._site.perform(request, self._own, content))

    def authenticated(self, who: Authenticated) -> None:
        self._site.authenticated(who)

    def _moved_resource(self, resource: Resource) -> Resource:
        if (
            resource.moved is None
            and not resource.hints
            and not resource.fields
            and all(variant.location is None and not variant.fields for variant in resource.variants)
        ):
            return resource
        moved = resource.moved
        return replace(
            resource,
            variants=tuple(self._moved_representation(variant) for variant in resource.variants),
            moved=moved and replace(moved, location=below(self._prefix, moved.location)),
            hints=tuple(self._moved_links(hint) for hint in resource.hints),
            fields=self._moved_lines(resource.fields),
        )

    def _moved_representation(self, representation: Representation) -> Representation:
        location = representation.location
        if location is None and not representation.fields:
            return representation
        return replace(
            representation,
            location=location and below(self._prefix, location),
            fields=self._moved_lines(representation.fields),
        )

    def _moved_outcome(self, outcome: Outcome) -> Outcome:
        match outcome:
            case Created(location, representation, report):
                location = location and below(self._prefix, location)
                return Created(location, representation, report and self._moved_representation(report))
            case Done(representation, report):
                return Done(representation, report and self._moved_representation(report))
            case Accepted(monitor):
                return replace(outcome, monitor=monitor and below(self._prefix, monitor))
            case SeeOther(location):
                return SeeOther(below(self._prefix, location))
            case Overtaken(answer):
                answer.fields = self._moved_lines(answer.fields)
        return outcome

    def _moved_lines(self, lines: tuple[FieldLine, ...]) -> tuple[FieldLine, ...]:
        return tuple((name, self._moved_value(name.lower(), value)) for name, value in lines)

    def _moved_value(self, name: str, value: str) -> str:
        if name in _REFERENCES:
            return below(self._prefix, value)
        return self._moved_links(value) if name == "link" else value

    def _moved_links(self, value: str) -> str:
        return _LINK_TARGET.sub(lambda found: f"<{self._prefix}" if found[0] == "<" else found[0], value)
