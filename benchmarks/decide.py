"""Times the pure core, with no loop or socket: `python -m benchmarks.decide --help`.

For each kind of request: reading its octets into a Request, deciding, and writing the header section of the answer. The
shortest of some repetitions counts: what is longer was interrupted. The target is for deciding alone.
"""

import argparse
import platform
import sys
import timeit
from collections.abc import Callable
from functools import partial

from statuary.fields.validators import EntityTag
from statuary.message.request import Request
from statuary.semantics.decision import Respond, decide
from statuary.semantics.resource import Representation, Resource
from statuary.wire.limits import WireLimits
from statuary.wire.request_reader import RequestReader
from statuary.wire.response_writer import format_head

REQUIRED, AIM = 8.0, 4.0
"""Targets for deciding, in microseconds a request."""

NOW = 1_700_000_000
LIMITS = WireLimits()
FILE = Resource(
    variants=(
        Representation(
            media_type="text/plain", length=1024, etag=EntityTag("abc", weak=False), last_modified=NOW - 86_400
        ),
    )
)
NOTHING = Resource(exists=False)

CONNECTION = b"Date: Tue, 14 Nov 2023 22:13:20 GMT\r\n"

BARE = "Host: localhost\r\n"
BROWSER = (
    "Host: localhost\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\n"
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n"
    "Accept-Language: en-US,en;q=0.5\r\n"
    "Accept-Encoding: gzip, deflate, br, zstd\r\n"
    "Connection: keep-alive\r\n"
)

# What it is, request method, field lines, its target, and the status it must get
KINDS: tuple[tuple[str, str, str, Resource, int], ...] = (
    ("GET", "GET", BARE, FILE, 200),
    ("GET of a browser", "GET", BROWSER, FILE, 200),
    ("HEAD", "HEAD", BARE, FILE, 200),
    ("GET with Range", "GET", BARE + "Range: bytes=0-99\r\n", FILE, 206),
    ("GET with If-None-Match", "GET", BARE + 'If-None-Match: "abc"\r\n', FILE, 304),
    (
        "GET with If-Modified-Since",
        "GET",
        BARE + "If-Modified-Since: Tue, 14 Nov 2023 22:13:20 GMT\r\n",
        FILE,
        304,
    ),
    ("GET of nothing", "GET", BARE, NOTHING, 404),
    ("DELETE, not allowed", "DELETE", BARE, FILE, 405),
)


def read(octets: bytes) -> Request:
    """One request of a connection of its own, as the reader sees it."""
    reader = RequestReader(LIMITS)
    reader.feed(octets)
    request = reader.next_request()
    if request is None:
        raise ValueError("the request is not complete")
    return request


def microseconds(function: Callable[[], object], repetitions: int) -> float:
    """The time of one call, without what interrupted it."""
    timer = timeit.Timer(function)
    count = max(1, timer.autorange()[0] // 4)
    return min(timer.repeat(repetitions, count)) / count * 1_000_000


def main() -> int:
    """Exit status: 0 if every kind is decided within the required time, 1 if not."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.decide", description=__doc__)
    parser.add_argument("--repetitions", type=int, default=15)
    options = parser.parse_args()

    met = True
    print("| request | status | read, µs | decide, µs | write head, µs | decide: verdict |")
    print("| --- | --- | ---: | ---: | ---: | --- |")
    for kind, method, lines, resource, status in KINDS:
        octets = f"{method} /file.txt HTTP/1.1\r\n{lines}\r\n".encode("latin-1")
        request = read(octets)
        answer = decide(request, resource, NOW)
        if not isinstance(answer, Respond) or answer.status != status:
            raise AssertionError(f"{kind}: {answer!r} where {status} is due")
        fields = answer.fields
        reading = microseconds(partial(read, octets), options.repetitions)
        deciding = microseconds(partial(decide, request, resource, NOW), options.repetitions)
        writing = microseconds(partial(format_head, status, fields, CONNECTION), options.repetitions)
        met = met and deciding <= REQUIRED
        print(f"| {kind} | {status} | {reading:.2f} | {deciding:.2f} | {writing:.2f} | {verdict(deciding)} |")
    print(
        f"\nRequired: {REQUIRED:g} µs, aim: {AIM:g} µs. {platform.python_implementation()} {platform.python_version()}."
    )
    return 0 if met else 1


def verdict(deciding: float) -> str:
    if deciding <= AIM:
        return "aim reached"
    return "required met" if deciding <= REQUIRED else "**missed**"


if __name__ == "__main__":
    sys.exit(main())
