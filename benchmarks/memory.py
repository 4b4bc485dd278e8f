"""Watches a server's memory over many requests: `python -m benchmarks.memory --help`.

Requests go out in pipelined batches over a few connections: whole files, parts, 304s, 404s and malformed ones, after
which the server closes. Each answer is read, by its Content-Length, and must have its status. What is cached or grows
to its size at the start is forgiven; after the first tenth of the requests, the resident memory may grow no further
than the bound.
"""

import argparse
import re
import socket
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from benchmarks.processes import HOST, DidNotStartError, Program, free_port
from benchmarks.servers import SERVERS, Place, make_files, serving

CONNECTIONS = 4
BATCH = 100
BATCHES_A_CONNECTION = 5
"""The last of them ends in a malformed request, after which the connection is closed and made anew."""
TIMEOUT = 30.0
MIB = 1024 * 1024

STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)

MALFORMED = (
    b"GET /1024.txt HTTP/1.1\r\n\r\n",  # no Host
    b"GET /1024.txt HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    b"GET /1024.txt HTTP/1.1\r\nHost: a\r\nName : value\r\n\r\n",
    b"GET /1024.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 1x\r\n\r\n",
)


class WrongAnswerError(Exception):
    """A request got another status than it must, or none."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Requests to send in one piece, and the statuses that must come back."""

    octets: bytes
    statuses: tuple[int, ...]


