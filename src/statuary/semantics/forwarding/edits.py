"""Edits: what one rule changes in a header section, and all of them applied in one pass. What none names stays as it is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from statuary.message.fields import FieldLine, Fields


class Edit(NamedTuple):
    """The change that a rule makes.

    because  the section or requirement that asks for it
    drop     names of fields, lower case, whose lines go
    add      lines that come, behind those that stay
    options  connection options of this hop
    """

    because: str
    drop: frozenset[str] = frozenset()
    add: tuple[FieldLine, ...] = ()
    options: tuple[str, ...] = ()


def apply(fields: Fields, edits: Iterable[Edit], first: tuple[FieldLine, ...] = ()) -> Fields:
    """The section after all edits: ``first``, the lines that stay in their order, those that come, Connection."""
    there = fields.by_name.keys()
    dropped: set[str] = set()
    added: list[FieldLine] = []
    options: list[str] = []
    for _, drop, add, named in edits:
        dropped |= there & drop
        added += add
        options += named
    if options:
        # What is said about this connection alone is named: rfc9110-7.6.1-1
        added.append(("Connection", ", ".join(options)))
    kept = [line for line in fields.lines if line[0].lower() not in dropped] if dropped else fields.lines
    lines = (*first, *kept, *added)
    combined = {name: value for name, value in fields.by_name.items() if name not in dropped}
    for spelled, value in (*first, *added):
        name = spelled.lower()
        if name in combined:
            return Fields(lines)  # several lines of one name are combined in their order
        combined[name] = value
    return Fields.trusted(lines, combined)
