"""A link as it stands in a text: where, what it says, and how another URL is written in its place."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

Form = Literal["plain", "markdown", "markup", "single-quoted", "doubled", "css", "rst"]
"""How a URL is written: as it is; where brackets have to be balanced; where & begins a reference (HTML, XML), and that
between single quotation marks; where such marks are written twice (YAML); in CSS; where a last _ means something
(reStructuredText)."""


class Unreadable(ValueError):  # noqa: N818
    """The text is not what its format asks for, so that no links can be found in it; the message says why."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Characters from ``start`` to ``end`` that make way for ``text``."""

    start: int
    end: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """One link.

    start, end   the characters of its URL in the text, and nothing else
    url          what they say, the escapes of the format undone
    form         how a URL is written there
    what         a word for it: "link", "image", "img src"
    removal      what has to be cut so that the link is none any more and its text stays; None where nobody can tell
    base         the URL that it is relative to, where the text says so (HTML's base element)
    within       the forms that what was written so is written in, from the inside out: CSS in an attribute of HTML
    """

    start: int
    end: int
    url: str
    form: Form = "plain"
    what: str = "URL"
    removal: tuple[Cut, ...] | None = None
    base: str | None = None
    within: tuple[Form, ...] = ()

    def written(self, url: str) -> str:
        """A URL (ASCII, no octets that a URI may not contain) as it stands in the text in place of this one."""
        for form in (self.form, *self.within):
            url = written(url, form)
        return url

    def moved_by(self, offset: int) -> Link:
        """The same link in a text that has ``offset`` characters more before it."""
        cuts = self.removal and tuple(Cut(one.start + offset, one.end + offset, one.text) for one in self.removal)
        return replace(self, start=self.start + offset, end=self.end + offset, removal=cuts)


def written(url: str, form: Form) -> str:
    """A URL, or what was written for it, as it stands in a text of that form."""
    match form:
        case "markup":
            return url.replace("&", "&amp;")
        case "single-quoted":
            return url.replace("&", "&amp;").replace("'", "&#39;")
        case "doubled":
            return url.replace("'", "''")
        case "css":
            return re.sub(r"[()']", r"\\\g<0>", url)
        case "markdown":
            # A character reference of HTML is one in Markdown, too
            url = re.sub(r"&(?=#?\w+;)", "&amp;", url)
            return url if _is_balanced(url) else re.sub(r"[()]", r"\\\g<0>", url)
        case "rst":
            return re.sub(r"_$", r"\\_", url)
        case _:
            return url


def _is_balanced(url: str) -> bool:
    depth = 0
    for character in url:
        depth += (character == "(") - (character == ")")
        if depth < 0:
            return False
    return depth == 0
