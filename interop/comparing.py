"""The command that installs, checks and compares subjects: one for servers, one for clients, one for intermediaries."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from interop.checking import COULD_NOT_RUN, end_what_was_started, say, write_side_by_side

from statuary.conformance.report import Report


class Named(Protocol):
    """Something that is checked."""

    @property
    def name(self) -> str: ...


_Subject = TypeVar("_Subject", bound=Named)


@dataclass(frozen=True, slots=True)
class Comparison(Generic[_Subject]):
    """What is compared, and how.

    program   how the command is called
    about     what it does, in a sentence
    subjects  by name
    install   installs what they need into a cache folder; for each that can't have it, the reason
    check     what the checker says of one: its exit status, and its report if there is one
    page      the page for the reports, by name
    file      where the page goes when all subjects were checked
    cache     where things are kept, if nothing else is said
    """

    program: str
    about: str
    subjects: Mapping[str, _Subject]
    install: Callable[[Sequence[_Subject], Path, Callable[[str], None]], Mapping[str, str]]
    check: Callable[[_Subject, Path], tuple[int, Report | None]]
    page: Callable[[Mapping[str, Report]], str]
    file: Path
    cache: Path

    def main(self, arguments: list[str]) -> int:
        """0 no MUST is departed from but what is waived; 1 one is; 2 a subject could not be checked."""
        options = self._parser().parse_args(arguments)
        end_what_was_started()
        chosen: Sequence[_Subject] = options.subjects or list(self.subjects.values())
        reasons = {} if options.no_install else self.install(chosen, options.cache, say)
        statuses, reports = [], {}
        for subject in chosen:
            if subject.name in reasons:
                status, report = COULD_NOT_RUN, None
                say(f"{subject.name}: {reasons[subject.name]}")
            else:
                say(f"checking {subject.name}")
                status, report = self.check(subject, options.cache)
            statuses.append(status)
            if report is not None:
                reports[subject.name] = report
        if reports:
            self._write(reports, options)
        return max(statuses)

    def _parser(self) -> argparse.ArgumentParser:
        parser = argparse.ArgumentParser(
            prog=self.program,
            description=self.about,
            epilog="exit status: 0 no MUST is departed from but what is waived; 1 one is; 2 a subject could not be checked",
        )
        parser.add_argument("subjects", metavar="NAME", nargs="*", type=self._named, help=", ".join(self.subjects))
        parser.add_argument("--no-install", action="store_true", help="use what is there")
        parser.add_argument("--cache", type=Path, default=self.cache, metavar="DIR", help="default: %(default)s")
        parser.add_argument(
            "--page", type=Path, metavar="FILE", help=f"default, if all were checked: docs/{self.file.name}"
        )
        return parser

    def _named(self, name: str) -> _Subject:
        if name not in self.subjects:
            raise argparse.ArgumentTypeError(f"there is no {name}; there are {', '.join(self.subjects)}")
        return self.subjects[name]

    def _write(self, reports: Mapping[str, Report], options: argparse.Namespace) -> None:
        side_by_side = options.cache / "comparison.html"
        write_side_by_side(list(reports.values()), side_by_side)
        say(f"wrote {side_by_side}")
        file = options.page or (self.file if len(reports) == len(self.subjects) else None)
        if file is None:
            print(self.page(reports), end="")
        else:
            file.write_text(self.page(reports), "utf-8")
            say(f"wrote {file}")
