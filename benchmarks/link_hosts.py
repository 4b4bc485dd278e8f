"""Many hosts on this machine, each at a loopback address of its own, in one process that counts what every one is asked.

``python -m benchmarks.link_hosts HOSTS PORT LATENCY`` says "ready" on standard output, and ends when its standard input
does; then it writes one line of JSON about what it saw. Linux has all of 127.0.0.0/8 on its loopback interface.

What becomes of a path is said by ``answer``; both the files with the links and the check of the results rest on it.
"""

import asyncio
import json
import socket
import sys
import time
import zlib
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

Kind = Literal["fine", "moved", "elsewhere", "head refused", "missing", "gone"]

FIRST = 127 << 24 | 1 << 16
_WINDOW = 1.0


def address(host: int) -> str:
    """The address of a host, by its number."""
    return socket.inet_ntoa((FIRST + 256 * (host // 250) + host % 250 + 1).to_bytes(4, "big"))


def kind_of(number: int) -> Kind:
    """What becomes of the path /NUMBER: of a hundred, 84 are there, 10 redirect, 3 are refused to HEAD, 3 are not there."""
    # Of each host some are of every kind
    part = zlib.crc32(b"%d" % number) % 100
    if part < 84:
        return "fine"
    if part < 90:
        return "moved"
    if part < 94:
        return "elsewhere"
    if part < 97:
        return "head refused"
    return "missing" if part < 99 else "gone"


def answer(method: bytes, target: bytes) -> bytes:
    """The response to a request. A path with a letter ahead of its number is where a redirect led: it is there."""
    name = target[1:]
    kind = kind_of(int(name)) if name.isdigit() else "fine" if name[:1] == b"t" else "missing"
    match kind:
        case "moved":
            return b"HTTP/1.1 301 Moved\r\nLocation: /t" + name + b"\r\nContent-Length: 0\r\n\r\n"
        case "elsewhere":
            return b"HTTP/1.1 302 Found\r\nLocation: /t" + name + b"\r\nContent-Length: 0\r\n\r\n"
        case "missing":
            return b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"
        case "gone":
            return b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n"
        case "head refused" if method == b"HEAD":
            return b"HTTP/1.1 405 No\r\nAllow: GET\r\nContent-Length: 0\r\n\r\n"
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\n"
    return head if method == b"HEAD" else head + b"There."


@dataclass(slots=True)
class Host:
    """What one host saw: requests, those at once, connections, and times of the last second."""

    requests: int = 0
    at_once: int = 0
    most_at_once: int = 0
    connections: int = 0
    most_a_second: int = 0
    times: list[float] = field(default_factory=list)

    def begin(self, now: float) -> None:
        self.requests += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.times = [one for one in self.times if one > now - _WINDOW]
        self.times.append(now)
        self.most_a_second = max(self.most_a_second, len(self.times))


class Connection(asyncio.Protocol):
    """One connection to a host; its requests have no content, and are answered in their order."""

    def __init__(self, host: Host, latency: float) -> None:
        self._host = host
        self._latency = latency
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._host.connections += 1

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head, self._buffer = self._buffer[:end], self._buffer[end + 4 :]
            method, target, _ = head.split(b" ", 2)
            self._host.begin(time.monotonic())
            octets = answer(method, target)
            is_last = b"\r\nconnection: close" in head.lower()
            # A request lasts for at least as long as it takes to come round
            asyncio.get_running_loop().call_later(self._latency, self._send, octets, is_last)

    def _send(self, octets: bytes, is_last: bool) -> None:
        self._host.at_once -= 1
        self._transport.write(octets)
        if is_last:
            self._transport.close()


async def serve(hosts: int, port: int, latency: float) -> dict[str, object]:
    """Serve until standard input ends; what was seen."""
    loop = asyncio.get_running_loop()
    seen = [Host() for _ in range(hosts)]
    servers = [
        await loop.create_server(partial(Connection, host, latency), address(number), port, backlog=1024)
        for number, host in enumerate(seen)
    ]
    print("ready", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    for server in servers:
        server.close()
    return {
        "requests": sum(one.requests for one in seen),
        "connections": sum(one.connections for one in seen),
        "most_at_once": max(one.most_at_once for one in seen),
        "most_a_second": max(one.most_a_second for one in seen),
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))))
