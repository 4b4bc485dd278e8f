"""Where in a TOML text its tables and keys stand: tomllib reads the values and tells no lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

Place = tuple[str | int, ...]
"""A path into the document: names of tables and keys, and after the name of an array of tables the number in it, from 0."""

_STRING = r'"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\''
_PART = re.compile(rf"\s*({_STRING}|[A-Za-z0-9_-]+)\s*(\.?)")
# What is to be passed over as a whole, or opens and closes values that may go on over lines
_PIECE = re.compile(
    rf'"""(?:[^"\\]|\\.|"(?!""))*"{{3,5}}|\'\'\'(?:[^\']|\'(?!\'\'))*\'{{3,5}}|{_STRING}|\#[^\n]*|[\[\]{{}}\n]|[^\[\]{{}}\n"\'\#]+',
    re.DOTALL,
)


def lines_of(text: str) -> dict[Place, int]:
    """The line, counted from 1, of every table header and key in ``text``, which is TOML that tomllib has read."""
    found: dict[Place, int] = {}
    counts: dict[Place, int] = {}
    table: Place = ()
    for line, statement in _statements(text):
        if statement.startswith("["):
            many = statement.startswith("[[")
            table = _numbered(_parts(statement[2 if many else 1 :]), counts, new=many)
            for end in range(len(table)):
                # The array as such is where its first table is, and [a.b] is the first of [a] too
                found.setdefault(table[: end + 1], line)
        else:
            place = table
            for part in _parts(statement):
                place = (*place, part)
                found.setdefault(place, line)
    return found


def line_of(place: Place, lines: dict[Place, int]) -> int:
    """The line of a place, or of the nearest one around it that has a line of its own."""
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place, 1)


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Headers and assignments, each with its line; an assignment only as far as its first line goes."""
    text = text.replace("\r\n", "\n")
    line, start, depth, position = 1, 1, 0, 0
    statement = ""
    while position < len(text):
        piece = _PIECE.match(text, position)
        assert piece is not None
        position = piece.end()
        what = piece[0]
        if what == "\n" and depth == 0:
            if statement.strip():
                yield start, statement.strip()
            statement, start = "", line + 1
        elif not what.startswith("#"):
            # Brackets of a header are balanced too, so they need no care
            depth += (what in "[{") - (what in "]}") if len(what) == 1 else 0
            statement += what
        line += what.count("\n")
    if statement.strip():
        yield start, statement.strip()


def _parts(text: str) -> Iterator[str]:
    """The names of a dotted key, unquoted."""
    position = 0
    while (part := _PART.match(text, position)) is not None:
        yield part[1][1:-1] if part[1][0] in "\"'" else part[1]
        position = part.end()
        if not part[2]:
            return


def _numbered(names: Iterator[str], counts: dict[Place, int], *, new: bool) -> Place:
    parts = list(names)
    place: Place = ()
    for position, part in enumerate(parts):
        place = (*place, part)
        if new and position == len(parts) - 1:
            counts[place] = counts.get(place, -1) + 1
        if place in counts:
            place = (*place, counts[place])
    return place
