"""Elements of a page as text that has been escaped, kept apart by its type from text that has not.

A template in which every place must remember to escape would be a poor place for octets that a hostile peer chose.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from html import escape
from typing import TypeAlias

from statuary.conformance.reports.wording import printable


class Markup(str):
    """HTML. Whatever is made from it by other means than ``h`` is a plain string, which is escaped again."""

    __slots__ = ()


Child: TypeAlias = "str | Iterable[Child] | None"

_VOID = frozenset({"input", "meta"})


def h(tag: str, *children: Child, **attributes: str | bool | None) -> Markup:
    """An element; strings among the children are made printable and escaped.

    ``class_`` is the attribute class, ``data_x`` is data-x; one that is False or None is left out.
    """
    start = "".join(_attribute(name, value) for name, value in attributes.items())
    if tag in _VOID:
        return Markup(f"<{tag}{start}>")
    return Markup(f"<{tag}{start}>{''.join(map(_text, children))}</{tag}>")


def _attribute(name: str, value: str | bool | None) -> str:
    if value is None or value is False:
        return ""
    name = name.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(printable(value))}"'


def _text(child: Child) -> str:
    match child:
        case None:
            return ""
        case Markup():
            return child
        case str():
            return escape("\n".join(map(printable, child.split("\n"))))
        case _:
            return "".join(map(_text, child))


def document(title: str, style: str, script: str, *body: Child) -> str:
    """A whole page that loads nothing, and in which nothing runs but ``script``."""
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'; form-action 'none'"
    )
    head = h(
        "head",
        h("meta", charset="utf-8"),
        h("meta", http_equiv="Content-Security-Policy", content=policy),
        h("meta", name="viewport", content="width=device-width, initial-scale=1"),
        h("meta", name="color-scheme", content="light dark"),
        h("title", title),
        # Elements of raw text: nothing is escaped in them, and they are ours
        Markup(f"<style>{style}</style>"),
    )
    return f"<!doctype html>\n{h('html', head, h('body', *body, Markup(f'<script>{script}</script>')), lang='en')}\n"


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
