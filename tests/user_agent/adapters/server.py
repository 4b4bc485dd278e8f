"""A server for clients that block, in a thread. It keeps connections open, and what came on which can be looked at."""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

CERTIFICATE = Path(__file__).parents[2] / "conformance" / "self_signed.pem"
"""Of localhost and 127.0.0.1, with its key."""


@dataclass(frozen=True)
class Seen:
    """A request: its line, its fields by lower-case name, its content, and the number of the connection it came on."""

    method: str
    target: str
    fields: dict[str, str]
    content: bytes
    connection: int


Script = Callable[[Seen], bytes | None]


@dataclass
class Server:
    """``origin`` is its URL without a slash, ``seen`` all that came, ``peers`` the connections."""

    port: int
    script: Script
    seen: list[Seen] = field(default_factory=list)
    host: str = "127.0.0.1"
    peers: list[socket.socket] = field(default_factory=list)

    @property
    def origin(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def lines(self) -> list[str]:
        """What was asked for, with the content."""
        return [f"{one.method} {one.target} {one.content.decode()}".rstrip() for one in self.seen]


def answer(status: int, *fields: str, content: bytes = b"") -> bytes:
    """A response with Content-Length."""
    lines = [f"HTTP/1.1 {status} -", *fields]
    if status not in (204, 304):
        lines.append(f"Content-Length: {len(content)}")
    return "\r\n".join([*lines, "", ""]).encode() + (b"" if status in (204, 304) else content)


def in_turn(*answers: bytes | None) -> Script:
    """One after the other, whatever is asked; the last stays. None closes the connection."""
    left = list(answers)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


def by_target(**answers: bytes) -> Script:
    """By the path without slash, else a 200 that says which path it was."""
    return lambda seen: answers.get(seen.target.strip("/"), answer(200, content=seen.target.encode()))


@contextlib.contextmanager
def serving(script: Script) -> Iterator[Server]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = Server(listener.getsockname()[1], script)
    threads: list[threading.Thread] = []

    def accept() -> None:
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            server.peers.append(peer)
            threads.append(threading.Thread(target=_serve, args=(peer, server, len(server.peers))))
            threads[-1].start()

    accepting = threading.Thread(target=accept)
    accepting.start()
    try:
        yield server
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        accepting.join()
        for peer in server.peers:
            with contextlib.suppress(OSError):
                peer.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join()


def _serve(peer: socket.socket, server: Server, number: int) -> None:
    with peer, peer.makefile("rb") as incoming, contextlib.suppress(OSError):
        while True:
            line = incoming.readline()
            if not line:
                return
            fields = dict(_fields(incoming))
            content = _content(incoming, fields)
            method, target, _ = line.decode("latin-1").split(" ", 2)
            seen = Seen(method, target, fields, content, number)
            server.seen.append(seen)
            response = server.script(seen)
            if response is None:
                return
            peer.sendall(response)
            if method == "CONNECT":
                # The proxy is the origin server too
                with _secured(peer) as inside:
                    server.peers[number - 1] = inside
                    _serve(inside, server, number)
                return
            if b"connection: close" in response.lower():
                return


def _secured(peer: socket.socket) -> ssl.SSLSocket:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context.wrap_socket(peer, server_side=True)


def _fields(incoming: BinaryIO) -> Iterator[tuple[str, str]]:
    while line := incoming.readline().strip():
        name, _, value = line.decode("latin-1").partition(":")
        yield name.lower(), value.strip()


def _content(incoming: BinaryIO, fields: dict[str, str]) -> bytes:
    if "transfer-encoding" not in fields:
        return incoming.read(int(fields.get("content-length", "0")))
    content = b""
    while size := int(re.split(rb"[;\r]", incoming.readline())[0], 16):
        content += incoming.read(size)
        incoming.readline()
    incoming.readline()
    return content
