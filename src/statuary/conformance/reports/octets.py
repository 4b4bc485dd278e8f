r"""What went over the wire, for reading: every octet visible, long lines and long content cut in the middle.

Lines end where LF stood, and both CR and LF are shown, as are all octets that aren't visible ASCII: ``\r``, ``\n``, ``\t``,
``\x00``. A backslash that would read like one of these is ``\x5c``, so that nothing shown can be mistaken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from statuary.conformance.report import Event
from statuary.conformance.reports.wording import printable


class Piece(NamedTuple):
    """A part of a line: ``text`` as it came, ``escape`` for what isn't visible by itself, ``remark`` of ours."""

    kind: Literal["text", "escape", "remark"]
    text: str


@dataclass(frozen=True, slots=True)
class Bounds:
    """The most that is shown of an event: lines, octets of a line, and octets altogether."""

    lines: int = 40
    columns: int = 200
    octets: int = 4000


BRIEF = Bounds(lines=12, columns=120, octets=600)
EVERYTHING = Bounds(lines=10**9, columns=10**9, octets=10**9)

_ESCAPED = re.compile(r"\\(?=[nrtx])|[^\x20-\x7e]+")
_NAMED = {"\r": "\\r", "\n": "\\n", "\t": "\\t"}
_TAIL = 24


def lines_of(data: bytes, cut: int = 0, bounds: Bounds = EVERYTHING) -> Iterator[list[Piece]]:
    """The octets as lines of pieces. ``cut`` is how many more there were, which a last line tells."""
    lines = re.findall(rb"[^\n]*\n|[^\n]+", data)
    left = bounds.octets
    for number, line in enumerate(lines):
        if number == bounds.lines or left <= 0:
            cut += sum(map(len, lines[number:]))
            break
        columns = min(bounds.columns, max(left, _TAIL))
        yield list(_line(line, columns))
        left -= min(len(line), columns)
    if cut:
        yield [Piece("remark", f"… {cut:,} more octet{'' if cut == 1 else 's'}")]


def _line(line: bytes, columns: int) -> Iterator[Piece]:
    if len(line) <= columns + 2 * _TAIL:
        yield from pieces(line)
        return
    yield from pieces(line[:columns])
    yield Piece("remark", f" … {len(line) - columns - _TAIL:,} octets … ")
    yield from pieces(line[-_TAIL:])


def pieces(data: bytes) -> Iterator[Piece]:
    """The octets as text and escapes, in order."""
    text = data.decode("latin-1")
    done = 0
    for found in _ESCAPED.finditer(text):
        if found.start() > done:
            yield Piece("text", text[done : found.start()])
        yield Piece("escape", "".join(_NAMED.get(one, f"\\x{ord(one):02x}") for one in found[0]))
        done = found.end()
    if done < len(text):
        yield Piece("text", text[done:])


def visible(data: bytes, cut: int = 0, bounds: Bounds = EVERYTHING) -> list[str]:
    """The octets as lines of plain text."""
    return ["".join(piece.text for piece in line) for line in lines_of(data, cut, bounds)]


# Events

_HAPPENED = {
    "opened": "connected",
    "half-closed": "we closed our side",
    "ended": "the subject closed the connection",
    "reset": "the subject reset the connection",
    "silent": "nothing more came",
    "failed": "could not connect",
}
_PAUSE = 0.1


def merged(events: Iterable[Event]) -> list[Event]:
    """The events, octets that came or went in several pieces put together, without the opening of the first connection.

    What we sent after a pause stays apart, since the pause may be what the scenario is about.
    """
    found: list[Event] = []
    for event in events:
        last = found[-1] if found else None
        if last is None and event.kind == "opened":
            continue
        if last is not None and _belongs_to(event, last):
            found[-1] = replace(last, data=last.data + event.data, cut=event.cut)
        else:
            found.append(event)
    return found


def _belongs_to(event: Event, last: Event) -> bool:
    if (event.kind, event.connection) != (last.kind, last.connection) or last.cut:
        return False
    return event.kind == "received" or (event.kind == "sent" and event.at - last.at < _PAUSE)


def labelled(event: Event, *, several: bool) -> str:
    """What happened, in a few words, with the connection where there are several."""
    where = f" on connection {printable(event.connection)}" if several else ""
    match event.kind:
        case "sent":
            return f"sent{where}"
        case "received":
            return f"received{where}"
        case _:
            return f"{_HAPPENED[event.kind]}{where} after {max(event.at, 0):.2f} s"


def has_several(events: Iterable[Event]) -> bool:
    """Whether the events are of more than one connection."""
    return len({event.connection for event in events}) > 1
