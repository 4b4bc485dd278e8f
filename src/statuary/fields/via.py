"""Via: RFC 9110 section 7.6.3."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from statuary.fields.grammar import COMMENT, INVALID, RWS, TOKEN, Invalid, match_list


class ViaMember(NamedTuple):
    """One intermediary, and the protocol in which it got the message, the name of that in upper case.

    `received_by` is a host or pseudonym, with its port if there is one. A comment keeps its parentheses.
    """

    protocol_name: str
    protocol_version: str
    received_by: str
    comment: str | None = None


# received-protocol = [ protocol-name "/" ] protocol-version: RFC 9110 section 7.6.3
_RECEIVED_PROTOCOL = rf"(?:(?P<name>{TOKEN})/)?(?P<version>{TOKEN})"

# received-by = pseudonym [ ":" port ]: RFC 9110 section 7.6.3
# That has no room for the brackets of an IPv6 address, which RFC 7230 section 5.7.1 allowed. We read them all the same:
# intermediaries send them, and whoever can't read Via can't see a loop.
_RECEIVED_BY = rf"(?P<received_by>(?:{TOKEN}|\[[0-9A-Fa-f:.]++\])(?::[0-9]*+)?)"

# Via = #( received-protocol RWS received-by [ RWS comment ] ): RFC 9110 section 7.6.3
_VIA_MEMBER = re.compile(rf"{_RECEIVED_PROTOCOL}{RWS}{_RECEIVED_BY}(?:{RWS}(?P<comment>{COMMENT}))?")


def parse_via(text: str | None) -> tuple[ViaMember, ...] | Invalid | None:
    """The intermediaries in the order in which they passed the message on. A comma in a comment separates nothing."""
    if text is None:
        return None
    members = match_list(_VIA_MEMBER, text)
    if members is INVALID:
        return INVALID
    return tuple(
        ViaMember((found["name"] or "HTTP").upper(), found["version"], found["received_by"], found["comment"])
        for found in members
    )


def format_via(members: Iterable[ViaMember]) -> str:
    """The value of Via. ValueError if a member would not be read back."""
    return ", ".join(_format_member(member) for member in members)


def _format_member(member: ViaMember) -> str:
    # The name is left out when the protocol is HTTP: RFC 9110 section 7.6.3
    name = "" if member.protocol_name == "HTTP" else f"{member.protocol_name}/"
    comment = "" if member.comment is None else f" {member.comment}"
    text = f"{name}{member.protocol_version} {member.received_by}{comment}"
    if not _VIA_MEMBER.fullmatch(text):
        raise ValueError(f"not a member of Via: {text!r}")
    return text
