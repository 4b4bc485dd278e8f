"""A server that says what a test tells it to, one response after the other, on connections of one request each."""

from __future__ import annotations

import contextlib
import http.server
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Scripted:
    """``asked`` has the methods and targets that came, ``fields`` theirs, ``left`` what is still to be said."""

    url: str = ""
    asked: list[str] = field(default_factory=list)
    fields: list[dict[str, str]] = field(default_factory=list)
    left: list[tuple[int, bytes, tuple[str, ...]]] = field(default_factory=list)

    def says(self, status: int, content: bytes, *lines: str) -> None:
        """The response to the next request that none is told for."""
        self.left.append((status, content, lines))


@contextlib.contextmanager
def scripted() -> Iterator[Scripted]:
    """The server, for as long as the context lasts."""
    site = Scripted()

    class Handler(http.server.BaseHTTPRequestHandler):
        def any(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            site.asked.append(f"{self.command} {self.path}")
            site.fields.append({name.lower(): value for name, value in self.headers.items()})
            status, content, lines = site.left.pop(0)
            self.send_response(status)
            for line in (*lines, f"Content-Length: {len(content)}"):
                name, _, value = line.partition(": ")
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = any  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    site.url = f"http://127.0.0.1:{server.server_port}/"
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
