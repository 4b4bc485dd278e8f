"""Drivers: what has a client obey a case and says what it told. The command line is here; see pull.py and calling.py."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from statuary.conformance.client.case import Case, Order, Told, authority
from statuary.conformance.client.client_file import Client
from statuary.conformance.process import first_said

MOST_OUTPUT = 1024 * 1024
_AFTER_TIME = 0.5  # seconds that a client may take longer than it was told


class Driver(Protocol):
    """Has a client obey cases. ``perform`` never raises, but for cancellation."""

    @property
    def abilities(self) -> frozenset[str]: ...

    async def perform(self, case: Case) -> Sequence[Told]: ...

    async def close(self) -> None: ...


class CommandDriver:
    """Starts a client's command for each case.

    Where its arguments for content don't mean POST by themselves, ``names_post`` has it told so besides. Whether they do
    shows in what it sends.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self.abilities = client.abilities
        self.names_post = False
        self.may_lack_post = {"post", "content"} <= client.arguments.keys()

    async def perform(self, case: Case) -> Sequence[Told]:
        """What the client told of each order."""
        with tempfile.TemporaryDirectory(prefix="statuary-") as name:
            work = Path(name)
            command = command_of(self._client, case, work, self.names_post)
            said = work / "said"
            with said.open("wb") as output:
                try:
                    process = await spawn(command, work, self._client, output.fileno())
                except OSError as error:
                    return [Told(error=f"{command[0]}: {error.strerror}")]
            try:
                async with asyncio.timeout(case.seconds + _AFTER_TIME):
                    exit_status: int | None = await process.wait()
            except TimeoutError:
                exit_status = None
            finally:
                await end(process)
            with said.open("rb") as output:
                text = output.read(MOST_OUTPUT).decode("utf-8", "replace")
            return told_by(self._client, case, text, exit_status, work)

    async def close(self) -> None:
        """Nothing is left running."""


def command_of(client: Client, case: Case, work: Path, names_post: bool = False) -> list[str]:
    """The command for a case; the files that it names are in the folder ``work``. ``names_post`` is for POST with content."""
    values = {"work": str(work), "seconds": f"{case.seconds:g}", "trust": authority()}
    words = client.placed(client.command, values)
    for number, order in enumerate(case.orders):
        if number and client.next is not None:
            words += client.placed(client.next, values)
        words += _arguments(client, order, work, number, values, names_post)
    return words


def _arguments(
    client: Client, order: Order, work: Path, number: int, common: dict[str, str], names_post: bool
) -> list[str]:
    output, content_file = work / f"output.{number}", work / f"content.{number}"
    values = {**common, "url": order.url, "method": order.method, "output": str(output)}
    asked: list[tuple[str, dict[str, str]]] = []
    if order.method == "HEAD" and "head" in client.arguments:
        asked.append(("head", {}))
    elif order.method == "POST" and "post" in client.arguments:
        asked += [("post", {})] if order.content is None or names_post else []  # else its content says POST already
    elif order.method != "GET":
        asked.append(("method", {}))
    asked += [("field", {"name": name, "value": value}) for name, value in order.fields]
    if order.content is not None:
        content_file.write_bytes(order.content.encode("latin-1"))
        content = {"content": order.content, "content_file": str(content_file)}
        asked.append(("unsized" if order.unsized else "content", content))
    if order.expect:
        asked.append(("expect", {}))
    if order.credentials is not None:
        asked.append(("credentials", {"user": order.credentials[0], "password": order.credentials[1]}))
    if order.proxy is not None:
        asked.append(("proxy", {"proxy": order.proxy}))
    if order.resume is not None:
        output.write_bytes(order.resume.encode("latin-1"))
        asked.append(("resume", {"offset": str(len(order.resume))}))
    if order.url.startswith("https:"):
        asked.append(("trust", {}))
    words = client.placed(client.each, values)
    for name, more in asked:
        words += client.placed(client.arguments[name], {**values, **more})
    return words + client.placed(client.url, values)


def told_by(client: Client, case: Case, said: str, exit_status: int | None, work: Path) -> list[Told]:
    """What the output and the exit status of a command tell of each order."""
    matches = list(client.status.finditer(said))[-len(case.orders) :] if client.status is not None else []
    told = []
    for number, _ in enumerate(case.orders):
        found = matches[number] if number < len(matches) else None
        groups = found.groupdict() if found is not None else {}
        word = groups.get("status") or (found[1] if found is not None else None)
        status = int(word) if word and word.isdigit() and int(word) else None
        failed = groups.get("exit", "0") != "0" if "exit" in groups else _has_failed(client, exit_status, status)
        if exit_status is None:
            told.append(Told(status=None))
        else:
            last = said.strip().rsplit("\n", 1)[-1][:200]
            error = f"exit status {groups.get('exit') or exit_status}: {last}" if failed else None
            told.append(Told(status, _content(client, work, number, said), error))
    return told


def _has_failed(client: Client, exit_status: int | None, status: int | None) -> bool:
    return exit_status not in client.fine or (status is None and client.status is not None)


def _content(client: Client, work: Path, number: int, said: str) -> bytes | None:
    if not client.content:
        return None
    if isinstance(client.content, re.Pattern):
        found = client.content.search(said)
        return b"" if found is None else found[1].encode("latin-1", "replace")
    try:
        with (work / f"output.{number}").open("rb") as file:
            return file.read(MOST_OUTPUT)
    except OSError:
        return b""


async def spawn(command: Sequence[str], work: Path, client: Client, output: int) -> asyncio.subprocess.Process:
    """Start a command in a folder that is its home as well, without the proxies of this machine. Raises OSError."""
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    environment |= {"HOME": str(work), **client.environment}
    return await asyncio.create_subprocess_exec(
        *command,
        cwd=work,
        env=environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,
    )


async def end(process: asyncio.subprocess.Process) -> None:
    """End a command with all its children."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


def version_of(client: Client) -> str:
    """What the version command of a client says first, empty where it has none or it fails."""
    return first_said(client.placed(client.version, {}))
