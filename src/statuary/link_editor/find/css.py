"""CSS: url() and the strings of @import; in files, in style elements and in style attributes.

A scanner of our own for the tokens of CSS Syntax Level 3 that matter here, https://www.w3.org/TR/css-syntax-3/#tokenization:
comments, strings and URLs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from statuary.link_editor.find.mapped import Mapped, replaced
from statuary.link_editor.link import Form, Link

_STRING = r"\"(?:[^\"\\\n\r\f]|\\.|\\\r\n)*\"|'(?:[^'\\\n\r\f]|\\.|\\\r\n)*'"
_ESCAPED = r"\\[0-9a-fA-F]{1,6}[ \t\n\r\f]?|\\[^\n\r\f]"
_TOKEN = re.compile(
    rf"(?P<comment>/\*.*?(?:\*/|\Z))"
    rf"|(?<![\w-])url\([ \t\n\r\f]*(?:(?P<quoted>{_STRING})|(?P<bare>(?:[^\"'()\\\s]|{_ESCAPED})+))[ \t\n\r\f]*(?:\)|\Z)"
    rf"|(?P<string>{_STRING})|@(?P<rule>[\w-]+)|(?P<end>[;{{}}])",
    re.IGNORECASE | re.DOTALL,
)
# Section 4.3.7: up to six hexadecimal digits and one white space, or any other character for itself; a line end for nothing
_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})(?:\r\n|[ \t\n\r\f])?|(\r\n|[\n\r\f])|(.))", re.DOTALL)


def find(text: str) -> Sequence[Link]:
    """The links of a style sheet, or of declarations."""
    found: list[Link] = []
    rule = ""
    for token in _TOKEN.finditer(text):
        if token["rule"] or token["end"]:
            rule = (token["rule"] or "").lower()
            continue
        # The name of a namespace looks like a URL, and nobody asks for it
        if token["comment"] or rule == "namespace":
            continue
        group = "quoted" if token["quoted"] else "bare" if token["bare"] else "string"
        if group != "string" or rule == "import":
            found += _link(token[group], token.start(group), "css @import" if rule == "import" else "css url()")
        rule = ""
    return found


def _link(raw: str, start: int, what: str) -> list[Link]:
    quote = raw[0] if raw[0] in "\"'" else ""
    inner = raw[1:-1] if quote else raw
    mapped = _unescaped(inner, start + len(quote))
    url = mapped.text.strip()
    # Within the document that it stands in
    if not url or url.startswith("#"):
        return []
    begin = mapped.text.index(url)
    form: Form = "plain" if quote == '"' else "css"
    return [mapped.back(Link(begin, begin + len(url), url, form, what))]


def _unescaped(raw: str, offset: int) -> Mapped:
    return replaced(raw, offset, _ESCAPE, _character)


def _character(escape: str) -> str:
    match = _ESCAPE.fullmatch(escape)
    if match is None or match[2]:
        return ""
    if match[3]:
        return match[3]
    code = int(match[1], 16)
    return chr(code) if 0 < code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else "\ufffd"
