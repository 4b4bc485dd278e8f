"""Sources of programs: the URLs in their comments. Strings are passed over: what looks like a comment there is none."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from statuary.link_editor.find import plain
from statuary.link_editor.link import Link

_STRINGS = r'"""(?s:.*?)"""|\'\'\'(?s:.*?)\'\'\'|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\''
_HASH = re.compile(rf"(\#[^\n]*)|{_STRINGS}")
_SLASHES = re.compile(r'(//[^\n]*|/\*(?s:.*?)\*/)|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|`(?:[^`\\]|\\.)*`')
_WITH_HASH = frozenset({".py", ".sh", ".rb", ".pl", ".r", ".toml", ".yaml", ".yml"})


def finder(suffix: str) -> Callable[[str], Sequence[Link]]:
    """What finds the links in sources whose names end so."""
    pattern = _HASH if suffix in _WITH_HASH else _SLASHES

    def find(text: str) -> Sequence[Link]:
        found: list[Link] = []
        for match in pattern.finditer(text):
            if match[1] is not None:
                found += plain.find_in(text, match.start(1), match.end(1), what="comment")
        return found

    return find
