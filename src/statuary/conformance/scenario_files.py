"""Scenarios in files: TOML to values, with every mistake named by file and scenario.

What a file may say is what is read here; scenario.schema.json says the same for other languages, and a test holds both
together.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from functools import cache
from importlib import resources
from typing import Any, get_args

from statuary import requirements
from statuary.conformance.facts import is_fact
from statuary.conformance.judgements import JUDGEMENTS
from statuary.conformance.requests import facts_of_request
from statuary.conformance.scenario import GARBAGE, NO_ANSWER, SILENCE, UNDECIDED, End, Outcome, Read, Scenario, Step
from statuary.conformance.template import facts_in

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\.[a-z0-9]+(?:[-.][a-z0-9]+)*")
_STATUS = re.compile(r"[1-9]\d\d|[1-9]xx")
_LABEL = re.compile(r"[a-z][a-z0-9]*")
_STEP_KEYS = frozenset(field.name for field in fields(Step))
_SCENARIO_KEYS = frozenset(field.name for field in fields(Scenario)) - {"source"}
_OUTCOME_KEYS = frozenset(field.name for field in fields(Outcome))


class ScenarioError(ValueError):
    """A file of scenarios says something that can't be read. The message names file, scenario and mistake."""


@cache
def packaged() -> tuple[Scenario, ...]:
    """All scenarios that ship with the package, in the order of the files' names and within them."""
    folder = resources.files("statuary.conformance") / "scenarios"
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    return together(scenario for file in files for scenario in read_scenarios(file.read_text("utf-8"), file.name))


def together(scenarios: Iterable[Scenario]) -> tuple[Scenario, ...]:
    """Scenarios of several files, with ids that are unique and dependencies that exist. Raises ScenarioError."""
    known: dict[str, Scenario] = {}
    for scenario in scenarios:
        if scenario.id in known:
            raise ScenarioError(f"{scenario.source}: {scenario.id}: also in {known[scenario.id].source}")
        known[scenario.id] = scenario
    for scenario in known.values():
        for other in scenario.after:
            if other not in known:
                raise ScenarioError(f"{scenario.source}: {scenario.id}: after {other}, which does not exist")
            if known[other].after:
                raise ScenarioError(f"{scenario.source}: {scenario.id}: after {other}, which comes after others itself")
    return tuple(known.values())


def read_scenarios(text: str, source: str) -> tuple[Scenario, ...]:
    """The scenarios in the text of a file called ``source``. Raises ScenarioError."""
    try:
        value = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"{source}: {error}") from None
    unknown = set(value) - {"scenario"}
    if unknown or not isinstance(value.get("scenario"), list):
        raise ScenarioError(f"{source}: a file of scenarios has [[scenario]] and nothing else")
    return tuple(_Reader(source, entry).scenario() for entry in value["scenario"])


