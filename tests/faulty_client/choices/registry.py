"""What a choice is, the list of all, and how choices are put together."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from ..client import Client

Subclass = TypeVar("Subclass", bound=type[Client])


@dataclass(frozen=True)
class Choice:
    """One thing that this client does in another way than the plain one, and may.

    name       how it is asked for
    permitted  the section that leaves it open
    sentence   what the client does
    client     the client's class with the choice made
    warned     requirements, SHOULD-level at most, that may be reported all the same, each with the reason
    lacks      abilities that such a client doesn't claim
    """

    name: str
    permitted: str
    sentence: str
    client: type[Client]
    warned: Mapping[str, str] = field(default_factory=dict)
    lacks: frozenset[str] = frozenset()


CHOICES: dict[str, Choice] = {}


def permitted(by: str, *lacks: str, warned: Mapping[str, str] | None = None) -> Callable[[Subclass], Subclass]:
    """Decorate a class of client that makes a choice; its docstring says which."""

    def listed(client: Subclass) -> Subclass:
        name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[a-z])(?=[0-9])", "-", client.__name__).lower()
        assert name not in CHOICES, f"two choices are called {name}"
        sentence = (client.__doc__ or "").strip().rstrip(".")
        CHOICES[name] = Choice(name, by, sentence, client, warned or {}, frozenset(lacks))
        return client

    return listed


def together(name: str, *names: str) -> None:
    """List several choices that a client makes at once; the first has the first word."""
    made = [CHOICES[one] for one in names]
    warned = {requirement: reason for one in made for requirement, reason in one.warned.items()}
    client = type("Together", tuple(one.client for one in made), {})
    lacks = frozenset[str]().union(*(one.lacks for one in made))
    CHOICES[name] = Choice(name, "see " + ", ".join(names), " + ".join(names), client, warned, lacks)
