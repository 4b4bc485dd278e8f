"""Conditions on the requests that came to the scripted server: how they are written, told, and held against what came."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from statuary.conformance.entries import EntryReader, listed
from statuary.conformance.matching import is_value
from statuary.conformance.scripted.received import Received

_COUNT = re.compile(r"\d+\+?|\d+-\d+")
_REQUEST = re.compile(r"(?:\*|[A-Z]+) \S+|\.\.\.")
_SENT = ("whole", "part", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestsSeen:
    """Conditions on what came. All that are given have to hold.

    requests    what was seen, in order: ``GET /next``, ``* b/x`` for any method; ``...`` at the end for whatever more
    count       how many requests were seen: "2", "2+", "1-3"
    connections how many connections had requests on them, likewise
    of          the request that the following are about, from 1; the last if 0
    target      its target as it came, or a pattern in slashes
    has         fields that it has
    lacks       fields that it lacks
    fields      fields with their value; one between slashes is a pattern that has to be found in it
    content     its content, or a pattern in slashes
    sent        how much of its content came: "whole", "part" or "none"
    held        whether its content was held back until the server had said something
    """

    requests: tuple[str, ...] | None = None
    count: str | None = None
    connections: str | None = None
    of: int = 0
    target: str | None = None
    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    content: str | None = None
    sent: str | None = None
    held: bool | None = None

    def parts(self) -> list[str]:
        """The conditions, each in words for a report."""
        parts = []
        if self.requests is not None:
            parts.append(f"requests {', '.join(self.requests) or 'nothing'}")
        if self.count is not None:
            parts.append(f"{self.count} {'request' if self.count == '1' else 'requests'}")
        if self.target is not None:
            parts.append(f"with the target {self.target}")
        parts += [f"with {name}" for name in self.has]
        parts += [f"without {name}" for name in self.lacks]
        parts += [f"with {name}: {value}" for name, value in self.fields]
        if self.content is not None:
            parts.append(f"sends the content {self.content}" if self.content else "sends no content")
        if self.sent is not None:
            parts.append({"whole": "sends all its content", "part": "sends some content"}.get(self.sent, "sends none"))
        if self.held is not None:
            parts.append("having held it back" if self.held else "without holding it back")
        if self.connections is not None:
            parts.append(f"on {self.connections} {'connection' if self.connections == '1' else 'connections'}")
        return parts


KEYS = frozenset(field.name for field in fields(RequestsSeen))


def read_requests_seen(reader: EntryReader, value: Mapping[str, Any]) -> dict[str, Any]:
    """The conditions in a table of a file, as arguments of RequestsSeen. Raises ScenarioError."""
    requests = value.get("requests")
    for text in requests or ():
        if not _REQUEST.fullmatch(text):
            raise reader.fail(f"a request seen is METHOD place: {text!r}")
    known = value.get("fields", {})
    for text in known.values():
        reader.placeholders(text)
    return {
        "requests": None if requests is None else tuple(requests),
        "count": _count(reader, value, "count"),
        "connections": _count(reader, value, "connections"),
        "of": int(reader.number(value, "of", 0, 100)),
        "target": value.get("target"),
        "has": listed(value.get("has", ())),
        "lacks": listed(value.get("lacks", ())),
        "fields": tuple(known.items()),
        "content": value.get("content"),
        "sent": reader.one_of(value, "sent", _SENT),
        "held": value.get("held"),
    }


def _count(reader: EntryReader, value: Mapping[str, Any], key: str) -> str | None:
    count = value.get(key)
    if count is None:
        return None
    if isinstance(count, bool) or not _COUNT.fullmatch(str(count)):
        raise reader.fail(f'{key} is a number, "2+" or "1-3"')
    return str(count)


def have_come(conditions: RequestsSeen, received: Sequence[Received], facts: Mapping[str, str]) -> bool:
    """Whether all conditions hold."""
    if conditions.count is not None and not _is_count(len(received), conditions.count):
        return False
    numbers = {one.connection for one in received}
    if conditions.connections is not None and not _is_count(len(numbers), conditions.connections):
        return False
    return _are_requests(conditions.requests, received) and _is_like(conditions, received, facts)


def spoken_of(conditions: RequestsSeen, received: Sequence[Received]) -> Received | None:
    """The request that the conditions on one are about."""
    index = conditions.of - 1
    return received[index] if -1 <= index < len(received) and received else None


def _are_requests(expected: tuple[str, ...] | None, received: Sequence[Received]) -> bool:
    if expected is None:
        return True
    if expected[-1:] == ("...",):
        expected = expected[:-1]
        received = received[: len(expected)]
    return len(expected) == len(received) and all(map(_is_request, received, expected))


def _is_request(one: Received, expected: str) -> bool:
    method, _, place = expected.partition(" ")
    seen = one.target if one.method in ("CONNECT", "OPTIONS") and not one.target.startswith("/") else one.place
    return method in ("*", one.method) and place in (seen, "*")


def _is_count(number: int, expected: str) -> bool:
    if expected.endswith("+"):
        return number >= int(expected[:-1])
    least, _, most = expected.partition("-")
    return int(least) <= number <= int(most or least)


def _is_like(conditions: RequestsSeen, received: Sequence[Received], facts: Mapping[str, str]) -> bool:
    one = spoken_of(conditions, received)
    if one is None:
        return not conditions.of and not (conditions.has or conditions.fields or conditions.target is not None)
    return (
        all(name.lower() in one.fields for name in conditions.has)
        and not any(name.lower() in one.fields for name in conditions.lacks)
        and all(is_value(one.fields.get(name.lower()), value, facts) for name, value in conditions.fields)
        and (conditions.target is None or is_value(one.target, conditions.target, facts))
        and (conditions.content is None or is_value(one.content.decode("latin-1"), conditions.content, facts))
        and conditions.sent in (None, one.sent)
        and conditions.held in (None, one.held)
    )
