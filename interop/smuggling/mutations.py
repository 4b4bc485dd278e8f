"""Messages that nobody thought of: those of the list changed at random, or its parts put together; a seed gives one again."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

from interop.smuggling.messages import (
    AFTER,
    CHUNKS,
    CONTENT_LENGTHS,
    HIDDEN,
    LINES,
    MESSAGES,
    NUMBER,
    REQUEST_LINES,
    TRANSFER_ENCODINGS,
    Message,
    chunked,
    request,
)

_LONGEST = 3000
_SHORT = tuple(message.octets for message in MESSAGES if len(message.octets) < _LONGEST)
_LINES = tuple(line for line in (*TRANSFER_ENCODINGS, *CONTENT_LENGTHS, *LINES) if len(line) < _LONGEST)
_ODD = (
    *(b"\r", b"\n", b"\r\n", b"\x00", b" ", b"\t", b"\x0b", b"\x0c", b"\x7f", b"\x85", b"\xa0", b"\xff"),
    *(b":", b";", b",", b"=", b'"', b"\\", b"(", b"+", b"-", b"_", b"0", b"1", b"5", b"a", b"x", b"#", b"%", b"/"),
)
_ENDS = (b"\n", b"\r", b"\r\r\n", b"\n\r", b"\r\n\r\n", b"\r\n ", b" \r\n", b"\x00\r\n", b"")


def mutated(seed: str) -> Message:
    """The message of a seed."""
    chance = random.Random(seed)  # noqa: S311 - to be had again, not to be secret
    octets = chance.choice(_SHORT) if chance.random() < 0.6 else _put_together(chance)
    for _ in range(chance.choice((0, 1, 1, 1, 2, 2, 3, 5))):
        octets = chance.choice(_MUTATIONS)(octets, chance)
    return Message("mutated", seed, octets)


def _put_together(chance: random.Random) -> bytes:
    """Requests one after the other, with lines and content from the list."""
    octets = b""
    for _ in range(chance.randrange(1, 4)):
        line = chance.choice(REQUEST_LINES) if chance.random() < 0.2 else b"POST /number/first HTTP/1.1"
        content = chance.choice((b"", b"hello", HIDDEN, chunked(HIDDEN), chunked(b"hello"), *CHUNKS))
        lines = chance.sample(_LINES, chance.randrange(3))
        if chance.random() < 0.5:
            lines.append(chance.choice((b"Content-Length: %d" % len(content), b"Transfer-Encoding: chunked")))
        chance.shuffle(lines)
        octets += request(*lines, line=line, content=content)
    return octets + AFTER


# A mutation leaves the numbers alone, by which it is told later whose request it was


def _insert(octets: bytes, chance: random.Random) -> bytes:
    at = _place(octets, chance)
    return octets[:at] + chance.choice(_ODD) * chance.choice((1, 1, 1, 2)) + octets[at:]


def _replace(octets: bytes, chance: random.Random) -> bytes:
    at = _place(octets, chance)
    return octets[:at] + chance.choice(_ODD) + octets[at + _step(octets, at) :]


def _delete(octets: bytes, chance: random.Random) -> bytes:
    at = _place(octets, chance)
    return octets[:at] + octets[at + _step(octets, at) :]


def _cut(octets: bytes, chance: random.Random) -> bytes:
    return octets[: _place(octets, chance)]


def _end_lines_otherwise(octets: bytes, chance: random.Random) -> bytes:
    ends = [found.start() for found in re.finditer(b"\r\n", octets)]
    if not ends:
        return octets
    at = chance.choice(ends)
    return octets[:at] + chance.choice(_ENDS) + octets[at + 2 :]


def _swap_lines(octets: bytes, chance: random.Random) -> bytes:
    lines = octets.split(b"\r\n")
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"\r\n".join(lines)


def _repeat_line(octets: bytes, chance: random.Random) -> bytes:
    lines = octets.split(b"\r\n")
    lines.insert(chance.randrange(len(lines) + 1), chance.choice(lines))
    return b"\r\n".join(lines)


def _add_line(octets: bytes, chance: random.Random) -> bytes:
    lines = octets.split(b"\r\n")
    lines.insert(chance.randrange(1, len(lines) + 1), chance.choice(_LINES))
    return b"\r\n".join(lines)


def _change_number(octets: bytes, chance: random.Random) -> bytes:
    numbers = list(re.finditer(rb"(?<=[ \n])[0-9a-f]+(?=[\r;])", octets))
    if not numbers:
        return octets
    found = chance.choice(numbers)
    other = int(found[0], 16) + chance.choice((-2, -1, 1, 2, 16, 256))
    return octets[: found.start()] + b"%x" % max(0, other) + octets[found.end() :]


def _change_case(octets: bytes, chance: random.Random) -> bytes:
    at = _place(octets, chance)
    changed = octets[at : at + 12].swapcase()
    return octets if NUMBER[:1].upper() in changed else octets[:at] + changed + octets[at + 12 :]


def _follow(octets: bytes, chance: random.Random) -> bytes:
    return octets[: _place(octets, chance)] + chance.choice(_SHORT)


def _step(octets: bytes, at: int) -> int:
    """One octet, or a whole number."""
    return len(NUMBER) if octets.startswith(NUMBER, at) else 1


def _place(octets: bytes, chance: random.Random) -> int:
    """Anywhere but within a number."""
    at = chance.randrange(len(octets)) if octets else 0
    begin = octets.find(NUMBER, max(0, at - len(NUMBER)))
    return begin if begin >= 0 and begin < at < begin + len(NUMBER) else at


_MUTATIONS: Sequence[Callable[[bytes, random.Random], bytes]] = (
    _insert,
    _insert,
    _replace,
    _delete,
    _cut,
    _end_lines_otherwise,
    _end_lines_otherwise,
    _swap_lines,
    _repeat_line,
    _add_line,
    _add_line,
    _change_number,
    _change_case,
    _follow,
)
