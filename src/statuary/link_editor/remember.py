"""Results that are kept, in SQLite: a run that was ended goes on where it was, and the next one asks little."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path

from statuary.link_editor.verdict import Hop

DAY = 86400
_TABLES = (
    "CREATE TABLE IF NOT EXISTS hops_2 (uri TEXT PRIMARY KEY, until INTEGER NOT NULL, status INTEGER NOT NULL,"
    " leads_to TEXT, fragment TEXT) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS names_2 (uri TEXT, name TEXT, until INTEGER NOT NULL, is_there INTEGER,"
    " PRIMARY KEY (uri, name)) WITHOUT ROWID",
)
# They may be better another time
_PASSING = frozenset({408, 421, 425, 429})


class Memory:
    """What came of URIs, each good until some time. ``path`` None keeps it for this run only.

    What was ``put`` is on the disk once it was told to ``save``.
    ``fresh`` is how many seconds that is for what is well; what is wrong may be mended soon, and is good for a part of that.
    """

    def __init__(self, path: Path | None, *, fresh: int = DAY) -> None:
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path if path is not None else ":memory:", timeout=30, isolation_level=None)
        try:
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=NORMAL")
            for table in _TABLES:
                self._connection.execute(table)
        except sqlite3.Error:
            self._connection.close()
            raise
        self._fresh = fresh

    def get(self, uri: str, now: int) -> Hop | None:
        """What is known of a URI, None where that is nothing, or too old."""
        row = self._connection.execute(
            "SELECT status, leads_to, fragment FROM hops_2 WHERE uri = ? AND until > ?", (uri, now)
        ).fetchone()
        return None if row is None else Hop(uri, row[0], None, row[1], row[2])

    def names(self, uri: str, now: int) -> dict[str, bool | None]:
        """The names that were looked for in a page, and whether each is there; None where nobody can tell."""
        rows = self._connection.execute("SELECT name, is_there FROM names_2 WHERE uri = ? AND until > ?", (uri, now))
        return {name: None if is_there is None else bool(is_there) for name, is_there in rows}

    def put(self, hop: Hop, now: int, named: Mapping[str, bool | None] | None = None) -> None:
        """Keep what came of a URI, unless it may be better another time."""
        seconds = self._seconds(hop)
        if seconds:
            if not self._connection.in_transaction:
                self._connection.execute("BEGIN")
            self._connection.execute(
                "INSERT OR REPLACE INTO hops_2 VALUES (?, ?, ?, ?, ?)",
                (hop.uri, now + seconds, hop.status, hop.to, hop.fragment),
            )
            for name, is_there in (named or {}).items():
                until = now + (self._fresh if is_there else self._fresh // 24)
                self._connection.execute(
                    "INSERT OR REPLACE INTO names_2 VALUES (?, ?, ?, ?)", (hop.uri, name, until, is_there)
                )

    def save(self) -> None:
        """Write to the disk what isn't there yet."""
        self._connection.commit()

    def forget(self, now: int) -> None:
        """Leave out what has been too old for a month."""
        for table in ("hops_2", "names_2"):
            self._connection.execute(f"DELETE FROM {table} WHERE until < ?", (now - 30 * DAY,))  # noqa: S608

    def close(self) -> None:
        """Nothing can be asked any more."""
        self.save()
        self._connection.close()

    def _seconds(self, hop: Hop) -> int:
        """How long it is good."""
        status = hop.status
        if status is None or status in _PASSING or not 200 <= status <= 499:
            return 0
        return self._fresh if status // 100 == 2 or status == 300 or hop.next is not None else self._fresh // 24
