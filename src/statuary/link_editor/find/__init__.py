"""Links in text, one module for each format; a format is told by the name of the file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import Literal, get_args

from statuary.link_editor.link import Link

Format = Literal["markdown", "html", "plain", "xml", "restructuredtext", "asciidoc", "notebook", "data", "source"]
FORMATS: tuple[Format, ...] = get_args(Format)
Overrides = Sequence[tuple[str, Format]]
"""Patterns of names, and the format that files called so have whatever their names say; the first that fits counts."""
BY_OPTION: tuple[Format, ...] = ("data", "source")
"""The formats in which URLs are often no links: looked into only if asked to."""

_SUFFIXES: dict[str, Format] = {
    **dict.fromkeys((".md", ".markdown", ".mdown", ".mkd"), "markdown"),
    **dict.fromkeys((".html", ".htm", ".xhtml"), "html"),
    **dict.fromkeys((".txt", ".text"), "plain"),
    **dict.fromkeys((".xml", ".rss", ".atom"), "xml"),
    **dict.fromkeys((".rst", ".rest"), "restructuredtext"),
    **dict.fromkeys((".adoc", ".asciidoc", ".asc"), "asciidoc"),
    ".ipynb": "notebook",
    **dict.fromkeys((".toml", ".yaml", ".yml", ".json"), "data"),
    **dict.fromkeys((".py", ".sh", ".rb", ".pl", ".r"), "source"),
    **dict.fromkeys((".c", ".h", ".cc", ".cpp", ".hpp", ".cs", ".java", ".kt", ".scala", ".swift"), "source"),
    **dict.fromkeys((".js", ".mjs", ".ts", ".jsx", ".tsx", ".go", ".rs", ".php", ".css", ".scss"), "source"),
}
_NAMES: dict[str, Format] = {"README": "plain", "INSTALL": "plain", "NEWS": "plain", "CHANGES": "plain"}


def format_of(name: str, overrides: Overrides = ()) -> Format | None:
    """The format of a file by its name, None where it has none that is known."""
    path = PurePath(name)
    for pattern, format in overrides:
        if path.match(pattern):
            return format
    return _SUFFIXES.get(path.suffix.lower()) or _NAMES.get(path.name)


def find(text: str, format: Format, name: str = "") -> Sequence[Link]:
    """The links in a text, in order; ``name`` tells one source language from another. Raises Unreadable."""
    return sorted(_finder(format, name)(text), key=lambda link: (link.start, link.end))


def _finder(format: Format, name: str) -> Callable[[str], Sequence[Link]]:
    # Loaded when needed: Markdown's parser takes its time
    match format:
        case "markdown":
            from statuary.link_editor.find import markdown

            return markdown.find
        case "html":
            from statuary.link_editor.find import html

            return html.find
        case "xml":
            from statuary.link_editor.find import xml

            return xml.find
        case "restructuredtext":
            from statuary.link_editor.find import restructuredtext

            return restructuredtext.find
        case "asciidoc":
            from statuary.link_editor.find import asciidoc

            return asciidoc.find
        case "notebook":
            from statuary.link_editor.find import notebook

            return notebook.find
        case "source":
            from statuary.link_editor.find import comments

            return comments.finder(PurePath(name).suffix.lower())
        case "plain" | "data":
            from statuary.link_editor.find import plain

            return plain.find
