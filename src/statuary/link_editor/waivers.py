"""Waivers: links that a project knows of and leaves as they are, each with its reason, in a TOML file; see docs/links.md."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

from statuary.conformance.waivers import NotWaivers
from statuary.link_editor.report import Report, Result
from statuary.link_editor.verdict import KINDS
from statuary.origin_server.toml_lines import line_of, lines_of

_KEYS = ("url", "file", "kind", "reason", "until")


@dataclass(frozen=True, slots=True)
class Waiver:
    """Links that are left as they are.

    url, file  what they are and where they stand; may have * and ?; None for any
    kind       what is wrong with them; None for anything
    reason     why
    until      the last day on which it counts, None for no end
    line       where it stands in its file
    """

    url: str | None
    file: str | None
    kind: str | None
    reason: str
    until: date | None = None
    line: int = 0

    def pertains_to(self, result: Result) -> bool:
        """Whether it would be the reason to leave that link as it is."""
        return (
            (self.url is None or fits(result.link.url, self.url))
            and (self.file is None or fits(result.file, self.file))
            and (self.kind is None or self.kind == result.verdict.kind)
        )

    def counts_on(self, today: date) -> bool:
        """Whether its day hasn't passed."""
        return self.until is None or today <= self.until


def fits(text: str, pattern: str) -> bool:
    """Whether a pattern is of this text; * and ? stand for anything, and brackets for themselves: URLs have them."""
    return fnmatchcase(text, pattern.replace("[", "[[]"))


def apply(report: Report, waivers: Iterable[Waiver], today: date) -> Report:
    """The report with its links waived, the first waiver that fits giving the reason, and a word on each unused one."""
    waivers = tuple(waivers)
    used: set[Waiver] = set()
    results = []
    for result in report.results:
        waiver = next((one for one in waivers if one.counts_on(today) and one.pertains_to(result)), None)
        if result.verdict.is_quiet or waiver is None:
            results.append(result)
            continue
        used.add(waiver)
        results.append(replace(result, waived=waiver.reason))
    unused = [
        f"line {one.line}: "
        + ("waives nothing" if one.counts_on(today) else f"no longer counts, it ended on {one.until}")
        for one in waivers
        if one not in used
    ]
    return replace(report, results=tuple(results), unused_waivers=tuple(unused))


def read_waivers(path: Path) -> tuple[Waiver, ...]:
    """The waivers in a file. Raises NotWaivers, also where there is no such file."""
    try:
        return parse_waivers(path.read_text("utf-8"), str(path))
    except OSError as error:
        raise NotWaivers(f"{path}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise NotWaivers(f"{path}: not UTF-8") from None


def parse_waivers(text: str, name: str) -> tuple[Waiver, ...]:
    """The waivers in the TOML text of a file called ``name``. Raises NotWaivers."""
    try:
        value = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise NotWaivers(f"{name}: not TOML: {error}") from None
    lines = lines_of(text)
    tables = value.pop("waiver", [])
    wrong = [f"{name}:{line_of((key,), lines)}: there is no key {key!r}" for key in value]
    if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        raise NotWaivers(f"{name}: waivers are tables that begin with [[waiver]]")
    waivers = []
    for number, table in enumerate(tables):
        line = line_of(("waiver", number), lines)
        faults = list(_faults(table))
        wrong += [f"{name}:{line}: {fault}" for fault in faults]
        if not faults:
            url, file, kind = (table.get(key) for key in ("url", "file", "kind"))
            waivers.append(Waiver(url, file, kind, table["reason"], table.get("until"), line))
    if wrong:
        raise NotWaivers("\n".join(wrong))
    return tuple(waivers)


def _faults(table: Mapping[str, object]) -> Iterable[str]:
    """What is wrong with one waiver, a sentence each."""
    yield from (f"there is no key {key!r}" for key in table if key not in _KEYS)
    for key in ("url", "file", "kind", "reason"):
        text = table.get(key)
        if key in table and not (isinstance(text, str) and text.strip()):
            yield f"{key} must be a text that isn't empty"
    if "reason" not in table:
        yield "a waiver needs a reason"
    if "url" not in table and "file" not in table:
        yield "a waiver names a url or a file"
    if isinstance(table.get("kind"), str) and table["kind"] not in KINDS:
        yield f"there is no kind {table['kind']!r}"
    # A date and time is a date to Python, too
    if "until" in table and type(table["until"]) is not date:
        yield "until must be a date, such as 2027-01-31 without quotes"
