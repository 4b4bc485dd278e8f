"""Running the checker on one subject and reading its report: what checking servers and checking clients share."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from interop.installing import REPOSITORY

from statuary.conformance.report import Report, read_json
from statuary.conformance.reports import html

COULD_NOT_RUN = 2
LONGEST_GOODBYE = 15.0


def say(text: str) -> None:
    """Tell who waits what goes on."""
    print(f"interop: {text}", file=sys.stderr, flush=True)


def end_what_was_started() -> None:
    """From now on, SIGTERM ends this program like an exception, so that what it started is ended too."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))


def checked(
    arguments: Sequence[str], waivers: Path | None, environment: Mapping[str, str], folder: Path
) -> tuple[int, Report | None]:
    """What ``statuary check`` says, given these arguments: its exit status, and its report if there is one."""
    written = folder / "report.json"
    command = [sys.executable, "-m", "statuary", "check", *arguments, "--quiet", "--json", str(written)]
    if waivers is not None:
        command += ["--waivers", str(waivers)]
    status = _run(command, environment)
    if not written.exists():
        return COULD_NOT_RUN, None
    return status, read_json(written.read_bytes())


def write_side_by_side(reports: Sequence[Report], file: Path) -> None:
    """Write the reports with every octet, as one page of HTML."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(html.render(reports), "utf-8")


def _run(command: Sequence[str], environment: Mapping[str, str]) -> int:
    process = subprocess.Popen(command, env=environment, cwd=REPOSITORY)  # noqa: S603 - our own command
    try:
        return process.wait()
    finally:
        # It ends what it started, so it gets the time to
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(LONGEST_GOODBYE)
            process.kill()
            process.wait()
