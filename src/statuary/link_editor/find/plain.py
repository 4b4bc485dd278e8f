"""Plain text: URLs that stand in it, up to where a reader would end them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from statuary.link_editor.link import Form, Link

# RFC 3986 appendix C: in text, delimiters and white space end a URI; letters beyond ASCII are written as they are
# But for the end of a link's text in Markdown, which comments have, too
_URL = re.compile(
    r"(?<![A-Za-z0-9+.-])https?://(?:[^\s<>\"`{}|\\^\]\x00-\x20\x7f“”„«»‹›、。，）】」』]|\](?!\())+", re.IGNORECASE
)
_END = "?!.,:;'*_~’‘…"
_PAIRS = {")": "(", "]": "["}
# What follows shows that it is no URL, but the pattern of many; a tag that ends there or breaks the line doesn't
_TEMPLATE = re.compile(r"\{|\$\{|%\(|<(?!/|!|br\b)", re.IGNORECASE)


def find(text: str) -> Sequence[Link]:
    """The http and https URLs."""
    return find_in(text, 0, len(text))


def find_in(text: str, start: int, end: int, form: Form = "plain", what: str = "URL") -> list[Link]:
    """Those from ``start`` to ``end``."""
    found = []
    for match in _URL.finditer(text, start, end):
        # What begins within a quotation ends with it
        quoted = text[match.start() - 1 : match.start()] == "'"
        url = trimmed(match[0].partition("'")[0] if quoted else match[0])
        if _TEMPLATE.match(text, match.end()) and len(url) == len(match[0]):
            continue
        host = url.partition("://")[2].partition("/")[0]
        if not host or host.startswith((".", "%", "$", "*", "[]")) or host.endswith("$"):
            continue
        found.append(Link(match.start(), match.start() + len(url), url, form, what))
    return found


def trimmed(url: str) -> str:
    """Without punctuation that belongs to the sentence, and brackets that were opened before the URL."""
    while url:
        last = url[-1]
        if last in _END or (last in _PAIRS and url.count(last) > url.count(_PAIRS[last])):
            url = url[:-1]
        else:
            break
    return url
