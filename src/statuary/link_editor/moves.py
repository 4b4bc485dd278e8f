"""The moves that a site should declare: [[moved]] and [[gone]] entries of statuary.toml, from two trees or from git."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

_INDEXES = ("index.html", "index.htm")


@dataclass(frozen=True, slots=True)
class Moves:
    """Paths below the root of the site, with slashes: where each moved to, and what was removed."""

    moved: tuple[tuple[str, str], ...] = ()
    gone: tuple[str, ...] = ()


def of_folders(old: Path, new: Path) -> Moves:
    """What moved between two trees: a file that isn't there any more, and one with the same content that wasn't there.

    Where there are several, the one with the same name, or else none of them. Raises OSError.
    """
    before, after = _tree(old), _tree(new)
    added: dict[str, list[str]] = {}
    for path, content in after.items():
        if path not in before:
            added.setdefault(content, []).append(path)
    moved, gone = [], []
    for path in sorted(before.keys() - after.keys()):
        to = _only(path, added.get(before[path], []))
        if to is None:
            gone.append(path)
        else:
            moved.append((path, to))
    return Moves(tuple(moved), tuple(gone))


def _only(path: str, candidates: Iterable[str]) -> str | None:
    candidates = list(candidates)
    if len(candidates) == 1:
        return candidates[0]
    same = [one for one in candidates if one.rpartition("/")[2] == path.rpartition("/")[2]]
    return same[0] if len(same) == 1 else None


def _tree(root: Path) -> Mapping[str, str]:
    if not root.is_dir():
        raise NotADirectoryError(20, "not a folder", str(root))
    return {
        one.relative_to(root).as_posix(): sha256(one.read_bytes()).hexdigest()
        for one in sorted(root.rglob("*"))
        if one.is_file() and not any(part.startswith(".") for part in one.relative_to(root).parts)
    }


def of_git(commits: str, folder: Path) -> Moves:
    """What git takes to be renamed and removed between commits such as ``v1..v2``, below a folder. Raises ValueError."""
    command = ["git", "-C", str(folder), "diff", "--name-status", "-z", "-M", "--diff-filter=RD", "--relative"]
    done = subprocess.run([*command, "--end-of-options", commits, "--", "."], capture_output=True, check=False)  # noqa: S603
    if done.returncode:
        raise ValueError(f"git: {done.stderr.decode('utf-8', 'replace').strip()}")
    parts = iter(done.stdout.decode("utf-8", "surrogateescape").split("\0"))
    moved, gone = [], []
    for status in parts:
        if status.startswith("R"):
            moved.append((next(parts), next(parts)))
        elif status:
            gone.append(next(parts))
    return Moves(tuple(moved), tuple(gone))


def entries(moves: Moves) -> str:
    """The entries as TOML."""
    pieces = []
    for old, new in moves.moved:
        if _path(old) != _path(new):
            pieces.append(f"[[moved]]\npath = {_string(_path(old))}\nto = {_string(_path(new))}\nstatus = 308\n")
    pieces += [f"[[gone]]\npath = {_string(_path(one))}\n" for one in moves.gone]
    return "\n".join(pieces)


def _path(name: str) -> str:
    """The path at which a file is served; a folder's index is the folder."""
    parent, _, last = name.rpartition("/")
    shown = f"{parent}/" if last in _INDEXES and parent else "" if last in _INDEXES else name
    return "/" + quote(shown.encode("utf-8", "surrogateescape"), safe="/~!$&'()+,;=:@-._")


def _string(text: str) -> str:
    return json.dumps(text)
