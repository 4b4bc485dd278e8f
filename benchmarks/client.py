"""Requests a second of user agents, on one reused connection and on fifty, against nginx.

Each client runs in a process of its own, pinned to a core that the server doesn't have; all take turns, round after round,
and the median counts. Goals are held against CPU time, which a busy machine changes less. ``--python NAME=PATH`` runs one
by another interpreter, for those that don't go together: niquests puts a fork in the place of urllib3.
"""

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median

from benchmarks.processes import HOST, DidNotStartError, find_tool, free_port
from benchmarks.servers import SERVERS, Place, make_files, serving

SIZE = 1024
CORE_OF_SERVER, CORE_OF_CLIENT = 0, 1
NEEDED = {"httpx": 2.0, "aiohttp": 0.8}
"""How many times the requests for the same CPU time of these we want: ahead of the one, and near the other."""


async def statuary(url: str, connections: int, is_over: Callable[[], bool]) -> int:
    from statuary.user_agent.agent import UserAgent

    async with UserAgent(proxies=None) as agent:

        async def once() -> None:
            fetched = await agent.fetch("GET", url)
            assert (fetched.status, len(fetched.content)) == (200, SIZE)

        return await _at_once(once, connections, is_over)


async def httpx(url: str, connections: int, is_over: Callable[[], bool]) -> int:
    library = import_module("httpx")
    limits = library.Limits(max_connections=connections, max_keepalive_connections=connections)
    async with library.AsyncClient(limits=limits, trust_env=False) as client:

        async def once() -> None:
            response = await client.get(url)
            assert (response.status_code, len(response.content)) == (200, SIZE)

        return await _at_once(once, connections, is_over)


async def aiohttp(url: str, connections: int, is_over: Callable[[], bool]) -> int:
    library = import_module("aiohttp")
    async with library.ClientSession() as session:

        async def once() -> None:
            async with session.get(url) as response:
                assert (response.status, len(await response.read())) == (200, SIZE)

        return await _at_once(once, connections, is_over)


async def _at_once(once: Callable[[], Awaitable[None]], connections: int, is_over: Callable[[], bool]) -> int:
    async def one() -> int:
        count = 0
        while not is_over():
            await once()
            count += 1
        return count

    return sum(await asyncio.gather(*(one() for _ in range(connections))))


def urllib3(url: str, connections: int, is_over: Callable[[], bool]) -> int:
    pool = import_module("urllib3").PoolManager(maxsize=connections)

    def once() -> None:
        response = pool.request("GET", url)
        assert (response.status, len(response.data)) == (200, SIZE)

    return _in_threads(once, connections, is_over)


def niquests(url: str, connections: int, is_over: Callable[[], bool]) -> int:
    session = import_module("niquests").Session(pool_maxsize=connections)
    session.trust_env = False

    def once() -> None:
        response = session.get(url)
        assert (response.status_code, len(response.content)) == (200, SIZE)

    return _in_threads(once, connections, is_over)


def pycurl(url: str, connections: int, is_over: Callable[[], bool]) -> int:
    library = import_module("pycurl")

    def one() -> int:
        curl, count = library.Curl(), 0
        curl.setopt(library.URL, url)
        while not is_over():
            content = curl.perform_rb()
            assert (curl.getinfo(library.RESPONSE_CODE), len(content)) == (200, SIZE)
            count += 1
        return count

    with ThreadPoolExecutor(connections) as threads:
        return sum(threads.map(lambda _: one(), range(connections)))


def _in_threads(once: Callable[[], None], connections: int, is_over: Callable[[], bool]) -> int:
    def one(_: int) -> int:
        count = 0
        while not is_over():
            once()
            count += 1
        return count

    with ThreadPoolExecutor(connections) as threads:
        return sum(threads.map(one, range(connections)))


ASYNC = {"statuary": statuary, "httpx": httpx, "aiohttp": aiohttp}
BLOCKING = {"urllib3": urllib3, "niquests": niquests, "pycurl": pycurl}
CLIENTS = (*ASYNC, *BLOCKING)


