"""Every parser of every field takes any text at all: it never raises, and absent stays absent."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import statuary.fields
from statuary.fields.grammar import INVALID

from .strategies import any_text

_MODULES = [
    importlib.import_module(f"statuary.fields.{module.name}")
    for module in pkgutil.iter_modules(statuary.fields.__path__)
]

# Found by name, so that a new field is under test as soon as it is written.
PARSERS: dict[str, Callable[..., Any]] = {
    f"{module.__name__}.{name}": function
    for module in _MODULES
    for name, function in inspect.getmembers(module, inspect.isfunction)
    if name.startswith("parse_") and function.__module__ == module.__name__
}


def takes_text(parser: Callable[..., Any]) -> bool:
    return next(iter(inspect.signature(parser).parameters)) == "text"


def may_be_absent(parser: Callable[..., Any]) -> bool:
    return "None" in str(next(iter(inspect.signature(parser).parameters.values())).annotation)


def read(parser: Callable[..., Any], text: str | None, now: int) -> Any:
    return parser(text, now) if "now" in inspect.signature(parser).parameters else parser(text)


FIELD_PARSERS = sorted(name for name, parser in PARSERS.items() if takes_text(parser))


@pytest.mark.parametrize("name", FIELD_PARSERS)
@given(text=any_text, now=st.integers(-(10**12), 10**12))
def test_any_text_is_read_without_an_exception(name: str, text: str, now: int) -> None:
    value = read(PARSERS[name], text, now)
    assert value is not None
    assert bool(value) is False or value is not INVALID
    hash(value) if isinstance(value, tuple) else repr(value)
    assert read(PARSERS[name], text, now) == value


@pytest.mark.parametrize("name", FIELD_PARSERS)
def test_an_absent_field_is_none(name: str) -> None:
    if may_be_absent(PARSERS[name]):
        assert read(PARSERS[name], None, 0) is None


def test_the_parsers_are_found() -> None:
    assert "statuary.fields.dates.parse_http_date" in FIELD_PARSERS
