"""A drop box: 202, a monitor, a result."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

import pytest

from statuary.message.fields import Fields
from statuary.message.request import Request
from statuary.origin_server.configured_site import ConfiguredSite
from statuary.origin_server.drop_box import DropBox
from statuary.origin_server.path_patterns import parse_pattern
from statuary.semantics.decision.outcome import Accepted, StorageFull

from .configured import NOW, Octets, ask, configured, octets, resource_of

TOML = '[[drop_box]]\npath = "/box"\nseconds = 5\n'


def monitor_of(box: DropBox, content: bytes, now: int = NOW, **fields: str) -> str | None:
    """The last name of the monitor's path, None if there was no room."""
    request = Request("POST", "/box", Fields((name.replace("_", "-"), value) for name, value in fields.items()))
    outcome = asyncio.run(box.take(request, Octets([content]), now))
    if isinstance(outcome, StorageFull):
        return None
    assert isinstance(outcome, Accepted)
    assert outcome.monitor is not None
    return outcome.monitor.removeprefix("/box/")


def box_in(path: Path, *, seconds: int = 5, most_items: int = 3, most_octets: int = 100) -> DropBox:
    return DropBox(parse_pattern("/box"), seconds, str(path), most_items=most_items, most_octets=most_octets)


def test_from_202_to_the_result(tmp_path: Path) -> None:
    site = configured(tmp_path, TOML)
    accepted = ask(site, "/box", "POST", b"work", fields={"Content-Type": "text/plain;charset=utf-8"})
    monitor = accepted.field("Location")
    assert (accepted.status, accepted.field("Retry-After")) == (202, "1")
    assert monitor is not None
    assert re.fullmatch(r"/box/[0-9a-f]{24}", monitor)
    assert accepted.field("Link") == f'<{monitor}>; rel="monitor"'

    working = ask(site, monitor, now=NOW + 2)
    assert (working.status, working.field("Retry-After")) == (200, "3")
    assert json.loads(octets(working)) == {"state": "working"}
    assert ask(site, f"{monitor}/result", now=NOW + 4).status == 404

    done = ask(site, monitor, now=NOW + 5, query="a=b")
    assert (done.status, done.field("Location")) == (303, f"{monitor}/result")
    result = ask(site, f"{monitor}/result", now=NOW + 5)
    assert (result.status, result.field("Content-Type"), octets(result)) == (200, "text/plain;charset=utf-8", b"work")
    etag = result.field("ETag")
    assert etag is not None
    assert ask(site, f"{monitor}/result", now=NOW + 6, fields={"If-None-Match": etag}).status == 304
    assert ask(site, f"{monitor}/result", now=NOW + 6, fields={"Range": "bytes=1-2"}).status == 206


def test_what_somebody_has_sent_does_not_act_in_the_name_of_the_site(tmp_path: Path) -> None:
    site = configured(tmp_path, TOML)
    page = ask(site, "/box", "POST", b"<script>", fields={"Content-Type": "text/html"})
    result = ask(site, f"{page.field('Location')}/result", now=NOW + 9)
    assert result.field("X-Content-Type-Options") == "nosniff"
    assert (result.field("Content-Security-Policy") or "").startswith("sandbox")


@pytest.mark.parametrize("field", ["", "nonsense", "text/plain\\x"])
def test_content_of_no_valid_type_is_octets(tmp_path: Path, field: str) -> None:
    box = box_in(tmp_path)
    name = monitor_of(box, b"x", Content_Type=field)
    assert name is not None
    found = box.resource((name, "result"), NOW + 5)
    assert found is not None
    assert found.variants[0].media_type == "application/octet-stream"


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/box", "GET", 405),
        ("/box", "PUT", 405),
        ("/box", "OPTIONS", 204),
        ("/box/", "GET", 404),
        ("/box/unknown", "GET", 404),
        ("/box/0123456789abcdef01234567", "GET", 404),
        ("/box/0123456789abcdef01234567/result", "GET", 404),
        ("/box/0123456789abcdef01234567/result/", "GET", 404),
        ("/box/0123456789abcdef01234567/other", "GET", 404),
        ("/box/0123456789abcdef01234567", "POST", 405),
        ("/box/%2e%2e%2f%2e%2e%2fetc", "GET", 404),
    ],
)
def test_what_else_is_asked(tmp_path: Path, path: str, method: str, status: int) -> None:
    assert ask(configured(tmp_path, TOML), path, method).status == status


