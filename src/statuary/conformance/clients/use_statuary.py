"""Statuary's own user agent, a UserAgent for each case."""

import asyncio
import ssl

from pull_loop import Began, run

from statuary.semantics.reaction import Login, Policy
from statuary.semantics.target_uri import origin_of
from statuary.user_agent.agent import UserAgent
from statuary.user_agent.errors import ContentFailed
from statuary.user_agent.timeouts import Timeouts

runner = asyncio.Runner()
agent = None


async def ended():
    global agent
    if agent is not None:
        await agent.close()
    agent = None


async def obeyed(request, seconds, trust):
    global agent
    logins = [Login(origin_of(request["url"]), *request["credentials"])] if request["credentials"] else []
    tls = ssl.create_default_context(cafile=trust)
    limit = Timeouts(whole=seconds - 0.2)
    agent = agent or UserAgent(Policy(logins=tuple(logins)), timeouts=limit, proxies=request["proxy"], tls=tls)
    data = None if request["content"] is None else request["content"].encode("latin-1")
    try:
        fetched = await agent.fetch(
            request["method"],
            request["url"],
            fields=[tuple(line) for line in request["fields"]],
            content=[data] if request["unsized"] else data,
            expects_continue=True if request["expect"] else None,
        )
    except ContentFailed as error:
        raise Began(None) from error
    end = fetched.uri + (f"#{fetched.fragment}" if fetched.fragment else "")
    return fetched.status, fetched.content, end


run(lambda *given: runner.run(obeyed(*given)), lambda: runner.run(ended()))
