"""Results that are kept, in SQLite: a run that was ended goes on where it was, and the next one asks little."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from statuary.link_editor.verdict import Hop, verdict_of_chain

DAY = 86400
_TABLE = "CREATE TABLE IF NOT EXISTS chains_1 (uri TEXT PRIMARY KEY, until INTEGER NOT NULL, chain TEXT NOT NULL)"
_EACH = 100
"""Results after which they are written to the disk."""


class Memory:
    """Chains by URI, each good until some time. ``path`` None keeps them for this run only."""

    def __init__(self, path: Path | None, *, fresh: int = DAY) -> None:
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path if path is not None else ":memory:", timeout=30)
        try:
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute(_TABLE)
            self._connection.commit()
        except sqlite3.Error:
            self._connection.close()
            raise
        self._fresh = fresh
        self._unwritten = 0

    def get(self, uri: str, now: int) -> tuple[Hop, ...] | None:
        """What is known of a URI, None where that is nothing, or too old."""
        row = self._connection.execute("SELECT chain FROM chains_1 WHERE uri = ? AND until > ?", (uri, now)).fetchone()
        return None if row is None else tuple(Hop(*hop) for hop in json.loads(row[0]))

    def put(self, uri: str, chain: Sequence[Hop], now: int) -> None:
        """Keep what was found; of a chain that ends well, what it says of the later URIs as well."""
        kind = verdict_of_chain(chain).kind
        self._put(uri, chain, now + self._seconds(kind))
        if chain[-1].status is not None and chain[-1].status // 100 == 2:
            for index in range(1, len(chain)):
                self._put(chain[index].uri, chain[index:], now + self._fresh)
        self._unwritten += 1
        if self._unwritten >= _EACH:
            self.save()

    def save(self) -> None:
        """Write to the disk what isn't there yet."""
        self._connection.commit()
        self._unwritten = 0

    def close(self) -> None:
        """Nothing can be asked any more."""
        self.save()
        self._connection.close()

    def _seconds(self, kind: str) -> int:
        """How long it is good: what is wrong may be mended soon, and what may be better another time is asked again."""
        if kind == "unreachable":
            return 0
        return self._fresh if kind in ("fine", "elsewhere for now", "moved for good") else self._fresh // 24

    def _put(self, uri: str, chain: Sequence[Hop], until: int) -> None:
        hops = [[hop.uri, hop.status, hop.failure, hop.to, hop.fragment] for hop in chain]
        self._connection.execute("INSERT OR REPLACE INTO chains_1 VALUES (?, ?, ?)", (uri, until, json.dumps(hops)))
