"""Fragments: which of them can be looked for in a page or a file, and whether they are there. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from unicodedata import normalize
from urllib.parse import unquote

from statuary.fields.media_types import MediaType, parse_media_type
from statuary.link_editor.find import html
from statuary.message.fields import Fields

_HTML = frozenset({"text/html", "application/xhtml+xml"})
# Scripts make something of them, whether or not there is an element called so: routes, lines of a source, settings
_OF_SCRIPTS = re.compile(r"[!/]|L\d+(?:-L?\d+)?\Z|[^=]*=")
# GitHub and others who show what their users wrote put this before its names
_OF_USERS = "user-content-"
_SCRIPT = re.compile(r"<script[\s>]", re.IGNORECASE)
_FEW = 3


@dataclass(frozen=True, slots=True)
class Anchors:
    """What fragments can name in a file.

    exact     names as they stand
    letters   names of which tools spell all but the letters and digits as they are told to, as ``letters_of`` gives them
    numbered  beginnings of names that tools give to what has none, which end in a number
    """

    exact: frozenset[str]
    letters: frozenset[str] = frozenset()
    numbered: tuple[str, ...] = ()

    def has(self, name: str) -> bool:
        """Whether something is called so, or may be."""
        # With a space in it, it is a title
        if name in self.exact or ((name == name.lower() or " " in name) and letters_of(name) in self.letters):
            return True
        return any(name.startswith(one) and name[len(one) :].isdecimal() for one in self.numbered)


def letters_of(text: str) -> str:
    """The letters and digits of a text in lower case, without accents."""
    return "".join(one for one in normalize("NFKD", text.lower()) if one.isalnum())


def name_of(fragment: str | None) -> str | None:
    """What is to be looked for in the page; None where there is nothing that could be."""
    return looked_for(unquote(fragment or ""))


def looked_for(fragment: str) -> str | None:
    """What is to be looked for, of a fragment whose escapes are undone."""
    name = fragment.partition(":~:")[0]
    return None if not name or name.lower() == "top" or _OF_SCRIPTS.match(name) else name


def is_html(fields: Fields) -> bool:
    """Whether the content can be looked into."""
    value = parse_media_type(fields.get("content-type"))
    return isinstance(value, MediaType) and value.essence in _HTML


def text_of(content: bytes, fields: Fields) -> str:
    """The content as text, in the encoding that its type names; names are ASCII as a rule, and in most encodings so."""
    value = parse_media_type(fields.get("content-type"))
    charset = (value.parameter("charset") if value else None) or "utf-8"
    try:
        return content.decode(charset, "replace")
    except (LookupError, ValueError):
        return content.decode("utf-8", "replace")


def found(text: str, names: Iterable[str]) -> dict[str, bool | None]:
    """For each name whether something in the page is called so; None where it may be a script that makes the page."""
    there = html.anchors(text)
    is_made = _is_made(text, there)
    return {
        name: True
        if name in there or f"{_OF_USERS}{name}" in there or _raw(name) & there
        else None
        if is_made
        else False
        for name in names
    }


def in_page(text: str) -> Anchors | None:
    """What fragments can name in a page; None where it may be a script that makes the page."""
    there = frozenset(html.anchors(text))
    return None if _is_made(text, there) else Anchors(there)


def _is_made(text: str, there: Collection[str]) -> bool:
    return len(there) <= _FEW and _SCRIPT.search(text) is not None


def _raw(name: str) -> set[str]:
    """The name spelt as some write it into their pages."""
    return {name.replace(" ", "%20"), name.replace(" ", "+")} if " " in name else set()
