"""Where caches keep responses: what is given up, what outlives the process, who may read it."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from statuary.message.fields import Fields
from statuary.message.request import Request
from statuary.message.response import Response
from statuary.semantics.caching import Entry
from statuary.transport.response_store import CacheFailed, ResponseStore


def entry(path: str, content: bytes = b"", **fields: str) -> Entry:
    request = Request("GET", path, Fields([("Host", "a")]), authority="a")
    return Entry(request, Response(200, Fields(fields.items()), content), 1, 2)


def test_a_file_is_its_owners(tmp_path: Path) -> None:
    store = ResponseStore(str(tmp_path / "cache"))
    store.keep(entry("/1"))
    assert {stat.S_IMODE(one.stat().st_mode) for one in tmp_path.iterdir()} == {0o600}
    store.close()


def test_invalidating_tells_whether_there_was_anything() -> None:
    store = ResponseStore()
    store.keep(entry("/1"))
    assert store.invalidate("http://a/1")
    assert not store.invalidate("http://a/2")
    assert [one.is_invalid for one in store.entries(entry("/1").request)] == [True]
    store.close()


def test_what_is_no_store_is_left_alone(tmp_path: Path) -> None:
    other = tmp_path / "cache"
    other.write_text("a letter")
    with pytest.raises(CacheFailed):
        ResponseStore(str(other))
    with pytest.raises(CacheFailed):
        ResponseStore(str(tmp_path / "nowhere" / "cache"))
    assert other.read_text() == "a letter"
