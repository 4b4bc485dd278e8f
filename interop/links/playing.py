"""The hosts that documents lead to, played on this machine by one forward proxy: every answer follows from a seed.

``python playing.py FRAGMENTS CERTIFICATE`` says its port on standard output, and ends when its standard input does. FRAGMENTS
is a JSON file of the fragments that are looked for, by URI without them; the certificate of its authority is written to
CERTIFICATE. Nobody is connected to: a CONNECT is answered here, too. It needs trustme, and nothing of Statuary.
"""

from __future__ import annotations

import asyncio
import contextlib
import html
import json
import ssl
import sys
import zlib
from collections import Counter
from importlib import import_module
from pathlib import Path
from urllib.parse import unquote, urlsplit

SEED = "9110"
# Of a hundred URIs, how many are of which kind
KINDS = {
    "fine": 58,
    "moved": 7,
    "moved twice": 4,
    "moved, then for now": 3,
    "elsewhere": 6,
    "missing": 5,
    "gone": 3,
    "moved, then missing": 2,
    "moved to the front": 2,
    "to log in": 1,
    "in a circle": 1,
    "refused": 1,
    "HEAD refused": 3,
    "HEAD wrong": 2,
    "busy once": 2,
}
BROKEN = frozenset({"missing", "gone", "moved, then missing", "in a circle", "refused"})
"""What nobody can read who follows such a link."""
NAMED = 90
"""Of a hundred fragments, how many name something."""


def hashed(text: str) -> int:
    """The same number from 0 to 99 each time."""
    return zlib.crc32(f"{SEED} {text}".encode()) % 100


def kind_of(uri: str) -> str:
    """What becomes of a URI, which has no fragment."""
    # However it is spelt: linkchecker escapes it in a query
    uri = uri.replace("%40", "@")
    path = urlsplit(uri).path
    if path in ("", "/") or path.startswith(("/_new/", "/_login")):
        return "fine"
    if path.startswith("/_none/"):
        return "missing"
    if path.startswith("/_two/"):
        return "moved"
    if path.startswith("/_now/"):
        return "elsewhere"
    part = hashed(uri)
    for kind, number in KINDS.items():
        part -= number
        if part < 0:
            return kind
    return "fine"


def is_named(uri: str, fragment: str) -> bool:
    """Whether there is something with the name of a fragment in the page of a URI that a link has."""
    return hashed(f"{uri}#{fragment}") < NAMED


def answer(method: str, uri: str, asked: Counter[str], fragments: dict[str, list[str]]) -> tuple[int, list[str], bytes]:
    """The status, further header lines, and the content."""
    parts = urlsplit(uri)
    asked[f"{method} {uri}"] += 1
    for prefix in ("/_two", "/_now", "/_new", "/_none"):
        if parts.path.startswith(f"{prefix}/"):
            first = uri.replace(prefix, "", 1)
            break
    else:
        first = uri
    there = f"{parts.path}?{parts.query}" if parts.query else parts.path
    plain = there.removeprefix("/_two").removeprefix("/_now")
    match kind_of(uri):
        case "moved":
            return 301, [f"Location: /_new{plain}"], b""
        case "moved twice":
            return 308, [f"Location: /_two{plain}"], b""
        case "moved, then for now":
            return 301, [f"Location: /_now{plain}"], b""
        case "elsewhere":
            return 302, [f"Location: /_new{plain}"], b""
        case "moved, then missing":
            return 301, [f"Location: /_none{plain}"], b""
        case "moved to the front":
            return 301, ["Location: /"], b""
        case "to log in":
            return 302, ["Location: /_login/login?next=there"], b""
        case "in a circle":
            return 302, [f"Location: {there}"], b""
        case "missing":
            return 404, [], b""
        case "gone":
            return 410, [], b""
        case "refused":
            return 403, [], b""
        case "HEAD refused" if method == "HEAD":
            return 405, ["Allow: GET"], b""
        case "HEAD wrong" if method == "HEAD":
            return 404, [], b""
        case "busy once" if sum(asked[f"{one} {uri}"] for one in ("GET", "HEAD")) == 1:
            return 429, ["Retry-After: 1"], b""
    names = [unquote(name) for name in fragments.get(first, ()) if is_named(first, name)]
    page = "".join(f'<p id="{html.escape(name)}">x</p>\n' for name in ["a", "b", "c", "d", *names])
    return 200, ["Content-Type: text/html; charset=utf-8"], f"<!DOCTYPE html><title>x</title>\n{page}".encode()


class Playing:
    """The proxy, and all hosts behind it."""

    def __init__(self, fragments: dict[str, list[str]], certificate: Path) -> None:
        # It is there in the environment that this is run in
        trustme = import_module("trustme")

        self._fragments = fragments
        self._authority = trustme.CA()
        self._authority.cert_pem.write_to_path(str(certificate))
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._asked: Counter[str] = Counter()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection: to the proxy, and after a CONNECT to a host."""
        with contextlib.suppress(OSError, EOFError, ssl.SSLError, ValueError):
            await self._serve(reader, writer)
        writer.close()
        with contextlib.suppress(OSError, ssl.SSLError):
            await writer.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = ""
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            method, target, _ = head.split(" ", 2)
            if method == "CONNECT":
                writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
                await writer.drain()
                host = target.removesuffix(":443")
                await writer.start_tls(self._context(target.rpartition(":")[0].strip("[]")))
                continue
            uri = f"https://{host}{target}" if host else target
            status, lines, content = answer(method, uri, self._asked, self._fragments)
            fields = "".join(f"{line}\r\n" for line in [*lines, f"Content-Length: {len(content)}"])
            writer.write(f"HTTP/1.1 {status} Played\r\n{fields}\r\n".encode())
            writer.write(b"" if method == "HEAD" else content)
            await writer.drain()
            if "\r\nconnection: close" in head.lower():
                return

    def _context(self, host: str) -> ssl.SSLContext:
        if host not in self._contexts:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._authority.issue_cert(host).configure_cert(context)
            self._contexts[host] = context
        return self._contexts[host]


async def main(fragments: dict[str, list[str]], certificate: Path) -> None:
    """Play until standard input ends."""
    server = await asyncio.start_server(Playing(fragments, certificate).serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(main(json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2])))
