"""What moved and what was removed between two states of a site: two folders, or what git knows of one."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

# Its share of what only one old page and one new page have, from which on they are taken for the same
_SIMILAR = 0.5
_EMPTY = sha256(b"").hexdigest()
# What changes in a page when it moves, in HTML and in Markdown
_LINKED = re.compile(rb"\b(?:href|src)\s*=\s*(?:\"[^\"\n]*\"|'[^'\n]*')|\]\([^)\s]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Moves:
    """Names of files below the root of the site, with slashes: where each moved to, what was removed, what is there now."""

    moved: tuple[tuple[str, str], ...] = ()
    gone: tuple[str, ...] = ()
    there: frozenset[str] = frozenset()


def of_folders(old: Path, new: Path) -> Moves:
    """What moved between two trees: a file that isn't there any more, and one that wasn't there and is as good as the same.

    That is one with the same content, of several or of empty ones the one with the same name; or else one that has most of
    the lines that no other file has: who moves a page often has to change its links. Raises OSError.
    """
    before, after = _tree(old), _tree(new)
    added: dict[str, list[str]] = {}
    for path, content in after.items():
        if path not in before:
            added.setdefault(content, []).append(path)
    moved: dict[str, str] = {}
    left: list[str] = []
    for path in sorted(before.keys() - after.keys()):
        to = _only(path, added.get(before[path], []), is_empty=before[path] == _EMPTY)
        if to is None:
            left.append(path)
        else:
            moved[path] = to
    taken = set(moved.values())
    moved |= _similar(
        {path: (old / path).read_bytes() for path in left},
        {path: (new / path).read_bytes() for path in after.keys() - before.keys() if path not in taken},
    )
    gone = tuple(path for path in left if path not in moved)
    return Moves(tuple(sorted(moved.items())), gone, frozenset(after))


def _only(path: str, candidates: Iterable[str], *, is_empty: bool) -> str | None:
    candidates = list(candidates)
    if len(candidates) == 1 and not is_empty:
        return candidates[0]
    same = [one for one in candidates if one.rpartition("/")[2] == path.rpartition("/")[2]]
    return same[0] if len(same) == 1 else None


def _similar(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> dict[str, str]:
    """Of each old file the new one that has most of it, by lines that stand in one file alone: not what all pages have."""
    places = _own_lines(new)
    whole: Counter[str] = Counter()
    shared: Counter[tuple[str, str]] = Counter()
    for line, path in _own_lines(old).items():
        whole[path] += len(line)
        if line in places:
            shared[path, places[line]] += len(line)
    found: dict[str, str] = {}
    taken: set[str] = set()
    for (path, to), octets in sorted(shared.items(), key=lambda one: (-one[1] / whole[one[0][0]], one[0])):
        if octets >= _SIMILAR * whole[path] and path not in found and to not in taken:
            found[path] = to
            taken.add(to)
    return found


def _own_lines(files: Mapping[str, bytes]) -> dict[bytes, str]:
    """The lines that stand in one file alone, whatever they link to, and in which."""
    places: dict[bytes, str | None] = {}
    for path, content in files.items():
        for line in {line.strip() for line in _LINKED.sub(b"", content).split(b"\n")}:
            if line:
                places[line] = path if line not in places else None
    return {line: path for line, path in places.items() if path is not None}


def _tree(root: Path) -> Mapping[str, str]:
    if not root.is_dir():
        raise NotADirectoryError(20, "not a folder", str(root))
    names = ((one.relative_to(root).as_posix(), one) for one in sorted(root.rglob("*")) if one.is_file())
    return {name: sha256(one.read_bytes()).hexdigest() for name, one in names if _is_served(name)}


def _is_served(name: str) -> bool:
    """Hidden files and the configuration are not."""
    return name != "statuary.toml" and not any(part.startswith(".") for part in name.split("/"))


def of_git(commits: str, folder: Path) -> Moves:
    """What git takes to be renamed and removed below a folder. Raises ValueError.

    ``commits`` is a range such as ``v1..v2``, or one commit to compare with what is there now, as far as git knows of it.
    """
    options = ("--name-status", "-z", "-M", "-l0", "--diff-filter=RD", "--relative")
    parts = iter(_git(folder, "diff", *options, "--end-of-options", commits))
    moved, gone = [], []
    for status in parts:
        if status.startswith("R"):
            moved.append((next(parts), next(parts)))
        elif status:
            gone.append(next(parts))
    _, dots, last = commits.rpartition("..")
    if dots:
        there = _git(folder, "ls-tree", "-r", "-z", "--name-only", "--end-of-options", last or "HEAD")
    else:
        there = _git(folder, "ls-files", "-z")
    # What moved to where it is not served is gone
    gone += [old for old, new in moved if not _is_served(new)]
    return Moves(
        tuple((old, new) for old, new in moved if _is_served(old) and _is_served(new)),
        tuple(sorted(filter(_is_served, gone))),
        frozenset(filter(_is_served, there)),
    )


def _git(folder: Path, *arguments: str) -> list[str]:
    command = ["git", "-C", str(folder), *arguments, "--", "."]
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603
    if done.returncode:
        raise ValueError(f"git: {done.stderr.decode('utf-8', 'replace').strip()}")
    return done.stdout.decode("utf-8", "surrogateescape").split("\0")[:-1]
