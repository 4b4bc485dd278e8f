"""What a fault is, the list of all, and the ways to plant one: methods of the server replaced, or a response altered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from ..connection import Origin
from ..message import Request, Response

Level = Literal["MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "STATED"]
Method = TypeVar("Method", bound=Callable[..., Any])
Alteration = Callable[[Request, Response], None]


@dataclass(frozen=True)
class Fault:
    """One thing that the server does wrong.

    name         how it is asked for
    requirement  id of what it breaks first of all
    level        how strong that is
    sentence     what the server does
    replaced     what takes the place of methods and patterns of Origin
    traces       whether it shows only where TRACE is allowed
    """

    name: str
    requirement: str
    level: Level
    sentence: str
    replaced: dict[str, Any]
    traces: bool = False

    @property
    def origin(self) -> type[Origin]:
        """The server's class with the fault in it."""
        return type("Faulty", (Origin,), self.replaced)

    @property
    def breaks_must(self) -> bool:
        """Whether what it breaks is a MUST or MUST NOT."""
        return self.level.startswith("MUST")


FAULTS: dict[str, Fault] = {}


def plant(name: str, requirement: str, level: Level, sentence: str, *, traces: bool = False, **replaced: Any) -> None:
    """List a fault that consists of other values or functions in place of attributes of Origin."""
    assert name not in FAULTS, f"two faults are called {name}"
    assert all(hasattr(Origin, attribute) for attribute in replaced), f"{name} replaces what isn't there"
    FAULTS[name] = Fault(name, requirement, level, sentence, replaced, traces)


def replaces(
    attribute: str, name: str, requirement: str, level: Level, sentence: str, *, traces: bool = False
) -> Callable[[Method], Method]:
    """Decorate a function that stands in for a method of Origin."""

    def listed(method: Method) -> Method:
        plant(name, requirement, level, sentence, traces=traces, **{attribute: method})
        return method

    return listed


def alters(
    name: str, requirement: str, level: Level, sentence: str, *, traces: bool = False
) -> Callable[[Alteration], Alteration]:
    """Decorate a function that changes final responses to requests that could be read."""

    def listed(alter: Alteration) -> Alteration:
        def altered(self: Origin, request: Request | None, response: Response) -> None:
            if request is not None:
                alter(request, response)

        plant(name, requirement, level, sentence, traces=traces, altered=altered)
        return alter

    return listed


def origin_with(name: str | None) -> type[Origin]:
    """The server with that fault, or without any."""
    return Origin if name is None else FAULTS[name].origin
