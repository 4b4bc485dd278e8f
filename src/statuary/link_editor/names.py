"""Fragments: which of them can be looked for in a page, and whether they are there. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
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


def name_of(fragment: str | None) -> str | None:
    """What is to be looked for in the page; None where there is nothing that could be."""
    name = unquote(fragment or "").partition(":~:")[0]
    if not name or name.lower() == "top" or _OF_SCRIPTS.match(name):
        return None
    return name


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
    is_made = len(there) <= _FEW and _SCRIPT.search(text) is not None
    return {
        name: True
        if name in there or f"{_OF_USERS}{name}" in there or _raw(name) & there
        else None
        if is_made
        else False
        for name in names
    }


def _raw(name: str) -> set[str]:
    """The name spelt as some write it into their pages."""
    return {name.replace(" ", "%20"), name.replace(" ", "+")} if " " in name else set()
