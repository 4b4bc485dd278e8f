"""The user agent for programs without an event loop: one call, one answer."""

from __future__ import annotations

import asyncio
from typing import Any

from statuary.semantics.reaction import Policy, Stored
from statuary.user_agent.agent import FieldsLike, UserAgent
from statuary.user_agent.fetched import Fetched
from statuary.user_agent.outgoing import Source, Trailers


def fetch(
    method: str,
    url: str,
    *,
    policy: Policy | None = None,
    fields: FieldsLike = (),
    content: Source | None = None,
    trailers: Trailers | None = None,
    stored: Stored | None = None,
    expects_continue: bool | None = None,
    **options: Any,
) -> Fetched:
    """As ``UserAgent.fetch``, by an agent of its own, whose further options are taken too. Not to be called in an event loop.

    Raises NoResponse, ContentFailed, and ValueError for what can't be sent.
    """

    async def run() -> Fetched:
        async with UserAgent(policy, **options) as agent:
            return await agent.fetch(
                method,
                url,
                fields=fields,
                content=content,
                trailers=trailers,
                stored=stored,
                expects_continue=expects_continue,
            )

    return asyncio.run(run())
