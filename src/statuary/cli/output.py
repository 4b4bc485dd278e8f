"""How commands print: whether there is a terminal for colours, and text that any encoding and a closed pipe can take."""

from __future__ import annotations

import os
import sys


def has_colour() -> bool:
    """Whether standard output is a terminal that takes colours, and nobody asked for none: https://no-color.org."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def coloured(text: str, code: str) -> str:
    """The text in a colour or style of ECMA-48, where there is colour."""
    return f"\x1b[{code}m{text}\x1b[0m" if has_colour() else text


def write(text: str) -> None:
    """To standard output, whatever its encoding; a reader that has had enough, such as head, is no error."""
    encoding = sys.stdout.encoding or "utf-8"
    try:
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
        sys.stdout.flush()
    except BrokenPipeError:
        forget_output()


def forget_output() -> None:
    """What is still to be printed goes nowhere: nobody reads it."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
