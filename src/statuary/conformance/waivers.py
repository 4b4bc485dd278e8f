"""Waivers: departures that a project knows of and has reviewed, each with its reason, in a TOML file.

docs/reports.md documents the file. A waiver takes a violation out of the exit status; it hides nothing.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from pathlib import Path

from statuary import requirements
from statuary.conformance.report import Report, Result
from statuary.origin_server.toml_lines import line_of, lines_of

_KEYS = ("scenario", "requirement", "reason", "until")
# Verdicts that say that a waiver isn't needed, unlike those that say nothing
_CONCLUSIVE = frozenset({"pass"})


class NotWaivers(ValueError):  # noqa: N818
    """The file can't be used; the text has a line for each thing that is wrong, with its place."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """One known departure.

    scenario     id of a result, or what it begins with, followed by ``*``; None where a requirement is named
    requirement  id of the requirement departed from; None where a scenario is named
    reason       why it is left as it is
    until        the last day on which it counts, None for no end
    line         where it stands in its file
    """

    scenario: str | None
    requirement: str | None
    reason: str
    until: date | None = None
    line: int = 0

    @property
    def about(self) -> str:
        """What it waives, as it is told to people."""
        what = f"scenario {self.scenario}" if self.scenario is not None else f"requirement {self.requirement}"
        return f"{what} (line {self.line})" if self.line else what

    def pertains_to(self, result: Result) -> bool:
        """Whether a violation of that result would be the one that is waived."""
        if self.scenario is None:
            return self.requirement == result.breaks or (result.breaks is None and self.requirement in result.shows)
        if self.scenario.endswith("*"):
            return result.id.startswith(self.scenario[:-1])
        return result.id == self.scenario

    def counts_on(self, today: date) -> bool:
        """Whether its day hasn't passed."""
        return self.until is None or today <= self.until


def apply(report: Report, waivers: Iterable[Waiver], today: date, *, is_whole: bool = True) -> Report:
    """The report with its violations waived, the first waiver that fits giving the reason, and a word on each unused one.

    ``is_whole`` tells that every scenario was chosen; otherwise a waiver for one that isn't there is no surprise.
    """
    waivers = tuple(waivers)
    results = waived(report.results, waivers, today)
    remarks = [(one, _remark(one, report.results, today, is_whole=is_whole)) for one in waivers]
    return report.with_results(results, [f"{one.about}: {remark}" for one, remark in remarks if remark is not None])


def waived(results: Iterable[Result], waivers: Iterable[Waiver], today: date) -> list[Result]:
    """The results, those violations waived for which there is a waiver that counts today."""
    current = [one for one in waivers if one.counts_on(today)]
    return [_waived(one, current) for one in results]


def _waived(result: Result, waivers: Iterable[Waiver]) -> Result:
    if not result.is_violation:
        return result
    reason = next((one.reason for one in waivers if one.pertains_to(result)), None)
    return replace(result, waived=reason) if reason is not None else result


def _remark(waiver: Waiver, results: Iterable[Result], today: date, *, is_whole: bool) -> str | None:
    """Why it waives nothing; None where it waives something, or where nobody can tell."""
    concerned = [one for one in results if waiver.pertains_to(one)]
    if not waiver.counts_on(today):
        return f"no longer counts, it ended on {waiver.until}"
    if any(one.is_violation for one in concerned):
        return None
    if not concerned:
        return "there is no such result" if is_whole else None
    if all(one.verdict in _CONCLUSIVE for one in concerned):
        return "there is nothing to waive any more"
    return None


# The file


def read_waivers(path: Path) -> tuple[Waiver, ...]:
    """The waivers in a file. Raises NotWaivers, also where there is no such file."""
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise NotWaivers(f"{path}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise NotWaivers(f"{path}: not UTF-8") from None
    return parse_waivers(text, str(path))


def parse_waivers(text: str, name: str) -> tuple[Waiver, ...]:
    """The waivers in the TOML text of a file called ``name``. Raises NotWaivers."""
    try:
        value = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise NotWaivers(f"{name}: not TOML: {error}") from None
    lines = lines_of(text)
    wrong = [f"{name}:{line_of((key,), lines)}: {_unknown(key, ('waiver',))}" for key in value if key != "waiver"]
    tables = value.get("waiver", [])
    if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        raise NotWaivers(f"{name}:{line_of(('waiver',), lines)}: waivers are tables that begin with [[waiver]]")
    waivers = []
    for number, table in enumerate(tables):
        faults = list(_faults(table))
        wrong += [f"{name}:{line_of(('waiver', number, key), lines)}: {fault}" for key, fault in faults]
        if not faults:
            line = line_of(("waiver", number), lines)
            made = Waiver(table.get("scenario"), table.get("requirement"), table["reason"], table.get("until"), line)
            waivers.append(made)
    if wrong:
        raise NotWaivers("\n".join(wrong))
    return tuple(waivers)


def _faults(table: Mapping[str, object]) -> Iterable[tuple[str, str]]:
    """What is wrong with one waiver: a key, and a sentence."""
    for key in table:
        if key not in _KEYS:
            yield key, _unknown(key, _KEYS)
    for key in ("scenario", "requirement", "reason"):
        text = table.get(key)
        if key in table and not (isinstance(text, str) and text.strip()):
            yield key, f"{key} must be a text that isn't empty"
    if ("scenario" in table) == ("requirement" in table):
        yield "", "a waiver names either a scenario or a requirement"
    if "reason" not in table:
        yield "", "a waiver needs a reason"
    scenario = table.get("scenario")
    if isinstance(scenario, str) and "*" in scenario[:-1]:
        yield "scenario", "the * may only come last"
    requirement = table.get("requirement")
    if isinstance(requirement, str) and requirement.strip() and not _is_known(requirement):
        yield "requirement", f"there is no requirement {requirement!r}"
    # A date and time is a date to Python, too
    if "until" in table and type(table["until"]) is not date:
        yield "until", "until must be a date, such as 2027-01-31 without quotes"


def _is_known(requirement: str) -> bool:
    try:
        requirements.lookup(requirement)
    except KeyError:
        return False
    return True


def _unknown(key: str, known: Iterable[str]) -> str:
    close = get_close_matches(key, list(known), n=1)
    return f"there is no key {key!r}" + (f"; did you mean {close[0]!r}?" if close else "")
