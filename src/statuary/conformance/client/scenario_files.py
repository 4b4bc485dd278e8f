"""Scenarios for clients in files: TOML to values, with every mistake named by file and scenario.

What a file may say is what is read here; docs/check-client.md explains it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from functools import cache
from importlib import resources
from typing import Any

from statuary import requirements
from statuary.conformance.client.abilities import ABILITIES
from statuary.conformance.client.answers import Say, read_action
from statuary.conformance.client.judgements import JUDGEMENTS
from statuary.conformance.client.scenario import REPORTED, UNDECIDED, Ask, ClientScenario, Outcome
from statuary.conformance.client.server import ORIGINS, moments
from statuary.conformance.requests import split_request
from statuary.conformance.scenario_files import ScenarioError
from statuary.conformance.template import facts_in

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\.[a-z0-9]+(?:[-.][a-z0-9]+)*")
_STATUS = re.compile(r"\d\d\d|\dxx")
_COUNT = re.compile(r"\d+\+?|\d+-\d+")
_REQUEST = re.compile(r"(?:\*|[A-Z]+) \S+|\.\.\.")
_FACTS = frozenset({*moments(0), *ORIGINS, *(f"{origin}.host" for origin in ORIGINS)})
_ASK_KEYS = frozenset(field.name for field in fields(Ask))
_SCENARIO_KEYS = frozenset(field.name for field in fields(ClientScenario)) - {"source"}
_OUTCOME_KEYS = frozenset(field.name for field in fields(Outcome))
LONGEST = 20.0


@cache
def packaged() -> tuple[ClientScenario, ...]:
    """All scenarios for clients that ship with the package, in the order of the files' names and within them."""
    folder = resources.files("statuary.conformance") / "client_scenarios"
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    return together(scenario for file in files for scenario in read_scenarios(file.read_text("utf-8"), file.name))


def together(scenarios: Iterable[ClientScenario]) -> tuple[ClientScenario, ...]:
    """Scenarios of several files, with ids that are unique. Raises ScenarioError."""
    known: dict[str, ClientScenario] = {}
    for scenario in scenarios:
        if scenario.id in known:
            raise ScenarioError(f"{scenario.source}: {scenario.id}: also in {known[scenario.id].source}")
        known[scenario.id] = scenario
    return tuple(known.values())


def read_scenarios(text: str, source: str) -> tuple[ClientScenario, ...]:
    """The scenarios in the text of a file called ``source``. Raises ScenarioError."""
    try:
        value = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"{source}: {error}") from None
    if set(value) != {"scenario"} or not isinstance(value["scenario"], list):
        raise ScenarioError(f"{source}: a file of scenarios has [[scenario]] and nothing else")
    return tuple(_Reader(source, entry).scenario() for entry in value["scenario"])


