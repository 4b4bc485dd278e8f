"""Range, Content-Range and Accept-Ranges: RFC 9110 section 14.

Whether a range can be satisfied depends on the representation, so it is not decided here.
"""

import re
from typing import NamedTuple

from statuary.fields.grammar import (
    INVALID,
    TOKEN,
    WHITESPACE,
    Invalid,
    is_list_of_tokens,
    is_token,
    parse_digits,
    parse_tokens,
    split_list,
)

RangeSpec = tuple[int | None, int | None]


class Ranges(NamedTuple):
    """A range unit in lower case and what is asked for in it.

    A spec is (first, last), (first, None) to the end, or (None, length) for a suffix. The specs of a unit other than
    bytes can't be told apart: there `specs` is empty and `other` keeps the text after the equals sign.
    """

    unit: str
    specs: tuple[RangeSpec, ...]
    other: str | None = None


class ContentRange(NamedTuple):
    """Where a part belongs. First and last are None in an unsatisfied-range, the length where it is unknown."""

    unit: str
    first: int | None
    last: int | None
    length: int | None


# int-range    = first-pos "-" [ last-pos ]: RFC 9110 section 14.1.1
# suffix-range = "-" suffix-length
_INT_OR_SUFFIX_RANGE = re.compile(r"([0-9]*+)-([0-9]*+)")

# other-range = 1*( %x21-2B / %x2D-7E ): RFC 9110 section 14.1.1
_OTHER_RANGE = re.compile(r"[\x21-\x2b\x2d-\x7e]++")

# Content-Range     = range-unit SP ( range-resp / unsatisfied-range ): RFC 9110 section 14.4
# range-resp        = first-pos "-" last-pos "/" ( complete-length / "*" )
# unsatisfied-range = "*/" complete-length
_CONTENT_RANGE = re.compile(rf"({TOKEN}) (?:([0-9]++)-([0-9]++)/([0-9]++|\*)|\*/([0-9]++))")


def parse_range(text: str | None) -> Ranges | Invalid | None:
    """The value of Range: RFC 9110 section 14.2. INVALID if one range-spec is invalid, as section 14.1.1 has it."""
    if text is None:
        return None
    # ranges-specifier = range-unit "=" range-set; an example in section 14.1.2 has a space after the equals sign
    unit, equals, range_set = text.partition("=")
    unit = unit.lower()
    if unit != "bytes":
        return _parse_other_unit(unit, range_set) if equals and is_token(unit) else INVALID
    specs: list[RangeSpec] = []
    for member in split_list(range_set) or ():
        spec = _parse_byte_range(member)
        if spec is INVALID:
            return INVALID
        specs.append(spec)
    return Ranges(unit, tuple(specs)) if specs else INVALID


def _parse_byte_range(member: str) -> RangeSpec | Invalid:
    found = _INT_OR_SUFFIX_RANGE.fullmatch(member)
    if not found or member == "-":
        return INVALID
    first, last = _position(found[1]), _position(found[2])
    if first is not None and last is not None and last < first:
        return INVALID
    return first, last


def _position(digits: str | None) -> int | None:
    return parse_digits(digits) or 0 if digits else None


def _parse_other_unit(unit: str, range_set: str) -> Ranges | Invalid:
    # A double quote in an other-range is a character like any other, so these members are not for split_list.
    members = [part.strip(WHITESPACE) for part in range_set.split(",")]
    if not any(members) or not all(_OTHER_RANGE.fullmatch(member) for member in members if member):
        return INVALID
    return Ranges(unit, (), range_set.strip(WHITESPACE))


def format_range(ranges: Ranges) -> str:
    """The value of Range. ValueError if it would not be read back."""
    members = [f"{'' if first is None else first}-{'' if last is None else last}" for first, last in ranges.specs]
    text = f"{ranges.unit}={ranges.other if ranges.other is not None else ', '.join(members)}"
    if not parse_range(text):
        raise ValueError(f"not a ranges-specifier: {text}")
    return text


def parse_content_range(text: str | None) -> ContentRange | Invalid | None:
    """The value of Content-Range: RFC 9110 section 14.4.

    Numbers beyond HUGE can't be told apart, so a range whose last position and length both are is INVALID: nobody may
    combine parts by it.
    """
    if text is None:
        return None
    found = _CONTENT_RANGE.fullmatch(text)
    if not found:
        return INVALID
    length = None if found[4] == "*" else _position(found[4] or found[5])
    value = ContentRange(found[1].lower(), _position(found[2]), _position(found[3]), length)
    return value if _is_consistent(value) else INVALID


def _is_consistent(value: ContentRange) -> bool:
    if value.first is None or value.last is None:
        return value.first is value.last and value.length is not None and value.length >= 0
    return 0 <= value.first <= value.last and (value.length is None or value.last < value.length)


def format_content_range(value: ContentRange) -> str:
    """The value of Content-Range. ValueError if its positions contradict each other."""
    if not is_token(value.unit) or not _is_consistent(value):
        raise ValueError(f"not a content range: {value}")
    length = "*" if value.length is None else value.length
    return f"{value.unit} */{length}" if value.first is None else f"{value.unit} {value.first}-{value.last}/{length}"


def parse_accept_ranges(text: str | None) -> tuple[str, ...] | Invalid | None:
    """The range units of Accept-Ranges in lower case, at least one; `none` is kept. RFC 9110 section 14.3."""
    units = parse_tokens(text)
    return INVALID if units == () else units


def format_accept_ranges(units: tuple[str, ...]) -> str:
    """The value of Accept-Ranges. ValueError without a unit, or for one that is no token."""
    if not units or not is_list_of_tokens(units):
        raise ValueError(f"not range units: {units}")
    return ", ".join(units)
