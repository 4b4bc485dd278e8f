"""What a fault is, the list of all, and the ways to plant one."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from ..client import Client

Level = Literal["MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "RECOMMENDED", "STATED"]
Subclass = TypeVar("Subclass", bound=type[Client])


@dataclass(frozen=True)
class Fault:
    """One thing that the client does wrong.

    name         how it is asked for
    requirement  id of what it breaks first of all
    level        how strong that is
    sentence     what the client does
    client       the client's class with the fault in it
    """

    name: str
    requirement: str
    level: Level
    sentence: str
    client: type[Client]

    @property
    def breaks_must(self) -> bool:
        """Whether what it breaks is a MUST or MUST NOT."""
        return self.level.startswith("MUST")


FAULTS: dict[str, Fault] = {}


def breaks(requirement: str, level: Level) -> Callable[[Subclass], Subclass]:
    """Decorate a class of client that has a fault; its docstring says which."""

    def listed(client: Subclass) -> Subclass:
        name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[a-z])(?=[0-9])", "-", client.__name__).lower()
        _list(Fault(name, requirement, level, (client.__doc__ or "").strip().rstrip("."), client))
        return client

    return listed


def plant(name: str, requirement: str, level: Level, sentence: str, **replaced: Any) -> None:
    """List a fault that consists of other values or functions in place of attributes of Client."""
    assert all(hasattr(Client, attribute) for attribute in replaced), f"{name} replaces what isn't there"
    _list(Fault(name, requirement, level, sentence, type("Faulty", (Client,), replaced)))


def _list(fault: Fault) -> None:
    assert fault.name not in FAULTS, f"two faults are called {fault.name}"
    FAULTS[fault.name] = fault


def client_with(name: str | None) -> type[Client]:
    """The client with that fault, or without any."""
    return Client if name is None else FAULTS[name].client
