"""Fuzz the reader and the connection guided by coverage, with atheris: see README.md.

The first octet of an input chooses bounds and how to cut the others.
"""

from __future__ import annotations

import logging
import sys

import atheris

with atheris.instrument_imports(include=["statuary"]):
    from property import ROOMY, SETTINGS, check

from tests.wire.streams import split


def hold(data: bytes) -> None:
    if not data:
        return
    choice, octets = data[0], data[1:]
    step = choice >> 1
    where = range(step, len(octets), step) if step else ()
    check(list(split(octets, where)), ROOMY if choice & 1 else SETTINGS)


def main() -> None:
    logging.disable()
    atheris.Setup(sys.argv, hold)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
