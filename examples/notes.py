"""Notes over HTTP, kept in SQLite, which no two people overwrite for each other.

    python examples/notes.py                        # http://127.0.0.1:8080/notes, by Statuary's own server
    uvicorn --app-dir examples notes:app            # the same behind any ASGI server

The site says how things stand (resource) and makes changes (perform). It does not choose a status code for anything that
follows from the two: 304, 404, 405, 406, 410, 412, 413, 415, 428 and their fields are decided for it.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from statuary import (
    ASGIApp,
    Conflict,
    ContentRules,
    Created,
    Done,
    EntityTag,
    Gone,
    Malformed,
    Outcome,
    Overtaken,
    Representation,
    Request,
    RequestContent,
    Resource,
    Respond,
    Site,
    StorageFull,
    Unprocessable,
    decide,
    serve,
)

SCHEMA = """
CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT UNIQUE, content BLOB, version INTEGER);
CREATE TABLE IF NOT EXISTS gone (id INTEGER PRIMARY KEY);
CREATE TABLE IF NOT EXISTS changes (made INTEGER);
INSERT INTO changes SELECT 0 WHERE NOT EXISTS (SELECT * FROM changes);
"""

JSON = ContentRules(most=64 * 1024, media_types=("application/json",))
MERGE_PATCH = "application/merge-patch+json"
METHODS = ("GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE")
NOTE = re.compile(r"/notes/([1-9][0-9]{0,17})")


class Invalid(Exception):  # noqa: N818
    """Content that is no note; ``outcome`` says why."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome


class Notes(Site):
    """/notes lists the notes and takes new ones; /notes/1 is one."""

    def __init__(self, database: str) -> None:
        self._database = database

    async def open(self) -> None:
        self._db = sqlite3.connect(self._database, isolation_level=None)
        self._db.executescript(SCHEMA)

    async def close(self) -> None:
        self._db.close()

    # How things stand

    def resource(self, request: Request, now: int) -> Resource:
        if request.path == "/notes":
            return self._all()
        if found := NOTE.fullmatch(request.path):
            return self._note(int(found[1]))
        return Resource(exists=False)

    def _all(self) -> Resource:
        rows = self._db.execute("SELECT id, title FROM notes ORDER BY id")
        items = [{"href": f"notes/{number}", "title": title} for number, title in rows]
        content = json.dumps(items).encode()
        listed = represent(content, self._changes())
        return Resource(variants=(listed,), methods=("GET", "HEAD", "OPTIONS", "POST"), content=JSON)

    def _note(self, number: int) -> Resource:
        row = self._db.execute("SELECT content, version FROM notes WHERE id = ?", (number,)).fetchone()
        if row is None:
            was_here = self._db.execute("SELECT 1 FROM gone WHERE id = ?", (number,)).fetchone()
            return Resource(exists=False, gone=Gone() if was_here else None, methods=METHODS)
        return Resource(
            variants=(represent(*row),),
            methods=METHODS,
            content=JSON,
            accept_patch=(MERGE_PATCH,),
            # A change that does not say which version it is of could undo somebody else's: 428
            needs_precondition=True,
        )

    def _changes(self) -> int:
        made: int = self._db.execute("SELECT made FROM changes").fetchone()[0]
        return made

    # Changes

    async def perform(self, request: Request, resource: Resource, content: RequestContent) -> Outcome:
        data = await content.read()
        try:
            with self._transaction():
                # While the content came, somebody may have changed what the decision was based on. Nobody does now.
                now = int(time.time())
                decision = decide(request, self.resource(request, now), now)
                if isinstance(decision, Respond):
                    return Overtaken(decision)
                return self._change(request, data)
        except Invalid as invalid:
            return invalid.outcome
        except sqlite3.IntegrityError:
            return Conflict("Another note has this title.")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
                return StorageFull()
            raise

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """All or nothing, and nobody else writes meanwhile, not even another process."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.commit()
        except BaseException:
            self._db.rollback()
            raise

    def _change(self, request: Request, data: bytes) -> Outcome:
        version = self._changes() + 1
        self._db.execute("UPDATE changes SET made = ?", (version,))
        if request.method == "POST":
            title = title_of(parse(data))
            query = "INSERT INTO notes (title, content, version) VALUES (?, ?, ?)"
            number = self._db.execute(query, (title, data, version)).lastrowid
            return Created(f"/notes/{number}", represent(data, version))
        number = int(request.path.removeprefix("/notes/"))
        if request.method == "DELETE":
            self._db.execute("DELETE FROM notes WHERE id = ?", (number,))
            self._db.execute("INSERT INTO gone VALUES (?)", (number,))
            return Done()
        if request.method == "PATCH":
            data = self._patched(number, data)
        title = title_of(parse(data))
        query = "UPDATE notes SET title = ?, content = ?, version = ? WHERE id = ?"
        self._db.execute(query, (title, data, version, number))
        # The content is kept as it was sent; else the answer to a PUT could not tell the new ETag (RFC 9110 section 9.3.4)
        return Done(represent(data, version))

    def _patched(self, number: int, data: bytes) -> bytes:
        (content,) = self._db.execute("SELECT content FROM notes WHERE id = ?", (number,)).fetchone()
        patch = parse(data)
        if not isinstance(patch, dict):
            raise Invalid(Unprocessable("A merge patch for a note is a JSON object."))
        # RFC 7396, in full where no member of the target is an object itself
        merged = {**json.loads(content), **patch}
        return json.dumps({name: value for name, value in merged.items() if value is not None}).encode()


def represent(content: bytes, version: int) -> Representation:
    """JSON with a strong ETag: the number of the change that made it, which no other version has."""
    return Representation(content, "application/json", len(content), EntityTag(str(version), weak=False))


def parse(data: bytes) -> Any:
    """JSON, or Invalid with 400."""
    try:
        return json.loads(data.decode())
    except (ValueError, RecursionError):
        raise Invalid(Malformed("The content is not JSON in UTF-8.")) from None


def title_of(note: Any) -> str:
    """The title of a parsed note, or Invalid with 422."""
    if not isinstance(note, dict) or set(note) != {"title", "text"} or not isinstance(note["text"], str):
        raise Invalid(Unprocessable('A note is {"title": ..., "text": ...}, both of them strings.'))
    title = note["title"]
    if not isinstance(title, str) or not 0 < len(title) <= 200 or not title.isprintable():
        raise Invalid(Unprocessable("A title has 1 to 200 printable characters."))
    return title


app = ASGIApp(Notes(os.environ.get("NOTES", "notes.db")))

if __name__ == "__main__":
    serve(app.site)
