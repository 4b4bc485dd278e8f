"""SIGHUP has two meanings: the terminal is gone, or somebody wants what is configured to be read anew."""

from __future__ import annotations

import os
import signal


class Terminal:
    """The terminal that this process was started from, if any. Make it at the start."""

    def __init__(self) -> None:
        # Who was told to ignore that it goes away, as by nohup, stays
        self._matters = signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN and _has_terminal()

    def is_gone(self) -> bool:
        """Whether it was closed meanwhile: what was started in it ends with it."""
        return self._matters and not _has_terminal()


def _has_terminal() -> bool:
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY))
    except OSError:
        return False
    return True
