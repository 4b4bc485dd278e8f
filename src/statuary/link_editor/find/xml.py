"""Sitemaps and feeds: the elements and attributes of sitemaps, RSS and Atom that hold URLs. Expat tells where they are."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate
from xml.parsers import expat

from statuary.link_editor.find.html import Attribute, Tag, tags
from statuary.link_editor.find.mapped import unescaped
from statuary.link_editor.link import Form, Link, Unreadable

# Names without their prefix. An Atom id and an RSS guid are names, not links, whatever they look like
_ELEMENTS = frozenset(
    {
        "loc",
        "image_loc",
        "content_loc",
        "player_loc",
        "thumbnail_loc",
        "link",
        "comments",
        "docs",
        "uri",
        "icon",
        "logo",
        "url",
    }
)
_ATTRIBUTES = frozenset({"href", "url", "src"})
_ROOTS = frozenset({"urlset", "sitemapindex", "rss", "feed", "RDF", "opml"})
_CDATA = re.compile(r"\s*<!\[CDATA\[(.*)\]\]>\s*", re.DOTALL)
_DECLARATION = re.compile(r"\ufeff?<\?xml[^>]*\?>")


def find(text: str) -> Sequence[Link]:
    """The links of a sitemap or feed; other XML has none that anybody could tell. Raises Unreadable."""
    return _Reading(text).links


class _Reading:
    def __init__(self, text: str) -> None:
        self.links: list[Link] = []
        self._text = text
        # What was declared is about the octets of the file, and these are others
        source = _DECLARATION.sub(lambda match: " " * len(match[0]), text)
        self._offsets = None if source.isascii() else [0, *accumulate(len(one.encode()) for one in source)]
        self._open: list[tuple[str, int | None]] = []
        self._parser = parser = expat.ParserCreate("utf-8")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        try:
            parser.Parse(source.encode("utf-8", "surrogatepass"), True)
        except expat.ExpatError as error:
            raise Unreadable(f"not XML: {error}") from None

    def _here(self) -> int:
        octet = self._parser.CurrentByteIndex
        return octet if self._offsets is None else bisect_left(self._offsets, octet)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if not self._open and local not in _ROOTS:
            self._parser.StartElementHandler = self._parser.EndElementHandler = None
            return
        start = self._here()
        if self._open:
            self._open[-1] = (self._open[-1][0], None)  # it has more than text in it
        tag = next((one for one in tags(_tag_text(self._text, start)) if isinstance(one, Tag)), None)
        if tag is None:
            return
        for attribute, value in tag.attributes.items():
            if attribute.rpartition(":")[2] in _ATTRIBUTES and value.raw and "xmlns" not in attribute:
                self._note(Attribute(value.raw, start + value.start), f"{name} {attribute}")
        self._open.append((local, start + tag.end))

    def _end(self, name: str) -> None:
        local, start = self._open.pop() if self._open else (name, None)
        if local not in _ELEMENTS or start is None:
            return
        end = self._here()
        raw = self._text[start:end]
        cdata = _CDATA.fullmatch(raw)
        if cdata is not None:
            self._note(Attribute(cdata[1], start + cdata.start(1)), name, "data")
        elif "<" not in raw:
            self._note(Attribute(raw, start), name)

    def _note(self, value: Attribute, what: str, form: Form = "markup") -> None:
        raw = value.raw or ""
        url = raw.strip()
        if not url.lower().startswith(("http://", "https://")):
            return
        start = value.start + raw.index(url)
        said = unescaped(url, start).text if form == "markup" else url
        self.links.append(Link(start, start + len(url), said, form, what))


def _tag_text(text: str, start: int) -> str:
    """The start tag that begins there."""
    match = re.compile(r"""<(?:[^>"']|"[^"]*"|'[^']*')*>""").match(text, start)
    return match[0] if match is not None else ""
