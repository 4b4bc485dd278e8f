"""``python -m interop [NAME...]``: check real servers with Statuary, and compare what was found.

Installs what is missing, has ``statuary check server`` start, check and stop each subject, and writes the comparison.
``python -m interop clients [NAME...]`` does it for clients: clients/checking.py; ``python -m interop intermediaries
[NAME...]`` for gateways and proxies: intermediaries/checking.py.
``python -m interop links`` compares link checkers on documentation: links/comparing.py.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from interop.checking import COULD_NOT_RUN, checked, end_what_was_started, say, write_side_by_side
from interop.clients.checking import main as clients
from interop.installing import REPOSITORY, cache_folder, environment, install
from interop.intermediaries.checking import main as intermediaries
from interop.links.comparing import main as links
from interop.page import page
from interop.subjects import SUBJECTS, Subject

from statuary.conformance.report import Report

PAGE = REPOSITORY / "docs" / "interop.md"


def main(arguments: list[str]) -> int:
    """0 no MUST is departed from but what is waived; 1 one is; 2 a subject could not be checked."""
    if arguments[:1] == ["clients"]:
        return clients(arguments[1:])
    if arguments[:1] == ["links"]:
        return links(arguments[1:])
    if arguments[:1] == ["intermediaries"]:
        return intermediaries(arguments[1:])
    options = _parser().parse_args(arguments)
    end_what_was_started()
    chosen = options.subjects or list(SUBJECTS.values())
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
        prog="python -m interop",
        description="Install, start, check and stop real servers, and write the comparison page. "
        "python -m interop clients does it for clients, python -m interop intermediaries for gateways and proxies.",
        epilog="exit status: 0 no MUST is departed from but what is waived; 1 one is; 2 a subject could not be checked",
    )
    parser.add_argument("subjects", metavar="NAME", nargs="*", type=_subject, help=", ".join(SUBJECTS))
    parser.add_argument("--no-install", action="store_true", help="use what is there")
    parser.add_argument("--cache", type=Path, default=cache_folder(), metavar="DIR", help="default: %(default)s")
    parser.add_argument(
        "--page", type=Path, metavar="FILE", help="default, if all subjects were checked: docs/interop.md"
    )
    return parser


def _subject(name: str) -> Subject:
    if name not in SUBJECTS:
        raise argparse.ArgumentTypeError(f"there is no {name}; there are {', '.join(SUBJECTS)}")
    return SUBJECTS[name]


def _check(subject: Subject, cache: Path) -> tuple[int, Report | None]:
    """What the checker says of a subject: its exit status, and its report if there is one."""
    with tempfile.TemporaryDirectory(prefix="statuary-interop-") as folder:
        # Servers that give up being root have to get to their files in it
        os.chmod(folder, 0o711)  # noqa: S103 - no more than they need
        say(f"checking {subject.name}")
        arguments = ["server", "--subject", str(subject.file)]
        return checked(arguments, subject.waivers, {**environment(cache), "TMPDIR": folder}, Path(folder))


def _write(reports: Mapping[str, Report], options: argparse.Namespace, *, are_all: bool) -> None:
    side_by_side = options.cache / "comparison.html"
    write_side_by_side(list(reports.values()), side_by_side)
    say(f"wrote {side_by_side}")
    where = options.page or (PAGE if are_all else None)
    if where is None:
        print(page(reports), end="")
    else:
        where.write_text(page(reports), "utf-8")
        say(f"wrote {where}")


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main(sys.argv[1:]))
    sys.exit(128 + signal.SIGINT)
