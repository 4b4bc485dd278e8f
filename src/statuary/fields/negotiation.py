"""Accept, Accept-Charset, Accept-Encoding and Accept-Language: RFC 9110 section 12.5.

Weights are thousandths, 0 to 1000. One member outside the grammar makes the field INVALID. To read the others alone
would turn a slip such as `text/html, *;q=.2` into a refusal of everything else; whoever gets INVALID can still
disregard the preference, as section 12.4.1 lets a server do, or make the safest choice.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from statuary.fields.grammar import INVALID, OWS, TOKEN, Invalid, Parameters, required_token, split_list
from statuary.fields.media_types import MediaType, format_media_type, parse_media_type

Weighted = tuple[str, int]


class WeightedMediaRange(NamedTuple):
    """A media range, `*` standing for any type or subtype; its parameters without q; and its weight."""

    type: str
    subtype: str
    parameters: Parameters
    weight: int


# qvalue = ( "0" [ "." 0*3DIGIT ] ) / ( "1" [ "." 0*3("0") ] ): RFC 9110 section 12.4.2
_QVALUE = r"0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?"
_qvalue = re.compile(_QVALUE)

# weight = OWS ";" OWS "q=" qvalue: RFC 9110 section 12.4.2; literals in ABNF have no case
_WEIGHT = rf"{OWS};{OWS}[qQ]=({_QVALUE})"

# codings [ weight ], in which codings is a token or "*", which is one too: RFC 9110 section 12.5.3
# ( token / "*" ) [ weight ]: RFC 9110 section 12.5.2
_WEIGHTED_TOKEN = re.compile(rf"({TOKEN})(?:{_WEIGHT})?")

# language-range = (1*8ALPHA *("-" 1*8alphanum)) / "*": RFC 4647 section 2.1
_LANGUAGE_RANGE = r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*|\*"
_WEIGHTED_LANGUAGE_RANGE = re.compile(rf"({_LANGUAGE_RANGE})(?:{_WEIGHT})?")


def parse_weight(text: str) -> int | Invalid:
    """Thousandths of a qvalue: RFC 9110 section 12.4.2."""
    if not _qvalue.fullmatch(text):
        return INVALID
    whole, _, decimals = text.partition(".")
    return int(f"{whole}{decimals:0<3}")


def format_weight(weight: int) -> str:
    """The weight with its semicolon; nothing for 1000, which is the default. ValueError outside 0 to 1000."""
    if not 0 <= weight <= 1000:
        raise ValueError(f"not a weight in thousandths: {weight}")
    return "" if weight == 1000 else f";q={weight / 1000:g}"


def split_weight(parameters: Parameters) -> tuple[Parameters, int] | Invalid:
    """The other parameters, and the one named q as a weight wherever it stands: rfc9110-12.5.1-2. INVALID for two."""
    weights = [value for name, value in parameters if name == "q"]
    if not weights:
        return parameters, 1000
    weight = parse_weight(weights[0])
    if weight is INVALID or len(weights) > 1:
        return INVALID
    return tuple(parameter for parameter in parameters if parameter[0] != "q"), weight


def parse_accept(text: str | None) -> tuple[WeightedMediaRange, ...] | Invalid | None:
    """The media ranges of Accept in the order they came: RFC 9110 section 12.5.1."""
    if text is None:
        return None
    members = split_list(text)
    if members is INVALID:
        return INVALID
    ranges = []
    for member in members:
        media_range = _parse_media_range(member)
        if media_range is INVALID:
            return INVALID
        ranges.append(media_range)
    return tuple(ranges)


# media-range = ( "*/*" / ( type "/" "*" ) / ( type "/" subtype ) ) parameters: RFC 9110 section 12.5.1
def _parse_media_range(member: str) -> WeightedMediaRange | Invalid:
    # "*" is a token, so a media range is spelled like a media type, but for "*" as a type, which allows one subtype.
    parsed = parse_media_type(member)
    if not parsed or (parsed.type == "*" and parsed.subtype != "*"):
        return INVALID
    split = split_weight(parsed.parameters)
    return INVALID if split is INVALID else WeightedMediaRange(parsed.type, parsed.subtype, *split)


def format_accept(ranges: Iterable[WeightedMediaRange]) -> str:
    """The value of Accept, or of Accept-Post and Accept-Patch. ValueError if a part of it can't be written."""
    members = []
    for media_type, subtype, parameters, weight in ranges:
        if split_weight(parameters) != (parameters, 1000):
            raise ValueError("a parameter named q is a weight")
        members.append(format_media_type(MediaType(media_type, subtype, parameters)) + format_weight(weight))
    return ", ".join(members)


def parse_accept_charset(text: str | None) -> tuple[Weighted, ...] | Invalid | None:
    """Charsets in lower case with their weights: RFC 9110 section 12.5.2."""
    return _parse_weighted(_WEIGHTED_TOKEN, text)


def parse_accept_encoding(text: str | None) -> tuple[Weighted, ...] | Invalid | None:
    """Content codings in lower case with their weights: RFC 9110 section 12.5.3. An empty field is ()."""
    return _parse_weighted(_WEIGHTED_TOKEN, text)


def parse_accept_language(text: str | None) -> tuple[Weighted, ...] | Invalid | None:
    """Language ranges in lower case with their weights: RFC 9110 section 12.5.4."""
    return _parse_weighted(_WEIGHTED_LANGUAGE_RANGE, text)


def _parse_weighted(pattern: re.Pattern[str], text: str | None) -> tuple[Weighted, ...] | Invalid | None:
    if text is None:
        return None
    members = split_list(text)
    if members is INVALID:
        return INVALID
    weighted = []
    for member in members:
        found = pattern.fullmatch(member)
        if not found:
            return INVALID
        weighted.append((found[1].lower(), parse_weight(found[2]) or 0 if found[2] else 1000))
    return tuple(weighted)


def format_weighted(values: Iterable[Weighted]) -> str:
    """The value of Accept-Charset, Accept-Encoding or Accept-Language. ValueError if a part of it can't be written."""
    return ", ".join(required_token(value) + format_weight(weight) for value, weight in values)
