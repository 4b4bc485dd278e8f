"""Changing links in a text, and texts in their files: nothing but what was decided on, all of it or nothing."""

from __future__ import annotations

import os
import re
import stat
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from difflib import unified_diff
from errno import EACCES
from itertools import pairwise
from pathlib import Path

from statuary.link_editor.link import Cut, Link, Unreadable
from statuary.link_editor.text import Text

Finder = Callable[[str], Sequence[Link]]
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Edit:
    """A link and the URL that takes its place; None removes the link and keeps its text."""

    link: Link
    to: str | None

    def cuts(self) -> tuple[Cut, ...]:
        """What of the text it changes. Raises ValueError where a link can't be removed."""
        link = self.link
        if self.to is None:
            if link.removal is None:
                raise ValueError("it can't be told what has to be removed")
            return link.removal
        return (Cut(link.start, link.end, link.written(self.url or "")),)

    @property
    def url(self) -> str | None:
        """The URL as it will be found: a reference without a scheme stays one."""
        if self.to is not None and self.link.url.startswith("//"):
            return self.to.partition(":")[2]
        return self.to


def applied(text: str, edits: Sequence[Edit], find: Finder) -> tuple[str, tuple[Edit, ...]]:
    """The text with those edits that can be made in it, and these edits.

    An edit is made only if afterwards the same links are found as before, but for those that were edited, and those where
    and as they are meant to be: where the format would take the new URL for something else, the link is left alone.
    """
    editing = _Editing(text, find)
    kept = editing.possible([], list(edits))
    made = editing.made(kept)
    return (text, ()) if made is None or not kept else (made, tuple(kept))


class _Editing:
    """Attempts at editing one text."""

    def __init__(self, text: str, find: Finder) -> None:
        self._text = text
        self._find = find
        self._links: Sequence[Link] | None = None

    def possible(self, kept: list[Edit], edits: list[Edit]) -> list[Edit]:
        """Those that can be made, ``kept`` and others: where all can't, each half is tried."""
        if not edits or self.made([*kept, *edits]) is not None:
            return [*kept, *edits]
        if len(edits) == 1:
            return kept
        half = len(edits) // 2
        return self.possible(self.possible(kept, edits[:half]), edits[half:])

    def made(self, edits: Sequence[Edit]) -> str | None:
        """The text with all edits, None if they don't go together or with the format."""
        if not edits:
            return self._text
        cuts: dict[tuple[int, int], Cut] = {}
        for edit in edits:
            for cut in edit.cuts():
                if cuts.setdefault((cut.start, cut.end), cut) != cut:
                    return None
        ordered = sorted(cuts.values(), key=lambda cut: (cut.start, cut.end))
        if any(one.end > other.start for one, other in pairwise(ordered)):
            return None
        changed = cut_up(self._text, ordered)
        try:
            found = [(link.start, link.url) for link in self._find(changed)]
        except Unreadable:
            return None
        return changed if found == self._expected(edits, ordered) else None

    def _expected(self, edits: Sequence[Edit], cuts: Sequence[Cut]) -> list[tuple[int, str]]:
        """Where links begin that are to be found afterwards, and their URLs, in order."""
        if self._links is None:
            self._links = self._find(self._text)
        to = {(edit.link.start, edit.link.end): edit for edit in edits}
        expected = []
        shift = passed = 0
        for link in self._links:
            while passed < len(cuts) and cuts[passed].end <= link.start:
                shift += len(cuts[passed].text) - (cuts[passed].end - cuts[passed].start)
                passed += 1
            edit = to.get((link.start, link.end))
            url = link.url if edit is None else edit.url
            if url is not None:
                expected.append((link.start + shift, url))
        return expected


def cut_up(text: str, cuts: Sequence[Cut]) -> str:
    """The text with the cuts made, which are in order and do not overlap."""
    pieces, position = [], 0
    for cut in cuts:
        pieces += [text[position : cut.start], cut.text]
        position = cut.end
    return "".join([*pieces, text[position:]])


def diff(name: str, old: str, new: str) -> str:
    """The difference as ``patch`` and ``git apply`` take it."""
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for line in unified_diff(_lines(old), _lines(new), _in_patch(f"a/{name}"), _in_patch(f"b/{name}"))
    )


def _in_patch(name: str) -> str:
    """A name of a file as its line of a patch can have it."""
    if _CONTROL.search(name):
        quoted = _CONTROL.sub(lambda one: f"\\{ord(one[0]):03o}", re.sub(r'["\\]', r"\\\g<0>", name))
        return f'"{quoted}"'
    # With spaces it has a tab behind it, or would end at the first
    return f"{name}\t" if " " in name else name


def patch(name: str, old: Text, new: str) -> bytes:
    """The difference in the octets of the file, empty where a patch can't have them: its lines end with one octet."""
    if old.codec.startswith("utf-16"):
        return b""
    head, body = re.split(r"(?m)^(?=@@)", diff(name, old.text, new), maxsplit=1)
    return head.encode("utf-8", "surrogateescape") + body.encode(old.codec)


def _lines(text: str) -> list[str]:
    """Lines end with \\n and nothing else, or a patch would not fit."""
    parts = text.split("\n")
    return [f"{one}\n" for one in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


class Changed(OSError):  # noqa: N818
    """The file is not what it was when its links were found: it is left alone."""


def write(path: Path, old: bytes, new: bytes) -> None:
    """Put ``new`` where ``old`` is, in one step: whoever reads sees one or the other, also after a crash.

    Owner, permissions and extended attributes stay, a symbolic link stays one. Raises Changed if there is anything else
    than ``old``, PermissionError for a file that may not be written, and OSError.
    """
    target = path.resolve(strict=True)
    was = target.stat()
    # A new file in its place could be made all the same
    if not was.st_mode & 0o222 or not os.access(target, os.W_OK):
        raise PermissionError(EACCES, "it is read-only: it is left alone", str(path))
    if target.read_bytes() != old:
        raise Changed(f"{path} was changed meanwhile")
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:100]}.")
    try:
        with open(descriptor, "wb") as file:
            file.write(new)
            file.flush()
            _make_alike(file.fileno(), target, was)
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


def _make_alike(descriptor: int, target: Path, was: os.stat_result) -> None:
    """Give a new file the owner, the permissions and the extended attributes of another, as far as they can be given."""
    with suppress(PermissionError):
        os.fchown(descriptor, was.st_uid, was.st_gid)
    # After the owner, with whom some permissions go
    os.fchmod(descriptor, stat.S_IMODE(was.st_mode))
    if sys.platform == "linux":
        with suppress(OSError):
            for attribute in os.listxattr(target):
                os.setxattr(descriptor, attribute, os.getxattr(target, attribute))