def run_here(name: str, url: str, connections: int, seconds: float, *, fast: bool) -> dict[str, float]:
    """One measurement in this process: a short run first, whose requests don't count."""
    for lasts in (min(0.3, seconds), seconds):
        end = time.perf_counter() + lasts
        began, used = time.perf_counter(), _cpu_seconds()

        def is_over(end: float = end) -> bool:
            return time.perf_counter() >= end

        if name in ASYNC:
            factory = import_module("uvloop").new_event_loop if fast else None
            with asyncio.Runner(loop_factory=factory) as runner:
                count = runner.run(ASYNC[name](url, connections, is_over))
        else:
            count = BLOCKING[name](url, connections, is_over)
        took, used = time.perf_counter() - began, _cpu_seconds() - used
    return {"requests": count, "per_second": count / took, "cpu_us": used / count * 1e6}


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def measure(options: argparse.Namespace, name: str, url: str, connections: int) -> dict[str, float] | None:
    """One measurement in a process of its own; None where the client is not there."""
    python = dict(one.split("=", 1) for one in options.python).get(name, sys.executable)
    command = [python, "-m", "benchmarks.client", "--run", name, "--url", url]
    command += ["--connections", str(connections), "--seconds", str(options.seconds)]
    command += ["--uvloop"] if options.uvloop and name in ASYNC else []
    pinned = ["taskset", "--cpu-list", str(CORE_OF_CLIENT), *command]
    done = subprocess.run(pinned, capture_output=True, text=True, timeout=60 + 4 * options.seconds)
    if done.returncode:
        print(f"{name}: {(done.stderr.strip().splitlines() or ['it ended'])[-1]}", file=sys.stderr)
        return None
    found: dict[str, float] = json.loads(done.stdout)
    return found


def compare(options: argparse.Namespace, url: str, connections: int) -> bool:
    """Print a table; whether the goals are met."""
    found: dict[str, list[dict[str, float]]] = {name: [] for name in options.clients}
    for _ in range(options.rounds):
        for name in list(found):
            one = measure(options, name, url, connections)
            if one is None:
                del found[name]
            else:
                found[name].append(one)
    rates = {name: median(one["per_second"] for one in rounds) for name, rounds in found.items()}
    times = {name: median(one["cpu_us"] for one in rounds) for name, rounds in found.items()}
    print(f"\n{connections} connection{'s' if connections > 1 else ''}: median of {options.rounds} rounds\n")
    print(f"{'':20}{'requests/s':>12}{'statuary is':>13}{'CPU us/request':>17}{'statuary is':>13}")
    for name, rate in rates.items():
        by_rate = f"{rates['statuary'] / rate:.2f} x" if "statuary" in rates else ""
        by_time = f"{times[name] / times['statuary']:.2f} x" if "statuary" in times else ""
        title = _title(name, options.python)
        print(f"{title:20}{rate:>12,.0f}{by_rate:>13}{times[name]:>17,.0f}{by_time:>13}")
    missed = [
        f"statuary should make {need} times the requests of {name} for the same CPU time"
        for name, need in NEEDED.items()
        if name in times and "statuary" in times and times[name] < need * times["statuary"]
    ]
    print("\n".join(missed))
    return not missed


def _title(name: str, pythons: Sequence[str]) -> str:
    """The client with its version, where this interpreter has it or another is named for it."""
    python = dict(one.split("=", 1) for one in pythons).get(name)
    if python is not None:
        asks = f"from importlib.metadata import version; print(version({name!r}))"
        done = subprocess.run([python, "-c", asks], capture_output=True, text=True)
        return f"{name} {done.stdout.strip()}"
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return name


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.client", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--clients", nargs="+", choices=CLIENTS, default=list(CLIENTS))
    parser.add_argument("--connections", nargs="+", type=int, default=[1, 50])
    parser.add_argument("--seconds", type=float, default=2.0, help="of each measurement (default: 2)")
    parser.add_argument("--rounds", type=int, default=5, help="(default: 5)")
    parser.add_argument("--uvloop", action="store_true", help="the asynchronous clients on uvloop")
    parser.add_argument("--python", action="append", default=[], metavar="NAME=PATH", help="interpreter for a client")
    parser.add_argument("--run", choices=CLIENTS, help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        found = run_here(options.run, options.url, options.connections[0], options.seconds, fast=options.uvloop)
        print(json.dumps(found))
        return 0
    if find_tool("nginx") is None:
        print("nginx is not installed", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="statuary-client-") as work:
        Path(work).chmod(0o755)
        place = Place(make_files(Path(work, "root"), [SIZE]), Path(work), free_port())
        try:
            with serving(SERVERS["nginx-cache"], place, CORE_OF_SERVER):
                url = f"http://{HOST}:{place.port}/{SIZE}.txt"
                met = [compare(options, url, connections) for connections in options.connections]
        except (DidNotStartError, LookupError) as error:
            print(error, file=sys.stderr)
            return 2
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
