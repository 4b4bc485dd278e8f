"""HTML and SVG: every attribute that is a URL, srcset, meta refresh, CSS, and the base element that they are relative to.

A scanner of our own in the grammar of HTML's tokenizer, https://html.spec.whatwg.org/multipage/parsing.html: parsers that
build trees do not tell where in the text an attribute's value is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from statuary.link_editor.find import css
from statuary.link_editor.find.mapped import Mapped, unescaped
from statuary.link_editor.link import Cut, Form, Link

_MARKUP = re.compile(
    r"<!--(?:>|->|.*?(?:--!?>|\Z))|<!\[CDATA\[.*?(?:\]\]>|\Z)|</([A-Za-z][^\s/>]*)[^>]*>|<[!?/][^>]*>|<([A-Za-z][^\s/>]*)",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(
    r"[\s/]*(?:(>)|([^\s/>][^\s/>=]*)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|((?![\"'])[^\s>]+|(?=>))))?)", re.DOTALL
)
# Their content is text, whatever it looks like
_RAW = frozenset({"script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"})

_EVERYWHERE = frozenset({"cite", "longdesc", "background", "poster", "xlink:href"})
_WITH_SRC = ("iframe", "frame", "audio", "video", "source", "track", "bgsound", "layer")
_OF_SVG = frozenset(
    {
        *("use", "image", "feimage", "textpath", "mpath", "pattern", "lineargradient", "radialgradient", "filter"),
        *("animate", "animatemotion", "animatetransform", "set", "discard", "cursor", "tref", "font-face-uri"),
    }
)
# Properties of CSS that are attributes in SVG
_PAINTED = frozenset(
    {
        *("fill", "stroke", "filter", "mask", "clip-path", "cursor", "marker"),
        *("marker-start", "marker-mid", "marker-end", "color-profile"),
    }
)
# https://html.spec.whatwg.org/multipage/indices.html#attributes-3, and those that are obsolete
_BY_ELEMENT: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("a", "area", "link"), frozenset({"href"})),
    **dict.fromkeys(_WITH_SRC, frozenset({"src"})),
    "img": frozenset({"src", "lowsrc"}),
    "embed": frozenset({"src", "href", "pluginspage", "pluginurl"}),
    "input": frozenset({"src", "formaction"}),
    "script": frozenset({"src", "href"}),  # the latter in SVG
    # https://svgwg.org/svg2-draft/linking.html#URLReference: those of SVG alone, which are often to what is in the same image
    **dict.fromkeys(_OF_SVG, frozenset({"href"})),
    "object": frozenset({"data"}),
    "html": frozenset({"manifest"}),
    "head": frozenset({"profile"}),
    "form": frozenset({"action"}),
    "button": frozenset({"formaction"}),
    "command": frozenset({"icon"}),
}
_FOREIGN = frozenset({"svg", "math"})
_LINKS = ("a href", "a xlink:href")
_SETS = frozenset({"srcset", "imagesrcset"})
# They name a host, not a resource
_NO_RESOURCE = frozenset({"preconnect", "dns-prefetch"})
_REFRESH = re.compile(r"\s*[\d.]+\s*[;,\s]\s*(?:url\s*=\s*)?(?:\"([^\"]*)|'([^']*)|(\S.*))", re.IGNORECASE | re.DOTALL)
_CARDS = re.compile(r"(?:og:(?:url|image|video|audio)(?::(?:secure_)?url)?|twitter:(?:image|player))\Z", re.IGNORECASE)
_CANDIDATE = re.compile(r"[\s,]*(\S+)")


@dataclass(frozen=True, slots=True)
class Attribute:
    """``raw`` begins at ``start`` in the text; None for an attribute without value."""

    raw: str | None
    start: int
    form: Form = "markup"

    def mapped(self) -> Mapped:
        """The value with its character references replaced, and the way back."""
        return unescaped(self.raw or "", self.start, self.form)


@dataclass(frozen=True, slots=True)
class Tag:
    """A start tag, its names in lower case; of attributes with one name the first counts.

    ``is_empty`` where it is its own end tag: in XML, and in SVG within HTML.
    """

    name: str
    start: int
    end: int
    attributes: Mapping[str, Attribute]
    is_empty: bool = False

    def value(self, name: str) -> str | None:
        """An attribute's value, character references replaced."""
        found = self.attributes.get(name)
        return unescaped(found.raw, 0).text if found is not None and found.raw is not None else None


@dataclass(frozen=True, slots=True)
class EndTag:
    """An end tag."""

    name: str
    start: int
    end: int


def find(text: str, *, is_xml: bool = False) -> Sequence[Link]:
    """The links of a document, or a part of one; ``is_xml`` in an SVG image."""
    marks = list(tags(text, is_xml=is_xml))
    bases = (one.value("href") for one in marks if isinstance(one, Tag) and one.name == "base")
    base = next((one for one in bases if one is not None), None)
    found: list[Link] = []
    for index, mark in enumerate(marks):
        if isinstance(mark, Tag):
            links = _links(mark)
            if mark.name == "a":
                cuts = _removal(marks, index)
                links = [replace(one, removal=cuts) if one.what in _LINKS else one for one in links]
            found += links
            if mark.name == "style":
                end = marks[index + 1].start if index + 1 < len(marks) else len(text)
                found += [one.moved_by(mark.end) for one in css.find(text[mark.end : end])]
    return [replace(link, base=base) for link in found] if base else found


