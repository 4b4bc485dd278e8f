"""The pull protocol: a loop in any language, or a web page, asks for cases over HTTP, obeys them and reports.

    GET  BASE/next    200 with a case as JSON, as soon as there is one; 204 when all is done
    POST BASE/report  {"id": ..., "results": [{"status": 200, "content": "...", "error": null}]}; 204
    GET  /            a page that does it all in a browser

docs/check-client.md documents it. The server is a small one on purpose, and answers each request on a connection of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

from statuary.conformance.client.abilities import ABILITIES
from statuary.conformance.client.case import Case, Told, read_told
from statuary.conformance.client.client_file import Client
from statuary.conformance.client.driver import end, spawn

MOST_REPORT = 16 * 1024 * 1024
_FOR_START = 20.0  # seconds in which a loop has to take a case
_AFTER_TIME = 1.0  # seconds that a client may take longer than it was told
_FOR_MESSAGE = 10.0
_FOR_FAREWELL = 0.5


@dataclass(slots=True)
class _Pending:
    case: Case
    told: asyncio.Future[Sequence[Told]]
    taken: asyncio.Event = field(default_factory=asyncio.Event)
    worker: str = ""


class PullDriver:
    """Hands out cases to whoever asks. ``open`` first; where the client has a loop, ``open`` starts it."""

    def __init__(self, client: Client | None = None) -> None:
        self.abilities = (
            client.abilities if client is not None else frozenset(ABILITIES) - {"resume", "proxy", "retries"}
        )
        self.url = ""
        self._client = client
        self._waiting: asyncio.Queue[_Pending] = asyncio.Queue()
        self._pending: dict[str, _Pending] = {}
        self._server: asyncio.Server | None = None
        self._processes: dict[str, asyncio.subprocess.Process] = {}
        self._work = tempfile.TemporaryDirectory(prefix="statuary-")
        self._is_over = False
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self, port: int = 0) -> None:
        """Take requests for cases, and start the loops. Raises OSError."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", port)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        if self._client is not None:
            for number in range(self._client.workers):
                await self._start(f"w{number}")

    async def perform(self, case: Case) -> Sequence[Told]:
        """What the client told of each order; a loop that does not report in time is started anew."""
        pending = _Pending(case, asyncio.get_running_loop().create_future())
        self._pending[case.id] = pending
        await self._waiting.put(pending)
        try:
            async with asyncio.timeout(_FOR_START if self._client is not None else None):
                await pending.taken.wait()
            async with asyncio.timeout(case.seconds + _AFTER_TIME):
                return await pending.told
        except TimeoutError:
            if self._client is not None and pending.worker in self._processes:
                await self._start(pending.worker)
            return [Told() for _ in case.orders]
        finally:
            self._pending.pop(case.id, None)
            if not pending.told.done():
                pending.told.cancel()

    async def close(self) -> None:
        """Tell whoever asks that all is done, and end the loops."""
        self._is_over = True
        for process in self._processes.values():
            await end(process)
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.sleep(0.01)  # until the connections are closed
        self._work.cleanup()

    async def finish(self) -> None:
        """From now on there are no more cases; who asks is told so."""
        self._is_over = True
        await asyncio.sleep(_FOR_FAREWELL)

    def last_words(self) -> str:
        """What the loops said last, for who looks for what is wrong with them."""
        files = sorted(Path(self._work.name).glob("*.out"))
        return "\n".join(file.read_text("utf-8", "replace")[-1000:].strip() for file in files).strip()

    async def _start(self, worker: str) -> None:
        assert self._client is not None
        if worker in self._processes:
            await end(self._processes.pop(worker))
        command = self._client.placed(self._client.loop, {"base": f"{self.url}/{worker}", "work": self._work.name})
        with (Path(self._work.name) / f"{worker}.out").open("ab") as output:
            self._processes[worker] = await spawn(command, Path(self._work.name), self._client, output.fileno())

    # The server

    def _accept(self, incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._serve(incoming, outgoing))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
        try:
            await self._served(incoming, outgoing)
        finally:
            outgoing.close()

    async def _served(self, incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, TimeoutError, ValueError, asyncio.IncompleteReadError):
            async with asyncio.timeout(_FOR_MESSAGE):
                method, target, content = await _request(incoming)
            status, type, answer = await self._answer(method, target, content, incoming)
            head = f"HTTP/1.1 {status} -\r\nContent-Type: {type}\r\nCache-Control: no-store\r\nConnection: close\r\n"
            if status != 204:
                head += f"Content-Length: {len(answer)}\r\n"
            outgoing.write(f"{head}\r\n".encode("ascii") + answer)
            await outgoing.drain()

    async def _answer(
        self, method: str, target: str, content: bytes, incoming: asyncio.StreamReader
    ) -> tuple[int, str, bytes]:
        base, _, last = target.partition("?")[0].rpartition("/")
        if method == "GET" and last == "next":
            pending = await self._next(incoming)
            if pending is None:
                return 204, "text/plain", b""
            pending.worker = base.strip("/")
            pending.taken.set()
            return 200, "application/json", pending.case.to_json().encode("ascii")
        if method == "POST" and last == "report":
            return self._reported(content)
        if method == "GET" and target == "/":
            page = resources.files("statuary.conformance.client") / "page.html"
            return 200, "text/html; charset=utf-8", page.read_bytes()
        return 404, "text/plain", b"There are /, BASE/next and BASE/report.\n"

    async def _next(self, incoming: asyncio.StreamReader) -> _Pending | None:
        """The next case, unless all is done or whoever asked has gone."""
        while not self._is_over:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.2):
                    pending = await self._waiting.get()
                    if not pending.told.done():
                        return pending
            if incoming.at_eof():
                return None
        return None

    def _reported(self, content: bytes) -> tuple[int, str, bytes]:
        try:
            value = json.loads(content)
            told = read_told(value["results"])
            pending = self._pending.get(str(value["id"]))
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            return 400, "text/plain", f"{error}\n".encode("ascii", "replace")
        if pending is not None and not pending.told.done():
            pending.told.set_result(told)
        return 204, "text/plain", b""


async def _request(incoming: asyncio.StreamReader) -> tuple[str, str, bytes]:
    head = (await incoming.readuntil(b"\r\n\r\n")).decode("latin-1")
    method, target, _ = head.split("\r\n", 1)[0].split(" ")
    length = 0
    for line in head.split("\r\n")[1:]:
        name, _, value = line.partition(":")
        if name.strip().lower() == "content-length":
            length = int(value)
    if not 0 <= length <= MOST_REPORT:
        raise ValueError("too much")
    return method, target, await incoming.readexactly(length)


def frame() -> bytes:
    """The page in which a browser obeys cases, from the origin that is under test."""
    return (resources.files("statuary.conformance.client") / "frame.html").read_bytes()
