"""Scenarios: what is sent to a server to see how it answers, and every answer that is known, with its reason.

Values only. How they are written in files is for scenario_files.py, how they are played for player.py; docs/scenarios.md
explains both to who writes them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from statuary.conformance.entries import requirements_of

Read = Literal["response", "interim", "nothing"]
End = Literal["closed", "open", "astray"]

NO_ANSWER = "none"
SILENCE = "silence"
GARBAGE = "garbage"
ALONE = "a"
"""The label of the connection of a scenario that needs only one."""
_LONG = 0.2  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseSeen:
    """Conditions on what came for a request. All that are given have to hold.

    status   codes ("304"), classes ("4xx"), "none" (the connection ended without an answer), "silence" (nothing came in
             time), "garbage" (what came is no response)
    interim  the codes of all interim responses before, in order; None for whatever
    has      fields that have to be there
    lacks    fields that may not be there
    fields   fields with their value; one between slashes is a pattern that has to be found in it
    content  the whole content, or a pattern in slashes; None for whatever
    whole    whether the response was complete; None for whatever
    end      what becomes of the connection: the peer closes it, or answers the next request on it
    holds    names of judgements (judgements.py) that have to find nothing wrong
    """

    status: tuple[str, ...] = ()
    interim: tuple[int, ...] | None = None
    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    content: str | None = None
    whole: bool | None = None
    end: End | None = None
    holds: tuple[str, ...] = ()

    def looks(self) -> str:
        """The conditions, in words for a report."""
        parts = [" or ".join(self.status)] if self.status else []
        if self.interim is not None:
            parts.append(f"after {' '.join(map(str, self.interim))}" if self.interim else "without interim response")
        parts += [f"with {name}" for name in self.has]
        parts += [f"without {name}" for name in self.lacks]
        parts += [f"with {name}: {value}" for name, value in self.fields]
        if self.content is not None:
            parts.append(f"with the content {self.content}" if self.content else "without content")
        if self.whole is not None:
            parts.append("complete" if self.whole else "seen to be incomplete")
        parts += [name.replace("_", " ") for name in self.holds]
        if self.end is not None:
            parts.append({"closed": "and closes", "open": "and stays open", "astray": "and is out of step"}[self.end])
        return ", ".join(parts) or "anything"


@dataclass(frozen=True, slots=True)
class Outcome(ResponseSeen):
    """One answer that a step may get. The first outcome whose conditions hold counts.

    why      the reason it is right, or what is wrong with it
    breaks   id of the requirement that it departs from; None where the answer is right
    finishes whether the scenario is over with this answer, though steps remain
    """

    why: str
    breaks: str | None = None
    finishes: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """Something sent, and what is read then. Texts may have placeholders (template.py) for what is known of the subject.

    send        requests in the notation of requests.py, sent at once
    raw         octets (Latin-1), each piece sent by itself
    method      of the requests that ``raw`` makes; empty for one, whose method it names or which it goes on with
    connection  label of the connection; it is opened when first used
    pause       seconds to wait before sending
    half_close  say that nothing more will be sent
    read        a final response, or the next one of any kind, or nothing yet
    repeat      how often the step is done at most, until a status in ``until`` comes
    seconds     to wait for the answer, where that is not the usual; a placeholder may stand for them
    keep        facts to take from the answer for later steps: name to field name, or "@content", "@status"
    answers     what may come
    otherwise   what any other answer breaks; or "inconclusive", "not applicable"
    """

    send: tuple[str, ...] = ()
    raw: tuple[str, ...] = ()
    method: tuple[str, ...] = ()
    connection: str = ALONE
    pause: float = 0.0
    half_close: bool = False
    read: Read = "response"
    repeat: int = 1
    until: tuple[str, ...] = ()
    seconds: str | None = None
    keep: tuple[tuple[str, str], ...] = ()
    answers: tuple[Outcome, ...] = ()
    otherwise: str = "inconclusive"


@dataclass(frozen=True, slots=True)
class Scenario:
    """One thing that is tried.

    id      "topic.name", stable
    title   what is tried, in a few words
    codes   the status codes it is about
    shows   ids of the requirements that it shows
    steps   what is done; the last one has the answers that are judged
    needs   facts that have to be known of the subject, besides those in placeholders
    after   ids of scenarios that have to pass first
    astray  what a connection breaks which afterwards is neither closed nor in step; None where that is no fault
    fix     what to change in a subject that fails; empty where the answers say it all
    source  the file it stands in
    """

    id: str
    title: str
    codes: tuple[int, ...]
    shows: tuple[str, ...]
    steps: tuple[Step, ...]
    needs: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    astray: str | None = "rfc9112-9.3-5"
    fix: str = ""
    source: str = field(default="", compare=False)

    @property
    def requirements(self) -> frozenset[str]:
        """Ids of all that it shows or finds broken."""
        broken = (outcome.breaks for step in self.steps for outcome in step.answers)
        return requirements_of(self.shows, broken, (step.otherwise for step in self.steps))

    @property
    def waits(self) -> bool:
        """Whether time passes in it without anything to be done."""
        return any(step.pause >= _LONG or step.seconds is not None for step in self.steps)

    @property
    def writes(self) -> bool:
        """Whether it may leave something in the writable area."""
        return any("{new" in text for step in self.steps for text in (*step.send, *step.raw))

    @property
    def needs_octets(self) -> bool:
        """Whether it is about octets or the connection, so that it can't be played where there are only messages."""
        return any(
            step.raw
            or step.half_close
            or len(step.send) > 1
            or any(_CONNECTION_SPECIFIC.search(text) for text in step.send)
            or any(outcome.end or outcome.interim for outcome in step.answers)
            for step in self.steps
        )


# What a server deals with before any application sees the request
_CONNECTION_SPECIFIC = re.compile(
    r" \| (?:host|connection|content-length|transfer-encoding|te|trailer|expect|upgrade|keep-alive) *:"
    r"| HTTP/[0-9.]+(?: \||$)|^\S+ [^/{]|^CONNECT |^TRACE |\*\d\d\d\d",
    re.IGNORECASE,
)
