"""Servers that say exactly what a test tells them to, octets and endings, on real sockets of this machine."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from socket import SO_LINGER, SOL_SOCKET

CERTIFICATE = Path(__file__).parents[1] / "conformance" / "self_signed.pem"


@dataclass
class Asked:
    """A request as a peer received it."""

    line: str
    fields: dict[str, str]
    content: bytes = b""
    trailers: bytes = b""

    @property
    def method(self) -> str:
        return self.line.split(" ")[0]

    @property
    def target(self) -> str:
        return self.line.split(" ")[1]


class Talk:
    """One connection, from the side of the server. ``number`` counts the connections from 0."""

    def __init__(self, number: int, incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter, seen: list[Asked]):
        self.number = number
        self._incoming = incoming
        self._outgoing = outgoing
        self._seen = seen

    async def head(self) -> Asked:
        """The next request, without its content. Raises EOFError where there is none."""
        data = await self._incoming.readuntil(b"\r\n\r\n")
        line, *lines = data.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
        asked = Asked(line, {name.lower(): value for name, _, value in (one.partition(": ") for one in lines)})
        self._seen.append(asked)
        return asked

    async def content(self, asked: Asked) -> bytes:
        """What its framing announces."""
        if asked.fields.get("transfer-encoding") == "chunked":
            while size := int(await self._incoming.readline(), 16):
                asked.content += await self._incoming.readexactly(size)
                await self._incoming.readexactly(2)
            while (line := await self._incoming.readline()) != b"\r\n":
                asked.trailers += line
        else:
            asked.content = await self._incoming.readexactly(int(asked.fields.get("content-length", "0")))
        return asked.content

    async def request(self) -> Asked:
        """The next request, with its content."""
        asked = await self.head()
        await self.content(asked)
        return asked

    async def send(self, text: str | bytes) -> None:
        """Octets; in text, lines end with CR LF."""
        self._outgoing.write(text if isinstance(text, bytes) else text.replace("\n", "\r\n").encode("latin-1"))
        await self._outgoing.drain()

    async def answer(self, status: int, content: bytes = b"", *lines: str) -> None:
        """A response with its length."""
        fields = "".join(f"{line}\n" for line in (*lines, f"Content-Length: {len(content)}"))
        await self.send(f"HTTP/1.1 {status} Text\n{fields}\n".replace("\n", "\r\n").encode() + content)

    async def read(self) -> bytes:
        """Whatever comes next, nothing at the end."""
        return await self._incoming.read(65536)

    def reset(self) -> None:
        """The connection ends with an error for the client."""
        socket = self._outgoing.get_extra_info("socket")
        socket.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
        self._outgoing.transport.abort()

    async def closed(self) -> None:
        """Until the client has closed."""
        with contextlib.suppress(OSError):
            while await self._incoming.read(65536):
                pass


@dataclass
class Peer:
    """A server that runs: its port, and every request that it received."""

    port: int
    seen: list[Asked]
    scheme: str = "http"

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"


Script = Callable[[Talk], Awaitable[None]]


@contextlib.asynccontextmanager
async def peer(script: Script, *, tls: bool = False, host: str = "127.0.0.1") -> AsyncIterator[Peer]:
    """A server whose every connection goes by the script, and ends with it."""
    seen: list[Asked] = []
    talks: list[asyncio.Task[None]] = []
    problems: list[Exception] = []

    async def talk(number: int, incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
        try:
            await script(Talk(number, incoming, outgoing, seen))
        except (EOFError, OSError):
            pass
        except Exception as error:
            problems.append(error)
        finally:
            outgoing.close()
        with contextlib.suppress(OSError):
            await outgoing.wait_closed()

    def accept(incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
        talks.append(asyncio.create_task(talk(len(talks), incoming, outgoing)))

    context = None
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        context.set_alpn_protocols(["http/1.1"])
    server = await asyncio.start_server(accept, host, 0, ssl=context)
    try:
        yield Peer(server.sockets[0].getsockname()[1], seen, "https" if tls else "http")
    finally:
        server.close()
        for one in talks:
            one.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
        await server.wait_closed()
        assert problems == []


def always(*answers: str) -> Script:
    """Each request on a connection gets the next of these answers, the last of them for ever."""

    async def script(talk: Talk) -> None:
        number = 0
        while True:
            await talk.request()
            await talk.send(answers[min(number, len(answers) - 1)])
            number += 1

    return script
