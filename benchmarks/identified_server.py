"""`python -m benchmarks.identified_server PORT`: a server whose every answer tells which request it belongs to.

Length, framing and slowness follow from the target, so that whoever asks knows what has to come, and nothing else will do.
"""

import asyncio
import contextlib
import hashlib
import re
import sys

HOST = "127.0.0.1"
LARGEST = 200_000


def content_of(target: str, sent: bytes) -> bytes:
    """What is answered to a request for a target with this content: like no other, and of its own length."""
    seed = hashlib.sha256(target.encode("ascii") + b" " + sent).digest()
    length = int.from_bytes(seed[:3], "big") % LARGEST if seed[3] % 8 == 0 else int.from_bytes(seed[:2], "big") % 2000
    return (seed * (length // len(seed) + 1))[:length]


async def serve(incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
        while True:
            head = (await incoming.readuntil(b"\r\n\r\n")).decode("latin-1")
            method, target, _ = head.split(" ", 2)
            length = re.search(r"^content-length: ([0-9]+)\r$", head, re.MULTILINE | re.IGNORECASE)
            sent = await incoming.readexactly(int(length[1])) if length else b""
            if not await answer(outgoing, method, target, sent):
                break
    outgoing.close()


async def answer(outgoing: asyncio.StreamWriter, method: str, target: str, sent: bytes) -> bool:
    """Whether the connection goes on."""
    content = content_of(target, sent)
    digest = hashlib.sha256(content).hexdigest()
    head = f"HTTP/1.1 200 OK\r\nX-Target: {target}\r\nX-Digest: {digest}\r\n"
    kind = len(content) % 4
    if method == "HEAD":
        outgoing.write(f"{head}Content-Length: {len(content)}\r\n\r\n".encode("ascii"))
        await outgoing.drain()
        return True
    if kind == 0:
        outgoing.write(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode("ascii"))
        for begin in range(0, len(content), 5000):
            piece = content[begin : begin + 5000]
            outgoing.write(b"%x\r\n%b\r\n" % (len(piece), piece))
            await outgoing.drain()
        outgoing.write(b"0\r\n\r\n")
    else:
        outgoing.write(f"{head}Content-Length: {len(content)}\r\n\r\n".encode("ascii"))
        # In two parts, so that some are cut between them
        outgoing.write(content[: len(content) // 2])
        await outgoing.drain()
        await asyncio.sleep(0)
        outgoing.write(content[len(content) // 2 :])
    await outgoing.drain()
    return kind != 3 or target[-1] != "7"


async def main(port: int) -> None:
    server = await asyncio.start_server(serve, HOST, port, backlog=2048)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main(int(sys.argv[1])))
