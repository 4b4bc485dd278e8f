"""Scenarios for intermediaries in files: TOML to values, with every mistake named by file and scenario.

What a file may say is what is read here; docs/check-gateway.md explains it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from functools import cache
from typing import Any, get_args

from statuary.conformance.entries import entries, packaged_files, together
from statuary.conformance.intermediary.facts import OFFERED, PLACES
from statuary.conformance.intermediary.judgements import JUDGEMENTS
from statuary.conformance.intermediary.scenario import ROLES, ForwardingScenario, Outcome, Upstream
from statuary.conformance.scenario import ResponseSeen
from statuary.conformance.scenario_files import STEP_KEYS, StepReader
from statuary.conformance.scripted.expectation import KEYS as REQUESTS_KEYS
from statuary.conformance.scripted.expectation import RequestsSeen, read_requests_seen
from statuary.conformance.scripted.turns import read_turns

_STEP_KEYS = STEP_KEYS - {"answers", "otherwise"}
_SCENARIO_KEYS = frozenset(field.name for field in fields(ForwardingScenario)) - {"source"}
_OUTCOME_KEYS = frozenset({"why", "breaks", "received", "answer", "answers", "holds"})
_RESPONSE_KEYS = frozenset(field.name for field in fields(ResponseSeen))


@cache
def packaged() -> tuple[ForwardingScenario, ...]:
    """All scenarios for intermediaries that ship with the package, in the order of the files' names and within them."""
    files = packaged_files("intermediary_scenarios")
    return together(scenario for text, name in files for scenario in read_scenarios(text, name))


def read_scenarios(text: str, source: str) -> tuple[ForwardingScenario, ...]:
    """The scenarios in the text of a file called ``source``. Raises ScenarioError."""
    return tuple(_Reader(source, entry).scenario() for entry in entries(text, source))


class _Reader(StepReader):
    """Reads one entry."""

    def is_fact(self, name: str) -> bool:
        return name in PLACES or name in OFFERED

    def scenario(self) -> ForwardingScenario:
        entry = self.entry
        head = self.head(_SCENARIO_KEYS | _STEP_KEYS)
        for step in entry.get("steps", ()):
            self.known_keys(step, _STEP_KEYS)
        steps = self.steps()
        if not steps or not entry.get("outcomes") or "serve" not in entry:
            raise self.fail("it needs send, raw or steps, and serve, and outcomes")
        reads = sum(step.read != "nothing" for step in steps)
        serve = read_turns(self, entry["serve"])
        roles = self.names(entry, "roles", ROLES, "a role is gateway or proxy, not {}") or ROLES
        for turn in serve.values() if isinstance(serve, dict) else serve:
            for text in turn:
                self.placeholders(text)
        return ForwardingScenario(
            **head,
            steps=steps,
            serve=serve,
            outcomes=tuple(self.endings(entry["outcomes"], reads)),
            roles=tuple(role for role in ROLES if role in roles),
            upstream=self.one_of(entry, "upstream", get_args(Upstream)) or "shared",
            needs=self.names(entry, "needs", OFFERED, "no subject is known to have {}; facts.py has them all"),
            otherwise=self.otherwise(entry),
            astray=self.astray(),
        )

    def endings(self, values: Iterable[Any], reads: int) -> Iterator[Outcome]:
        for value in values:
            self.known_keys(value, _OUTCOME_KEYS)
            received = value.get("received")
            if received is not None:
                self.known_keys(received, REQUESTS_KEYS)
                self.placeholders(received.get("target", ""))
            answers = tuple(self.answer(one) for one in value.get("answers", ()))
            if "answer" in value:
                # It is about the last
                answers = (None,) * (reads - 1) + (self.answer(value["answer"]),)
            if len(answers) > reads:
                raise self.fail(f"there are conditions on {len(answers)} answers, and {reads} are read")
            yield Outcome(
                why=self.text(value, "why", required=True),
                breaks=self.breaks(value),
                received=None if received is None else RequestsSeen(**read_requests_seen(self, received)),
                answers=answers,
                holds=self.judgements(value, JUDGEMENTS),
            )

    def answer(self, value: Mapping[str, Any]) -> ResponseSeen | None:
        """Conditions on an answer; an empty table for whatever. A status alone is a text, a number or a list."""
        if not isinstance(value, Mapping):
            value = {"status": value}
        self.known_keys(value, _RESPONSE_KEYS)
        return ResponseSeen(**self.seen(value)) if value else None
