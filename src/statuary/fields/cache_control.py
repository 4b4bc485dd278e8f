"""Cache-Control: RFC 9111 section 5.2. What a directive asks for is the caches' business."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from statuary.fields.grammar import (
    INVALID,
    QUOTED_STRING,
    TOKEN,
    Invalid,
    format_token_or_quoted,
    parse_digits,
    quote,
    required_token,
    split_list,
    value_of,
)

Directive = tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class CacheControl:
    """Directives in the order they came: the name in lower case, and the argument or None."""

    directives: tuple[Directive, ...]

    def __contains__(self, name: str) -> bool:
        return any(name == known for known, _ in self.directives)

    def argument(self, name: str) -> str | None:
        """The argument of the first directive of that name: RFC 9111 section 4.2.1 allows to prefer the first."""
        return next((argument for known, argument in self.directives if known == name), None)

    def seconds(self, name: str) -> int | Invalid | None:
        """That argument as delta-seconds (RFC 9111 section 1.2.2), at most HUGE. None if there is no such directive."""
        return parse_digits(self.argument(name) or "") if name in self else None


# cache-directive = token [ "=" ( token / quoted-string ) ]: RFC 9111 section 5.2
_CACHE_DIRECTIVE = re.compile(rf"({TOKEN})(?:=({TOKEN}|{QUOTED_STRING}))?")

# Those whose argument is a list of field names, for which senders ought to use the quoted form: RFC 9111 section 5.2.2
_ALWAYS_QUOTED = frozenset({"no-cache", "private"})


def parse_cache_control(text: str | None) -> CacheControl | Invalid | None:
    """The value of Cache-Control. INVALID may hide a no-store, so it is no licence to store."""
    if text is None:
        return None
    members = split_list(text)
    if members is INVALID:
        return INVALID
    directives = []
    for member in members:
        found = _CACHE_DIRECTIVE.fullmatch(member)
        if not found:
            return INVALID
        directives.append((found[1].lower(), found[2] and value_of(found[2])))
    return CacheControl(tuple(directives))


def format_cache_control(directives: Iterable[Directive]) -> str:
    """The value of Cache-Control. ValueError if a part of it can't be written."""
    return ", ".join(_format_directive(*directive) for directive in directives)


def _format_directive(name: str, argument: str | None) -> str:
    if argument is None:
        return required_token(name)
    written = quote(argument) if name in _ALWAYS_QUOTED else format_token_or_quoted(argument)
    return f"{required_token(name)}={written}"