class Connection:
    """A client's connection, and what has arrived on it and isn't read yet."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection((HOST, port), timeout=TIMEOUT)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._arrived = b""
        self._read = 0
        """How much of what arrived is read already."""

    def send(self, batch: Batch) -> None:
        self._socket.sendall(batch.octets)

    def read(self, batch: Batch) -> None:
        for wanted in batch.statuses:
            status = self._read_response()
            if status != wanted:
                raise WrongAnswerError(f"{status} for a request that gets {wanted}")

    def close(self) -> None:
        self._socket.close()

    def _read_response(self) -> int:
        while (end := self._arrived.find(b"\r\n\r\n", self._read)) < 0:
            self._receive()
        head = self._arrived[self._read : end + 2]
        status, length = STATUS.match(head), LENGTH.search(head)
        if status is None:
            raise WrongAnswerError(f"not a response: {head[:80]!r}")
        # A 304 may tell the length that a 200 would have, and has no content: RFC 9110 section 8.6
        content = 0 if status[1] == b"304" or length is None else int(length[1])
        missing = end + 4 + content - len(self._arrived)
        self._read = end + 4 + content
        while missing > 0:
            missing -= self._receive()
        return int(status[1])

    def _receive(self) -> int:
        try:
            octets = self._socket.recv(262_144)
        except OSError as why:
            raise WrongAnswerError(f"no answer: {why}") from why
        if not octets:
            raise WrongAnswerError("no answer: the connection was closed")
        # The read part is dropped here, once for many responses, and not at each of them
        already = min(self._read, len(self._arrived))
        self._arrived = self._arrived[already:] + octets
        self._read -= already
        return len(octets)


def make_batches(port: int) -> list[Batch]:
    """One batch for each kind of malformed request at its end, and last one without."""
    etag = read_etag(port)

    def request(target: str, *lines: str) -> bytes:
        return "\r\n".join([f"GET {target} HTTP/1.1", f"Host: {HOST}:{port}", *lines, "", ""]).encode("ascii")

    mix = [
        (request("/1024.txt"), 200),
        (request("/1024.txt", "Range: bytes=0-99"), 206),
        (request("/1024.txt", f"If-None-Match: {etag}"), 304),
        (request("/1024.txt", "User-Agent: benchmark", "Accept: */*", "Accept-Encoding: identity"), 200),
    ]

    def batch(malformed: bytes | None) -> Batch:
        # Each name that isn't there is asked for by one kind of batch only, as a cache of them would be tempted by
        missing = (request(f"/missing-{len(malformed or b'')}"), 404)
        requests = ([*mix, missing] * BATCH)[:BATCH]
        if malformed is not None:
            requests[-1] = (malformed, 400)
        return Batch(b"".join(octets for octets, _ in requests), tuple(status for _, status in requests))

    return [*(batch(malformed) for malformed in MALFORMED), batch(None)]


def read_etag(port: int) -> str:
    connection = HTTPConnection(HOST, port, timeout=TIMEOUT)
    try:
        connection.request("GET", "/1024.txt")
        response = connection.getresponse()
        response.read()
        etag = response.getheader("ETag")
    finally:
        connection.close()
    if response.status != 200 or etag is None:
        raise WrongAnswerError(
            f"{response.status} without an ETag" if etag is None else f"{response.status} for a file"
        )
    return etag


def watch(program: Program, port: int, requests: int) -> list[tuple[int, int]]:
    """Send so many requests; the resident bytes after each hundredth of them, with the requests answered by then."""
    *ending, plain = make_batches(port)
    curve: list[tuple[int, int]] = [(0, program.resident_bytes())]
    statuses: Counter[int] = Counter()
    answered, turn = 0, 0
    while answered < requests:
        connections = [Connection(port) for _ in range(CONNECTIONS)]
        for number in range(BATCHES_A_CONNECTION):
            batch = plain if number < BATCHES_A_CONNECTION - 1 else ending[turn % len(ending)]
            for connection in connections:
                connection.send(batch)
            for connection in connections:
                connection.read(batch)
                statuses.update(batch.statuses)
            answered += CONNECTIONS * BATCH
        for connection in connections:
            connection.close()
        # A million lines of log are no part of what is watched
        program.log.open("wb").close()
        turn += 1
        if answered >= len(curve) * requests / 100:
            curve.append((answered, program.resident_bytes()))
    print(", ".join(f"{count:,} × {status}" for status, count in sorted(statuses.items())))
    return curve


def growth_after_first_tenth(curve: list[tuple[int, int]], requests: int) -> int:
    settled = [resident for answered, resident in curve if answered >= requests / 10]
    return max(settled) - settled[0]


def draw(curve: list[tuple[int, int]]) -> str:
    """The curve as lines of text: requests answered, MiB, and a bar that starts at zero."""
    most = max(resident for _, resident in curve)
    step = max(1, len(curve) // 25)
    shown = [*curve[:-1:step], curve[-1]]
    return "\n".join(
        f"{answered:>12,}  {resident / MIB:8.2f} MiB  {'#' * round(50 * resident / most)}"
        for answered, resident in shown
    )


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.memory", description=__doc__)
    parser.add_argument("--requests", type=int, default=1_000_000)
    parser.add_argument("--growth", type=float, default=4.0, metavar="MIB", help="most that is forgiven (default 4)")
    parser.add_argument("--server", choices=list(SERVERS), default="statuary")
    return parser.parse_args()


def main() -> int:
    """Exit status: 0 if the memory stayed flat, 1 if it grew or an answer was wrong, 2 if the server didn't start."""
    options = parse_arguments()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as directory:
        work = Path(directory)
        work.chmod(0o755)
        place = Place(make_files(work / "site", [1024]), work, free_port())
        try:
            with serving(SERVERS[options.server], place) as program:
                started = time.monotonic()
                curve = watch(program, place.port, options.requests)
        except (LookupError, DidNotStartError) as why:
            print(f"{options.server} can't be run: {why.args[0]}", file=sys.stderr)
            return 2
        except WrongAnswerError as why:
            print(f"wrong: {why}")
            return 1
    answered = curve[-1][0]
    growth = growth_after_first_tenth(curve, options.requests) / MIB
    print(f"{answered:,} requests in {time.monotonic() - started:.0f} s, resident memory of {options.server}:")
    print(draw(curve))
    print(f"grew by {growth:.2f} MiB after the first tenth; bound {options.growth:g} MiB")
    return 1 if growth > options.growth else 0


if __name__ == "__main__":
    sys.exit(main())
