"""A field section as received or to be sent: the field lines in order, and their combined values by name.

No field's grammar is known here; see statuary.fields for that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import overload

from statuary.fields.grammar import is_token

FieldLine = tuple[str, str]


class Fields:
    """An immutable field section (RFC 9110 section 5).

    ``lines`` keeps the field lines in their order, names spelled as they came. Look-ups take the name in lower case and
    give the combined value of 5.3 (lines joined by a comma and a space), or None when the field is absent.
    """

    __slots__ = ("by_name", "lines")

    def __init__(self, lines: Iterable[FieldLine] = ()) -> None:
        self.lines = tuple(lines)
        self.by_name = combine(self.lines)

    @classmethod
    def trusted(cls, lines: tuple[FieldLine, ...], combined: dict[str, str]) -> Fields:
        """Made from parts that agree already: for the reader, which builds both in one pass."""
        fields = cls.__new__(cls)
        fields.lines = lines
        fields.by_name = combined
        return fields

    @overload
    def get(self, name: str) -> str | None: ...

    @overload
    def get(self, name: str, absent: str) -> str: ...

    def get(self, name: str, absent: str | None = None) -> str | None:
        """The combined value of the field called ``name`` (lower case), or ``absent``."""
        return self.by_name.get(name, absent)

    def all(self, name: str) -> list[str]:
        """The value of each line of the field called ``name`` (lower case): for fields that must not be combined."""
        return [value for spelled, value in self.lines if spelled.lower() == name]

    def names(self) -> Iterable[str]:
        """The names present, lower case, each once."""
        return self.by_name.keys()

    def __contains__(self, name: object) -> bool:
        return name in self.by_name

    def __iter__(self) -> Iterator[FieldLine]:
        return iter(self.lines)

    def __len__(self) -> int:
        return len(self.lines)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Fields) and self.lines == other.lines

    def __hash__(self) -> int:
        return hash(self.lines)

    def __repr__(self) -> str:
        return f"Fields({list(self.lines)!r})"


def combine(lines: Iterable[FieldLine]) -> dict[str, str]:
    """Join the lines of each name, in order (RFC 9110 section 5.3; a Cookie's with "; ", RFC 6265 section 5.4)."""
    combined: dict[str, str] = {}
    for spelled, value in lines:
        name = spelled.lower()
        if name in combined:
            value = combined[name] + ("; " if name == "cookie" else ", ") + value
        combined[name] = value
    return combined


# What a field value may hold: visible octets, spaces and tabs between (RFC 9110 section 5.5)
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*+")


def check_sendable(lines: Iterable[FieldLine]) -> None:
    """Raises ValueError for a name or value that could not be sent, or would break out of its line if it were."""
    for name, value in lines:
        if not is_token(name) or _VALUE.fullmatch(value) is None:
            raise ValueError(f"not a field line that can be sent: {name!r}: {value!r}")


NO_FIELDS = Fields()
