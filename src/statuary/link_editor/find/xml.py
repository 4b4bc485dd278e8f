"""Sitemaps and feeds: the elements and attributes of sitemaps, RSS and Atom that hold URLs, and the HTML within feeds.

Expat tells where they are. Where an element has escaped HTML in it, its URLs are escaped twice.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from xml.parsers import expat

from statuary.link_editor.find import html
from statuary.link_editor.find.html import Attribute, Tag
from statuary.link_editor.find.mapped import Mapped, unescaped
from statuary.link_editor.link import Link, Unreadable

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
_ATTRIBUTES = frozenset({"href", "url", "src", "htmlurl", "xmlurl"})  # the last two in OPML
_ROOTS = frozenset({"urlset", "sitemapindex", "rss", "feed", "RDF", "opml"})
# RSS 2.0 and its module content; Atom says of each by its type what is in it, RFC 4287 section 3.1
_RSS_HTML = frozenset({"description", "encoded"})
_ATOM_TEXT = frozenset({"content", "summary", "title", "subtitle", "rights"})
# What isn't even one of these may be anything, such as a template
_ROOT = re.compile(rf"<(?:[\w.-]+:)?(?:{'|'.join(sorted(_ROOTS))})\b")
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_TAG = re.compile(r"""<(?:[^>"']|"[^"]*"|'[^']*')*>""")
_DECLARATION = re.compile(r"<\?xml[^>]*\?>")


def find(text: str) -> Sequence[Link]:
    """The links of a sitemap or feed; other XML has none that anybody could tell. Raises Unreadable."""
    return _Reading(text).links if _ROOT.search(text) else []


@dataclass(slots=True)
class _Element:
    """An element that isn't closed: where its content begins; ``is_html`` in what is XHTML as a whole."""

    name: str
    start: int
    type: str
    is_html: bool
    has_elements: bool = False


class _Reading:
    def __init__(self, text: str) -> None:
        self.links: list[Link] = []
        self._text = text
        # What was declared is about the octets of the file, and these are others
        source = _DECLARATION.sub(lambda match: " " * len(match[0]), text)
        self._offsets = None if source.isascii() else [0, *accumulate(len(one.encode()) for one in source)]
        self._open: list[_Element] = []
        self._is_atom = False
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
        if not self._open:
            if local not in _ROOTS:
                self._parser.StartElementHandler = self._parser.EndElementHandler = None
                return
            self._is_atom = local == "feed"
        start = self._here()
        is_html = self._open[-1].is_html if self._open else False
        if self._open:
            self._open[-1].has_elements = True
        tag = next((one for one in html.tags(_tag_text(self._text, start)) if isinstance(one, Tag)), None)
        if tag is None:
            # Names in XML may begin otherwise than those of HTML; none that matters does
            self._open.append(_Element(local, start, "", is_html, has_elements=True))
            return
        if not is_html:
            for attribute, value in tag.attributes.items():
                if attribute.rpartition(":")[2] in _ATTRIBUTES and value.raw and "xmlns" not in attribute:
                    self._note(replace(value, start=start + value.start), f"{name} {attribute}")
        is_xhtml = local in _ATOM_TEXT and attributes.get("type") == "xhtml"
        self._open.append(_Element(local, start + tag.end, attributes.get("type", ""), is_html or is_xhtml))

    def _end(self, name: str) -> None:
        if not self._open:
            return
        element = self._open.pop()
        raw = self._text[element.start : self._here()]
        if element.is_html and not (self._open and self._open[-1].is_html):
            self._note_html(Mapped.of([(raw, element.start, element.start + len(raw))]), name)
        elif element.has_elements or element.is_html:
            return
        elif element.name in _ELEMENTS:
            for piece in _pieces(raw, element.start):
                self._note_text(piece, name)
        elif element.name in _ATOM_TEXT and element.type == "html" if self._is_atom else element.name in _RSS_HTML:
            for piece in _pieces(raw, element.start):
                self._note_html(piece, name)

    def _note(self, value: Attribute, what: str) -> None:
        self._note_text(value.mapped(), what)

    def _note_text(self, mapped: Mapped, what: str) -> None:
        url = mapped.text.strip()
        if _is_web(url):
            start = mapped.text.index(url)
            self.links.append(mapped.back(Link(start, start + len(url), url, "plain", what)))

    def _note_html(self, mapped: Mapped, what: str) -> None:
        """What is relative there, nobody knows to what."""
        for link in html.find(mapped.text):
            if _is_web(link.url):
                self.links.append(replace(mapped.back(link), what=f"{what}: {link.what}", base=None))


def _is_web(url: str) -> bool:
    return url[:8].lower().startswith(("http://", "https://"))


def _pieces(raw: str, offset: int) -> Iterator[Mapped]:
    """What an element without elements has in it: CDATA sections as they are, what is around them unescaped."""
    last = 0
    for match in _CDATA.finditer(raw):
        yield unescaped(raw[last : match.start()], offset + last)
        yield Mapped.of([(match[1], offset + match.start(1), offset + match.end(1))])
        last = match.end()
    yield unescaped(raw[last:], offset + last)


def _tag_text(text: str, start: int) -> str:
    """The start tag that begins there."""
    match = _TAG.match(text, start)
    return match[0] if match is not None else ""
