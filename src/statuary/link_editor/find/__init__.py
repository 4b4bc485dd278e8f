"""Links in text, one module for each format; a format is told by the name of the file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial
from pathlib import PurePath
from typing import Literal, get_args

from statuary.link_editor.find import front_matter
from statuary.link_editor.link import Link

Format = Literal[
    "markdown", "html", "svg", "css", "plain", "xml", "restructuredtext", "asciidoc", "notebook", "data", "source"
]
FORMATS: tuple[Format, ...] = get_args(Format)
BY_OPTION: tuple[Format, ...] = ("data", "source")
"""The formats in which URLs are often no links: looked into only if asked to."""
Part = Literal["code", "front-matter"]
PARTS: tuple[Part, ...] = get_args(Part)
"""What is no text of a document: looked into only if asked to, which is written as in ``markdown+code``."""
Overrides = Sequence[tuple[str, str]]
"""Patterns of names, and the format, with its parts, that files called so have whatever their names say; the first that
fits counts."""

_BYTE_ORDER_MARK = "\ufeff"
_FENCES = ("---", "+++")
_WITH_PARTS: dict[str, frozenset[str]] = {
    "markdown": frozenset({"code", "front-matter"}),
    "restructuredtext": frozenset({"code"}),
    "asciidoc": frozenset({"code", "front-matter"}),
    "notebook": frozenset({"code"}),
    "html": frozenset({"front-matter"}),
}
_SUFFIXES: dict[str, Format] = {
    **dict.fromkeys((".md", ".markdown", ".mdown", ".mkd", ".mdx", ".qmd", ".rmd"), "markdown"),
    **dict.fromkeys((".html", ".htm", ".xhtml", ".shtml"), "html"),
    ".svg": "svg",
    ".css": "css",
    **dict.fromkeys((".txt", ".text"), "plain"),
    **dict.fromkeys((".xml", ".rss", ".atom", ".rdf", ".opml"), "xml"),
    **dict.fromkeys((".rst", ".rest"), "restructuredtext"),
    **dict.fromkeys((".adoc", ".asciidoc", ".asc"), "asciidoc"),
    ".ipynb": "notebook",
    **dict.fromkeys((".toml", ".yaml", ".yml", ".json", ".jsonc", ".geojson", ".webmanifest"), "data"),
    **dict.fromkeys((".py", ".sh", ".rb", ".pl", ".r"), "source"),
    **dict.fromkeys((".c", ".h", ".cc", ".cpp", ".hpp", ".cs", ".java", ".kt", ".scala", ".swift"), "source"),
    **dict.fromkeys((".js", ".mjs", ".ts", ".jsx", ".tsx", ".go", ".rs", ".php", ".scss", ".less"), "source"),
}
_NAMES: dict[str, Format] = {"README": "plain", "INSTALL": "plain", "NEWS": "plain", "CHANGES": "plain"}


def format_of(name: str, overrides: Overrides = ()) -> str | None:
    """The format of a file by its name, with parts as ``overrides`` have them; None where it has none that is known."""
    path = PurePath(name)
    lower = PurePath(name.lower())
    for pattern, format in overrides:
        if path.match(pattern) or lower.match(pattern):
            return format
    return _SUFFIXES.get(path.suffix.lower()) or _NAMES.get(path.name)


def with_parts(overrides: Overrides, parts: Collection[str]) -> Overrides:
    """Overrides by which these parts, too, are looked into, in all formats that have them."""
    if not parts:
        return overrides
    usual = [*((f"*{suffix}", format) for suffix, format in _SUFFIXES.items())]
    return [(pattern, "+".join([format, *_taken(format, parts)])) for pattern, format in [*overrides, *usual]]


def _taken(format: str, parts: Iterable[str]) -> list[str]:
    base, *already = format.split("+")
    return [one for one in parts if one in _WITH_PARTS.get(base, ()) and one not in already]


def is_format(text: str) -> bool:
    """Whether it is a format, or one with parts that it can have."""
    base, *parts = text.split("+")
    return base in FORMATS and _WITH_PARTS.get(base, frozenset()).issuperset(parts)


def base_of(format: str | None) -> str | None:
    """The format without its parts."""
    return None if format is None else format.partition("+")[0]


def find(text: str, format: str, name: str = "") -> Sequence[Link]:
    """The links in a text, in order; ``name`` tells one language from another. Raises Unreadable."""
    if text.startswith(_BYTE_ORDER_MARK):
        return [link.moved_by(1) for link in find(text[1:], format, name)]
    base, *parts = format.split("+")
    has_front_matter = "front-matter" in _WITH_PARTS.get(base, ()) and text.startswith(_FENCES)
    links = _finder(base, name, "code" in parts)(front_matter.blanked(text) if has_front_matter else text)
    if has_front_matter and "front-matter" in parts:
        links = [*links, *front_matter.find(text)]
    return sorted(links, key=lambda link: (link.start, link.end))


def _finder(format: str, name: str, code: bool) -> Callable[[str], Sequence[Link]]:
    # Loaded when needed: Markdown's parser takes its time
    match format:
        case "markdown":
            from statuary.link_editor.find import markdown

            return partial(markdown.find, code=code)
        case "html":
            from statuary.link_editor.find import html

            return html.find
        case "svg":
            from statuary.link_editor.find import html

            return partial(html.find, is_xml=True)
        case "css":
            from statuary.link_editor.find import css

            return css.find
        case "xml":
            from statuary.link_editor.find import xml

            return xml.find
        case "restructuredtext":
            from statuary.link_editor.find import restructuredtext

            return partial(restructuredtext.find, code=code)
        case "asciidoc":
            from statuary.link_editor.find import asciidoc

            return partial(asciidoc.find, code=code)
        case "notebook":
            from statuary.link_editor.find import notebook

            return partial(notebook.find, code=code)
        case "source":
            from statuary.link_editor.find import comments

            return comments.finder(name)
        case "data":
            from statuary.link_editor.find import data

            return data.finder(name)
        case _:
            from statuary.link_editor.find import plain

            return plain.find
