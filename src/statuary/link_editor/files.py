"""Which files are looked into: those that are named, and those below folders that are named, unless git ignores them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path, PurePath

from statuary.link_editor.find import BY_OPTION, FORMATS, Format, Overrides, base_of, format_of

_NEVER = frozenset({".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv"})


def files_below(
    paths: Iterable[Path], formats: Sequence[Format], excluded: Sequence[str] = (), overrides: Overrides = ()
) -> Iterator[Path]:
    """The files, each once, in order. A file that is named is looked into whatever git says of it, and whatever its name.

    ``excluded`` are patterns of paths below the folders, or of names of files and folders. Raises FileNotFoundError.
    """
    seen = set()
    for path in paths:
        if not path.exists():
            raise FileNotFoundError(2, "no such file or folder", str(path))
        for file in _below(path) if path.is_dir() else [path]:
            if path.is_dir() and not _is_wanted(file, path, formats, excluded, overrides):
                continue
            identity = file.resolve()
            # A link and what it leads to are one file
            if identity not in seen and file.is_file():
                seen.add(identity)
                yield file


def _is_wanted(
    file: Path, folder: Path, formats: Sequence[Format], excluded: Sequence[str], overrides: Overrides
) -> bool:
    if base_of(format_of(file.name, overrides)) not in formats:
        return False
    path = file.relative_to(folder)
    inside = (path, *path.parents[:-1])
    return not any(_is_called(one, pattern.removeprefix("**/").rstrip("/")) for one in inside for pattern in excluded)


def _is_called(path: PurePath, pattern: str) -> bool:
    """Whether a pattern is of this path, or of its last names."""
    return fnmatchcase(path.as_posix(), pattern) or path.match(pattern)


def usual_formats() -> list[Format]:
    """Those that are looked into without being asked to."""
    return [one for one in FORMATS if one not in BY_OPTION]


def _below(folder: Path) -> list[Path]:
    listed = _listed_by_git(folder)
    return sorted(_walked(folder) if listed is None else listed)


def _listed_by_git(folder: Path) -> list[Path] | None:
    """What git has or would take; None where there is no git, or the folder is in no repository, or is ignored itself."""
    command = ["git", "-C", str(folder), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603
    except OSError:
        return None
    if done.returncode or not done.stdout:
        return None
    return [folder / os.fsdecode(name) for name in done.stdout.split(b"\0") if name]


def _walked(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(one for one in folders if one not in _NEVER)
        yield from (Path(parent) / name for name in names)
