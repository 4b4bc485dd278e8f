"""The list of checks: what one is, and the decorators that put a function on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from .site import Site


@dataclass(frozen=True, slots=True)
class Check:
    """One question put to a server. `run` returns nothing when all is well and raises `Deviation` otherwise."""

    id: str
    requirements: tuple[str, ...]
    sentence: str
    run: Callable[[Site], None]
    needs: frozenset[str]
    """What the server must be set up for: `writes`, `languages`, `precompressed`, `directories-stay`."""
    choice: bool
    """The RFCs permit other answers too; this is the one that Statuary promises."""


CHECKS: dict[str, Check] = {}

Plain = Callable[[Site], None]
Row = TypeVar("Row")


def _add(check: Check) -> None:
    if check.id in CHECKS:
        raise ValueError(f"two checks are called {check.id}")
    CHECKS[check.id] = check


def in_order() -> list[Check]:
    """The checks as listed, those of hygiene last, so that they judge what the others saw."""
    return sorted(CHECKS.values(), key=lambda check: check.id.startswith("hygiene."))


def check(id: str, *requirements: str, needs: Iterable[str] = (), choice: bool = False) -> Callable[[Plain], Plain]:
    """Register a function; the first line of its docstring is the sentence that reports show."""

    def register(run: Plain) -> Plain:
        _add(Check(id, requirements, _sentence(run), run, frozenset(needs), choice))
        return run

    return register


def check_each(
    id: str,
    *requirements: str,
    rows: dict[str, Row],
    needs: Iterable[str] = (),
    choice: bool = False,
) -> Callable[[Callable[[Site, Row], None]], Callable[[Site, Row], None]]:
    """Register a function once for each row of a table; the row's key ends the check's id."""

    def register(run: Callable[[Site, Row], None]) -> Callable[[Site, Row], None]:
        for name, row in rows.items():
            _add(Check(f"{id}.{name}", requirements, _sentence(run), _bind(run, row), frozenset(needs), choice))
        return run

    return register


def _bind(run: Callable[[Site, Row], None], row: Row) -> Plain:
    def bound(site: Site) -> None:
        run(site, row)

    return bound


def _sentence(run: Callable[..., None]) -> str:
    if not run.__doc__:
        raise ValueError(f"{run.__name__} needs a sentence")
    return run.__doc__.strip().splitlines()[0]
