"""Where the strings of a JSON text are, and what leads to them: the standard parser tells values, and no places."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from statuary.link_editor.find.mapped import Mapped, replaced

Path = tuple[str | int, ...]
_TOKEN = re.compile(r'\s*(?:("(?:[^"\\]|\\.)*")|([\[{\]},:])|([^\s"\[\]{},:]+))', re.DOTALL)
_ESCAPE = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.", re.DOTALL)
# What programs write for people to edit, such as their settings
_COMMENT = re.compile(r'("(?:[^"\\]|\\.)*")|//[^\r\n]*|/\*.*?\*/', re.DOTALL)
_LAST_COMMA = re.compile(r'("(?:[^"\\]|\\.)*")|,(?=\s*[\]}])', re.DOTALL)


def without_comments(text: str) -> str:
    """The text, as long as before, with spaces where there were comments, or commas after the last value."""
    for pattern in (_COMMENT, _LAST_COMMA):
        text = pattern.sub(lambda match: match[1] or re.sub(r"[^\r\n]", " ", match[0]), text)
    return text


def unescaped_string(raw: str, offset: int) -> Mapped:
    """What is between the quotation marks of a string, which begins at ``offset``."""
    return replaced(raw, offset, _ESCAPE, lambda one: str(json.loads(f'"{one}"')))


def strings(text: str) -> Iterator[tuple[Path, Mapped]]:
    """Each string that is a value, with the keys and numbers that lead to it. The text is JSON that was read already."""
    path: list[str | int] = []
    key: str | None = None
    for match in _TOKEN.finditer(text):
        if match[1] is not None:
            in_object = bool(path) and isinstance(path[-1], str)
            if in_object and key is None:
                key = json.loads(match[1])
                path[-1] = key
            else:
                yield tuple(path), unescaped_string(match[1][1:-1], match.start(1) + 1)
        elif match[2] == "{":
            path.append("")
            key = None
        elif match[2] == "[":
            path.append(0)
        elif match[2] in ("}", "]"):
            path.pop()
            key = ""
        elif match[2] == ",":
            last = path[-1]
            if isinstance(last, int):
                path[-1] = last + 1
            else:
                key = None
