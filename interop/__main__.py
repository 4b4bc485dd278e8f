"""``python -m interop [NAME...]``: check real servers with Statuary, and compare what was found.

Installs what is missing, has ``statuary check server`` start, check and stop each subject, and writes the comparison.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from interop.installing import REPOSITORY, cache_folder, environment, install
from interop.page import page
from interop.subjects import SUBJECTS, Subject

from statuary.conformance.report import Report, read_json
from statuary.conformance.reports import html

PAGE = REPOSITORY / "docs" / "interop.md"
NOTHING_VIOLATED, VIOLATED, COULD_NOT_RUN = 0, 1, 2
LONGEST_GOODBYE = 15.0


def main(arguments: list[str]) -> int:
    """0 no MUST is departed from but what is waived; 1 one is; 2 a subject could not be checked."""
    options = _parser().parse_args(arguments)
    # Ended in whatever way, what was started is ended too
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    chosen = options.subjects or list(SUBJECTS.values())
    reasons = {} if options.no_install else install(chosen, options.cache, _say)
    statuses, reports = [], {}
    for subject in chosen:
        if subject.name in reasons:
            status, report = COULD_NOT_RUN, None
            _say(f"{subject.name}: {reasons[subject.name]}")
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
        description="Install, start, check and stop real servers, and write the comparison page.",
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


def _say(text: str) -> None:
    print(f"interop: {text}", file=sys.stderr, flush=True)


def _check(subject: Subject, cache: Path) -> tuple[int, Report | None]:
    """What the checker says of a subject: its exit status, and its report if there is one."""
    with tempfile.TemporaryDirectory(prefix="statuary-interop-") as folder:
        # Servers that give up being root have to get to their files in it
        os.chmod(folder, 0o711)  # noqa: S103 - no more than they need
        written = Path(folder, "report.json")
        command = [sys.executable, "-m", "statuary", "check", "server", "--quiet"]
        command += ["--subject", str(subject.file), "--json", str(written)]
        if subject.waivers is not None:
            command += ["--waivers", str(subject.waivers)]
        _say(f"checking {subject.name}")
        status = _run(command, {**environment(cache), "TMPDIR": folder})
        if not written.exists():
            return COULD_NOT_RUN, None
        return status, read_json(written.read_bytes())


def _run(command: Sequence[str], environment: Mapping[str, str]) -> int:
    process = subprocess.Popen(command, env=environment, cwd=REPOSITORY)  # noqa: S603 - our own command
    try:
        return process.wait()
    finally:
        # It ends the server that it started, so it gets the time to
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(LONGEST_GOODBYE)
            process.kill()
            process.wait()


def _write(reports: Mapping[str, Report], options: argparse.Namespace, *, are_all: bool) -> None:
    options.cache.mkdir(parents=True, exist_ok=True)
    side_by_side = options.cache / "comparison.html"
    side_by_side.write_text(html.render(list(reports.values())), "utf-8")
    _say(f"wrote {side_by_side}")
    where = options.page or (PAGE if are_all else None)
    if where is None:
        print(page(reports), end="")
    else:
        where.write_text(page(reports), "utf-8")
        _say(f"wrote {where}")


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main(sys.argv[1:]))
    sys.exit(128 + signal.SIGINT)
