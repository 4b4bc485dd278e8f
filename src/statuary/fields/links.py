"""Link: RFC 8288 section 3."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from statuary.fields.grammar import (
    INVALID,
    OWS,
    QUOTED_STRING,
    TOKEN,
    Invalid,
    match_list,
    quote,
    required_token,
    value_of,
)


class Link(NamedTuple):
    """The target as a URI reference, unresolved; and the parameters, names in lower case, None where no value is."""

    target: str
    parameters: tuple[tuple[str, str | None], ...] = ()

    def parameter(self, name: str) -> str | None:
        """The value of the first parameter of that name, given in lower case, or None."""
        return next((value for known, value in self.parameters if known == name), None)

    @property
    def relations(self) -> tuple[str, ...]:
        """The relation types in lower case, of the first rel alone: RFC 8288 section 3.3."""
        return tuple((self.parameter("rel") or "").lower().split())


# URI-Reference: RFC 3986 section 4.1, here only the characters that can be in one
_URI_REFERENCE = r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*+"
_uri_reference = re.compile(_URI_REFERENCE)

# link-param = token BWS [ "=" BWS ( token / quoted-string ) ]: RFC 8288 section 3; an empty one is skipped
_LINK_PARAM = rf"{OWS};{OWS}(?:({TOKEN}){OWS}(?:={OWS}({TOKEN}|{QUOTED_STRING}))?)?"
_link_param = re.compile(_LINK_PARAM)

# link-value = "<" URI-Reference ">" *( OWS ";" OWS link-param ): RFC 8288 section 3
_LINK_VALUE = re.compile(rf"<(?P<target>{_URI_REFERENCE})>(?P<parameters>(?:{_LINK_PARAM})*+)")


def parse_links(text: str | None) -> tuple[Link, ...] | Invalid | None:
    """The value of Link. A comma in a target separates nothing."""
    if text is None:
        return None
    members = match_list(_LINK_VALUE, text)
    if members is INVALID:
        return INVALID
    return tuple(Link(found["target"], _read_parameters(found["parameters"])) for found in members)


def _read_parameters(matched: str) -> tuple[tuple[str, str | None], ...]:
    found = [parameter for parameter in _link_param.finditer(matched) if parameter[1]]
    return tuple((parameter[1].lower(), parameter[2] and value_of(parameter[2])) for parameter in found)


def format_link(link: Link) -> str:
    """One link. ValueError if the target has a character that no URI has, or a parameter can't be written."""
    if not _uri_reference.fullmatch(link.target):
        raise ValueError(f"not a URI reference: {link.target!r}")
    return f"<{link.target}>" + "".join(_format_parameter(name, value) for name, value in link.parameters)


def _format_parameter(name: str, value: str | None) -> str:
    if value is None:
        return f"; {required_token(name)}"
    # The extended notation, marked by a star, knows no quotes: RFC 8187 section 3.2
    return f"; {required_token(name)}={required_token(value) if name.endswith('*') else quote(value)}"


def format_links(links: Iterable[Link]) -> str:
    """The value of Link."""
    return ", ".join(format_link(link) for link in links)
