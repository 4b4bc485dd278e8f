"""robots.txt, for those who want their links checked as a robot would (RFC 9309)."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes, urlsplit

from statuary.semantics.target_uri import resolve
from statuary.user_agent.agent import UserAgent
from statuary.user_agent.errors import FetchError

NAME = "statuary"
_MOST_REDIRECTS = 5  # at least, section 2.3.1.2
_MOST_OCTETS = 512_000  # at least 500 KiB, section 2.5
_KEPT = "!$&'()*+,-./:;=?@_~%"


@dataclass(frozen=True, slots=True)
class Rules:
    """What is permitted: patterns of paths, each with whether it allows."""

    patterns: tuple[tuple[str, bool], ...] = ()

    def permit(self, path: str) -> bool:
        """Whether a path with its query may be asked for: the longest pattern says, or the one that allows, section 2.2.2."""
        found = [(len(text), allows) for text, allows in self.patterns if _matches(text, _spelt(path))]
        return max(found, default=(0, True))[1]


EVERYTHING = Rules()
NOTHING = Rules((("/", False),))


def parse(text: str, name: str = NAME) -> Rules:
    """The rules for a robot of that name: all groups that name it, or else those for all, sections 2.2.1 and 2.2.2."""
    groups: dict[str, list[tuple[str, bool]]] = {}
    agents: list[str] = []
    is_naming = False
    for line in re.split(r"[\r\n]+", text.lstrip("\ufeff")):
        key, mark, value = (part.strip() for part in line.partition("#")[0].partition(":"))
        key = key.lower()
        if mark and key == "user-agent":
            agents = [*agents, value.lower()] if is_naming else [value.lower()]
            groups.setdefault(value.lower(), [])
            is_naming = True
        elif mark and key in ("allow", "disallow"):
            is_naming = False
            if value:
                for agent in agents:
                    groups[agent].append((_spelt(value), key == "allow"))
    return Rules(tuple(groups.get(name, groups.get("*", ()))))


def _spelt(path: str) -> str:
    """With all octets escaped that have to be, and no others, so that equal paths are equal texts; section 2.2.2."""
    pieces = re.split("(%[0-9A-Fa-f]{2})", path)
    return "".join(_octet(piece) if place % 2 else quote(piece, safe=_KEPT) for place, piece in enumerate(pieces))


def _octet(escaped: str) -> str:
    octet = unquote_to_bytes(escaped)
    return octet.decode() if re.fullmatch(rb"[A-Za-z0-9._~-]", octet) else escaped.upper()


def _matches(pattern: str, path: str) -> bool:
    """``*`` stands for anything, and ``$`` at the end for the end, section 2.2.3."""
    body = pattern.removesuffix("$")
    first, *parts = body.split("*")
    if not path.startswith(first):
        return False
    if body == pattern:
        last = ""
    elif not parts:
        return path == first
    else:
        last = parts.pop()
    position = len(first)
    for part in parts:
        position = path.find(part, position) + len(part)
        if position < len(part):
            return False
    return len(path) - len(last) >= position and path.endswith(last)


class Robots:
    """What hosts permit, each asked once."""

    def __init__(self, agent: UserAgent) -> None:
        self._agent = agent
        self._rules: dict[str, asyncio.Task[Rules]] = {}

    async def permits(self, url: str) -> bool:
        """Whether a robot may ask for it."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._rules:
            # Others who come to the host meanwhile wait for the same answer
            self._rules[origin] = asyncio.create_task(self._read(f"{origin}/robots.txt"))
        path = parts.path or "/"
        return (await self._rules[origin]).permit(f"{path}?{parts.query}" if parts.query else path)

    async def _read(self, url: str) -> Rules:
        for _ in range(_MOST_REDIRECTS + 1):
            try:
                status, leads_to, content = await self._ask(url)
            except FetchError:
                return NOTHING
            if status // 100 == 2:
                return parse(content.decode("utf-8", "replace"))
            if status // 100 == 5 or status == 429:
                # Unreachable: nothing is permitted, section 2.3.1.4
                return NOTHING
            if leads_to is None:
                break
            url = leads_to
        # Unavailable: everything is, section 2.3.1.3
        return EVERYTHING

    async def _ask(self, url: str) -> tuple[int, str | None, bytes]:
        """The status, where it leads, and the content as far as it counts."""
        async with self._agent.stream("GET", url) as streamed:
            content = b""
            if streamed.status // 100 == 2:
                async for piece in streamed:
                    content += piece
                    if len(content) >= _MOST_OCTETS:
                        break
            location = streamed.fields.get("location") if streamed.status // 100 == 3 else None
            found = resolve(streamed.uri, location) if location is not None else None
            return streamed.status, found[0] if found is not None else None, content[:_MOST_OCTETS]
