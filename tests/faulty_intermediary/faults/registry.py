"""What a fault is, the list of all, and the ways to plant one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from ..intermediary import Intermediary

Level = Literal["MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "STATED"]
Role = Literal["gateway", "proxy"]
Method = TypeVar("Method", bound=Callable[..., Any])
BOTH: tuple[Role, ...] = ("gateway", "proxy")
PROXY: tuple[Role, ...] = ("proxy",)
GATEWAY: tuple[Role, ...] = ("gateway",)


@dataclass(frozen=True)
class Fault:
    """One thing that an intermediary does wrong.

    name         how it is asked for
    requirement  id of what it breaks first of all
    level        how strong that is
    sentence     what the intermediary does
    replaced     what takes the place of methods and patterns of Intermediary
    roles        the roles in which it is wrong
    """

    name: str
    requirement: str
    level: Level
    sentence: str
    replaced: dict[str, Any]
    roles: tuple[Role, ...] = BOTH


FAULTS: dict[str, Fault] = {}


def plant(
    name: str, requirement: str, level: Level, sentence: str, roles: tuple[Role, ...] = BOTH, **replaced: Any
) -> None:
    """List a fault that consists of other values or functions in place of attributes of Intermediary."""
    assert name not in FAULTS, f"two faults are called {name}"
    assert all(hasattr(Intermediary, attribute) for attribute in replaced), f"{name} replaces what isn't there"
    FAULTS[name] = Fault(name, requirement, level, sentence, replaced, roles)


def replaces(
    attribute: str, name: str, requirement: str, level: Level, sentence: str, roles: tuple[Role, ...] = BOTH
) -> Callable[[Method], Method]:
    """Decorate a function that stands in for a method of Intermediary."""

    def listed(method: Method) -> Method:
        plant(name, requirement, level, sentence, roles, **{attribute: method})
        return method

    return listed


def intermediary_with(name: str | None) -> type[Intermediary]:
    """The intermediary with that fault, or without any."""
    return Intermediary if name is None else type("Faulty", (Intermediary,), FAULTS[name].replaced)
