"""The notes example: each status that it promises, on our own server and as an ASGI application, and no lost update."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path
from types import ModuleType

import pytest

from statuary.message.fields import Fields
from statuary.message.request import Request
from statuary.origin_server.site import Site
from statuary.semantics.decision import Perform, decide
from statuary.semantics.decision.outcome import Done, Overtaken, StorageFull

from ..origin_server.in_memory import NOW, Answer, Ask, Lines, over_asgi, over_connection

EXAMPLE = Path(__file__).parents[2] / "examples" / "notes.py"
JSON = ("Content-Type", "application/json")
PATCH = ("Content-Type", "application/merge-patch+json")


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("notes", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


notes = _load()

Client = Callable[..., Answer]


@pytest.fixture
def database(tmp_path: Path) -> str:
    return str(tmp_path / "notes.db")


@pytest.fixture(params=[over_connection, over_asgi], ids=["own server", "asgi"])
def client(request: pytest.FixtureRequest, database: str) -> Client:
    def ask(method: str, target: str, *fields: tuple[str, str], content: bytes | str | None = None) -> Answer:
        octets = content.encode() if isinstance(content, str) else content
        answer: Answer = request.param(notes.Notes(database), Ask(method, target, fields, octets))
        return answer

    return ask


def note(title: str, text: str = "") -> str:
    return json.dumps({"title": title, "text": text})


def test_list(client: Client) -> None:
    empty = client("GET", "/notes")
    assert (empty.status, json.loads(empty.content)) == (200, [])
    client("POST", "/notes", JSON, content=note("Milk"))
    listed = client("GET", "/notes")
    assert json.loads(listed.content) == [{"href": "notes/1", "title": "Milk"}]
    assert listed.field("etag") != empty.field("etag")
    assert client("GET", "/notes", ("If-None-Match", listed.field("etag") or "")).status == 304


def test_create_read_replace_patch_delete(client: Client) -> None:
    created = client("POST", "/notes", JSON, content=note("Milk", "Two"))
    assert (created.status, created.field("location"), created.field("etag")) == (201, "/notes/1", '"1"')
    assert client("GET", "/notes/1").content == note("Milk", "Two").encode()
    assert client("GET", "/notes/1", ("If-None-Match", '"1"')).status == 304
    replaced = client("PUT", "/notes/1", JSON, ("If-Match", '"1"'), content=note("Milk", "Three"))
    assert (replaced.status, replaced.field("etag")) == (204, '"2"')
    patched = client("PATCH", "/notes/1", PATCH, ("If-Match", '"2"'), content='{"title": "Cream"}')
    assert (patched.status, patched.field("etag")) == (204, '"3"')
    assert json.loads(client("GET", "/notes/1").content) == {"title": "Cream", "text": "Three"}
    assert client("DELETE", "/notes/1", ("If-Match", '"3"')).status == 204
    assert client("GET", "/notes/1").status == 410
    assert client("PUT", "/notes/1", JSON, ("If-Match", "*"), content=note("Milk")).status == 410
    # Its title is free again, its number is not
    assert client("POST", "/notes", JSON, content=note("Cream")).field("location") == "/notes/2"


@pytest.mark.parametrize(
    ("method", "target", "fields", "content", "status"),
    [
        ("GET", "/", (), None, 404),
        ("GET", "/notes/9", (), None, 404),
        ("GET", "/notes/01", (), None, 404),
        ("GET", "/notes/99999999999999999999", (), None, 404),
        ("PUT", "/notes/9", (JSON, ("If-Match", "*")), note("x"), 404),
        ("DELETE", "/notes", (), None, 405),
        ("POST", "/notes/1", (JSON,), note("x"), 405),
        ("POST", "/notes", (JSON,), note("Milk"), 409),
        ("PUT", "/notes/2", (JSON, ("If-Match", "*")), note("Milk"), 409),
        ("PATCH", "/notes/2", (PATCH, ("If-Match", "*")), '{"title": "Milk"}', 409),
        ("PUT", "/notes/1", (JSON, ("If-Match", '"9"')), note("x"), 412),
        ("DELETE", "/notes/1", (("If-Match", '"9"'),), None, 412),
        ("POST", "/notes", (JSON,), note("x" * 70_000), 413),
        ("POST", "/notes", (("Content-Type", "text/plain"),), note("x"), 415),
        ("POST", "/notes", (), note("x"), 415),
        ("PATCH", "/notes/1", (JSON, ("If-Match", "*")), "{}", 415),
        ("POST", "/notes", (JSON,), "{", 400),
        ("POST", "/notes", (JSON,), b"\xff", 400),
        ("POST", "/notes", (JSON,), "[" * 60_000, 400),
        ("POST", "/notes", (JSON,), "", 400),
        ("POST", "/notes", (JSON,), "[]", 422),
        ("POST", "/notes", (JSON,), '{"title": "x"}', 422),
        ("POST", "/notes", (JSON,), note(""), 422),
        ("POST", "/notes", (JSON,), '{"title": "\\ud800", "text": ""}', 422),
        ("POST", "/notes", (JSON,), '{"title": 1, "text": ""}', 422),
        ("PATCH", "/notes/1", (PATCH, ("If-Match", "*")), "[]", 422),
        ("PATCH", "/notes/1", (PATCH, ("If-Match", "*")), '{"text": null}', 422),
        ("PUT", "/notes/1", (JSON,), note("x"), 428),
        ("PATCH", "/notes/1", (PATCH,), "{}", 428),
        ("DELETE", "/notes/1", (), None, 428),
    ],
)
def test_refusals_change_nothing(
    method: str, target: str, fields: Lines, content: bytes | str | None, status: int, client: Client
) -> None:
    client("POST", "/notes", JSON, content=note("Milk", "Two"))
    client("POST", "/notes", JSON, content=note("Eggs"))
    before = client("GET", "/notes")
    answer = client(method, target, *fields, content=content)
    assert answer.status == status
    assert client("GET", "/notes") == before
    assert client("GET", "/notes/1").content == note("Milk", "Two").encode()


def test_405_and_415_say_what_is_taken(client: Client) -> None:
    client("POST", "/notes", JSON, content=note("Milk"))
    assert client("DELETE", "/notes").field("allow") == "GET, HEAD, OPTIONS, POST"
    assert client("PATCH", "/notes/1", JSON, content="{}").field("accept-patch") == "application/merge-patch+json"


class LateContent:
    """Content that comes when something else has happened first."""

    def __init__(self, content: bytes, first: Callable[[], None]) -> None:
        self._content = content
        self._first = first

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield await self.read()

    async def read(self) -> bytes:
        self._first()
        return self._content


def perform_late(site: Site, request: Request, content: bytes, first: Callable[[], None]) -> object:
    """The outcome of a request that was allowed, and then ``first`` happened while its content came."""

    async def perform() -> object:
        await site.open()
        resource = site.resource(request, NOW)
        assert isinstance(decide(request, resource, NOW), Perform)  # type: ignore[arg-type]
        outcome = await site.perform(request, resource, LateContent(content, first))  # type: ignore[arg-type]
        await site.close()
        return outcome

    return asyncio.run(perform())


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_change_made_meanwhile_is_not_overwritten(method: str, database: str) -> None:
    over_asgi(notes.Notes(database), Ask("POST", "/notes", (JSON,), note("Milk").encode()))

    def change() -> None:
        with closing(sqlite3.connect(database)) as other, other:
            other.execute("UPDATE notes SET content = ?, version = 2", (note("Milk", "theirs").encode(),))

    fields = Fields([("If-Match", '"1"'), PATCH if method == "PATCH" else JSON])
    request = Request(method, "/notes/1", fields, content_length=2)
    outcome = perform_late(notes.Notes(database), request, b"{}", change)
    assert isinstance(outcome, Overtaken)
    assert outcome.answer.status == 412
    assert json.loads(over_asgi(notes.Notes(database), Ask(target="/notes/1")).content)["text"] == "theirs"


def test_a_deletion_made_meanwhile_is_not_undone(database: str) -> None:
    over_asgi(notes.Notes(database), Ask("POST", "/notes", (JSON,), note("Milk").encode()))

    def delete() -> None:
        with closing(sqlite3.connect(database)) as other, other:
            other.execute("DELETE FROM notes")
            other.execute("INSERT INTO gone VALUES (1)")

    request = Request("PUT", "/notes/1", Fields([("If-Match", "*"), JSON]), content_length=2)
    outcome = perform_late(notes.Notes(database), request, note("Milk").encode(), delete)
    assert isinstance(outcome, Overtaken)
    assert outcome.answer.status == 410


def test_a_full_disk(database: str) -> None:
    site = notes.Notes(database)

    def fill() -> None:
        (pages,) = site._db.execute("PRAGMA page_count").fetchone()
        site._db.execute(f"PRAGMA max_page_count = {pages}")

    request = Request("POST", "/notes", Fields([JSON]), content_length=40_000)
    assert isinstance(perform_late(site, request, note("Milk", "x" * 40_000).encode(), fill), StorageFull)
    assert over_asgi(notes.Notes(database), Ask(target="/notes")).content == b"[]"


def test_nothing_happening_meanwhile(database: str) -> None:
    over_asgi(notes.Notes(database), Ask("POST", "/notes", (JSON,), note("Milk").encode()))
    request = Request("PUT", "/notes/1", Fields([("If-Match", '"1"'), JSON]), content_length=2)
    assert isinstance(perform_late(notes.Notes(database), request, note("Eggs").encode(), lambda: None), Done)
