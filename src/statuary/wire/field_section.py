"""Field lines between bytes and values: strict reading (RFC 9112 section 5), and writing that can't be injected into.

The whole section is taken apart by one pattern at the speed of C; only a section that fails is looked at line by line, to
say what is wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from statuary.message.fields import FieldLine, Fields, combine
from statuary.wire.malformed import MalformedMessage

# token = 1*tchar, RFC 9110 section 5.6.2
token = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]++"
# field-value = *( VCHAR / obs-text / SP / HTAB ), the white space around it apart: RFC 9110 section 5.5. The other controls
# may be kept by lenient recipients; we take none, as section 5.5 also allows.
field_value = r"[\t\x20-\x7e\x80-\xff]*+"
# field-line = field-name ":" OWS field-value OWS, RFC 9112 section 5
field_line = rf"{token}:{field_value}"

_FIELD_SECTION = re.compile(rf"(?:{field_line}\r\n)*+")
# Line by line, the white space ahead of the value apart; from the first line that is none, everything, with no name
_LINES = re.compile(rf"({token}):[\t ]*+({field_value})\r\n|[\s\S]++")
_FIELD_NAME = re.compile(token)


def parse_field_lines(text: str, most: int) -> Fields:
    """The field section in ``text``: lines that each end in CRLF, Latin-1 decoded, without the empty line at the end.

    Raises MalformedMessage (400, or 431 for more than ``most`` lines).
    """
    lines: list[FieldLine] = _LINES.findall(text)
    if lines and not lines[-1][0]:
        raise malformed_section(text)
    if len(lines) > most:
        raise MalformedMessage(431, "rfc9110-5.4-1", f"There are more than {most} header fields.")
    if " \r" in text or "\t\r" in text:
        lines = [(name, value.rstrip(" \t")) for name, value in lines]
    combined = {name.lower(): value for name, value in lines}
    return Fields.trusted(tuple(lines), combined if len(combined) == len(lines) else combine(lines))


def malformed_section(text: str) -> MalformedMessage:
    """What is wrong with a field section that has other things in it than field lines."""
    for line in text.split("\r\n"):
        if re.fullmatch(field_line, line) or not line:
            continue
        if line[0] in " \t":
            # We refuse a folded line rather than unfold it: rfc9112-5.2-2 leaves the choice.
            return MalformedMessage(400, "rfc9112-5.2-2", "A header field is folded over several lines.")
        if "\n" in line or "\r" in line:
            # A lone LF could be taken for a line end (rfc9112-2.2-2); we refuse it, since a gateway may read it otherwise.
            return MalformedMessage(400, "rfc9112-2.2-4", "A line does not end in CR LF.")
        name, colon, _ = line.partition(":")
        if not colon:
            return MalformedMessage(400, "rfc9112-5", "A header field line has no colon.")
        if name != name.rstrip(" \t"):
            return MalformedMessage(400, "rfc9112-5.1-1", "There is white space between a field name and its colon.")
        if _FIELD_NAME.fullmatch(name) is None:
            return MalformedMessage(400, "rfc9110-5.1", "A field name is not a token.")
        return MalformedMessage(400, "rfc9110-5.5-4", "A field value contains a control character.")
    return MalformedMessage(400, "rfc9112-2.2-10", "The header section is malformed.")


@lru_cache(maxsize=1024)
def format_field_lines(lines: tuple[FieldLine, ...]) -> bytes:
    """``lines`` as they go on the wire, each with its CRLF.

    Raises ValueError for a name or value that would break out of its line. Memoised: a server sends the same few header
    sections over and over.
    """
    text = "".join([f"{name}: {value}\r\n" for name, value in lines])
    # As many lines as there are to be; and no name has a colon, so that each ends where it should
    is_as_told = text.count("\n") == len(lines) and ":" not in "".join([name for name, _ in lines])
    if not is_as_told or _FIELD_SECTION.fullmatch(text) is None:
        raise ValueError(f"not representable as field lines: {lines!r}")
    return text.encode("latin-1")


def format_fields(lines: Iterable[FieldLine]) -> bytes:
    """As format_field_lines, for lines that will hardly come again."""
    return format_field_lines.__wrapped__(tuple(lines))
