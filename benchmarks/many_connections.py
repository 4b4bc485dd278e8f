"""Holds idle and slow connections and asks over others: `python -m benchmarks.many_connections --help`.

The idle ones have had an answer and ask nothing more; the slow ones send a request's header section, a byte a second.
Those that the server closes, which it may once its time limits are over, are made anew. Meanwhile requests go out one
after the other, on a new connection each and on one that is kept; each must be answered with 200.
"""

import argparse
import asyncio
import contextlib
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean, quantiles

from benchmarks.processes import HOST, DidNotStartError, allow_open_files, free_port
from benchmarks.servers import SERVERS, Place, make_files, serving

FIELDS = f"Host: {HOST}\r\nUser-Agent: benchmark\r\n"
REQUEST = f"GET /1024.txt HTTP/1.1\r\n{FIELDS}\r\n".encode("ascii")
LAST_REQUEST = f"GET /1024.txt HTTP/1.1\r\n{FIELDS}Connection: close\r\n\r\n".encode("ascii")
HELD = 0.9
"""Share of the connections that must be there on average; less, and the server refuses them rather than hold them."""
PAUSE = 0.2
"""Seconds before a connection that the server closed is made anew."""
OPENING_AT_ONCE = 100
"""Not all at once, as no more than the listen backlog are accepted in one go."""


class UnansweredError(Exception):
    """A request got no answer in time, or not the file."""


@dataclass(slots=True)
class Held:
    """The connections held, as they come and go."""

    idle: int = 0
    slow: int = 0
    seen: list[int] = field(default_factory=list)
    """How many there were, each time a request was sent over others."""
    closed: Counter[str] = field(default_factory=Counter)
    """How many the server ended, by kind and by what it said before."""

    def count(self) -> int:
        return self.idle + self.slow


@dataclass(slots=True)
class Latencies:
    """Seconds from sending to the whole answer; on a new connection, from connecting."""

    new: list[float] = field(default_factory=list)
    kept: list[float] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)


