"""AsciiDoc: URLs with and without a text in brackets, link and image macros, cross references, attributes that are URLs.

A scanner of our own in the syntax of https://docs.asciidoctor.org/asciidoc/latest/: the parsers that are kept up are in
other languages. Comments have no links, and neither have listings and literals, unless code is asked for. What cross
references refer to is in asciidoc_anchors.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from statuary.link_editor.find import plain
from statuary.link_editor.link import Cut, Link

_FENCE = re.compile(r"(-{4,}|\.{4,}|\+{4,}|/{4,}|```)[\w,-]*\s*$")
_BLOCK_STYLE = re.compile(r"\[(?:source|listing|literal|stem|latexmath)\b.*\]\s*$")
# Nothing that is meant is longer, and a line without end takes no time
_LITERAL = re.compile(r"`\+.{0,2000}?\+`|\+\+\+.{0,2000}?\+\+\+|pass:\w{0,9}\[.{0,2000}?\]|`[^`\n]+`")
_URL = re.compile(r"(?<![\w:\\])(?:https?)://[^\s\[\]<>\"`]{0,2000}[^\s\[\]<>\"`.,;:!?)](?=\[)")
_MACRO = re.compile(r"(?<![\w\\])(?:(link|xref):|(image|video|audio)::?)([^\s\[\]:][^\s\[\]]{0,2000})(?=\[)")
_TEXT = re.compile(r"\[((?:[^\]\\\n]|\\.){0,2000})\]")
_LINK_OF_IMAGE = re.compile(r"(?<=[\[, ])link=(?:\"([^\"{]+)\"|([^\s\",{]+))")
# Its text may go on in the next lines
_REFERENCE = re.compile(r"(?<!\\)<<([#\w/.:][^<>,\n]{0,500}?)\s*(?:,[^<>]{0,1000})?>>")
_SETEXT = re.compile(r"([-=~^+])\1+$")
_TITLE_ABOVE = re.compile(r"(?!\.).*\w")
# The identifiers of Antora are no paths
_OF_ANTORA = re.compile(r"[:@$]")


def find(text: str, *, code: bool = False) -> Sequence[Link]:
    """The links of a document; with ``code`` URLs in listings and literals, too."""
    found: list[Link] = []
    for is_prose, start, end in lines(text):
        if is_prose:
            found += _in_line(text, start, end, code=code)
        elif code:
            found += plain.find_in(text, start, end, what="code")
    return found


def is_underline(line: str, title: str) -> bool:
    """Whether a line, which looks like the fence of a block, makes a title of the paragraph's first line before it."""
    return _SETEXT.match(line) is not None and _TITLE_ABOVE.match(title) is not None and abs(len(line) - len(title)) < 2


def lines(text: str) -> Iterator[tuple[bool, int, int]]:
    """The lines that are no comments, and whether they are outside of blocks that are taken literally."""
    fence: str | None = None
    is_literal = is_indented = False
    position = 0
    was_blank = True
    title = ""  # what would be one if it were underlined
    for line in text.splitlines(keepends=True):
        start, position = position, position + len(line)
        body = line.rstrip()
        match = _FENCE.match(body)
        if fence is not None:
            if match is not None and match[1] == fence:
                fence = None
            elif not fence.startswith("/"):
                yield False, start, start + len(body)
        elif match is not None and is_underline(body, title):
            yield True, start, start + len(body)
        elif match is not None:
            fence, is_literal = match[1], False
        elif not body:
            is_literal = is_indented = False
        elif body.startswith("//"):
            pass
        elif _BLOCK_STYLE.match(body):
            is_literal = True
            yield True, start, start + len(body)
        else:
            if was_blank and line[0] in " \t" and not re.match(r"\s*(?:[*.-]+|\d+\.|//)\s", line):
                is_indented = True
            yield not (is_literal or is_indented), start, start + len(body)
        title = body if (was_blank or title.startswith("[")) and fence is None else ""
        was_blank = not body or body.startswith("//")


def _in_line(text: str, start: int, end: int, *, code: bool) -> Iterator[Link]:
    covered = [(match.start(), match.end()) for match in _LITERAL.finditer(text, start, end)]
    if code:
        for place in covered:
            yield from plain.find_in(text, *place, what="code")
    for match in _MACRO.finditer(text, start, end):
        if _is_covered(match.start(), covered):
            continue
        what = match[1] or match[2]
        if match[2]:
            for link in _link_of_image(text, match.end(), end):
                covered.append((link.start, link.end))
                yield link
        is_web = match[3].lower().startswith(("http://", "https://"))
        # What has attributes in it can't be told; images are below a folder that is set elsewhere
        if "{" in match[3] or not (is_web or match[1]):
            continue
        covered.append((match.start(), match.end()))
        if what == "xref" and not is_web:
            yield from _cross_reference(match.start(3), match[3], is_macro=True)
            continue
        cuts = _removal(text, match.start(), match.end()) if what == "link" else None
        yield Link(match.start(3), match.end(3), match[3], "plain", what, cuts)
    for match in _references(text, start, end):
        if not _is_covered(match.start(), covered) and "{" not in match[1]:
            yield from _cross_reference(match.start(1), match[1], is_macro=False)
    for match in _URL.finditer(text, start, end):
        if not _is_covered(match.start(), covered) and "{" not in match[0]:
            covered.append((match.start(), match.end()))
            yield Link(
                match.start(), match.end(), match[0], "plain", "link", _removal(text, match.start(), match.end())
            )
    for link in plain.find_in(text, start, end):
        # A backslash before it says that it is none
        if not _is_covered(link.start, covered) and text[link.start - 1 : link.start] != "\\":
            yield link


def _link_of_image(text: str, start: int, end: int) -> Iterator[Link]:
    """Where an image leads, by what stands in its brackets."""
    brackets = _TEXT.match(text, start, end)
    for match in _LINK_OF_IMAGE.finditer(text, start, brackets.end() - 1) if brackets is not None else ():
        group = 1 if match[1] else 2
        if match[group] not in ("self", "none"):
            yield Link(match.start(group), match.end(group), match[group], "plain", "image link")


def _references(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    while (start := text.find("<<", start, end)) >= 0:
        match = _REFERENCE.match(text, start)
        if match is not None:
            yield match
        start += 2


def _cross_reference(start: int, target: str, *, is_macro: bool) -> Iterator[Link]:
    """A cross reference as a link to an id or title of this document, or to another one.

    https://docs.asciidoctor.org/asciidoc/latest/macros/xref/ tells one from the other: by a # or, in a macro, an ending.
    """
    path = target.partition("#")[0]
    if _OF_ANTORA.search(path):
        return
    is_document = "#" in target or (is_macro and "." in target.rpartition("/")[2])
    yield Link(start, start + len(target), target if is_document else f"#{target}", "plain", "xref")


def _removal(text: str, start: int, end: int) -> tuple[Cut, ...] | None:
    """What is around the text in brackets; without one there is nothing that could stay."""
    match = _TEXT.match(text, end)
    if match is None or not match[1] or match[1].startswith("role=") or match[1].endswith("^") or "," in match[1]:
        return None
    return Cut(start, end + 1), Cut(match.end() - 1, match.end())


def _is_covered(place: int, covered: Sequence[tuple[int, int]]) -> bool:
    return any(start <= place < end for start, end in covered)
