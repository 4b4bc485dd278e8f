"""``python -m interop clients [NAME...]``: check real clients with Statuary, and compare what was found.

Installs what is missing into a cache folder, has ``statuary check client`` drive each, and writes the comparison.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Mapping
from pathlib import Path

from interop.checking import COULD_NOT_RUN, checked, end_what_was_started, say, write_side_by_side
from interop.clients.installing import arguments as told
from interop.clients.installing import environment, install
from interop.clients.page import HEAD, where
from interop.clients.subjects import SUBJECTS, Subject
from interop.installing import REPOSITORY, cache_folder
from interop.page import page

from statuary.conformance.report import Report

PAGE = REPOSITORY / "docs" / "interop-clients.md"


def main(arguments: list[str]) -> int:
    """0 no MUST is departed from but what is waived; 1 one is; 2 a client could not be checked."""
    options = _parser().parse_args(arguments)
    end_what_was_started()
    chosen = options.clients or list(SUBJECTS.values())
    reasons = {} if options.no_install else install(chosen, options.cache, say)
    statuses, reports = [], {}
    for subject in chosen:
        if subject.name in reasons:
            status, report = COULD_NOT_RUN, None
            say(f"{subject.name}: {reasons[subject.name]}")
        else:
            status, report = _check(subject, options.cache)
        statuses.append(status)
        if report is not None:
            reports[subject.name] = report
    if reports:
        _write(reports, options, are_all=len(reports) == len(SUBJECTS))
    return max(statuses)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m interop clients",
        description="Install and check real clients, and write the comparison page.",
        epilog="exit status: 0 no MUST is departed from but what is waived; 1 one is; 2 a client could not be checked",
    )
    parser.add_argument("clients", metavar="NAME", nargs="*", type=_subject, help=", ".join(SUBJECTS))
    parser.add_argument("--no-install", action="store_true", help="use what is there")
    parser.add_argument(
        "--cache", type=Path, default=cache_folder() / "clients", metavar="DIR", help="default: %(default)s"
    )
    parser.add_argument(
        "--page", type=Path, metavar="FILE", help="default, if all clients were checked: docs/interop-clients.md"
    )
    return parser


def _subject(name: str) -> Subject:
    if name not in SUBJECTS:
        raise argparse.ArgumentTypeError(f"there is no {name}; there are {', '.join(SUBJECTS)}")
    return SUBJECTS[name]


def _check(subject: Subject, cache: Path) -> tuple[int, Report | None]:
    """What the checker says of a client: its exit status, and its report if there is one."""
    with tempfile.TemporaryDirectory(prefix="statuary-interop-") as folder:
        say(f"checking {subject.name}")
        return checked(told(subject, cache), subject.waivers, environment(cache), Path(folder))


def _write(reports: Mapping[str, Report], options: argparse.Namespace, *, are_all: bool) -> None:
    side_by_side = options.cache / "comparison.html"
    write_side_by_side(list(reports.values()), side_by_side)
    say(f"wrote {side_by_side}")
    file = options.page or (PAGE if are_all else None)
    text = page(reports, HEAD, where)
    if file is None:
        print(text, end="")
    else:
        file.write_text(text, "utf-8")
        say(f"wrote {file}")
