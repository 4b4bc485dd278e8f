"""Where caches keep responses: SQLite, in memory or in a file, bounded, the least recently used given up first.

For the shared cache of an intermediary, and the private one of a user agent. What may be kept, and what it answers, is
decided in semantics/caching.py.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3

from statuary.fields.dates import format_http_date
from statuary.message.fields import Fields
from statuary.message.request import Request
from statuary.message.response import Response
from statuary.semantics.caching import Entry, cache_key, matches
from statuary.semantics.forwarding import HOP_BY_HOP
from statuary.semantics.forwarding.hop_by_hop import nominated

MOST_OCTETS = 256 * 1024 * 1024
MOST_CONTENT = 8 * 1024 * 1024

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entry (
    id INTEGER PRIMARY KEY, uri TEXT NOT NULL, request TEXT NOT NULL, status INTEGER NOT NULL, fields TEXT NOT NULL,
    content BLOB NOT NULL, requested_at INTEGER NOT NULL, received_at INTEGER NOT NULL, is_invalid INTEGER NOT NULL,
    size INTEGER NOT NULL, used INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS by_uri ON entry (uri);
CREATE INDEX IF NOT EXISTS by_use ON entry (used);
"""

_NEVER_STORED = frozenset(
    {"content-length", "trailer", "proxy-authenticate", "proxy-authentication-info", "proxy-authorization"}
)

CacheFailed = sqlite3.Error
"""What all methods of ResponseStore may raise: a full disk, a file that is locked for too long."""


class ResponseStore:
    """Entries by target URI. ``most_octets`` bounds them all together, ``most_content`` the content of one.

    A file that is made for them can be read by its owner alone.
    """

    def __init__(
        self, path: str = ":memory:", *, most_octets: int = MOST_OCTETS, most_content: int = MOST_CONTENT
    ) -> None:
        self.most_content = min(most_content, most_octets)
        self._most_octets = most_octets
        if path != ":memory:":
            with contextlib.suppress(OSError):  # of which SQLite tells
                # What is kept may be for one person's eyes
                os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        # One process writes at a time; what a crash loses can be had again
        self._database = sqlite3.connect(path, isolation_level=None)
        try:
            self._database.executescript(f"PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; {_SCHEMA}")
            row = self._database.execute("SELECT coalesce(max(used), 0), coalesce(sum(size), 0) FROM entry").fetchone()
        except sqlite3.Error:
            self._database.close()
            raise
        self._uses, self._size = row

    def entries(self, request: Request) -> tuple[Entry, ...]:
        """Those with the target URI of the request, whatever Vary says."""
        rows = self._database.execute(
            "SELECT request, status, fields, content, requested_at, received_at, is_invalid FROM entry WHERE uri = ?",
            (cache_key(request),),
        )
        return tuple(
            Entry(_request(text), Response(status, _fields(fields), content), asked, came, bool(is_invalid))
            for text, status, fields, content, asked, came, is_invalid in rows
        )

    def keep(self, entry: Entry) -> None:
        """Store an entry in place of all that would answer its request."""
        rows = self._database.execute("SELECT id, request, status, fields, size FROM entry WHERE uri = ?", (entry.uri,))
        for number, text, status, fields, size in rows.fetchall():
            old = Entry(_request(text), Response(status, _fields(fields)), 0, 0)
            if matches(old, entry.request):
                self._drop(number, size)
        self._uses += 1
        request, response = entry.request, entry.response
        told = json.dumps(
            [request.method, request.path, request.query, request.scheme, request.authority, request.fields.lines]
        )
        lines = json.dumps(response.fields.lines)
        size = len(response.content) + len(told) + len(lines)
        self._database.execute(
            "INSERT INTO entry (uri, request, status, fields, content, requested_at, received_at, is_invalid, size, used)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(entry.uri, told, response.status, lines, response.content),
                *(entry.requested_at, entry.received_at, entry.is_invalid, size, self._uses),
            ),
        )
        self._size += size
        self._shrink()

    def used(self, entry: Entry) -> None:
        """It has answered a request."""
        self._uses += 1
        self._database.execute("UPDATE entry SET used = ? WHERE uri = ?", (self._uses, entry.uri))

    def invalidate(self, uri: str) -> bool:
        """What is stored for a URI is validated before it is used again (RFC 9111 section 4.4). Whether there is anything."""
        return self._database.execute("UPDATE entry SET is_invalid = 1 WHERE uri = ?", (uri,)).rowcount > 0

    def close(self) -> None:
        self._database.close()

    def _shrink(self) -> None:
        while self._size > self._most_octets:
            row = self._database.execute("SELECT id, size FROM entry ORDER BY used LIMIT 1").fetchone()
            if row is None:
                self._size = 0
                return
            self._drop(*row)

    def _drop(self, number: int, size: int) -> None:
        self._database.execute("DELETE FROM entry WHERE id = ?", (number,))
        self._size -= size


def storable(response: Response, content: bytes, received_at: int) -> Response:
    """The response as it is stored: without what was about its connection or a proxy, with Date and length.

    RFC 9111 section 3.1.
    """
    dropped = HOP_BY_HOP | nominated(response.fields) | _NEVER_STORED
    lines = [line for line in response.fields if line[0].lower() not in dropped]
    if "date" not in response.fields:
        lines.append(("Date", format_http_date(received_at)))
    return Response(response.status, Fields([*lines, ("Content-Length", str(len(content)))]), content)


def _fields(text: str) -> Fields:
    return Fields((name, value) for name, value in json.loads(text))


def _request(text: str) -> Request:
    method, path, query, scheme, authority, lines = json.loads(text)
    fields = Fields((name, value) for name, value in lines)
    return Request(method, path, fields, query=query, scheme=scheme, authority=authority)
