"""What a rule is: a short function that looks at one message in its exchange and says what is wrong with it, or nothing.

A rule states to what it pertains (message, status, method, fields present or absent), so that it is called only where it
could speak, and carries the examples that it passes and fails. What the rules demand is in the chapters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from statuary import requirements
from statuary.message.fields import NO_FIELDS, Fields
from statuary.message.request import Request
from statuary.message.response import Exchange, Response

Role = Literal["server", "client", "intermediary"]
Part = Literal["request", "interim", "response"]
ROLES: tuple[Role, ...] = ("server", "client", "intermediary")

# Which of the parties that a requirement binds answer for a message: the sender of either, and the parties by name.
_ANSWERABLE: dict[tuple[Role, bool], frozenset[str]] = {
    ("server", True): frozenset({"origin", "sender"}),
    ("client", False): frozenset({"client", "sender"}),
    ("intermediary", True): frozenset({"proxy", "gateway", "sender"}),
    ("intermediary", False): frozenset({"proxy", "gateway", "sender"}),
}


class Seen:
    """One message, and the exchange around it.

    ``fields`` are the combined values of its header section by name in lower case. Of a request, ``status`` is 0,
    ``content`` is empty and ``response`` None. ``has_clock`` tells that some response among those judged has a Date.
    ``get`` gives the combined value of a field of this message, ``asked`` that of a field of the request.
    """

    __slots__ = (
        "asked",
        "content",
        "exchange",
        "fields",
        "get",
        "has_clock",
        "method",
        "request",
        "response",
        "section",
        "status",
    )

    def __init__(self, exchange: Exchange, response: Response | None, has_clock: bool = False) -> None:
        self.exchange = exchange
        self.has_clock = has_clock
        self.request: Request = exchange.request
        self.response = response
        self.method = exchange.request.method
        self.section: Fields = self.request.fields if response is None else response.fields
        self.fields = self.section.by_name
        self.status = 0 if response is None else response.status
        self.content = b"" if response is None else response.content
        # Attributes, since rules call them a dozen times for each message
        self.get: Callable[[str], str | None] = self.fields.get
        self.asked: Callable[[str], str | None] = self.request.fields.by_name.get

    @property
    def trailers(self) -> Fields:
        """The trailer section, empty where there is none."""
        return NO_FIELDS if self.response is None or self.response.trailers is None else self.response.trailers


Check = Callable[[Seen], str | None]
SequenceCheck = Callable[[Sequence[Seen]], Iterable[tuple[int, str]]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One property of messages.

    requirement    id of what demands it
    also           ids of what else is departed from by whatever the rule finds
    level          the BCP 14 word of that requirement, or STATED
    name           of the function
    on             the messages it is about
    roles          who answers for it
    statuses       codes, or classes as 1 to 5, that it pertains to; empty for all
    methods        of the request; empty for all
    present        fields of the message of which at least one has to be there; empty for no such condition
    absent         fields of the message of which none may be there
    asked          fields of the request of which at least one has to be there; empty for no such condition
    passes, fails  examples in the notation of ``examples``
    check          the property itself: what is wrong, or None
    """

    requirement: str
    level: str
    name: str
    on: tuple[Part, ...]
    roles: tuple[Role, ...]
    statuses: frozenset[int]
    methods: frozenset[str]
    present: frozenset[str]
    absent: frozenset[str]
    asked: frozenset[str]
    passes: tuple[str, ...]
    fails: tuple[str, ...]
    check: Check
    also: tuple[str, ...] = ()

    def pertains(self, on: Part, status: int, method: str, names: frozenset[str], asked: frozenset[str]) -> bool:
        """Whether it could speak of such a message."""
        return (
            on in self.on
            and (not self.statuses or status in self.statuses or status // 100 in self.statuses)
            and (not self.methods or method in self.methods)
            and (not self.present or not self.present.isdisjoint(names))
            and self.absent.isdisjoint(names)
            and (not self.asked or not self.asked.isdisjoint(asked))
        )


@dataclass(frozen=True, slots=True)
class SequenceRule:
    """One property of several exchanges about the same target: ``check`` gives the place and what is wrong there."""

    requirement: str
    level: str
    name: str
    roles: tuple[Role, ...]
    passes: tuple[str, ...]
    fails: tuple[str, ...]
    check: SequenceCheck
    also: tuple[str, ...] = ()


class Chapter:
    """The rules of one module, in the order in which they stand there."""

    def __init__(self) -> None:
        self.rules: list[Rule] = []
        self.sequence_rules: list[SequenceRule] = []

    def rule(
        self,
        requirement: str,
        *,
        also: Sequence[str] = (),
        on: str = "response",
        roles: tuple[Role, ...] = (),
        status: Iterable[int] = (),
        method: Iterable[str] = (),
        present: Iterable[str] = (),
        absent: Iterable[str] = (),
        asked: Iterable[str] = (),
        passes: Sequence[str],
        fails: Sequence[str],
    ) -> Callable[[Check], Check]:
        """Adds the function below to the chapter. ``on`` names messages; ``roles`` follow from whom the row binds."""
        row = requirements.lookup(requirement)
        parts: tuple[Part, ...] = tuple(part for part in _PARTS if part in on.split())

        def add(check: Check) -> Check:
            self.rules.append(
                Rule(
                    requirement=requirement,
                    level=row.level,
                    name=check.__name__,
                    on=parts,
                    roles=roles or _roles(row.binds, parts),
                    statuses=frozenset(status),
                    methods=frozenset(method),
                    present=frozenset(present),
                    absent=frozenset(absent),
                    asked=frozenset(asked),
                    passes=_some(passes),
                    fails=_some(fails),
                    check=check,
                    also=_known(also),
                )
            )
            return check

        return add

    def sequence_rule(
        self,
        requirement: str,
        *,
        also: Sequence[str] = (),
        roles: tuple[Role, ...] = (),
        passes: Sequence[str],
        fails: Sequence[str],
    ) -> Callable[[SequenceCheck], SequenceCheck]:
        """Adds a function that is given the final responses for one target, in order."""
        row = requirements.lookup(requirement)

        def add(check: SequenceCheck) -> SequenceCheck:
            who = roles or _roles(row.binds, ("response",))
            self.sequence_rules.append(
                SequenceRule(
                    requirement, row.level, check.__name__, who, _some(passes), _some(fails), check, _known(also)
                )
            )
            return check

        return add


_PARTS: tuple[Part, ...] = ("request", "interim", "response")


def _roles(binds: tuple[str, ...], parts: tuple[Part, ...]) -> tuple[Role, ...]:
    kinds = {part != "request" for part in parts}
    found = tuple(
        role
        for role in ROLES
        if any(not _ANSWERABLE.get((role, kind), frozenset()).isdisjoint(binds) for kind in kinds)
    )
    if not found:
        raise ValueError(f"nobody answers for it: {binds} on {parts}")
    return found


def _known(ids: Sequence[str]) -> tuple[str, ...]:
    return tuple(requirements.lookup(id).id for id in ids)


def _some(examples: Sequence[str]) -> tuple[str, ...]:
    if not examples:
        raise ValueError("a rule comes with an exchange that passes it and one that fails it")
    return tuple(examples)


_SHOWN = 60
_UNPRINTABLE = re.compile(r"[^\x20-\x7e]")


def shown(text: str) -> str:
    """Text of a message as part of a sentence of ours: bounded, and visible ASCII only."""
    cut = text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."
    return f"<{_UNPRINTABLE.sub('?', cut)}>"
