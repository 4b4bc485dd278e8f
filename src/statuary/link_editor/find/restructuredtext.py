"""reStructuredText: embedded URLs, targets, directives and options that take a URL, and URLs that stand by themselves.

A scanner of our own in the syntax of https://docutils.sourceforge.io/docs/ref/rst/restructuredtext.html: docutils' nodes
tell lines at best. Literal blocks, code directives, inline literals and comments have no links.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from statuary.link_editor.find import plain
from statuary.link_editor.link import Cut, Link

_DIRECTIVE = re.compile(r"(\s*)\.\.(?:\s+\|[^|\n]+\|)?\s+([A-Za-z0-9][\w:+.-]*)\s*::(?:\s+(.*))?$")
_COMMENT = re.compile(r"(\s*)\.\.(?:\s+(?!_|\[|\||__\s*:)(?!\S.*?::).*)?$")
_LITERAL = frozenset(
    {
        *("code", "code-block", "sourcecode", "highlight", "literalinclude", "raw", "math", "productionlist", "prompt"),
        *("testcode", "testoutput", "doctest", "testsetup", "testcleanup", "graphviz", "digraph", "graph", "mermaid"),
        *("program-output",),
    }
)
_WITH_URL = frozenset({"image", "figure"})
_TARGET = re.compile(r"\s*(?:\.\.\s+_(?:`[^`]+`|(?:[^:`\\\n]|\\.|:(?!\s|$))+):|\.\.\s+__:|__)\s+(<?)(\S.*?)(>?)\s*$")
_OPTION = re.compile(r"\s*:(?:target|url|link|link-url):\s+(\S+)\s*$")
_EMBEDDED = re.compile(r"`(?:([^`<>]*?)(\s*))<([^<>`]+)>`(__?)")
_INLINE_LITERAL = re.compile(r"``.+?``(?!`)|(?<![\w`]):(?!doc:|any:)[\w:.+-]+:`[^`]+`", re.DOTALL)
_WEB = re.compile(r"https?://|//|mailto:|[\w./-]+\.[a-z]{2,5}(?:#|$)", re.IGNORECASE)


def find(text: str) -> Sequence[Link]:
    """The links of a document."""
    found: list[Link] = []
    for start, end in _paragraphs(text):
        found += _in_paragraph(text, start, end)
    return found


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """The stretches of text that are neither literal nor comments, up to the next blank line."""
    begin: int | None = None
    literal: int | None = None  # the indentation below which a literal block lies
    position = 0
    for line in text.splitlines(keepends=True):
        start, position = position, position + len(line)
        body = line.strip()
        if not body:
            if begin is not None:
                yield begin, start
            begin = None
            continue
        indent = len(line.expandtabs()) - len(line.expandtabs().lstrip())
        if literal is not None:
            if indent > literal:
                continue
            literal = None
        directive = _DIRECTIVE.match(line.rstrip())
        skips = (directive is not None and directive[2].lower() in _LITERAL) or _COMMENT.match(
            line.rstrip()
        ) is not None
        if skips:
            if begin is not None:
                yield begin, start
            begin, literal = None, indent
            continue
        if begin is None:
            begin = start
        if body.endswith("::") and directive is None:
            yield begin, position
            begin, literal = None, indent
    if begin is not None:
        yield begin, len(text)


def _in_paragraph(text: str, start: int, end: int) -> Iterator[Link]:
    covered = [(match.start(), match.end()) for match in _INLINE_LITERAL.finditer(text, start, end)]
    for match in _EMBEDDED.finditer(text, start, end):
        if _is_covered(match.start(), covered):
            continue
        url = match[3]
        if not url.endswith("_") or url.endswith("\\_"):
            removal = Cut(match.start(), match.start() + 1), Cut(match.end(1), match.end())
            covered.append((match.start(), match.end()))
            if _WEB.match(url):
                said = re.sub(r"\\(.)|\s", r"\1", url)
                yield Link(match.start(3), match.end(3), said, "rst", "link", removal if match[1] else None)
    position = start
    for line in text[start:end].splitlines(keepends=True):
        begin, position = position, position + len(line)
        for link in _in_line(text, begin, begin + len(line.rstrip())):
            if not _is_covered(link.start, covered):
                covered.append((link.start, link.end))
                yield link
    for link in plain.find_in(text, start, end, "rst"):
        if not _is_covered(link.start, covered):
            yield link


def _in_line(text: str, start: int, end: int) -> Iterator[Link]:
    """What takes a URL up to the end of the line."""
    line = text[start:end]
    target = _TARGET.match(line)
    if target is not None and not target[2].endswith("_") and _WEB.match(target[2]) and " " not in target[2]:
        yield Link(start + target.start(2), start + target.end(2), target[2].replace("\\", ""), "rst", "target")
    directive = _DIRECTIVE.match(line)
    # Sphinx takes the best of image.*
    if directive is not None and directive[2].lower() in _WITH_URL and directive[3] and directive[3][-1] != "*":
        yield Link(start + directive.start(3), start + directive.end(3), directive[3], "plain", directive[2].lower())
    option = _OPTION.match(line)
    if option is not None and plain.find(option[1]):
        yield Link(start + option.start(1), start + option.end(1), option[1], "plain", "option")


def _is_covered(place: int, covered: Sequence[tuple[int, int]]) -> bool:
    return any(start <= place < end for start, end in covered)