class _Reader:
    """Reads one entry; the mistakes it finds say where."""

    def __init__(self, source: str, entry: Mapping[str, Any]) -> None:
        self.source = source
        self.entry = entry
        self.id = str(entry.get("id", "a scenario without id"))

    def fail(self, mistake: str) -> ScenarioError:
        return ScenarioError(f"{self.source}: {self.id}: {mistake}")

    def scenario(self) -> ClientScenario:
        entry = self.entry
        self.known_keys(entry, _SCENARIO_KEYS)
        if not _ID.fullmatch(self.id):
            raise self.fail("an id is topic.name, in lower case")
        asked = entry.get("ask", ())
        ask = tuple(self.ask(one) for one in (asked if isinstance(asked, list) else [asked]))
        if not ask or not entry.get("serve") or not entry.get("outcomes"):
            raise self.fail("it needs ask, serve and outcomes")
        unknown = [name for name in entry.get("needs", ()) if name not in ABILITIES]
        if unknown:
            raise self.fail(f"no client is known to be able to {unknown[0]!r}; abilities.py has them all")
        otherwise = entry.get("otherwise", "inconclusive")
        scenario = ClientScenario(
            id=self.id,
            title=self.text(entry, "title", required=True),
            codes=tuple(self.code(code) for code in entry.get("codes", ())),
            shows=tuple(self.requirement(id) for id in entry.get("shows", ())),
            ask=ask,
            serve=self.serve(entry["serve"]),
            outcomes=tuple(self.outcomes(entry["outcomes"])),
            needs=tuple(entry.get("needs", ())),
            seconds=self.number(entry, "seconds", 5.0, LONGEST),
            otherwise=otherwise if otherwise in UNDECIDED else self.requirement(otherwise),
            fix=self.text(entry, "fix"),
            source=self.source,
        )
        for text in scenario.texts:
            self.placeholders(text)
        return scenario

    def ask(self, value: Any) -> Ask:
        if isinstance(value, str):
            value = {"send": value}
        if not isinstance(value, dict):
            raise self.fail("ask is a request or a table with one in send")
        self.known_keys(value, _ASK_KEYS)
        send = self.text(value, "send", required=True)
        try:
            (_, target, *version), _, _ = split_request(send)
        except ValueError as error:
            raise self.fail(str(error)) from None
        if version:
            raise self.fail("the version of a request is for the client to choose")
        if not (target.startswith(("/", "http:", "https:", "{")) or target.partition("/")[0] in ORIGINS):
            raise self.fail(f"a target begins with a slash, an origin's name or http: {target!r}")
        credentials, proxy = value.get("credentials"), value.get("proxy")
        if credentials is not None and ":" not in credentials:
            raise self.fail("credentials are name:password")
        if proxy is not None and proxy not in ORIGINS:
            raise self.fail(f"proxy is one of {', '.join(ORIGINS)}")
        return Ask(
            send=send,
            expect=bool(value.get("expect", False)),
            credentials=credentials,
            proxy=proxy,
            resume=value.get("resume"),
            fragment=self.text(value, "fragment"),
            unsized=bool(value.get("unsized", False)),
        )

    def serve(self, value: Any) -> tuple[tuple[str, ...], ...] | dict[str, tuple[str, ...]]:
        if isinstance(value, dict):
            return {place: self.turn(actions) for place, actions in value.items()}
        return tuple(self.turn(actions) for actions in _listed(value))

    def turn(self, actions: Any) -> tuple[str, ...]:
        texts = _listed(actions)
        for text in texts:
            try:
                action = read_action(text)
            except (ValueError, TypeError) as error:
                raise self.fail(str(error)) from None
            if isinstance(action, Say) and not 100 <= action.status <= 999:
                raise self.fail(f"{action.status} is sent as octets: + HTTP/1.1 {action.status} ...")
        return texts

    def outcomes(self, values: Iterable[Any]) -> Iterator[Outcome]:
        for value in values:
            self.known_keys(value, _OUTCOME_KEYS)
            unknown = [name for name in _listed(value.get("holds", ())) if name not in JUDGEMENTS]
            if unknown:
                raise self.fail(f"there is no judgement {unknown[0]!r} in judgements.py")
            requests = value.get("requests")
            for text in requests or ():
                if not _REQUEST.fullmatch(text):
                    raise self.fail(f"a request seen is METHOD place: {text!r}")
            if value.get("sent") not in (None, "whole", "part", "none"):
                raise self.fail("sent is whole, part or none")
            breaks, statuses = value.get("breaks"), value.get("statuses")
            yield Outcome(
                why=self.text(value, "why", required=True),
                breaks=None if breaks is None else self.requirement(breaks),
                requests=None if requests is None else tuple(requests),
                count=self.count(value, "count"),
                of=int(self.number(value, "of", 0, 100)),
                has=_listed(value.get("has", ())),
                lacks=_listed(value.get("lacks", ())),
                fields=tuple(value.get("fields", {}).items()),
                content=value.get("content"),
                sent=value.get("sent"),
                held=value.get("held"),
                connections=self.count(value, "connections"),
                status=tuple(self.status(status) for status in _listed(value.get("status", ()))),
                statuses=None if statuses is None else tuple(self.status(status) for status in statuses),
                got=value.get("got"),
                url=value.get("url"),
                holds=_listed(value.get("holds", ())),
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

    def number(self, value: Mapping[str, Any], key: str, usual: float, most: float) -> float:
        number = value.get(key, usual)
        if isinstance(number, bool) or not isinstance(number, int | float) or not 0 <= number <= most:
            raise self.fail(f"{key} is a number up to {most:g}")
        return float(number)

    def count(self, value: Mapping[str, Any], key: str) -> str | None:
        count = value.get(key)
        if count is None:
            return None
        if isinstance(count, bool) or not _COUNT.fullmatch(str(count)):
            raise self.fail(f'{key} is a number, "2+" or "1-3"')
        return str(count)

    def code(self, code: Any) -> int:
        if not isinstance(code, int) or not 100 <= code <= 999:
            raise self.fail(f"{code!r} is no status code")
        return code

    def status(self, status: Any) -> str:
        text = str(status)
        if text not in REPORTED and not _STATUS.fullmatch(text):
            raise self.fail(f"{text!r} is neither a status code, nor a class such as 4xx, nor {' nor '.join(REPORTED)}")
        return text

    def requirement(self, id: Any) -> str:
        try:
            return requirements.lookup(id).id
        except KeyError:
            raise self.fail(f"there is no requirement {id!r}") from None

    def placeholders(self, text: str) -> None:
        try:
            unknown = [name for name in facts_in(text) if name not in _FACTS]
        except ValueError as error:
            raise self.fail(str(error)) from None
        if unknown:
            raise self.fail(f"no such placeholder: {{{unknown[0]}}}; known are {', '.join(sorted(_FACTS))}")


def _listed(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, list | tuple) else (value,)
