"""Documents of several files, in AsciiDoc and reStructuredText: what a file includes, and whether it is included."""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path

from statuary.link_editor.find import format_of
from statuary.link_editor.text import decoded

_ASCIIDOC = re.compile(r"^include::(\S[^\[\r\n]*)\[[^\r\n]*$", re.MULTILINE)
_RESTRUCTUREDTEXT = re.compile(r"^[ \t]*\.\.[ \t]+include::[ \t]+(\S[^\r\n]*?)[ \t]*$", re.MULTILINE)
_INCLUDES = {"asciidoc": _ASCIIDOC, "restructuredtext": _RESTRUCTUREDTEXT}
_PARTS = (".adoc", ".asciidoc", ".asc", ".rst", ".rest", ".txt", ".inc")
_NEVER = frozenset({".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv"})
_MOST_LEVELS, _MOST_FOLDERS = 16, 5000


def whole(path: Path, format: str) -> str | None:
    """The text of a document with what it includes; None where that can't be told. Raises OSError."""
    return _whole(path, _INCLUDES[format], ())


def _whole(path: Path, pattern: re.Pattern[str], within: tuple[Path, ...]) -> str | None:
    text = decoded(path.read_bytes())
    if text is None or path in within or len(within) > _MOST_LEVELS:
        return None
    pieces, last = [], 0
    for match in pattern.finditer(text.text):
        name = match[1]
        if Path(name).suffix.lower() not in _PARTS and "{" not in name:
            continue  # a source, or what comes with docutils
        part = None if re.search(r"[{:$]", name) else _read(path.parent / name, pattern, (*within, path))
        if part is None:
            return None
        pieces += [text.text[last : match.start()], part]
        last = match.end()
    return "".join([*pieces, text.text[last:]])


def _read(path: Path, pattern: re.Pattern[str], within: tuple[Path, ...]) -> str | None:
    try:
        return _whole(path, pattern, within)
    except OSError:
        return None


def is_part(path: Path) -> bool:
    """Whether a document of the same project may include it; then what it refers to may be in another part."""
    names = _included_below(_project_of(path.absolute().parent))
    return path.name in names or "" in names


@cache
def _project_of(folder: Path) -> Path:
    """The folder of the repository, or else the one where this runs, or that of the file."""
    for one in (folder, *folder.parents):
        if (one / ".git").exists():
            return one
    return Path.cwd() if folder.is_relative_to(Path.cwd()) else folder


@cache
def _included_below(folder: Path) -> frozenset[str]:
    """The names of all files that are included; an empty one where a name is put together."""
    names = set()
    for number, (parent, folders, files) in enumerate(os.walk(folder)):
        if number > _MOST_FOLDERS:
            return frozenset({""})  # that is no project, and nobody can tell
        folders[:] = [one for one in folders if one not in _NEVER]
        for name in files:
            pattern = _INCLUDES.get(format_of(name) or "")
            if pattern is not None:
                names |= _names_in(Path(parent) / name, pattern)
    return frozenset(names)


def _names_in(path: Path, pattern: re.Pattern[str]) -> set[str]:
    try:
        text = decoded(path.read_bytes())
    except OSError:
        return set()
    named = (re.split(r"[/:$]", match[1])[-1] for match in pattern.finditer(text.text if text else ""))
    return {"" if "{" in one else one for one in named}
