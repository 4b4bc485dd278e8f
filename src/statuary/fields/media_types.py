"""Media types: RFC 9110 section 8.3.1."""

import re
from typing import NamedTuple

from statuary.fields.grammar import (
    INVALID,
    TOKEN,
    Invalid,
    Parameters,
    format_parameters,
    parse_parameters,
    required_token,
)


class MediaType(NamedTuple):
    """Type, subtype and parameter names are in lower case, parameter values as they came."""

    type: str
    subtype: str
    parameters: Parameters = ()

    @property
    def essence(self) -> str:
        """The media type without its parameters."""
        return f"{self.type}/{self.subtype}"

    def parameter(self, name: str) -> str | None:
        """The value of the first parameter of that name, given in lower case, or None."""
        return next((value for known, value in self.parameters if known == name), None)


# media-type = type "/" subtype parameters: RFC 9110 section 8.3.1; the parameters are read on their own
_MEDIA_TYPE = re.compile(rf"({TOKEN})/({TOKEN})(.*)", re.DOTALL)


def parse_media_type(text: str | None) -> MediaType | Invalid | None:
    """The value of Content-Type: RFC 9110 section 8.3."""
    if text is None:
        return None
    found = _MEDIA_TYPE.fullmatch(text)
    parameters = parse_parameters(found[3]) if found else INVALID
    if not found or parameters is INVALID:
        return INVALID
    return MediaType(found[1].lower(), found[2].lower(), parameters)


def format_media_type(value: MediaType) -> str:
    """The value of Content-Type. ValueError if a part of it can't be written."""
    return f"{required_token(value.type)}/{required_token(value.subtype)}{format_parameters(value.parameters)}"
