"""Text that was made of other text, escapes undone, with the way back: which characters each character came from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from html import unescape

from statuary.link_editor.link import Cut, Form, Link

# A character reference of HTML. Without its semicolon it is none before "=" or a letter, HTML section 13.2.5.73
_REFERENCE = re.compile(r"&(?:#[0-9]+;?|#[xX][0-9A-Fa-f]+;?|[A-Za-z][A-Za-z0-9]*(?:;|(?![A-Za-z0-9=;])))")


class Mapped:
    """``text``, and for each of its characters where it begins and ends in the other text, which has it in this ``form``."""

    __slots__ = ("_ends", "_starts", "form", "text")

    def __init__(self, form: Form = "plain") -> None:
        self.text = ""
        self.form: Form = form
        self._starts: list[int] = []
        self._ends: list[int] = []

    @classmethod
    def of(cls, pieces: Iterable[tuple[str, int, int]], form: Form = "plain") -> Mapped:
        """Of pieces: text, and where it begins and ends. One as long as its origin is mapped character by character."""
        made = cls(form)
        texts = []
        for text, start, end in pieces:
            texts.append(text)
            if end - start == len(text):
                made._starts += range(start, end)
                made._ends += range(start + 1, end + 1)
            else:
                made._starts += [start] * len(text)
                made._ends += [end] * len(text)
        made.text = "".join(texts)
        return made

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where characters from ``start`` to ``end`` came from."""
        if start == end:
            place = self._starts[start] if start < len(self._starts) else self._ends[-1] if self._ends else 0
            return place, place
        return self._starts[start], self._ends[end - 1]

    def back(self, link: Link) -> Link:
        """A link in ``text`` as one in the other text."""
        start, end = self.span(link.start, link.end)
        cuts = link.removal and tuple(Cut(*self.span(one.start, one.end), one.text) for one in link.removal)
        within = link.within if self.form == "plain" else (*link.within, self.form)
        return replace(link, start=start, end=end, removal=cuts, within=within)


def replaced(
    raw: str, offset: int, pattern: re.Pattern[str], value: Callable[[str], str], form: Form = "plain"
) -> Mapped:
    """``raw``, which begins at ``offset``, with every match of the pattern replaced by its value."""
    pieces = []
    last = 0
    for match in pattern.finditer(raw):
        pieces.append((raw[last : match.start()], offset + last, offset + match.start()))
        pieces.append((value(match[0]), offset + match.start(), offset + match.end()))
        last = match.end()
    pieces.append((raw[last:], offset + last, offset + len(raw)))
    return Mapped.of(pieces, form)


def unescaped(raw: str, offset: int, form: Form = "markup") -> Mapped:
    """``raw``, which begins at ``offset``, with its character references of HTML replaced."""
    return replaced(raw, offset, _REFERENCE, unescape, form)
