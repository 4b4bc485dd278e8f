"""Markdown: inline links, images, definitions of references, autolinks, raw HTML, and bare URLs as GitHub takes them.

markdown-it parses, so that code is code and containers are containers; rules of ours, wrapped around its own, note where in
the text each construct is: its tokens do not tell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from unicodedata import category, normalize

from statuary.link_editor.find import front_matter, html, plain
from statuary.link_editor.find.mapped import Mapped, replaced
from statuary.link_editor.link import Cut, Link, Unreadable

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_core import StateCore
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

_LINE_END = re.compile(r"\r\n?")
_LABEL = re.compile(r"\[((?:[^\[\]\\]|\\.)*)\]:(?:[ \t]|\n[ \t>]*)*", re.DOTALL)
_EXPLICIT_ANCHOR = re.compile(r"\{[^}\n]*#([^\s}]+)[^}\n]*\}\s*$")


@dataclass(slots=True)
class _Noted:
    """What the rules noted: ``definitions`` with places in the whole text, the rest in the content of one inline token."""

    inline: list[Link] = field(default_factory=list)
    covered: list[tuple[int, int]] = field(default_factory=list)
    code: list[tuple[int, int]] = field(default_factory=list)
    uses: list[tuple[str, Cut, Cut]] = field(default_factory=list)
    definitions: list[tuple[str, int, int, Link]] = field(default_factory=list)
    is_nested: bool = False


def find(text: str, *, code: bool = False) -> Sequence[Link]:
    """The links of a document without front matter; with ``code`` URLs in code, too. Raises Unreadable without a parser."""
    mapped = replaced(text, 0, _LINE_END, lambda end: "\n") if "\r" in text else None
    links = _find(text if mapped is None else mapped.text, code=code)
    return links if mapped is None else [mapped.back(link) for link in links]


def anchors(text: str) -> set[str]:
    """What fragments can name: headings as GitHub and others name them, names given to them, and those of raw HTML."""
    source = _LINE_END.sub("\n", front_matter.blanked(text.removeprefix("\ufeff")))
    named = set(html.anchors(source))
    counts: dict[str, int] = {}
    tokens = _parser().parse(source, {"noted": _Noted()})
    for opening, inline in pairwise(tokens):
        if opening.type != "heading_open":
            continue
        explicit = _EXPLICIT_ANCHOR.search(inline.content)
        if explicit is not None:
            named.add(explicit[1])
        said = "".join(one.content for one in inline.children or () if one.type in ("text", "code_inline"))
        slug = _slug(said)
        number = counts.get(slug, 0)
        counts[slug] = number + 1
        named.add(f"{slug}-{number}" if number else slug)
        named |= _other_slugs(said, slug, number)
    return named


# Letters, marks, digits and what connects them are words
_WORD = ("L", "M", "Nd", "Pc")


def _slug(heading: str) -> str:
    kept = "".join(one for one in heading.strip().lower() if one in " -" or category(one).startswith(_WORD))
    return kept.replace(" ", "-")


def _other_slugs(heading: str, slug: str, number: int) -> set[str]:
    """As others than GitHub name a heading: Python-Markdown, with ASCII or with all letters, and kramdown."""
    ascii_only = normalize("NFKD", heading).encode("ascii", "ignore").decode()
    named = {
        *(re.sub(r"[\s-]+", "-", re.sub(r"[^\w\s-]", "", one).strip().lower()) for one in (heading, ascii_only)),
        re.sub(r"-{2,}", "-", slug).strip("-"),
        re.sub(r"^[^a-z]+", "", slug),
    }
    return {suffixed for one in named for suffixed in ((f"{one}_{number}", f"{one}-{number}") if number else (one,))}


def _find(source: str, *, code: bool) -> list[Link]:
    lines = _Lines(source)
    noted = _Noted()
    env: dict[str, Any] = {"noted": noted}
    links: list[Link] = []
    uses: dict[str, list[Cut]] = {}

    def inline_parsed(token: Token) -> None:
        mapped = lines.mapped(token)
        if mapped is None:
            return
        in_code = _in_code(token.content, noted.code) if code else []
        links.extend(mapped.back(link) for link in [*noted.inline, *_bare(token.content, noted.covered), *in_code])
        for label, *cuts in noted.uses:
            uses.setdefault(label, []).extend(Cut(*mapped.span(one.start, one.end)) for one in cuts)

    env["inline parsed"] = inline_parsed
    for token in _parser().parse(source, env):
        if token.type == "html_block" and (mapped := lines.mapped(token)) is not None:
            links.extend(mapped.back(link) for link in html.find(token.content))
        elif code and token.type in ("fence", "code_block"):
            links.extend(_in_block(token, lines))
    seen = set()
    for label, start, end, link in noted.definitions:
        # The first of several with one label counts
        cuts = None if label in seen else (*uses.get(label, ()), Cut(start, end))
        seen.add(label)
        links.append(Link(link.start, link.end, link.url, "markdown", link.what, cuts))
    return links


def _bare(content: str, covered: Sequence[tuple[int, int]]) -> list[Link]:
    """URLs in what is nothing but text: between the constructs."""
    if "://" not in content:
        return []
    found, position = [], 0
    for start, end in [*sorted(covered), (len(content), len(content))]:
        if start > position:
            found += plain.find_in(content, position, start, what="bare URL")
        position = max(position, end)
    return found


def _in_code(content: str, spans: Iterable[tuple[int, int]]) -> list[Link]:
    return [link for start, end in spans for link in plain.find_in(content, start, end, what="code")]


def _in_block(token: Token, lines: _Lines) -> list[Link]:
    """URLs in a block of code, whose lines are looked for one by one: their indentation may be gone."""
    found: list[Link] = []
    first = (token.map or [0])[0] + (token.type == "fence")
    for number, line in enumerate(token.content.split("\n"), first):
        mapped = lines.line(line, number)
        if mapped is not None:
            found += [mapped.back(link) for link in _in_code(line, [(0, len(line))])]
    return found


class _Lines:
    """The lines of a text, to find in them what a token's content was taken from."""

    def __init__(self, source: str) -> None:
        self._lines = source.split("\n")
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line) + 1)
        self._cells: dict[int, int] = {}

    def mapped(self, token: Token) -> Mapped | None:
        """The content of a token with its places in the text; None where it isn't in it as it stands."""
        if token.map is None:
            return None
        number = token.map[0]
        pieces: list[tuple[str, int, int]] = []
        for index, part in enumerate(token.content.split("\n")):
            if index:
                end = self._starts[number] - 1
                pieces.append(("\n", end, end + 1))
            found = self._pieces(part, number)
            if found is None:
                return self._cell(token.content, number) if not index else None
            pieces += found
            number += 1
        if token.meta.get("cell"):
            return self._cell(token.content, token.map[0])
        return Mapped.of(pieces)

    def line(self, part: str, number: int) -> Mapped | None:
        """A part of a line with its places in the text; None where it isn't in that line."""
        pieces = self._pieces(part, number)
        return None if pieces is None else Mapped.of(pieces)

    def _pieces(self, part: str, number: int) -> list[tuple[str, int, int]] | None:
        place = self._place(part, number)
        if place is not None:
            return [(part, place, place + len(part))]
        # A tab that was partly the indentation of what is around has become spaces, which are not there
        text = part.lstrip(" ")
        place = self._place(text, number)
        if place is None:
            return None
        indentation = part[: len(part) - len(text)]
        return [(indentation, max(place - 1, self._starts[number]), place), (text, place, place + len(text))]

    def _place(self, part: str, number: int) -> int | None:
        if number >= len(self._lines):
            return self._starts[-1] - 1 if not part else None
        column = self._lines[number].rfind(part)
        return None if column < 0 else self._starts[number] + column

    def _cell(self, content: str, number: int) -> Mapped | None:
        """A cell of a table, after those before it in the line, its escaped bars without their backslash."""
        mapped = replaced(self._lines[number], self._starts[number], re.compile(r"\\\|"), lambda bar: "|")
        column = mapped.text.find(content, self._cells.get(number, 0))
        if column < 0:
            return None
        self._cells[number] = column + len(content)
        spans = [mapped.span(place, place + 1) for place in range(column, column + len(content))]
        return Mapped.of((one, *span) for one, span in zip(content, spans, strict=True))


