"""A server that says what a test tells it to, on a port of this machine: each request method and field has its answer."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable
from pathlib import Path

CERTIFICATE = Path(__file__).with_name("self_signed.pem")
"""Of localhost, with its key; made for these tests, trusted by nobody."""

Script = Callable[[bytes], bytes | None]


@contextlib.asynccontextmanager
async def scripted(script: Script, *, tls: bool = False, stays_open: bool = False) -> AsyncIterator[str]:
    """Its URL. The script gets the head of a request and gives all octets to answer, or None to say nothing for good."""
    released = asyncio.Event()
    serving: set[asyncio.Task[None]] = set()

    async def serve(incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            answer = script(await incoming.read(65536))
            if answer is not None:
                outgoing.write(answer)
                await outgoing.drain()
            if answer is None or stays_open:
                await released.wait()
        outgoing.close()
        with contextlib.suppress(OSError):
            await outgoing.wait_closed()

    def accept(incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
        serving.add(asyncio.create_task(serve(incoming, outgoing)))

    context = None
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"http{'s' if tls else ''}://127.0.0.1:{port}"
    finally:
        released.set()
        server.close()
        await asyncio.gather(*serving)
        await server.wait_closed()
