"""Scenarios for clients: what a client is told to do, what the server says to each request, and every known outcome.

Values only. How they are written in files is for scenario_files.py, how they are played for playing.py;
docs/check-client.md explains both to who writes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from statuary.conformance.entries import requirements_of
from statuary.conformance.scripted.expectation import RequestsSeen

ERROR = "error"
NOTHING = "nothing"
REPORTED = (ERROR, NOTHING)
"""What a client may come to besides a status: it reported a failure, or nothing in time."""
ANY = "any"


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing that the client is told to do. Texts may have placeholders (template.py).

    send         a request in the notation of requests.py; its target may begin with an origin's name: ``GET b/path``
    expect       ask it to send the expectation 100-continue and wait
    credentials  user name and password that it may use, ``alice:wonderland``
    proxy        use this origin as its forward proxy; the target is an absolute URI then
    resume       the start of the content that it has already
    fragment     of the URI that it is told
    unsized      its content is given without its length being known
    """

    send: str
    expect: bool = False
    credentials: str | None = None
    proxy: str | None = None
    resume: str | None = None
    fragment: str = ""
    unsized: bool = False


@dataclass(frozen=True, slots=True)
class Outcome(RequestsSeen):
    """One way in which a play may end. All conditions that are given have to hold; the first that matches counts.

    why         the reason it is right, or what is wrong with it
    breaks      id of the requirement that it departs from; None where it is right
    status      what the client reported in the end: codes, classes, "error", "nothing" (in time)
    statuses    what it reported of each thing that it was told
    got         the content it reported in the end, or a pattern in slashes
    url         the URI that it reported to have ended at, or a pattern in slashes
    holds       names of judgements (judgements.py) that have to find nothing wrong
    """

    why: str
    breaks: str | None = None
    status: tuple[str, ...] = ()
    statuses: tuple[str, ...] | None = None
    got: str | None = None
    url: str | None = None
    holds: tuple[str, ...] = ()

    def looks(self) -> str:
        """The conditions, in words for a report."""
        parts = self.parts()
        if self.status:
            parts.append(f"reports {' or '.join(self.status)}")
        if self.statuses is not None:
            parts.append(f"reports {', '.join(self.statuses)}")
        if self.got is not None:
            parts.append(f"with the content {self.got}" if self.got else "with no content")
        if self.url is not None:
            parts.append(f"ends at {self.url}")
        parts += [name.replace("_", " ") for name in self.holds]
        return ", ".join(parts) or "anything"


@dataclass(frozen=True, slots=True)
class ClientScenario:
    """One thing that is tried on a client.

    id        "topic.name", stable
    title     what is tried, in a few words
    codes     the status codes it is about
    shows     ids of the requirements that it shows
    ask       what the client is told, one after the other
    serve     what the server says to each request: actions (answers.py), by path or in order
    outcomes  what may come of it
    needs     what a client has to be able to do, besides what ``ask`` implies
    seconds   how long the client has
    otherwise what any other outcome breaks; or "inconclusive", "not applicable"
    fix       what to change in a client that fails; empty where the outcomes say it all
    source    the file it stands in
    """

    id: str
    title: str
    codes: tuple[int, ...]
    shows: tuple[str, ...]
    ask: tuple[Ask, ...]
    serve: tuple[tuple[str, ...], ...] | Mapping[str, tuple[str, ...]]
    outcomes: tuple[Outcome, ...]
    needs: tuple[str, ...] = ()
    seconds: float = 5.0
    otherwise: str = "inconclusive"
    fix: str = ""
    source: str = field(default="", compare=False)

    @property
    def requirements(self) -> frozenset[str]:
        """Ids of all that it shows or finds broken."""
        return requirements_of(self.shows, (outcome.breaks for outcome in self.outcomes), (self.otherwise,))

    @property
    def after(self) -> tuple[str, ...]:
        """None comes after another."""
        return ()

    @property
    def texts(self) -> tuple[str, ...]:
        """All texts that may have placeholders."""
        turns = self.serve.values() if isinstance(self.serve, Mapping) else self.serve
        asked = [text for one in self.ask for text in (one.send, one.proxy or "", one.resume or "")]
        known = [text for one in self.outcomes for _, text in one.fields]
        return (*asked, *(action for turn in turns for action in turn), *known)
