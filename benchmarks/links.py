"""Links a second and peak memory of ``statuary links``, linkinator and linkchecker, and how polite each is to its hosts.

Many hosts are played on this machine, each at a loopback address of its own (link_hosts.py), by one process on one core; each
checker has the other core, and all get the same HTML files. What each reports as broken is held against what is broken.
``--quick`` has a fiftieth of the links, and a tenth of the hosts.
"""

import argparse
import csv
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from benchmarks.link_hosts import address, kind_of
from benchmarks.processes import allow_open_files, free_port
from interop.installing import CannotInstallError, cache_folder
from interop.links.installing import Installed, install

LINKS, HOSTS = 100_000, 1_000
A_PAGE = 1_000
SEED = 9110
CORE_OF_HOSTS, CORE_OF_CHECKER = 0, 1
NEEDED = 2.0
"""How many times the links of any other, in the same time of the processor: each has one core, and others may be about."""
NEEDED_AT_ONCE = 2
NEEDED_MEMORY = 300
"""Megabytes, at most, for the links of the whole."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One checker: its time, that of the processor, its memory, what it found, and what the hosts saw of it."""

    name: str
    version: str
    links: int
    seconds: float
    cpu_seconds: float
    megabytes: float
    broken: int
    requests: int
    connections: int
    most_at_once: int
    most_a_second: int

    @property
    def links_a_second(self) -> float:
        return self.links / self.seconds

    @property
    def links_a_cpu_second(self) -> float:
        return self.links / self.cpu_seconds


def write_pages(folder: Path, links: int, hosts: int, port: int) -> set[str]:
    """HTML files with that many links, in an order that goes from host to host; the URLs that are broken."""
    numbers = list(range(links))
    random.Random(SEED).shuffle(numbers)
    urls = {number: f"http://{address(number % hosts)}:{port}/{number}" for number in numbers}
    for start in range(0, links, A_PAGE):
        lines = "".join(f'<p><a href="{urls[one]}">a link</a></p>\n' for one in numbers[start : start + A_PAGE])
        page = f"<!DOCTYPE html>\n<html><head><title>links</title></head><body>\n{lines}</body></html>\n"
        (folder / f"page-{start // A_PAGE}.html").write_text(page)
    return {url for number, url in urls.items() if kind_of(number) in ("missing", "gone")}


