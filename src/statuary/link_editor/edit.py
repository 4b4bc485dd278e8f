"""Changing links in a text, and texts in their files: nothing but what was decided on, all of it or nothing."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from difflib import unified_diff
from itertools import pairwise
from pathlib import Path

from statuary.link_editor.link import Cut, Link, written

Finder = Callable[[str], Sequence[Link]]


@dataclass(frozen=True, slots=True)
class Edit:
    """A link and the URL that takes its place; None removes the link and keeps its text."""

    link: Link
    to: str | None

    def cuts(self, text: str) -> tuple[Cut, ...]:
        """What of the text it changes. Raises ValueError where a link can't be removed."""
        link = self.link
        if self.to is None:
            if link.removal is None:
                raise ValueError("it can't be told what has to be removed")
            return link.removal
        to = self.to
        # A reference without a scheme stays one
        if link.url.startswith("//"):
            to = to.partition(":")[2]
        return (Cut(link.start, link.end, written(to, link.form)),)


def applied(text: str, edits: Sequence[Edit], find: Finder) -> tuple[str, tuple[Edit, ...]]:
    """The text with those edits that can be made in it, and these edits.

    An edit is made only if afterwards the same links are found as before, but for those that were edited, and those as
    they are meant to be: where the format would take the new URL for something else, the link is left alone.
    """
    if not edits:
        return text, ()
    made = _made(text, edits, find)
    if made is not None:
        return made, tuple(edits)
    kept: list[Edit] = []
    for one in edits:
        trial = _made(text, [*kept, one], find)
        if trial is not None:
            made = trial
            kept.append(one)
    return (text if made is None or not kept else made), tuple(kept)


def _made(text: str, edits: Sequence[Edit], find: Finder) -> str | None:
    """The text with all edits, None if they don't go together or with the format."""
    cuts: dict[tuple[int, int], Cut] = {}
    for edit in edits:
        for cut in edit.cuts(text):
            if cuts.setdefault((cut.start, cut.end), cut) != cut:
                return None
    ordered = sorted(cuts.values(), key=lambda cut: (cut.start, cut.end))
    if any(one.end > other.start for one, other in pairwise(ordered)):
        return None
    changed = cut_up(text, ordered)
    return changed if _expected(text, edits, find) == [link.url for link in find(changed)] else None


def cut_up(text: str, cuts: Sequence[Cut]) -> str:
    """The text with the cuts made, which are in order and do not overlap."""
    pieces, position = [], 0
    for cut in cuts:
        pieces += [text[position : cut.start], cut.text]
        position = cut.end
    return "".join([*pieces, text[position:]])


def _expected(text: str, edits: Sequence[Edit], find: Finder) -> list[str]:
    """The URLs that are to be found afterwards, in order."""
    to = {(edit.link.start, edit.link.end): edit for edit in edits}
    expected = []
    for link in find(text):
        edit = to.get((link.start, link.end))
        if edit is None:
            expected.append(link.url)
        elif edit.to is not None:
            expected.append(edit.to.partition(":")[2] if link.url.startswith("//") else edit.to)
    return expected


def diff(name: str, old: str, new: str) -> str:
    """The difference as ``patch`` and ``git apply`` take it."""
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for line in unified_diff(_lines(old), _lines(new), f"a/{name}", f"b/{name}")
    )


def _lines(text: str) -> list[str]:
    """Lines end with \\n and nothing else, or a patch would not fit."""
    parts = text.split("\n")
    return [f"{one}\n" for one in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


class Changed(OSError):  # noqa: N818
    """The file is not what it was when its links were found: it is left alone."""


def write(path: Path, old: bytes, new: bytes) -> None:
    """Put ``new`` where ``old`` is, in one step: whoever reads sees one or the other, also after a crash.

    Permissions stay, a symbolic link stays one. Raises Changed if there is anything else than ``old``, and OSError.
    """
    target = path.resolve(strict=True)
    was = target.stat()
    if target.read_bytes() != old:
        raise Changed(f"{path} was changed meanwhile")
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with open(descriptor, "wb") as file:
            file.write(new)
            file.flush()
            os.fchmod(file.fileno(), stat.S_IMODE(was.st_mode))
            with suppress(PermissionError):
                os.fchown(file.fileno(), was.st_uid, was.st_gid)
            os.fsync(file.fileno())
        now = target.stat()
        if (now.st_mtime_ns, now.st_size, now.st_ino) != (was.st_mtime_ns, was.st_size, was.st_ino):
            raise Changed(f"{path} was changed meanwhile")
        os.replace(name, target)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(name)
        raise
    # The new name is on the disk only when the directory is
    directory = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
