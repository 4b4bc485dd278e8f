"""The least a Python server can do, as a bound for one that does more: DIR HOST PORT LOOP.

It is no HTTP server: every arrival is taken for one whole request, and gets octets that were made at the start, without
a look at the method, the fields, the file system or the clock, and without a log.
"""

import asyncio
import sys
from pathlib import Path
from typing import cast

ETAG = '"floor"'


def respond(status: str, content: bytes, *lines: str) -> bytes:
    length = [] if status.startswith("304") else [f"Content-Length: {len(content)}"]
    fields = ["Date: Tue, 14 Nov 2023 22:13:20 GMT", "Content-Type: text/plain", f"ETag: {ETAG}", *length, *lines]
    return "\r\n".join([f"HTTP/1.1 {status}", *fields, "", ""]).encode("ascii") + content


def make_responses(directory: Path) -> dict[bytes, tuple[bytes, bytes, bytes]]:
    """For each file's path its 200, a 206 of its first hundred octets, and its 304."""
    responses = {}
    for file in directory.iterdir():
        content = file.read_bytes()
        part = respond("206 Partial Content", content[:100], f"Content-Range: bytes 0-99/{len(content)}")
        responses[f"/{file.name}".encode()] = (respond("200 OK", content), part, respond("304 Not Modified", b""))
    return responses


class Floor(asyncio.Protocol):
    def __init__(self, responses: dict[bytes, tuple[bytes, bytes, bytes]]) -> None:
        self._responses = responses
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are none of asyncio's by class, only by what they do
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        whole, part, not_modified = self._responses[data.split(b" ", 2)[1]]
        if b"\r\nRange:" in data:
            self._transport.write(part)
        elif b"\r\nIf-None-Match:" in data:
            self._transport.write(not_modified)
        else:
            self._transport.write(whole)


async def serve(directory: str, host: str, port: str) -> None:
    responses = make_responses(Path(directory))
    server = await asyncio.get_running_loop().create_server(lambda: Floor(responses), host, int(port))
    await server.serve_forever()


def main(directory: str, host: str, port: str, loop: str) -> None:
    if loop == "uvloop":
        import uvloop

        uvloop.run(serve(directory, host, port))
    else:
        asyncio.run(serve(directory, host, port))


if __name__ == "__main__":
    main(*sys.argv[1:])