def anchors(text: str, *, is_xml: bool = False) -> set[str]:
    """What fragments can name in a document."""
    named = set()
    for mark in tags(text, is_xml=is_xml):
        if isinstance(mark, Tag):
            named.add(mark.value("id"))
            if mark.name == "a":
                named.add(mark.value("name"))
    return {one for one in named if one}


def tags(text: str, *, is_xml: bool = False) -> Iterator[Tag | EndTag]:
    """The tags, those in comments and in scripts and their like left out."""
    position = 0
    depth = 1 if is_xml else 0  # of what is not HTML
    while (match := _MARKUP.search(text, position)) is not None:
        position = match.end()
        if match[1]:
            yield EndTag(match[1].lower(), match.start(), match.end())
            depth = max(depth - (match[1].lower() in _FOREIGN), 1 if is_xml else 0)
        if not match[2]:
            continue
        tag = _tag(text, match.start(), match.end(), match[2].lower())
        if tag is None:
            return  # it ends within a tag, which is then none
        if depth + (tag.name in _FOREIGN) > 0 and text.endswith("/>", tag.start, tag.end):
            tag = replace(tag, is_empty=True)
        yield tag
        position = tag.end
        depth += tag.name in _FOREIGN and not tag.is_empty
        if tag.name in _RAW and not tag.is_empty:
            end = re.compile(rf"</{tag.name}(?=[\s/>])", re.IGNORECASE).search(text, position)
            position = end.start() if end is not None else len(text)


def _tag(text: str, start: int, position: int, name: str) -> Tag | None:
    attributes: dict[str, Attribute] = {}
    while (match := _ATTRIBUTE.match(text, position)) is not None:
        position = match.end()
        if match[1]:
            return Tag(name, start, position, attributes)
        group = next((number for number in (3, 4, 5) if match[number] is not None), None)
        form: Form = "single-quoted" if group == 4 else "markup"
        value = Attribute(None, position) if group is None else Attribute(match[group], match.start(group), form)
        attributes.setdefault(match[2].lower(), value)
    return None


def _links(tag: Tag) -> list[Link]:
    found = []
    element = tag.name.removeprefix("svg:")
    for name, attribute in tag.attributes.items():
        if attribute.raw is None:
            continue
        what = f"{tag.name} {name}"
        if name in _SETS:
            found += _candidates(attribute, what)
        elif tag.name == "meta" and name == "content":
            found += _meta(tag, attribute)
        elif (name == "style" or name in _PAINTED) and "(" in attribute.raw:
            mapped = attribute.mapped()
            found += [mapped.back(link) for link in css.find(mapped.text)]
        elif tag.name == "iframe" and name == "srcdoc":
            mapped = attribute.mapped()
            found += [mapped.back(link) for link in find(mapped.text)]
        elif (name in _EVERYWHERE or name in _BY_ELEMENT.get(element, ())) and _is_asked_for(tag, name):
            links = _link(attribute, what)
            # What refers to a part of its own image leads nowhere
            found += [one for one in links if element not in _OF_SVG or not one.url.startswith("#")]
    return found


def _is_asked_for(tag: Tag, name: str) -> bool:
    if tag.name == "link":
        return _NO_RESOURCE.isdisjoint((tag.value("rel") or "").lower().split())
    # What takes a POST need not answer a GET
    method = {"action": "method", "formaction": "formmethod"}.get(name)
    return method is None or (tag.value(method) or "get").lower() == "get"


def _link(attribute: Attribute, what: str) -> list[Link]:
    raw = attribute.raw or ""
    url = raw.strip(" \t\n\r\f")
    if not url:
        return []
    start = attribute.start + raw.index(url)
    value = unescaped(url, start).text if "&" in url else url
    # White space within is no part of it, URL Standard section 4.4; what is spelt so is left alone
    said = value.replace("\n", "").replace("\r", "").replace("\t", "")
    return [Link(start, start + len(url), said, attribute.form, what)]


def _candidates(attribute: Attribute, what: str) -> list[Link]:
    """The URLs of a srcset: each up to white space, or a comma at its end; then descriptors up to a comma."""
    mapped = attribute.mapped()
    found, position = [], 0
    while (match := _CANDIDATE.match(mapped.text, position)) is not None:
        url = match[1].rstrip(",")
        position = match.end()
        if url:
            found.append(mapped.back(Link(match.start(1), match.start(1) + len(url), url, "plain", what)))
        if url == match[1]:
            comma = mapped.text.find(",", position)
            if comma < 0:
                break
            position = comma + 1
    return found


def _meta(tag: Tag, attribute: Attribute) -> list[Link]:
    if (tag.value("http-equiv") or "").lower() == "refresh":
        mapped = attribute.mapped()
        match = _REFRESH.match(mapped.text)
        if match is None or match.lastindex is None:
            return []
        url = match[match.lastindex].strip()
        start = match.start(match.lastindex)
        return [mapped.back(Link(start, start + len(url), url, "plain", "meta refresh"))] if url else []
    card = tag.value("property") or tag.value("name") or ""
    return _link(attribute, f"meta {card}") if _CARDS.match(card) else []


def _removal(marks: Sequence[Tag | EndTag], index: int) -> tuple[Cut, ...] | None:
    """Both tags of an a element, which can't contain another."""
    start = marks[index]
    if isinstance(start, Tag) and start.is_empty:
        return (Cut(start.start, start.end),)
    following = (marks[place] for place in range(index + 1, len(marks)))
    end = next((mark for mark in following if mark.name == "a"), None)
    if not isinstance(end, EndTag):
        return None
    return Cut(start.start, start.end), Cut(end.start, end.end)