class _Reader:
    """Reads one entry; the mistakes it finds say where."""

    def __init__(self, source: str, entry: Mapping[str, Any]) -> None:
        self.source = source
        self.entry = entry
        self.id = str(entry.get("id", "a scenario without id"))
        self.kept: set[str] = set()

    def fail(self, mistake: str) -> ScenarioError:
        return ScenarioError(f"{self.source}: {self.id}: {mistake}")

    def scenario(self) -> Scenario:
        entry = self.entry
        self.known_keys(entry, _SCENARIO_KEYS | _STEP_KEYS)
        if not _ID.fullmatch(self.id):
            raise self.fail("an id is topic.name, in lower case")
        own = {key: value for key, value in entry.items() if key in _STEP_KEYS}
        steps = tuple(self.step(step, is_last=False) for step in entry.get("steps", ()))
        if own:
            steps += (self.step(own, is_last=True),)
        if not steps or not steps[-1].answers:
            raise self.fail("the last step has no answers")
        astray = entry.get("astray", "rfc9112-9.3-5")
        return Scenario(
            id=self.id,
            title=self.text(entry, "title", required=True),
            codes=tuple(self.code(code) for code in entry.get("codes", ())),
            shows=tuple(self.requirement(id) for id in entry.get("shows", ())),
            steps=steps,
            needs=tuple(self.fact(name) for name in entry.get("needs", ())),
            after=tuple(entry.get("after", ())),
            astray=None if astray == "any" else self.requirement(astray),
            fix=self.text(entry, "fix"),
            source=self.source,
        )

    def step(self, value: Mapping[str, Any], *, is_last: bool) -> Step:
        self.known_keys(value, _STEP_KEYS)
        send, raw = _listed(value.get("send", ())), _listed(value.get("raw", ()))
        if send and raw:
            raise self.fail("a step has send or raw, not both")
        for text in send:
            self.request(text)
        for text in raw:
            self.placeholders(text)
        read = value.get("read", "response")
        if read not in get_args(Read):
            raise self.fail(f"read is one of {', '.join(get_args(Read))}")
        keep = tuple(value.get("keep", {}).items())
        answers = tuple(self.outcomes(value.get("answers", ())))
        self.kept.update(name for name, _ in keep)
        otherwise = value.get("otherwise", "inconclusive")
        connection = value.get("connection", "a")
        if not isinstance(connection, str) or not _LABEL.fullmatch(connection):
            raise self.fail("a connection is a short name in lower case")
        return Step(
            send=send,
            raw=raw,
            method=_listed(value.get("method", ())),
            connection=connection,
            pause=self.number(value, "pause", 0.0, 10.0),
            half_close=bool(value.get("half_close", False)),
            read=read,
            repeat=int(self.number(value, "repeat", 1, 1000)),
            until=tuple(self.status(status) for status in _listed(value.get("until", ()))),
            seconds=self.seconds(value),
            keep=keep,
            answers=answers,
            otherwise=otherwise if otherwise in UNDECIDED else self.requirement(otherwise),
        )

    def outcomes(self, values: Iterable[Any]) -> Iterator[Outcome]:
        for value in values:
            if not isinstance(value, dict):
                value = {"status": value, "why": "the step before the one that is judged"}
            self.known_keys(value, _OUTCOME_KEYS)
            for text in [*value.get("fields", {}).values(), value.get("content", "")]:
                self.placeholders(text)
            end = value.get("end")
            if end is not None and end not in get_args(End):
                raise self.fail(f"end is one of {', '.join(get_args(End))}")
            unknown = [name for name in _listed(value.get("holds", ())) if name not in JUDGEMENTS]
            if unknown:
                raise self.fail(f"there is no judgement {unknown[0]!r} in judgements.py")
            breaks = value.get("breaks")
            interim = value.get("interim")
            yield Outcome(
                why=self.text(value, "why", required=True),
                breaks=None if breaks is None else self.requirement(breaks),
                status=tuple(self.status(status) for status in _listed(value.get("status", ()))),
                interim=None if interim is None else tuple(self.code(code) for code in interim),
                has=_listed(value.get("has", ())),
                lacks=_listed(value.get("lacks", ())),
                fields=tuple(value.get("fields", {}).items()),
                content=value.get("content"),
                end=end,
                holds=_listed(value.get("holds", ())),
                finishes=bool(value.get("finishes", False)),
            )

    def known_keys(self, value: Mapping[str, Any], known: frozenset[str]) -> None:
        unknown = sorted(set(value) - known)
        if unknown:
            raise self.fail(f"unknown key {unknown[0]!r}; known are {', '.join(sorted(known))}")

    def text(self, value: Mapping[str, Any], key: str, *, required: bool = False) -> str:
        text = value.get(key, "")
        if not isinstance(text, str) or (required and not text):
            raise self.fail(f"{key} is a text")
        return text

    def number(self, value: Mapping[str, Any], key: str, least: float, most: float) -> float:
        number = value.get(key, least)
        if isinstance(number, bool) or not isinstance(number, int | float) or not least <= number <= most:
            raise self.fail(f"{key} is a number from {least:g} to {most:g}")
        return float(number)

    def seconds(self, value: Mapping[str, Any]) -> str | None:
        seconds = value.get("seconds")
        if seconds is None:
            return None
        self.placeholders(str(seconds))
        return str(seconds)

    def code(self, code: Any) -> int:
        if isinstance(code, bool) or not isinstance(code, int) or not 100 <= code <= 999:
            raise self.fail(f"{code!r} is no status code")
        return code

    def status(self, status: Any) -> str:
        text = str(status)
        if text not in (NO_ANSWER, SILENCE, GARBAGE) and not _STATUS.fullmatch(text):
            raise self.fail(f"{text!r} is no status code, class, {NO_ANSWER!r}, {SILENCE!r} or {GARBAGE!r}")
        return text

    def requirement(self, id: str) -> str:
        try:
            return requirements.lookup(id).id
        except KeyError:
            raise self.fail(f"there is no requirement {id!r}") from None

    def fact(self, name: str) -> str:
        if name not in self.kept and not is_fact(name):
            raise self.fail(f"there is no fact {name!r}; known are those in facts.py and what earlier steps keep")
        return name

    def request(self, text: str) -> None:
        try:
            names = facts_of_request(text)
        except ValueError as error:
            raise self.fail(str(error)) from None
        for name in names:
            self.fact(name)

    def placeholders(self, text: str) -> None:
        try:
            names = facts_in(text)
        except ValueError as error:
            raise self.fail(str(error)) from None
        for name in names:
            self.fact(name)


def _listed(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, list | tuple) else (value,)
