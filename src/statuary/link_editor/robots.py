"""robots.txt, for those who want their links checked as a robot would (RFC 9309)."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from statuary.user_agent.agent import UserAgent
from statuary.user_agent.errors import FetchError

NAME = "statuary"


class Robots:
    """What hosts permit, each asked once."""

    def __init__(self, agent: UserAgent) -> None:
        self._agent = agent
        self._rules: dict[str, asyncio.Task[RobotFileParser]] = {}

    async def permits(self, url: str) -> bool:
        """Whether a robot may ask for it."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._rules:
            # Others who come to the host meanwhile wait for the same answer
            self._rules[origin] = asyncio.create_task(self._read(f"{origin}/robots.txt"))
        return (await self._rules[origin]).can_fetch(NAME, url)

    async def _read(self, url: str) -> RobotFileParser:
        rules = RobotFileParser()
        try:
            fetched = await self._agent.fetch("GET", url)
        except FetchError:
            rules.parse(["User-agent: *", "Disallow: /"])
            return rules
        if fetched.status // 100 == 2:
            rules.parse(fetched.content.decode("utf-8", "replace").splitlines())
        elif fetched.status // 100 == 5:
            # Unreachable: nothing is permitted, RFC 9309 section 2.3.1.4
            rules.parse(["User-agent: *", "Disallow: /"])
        else:
            # Unavailable: everything is, section 2.3.1.3
            rules.parse([])
        return rules
