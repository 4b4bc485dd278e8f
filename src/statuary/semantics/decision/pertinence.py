"""Which questions can matter for a resource and a method at all: those left out would pass whatever else the request says.

A plain file asked for with GET has three refusals to fear, not thirty. The order stays that of the list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from statuary.message.request import Request
from statuary.semantics.decision.answers import Respond
from statuary.semantics.resource import Resource

Refusal = Callable[[Request, Resource, int], Respond | None]
Predicate = Callable[[Resource, str], bool]

_PREDICATES: dict[Refusal, Predicate] = {}


def only_if(predicate: Predicate) -> Callable[[Refusal], Refusal]:
    """Says of a question that it passes unless ``predicate(resource, method)`` is true."""

    def remember(question: Refusal) -> Refusal:
        _PREDICATES[question] = predicate
        return question

    return remember


def pertinent(questions: Iterable[Refusal], resource: Resource, method: str) -> tuple[Refusal, ...]:
    """Those of ``questions`` that can matter. Remembered by the resource, for the methods it has."""
    remembered: tuple[Refusal, ...] | None = resource.pertinent.get(method)  # type: ignore[assignment]
    if remembered is None:
        remembered = tuple(q for q in questions if q not in _PREDICATES or _PREDICATES[q](resource, method))
        if method in resource.methods:
            resource.pertinent[method] = remembered
    return remembered
