"""Expect: RFC 9110 section 10.1.1."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from statuary.fields.grammar import (
    INVALID,
    QUOTED_STRING,
    TOKEN,
    Invalid,
    Parameters,
    format_parameters,
    format_token_or_quoted,
    parse_parameters,
    required_token,
    split_list,
    value_of,
)


class Expectation(NamedTuple):
    """What is expected, the name in lower case; value and parameters have no case either, but stay as they came."""

    name: str
    value: str | None = None
    parameters: Parameters = ()


# expectation = token [ "=" ( token / quoted-string ) parameters ]: RFC 9110 section 10.1.1
_EXPECTATION = re.compile(rf"({TOKEN})(?:=({TOKEN}|{QUOTED_STRING})(.*))?", re.DOTALL)


def parse_expect(text: str | None) -> tuple[Expectation, ...] | Invalid | None:
    """The value of Expect."""
    if text is None:
        return None
    members = split_list(text)
    if members is INVALID:
        return INVALID
    expectations = []
    for member in members:
        found = _EXPECTATION.fullmatch(member)
        parameters = parse_parameters(found[3] or "") if found else INVALID
        if not found or parameters is INVALID:
            return INVALID
        expectations.append(Expectation(found[1].lower(), found[2] and value_of(found[2]), parameters))
    return tuple(expectations)


def format_expect(expectations: Iterable[Expectation]) -> str:
    """The value of Expect. ValueError if a part of it can't be written: there are no parameters without a value."""
    return ", ".join(_format_expectation(expectation) for expectation in expectations)


def _format_expectation(expectation: Expectation) -> str:
    name = required_token(expectation.name)
    if expectation.value is None:
        if expectation.parameters:
            raise ValueError("an expectation with parameters needs a value")
        return name
    return f"{name}={format_token_or_quoted(expectation.value)}{format_parameters(expectation.parameters)}"
