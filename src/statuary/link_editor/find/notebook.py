"""Jupyter notebooks: the links of their Markdown cells, and if asked for, the URLs in their code."""

from __future__ import annotations

import json
from collections.abc import Sequence

from statuary.link_editor.find import markdown, plain
from statuary.link_editor.find.json_strings import strings
from statuary.link_editor.find.mapped import Mapped
from statuary.link_editor.link import Link, Unreadable


def find(text: str, *, code: bool = False) -> Sequence[Link]:
    """The links of a notebook; with ``code`` URLs in code, too. Raises Unreadable."""
    try:
        cells = json.loads(text)["cells"]
        kinds = [cell["cell_type"] for cell in cells]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Unreadable("not a notebook of Jupyter's format 4") from None
    sources: dict[int, list[Mapped]] = {}
    for path, mapped in strings(text):
        if len(path) >= 3 and path[0] == "cells" and path[2] == "source" and isinstance(path[1], int):
            sources.setdefault(path[1], []).append(mapped)
    found: list[Link] = []
    for number, parts in sources.items():
        if kinds[number] == "markdown":
            whole = _joined(parts)
            links = markdown.find(whole.text, code=code)
        elif kinds[number] == "code" and code:
            whole = _joined(parts)
            links = plain.find_in(whole.text, 0, len(whole.text), what="code")
        else:
            continue
        found += [_within_strings(whole.back(link), text) for link in links]
    return found


def _joined(parts: Sequence[Mapped]) -> Mapped:
    return Mapped.of(
        (character, *part.span(place, place + 1)) for part in parts for place, character in enumerate(part.text)
    )


def _within_strings(link: Link, text: str) -> Link:
    """Cuts that go over the end of a string would take its quotation marks along: then nothing is removed."""
    if link.removal is None or not any(_has_quote(text[cut.start : cut.end]) for cut in link.removal):
        return link
    return Link(link.start, link.end, link.url, link.form, link.what, None, link.base)


def _has_quote(raw: str) -> bool:
    return '"' in raw.replace('\\"', "")
