"""Files of scenarios of every kind: TOML to entries, and what the readers of entries share.

Every mistake is named by file and scenario.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from typing import Any, Protocol, TypeVar

from statuary import requirements
from statuary.conformance.template import facts_in

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\.[a-z0-9]+(?:[-.][a-z0-9]+)*")
UNDECIDED = ("inconclusive", "not applicable")
"""What may be concluded from an outcome that no scenario knows, besides that a requirement is broken."""


class ScenarioError(ValueError):
    """A file of scenarios says something that can't be read. The message names file, scenario and mistake."""


def requirements_of(shows: Iterable[str], broken: Iterable[str | None], otherwise: Iterable[str]) -> frozenset[str]:
    """Ids of all requirements that an entry shows, or finds broken by an outcome that it knows or by any other."""
    return frozenset(shows) | {id for id in broken if id} | (set(otherwise) - set(UNDECIDED))


class Entered(Protocol):
    """What has been read from an entry, whatever the kind."""

    @property
    def id(self) -> str: ...

    @property
    def after(self) -> tuple[str, ...]: ...

    @property
    def source(self) -> str: ...


_Any = TypeVar("_Any", bound=Entered)


def packaged_files(folder: str) -> Iterator[tuple[str, str]]:
    """Text and name of each file of scenarios in a folder of the package, in the order of their names."""
    found = resources.files("statuary.conformance") / folder
    for file in sorted((file for file in found.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name):
        yield file.read_text("utf-8"), file.name


def entries(text: str, source: str) -> list[Mapping[str, Any]]:
    """The entries in the text of a file called ``source``. Raises ScenarioError."""
    try:
        value = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"{source}: {error}") from None
    found = value.get("scenario")
    if set(value) != {"scenario"} or not isinstance(found, list):
        raise ScenarioError(f"{source}: a file of scenarios has [[scenario]] and nothing else")
    return found


def together(scenarios: Iterable[_Any]) -> tuple[_Any, ...]:
    """Scenarios of several files, with ids that are unique and dependencies that exist. Raises ScenarioError."""
    known: dict[str, _Any] = {}
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


class EntryReader:
    """Reads one entry; the mistakes it finds say where. Subclasses know which facts there are."""

    def __init__(self, source: str, entry: Mapping[str, Any]) -> None:
        self.source = source
        self.entry = entry
        self.id = str(entry.get("id", "a scenario without id"))

    def fail(self, mistake: str) -> ScenarioError:
        return ScenarioError(f"{self.source}: {self.id}: {mistake}")

    def fact(self, name: str) -> str:
        """A fact that there is. Raises ScenarioError."""
        raise NotImplementedError

    def head(self, keys: frozenset[str]) -> dict[str, Any]:
        """What entries of every kind begin with; ``keys`` are all that there may be."""
        self.known_keys(self.entry, keys)
        if not _ID.fullmatch(self.id):
            raise self.fail("an id is topic.name, in lower case")
        return {
            "id": self.id,
            "title": self.text(self.entry, "title", required=True),
            "codes": tuple(self.code(code) for code in self.entry.get("codes", ())),
            "shows": tuple(self.requirement(id) for id in self.entry.get("shows", ())),
            "fix": self.text(self.entry, "fix"),
            "source": self.source,
        }

    def known_keys(self, value: Mapping[str, Any], known: frozenset[str]) -> None:
        unknown = sorted(set(value) - known)
        if unknown:
            raise self.fail(f"unknown key {unknown[0]!r}; known are {', '.join(sorted(known))}")

    def text(self, value: Mapping[str, Any], key: str, *, required: bool = False) -> str:
        text = value.get(key, "")
        if not isinstance(text, str) or (required and not text):
            raise self.fail(f"{key} is a text")
        return text

    def number(self, value: Mapping[str, Any], key: str, usual: float, most: float, *, least: float = 0) -> float:
        number = value.get(key, usual)
        if isinstance(number, bool) or not isinstance(number, int | float) or not least <= number <= most:
            raise self.fail(f"{key} is a number from {least:g} to {most:g}")
        return float(number)

    def one_of(self, value: Mapping[str, Any], key: str, known: Iterable[Any]) -> Any:
        """A value that is one of those known, None where it is not given."""
        given = value.get(key)
        known = tuple(known)
        if given is not None and given not in known:
            raise self.fail(f"{key} is one of {', '.join(map(str, known))}")
        return given

    def names(self, value: Mapping[str, Any], key: str, known: Iterable[str], problem: str) -> tuple[str, ...]:
        """Names that are known; of one that is not, the problem is said with the name in its place."""
        names = listed(value.get(key, ()))
        known = frozenset(known)
        for name in names:
            if name not in known:
                raise self.fail(problem.format(repr(name)))
        return names

    def judgements(self, value: Mapping[str, Any], known: Iterable[str]) -> tuple[str, ...]:
        """The judgements in Python that an outcome names."""
        return self.names(value, "holds", known, "there is no judgement {} in judgements.py")

    def code(self, code: Any) -> int:
        if isinstance(code, bool) or not isinstance(code, int) or not 100 <= code <= 999:
            raise self.fail(f"{code!r} is no status code")
        return code

    def status(self, status: Any, words: tuple[str, ...]) -> str:
        """A code, a class, or one of the words, as scenarios write it."""
        text = str(status)
        if text not in words and not re.fullmatch(r"\d\d\d|\dxx", text):
            raise self.fail(f"{text!r} is neither a status code, nor a class such as 4xx, nor {' nor '.join(words)}")
        return text

    def requirement(self, id: Any) -> str:
        try:
            return requirements.lookup(id).id
        except KeyError:
            raise self.fail(f"there is no requirement {id!r}") from None

    def breaks(self, value: Mapping[str, Any]) -> str | None:
        """The requirement that an outcome departs from."""
        breaks = value.get("breaks")
        return None if breaks is None else self.requirement(breaks)

    def otherwise(self, value: Mapping[str, Any]) -> str:
        """What any other outcome breaks, or one of UNDECIDED."""
        otherwise = value.get("otherwise", "inconclusive")
        return otherwise if otherwise in UNDECIDED else self.requirement(otherwise)

    def placeholders(self, text: str) -> None:
        """Find out whether the facts that a text asks for are known. Raises ScenarioError."""
        try:
            names = facts_in(text)
        except ValueError as error:
            raise self.fail(str(error)) from None
        for name in names:
            self.fact(name)


def listed(value: Any) -> tuple[Any, ...]:
    """A list, or the only element of one."""
    return tuple(value) if isinstance(value, list | tuple) else (value,)
