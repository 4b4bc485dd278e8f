"""Scenarios for clients in files: TOML to values, with every mistake named by file and scenario.

What a file may say is what is read here; docs/check-client.md explains it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields
from functools import cache
from typing import Any

from statuary.conformance.client.abilities import ABILITIES
from statuary.conformance.client.judgements import JUDGEMENTS
from statuary.conformance.client.scenario import REPORTED, Ask, ClientScenario, Outcome
from statuary.conformance.client.server import ORIGINS
from statuary.conformance.entries import EntryReader, entries, listed, packaged_files, together
from statuary.conformance.requests import split_request
from statuary.conformance.scripted.expectation import read_requests_seen
from statuary.conformance.scripted.server import moments
from statuary.conformance.scripted.turns import read_turns

_FACTS = frozenset({*moments(0), *ORIGINS, *(f"{origin}.host" for origin in ORIGINS)})
_ASK_KEYS = frozenset(field.name for field in fields(Ask))
_SCENARIO_KEYS = frozenset(field.name for field in fields(ClientScenario)) - {"source"}
_OUTCOME_KEYS = frozenset(field.name for field in fields(Outcome))
LONGEST = 20.0


@cache
def packaged() -> tuple[ClientScenario, ...]:
    """All scenarios for clients that ship with the package, in the order of the files' names and within them."""
    files = packaged_files("client_scenarios")
    return together(scenario for text, name in files for scenario in read_scenarios(text, name))


def read_scenarios(text: str, source: str) -> tuple[ClientScenario, ...]:
    """The scenarios in the text of a file called ``source``. Raises ScenarioError."""
    return tuple(_Reader(source, entry).scenario() for entry in entries(text, source))


class _Reader(EntryReader):
    """Reads one entry."""

    def fact(self, name: str) -> str:
        if name not in _FACTS:
            raise self.fail(f"no such placeholder: {{{name}}}; known are {', '.join(sorted(_FACTS))}")
        return name

    def scenario(self) -> ClientScenario:
        entry = self.entry
        head = self.head(_SCENARIO_KEYS)
        ask = tuple(self.ask(one) for one in listed(entry.get("ask", ())))
        if not ask or not entry.get("serve") or not entry.get("outcomes"):
            raise self.fail("it needs ask, serve and outcomes")
        scenario = ClientScenario(
            **head,
            ask=ask,
            serve=read_turns(self, entry["serve"]),
            outcomes=tuple(self.outcomes(entry["outcomes"])),
            needs=self.names(
                entry, "needs", ABILITIES, "no client is known to be able to {}; abilities.py has them all"
            ),
            seconds=self.number(entry, "seconds", 5.0, LONGEST),
            otherwise=self.otherwise(entry),
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

    def outcomes(self, values: Iterable[Any]) -> Iterator[Outcome]:
        for value in values:
            self.known_keys(value, _OUTCOME_KEYS)
            statuses = value.get("statuses")
            yield Outcome(
                **read_requests_seen(self, value),
                why=self.text(value, "why", required=True),
                breaks=self.breaks(value),
                status=tuple(self.status(status, REPORTED) for status in listed(value.get("status", ()))),
                statuses=None if statuses is None else tuple(self.status(status, REPORTED) for status in statuses),
                got=value.get("got"),
                url=value.get("url"),
                holds=self.judgements(value, JUDGEMENTS),
            )