# The parser


@cache
def _parser() -> MarkdownIt:
    try:
        from markdown_it import MarkdownIt
        from markdown_it.rules_block.reference import reference
        from markdown_it.rules_inline import autolink, backtick, html_inline, image, link
    except ImportError:
        raise Unreadable("Markdown needs a library: pip install 'statuary[links]'") from None
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    parser.block.ruler.at("reference", _noting_definitions(reference), {"alt": []})
    for name, rule, note in (
        ("link", link, _note_link),
        ("image", image, _note_image),
        ("autolink", autolink, _note_autolink),
        ("html_inline", html_inline, _note_html),
        ("backticks", backtick, _note_code),
    ):
        parser.inline.ruler.at(name, _noting(rule, note))
    parser.core.ruler.at("inline", _parse_inline)
    return parser


def _parse_inline(state: StateCore) -> None:
    """markdown-it's own rule, and after each token what was noted in it."""
    noted: _Noted = state.env["noted"]
    for index, token in enumerate(state.tokens):
        if token.type != "inline":
            continue
        noted.inline, noted.covered, noted.code, noted.uses = [], [], [], []
        token.meta["cell"] = state.tokens[index - 1].type in ("td_open", "th_open")
        token.children = []
        state.md.inline.parse(token.content, state.md, state.env, token.children)
        if "inline parsed" in state.env:
            state.env["inline parsed"](token)


