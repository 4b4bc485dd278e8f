"""Links to files nearby: whether the file is there, and has what the fragment names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from errno import ELOOP
from functools import cache
from pathlib import Path

from statuary.link_editor.find import asciidoc_anchors, format_of, html, markdown, restructuredtext_anchors
from statuary.link_editor.included import is_part, whole
from statuary.link_editor.link import Unreadable
from statuary.link_editor.names import Anchors, in_page, looked_for
from statuary.link_editor.references import Local
from statuary.link_editor.text import decoded
from statuary.link_editor.verdict import Verdict

_INDEXES = ("index.html", "index.htm", "README.md", "index.md", "index.rst")
_OF_PARTS: dict[str, Callable[[str], Anchors | None]] = {
    "asciidoc": asciidoc_anchors.anchors,
    "restructuredtext": restructuredtext_anchors.anchors,
}
_OF_ONE: dict[str, Callable[[str], Anchors | None]] = {
    "html": in_page,
    "svg": lambda text: Anchors(frozenset(html.anchors(text, is_xml=True))),
    "markdown": lambda text: Anchors(frozenset(markdown.anchors(text))),
}
# What pages are built of: who links to the page means them
_SOURCES = (".md", ".rst", ".adoc", ".ipynb", ".markdown", ".txt")


class Files:
    """The files that links lead to. ``root`` is where paths begin that begin with a slash, None where nobody knows."""

    def __init__(self, root: Path | None = None) -> None:
        self._root = root
        self._anchors: dict[Path, Anchors | None] = {}

    def verdict(self, link: Local, file: Path) -> Verdict:
        """The verdict on a link that stands in ``file``."""
        found = self._find(link.path, file)
        if isinstance(found, Verdict):
            return found
        # A style sheet names fonts in images, too, which are taken whatever they are called
        if not link.fragment or format_of(file.name) == "css":
            return Verdict("fine", "The file is there.")
        anchors = self._anchors_of(found)
        name = looked_for(link.fragment)
        if anchors is None or name is None or anchors.has(name):
            return Verdict("fine", "The file is there.")
        if not link.path and format_of(file.name) in _OF_PARTS and is_part(file):
            return Verdict("unchecked", f"Nothing in {found.name} is called #{name}; it may be a part of what has it.")
        if name.lower() in {one.lower() for one in anchors.exact}:
            return Verdict("missing", f"Nothing in {found.name} is called #{name}, but for upper and lower case.")
        return Verdict("missing", f"Nothing in {found.name} is called #{name}.")

    def _find(self, path: str, file: Path) -> Path | Verdict:
        if not path:
            return file
        if path.startswith("/"):
            if self._root is None:
                return Verdict("unchecked", "It begins at the root of a site; --root tells where that is.")
            target = self._root / path.lstrip("/")
        else:
            target = file.parent / path
        try:
            found = _first(target)
        except PermissionError:
            return Verdict("unchecked", "Its folder may not be looked into.")
        except (OSError, ValueError):
            return Verdict("invalid URL", "There can't be a file called that.")
        if found is not None:
            return found
        reason = _why_it_may_be(path, file)
        if reason is not None:
            return Verdict("unchecked", f"There is no such file, {reason}.")
        return Verdict("missing", f"There is no file {path}.")

    def _anchors_of(self, path: Path) -> Anchors | None:
        """What fragments can name in a file; None where nobody can tell."""
        if path not in self._anchors:
            self._anchors[path] = self._read(path)
        return self._anchors[path]

    def _read(self, path: Path) -> Anchors | None:
        format = format_of(path.name)
        if format is None or not path.is_file():
            return None
        try:
            if format in _OF_PARTS:
                parts = whole(path, format)
                return None if parts is None else _OF_PARTS[format](parts)
            text = decoded(path.read_bytes())
            return None if text is None or format not in _OF_ONE else _OF_ONE[format](text.text)
        except (OSError, Unreadable):
            return None


def _first(target: Path) -> Path | None:
    """The file, a folder's index, or what may stand for them. Raises OSError and ValueError for what can be no name."""
    if _is_there(target):
        if target.is_dir():
            return next((index for name in _INDEXES if (index := target / name).is_file()), target)
        return target
    with suppress(OSError):
        return next((one for one in _others(target) if _is_there(one)), None)
    return None


def _is_there(path: Path) -> bool:
    """Whether there is a file or folder called so; pathlib's questions answer no to some names and raise for others."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        if error.errno == ELOOP:
            return False
        raise
    return True


def _others(target: Path) -> Iterator[Path]:
    """Files that may stand for one that isn't there."""
    if not target.name:
        return
    # Servers add it for those who leave it out
    yield target.with_name(f"{target.name}.html")
    is_page = target.suffix.lower() in (".html", ".htm")
    for suffix in _SOURCES:
        yield target.with_suffix(suffix) if is_page else target.with_name(target.name + suffix)


def _why_it_may_be(path: str, file: Path) -> str | None:
    """Why a link in a file may be right all the same, though there is no such file."""
    format, folder = format_of(file.name), file.parent.absolute()
    if format == "markdown" and "/" not in path and _has_above("conf.py", folder):
        return "and it may be a cross-reference of Sphinx"
    if format == "restructuredtext" and path.endswith(".html") and _has_above("conf.py", folder):
        return "and it may be a page that Sphinx makes"
    if format == "asciidoc" and _has_above("antora.yml", folder):
        return "and it may be a resource of Antora"
    if format in _OF_PARTS and is_part(file):
        return "but this one may be a part of what is elsewhere"
    return None


@cache
def _has_above(name: str, folder: Path) -> bool:
    """Whether it has the settings of Sphinx or Antora above it: with them, links can name what is called so anywhere."""
    return any((one / name).is_file() for one in (folder, *folder.parents[:5]))
