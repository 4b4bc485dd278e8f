"""Starts a subject from its file, on a free port of this machine, and ends it with all its children; asks for versions."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

from statuary.conformance.subject import Subject

LONGEST_START = 30.0
LONGEST_END = 5.0
_LAST_WORDS = 2000


class CannotStart(Exception):  # noqa: N818
    """The subject's command did not bring up a server. The message says what it did instead, and its last words."""


@contextlib.asynccontextmanager
async def started(subject: Subject, **more: str) -> AsyncIterator[str]:
    """The URL of the subject, running: where it has a command it is started, and ended afterwards. Raises CannotStart.

    ``more`` are further placeholders in its command, such as the port of an upstream.
    """
    if not subject.start:
        yield subject.url
        return
    port = _free_port()
    url = subject.url.replace("{port}", str(port))
    with tempfile.TemporaryDirectory(prefix="statuary-") as work, tempfile.TemporaryFile() as output:
        process = await _spawn(subject, _filled(subject.start, port, work, subject, more), output.fileno())
        try:
            await _wait(process, url, output)
            await asyncio.sleep(subject.settle)
            yield url
        finally:
            await _end(process)


def version_of(subject: Subject) -> str:
    """What the subject's version command says first, empty where it has none or it fails."""
    return first_said(_filled(subject.version, 0, "", subject), subject.folder)


def first_said(command: Sequence[str], folder: Path | None = None) -> str:
    """The first line that a version command prints, run in a folder; empty where there is no command, or it fails."""
    if not command:
        return ""
    try:
        done = subprocess.run(  # noqa: S603 - the command is the user's own
            command,
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=20,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    lines = done.stdout.decode("utf-8", "replace").strip().splitlines()
    # "nginx version: nginx/1.22.1" says it twice
    return lines[0].rpartition("version:")[2].strip()[:200] if lines else ""


def _filled(
    command: Sequence[str], port: int, work: str, subject: Subject, more: Mapping[str, str] | None = None
) -> list[str]:
    values = {
        **{f"{{{name}}}": value for name, value in (more or {}).items()},
        "{port}": str(port),
        "{work}": work,
        "{here}": str(subject.folder.resolve()),
        "{python}": sys.executable,
    }
    words = list(command)
    for placeholder, value in values.items():
        words = [word.replace(placeholder, value) for word in words]
    return words


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def _spawn(subject: Subject, command: Sequence[str], output: int) -> asyncio.subprocess.Process:
    try:
        return await asyncio.create_subprocess_exec(
            *command,
            cwd=subject.folder,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    except OSError as error:
        raise CannotStart(f"{command[0]}: {error.strerror}") from None


async def _wait(process: asyncio.subprocess.Process, url: str, output: BinaryIO) -> None:
    parts = urlsplit(url)
    loop = asyncio.get_running_loop()
    deadline = loop.time() + LONGEST_START
    while process.returncode is None and loop.time() < deadline:
        try:
            _, outgoing = await asyncio.open_connection(parts.hostname, parts.port)
        except OSError:
            await asyncio.sleep(0.05)
            continue
        outgoing.transport.abort()
        return
    output.seek(0)
    said = output.read()[-_LAST_WORDS:].decode("utf-8", "replace").strip()
    what = f"it took no connections within {LONGEST_START:g} seconds"
    if process.returncode is not None:
        what = f"it ended with status {process.returncode}"
    raise CannotStart(f"{what}{': ' if said else ''}{said}")


async def _end(process: asyncio.subprocess.Process) -> None:
    """The whole group, kindly at first."""
    for kind in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, kind)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_END):
                await process.wait()
                break
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
