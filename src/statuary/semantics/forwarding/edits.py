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


def apply(lines: Iterable[FieldLine], edits: Iterable[Edit], first: tuple[FieldLine, ...] = ()) -> Fields:
    """The section after all edits: ``first``, the lines that stay in their order, those that come, Connection."""
    dropped: set[str] = set()
    added: list[FieldLine] = []
    options: list[str] = []
    for edit in edits:
        dropped |= edit.drop
        added += edit.add
        options += edit.options
    if options:
        # What is said about this connection alone is named: rfc9110-7.6.1-1
        added.append(("Connection", ", ".join(options)))
    return Fields([*first, *(line for line in lines if line[0].lower() not in dropped), *added])
