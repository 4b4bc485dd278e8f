"""Fuzz the reader and the connection with hypothesis, for as many minutes as asked: see README.md."""

from __future__ import annotations

import argparse
import itertools
import logging
import sys
import time

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from property import ROOMY, SETTINGS, check
from tests.wire.streams import any_octets, pipelines, split

# Close to what the smaller bounds take of a request line and of a header section
lengths = st.tuples(st.just(0) | st.integers(46, 54), st.just(0) | st.integers(224, 232))
at_limits = lengths.map(lambda n: b"GET /%b HTTP/1.1\r\nHost: a\r\nA: %b\r\n\r\n" % (b"a" * n[0], b"b" * n[1]))

streams = st.one_of(
    any_octets,
    pipelines().map(lambda both: both[0]),
    st.tuples(any_octets, any_octets).map(b"".join),
    st.tuples(at_limits, any_octets).map(b"".join),
    pipelines().map(lambda both: both[0].replace(b"Host:", b"Connection: close\r\nHost:", 1)),
)
cuts = st.one_of(st.just([]), st.lists(st.integers(0, 400), max_size=12), st.just(list(range(400))))

executions = 0


@given(octets=streams, where=cuts, bounds=st.sampled_from((SETTINGS, ROOMY)))
@settings(
    max_examples=5_000,
    deadline=None,
    database=None,
    phases=[Phase.generate, Phase.target, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)
def hold(octets: bytes, where: list[int], bounds: object) -> None:
    global executions
    executions += 1
    check(list(split(octets, where)), bounds)  # type: ignore[arg-type]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("minutes", nargs="?", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=0, help="of the first round; each has the next one")
    options = parser.parse_args()
    logging.disable()
    end = time.monotonic() + 60 * options.minutes
    for number in itertools.count(options.seed):
        seed(number)(hold)()
        print(f"round {number}: {executions} executions, nothing found", flush=True)
        if time.monotonic() > end:
            return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
