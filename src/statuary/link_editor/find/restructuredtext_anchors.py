"""reStructuredText: what fragments can name in a document: targets, names given to elements, section titles.

docutils makes an id of a name: letters and digits in lower case, hyphens between them, no digits at its beginning. What it
numbers has ids such as id1. Of directives that other programs know, nobody can tell what ids their elements have.
https://docutils.sourceforge.io/docs/ref/rst/directives.html#identifier-normalization
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from statuary.link_editor.find import html
from statuary.link_editor.names import Anchors, letters_of

_TARGET = re.compile(r"\s*\.\.\s+_(?:`((?:[^`\\]|\\.)+)`|((?:[^:`\\]|\\.|:(?!\s|$))+)):(?:\s|$)")
_INLINE_TARGET = re.compile(r"(?<![\w`])_`([^`]+)`(?!_)")
_NAMED_LINK = re.compile(r"`([^`<>]{1,200})<[^<>`]{1,500}>`_(?!_)")
_CITATION = re.compile(r"\s*\.\.\s+\[#?([\w.:+-]+)\]")
_NAME = re.compile(r"\s*:(?:name|label):\s+(\S.*?)\s*$")
_DIRECTIVE = re.compile(r"\s*\.\.(?:\s+\|[^|]+\|)?\s+([A-Za-z0-9][\w:+.-]*?)\s*::(?:\s+(.*?))?\s*$")
_UNDERLINE = re.compile(r"([!-/:-@\[-`{-~])\1+$")
# A role makes something of its text that nobody can tell, and a substitution has its text elsewhere
_UNTOLD = re.compile(r"(?<![\w:]):[\w:.+-]{1,100}:`|`:[\w:.+-]{1,100}:|\|\S[^|]*\|")
_EMBEDDED = re.compile(r"\s*<[^<>`]*>(?=`)")
# As docutils has it of letters that have no form without accents
_LETTERS = str.maketrans(
    {"ß": "sz", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ħ": "h", "ı": "i", "ł": "l", "ŧ": "t", "ƀ": "b", "ƙ": "k"}
)
_NUMBERED = tuple(
    f"{kind}{end}"
    for kind in (
        "id",
        "footnote",
        "citation",
        "footnote-reference",
        "citation-reference",
        "toc-entry",
        "section",
        "index",
        "topic",
    )
    for end in ("", "-")
)
# Those that give nothing an id, but for names in their options; of docutils, and the common ones of Sphinx
_WITHOUT_IDS = frozenset(
    {
        *("attention", "caution", "danger", "error", "hint", "important", "note", "tip", "warning", "admonition"),
        *("image", "figure", "topic", "sidebar", "line-block", "parsed-literal", "code", "math", "rubric", "epigraph"),
        *("highlights", "pull-quote", "compound", "container", "table", "csv-table", "list-table", "contents"),
        *("sectnum", "section-numbering", "header", "footer", "target-notes", "meta", "include", "raw", "class"),
        *("role", "default-role", "replace", "unicode", "date", "title", "restructuredtext-test-directive"),
        *("code-block", "sourcecode", "highlight", "literalinclude", "toctree", "only", "index", "seealso", "todo"),
        *("versionadded", "versionchanged", "versionremoved", "deprecated", "centered", "hlist", "tabularcolumns"),
        *("sectionauthor", "codeauthor", "currentmodule", "doctest", "testcode", "testoutput", "testsetup"),
    }
)


def anchors(text: str) -> Anchors | None:
    """What can be named, None where the document doesn't tell; its included parts are in it already."""
    exact: set[str] = set(html.anchors(text)) if ".. raw::" in text else set()
    names = [one for title in _titles(text) for one in {title, _EMBEDDED.sub("", title)}]
    if any(_UNTOLD.search(one) for one in names):
        return None
    names += [match[1] for pattern in (_INLINE_TARGET, _NAMED_LINK) for match in pattern.finditer(text)]
    for line in text.splitlines():
        directive = _DIRECTIVE.match(line)
        if directive is not None:
            if directive[1].lower() not in _WITHOUT_IDS:
                return None
            if directive[1].lower() == "contents":
                names += ["contents", directive[2] or ""]
        for match in (_TARGET.match(line), _CITATION.match(line), _NAME.match(line)):
            if match is not None:
                names.append(re.sub(r"\\(.)", r"\1", match[1] or match[match.lastindex or 1]))
    exact |= {one.strip() for one in names}
    letters = {letters_of(one) for one in names}
    letters |= {letters_of(one.lower().translate(_LETTERS)).encode("ascii", "ignore").decode() for one in names}
    letters |= {one.lstrip("0123456789") for one in letters}
    letters |= {f"equation{one}" for one in letters}
    # Of several alike, the others have a number at the end
    counts = Counter(letters_of(one) for one in names)
    letters |= {f"{one}{n}" for one, times in counts.items() for n in range(1, times)}
    return Anchors(frozenset(exact), frozenset(letters), _NUMBERED)


def _titles(text: str) -> Iterator[str]:
    """The lines that are underlined."""
    for line, below in pairwise(text.splitlines()):
        title, rule = line.strip(), below.rstrip()
        is_long = len(rule) >= 4 or len(rule) >= len(title)
        if title and is_long and _UNDERLINE.match(rule) and not _UNDERLINE.match(title):
            yield title
