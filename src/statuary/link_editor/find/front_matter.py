"""Front matter: data about a document at its beginning, between lines of --- (YAML) or +++ (TOML)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from statuary.link_editor.find import data
from statuary.link_editor.link import Link

# A line between two rulers is none: the first that isn't blank has a key, a comment or nothing but data in it
_FRONT_MATTER = re.compile(
    r"(?P<fence>---|\+\+\+)[ \t]*(?:\r\n|\r(?!\n)|\n)"
    r"(?P<body>(?:[ \t]*(?:\r\n|\r(?!\n)|\n))*"
    r"(?:[ \t]*(?:[\w.\"'-][^\r\n:=]*[:=](?=[ \t\r\n\"'\[{\w-])|[\[{#])[^\r\n]*[\r\n])(?s:.*?))??"
    r"(?<=[\r\n])(?:(?P=fence)|\.\.\.)[ \t]*(?:\r\n|\r(?!\n)|\n|\Z)"
)


def blanked(text: str) -> str:
    """The text with spaces where its front matter was, so that all else stays where it is."""
    match = _FRONT_MATTER.match(text)
    return text if match is None else re.sub(r"[^\r\n]", " ", match[0]) + text[match.end() :]


def find(text: str) -> Sequence[Link]:
    """The links of the front matter alone. Raises Unreadable."""
    match = _FRONT_MATTER.match(text)
    if match is None or not match["body"]:
        return []
    in_body = data.finder("a.yaml" if match["fence"] == "---" else "a.toml")
    return [link.moved_by(match.start("body")) for link in in_body(match["body"])]
