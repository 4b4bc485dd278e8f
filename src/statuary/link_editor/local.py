"""Links to files nearby: whether the file is there, and has what the fragment names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from errno import ELOOP
from functools import cache
from pathlib import Path

from statuary.link_editor.find import format_of, html, markdown
from statuary.link_editor.link import Unreadable
from statuary.link_editor.references import Local
from statuary.link_editor.text import decoded
from statuary.link_editor.verdict import Verdict

_INDEXES = ("index.html", "index.htm", "README.md", "index.md", "index.rst")
# What pages are built of: who links to the page means them
_SOURCES = (".md", ".rst", ".adoc", ".ipynb", ".markdown", ".txt")


class Files:
    """The files that links lead to. ``root`` is where paths begin that begin with a slash, None where nobody knows."""

    def __init__(self, root: Path | None = None) -> None:
        self._root = root
        self._anchors: dict[Path, frozenset[str] | None] = {}

    def verdict(self, link: Local, file: Path) -> Verdict:
        """The verdict on a link that stands in ``file``."""
        found = self._find(link.path, file)
        if isinstance(found, Verdict):
            return found
        if not link.fragment or link.fragment == "top":
            return Verdict("fine", "The file is there.")
        anchors = self._anchors_of(found)
        if anchors is None or link.fragment in anchors or link.fragment.startswith(("L", ":~:")):
            return Verdict("fine", "The file is there.")
        if link.fragment.lower() in {one.lower() for one in anchors}:
            return Verdict(
                "missing", f"Nothing in {found.name} is called #{link.fragment}, but for upper and lower case."
            )
        return Verdict("missing", f"Nothing in {found.name} is called #{link.fragment}.")

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
        if format_of(file.name) == "markdown" and "/" not in path and _is_in_sphinx(file.parent.absolute()):
            return Verdict("unchecked", "There is no such file, and it may be a cross-reference of Sphinx.")
        return Verdict("missing", f"There is no file {path}.")

    def _anchors_of(self, path: Path) -> frozenset[str] | None:
        """What fragments can name in a file; None where nobody can tell."""
        if path not in self._anchors:
            self._anchors[path] = self._read(path)
        return self._anchors[path]

    def _read(self, path: Path) -> frozenset[str] | None:
        format = format_of(path.name)
        if format not in ("html", "markdown") or not path.is_file():
            return None
        try:
            text = decoded(path.read_bytes())
            if text is None:
                return None
            return frozenset(html.anchors(text.text) if format == "html" else markdown.anchors(text.text))
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


@cache
def _is_in_sphinx(folder: Path) -> bool:
    """Whether Sphinx builds what is there: then a link in Markdown can name what is called so anywhere."""
    return any((one / "conf.py").is_file() for one in (folder, *folder.parents[:5]))