@contextmanager
def played(hosts: int, port: int, latency: float) -> Iterator[dict[str, int]]:
    """The hosts, while the context lasts; then what they saw."""
    seen: dict[str, int] = {}
    command = [sys.executable, "-m", "benchmarks.link_hosts", str(hosts), str(port), str(latency)]
    with subprocess.Popen(
        _pinned(command, CORE_OF_HOSTS), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as playing:
        assert playing.stdin is not None
        assert playing.stdout is not None
        if playing.stdout.readline() != "ready\n":
            raise ChildProcessError("the hosts could not be played")
        try:
            yield seen
        finally:
            playing.stdin.close()
            seen |= json.loads(playing.stdout.read() or "{}")


def _pinned(command: Sequence[str], core: int) -> list[str]:
    return ["taskset", "--cpu-list", str(core), *command]


def _statuary(folder: Path, installed: Installed) -> tuple[list[str], str]:
    return [sys.executable, "-m", "statuary", "links", str(folder), "--cache", "links.sqlite"], version("statuary")


def _linkinator(folder: Path, installed: Installed) -> tuple[list[str], str]:
    pages = sorted(one.name for one in folder.glob("*.html"))
    command = [*installed.linkinator, *pages, "--server-root", str(folder), "--format", "csv", "--verbosity", "error"]
    return command, installed.versions()["linkinator"]


def _linkchecker(folder: Path, installed: Installed) -> tuple[list[str], str]:
    pages = sorted(str(one) for one in folder.glob("*.html"))
    command = [*installed.linkchecker, "--check-extern", "--recursion-level=1", "--no-robots", "--no-status"]
    return [*command, "--output=csv", *pages], installed.versions()["LinkChecker"]


CHECKERS = {"statuary links": _statuary, "linkinator": _linkinator, "linkchecker": _linkchecker}


def _broken(name: str, work: Path) -> set[str]:
    """The URLs that a checker says are broken."""
    text = (work / "output").read_text()
    if name == "statuary links":
        # A line has its place, what it is, and the URL
        return set(re.findall(r"^ +\d+:\d+ +(?:missing|gone|unreachable) +(\S+)$", text, re.MULTILINE))
    if name == "linkinator":
        # Its lines are url, status, state, parent
        rows = csv.reader(text.splitlines())
        return {row[0] for row in rows if len(row) > 2 and row[2] == "BROKEN"}
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    named = csv.DictReader(lines, delimiter=";")
    return {str(row["urlname"]) for row in named if row.get("valid") == "False"}


def measure(
    name: str, folder: Path, installed: Installed, expected: set[str], options: argparse.Namespace, port: int
) -> Measured:
    """Run one checker. Raises ChildProcessError if what it found is not what is there."""
    command, named = CHECKERS[name](folder, installed)
    direct = {key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")}
    with tempfile.TemporaryDirectory(prefix="statuary-links-") as made:
        work = Path(made)
        work.chmod(0o755)
        with played(options.hosts, port, options.latency) as seen:
            started = time.monotonic()
            with (work / "output").open("wb") as output:
                running = subprocess.Popen(
                    _pinned(command, CORE_OF_CHECKER),
                    cwd=work,
                    stdout=output,
                    stderr=subprocess.DEVNULL,
                    env=direct,
                )
                _, status, used = os.wait4(running.pid, 0)
                running.returncode = os.waitstatus_to_exitcode(status)
            seconds = time.monotonic() - started
        found = _broken(name, work)
    cpu = used.ru_utime + used.ru_stime
    if found != expected:
        wrong, missed = len(found - expected), len(expected - found)
        raise ChildProcessError(f"{name} missed {missed} broken links and found {wrong} that are none")
    return Measured(name, named, options.links, seconds, cpu, used.ru_maxrss / 1024, len(found), **seen)


def faults(results: Sequence[Measured], options: argparse.Namespace) -> list[str]:
    """What is not as it should be."""
    ours = next((one for one in results if one.name == "statuary links"), None)
    if ours is None:
        return []
    found = [f"{ours.most_at_once} requests at once to one host"] if ours.most_at_once > NEEDED_AT_ONCE else []
    if options.links < LINKS:
        # A short run is mostly the start of the programs, and the time that is left between two requests to a host
        return found
    if ours.megabytes > NEEDED_MEMORY:
        found.append(f"more than {NEEDED_MEMORY} MB")
    slower = (one for one in results if one is not ours and ours.links_a_cpu_second < NEEDED * one.links_a_cpu_second)
    return [
        *found,
        *(f"less than {NEEDED:g} times the links a second of the processor of {one.name}" for one in slower),
    ]


def table(results: Sequence[Measured]) -> str:
    """The results, for people."""
    lines = [
        f"{'':16} {'version':9} {'links/s':>8} {'seconds':>8} {'CPU s':>7} {'peak MB':>8} {'requests':>9} {'connections':>12}"
        f" {'at once, one host':>18} {'in a second, one host':>22}"
    ]
    for one in results:
        of_time = f"{one.links_a_second:8.0f} {one.seconds:8.1f} {one.cpu_seconds:7.1f} {one.megabytes:8.0f}"
        of_hosts = f"{one.requests:9} {one.connections:12} {one.most_at_once:18} {one.most_a_second:22}"
        lines.append(f"{one.name:16} {one.version:9} {of_time} {of_hosts}")
    return "\n".join(lines)


def main() -> int:
    options = _options()
    try:
        installed = install(options.cache, lambda text: print(text, file=sys.stderr))
    except CannotInstallError as error:
        print(error, file=sys.stderr)
        return 2
    # Each address takes a socket, and each connection two
    allow_open_files(4 * options.hosts + 1000)
    results = []
    with tempfile.TemporaryDirectory(prefix="statuary-links-") as made:
        folder = Path(made)
        # Linkchecker reads as nobody where it is started as root
        folder.chmod(0o755)
        port = free_port()
        expected = write_pages(folder, options.links, options.hosts, port)
        print(f"{options.links} links to {options.hosts} hosts, {len(expected)} of them broken", flush=True)
        for name in options.checkers:
            try:
                results.append(measure(name, folder, installed, expected, options, port))
            except (ChildProcessError, OSError) as error:
                print(f"{name}: {error}", file=sys.stderr)
                return 2
            print(table(results[-1:]), flush=True)
    print(f"\n{table(results)}")
    if options.json is not None:
        options.json.write_text(json.dumps([asdict(one) for one in results], indent=1))
    wrong = faults(results, options)
    for one in wrong:
        print(f"NOT MET: {one}")
    return 1 if wrong else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.links", description=__doc__)
    parser.add_argument("--links", type=int, default=LINKS, metavar="N", help="default: %(default)s")
    parser.add_argument("--hosts", type=int, default=HOSTS, metavar="N", help="default: %(default)s")
    parser.add_argument("--quick", action="store_true", help="few links, to see whether all works")
    parser.add_argument(
        "--latency", type=float, default=0.0, metavar="S", help="seconds for an answer (default: %(default)g)"
    )
    parser.add_argument("--checkers", nargs="+", choices=CHECKERS, default=list(CHECKERS), metavar="NAME")
    parser.add_argument("--cache", type=Path, default=cache_folder(), metavar="DIR", help="default: %(default)s")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure")
    options = parser.parse_args()
    if options.quick:
        options.links, options.hosts = options.links // 50, options.hosts // 10
    return options


if __name__ == "__main__":
    sys.exit(main())
