"""Field values with what is quoted taken out, for rules that look between the quotes."""

from __future__ import annotations

import re

_quoted = re.compile(r'"(?:[^"\\]|\\.)*+"')
_quoted_or_bracketed = re.compile(r'"(?:[^"\\]|\\.)*+"|<[^<>]*+>')
# Looking for quotes that never end takes the square of the length. Longer values are left alone.
_LONGEST = 4096


def without_quoted(text: str | None) -> str:
    """The text with each quoted string emptied; nothing of a text too long to be looked at."""
    if text is None or len(text) > _LONGEST:
        return ""
    return _quoted.sub('""', text) if '"' in text else text


def without_quoted_or_bracketed(text: str) -> str:
    """The same, with URIs in angle brackets taken out as well, as Link has them."""
    if len(text) > _LONGEST:
        return ""
    return _quoted_or_bracketed.sub('""', text) if '"' in text or "<" in text else text