async def read_response(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    length = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            length = int(line.partition(b":")[2])
    await reader.readexactly(length)
    return int(head.split(b" ", 2)[1])


async def expect_file(reader: asyncio.StreamReader) -> None:
    try:
        status = await read_response(reader)
    except (asyncio.IncompleteReadError, ConnectionError) as why:
        raise UnansweredError(f"the connection ended: {why}") from why
    if status != 200:
        raise UnansweredError(f"answered {status}")


async def stay_idle(port: int, held: Held, opening: asyncio.Semaphore) -> None:
    """Keep one idle connection, until cancelled."""
    while True:
        with contextlib.suppress(OSError, UnansweredError):
            async with opening:
                reader, writer = await asyncio.open_connection(HOST, port)
                writer.write(REQUEST)
                await expect_file(reader)
            held.idle += 1
            try:
                said = await reader.read()
            finally:
                held.idle -= 1
                writer.close()
            note_closed(held, "idle", said)
        await asyncio.sleep(PAUSE)


async def stay_slow(port: int, held: Held, opening: asyncio.Semaphore) -> None:
    """Keep one slow connection, until cancelled."""
    while True:
        with contextlib.suppress(OSError):
            async with opening:
                reader, writer = await asyncio.open_connection(HOST, port)
            held.slow += 1
            ended = asyncio.ensure_future(reader.read())
            try:
                # The header section never ends
                octets = REQUEST[:-2] + b"X-Slow: " + b"z" * 1_000_000
                for position in range(len(octets)):
                    writer.write(octets[position : position + 1])
                    await asyncio.wait([ended], timeout=1)
                    if ended.done():
                        break
                said = await ended
            finally:
                held.slow -= 1
                ended.cancel()
                writer.close()
            note_closed(held, "slow", said)
        await asyncio.sleep(PAUSE)


def note_closed(held: Held, kind: str, said: bytes) -> None:
    held.closed[f"{kind}, {'after ' + said[9:12].decode('latin-1') if said else 'with no word'}"] += 1


async def ask_anew(port: int, patience: float) -> float:
    started = time.perf_counter()
    try:
        async with asyncio.timeout(patience):
            reader, writer = await asyncio.open_connection(HOST, port)
            try:
                writer.write(LAST_REQUEST)
                await expect_file(reader)
            finally:
                writer.close()
    except (TimeoutError, OSError) as why:
        raise UnansweredError(str(why) or f"no answer in {patience:g} s") from why
    return time.perf_counter() - started


async def measure(port: int, seconds: float, patience: float, held: Held) -> Latencies:
    """Ask on a new connection and on a kept one, in turn, with a short rest after the two."""
    latencies = Latencies()
    kept: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        held.seen.append(held.count())
        try:
            latencies.new.append(await ask_anew(port, patience))
        except UnansweredError as why:
            latencies.unanswered.append(f"on a new connection: {why}")
        try:
            async with asyncio.timeout(patience):
                if kept is None:
                    kept = await asyncio.open_connection(HOST, port)
                started = time.perf_counter()
                kept[1].write(REQUEST)
                await expect_file(kept[0])
                latencies.kept.append(time.perf_counter() - started)
        except (UnansweredError, TimeoutError, OSError) as why:
            latencies.unanswered.append(f"on a kept connection: {why or 'no answer in time'}")
            if kept is not None:
                kept[1].close()
                kept = None
        await asyncio.sleep(0.02)
    if kept is not None:
        kept[1].close()
    return latencies


async def hold_and_measure(port: int, options: argparse.Namespace) -> tuple[Latencies, Latencies, Held]:
    """The latencies with nothing held and with everything held, and what became of what was held."""
    before = await measure(port, min(3, options.seconds), options.patience, Held())
    held = Held()
    opening = asyncio.Semaphore(OPENING_AT_ONCE)
    tasks = [asyncio.create_task(stay_idle(port, held, opening)) for _ in range(options.idle)]
    tasks += [asyncio.create_task(stay_slow(port, held, opening)) for _ in range(options.slow)]
    try:
        for _ in range(300):
            if held.count() == len(tasks):
                break
            await asyncio.sleep(0.1)
        during = await measure(port, options.seconds, options.patience, held)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return before, during, held


def describe(what: str, latencies: list[float]) -> str:
    if len(latencies) < 2:
        return f"{what}: {len(latencies)} answered"
    percentiles = quantiles(latencies, n=100)
    p50, p99, most = (1000 * seconds for seconds in (percentiles[49], percentiles[98], max(latencies)))
    return f"{what}: {len(latencies)} answered, p50 {p50:.2f} ms, p99 {p99:.2f} ms, longest {most:.2f} ms"


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.many_connections", description=__doc__)
    parser.add_argument("--idle", type=int, default=2000)
    parser.add_argument("--slow", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=15, help="of asking while the connections are held")
    parser.add_argument("--patience", type=float, default=5, help="seconds after which a request counts as unanswered")
    parser.add_argument("--server", choices=list(SERVERS), default="statuary")
    return parser.parse_args()


def main() -> int:
    """Exit status: 0 if all was held and answered, 1 if not, 2 if the server or this program can't be run so."""
    options = parse_arguments()
    count = options.idle + options.slow
    if not allow_open_files(count + 200):
        print(f"The limit of open files is too low for {count} connections: raise it with ulimit -n", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="benchmark-") as directory:
        work = Path(directory)
        work.chmod(0o755)
        place = Place(make_files(work / "site", [1024]), work, free_port())
        try:
            with serving(SERVERS[options.server], place):
                before, during, held = asyncio.run(hold_and_measure(place.port, options))
        except (LookupError, DidNotStartError) as why:
            print(f"{options.server} can't be run: {why.args[0]}", file=sys.stderr)
            return 2
    print(f"{options.server}, with nothing held")
    print(describe("  new connections", before.new))
    print(describe("  a kept connection", before.kept))
    average = mean(held.seen)
    print(
        f"{options.server}, with {options.idle} idle and {options.slow} slow connections, {average:.0f} held on average"
    )
    print(describe("  new connections", during.new))
    print(describe("  a kept connection", during.kept))
    for how, times in sorted(held.closed.items()):
        print(f"  {times} closed by the server and made anew: {how}")
    unanswered = before.unanswered + during.unanswered
    for why_not, times in Counter(unanswered).most_common():
        print(f"  {times} not answered {why_not}")
    return 1 if unanswered or average < HELD * count else 0


if __name__ == "__main__":
    sys.exit(main())
