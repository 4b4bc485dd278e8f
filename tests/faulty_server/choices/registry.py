"""What a choice is, the list of all, and how choices are put together."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from ..connection import Origin

Subclass = TypeVar("Subclass", bound=type[Origin])


@dataclass(frozen=True)
class Choice:
    """One thing that this server does in another way than the plain one, and may.

    name       how it is asked for
    permitted  the section that leaves it open
    sentence   what the server does
    origin     the server's class with the choice made
    warned     requirements, SHOULD-level at most, that may be reported all the same, each with the reason
    """

    name: str
    permitted: str
    sentence: str
    origin: type[Origin]
    warned: Mapping[str, str] = field(default_factory=dict)


CHOICES: dict[str, Choice] = {}


def permitted(by: str, warned: Mapping[str, str] | None = None) -> Callable[[Subclass], Subclass]:
    """Decorate a class of server that makes a choice; its docstring says which."""

    def listed(origin: Subclass) -> Subclass:
        name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[a-z])(?=[0-9])", "-", origin.__name__).lower()
        assert name not in CHOICES, f"two choices are called {name}"
        CHOICES[name] = Choice(name, by, (origin.__doc__ or "").strip().rstrip("."), origin, warned or {})
        return origin

    return listed


def together(name: str, *names: str) -> None:
    """List several choices that a server makes at once; the first has the first word."""
    made = [CHOICES[one] for one in names]
    warned = {requirement: reason for one in made for requirement, reason in one.warned.items()}
    origin = type("Together", tuple(one.origin for one in made), {})
    CHOICES[name] = Choice(name, "see " + ", ".join(names), " + ".join(names), origin, warned)
