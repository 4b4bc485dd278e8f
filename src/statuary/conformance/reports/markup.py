"""Elements of a page, made as a tree that the standard library writes out, so that no text can be taken for markup.

A template in which every place must remember to escape would be a poor place for octets that a hostile peer chose.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from typing import TypeAlias
from xml.etree.ElementTree import Element, SubElement, tostring

from statuary.conformance.reports.wording import printable

Child: TypeAlias = "Element | str | Iterable[Child] | None"


def h(tag: str, *children: Child, **attributes: str | bool | None) -> Element:
    """An element; strings are made printable, and escaped when the page is written.

    ``class_`` is the attribute class, ``data_x`` is data-x; one that is False or None is left out.
    """
    made = Element(tag)
    for name, value in attributes.items():
        if value is not None and value is not False:
            made.set(name.rstrip("_").replace("_", "-"), "" if value is True else printable(value))
    _append(made, children)
    return made


def _append(parent: Element, child: Child) -> None:
    if child is None:
        return
    if isinstance(child, Element):
        parent.append(child)
    elif isinstance(child, str):
        text = "\n".join(map(printable, child.split("\n")))
        if len(parent):
            parent[-1].tail = (parent[-1].tail or "") + text
        else:
            parent.text = (parent.text or "") + text
    else:
        for one in child:
            _append(parent, one)


def document(title: str, style: str, script: str, *body: Child) -> str:
    """A whole page that loads nothing, and in which nothing runs but ``script``."""
    root = Element("html", {"lang": "en"})
    head = SubElement(root, "head")
    head.append(h("meta", charset="utf-8"))
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'; form-action 'none'"
    )
    SubElement(head, "meta", {"http-equiv": "Content-Security-Policy", "content": policy})
    head.append(h("meta", name="viewport", content="width=device-width, initial-scale=1"))
    head.append(h("meta", name="color-scheme", content="light dark"))
    head.append(h("title", title))
    # Raw text elements: written as they are, and ours
    SubElement(head, "style").text = style
    root.append(h("body", *body))
    last = SubElement(root[-1], "script")
    last.text = script
    return "<!doctype html>\n" + tostring(root, encoding="unicode", method="html") + "\n"


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
