"""Placeholders in scenarios: ``{file.etag}`` for a fact of the subject, ``{file.content[0:9]}`` for a piece of it,
``{x*2000}`` for many of a kind, ``{{`` and ``}}`` for the braces themselves.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_FACT = re.compile(r"([a-z_]+(?:\.[a-z_0-9]+)*)(?:\[(-?\d*):(-?\d*)\])?")
_MANY = re.compile(r"(.+)\*(\d+)", re.DOTALL)
MOST_REPEATED = 8_000_000


class Missing(Exception):  # noqa: N818
    """A fact that isn't known of this subject; the argument is its name."""


def facts_in(text: str) -> list[str]:
    """The names of the facts a text asks for, in order. Raises ValueError for a placeholder that can't be read."""
    return [name for part in _parts(text) if (name := _fact_of(part)) is not None]


def fill(text: str, facts: Mapping[str, str]) -> str:
    """The text with its placeholders replaced. Raises Missing for a fact that isn't there, ValueError as ``facts_in``."""
    return _PLACEHOLDER.sub(lambda found: _value(found, facts), text)


def _parts(text: str) -> list[str]:
    return [_inside(found) for found in _PLACEHOLDER.finditer(text) if found[0] not in ("{{", "}}")]


def _inside(found: re.Match[str]) -> str:
    if found[1] is None:
        raise ValueError(f"a lone {found[0]!r}: write {found[0] * 2} for the brace itself")
    return found[1]


def _fact_of(part: str) -> str | None:
    fact = _FACT.fullmatch(part)
    if fact is not None:
        return fact[1]
    many = _MANY.fullmatch(part)
    if many is None or len(many[1]) * int(many[2]) > MOST_REPEATED:
        raise ValueError(f"not a placeholder: {{{part}}}")
    return None


def _value(found: re.Match[str], facts: Mapping[str, str]) -> str:
    if found[0] in ("{{", "}}"):
        return found[0][0]
    inside = _inside(found)
    fact = _FACT.fullmatch(inside)
    if fact is None:
        many = _MANY.fullmatch(inside)
        if many is None:
            raise ValueError(f"not a placeholder: {{{inside}}}")
        return many[1] * int(many[2])
    if fact[1] not in facts:
        raise Missing(fact[1])
    value = facts[fact[1]]
    if fact[2] is None:
        return value
    return value[int(fact[2]) if fact[2] else None : int(fact[3]) if fact[3] else None]
