"""Links to files nearby: whether the file is there, and has what the fragment names."""

from __future__ import annotations

from pathlib import Path

from statuary.link_editor.find import format_of, html, markdown
from statuary.link_editor.link import Unreadable
from statuary.link_editor.references import Local
from statuary.link_editor.text import decoded
from statuary.link_editor.verdict import Verdict

_INDEXES = ("index.html", "index.htm", "README.md", "index.md")


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
            # Servers add it for those who leave it out
            for one in (target, target.with_name(f"{target.name}.html") if target.name else target):
                if one.is_dir():
                    return next((index for name in _INDEXES if (index := one / name).is_file()), one)
                if one.exists():
                    return one
        except (OSError, ValueError):
            return Verdict("invalid URL", "There can't be a file called that.")
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
