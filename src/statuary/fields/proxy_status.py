"""Proxy-Status: RFC 9209, and as much of structured fields (RFC 9651, formerly 8941) as it is made of.

What the error types mean for a response is the business of forwarding.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from statuary.fields.grammar import INVALID, Invalid


class Token(str):
    """A token, which is another value than the string with the same characters."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Token) and str.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(("token", str(self)))

    def __repr__(self) -> str:
        return f"Token({str(self)!r})"


BareItem: TypeAlias = "Token | str | int | Decimal | bytes | bool"


class ProxyStatusMember(NamedTuple):
    """One intermediary, and what it tells of the response: parameters in their order, each name once."""

    name: Token | str
    parameters: tuple[tuple[str, BareItem], ...] = ()

    def parameter(self, name: str) -> BareItem | None:
        """The value of a parameter, None where it is absent."""
        return next((value for known, value in self.parameters if known == name), None)


# sf-token = ( ALPHA / "*" ) *( tchar / ":" / "/" ): RFC 9651 section 3.3.4
_TOKEN = r"[A-Za-z*][!#$%&'*+\-.^_`|~0-9A-Za-z:/]*+"
# sf-string = DQUOTE *( unescaped / "%" / bs-escaped ) DQUOTE: RFC 9651 section 3.3.3
_STRING = r'"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*+"'
# sf-integer and sf-decimal: RFC 9651 sections 3.3.1 and 3.3.2
_NUMBER = r"-?[0-9]{1,15}(?:\.[0-9]{1,3})?+(?![0-9.])"
# sf-binary = ":" base64 ":": RFC 9651 section 3.3.5
_BINARY = r":[A-Za-z0-9+/=]*+:"
# sf-boolean = "?" ( "0" / "1" ): RFC 9651 section 3.3.6
_BARE_ITEM = rf"{_TOKEN}|{_STRING}|{_NUMBER}|{_BINARY}|\?[01]"
# parameters = *( ";" *SP parameter ), parameter = param-key [ "=" param-value ]: RFC 9651 section 3.1.2
_KEY = r"[a-z*][a-z0-9_\-.*]*+"
_PARAMETER = re.compile(rf";[ ]*+({_KEY})(?:=({_BARE_ITEM}))?")
# A member is a String or a Token: RFC 9209 section 2
_NAME = re.compile(rf"{_TOKEN}|{_STRING}")
# sf-list = list-member *( OWS "," OWS list-member ): RFC 9651 section 3.1
_COMMA = re.compile(r"[ \t]*+,[ \t]*+")
_token = re.compile(_TOKEN)
_key = re.compile(_KEY)
_string = re.compile(r"[\x20-\x7e]*+")
_escape = re.compile(r"\\(.)")


def parse_proxy_status(text: str | None) -> tuple[ProxyStatusMember, ...] | Invalid | None:
    """The intermediaries, the one closest to the origin server first. One member outside the grammar makes all INVALID."""
    if text is None:
        return None
    text = text.strip(" ")
    members: list[ProxyStatusMember] = []
    position = 0
    while position < len(text) or members:
        name = _NAME.match(text, position)
        if name is None:
            return INVALID
        parameters, position = _parameters(text, name.end())
        if isinstance(parameters, Invalid):
            return INVALID
        read = _read(name[0])
        assert isinstance(read, str)
        members.append(ProxyStatusMember(read, parameters))
        if position == len(text):
            break
        comma = _COMMA.match(text, position)
        if comma is None:
            return INVALID
        position = comma.end()
    return tuple(members)


def _parameters(text: str, position: int) -> tuple[tuple[tuple[str, BareItem], ...] | Invalid, int]:
    found: dict[str, BareItem] = {}
    while parameter := _PARAMETER.match(text, position):
        key, written = parameter.groups()
        value = True if written is None else _read(written)
        if isinstance(value, Invalid):
            return INVALID, position
        # The last of a name counts, in the place of the first: RFC 9651 section 4.2.3.2
        found[key] = value
        position = parameter.end()
    return tuple(found.items()), position


def _read(item: str) -> BareItem | Invalid:
    """The value of a bare item that matched its pattern."""
    first = item[0]
    if first == '"':
        return _escape.sub(r"\1", item[1:-1])
    if first == "?":
        return item == "?1"
    if first == ":":
        try:
            return b64decode(item[1:-1], validate=True)
        except NotBase64:
            return INVALID
    if first == "-" or first.isdigit():
        if "." not in item:
            return int(item)
        # sf-decimal has at most twelve digits before the point
        return Decimal(item) if len(item.lstrip("-").partition(".")[0]) <= 12 else INVALID
    return Token(item)


def format_proxy_status(members: Iterable[ProxyStatusMember]) -> str:
    """The value of Proxy-Status. ValueError for what can't be written, such as text that is not ASCII."""
    return ", ".join(
        _format(name) + "".join(_format_parameter(key, value) for key, value in parameters)
        for name, parameters in members
    )


def _format_parameter(key: str, value: BareItem) -> str:
    if _key.fullmatch(key) is None:
        raise ValueError(f"not the name of a parameter: {key!r}")
    return f";{key}" if value is True else f";{key}={_format(value)}"


def _format(item: BareItem) -> str:
    if isinstance(item, bool):
        return f"?{item:d}"
    if isinstance(item, Token):
        return _checked(str(item), _token)
    if isinstance(item, str):
        return '"' + _checked(item, _string).replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(item, bytes):
        return f":{b64encode(item).decode()}:"
    return _format_number(item)


def _format_number(number: int | Decimal) -> str:
    if isinstance(number, int):
        if abs(number) >= 10**15:
            raise ValueError(f"too large for an integer: {number}")
        return str(number)
    rounded = number.quantize(Decimal("0.001"))
    if abs(rounded) >= 10**12:
        raise ValueError(f"too large for a decimal: {number}")
    whole, _, fraction = f"{rounded:f}".partition(".")
    return f"{whole}.{fraction.rstrip('0') or '0'}"


def _checked(text: str, pattern: re.Pattern[str]) -> str:
    if pattern.fullmatch(text) is None:
        raise ValueError(f"can't be written in a structured field: {text!r}")
    return text


def token_or_string(text: str) -> Token | str:
    """The text as a Token if it can be one, else as a String: what names an intermediary in RFC 9209 section 2."""
    return Token(text) if _token.fullmatch(text) else text
