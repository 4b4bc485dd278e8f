"""Scenarios for intermediaries: what the client sends, what the upstream says, and every known outcome on both sides.

Values only. How they are written in files is for scenario_files.py, how they are played for playing.py;
docs/check-gateway.md explains both to who writes them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

from statuary.conformance.entries import requirements_of
from statuary.conformance.scenario import ResponseSeen, Step
from statuary.conformance.scripted.expectation import RequestsSeen
from statuary.conformance.scripted.server import Turns

Role = Literal["gateway", "proxy"]
ROLES: tuple[Role, ...] = get_args(Role)
Upstream = Literal["shared", "alone", "away"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way in which a play may end. All conditions that are given have to hold; the first that matches counts.

    why       the reason it is right, or what is wrong with it
    breaks    id of the requirement that it departs from; None where it is right
    received  what reached the upstream
    answers   what came back for each step that reads an answer, in order, None for whatever
    holds     names of judgements (judgements.py) that have to find nothing wrong
    """

    why: str
    breaks: str | None = None
    received: RequestsSeen | None = None
    answers: tuple[ResponseSeen | None, ...] = ()
    holds: tuple[str, ...] = ()

    def looks(self) -> str:
        """The conditions, in words for a report."""
        parts = []
        if self.received is not None:
            parts.append(f"upstream: {', '.join(self.received.parts()) or 'anything'}")
        parts += [f"answered {one.looks()}" for one in self.answers if one is not None]
        parts += [name.replace("_", " ") for name in self.holds]
        return "; ".join(parts) or "anything"


@dataclass(frozen=True, slots=True)
class ForwardingScenario:
    """One thing that is tried on a gateway, a proxy or both.

    id        "topic.name", stable
    title     what is tried, in a few words
    codes     the status codes it is about
    shows     ids of the requirements that it shows
    steps     what the client does, one after the other
    serve     what the upstream says to each request: actions, by path or in order
    outcomes  what may come of it
    roles     the roles of subjects that it is for
    upstream  whether the upstream has other plays' requests at the same time, this play's alone, or is away
    needs     what a subject has to be known to do (facts.py)
    otherwise what any other outcome breaks; or "inconclusive", "not applicable"
    astray    what a connection breaks which afterwards is neither closed nor in step; None where that is no fault
    fix       what to change in a subject that fails; empty where the outcomes say it all
    source    the file it stands in
    """

    id: str
    title: str
    codes: tuple[int, ...]
    shows: tuple[str, ...]
    steps: tuple[Step, ...]
    serve: Turns
    outcomes: tuple[Outcome, ...]
    roles: tuple[Role, ...] = ROLES
    upstream: Upstream = "shared"
    needs: tuple[str, ...] = ()
    otherwise: str = "inconclusive"
    astray: str | None = "rfc9112-9.3-5"
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
    def waits(self) -> float:
        """Seconds that pass in it without anything to be done."""
        turns = self.serve.values() if hasattr(self.serve, "values") else self.serve
        said = sum(float(text[6:]) for turn in turns for text in turn if text.startswith("pause "))
        return said + sum(step.pause for step in self.steps)
