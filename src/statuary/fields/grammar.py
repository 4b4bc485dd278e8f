"""The pieces that many fields share: tokens, quoted strings, lists, parameters, numbers.

The rules are those of RFC 9110 section 5.6. A pattern named in capitals is the source of a regular expression, to be
put into larger ones. Quantifiers are possessive where that can't change what matches, so matching takes linear time.
"""

import re
from collections.abc import Iterable
from enum import Enum
from typing import Final, Literal


class Invalid(Enum):
    """The one value that stands for a field outside its grammar. It is falsy, and types narrow on `is INVALID`."""

    INVALID = "invalid"

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "INVALID"


INVALID: Final = Invalid.INVALID

Parameters = tuple[tuple[str, str], ...]

# OWS = BWS = *( SP / HTAB ): RFC 9110 section 5.6.3
WHITESPACE = " \t"
OWS = r"[ \t]*+"
RWS = r"[ \t]++"

# token = 1*tchar: RFC 9110 section 5.6.2
TOKEN = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]++"

# quoted-pair = "\" ( HTAB / SP / VCHAR / obs-text ): RFC 9110 section 5.6.4
QUOTED_PAIR = r"\\[\t \x21-\x7e\x80-\xff]"

# quoted-string = DQUOTE *( qdtext / quoted-pair ) DQUOTE: RFC 9110 section 5.6.4
QUOTED_STRING = rf'"(?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|{QUOTED_PAIR})*+"'


def _comment(nested: int) -> str:
    inner = f"|{_comment(nested - 1)}" if nested else ""
    return rf"\((?:[\t \x21-\x27\x2a-\x5b\x5d-\x7e\x80-\xff]|{QUOTED_PAIR}{inner})*+\)"


# comment = "(" *( ctext / quoted-pair / comment ) ")": RFC 9110 section 5.6.5
# The RFC sets no limit to nesting. Ours is eight, far beyond what is seen, since a pattern has to end somewhere.
COMMENT = _comment(nested=8)

# parameter = parameter-name "=" parameter-value: RFC 9110 section 5.6.6
PARAMETER = re.compile(rf"{OWS};{OWS}(?:({TOKEN})=({TOKEN}|{QUOTED_STRING}))?")

# Numerals this long or longer are read as HUGE: RFC 9110 section 8.6 wants no overflow, and int() refuses long text.
HUGE: Final = 10**18
_DIGITS_BELOW_HUGE = 18

_token = re.compile(TOKEN)
_quoted_string = re.compile(QUOTED_STRING)
_quoted_pair = re.compile(r"\\(.)", re.DOTALL)
_quotable = re.compile(r"[\t \x21-\x7e\x80-\xff]*+")
_all_quotes_end = re.compile(r'(?:[^"]|"(?:[^"\\]|\\.)*+")*+', re.DOTALL)
_list_member = re.compile(r'(?:[^",]|"(?:[^"\\]|\\.)*+")++', re.DOTALL)
_member_end = re.compile(r"[ \t]*+(?:,[ \t,]*+|\Z)")


def is_token(text: str) -> bool:
    """Whether the text is a token: RFC 9110 section 5.6.2."""
    return _token.fullmatch(text) is not None


def is_list_of_tokens(members: Iterable[str]) -> bool:
    return all(is_token(member) for member in members)


def split_list(text: str) -> list[str] | Invalid:
    """The non-empty members of a comma-separated list, without the whitespace around them: RFC 9110 section 5.6.1.

    A comma inside a quoted string separates nothing. INVALID when a quoted string doesn't end.
    """
    if '"' not in text:
        return [member for part in text.split(",") if (member := part.strip(WHITESPACE))]
    if not _all_quotes_end.fullmatch(text):
        return INVALID
    return [member for part in _list_member.findall(text) if (member := part.strip(WHITESPACE))]


def match_list(member: re.Pattern[str], text: str) -> list[re.Match[str]] | Invalid:
    """The members of a list in which commas may stand where no quoted string is: entity tags, URIs, comments.

    Each member has to match the pattern as a whole. Empty members are skipped: RFC 9110 section 5.6.1.2.
    """
    matches: list[re.Match[str]] = []
    position = len(text) - len(text.lstrip(" \t,"))
    while position < len(text):
        found = member.match(text, position)
        end = found and _member_end.match(text, found.end())
        if not found or not end:
            return INVALID
        matches.append(found)
        position = end.end()
    return matches


def quote(text: str) -> str:
    """The text as a quoted-string: RFC 9110 section 5.6.4. ValueError if it has a character that can't be in one."""
    if not _quotable.fullmatch(text):
        raise ValueError(f"not representable as a quoted-string: {text!r}")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def unquote(text: str) -> str | Invalid:
    """What a quoted-string says: RFC 9110 section 5.6.4. INVALID if the text isn't exactly one quoted-string."""
    return value_of(text) if _quoted_string.fullmatch(text) else INVALID


def value_of(matched: str) -> str:
    """What a known token or quoted-string says; the two spellings are equivalent: RFC 9110 section 5.6.6."""
    if not matched.startswith('"'):
        return matched
    inner = matched[1:-1]
    return _quoted_pair.sub(r"\1", inner) if "\\" in inner else inner


def format_token_or_quoted(text: str) -> str:
    """The text as it stands if it is a token, otherwise as a quoted-string. ValueError as in quote."""
    return text if is_token(text) else quote(text)


def parse_parameters(text: str, parameter: re.Pattern[str] = PARAMETER) -> Parameters | Invalid:
    """Names in lower case and unquoted values of a `;name=value` sequence: RFC 9110 section 5.6.6.

    The order and repeated names are kept; empty parameters are skipped. A field with other whitespace rules gives its
    own pattern, with the separating semicolon in it and one group each for name and value.
    """
    parameters: list[tuple[str, str]] = []
    position = 0
    while position < len(text):
        found = parameter.match(text, position)
        if not found:
            return INVALID
        if found[1]:
            parameters.append((found[1].lower(), value_of(found[2])))
        position = found.end()
    return tuple(parameters)


def format_parameters(parameters: Iterable[tuple[str, str]]) -> str:
    """The parameters, each after a semicolon. ValueError for a name that is no token or a value beyond quoting."""
    return "".join(f";{required_token(name)}={format_token_or_quoted(value)}" for name, value in parameters)


def required_token(text: str) -> str:
    """The token itself, for the writers of fields. ValueError if it is none."""
    if not is_token(text):
        raise ValueError(f"not a token: {text!r}")
    return text


def parse_tokens(text: str | None) -> tuple[str, ...] | Invalid | None:
    """A list of case-insensitive tokens, in lower case: Connection, Trailer, Vary, Content-Encoding and their like."""
    if text is None:
        return None
    members = split_list(text)
    if members is INVALID or not is_list_of_tokens(members):
        return INVALID
    return tuple(member.lower() for member in members)


def parse_digits(text: str) -> int | Invalid:
    """The value of 1*DIGIT; numerals of more than 18 significant digits give HUGE. INVALID for anything else."""
    if not text.isascii() or not text.isdigit():
        return INVALID
    if len(text) > _DIGITS_BELOW_HUGE:
        text = text.lstrip("0") or "0"
    return int(text) if len(text) <= _DIGITS_BELOW_HUGE else HUGE
