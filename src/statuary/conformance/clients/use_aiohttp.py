"""aiohttp, a session for each case."""

import asyncio
import ssl

import aiohttp
from pull_loop import Began, run

runner = asyncio.Runner()
session = None


async def ended():
    global session
    if session is not None:
        await session.close()
    session = None


async def obeyed(request, seconds, trust):
    global session
    session = session or aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=seconds))
    content = request["content"]
    data = None if content is None else content.encode("latin-1")
    async with session.request(
        request["method"],
        request["url"],
        headers=request["fields"],
        data=data,
        chunked=True if request["unsized"] else None,
        expect100=request["expect"],
        auth=aiohttp.BasicAuth(*request["credentials"]) if request["credentials"] else None,
        proxy=request["proxy"],
        ssl=ssl.create_default_context(cafile=trust),
    ) as response:
        try:
            return response.status, await response.read()
        except aiohttp.ClientError as error:
            raise Began(response.status) from error


run(lambda *given: runner.run(obeyed(*given)), lambda: runner.run(ended()))
