"""Transfer-Encoding and TE: RFC 9112 section 6.1 and RFC 9110 section 10.1.4."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from statuary.fields.grammar import (
    INVALID,
    OWS,
    QUOTED_STRING,
    TOKEN,
    Invalid,
    Parameters,
    format_parameters,
    parse_parameters,
    required_token,
    split_list,
)
from statuary.fields.negotiation import format_weight, split_weight


class TransferCoding(NamedTuple):
    """A transfer coding: its name and those of its parameters in lower case."""

    name: str
    parameters: Parameters = ()


class WeightedTransferCoding(NamedTuple):
    """A member of TE, a weight being thousandths. `trailers` is one too, though no coding."""

    name: str
    parameters: Parameters = ()
    weight: int = 1000


# transfer-parameter = token BWS "=" BWS ( token / quoted-string ): RFC 9110 section 10.1.4
_TRANSFER_PARAMETER = re.compile(rf"{OWS};{OWS}({TOKEN}){OWS}={OWS}({TOKEN}|{QUOTED_STRING})")

# transfer-coding = token *( OWS ";" OWS transfer-parameter ): RFC 9110 section 10.1.4; the parameters are read apart
_TRANSFER_CODING = re.compile(rf"({TOKEN})(.*)", re.DOTALL)

_CHUNKED = (TransferCoding("chunked"),)


def parse_transfer_encoding(text: str | None) -> tuple[TransferCoding, ...] | Invalid | None:
    """The codings of Transfer-Encoding in the order they were applied: RFC 9112 section 6.1."""
    if text is None:
        return None
    if text == "chunked":
        return _CHUNKED
    members = split_list(text)
    if members is INVALID:
        return INVALID
    codings = []
    for member in members:
        found = _TRANSFER_CODING.fullmatch(member)
        parameters = parse_parameters(found[2], _TRANSFER_PARAMETER) if found else INVALID
        if not found or parameters is INVALID:
            return INVALID
        codings.append(TransferCoding(found[1].lower(), parameters))
    return tuple(codings)


def format_transfer_encoding(codings: Iterable[TransferCoding]) -> str:
    """The value of Transfer-Encoding. ValueError if a part of it can't be written."""
    return ", ".join(required_token(name) + format_parameters(parameters) for name, parameters in codings)


def parse_te(text: str | None) -> tuple[WeightedTransferCoding, ...] | Invalid | None:
    """The members of TE. A parameter named q is the weight: RFC 9112 section 7.3 keeps the name for that."""
    # t-codings = "trailers" / ( transfer-coding [ weight ] ): RFC 9110 section 10.1.4
    codings = parse_transfer_encoding(text)
    if codings is None or codings is INVALID:
        return codings
    weighted = []
    for name, parameters in codings:
        split = split_weight(parameters)
        if split is INVALID:
            return INVALID
        weighted.append(WeightedTransferCoding(name, *split))
    return tuple(weighted)


def format_te(codings: Iterable[WeightedTransferCoding]) -> str:
    """The value of TE. ValueError if a part of it can't be written, or a parameter is named q."""
    members = []
    for name, parameters, weight in codings:
        if split_weight(parameters) != (parameters, 1000):
            raise ValueError("a parameter named q is a weight")
        members.append(required_token(name) + format_parameters(parameters) + format_weight(weight))
    return ", ".join(members)
