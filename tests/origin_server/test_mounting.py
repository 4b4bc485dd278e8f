"""From whole paths to those that a mounted site knows, and back."""

from __future__ import annotations

import asyncio

import pytest

from statuary.message.request import Request
from statuary.origin_server.mounting import MountedSite, below, split_path
from statuary.origin_server.site import RequestContent, Site
from statuary.semantics.authentication import Authenticated
from statuary.semantics.decision.answers import Respond
from statuary.semantics.decision.outcome import (
    Accepted,
    Conflict,
    Created,
    Done,
    Outcome,
    Overtaken,
    ResetView,
    SeeOther,
)
from statuary.semantics.resource import Moved, Representation, Resource


@pytest.mark.parametrize(
    ("path", "root", "prefix", "rest"),
    [
        ("/m/a", "/m", "/m", "/a"),
        ("/m/a", "/m/", "/m", "/a"),
        ("/m/", "/m", "/m", "/"),
        ("/m", "/m", "/m", ""),
        ("/m/m/a", "/m/m", "/m/m", "/a"),
        ("/%6d/a", "/m", "/%6d", "/a"),
        ("/a%20b/c", "/a b", "/a%20b", "/c"),
        ("/%C3%A4/c", "/ä", "/%C3%A4", "/c"),
        # A name that only begins so is another one, and so is one with a slash inside
        ("/mm/a", "/m", "/m", "/mm/a"),
        ("/m%2Fa", "/m", "/m", "/m%2Fa"),
        # Taken away already
        ("/a", "/m", "/m", "/a"),
        ("/a", "/ä b", "/%C3%A4%20b", "/a"),
        ("/", "/m/n", "/m/n", "/"),
        ("/a", "/", "", "/a"),
    ],
)
def test_split_path(path: str, root: str, prefix: str, rest: str) -> None:
    assert split_path(path, root) == (prefix, rest)


@pytest.mark.parametrize(
    ("reference", "whole"),
    [
        ("/a?b#c", "/m/a?b#c"),
        ("/", "/m/"),
        ("a", "a"),
        ("../a", "../a"),
        ("?b", "?b"),
        ("//example.org/a", "//example.org/a"),
        ("https://example.org/a", "https://example.org/a"),
    ],
)
def test_below(reference: str, whole: str) -> None:
    assert below("/m", reference) == whole


class Told(Site):
    """Says what it is told to say."""

    def __init__(self, resource: Resource, outcome: Outcome | None = None) -> None:
        self._resource = resource
        self._outcome = outcome
        self.performed: list[tuple[str, Resource]] = []
        self.users: list[Authenticated] = []

    def resource(self, request: Request, now: int) -> Resource:
        return self._resource

    async def perform(self, request: Request, resource: Resource, content: RequestContent) -> Outcome:
        self.performed.append((request.path, resource))
        assert self._outcome is not None
        return self._outcome

    def authenticated(self, who: Authenticated) -> None:
        self.users.append(who)


class NoContent:
    async def read(self) -> bytes:
        return b""


def mounted(resource: Resource) -> Resource:
    return asyncio.run(MountedSite(Told(resource), "/m").resource(Request("GET", "/a"), 0))


def test_resource_without_paths_stays_the_same() -> None:
    resource = Resource(variants=(Representation(b"a", "text/plain", 1),))
    assert mounted(resource) is resource


def test_resource_with_paths() -> None:
    plain = Representation(b"a", "text/plain", 1)
    here = Representation(b"b", "text/html", 1, location="/b.html", fields=(("Link", "</c>; rel=next"),))
    resource = Resource(
        variants=(plain, here),
        moved=Moved(301, "/d"),
        hints=("</e>; rel=preload",),
        fields=(("Link", '</f>; title="a, </g>", <h>; rel=x, <https://example.org/>,</i>'), ("X-Path", "/j")),
    )
    whole = mounted(resource)
    assert whole.variants[0] is plain
    assert whole.variants[1].location == "/m/b.html"
    assert whole.variants[1].fields == (("Link", "</m/c>; rel=next"),)
    assert whole.moved == Moved(301, "/m/d")
    assert whole.hints == ("</m/e>; rel=preload",)
    links = '</m/f>; title="a, </g>", <h>; rel=x, <https://example.org/>,</m/i>'
    assert whole.fields == (("Link", links), ("X-Path", "/j"))


REPORT = Representation(b"r", "text/plain", 1, location="/r")
WHOLE_REPORT = Representation(b"r", "text/plain", 1, location="/m/r")


@pytest.mark.parametrize(
    ("outcome", "whole"),
    [
        (Created("/a"), Created("/m/a")),
        (Created(None, None, REPORT), Created(None, None, WHOLE_REPORT)),
        (Done(None, REPORT), Done(None, WHOLE_REPORT)),
        (Done(), Done()),
        (Accepted("/a", 5), Accepted("/m/a", 5)),
        (Accepted(), Accepted()),
        (SeeOther("/a"), SeeOther("/m/a")),
        (SeeOther("https://example.org/"), SeeOther("https://example.org/")),
        (ResetView(), ResetView()),
        (Conflict("/a is in the way"), Conflict("/a is in the way")),
        (Overtaken(Respond(301, (("Location", "/a"),))), Overtaken(Respond(301, (("Location", "/m/a"),)))),
    ],
)
def test_outcome(outcome: Outcome, whole: Outcome) -> None:
    own = Resource(fields=(("Link", "</a>"),), methods=("POST",))
    told = Told(own, outcome)
    site = MountedSite(told, "/m")

    async def perform() -> Outcome:
        request = Request("POST", "/x")
        resource = await site.resource(request, 0)
        return await site.perform(request, resource, NoContent())  # type: ignore[arg-type]

    assert asyncio.run(perform()) == whole
    # The site is given what it said itself
    assert told.performed == [("/x", own)]


def test_user() -> None:
    told = Told(Resource())
    MountedSite(told, "/m").authenticated(Authenticated("ada"))
    assert told.users == [Authenticated("ada")]