def test_a_file_can_be_at_the_same_path(tmp_path: Path) -> None:
    site = configured(tmp_path, TOML.replace("/box", "/box.html"), {"box.html": "<form>"})
    assert octets(ask(site, "/box.html")) == b"<form>"
    assert ask(site, "/box.html", "OPTIONS").field("Allow") == "GET, HEAD, OPTIONS, POST"
    assert ask(site, "/box.html", "POST", b"x").status == 202


def test_an_item_is_no_larger_than_the_limit(tmp_path: Path) -> None:
    limits = '[[limits]]\npath = "/box"\ncontent = 3\n'
    site = configured(tmp_path, TOML + limits)
    assert ask(site, "/box", "POST", b"abcd").status == 413
    assert ask(site, "/box", "POST", b"abcd", chunked=True).status == 413
    assert ask(site, "/box", "POST", b"abc").status == 202
    assert resource_of(configured(tmp_path, TOML), "/box", "POST").content.most == 1024 * 1024


def test_access_to_a_box_is_access_to_what_is_below(tmp_path: Path) -> None:
    access = '[[access]]\npath = "/box/*"\nrealm = "r"\nusers.a = "b"\n'
    site = configured(tmp_path, TOML + access)
    assert [ask(site, path).status for path in ("/box", "/box/0123456789abcdef01234567")] == [401, 401]


def test_all_workers_agree(tmp_path: Path) -> None:
    name = monitor_of(box_in(tmp_path), b"x")
    assert name is not None
    found = box_in(tmp_path).resource((name,), NOW)
    assert found is not None
    assert found.exists


def test_finished_items_make_room_the_oldest_first(tmp_path: Path) -> None:
    box = box_in(tmp_path, most_items=2)
    first, second = monitor_of(box, b"1", NOW), monitor_of(box, b"2", NOW + 3)
    assert first is not None
    assert second is not None
    assert monitor_of(box, b"3", NOW + 4) is None
    third = monitor_of(box, b"3", NOW + 5)
    assert third is not None
    assert [box.resource((name,), NOW + 5).exists for name in (first, second, third)] == [False, True, True]  # type: ignore[union-attr]


def test_a_box_holds_so_many_octets(tmp_path: Path) -> None:
    box = box_in(tmp_path, most_octets=10)
    assert monitor_of(box, b"x" * 11) is None
    assert monitor_of(box, b"x" * 6) is not None
    assert monitor_of(box, b"x" * 5) is None
    assert monitor_of(box, b"x" * 4) is not None
    assert monitor_of(box, b"x" * 10, NOW + 5) is not None
    assert sum(path.stat().st_size for path in tmp_path.rglob("*.content")) == 10


def test_no_room_is_507(tmp_path: Path) -> None:
    site = configured(tmp_path, TOML)
    assert isinstance(site, ConfiguredSite)
    found = next(site._boxes.covering(("box",)))[1]
    found._most_items = 0
    assert ask(site, "/box", "POST", b"x").status == 507


def test_a_result_whose_content_is_lost_is_not_there(tmp_path: Path) -> None:
    box = box_in(tmp_path)
    name = monitor_of(box, b"x")
    assert name is not None
    for path in tmp_path.rglob("*.content"):
        path.unlink()
    found = box.resource((name, "result"), NOW + 5)
    assert found is not None
    assert not found.exists
