"""What the scores of servers, clients and intermediaries with faults share: what counts, is remembered and said."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from statuary.conformance.report import Report, Result

REMEMBERED = 2


class Planted(Protocol):
    """A fault that can be planted."""

    @property
    def name(self) -> str: ...

    @property
    def requirement(self) -> str: ...

    @property
    def level(self) -> str: ...


@dataclass(frozen=True)
class Score:
    """What a run found of a fault: results that depart from a requirement with the strength that it has, or more.

    ``how`` says in which setting it was found, where there are several.
    """

    fault: str
    results: tuple[Result, ...]
    how: tuple[str, ...] = ()

    @property
    def is_found(self) -> bool:
        """Whether the fault was reported."""
        return bool(self.results)

    @property
    def scenarios(self) -> list[str]:
        """Scenarios that show it, the strongest first; none where discovery already does."""
        ids = [one.seen_in[0] if one.seen_in else one.id for one in self.results]
        return [id for id in dict.fromkeys(ids) if not id.startswith("discovery")][:REMEMBERED]


def counted(fault: Planted, report: Report) -> tuple[Result, ...]:
    """The results that count for a fault, the strongest first."""
    counting: tuple[str, ...] = ("fail", "warn", "note")
    if fault.level.startswith("MUST"):
        counting = ("fail",)
    elif fault.level.startswith("SHOULD"):
        counting = ("fail", "warn")
    found = [one for one in report.results if one.verdict in counting]
    return tuple(sorted(found, key=lambda one: counting.index(one.verdict)))


@dataclass(frozen=True)
class Scores:
    """The scores of all faults of a kind.

    program  how the command is called
    about    what it does
    faults   by name
    file     where is kept what found each fault the last time, as ``--write`` leaves it: what quick tests play
    score    runs the checker against one with that fault
    alarms   what is reported of the correct one, a line each
    """

    program: str
    about: str
    faults: Mapping[str, Planted]
    file: Path
    score: Callable[[str], Score]
    alarms: Callable[[], list[str]]

    def main(self, arguments: Sequence[str] | None = None) -> int:
        """Print a line for each fault, then the counts. Returns 1 if a fault was missed or there was a false alarm."""
        parser = argparse.ArgumentParser(prog=self.program, description=self.about)
        parser.add_argument("names", nargs="*", help="faults to plant; all if none is named, the correct one first")
        parser.add_argument("--processes", type=int, default=2)
        parser.add_argument("--missed", action="store_true", help="print only the faults that are missed")
        parser.add_argument("--write", action="store_true", help=f"note in {self.file.name} what finds them")
        options = parser.parse_args(arguments)
        if unknown := set(options.names) - set(self.faults):
            parser.error(f"there is no fault {min(unknown)}")
        unfounded = [] if options.names else self.alarms()
        for alarm in unfounded:
            print(f"FALSE  {alarm}")
        missed, names = 0, options.names or list(self.faults)
        with ProcessPoolExecutor(options.processes) as pool:
            for result in pool.map(self.score, names):
                missed += not result.is_found
                if options.write:
                    self.remember(result)
                if not result.is_found or not options.missed:
                    print(self.line(result), flush=True)
        print(f"{len(names) - missed} faults found, {missed} missed, {len(unfounded)} false alarms")
        return 1 if missed or unfounded else 0

    def remember(self, result: Score) -> None:
        """Write what finds a fault into the file."""
        known = found_by(self.file)
        known[result.fault] = [*result.how, *result.scenarios]
        rows = (
            f" {json.dumps(name)}: {json.dumps(how)}"
            for name, how in sorted(known.items())
            if name in self.faults and (name != result.fault or result.is_found)
        )
        beside = self.file.with_suffix(".new")
        beside.write_text("{\n" + ",\n".join(rows) + "\n}\n", "utf-8")
        beside.replace(self.file)  # at once, as it is read meanwhile

    def line(self, one: Score) -> str:
        """A row of the table."""
        fault = self.faults[one.fault]
        shown = ", ".join(f"{result.id} ({result.breaks})" for result in one.results[:3])
        more = f" and {len(one.results) - 3} more" if len(one.results) > 3 else ""
        word = "found " if one.is_found else "MISSED"
        return f"{word} {fault.name:34} {fault.requirement:18} {fault.level:10} {shown}{more}".rstrip()


def found_by(file: Path) -> dict[str, list[str]]:
    """What found each fault the last time: in which setting, if there are several, then scenarios."""
    return json.loads(file.read_text("utf-8")) if file.exists() else {}
