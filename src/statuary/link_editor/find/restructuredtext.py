"""reStructuredText: embedded URLs, targets, directives and options that take a URL, URLs that stand by themselves, raw HTML.

A scanner of our own in the syntax of https://docutils.sourceforge.io/docs/ref/rst/restructuredtext.html: docutils' nodes
tell lines at best. Literal blocks, code directives, inline literals and comments have no links, unless code is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from statuary.link_editor.find import html, plain
from statuary.link_editor.link import Cut, Link

_DIRECTIVE = re.compile(r"(\s*)\.\.(?:\s+\|[^|\n]+\|)?\s+([A-Za-z0-9][\w:+.-]*)\s*::(?:\s+(.*))?$")
_COMMENT = re.compile(r"(\s*)\.\.(?:\s+(?!_|\[|\||__\s*:)(?!\S.*?::).*)?$")
_LITERAL = frozenset(
    {
        *("code", "code-block", "sourcecode", "highlight", "literalinclude", "raw", "math", "productionlist", "prompt"),
        *("testcode", "testoutput", "testsetup", "testcleanup", "graphviz", "digraph", "graph", "mermaid"),
        *("program-output", "parsed-literal", "doctest", "ipython", "plantuml", "uml", "tikz", "console"),
    }
)
_WITH_URL = frozenset({"image", "figure"})
_TARGET = re.compile(r"\s*(?:\.\.\s+_(?:`[^`]+`|(?:[^:`\\\n]|\\.|:(?!\s|$))+):|\.\.\s+__:|__)\s+(<?)(\S.*?)(>?)\s*$")
_OPTION = re.compile(r"\s*:(?:target|url|link|link-url):\s+(\S+)\s*$")
_EMBEDDED = re.compile(r"`([^`<>]*)<([^<>`]+)>`(__?)")
_INLINE_LITERAL = re.compile(r"``.+?``(?!`)|(?<![\w`]):(?!doc:|any:)[\w:.+-]{1,100}:`[^`]+`", re.DOTALL)
_RAW_HTML = re.compile(r"\s*\.\.\s+raw\s*::\s+html\s*$", re.IGNORECASE)
# To another target, where a URL might be
_REFERENCE = re.compile(r"(?<!\\)_$")
_WEB = re.compile(r"https?://|//|mailto:|#\S|[\w./-]+\.[a-z]{2,5}(?:#|$)", re.IGNORECASE)


_Kind = Literal["text", "code", "html", "comment"]


def find(text: str, *, code: bool = False) -> Sequence[Link]:
    """The links of a document; with ``code`` URLs in literal blocks and inline literals, too."""
    found: list[Link] = []
    for kind, start, end in _stretches(text):
        match kind:
            case "text":
                found += _in_paragraph(text, start, end, code=code)
            case "html":
                found += [link.moved_by(start) for link in html.find(text[start:end])]
            case "code" if code:
                found += plain.find_in(text, start, end, what="code")
    return found


def _stretches(text: str) -> Iterator[tuple[_Kind, int, int]]:
    """The text up to each blank line, and blocks that are literal or comments, as far as they are indented."""
    kind: _Kind = "text"
    begin: int | None = None
    indentation = 0  # of what the block belongs to
    is_session = False
    position = 0
    for line in text.splitlines(keepends=True):
        start, position = position, position + len(line)
        body = line.strip()
        if kind != "text":
            # A session of Python ends with a blank line, other blocks with their indentation
            if body if is_session else not body or _indentation(line) > indentation:
                continue
            if begin is not None:
                yield kind, begin, start
            kind, begin, is_session = "text", None, False
            if not body:
                continue
        elif not body:
            if begin is not None:
                yield kind, begin, start
            begin = None
            continue
        opened = _opened(line.rstrip())
        if opened is not None:
            if begin is not None:
                yield "text", begin, start
            # What stands in the line itself is a comment or an argument
            kind, begin, indentation = opened, start if opened == "comment" else position, _indentation(line)
            continue
        if begin is None:
            begin = start
            if body.startswith(">>> "):
                kind, indentation, is_session = "code", -1, True
                continue
        if body.endswith("::") and not _DIRECTIVE.match(line.rstrip()):
            yield "text", begin, position
            kind, begin, indentation = "code", position, _indentation(line)
    if begin is not None:
        yield kind, begin, len(text)


def _opened(line: str) -> _Kind | None:
    """What kind of block that is no text a line opens."""
    if _RAW_HTML.match(line):
        return "html"
    directive = _DIRECTIVE.match(line)
    if directive is not None and directive[2].lower() in _LITERAL:
        return "code"
    return "comment" if _COMMENT.match(line) else None


def _indentation(line: str) -> int:
    expanded = line.expandtabs()
    return len(expanded) - len(expanded.lstrip())


def _in_paragraph(text: str, start: int, end: int, *, code: bool) -> Iterator[Link]:
    covered = [(match.start(), match.end()) for match in _INLINE_LITERAL.finditer(text, start, end)]
    if code:
        for place in covered:
            yield from plain.find_in(text, *place, what="code")
    for match in _EMBEDDED.finditer(text, start, end):
        if _is_covered(match.start(), covered):
            continue
        url = match[2]
        if not _REFERENCE.search(url):
            said = match[1].rstrip()
            removal = Cut(match.start(), match.start() + 1), Cut(match.start(1) + len(said), match.end())
            covered.append((match.start(), match.end()))
            if _WEB.match(url):
                unescaped = re.sub(r"\\(.)|\s", r"\1", url)
                yield Link(match.start(2), match.end(2), unescaped, "rst", "link", removal if said else None)
    position = start
    for line in text[start:end].splitlines(keepends=True):
        begin, position = position, position + len(line)
        for link in _in_line(text, begin, begin + len(line.rstrip()), end):
            if not _is_covered(link.start, covered):
                covered.append((link.start, link.end))
                yield link
    for link in plain.find_in(text, start, end, "rst"):
        if not _is_covered(link.start, covered):
            yield link


def _in_line(text: str, start: int, end: int, last: int) -> Iterator[Link]:
    """What takes a URL up to the end of the line, or of the lines after it that are indented more."""
    line = text[start:end]
    target = _TARGET.match(line)
    if target is not None and not _REFERENCE.search(target[2]) and _WEB.match(target[2]) and " " not in target[2]:
        first, to = start + target.start(2), start + target.end(2)
        if not target[1] and (rest := _continuation(text, end, last, _indentation(line))):
            to = rest
        yield Link(first, to, re.sub(r"\\(.)|\s", r"\1", text[first:to]), "rst", "target")
    directive = _DIRECTIVE.match(line)
    # Sphinx takes the best of image.*
    if directive is not None and directive[2].lower() in _WITH_URL and directive[3] and directive[3][-1] != "*":
        yield Link(start + directive.start(3), start + directive.end(3), directive[3], "plain", directive[2].lower())
    option = _OPTION.match(line)
    if option is not None and plain.find(option[1]):
        yield Link(start + option.start(1), start + option.end(1), option[1], "plain", "option")


def _continuation(text: str, end: int, last: int, indentation: int) -> int | None:
    """Where a target ends that goes on after its line."""
    to = None
    own, *lines = text[end:last].splitlines(keepends=True) or [""]
    position = end + len(own)
    for line in lines:
        body = line.strip()
        if not body or " " in body or _indentation(line) <= indentation:
            break
        to = position + len(line.rstrip())
        position += len(line)
    return to


def _is_covered(place: int, covered: Sequence[tuple[int, int]]) -> bool:
    return any(start <= place < end for start, end in covered)
