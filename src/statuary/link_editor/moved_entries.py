"""The [[moved]] and [[gone]] entries that a site's statuary.toml should have when files moved; see docs/configuration.md."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote

from statuary.link_editor.moves import Moves

_INDEXES = ("index.html", "index.htm")
_PACKED = (".br", ".gz", ".zst")


def entries(moves: Moves, declared: str = "") -> str:
    """The entries as TOML; what the configuration ``declared`` says already is left out. Raises ValueError."""
    known = _declared(declared)
    folders = dict(_folders(moves))
    moved = [
        (old, new)
        for old, new in moves.moved
        if not _is_packed(old, {one for one, _ in moves.moved}) and not any(old.startswith(one) for one in folders)
    ]
    rules = [([f"{_path(old)}*"], f"{_path(new)}*") for old, new in folders.items()]
    rules += [(_paths(old), _path(new)) for old, new in moved if _path(old) != _path(new)]
    pieces = _outdated(known, {path: to for paths, to in rules for path in paths})
    for paths, to in rules:
        if left := [one for one in paths if one not in known]:
            pieces.append(f"[[moved]]\npath = {_list(left)}\nto = {_string(to)}\nstatus = 308\n")
    for old in moves.gone:
        left = [one for one in _paths(old) if one not in known]
        if left and not _is_packed(old, moves.gone):
            pieces.append(f"[[gone]]\npath = {_list(left)}\n")
    return "\n".join(pieces)


def _folders(moves: Moves) -> Iterator[tuple[str, str]]:
    """The folders that moved as a whole, with a slash at their end, and where to: nothing stayed in them, nothing is gone."""
    covered: tuple[str, ...] = ()
    stayed = {folder for name in (*moves.there, *moves.gone) for folder in _above(name)}
    for folder in sorted({folder for old, _ in moves.moved for folder in _above(old)}):
        if folder in stayed or folder.startswith(covered):
            continue
        inside = [(old.removeprefix(folder), new) for old, new in moves.moved if old.startswith(folder)]
        to = {new.removesuffix(name) if f"/{new}".endswith(f"/{name}") else None for name, new in inside}
        if len(inside) > 1 and len(to) == 1 and (first := to.pop()) is not None:
            covered = (*covered, folder)
            yield folder, first


def _above(name: str) -> Iterator[str]:
    """The folders that a file is in, each with a slash at its end."""
    return (name[: match.end()] for match in re.finditer("/", name))


def _is_packed(name: str, others: Iterable[str]) -> bool:
    """Whether it is a compressed form of another file, which is served at that one's path."""
    return name.endswith(_PACKED) and name.rpartition(".")[0] in others


def _paths(name: str) -> list[str]:
    """The paths at which a file was served: a folder's index at the folder's, too."""
    path = _path(name)
    if name.rpartition("/")[2] not in _INDEXES:
        return [path]
    return [path, *([path[:-1]] if path != "/" else []), f"/{_quoted(name)}"]


def _path(name: str) -> str:
    """The path at which a file is served, or a folder whose name ends with a slash."""
    parent, slash, last = name.rpartition("/")
    return f"/{_quoted(parent + slash if last in _INDEXES else name)}"


def _quoted(name: str) -> str:
    return quote(name.encode("utf-8", "surrogateescape"), safe="/~!$&'()+,;=:@-._")


def _declared(text: str) -> Mapping[str, str | None]:
    """The paths of which a configuration says that they moved, and where to, or that they are gone: None."""
    try:
        value = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"statuary.toml: not TOML: {error}") from None
    known: dict[str, str | None] = {}
    for name in ("moved", "gone"):
        tables = value.get(name, [])
        for table in tables if isinstance(tables, list) else []:
            path = table.get("path", []) if isinstance(table, dict) else []
            known |= dict.fromkeys([path] if isinstance(path, str) else path, table.get("to"))
    return known


def _outdated(known: Mapping[str, str | None], moved: Mapping[str, str]) -> list[str]:
    """A comment for each entry that would lead on to another redirect."""
    return [
        f"# {_string(path)} leads to {_string(to)} already, which moved: lead it to {_string(moved[to])}\n"
        for path, to in known.items()
        if to is not None and to in moved
    ]


def _list(paths: list[str]) -> str:
    return _string(paths[0]) if len(paths) == 1 else f"[{', '.join(map(_string, paths))}]"


def _string(text: str) -> str:
    return json.dumps(text)
