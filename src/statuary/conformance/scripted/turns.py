"""What a scenario has the scripted server say, as files write it."""

from __future__ import annotations

from typing import Any

from statuary.conformance.entries import EntryReader, listed
from statuary.conformance.scripted.actions import Say, read_action


def read_turns(reader: EntryReader, value: Any) -> tuple[tuple[str, ...], ...] | dict[str, tuple[str, ...]]:
    """The actions for each request, in order or by place. Raises ScenarioError."""
    if isinstance(value, dict):
        return {place: _turn(reader, actions) for place, actions in value.items()}
    return tuple(_turn(reader, actions) for actions in listed(value))


def _turn(reader: EntryReader, actions: Any) -> tuple[str, ...]:
    texts = listed(actions)
    for text in texts:
        try:
            action = read_action(text)
        except (ValueError, TypeError) as error:
            raise reader.fail(str(error)) from None
        if isinstance(action, Say) and not 100 <= action.status <= 999:
            raise reader.fail(f"{action.status} is sent as octets: + HTTP/1.1 {action.status} ...")
    return texts
