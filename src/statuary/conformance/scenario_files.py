"""Scenarios in files: TOML to values, with every mistake named by file and scenario.

What a file may say is what is read here; scenario.schema.json says the same for other languages, and a test holds both
together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from functools import cache
from typing import Any, get_args

from statuary.conformance.entries import EntryReader, entries, listed, packaged_files, together
from statuary.conformance.facts import is_fact
from statuary.conformance.judgements import JUDGEMENTS
from statuary.conformance.requests import facts_of_request
from statuary.conformance.scenario import GARBAGE, NO_ANSWER, SILENCE, End, Outcome, Read, Scenario, Step

_LABEL = re.compile(r"[a-z][a-z0-9]*")
STEP_KEYS = frozenset(field.name for field in fields(Step))
_SCENARIO_KEYS = frozenset(field.name for field in fields(Scenario)) - {"source"}
_OUTCOME_KEYS = frozenset(field.name for field in fields(Outcome))
_NO_STATUS = (NO_ANSWER, SILENCE, GARBAGE)


@cache
def packaged() -> tuple[Scenario, ...]:
    """All scenarios that ship with the package, in the order of the files' names and within them."""
    files = packaged_files("scenarios")
    return together(scenario for text, name in files for scenario in read_scenarios(text, name))


def read_scenarios(text: str, source: str) -> tuple[Scenario, ...]:
    """The scenarios in the text of a file called ``source``. Raises ScenarioError."""
    return tuple(_Reader(source, entry).scenario() for entry in entries(text, source))


class StepReader(EntryReader):
    """Reads entries with steps: what is sent to a server, and conditions on what comes."""

    def __init__(self, source: str, entry: Mapping[str, Any]) -> None:
        super().__init__(source, entry)
        self.kept: set[str] = set()

    def is_fact(self, name: str) -> bool:
        """Whether there is such a fact, besides those that steps keep."""
        return is_fact(name)

    def fact(self, name: str) -> str:
        if name not in self.kept and not self.is_fact(name):
            raise self.fail(f"there is no fact {name!r}; known are those in facts.py and what earlier steps keep")
        return name

    def steps(self) -> tuple[Step, ...]:
        """The steps of the entry, and the one that it is itself."""
        own = {key: value for key, value in self.entry.items() if key in STEP_KEYS}
        steps = tuple(self.step(step) for step in self.entry.get("steps", ()))
        return (*steps, self.step(own)) if own else steps

    def astray(self) -> str | None:
        """What a connection breaks that is out of step in the end."""
        astray = self.entry.get("astray", "rfc9112-9.3-5")
        return None if astray == "any" else self.requirement(astray)

    def step(self, value: Mapping[str, Any]) -> Step:
        """One step."""
        self.known_keys(value, STEP_KEYS)
        send, raw = listed(value.get("send", ())), listed(value.get("raw", ()))
        if send and raw:
            raise self.fail("a step has send or raw, not both")
        for text in send:
            self.request(text)
        for text in raw:
            self.placeholders(text)
        read: Read = self.one_of(value, "read", get_args(Read)) or "response"
        keep = tuple(value.get("keep", {}).items())
        answers = tuple(self.outcomes(value.get("answers", ())))
        self.kept.update(name for name, _ in keep)
        connection = value.get("connection", "a")
        if not isinstance(connection, str) or not _LABEL.fullmatch(connection):
            raise self.fail("a connection is a short name in lower case")
        return Step(
            send=send,
            raw=raw,
            method=listed(value.get("method", ())),
            connection=connection,
            pause=self.number(value, "pause", 0, 10),
            half_close=bool(value.get("half_close", False)),
            read=read,
            repeat=int(self.number(value, "repeat", 1, 1000, least=1)),
            until=tuple(self.status(status, _NO_STATUS) for status in listed(value.get("until", ()))),
            seconds=self.seconds(value),
            keep=keep,
            answers=answers,
            otherwise=self.otherwise(value),
        )

    def outcomes(self, values: Iterable[Any]) -> Iterator[Outcome]:
        """What may come for a step."""
        for value in values:
            if not isinstance(value, dict):
                value = {"status": value, "why": "the step before the one that is judged"}
            self.known_keys(value, _OUTCOME_KEYS)
            yield Outcome(
                **self.seen(value),
                why=self.text(value, "why", required=True),
                breaks=self.breaks(value),
                finishes=bool(value.get("finishes", False)),
            )

    def seen(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """The conditions in a table, as arguments of ResponseSeen."""
        for text in [*value.get("fields", {}).values(), value.get("content", "")]:
            self.placeholders(text)
        interim = value.get("interim")
        return {
            "status": tuple(self.status(status, _NO_STATUS) for status in listed(value.get("status", ()))),
            "interim": None if interim is None else tuple(self.code(code) for code in interim),
            "has": listed(value.get("has", ())),
            "lacks": listed(value.get("lacks", ())),
            "fields": tuple(value.get("fields", {}).items()),
            "content": value.get("content"),
            "whole": self.one_of(value, "whole", (True, False)),
            "end": self.one_of(value, "end", get_args(End)),
            "holds": self.judgements(value, JUDGEMENTS),
        }

    def seconds(self, value: Mapping[str, Any]) -> str | None:
        """Seconds of a step, which may be a placeholder."""
        seconds = value.get("seconds")
        if seconds is None:
            return None
        self.placeholders(str(seconds))
        return str(seconds)

    def request(self, text: str) -> None:
        """Find out whether a request can be read. Raises ScenarioError."""
        try:
            names = facts_of_request(text)
        except ValueError as error:
            raise self.fail(str(error)) from None
        for name in names:
            self.fact(name)


class _Reader(StepReader):
    """Reads a scenario for servers."""

    def scenario(self) -> Scenario:
        head = self.head(_SCENARIO_KEYS | STEP_KEYS)
        steps = self.steps()
        if not steps or not steps[-1].answers:
            raise self.fail("the last step has no answers")
        return Scenario(
            **head,
            steps=steps,
            needs=tuple(self.fact(name) for name in self.entry.get("needs", ())),
            after=tuple(self.entry.get("after", ())),
            astray=self.astray(),
        )
