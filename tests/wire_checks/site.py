"""The directory that the checked server serves, known to the octet, and the ways to ask that server for it."""

from __future__ import annotations

import gzip
import os
import secrets
import time
from dataclasses import dataclass, field
from pathlib import Path

from .client import Connection, Deviation, Response

HELLO = b"".join(b"line %02d of a text that says hello\n" % number for number in range(30))
BIG = b"".join(b"%07d\n" % number for number in range(38_400))
"""300 KB in which every eight octets are unique, so that a misplaced range shows."""
PAGE = b"<!doctype html><title>A page</title>\n" + b"<p>The same paragraph, again and again.</p>\n" * 60
PAGE_GZIP = gzip.compress(PAGE, mtime=0)
INDEX = b"<!doctype html><title>Index</title><p>The index of sub.</p>\n"
ENGLISH = b'<!doctype html><html lang="en"><title>Document</title><p>Good morning</p></html>\n'
GERMAN = b'<!doctype html><html lang="de"><title>Dokument</title><p>Guten Morgen</p></html>\n'
SPACE = b"a file with a space in its name\n"
UNICODE = b"a file with letters beyond ASCII in its name\n"
HIDDEN = b"hidden: 0d9a47c2e1\n"
SECRET = b"outside of the root: 5f2c16b0aa\n"

MODIFIED = 1_600_000_000
"""When every file but one was last modified, in seconds since the epoch."""
FUTURE = 10 * 86_400
"""How far ahead of now `future.txt` was last modified, in seconds."""

FILES = {
    "hello.txt": HELLO,
    "empty.txt": b"",
    "big.bin": BIG,
    "page.html": PAGE,
    "page.html.gz": PAGE_GZIP,
    "sub/index.html": INDEX,
    "listing/one.txt": b"one\n",
    "listing/two.txt": b"two\n",
    "sp ace.txt": SPACE,
    "caf\u00e9.txt": UNICODE,
    ".hidden": HIDDEN,
    "doc.en.html": ENGLISH,
    "doc.de.html": GERMAN,
    "future.txt": b"from the future\n",
}


def make_site(parent: Path) -> Path:
    """Make the known directory, `parent/site`, with what must stay out of reach beside it. Returns the directory."""
    root = parent / "site"
    for name, content in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (MODIFIED, MODIFIED))
    ahead = time.time() + FUTURE
    os.utime(root / "future.txt", (ahead, ahead))
    outside = parent / "outside"
    outside.mkdir(exist_ok=True)
    (outside / "secret.txt").write_bytes(SECRET)
    (parent / "secret.txt").write_bytes(SECRET)
    for name, target in (("escape.txt", parent / "secret.txt"), ("escape", outside)):
        (root / name).unlink(missing_ok=True)
        (root / name).symlink_to(target)
    return root


@dataclass
class Site:
    """A running server, the directory behind it if that is at hand, and every response seen from it."""

    host: str
    port: int
    root: Path | None = None
    timeout: float = 2.5
    seen: list[Response] = field(default_factory=list)

    @property
    def authority(self) -> str:
        """What a client puts into Host."""
        return f"{self.host}:{self.port}"

    def connect(self) -> Connection:
        """Open a connection whose final responses are remembered for the checks of hygiene."""
        return Connection(self.host, self.port, self.timeout, self.seen.append)

    def request(
        self,
        method: str = "GET",
        target: str = "/hello.txt",
        *fields: str,
        content: bytes | None = None,
        version: str = "HTTP/1.1",
    ) -> bytes:
        """The octets of a request. Host is added unless given; Content-Length is, where there is content without it."""
        names = {line.split(":", 1)[0].strip().lower() for line in fields}
        lines = [f"{method} {target} {version}"]
        if "host" not in names:
            lines.append(f"Host: {self.authority}")
        lines += fields
        if content is not None and not names & {"content-length", "transfer-encoding"}:
            lines.append(f"Content-Length: {len(content)}")
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + (content or b"")

    def ask(
        self,
        method: str = "GET",
        target: str = "/hello.txt",
        *fields: str,
        content: bytes | None = None,
        version: str = "HTTP/1.1",
    ) -> Response:
        """One request on a connection of its own, and its response."""
        with self.connect() as connection:
            connection.send(self.request(method, target, *fields, content=content, version=version))
            return connection.read_response(method)

    def send(self, octets: bytes, method: str = "GET") -> Response:
        """Any octets on a connection of their own, and the first final response to them."""
        with self.connect() as connection:
            connection.send(octets)
            return connection.read_response(method)

    def fresh(self, suffix: str = ".txt") -> str:
        """A target where nothing is yet."""
        return f"/scratch-{secrets.token_hex(6)}{suffix}"

    def stored(self, content: bytes = b"scratch\n", suffix: str = ".txt") -> str:
        """A target where a PUT has just put this content."""
        target = self.fresh(suffix)
        response = self.ask("PUT", target, content=content)
        if response.status not in (200, 201, 204):
            raise Deviation(f"PUT of a new file was answered {response}")
        return target
