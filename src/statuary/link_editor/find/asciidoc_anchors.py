"""AsciiDoc: what fragments and cross references can name in a document: ids that are given, and those made of titles.

Asciidoctor makes an id of a section's title: its letters and digits in lower case, with idprefix before it, idseparator
between words, and a number at the end where it isn't the first. Both can be set outside of the document, so that of the
separator nothing is asked. https://docs.asciidoctor.org/asciidoc/latest/sections/auto-ids/
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from statuary.link_editor.find import html
from statuary.link_editor.find.asciidoc import is_underline, lines
from statuary.link_editor.names import Anchors, letters_of

_ATTRIBUTE = re.compile(r":(\w[\w-]*):(?:[ \t]+(.*?))?[ \t]*$")
_USE = re.compile(r"\{(\w[\w-]*)\}")
_TITLE = re.compile(r"(?:={1,6}|#{1,6})[ \t]+(\S.*?)(?:[ \t]+(?:=+|#+))?$")
# Nothing that is meant is longer. [[id]] and [[id,text]], [[[id]]] of a bibliography, anchor:id[], [style#id.role], [id=x]
_ID = re.compile(
    r"\[\[\[?([^\[\],]{1,200})(?:,\s*([^\]]{0,500}))?\]\]|\banchor:([^\s\[]{1,200})\[([^\]]{0,500})\]"
    r"|\[[^\[\]#\"',=]{0,200}#([^\s\[\].%,#]{1,200})|(?<=[\[, ])id=[\"']?([^\s\"',\]]{1,200})"
    r"|(?<=[\[, ])reftext=[\"']?([^\"',\]]{1,500})"
)
_IMAGE = re.compile(r"\bimage:[^\s\[\]]{0,500}\[[^\]]{0,500}\]")
# It is one if the document is told to be experimental
_KEY = re.compile(r"\b(kbd|btn|menu):")
_MACRO = re.compile(r"\b[a-z]{1,20}:[^\s\[\]]{0,500}\[([^\]]{0,500})\]|<<[^<>,]{0,500}(?:,\s*([^<>]{0,1000}))?>>")
_ROLE = re.compile(r"\[[^\[\]]{0,200}\]#")
# A letter or digit is meant where some of them make a sign
_SIGNS = re.compile(r"\((?:C|R|TM)\)|&[a-z]+\d*;|&#\w+;", re.IGNORECASE)
# What the page has around its text
_OF_THE_PAGE = frozenset(
    {
        *("header", "toc", "toctitle", "content", "preamble", "footer", "footer-text", "footnotes"),
        *("author", "email", "revnumber", "revdate", "revremark"),
    }
)
_FOOTNOTE = re.compile(r"\bfootnote(?::|ref:\[)([\w-]+)[\[,]")
_NUMBERED = ("_footnotedef_", "_footnoteref_")


def anchors(text: str) -> Anchors | None:
    """What can be named, None where the document doesn't tell; its included parts are in it already."""
    exact = set(_OF_THE_PAGE) | html.anchors(text)
    exact |= {f"_footnote_{one}" for one in _FOOTNOTE.findall(text)}
    titles: list[str] = []
    attributes: dict[str, str] = {}
    above = ""
    for is_prose, start, end in lines(text):
        line = text[start:end]
        if is_prose and (attribute := _ATTRIBUTE.match(line)) is not None:
            attributes[attribute[1].lower()] = attribute[2] or ""
        elif is_prose:
            for match in _ID.finditer(line):
                exact |= {_filled(one, attributes) for one in match.groups() if one}
            title = _TITLE.match(line)
            if title is not None or is_underline(line, above):
                titles.append(_filled(title[1] if title is not None else above, attributes))
        above = line  # as a title it may be indented
    # The number of a footnote is a part of the id
    if any("{" in one for one in (*exact, *titles)) or any("footnote:" in one for one in titles):
        return None
    return Anchors(frozenset({*exact, *titles}), frozenset(_ids(titles, attributes)), _NUMBERED)


def _filled(text: str, attributes: Mapping[str, str]) -> str:
    """The text with the attributes that are known in place of their names."""
    return _USE.sub(lambda use: attributes.get(use[1].lower(), use[0]), text)


def _ids(titles: list[str], attributes: Mapping[str, str]) -> set[str]:
    """The letters of the ids that titles have; of several that are alike, all but the first with a number."""
    named: set[str] = set()
    counts: dict[str, int] = {}
    prefix = letters_of(attributes.get("idprefix", ""))
    for title in titles:
        for one in _spellings(title):
            number = counts[one] = counts.get(one, 0) + 1
            suffixed = one if number == 1 else f"{one}{number}"
            named |= {suffixed, f"{prefix}{suffixed}"}
    return named


def _spellings(title: str) -> set[str]:
    """The letters of a title, as it may be read: what is in it that is no text, or none of its own."""
    said = _ROLE.sub("#", _ID.sub("", title))
    texts = {title}
    for one in (said, _KEY.sub(r"\1 ", said)):
        for left in (one, _IMAGE.sub("", one)):
            texts.add(_MACRO.sub(lambda macro: macro[1] or macro[2] or "", left))
    return {letters_of(one) for text in texts for one in (text, _SIGNS.sub("", text))}