_Rule = Callable[["StateInline", bool], bool]
_Note = Callable[["StateInline", int, _Noted], None]


def _noting(rule: _Rule, note: _Note) -> _Rule:
    def rule_that_notes(state: StateInline, silent: bool) -> bool:
        start, noted = state.pos, state.env["noted"]
        is_outer = not noted.is_nested
        # The text of an image is parsed by itself: places in it are not places in the content
        noted.is_nested = noted.is_nested or note is _note_image
        matched = rule(state, silent)
        noted.is_nested = not is_outer
        if matched and not silent and is_outer:
            note(state, start, noted)
        return matched

    return rule_that_notes


def _note_link(state: StateInline, start: int, noted: _Noted) -> None:
    _note_bracketed(state, start, start, noted, "link")


def _note_image(state: StateInline, start: int, noted: _Noted) -> None:
    _note_bracketed(state, start, start + 1, noted, "image")


def _note_bracketed(state: StateInline, start: int, bracket: int, noted: _Noted, what: str) -> None:
    end, helpers, source = state.pos, state.md.helpers, state.src
    # Asked for again, outside of what is behind it
    close = helpers.parseLinkLabel(state, bracket, what == "link")
    noted.covered.append((start, end))
    before, after = Cut(start, bracket + 1), Cut(close, end)
    if end <= close + 1 or source[close + 1] != "(":
        label = source[close + 2 : end - 1] if end > close + 2 else ""
        noted.uses.append((_normal(label or source[bracket + 1 : close]), before, after))
        return
    position = close + 2
    while source[position] in " \t\n":
        position += 1
    span = _destination(state.md, source, position, end)
    if span is not None:
        noted.inline.append(Link(*span, "markdown", what, (before, after)))


def _note_autolink(state: StateInline, start: int, noted: _Noted) -> None:
    noted.covered.append((start, state.pos))
    url = state.src[start + 1 : state.pos - 1]
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", url):
        cuts = Cut(start, start + 1, "`"), Cut(state.pos - 1, state.pos, "`")
        noted.inline.append(Link(start + 1, state.pos - 1, url, "plain", "autolink", cuts))


def _note_html(state: StateInline, start: int, noted: _Noted) -> None:
    noted.covered.append((start, state.pos))
    noted.inline += [one.moved_by(start) for one in html.find(state.src[start : state.pos])]


def _note_code(state: StateInline, start: int, noted: _Noted) -> None:
    noted.covered.append((start, state.pos))
    noted.code.append((start, state.pos))


def _noting_definitions(
    rule: Callable[[StateBlock, int, int, bool], bool],
) -> Callable[[StateBlock, int, int, bool], bool]:
    def rule_that_notes(state: StateBlock, line: int, last: int, silent: bool) -> bool:
        # A footnote is a text, and no URL
        if state.src.startswith("[^", state.bMarks[line] + state.tShift[line]):
            return False
        matched = rule(state, line, last, silent)
        if not matched or silent:
            return matched
        start, end = state.bMarks[line] + state.tShift[line], state.eMarks[state.line - 1]
        label = _LABEL.match(state.src, start, end)
        span = label and _destination(state.md, state.src, label.end(), end)
        if label and span:
            found = Link(*span, "markdown", "definition")
            state.env["noted"].definitions.append((_normal(label[1]), start, end, found))
        return matched

    return rule_that_notes


def _destination(parser: MarkdownIt, source: str, position: int, end: int) -> tuple[int, int, str] | None:
    """Where a destination is, without angle brackets, and what it says; None for an empty one."""
    result = parser.helpers.parseLinkDestination(source, position, end)
    if not result.ok or not result.str:
        return None
    angle = source[position] == "<"
    return position + angle, result.pos - angle, result.str


def _normal(label: str) -> str:
    return re.sub(r"\s+", " ", label.strip()).casefold()
