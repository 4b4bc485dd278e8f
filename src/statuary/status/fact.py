"""What every row of facts is: an immutable value that compares by content.

The facts load on every start of the program, so they are plain slots: a dataclass would cost more to import than it
saves.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn, Self


class Fact:
    """A value whose slots are set once, by ``_fill``, and never again."""

    __slots__: tuple[str, ...] = ()

    def _fill(self, **facts: object) -> None:
        for name, value in facts.items():
            object.__setattr__(self, name, value)

    def _values(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in self.__slots__)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is immutable")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is immutable")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, type(self)):
            return NotImplemented
        return self._values() == other._values()

    def __hash__(self) -> int:
        return hash(self._values())

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __setstate__(self, state: tuple[None, dict[str, object]]) -> None:
        self._fill(**state[1])
