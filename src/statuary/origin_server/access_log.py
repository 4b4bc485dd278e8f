"""The access log: a line for each response, in the Common Log Format or as JSON, escaped, written in batches."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from typing import Literal

LogStyle = Literal["common", "json", "none"]

MOST_WAITING = 1024 * 1024
MOST_LINES = 4096
"""Lines collected before they are written in any case."""

# In a line of the common format nothing may look like its end or like another field
_ESCAPES = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 256))} | {ord('"'): '\\"', ord("\\"): "\\\\"}
_USER_ESCAPES = _ESCAPES | {ord(" "): "\\x20"}


class AccessLog:
    """Collects entries and writes them to a file descriptor when flushed; at once if it is a terminal."""

    def __init__(self, style: LogStyle = "common", descriptor: int = 1) -> None:
        self.style = style
        self._descriptor = descriptor
        self._lines: list[str] = []
        self._unwritten = b""
        self._moment = -1
        self._stamp = ""
        self._most = 0 if style != "none" and os.isatty(descriptor) else MOST_LINES

    def record(
        self,
        now: int,
        peer: str,
        user: str | None,
        request_line: str,
        status: int,
        octets: int,
        because: str = "",
        more: Mapping[str, str | int | float | None] | None = None,
    ) -> str:
        """One response. ``request_line`` may hold anything; ``octets`` counts content sent, without framing.

        ``more`` is told at the end of the line: names and values of our own, without spaces in them. Gives the entry, for
        ``repeat``.
        """
        if now != self._moment:
            self._moment = now
            self._stamp = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now))
        if self.style == "common":
            if (
                not request_line.isascii()
                or not request_line.isprintable()
                or '"' in request_line
                or "\\" in request_line
            ):
                request_line = request_line.translate(_ESCAPES)
            name = "-" if user is None else _escaped_user(user)
            told = "" if more is None else "".join([f" {key}={_told(value)}" for key, value in more.items()])
            entry = f'{peer} - {name} [{self._stamp}] "{request_line}" {status} {octets}{told}\n'
        elif self.style == "json":
            entry = self._as_json(peer, user, request_line, status, octets, because, more or {})
        else:
            return ""
        self.repeat(entry)
        return entry

    def repeat(self, entry: str) -> None:
        """An entry, again: another response in all alike, within the same second."""
        self._lines.append(entry)
        if len(self._lines) > self._most:
            self.flush()

    def _as_json(
        self,
        peer: str,
        user: str | None,
        request_line: str,
        status: int,
        octets: int,
        because: str,
        more: Mapping[str, str | int | float | None],
    ) -> str:
        moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self._moment))
        entry = {
            "time": moment,
            "peer": peer,
            "user": user,
            "request": request_line,
            "status": status,
            "octets": octets,
            "because": because,
            **more,
        }
        return json.dumps(entry) + "\n"

    def flush(self) -> None:
        """Write what was collected. A reader that has gone away ends the log, not the server."""
        if not self._lines and not self._unwritten:
            return
        data = self._unwritten + "".join(self._lines).encode("utf-8", "backslashreplace")
        self._lines.clear()
        self._unwritten = b""
        try:
            while data:
                data = data[os.write(self._descriptor, data) :]
        except BlockingIOError:
            # The reader is slow: try again with the next lines, as long as that does not grow without bound
            self._unwritten = data if len(data) < MOST_WAITING else data[: data.find(b"\n") + 1]
        except OSError:
            self.style = "none"


def _told(value: str | float | None) -> str:
    return "-" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)


def _escaped_user(user: str) -> str:
    return "".join(_USER_ESCAPES.get(ord(letter), letter) for letter in user if letter.isprintable()) or "-"
