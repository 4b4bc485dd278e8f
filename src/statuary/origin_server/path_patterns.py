"""The paths that rules of a configuration are about: one path, or everything below a directory.

Patterns and paths are compared name by name after percent-decoding, as paths.names_in reads them, so that no spelling of a
path gets around a rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from statuary.origin_server.paths import names_in

Names = tuple[str, ...]

_BROKEN_ENCODING = re.compile(r"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class PathPattern:
    """``names`` are decoded. With ``below``, they name a directory: the pattern covers it and everything below it."""

    names: Names
    below: bool = False

    def __str__(self) -> str:
        return "/" + "/".join((*self.names, "*") if self.below else self.names)

    def covers(self, names: Names) -> bool:
        return names[: len(self.names)] == self.names if self.below else names == self.names

    def rest(self, names: Names) -> Names:
        """What comes after the directory that the pattern names."""
        return names[len(self.names) :]


def parse_pattern(text: str) -> PathPattern:
    """The pattern that is written so: "/exact", "/directory/*" or "/*". Raises ValueError, saying what is wrong."""
    if not text.startswith("/"):
        raise ValueError(f'a path begins with "/", unlike {text!r}')
    if "?" in text or "#" in text:
        raise ValueError(
            f"{text!r} has a query or fragment; rules are about paths (write %3F or %23 for the character)"
        )
    if _BROKEN_ENCODING.search(text):
        raise ValueError(f'{text!r} has a "%" without two hex digits (write %25 for the character)')
    below = text.endswith("/*")
    stem = text[:-2] if below else text
    if "*" in stem:
        raise ValueError(f'"*" stands only at the end, after a slash, unlike in {text!r} (write %2A for the character)')
    names = names_in(stem) if stem else []
    if names is None or not stem.isprintable():
        raise ValueError(f"{text!r} can name nothing that is served: no hidden, empty or dot names")
    return PathPattern(tuple(names), below)


T = TypeVar("T")


class PathIndex(Generic[T]):
    """Values by the patterns they are for. The most specific pattern that covers a path counts: itself, then the longest."""

    __slots__ = ("_below", "_exact")

    def __init__(self, items: Iterable[tuple[PathPattern, T]] = ()) -> None:
        self._exact: dict[Names, tuple[PathPattern, T]] = {}
        self._below: dict[Names, tuple[PathPattern, T]] = {}
        for pattern, value in items:
            (self._below if pattern.below else self._exact)[pattern.names] = pattern, value

    def covering(self, names: Names) -> Iterator[tuple[PathPattern, T]]:
        """Every pattern that covers the path, with its value; the most specific first."""
        if names in self._exact:
            yield self._exact[names]
        if self._below:
            for length in range(len(names), -1, -1):
                found = self._below.get(names[:length])
                if found is not None:
                    yield found

    def find(self, names: Names) -> tuple[PathPattern, T] | None:
        return next(self.covering(names), None)
