"""How commands say that they can't do what they were asked."""

from __future__ import annotations

import sys

from statuary.conformance.reports.wording import printable

COULD_NOT_RUN = 2


def fail(command: str, why: object) -> int:
    """Say on standard error why a command could not be run, a text or an error; gives the exit status."""
    if isinstance(why, OSError):
        why = f"{why.filename or 'it failed'}: {why.strerror or why}"
    for line in str(why).split("\n"):
        print(f"statuary {command}: {printable(line)}", file=sys.stderr)
    return COULD_NOT_RUN
