"""The code in docs/library.md, run as it stands there; and that it does what the text around it says."""

from __future__ import annotations

import asyncio
import doctest
import re
from pathlib import Path
from typing import Any

import pytest

from ..origin_server.in_memory import Ask, answer_in, events_of, over_asgi, over_connection, scope_of

GUIDE = Path(__file__).parents[2] / "docs" / "library.md"
BLOCK = re.compile(r"^```(python|pycon)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def names() -> dict[str, Any]:
    """What is defined once all code has run."""
    text = GUIDE.read_text()
    names: dict[str, Any] = {"__name__": "library"}
    for block in BLOCK.finditer(text):
        line = text[: block.start()].count("\n") + 1
        if block[1] == "python":
            exec(compile("\n" * line + block[2], GUIDE, "exec"), names)
        else:
            test = doctest.DocTestParser().get_doctest(block[2], names, "library.md", str(GUIDE), line)
            # It clears the copy of the names that a test has
            results = doctest.DocTestRunner().run(test, clear_globs=False)
            names.update(test.globs)
            assert results.attempted
            assert not results.failed
    return names


def test_first_site(names: dict[str, Any]) -> None:
    site = names["Greetings"]()
    assert over_connection(site, Ask(target="/hello")) == over_asgi(site, Ask(target="/hello"))
    assert over_asgi(site, Ask(target="/hello")).content == b"Hello, world\n"


def test_stream(names: dict[str, Any]) -> None:
    async def pieces() -> list[bytes]:
        return [piece async for piece in names["counting"].source.chunks()]

    assert asyncio.run(pieces()) == [b"0\n", b"1\n", b"2\n"]


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        (b"Ada", "text/plain", 201),
        (b"\xff", "text/plain", 400),
        (b"{}", "text/json", 415),
        (bytes(101), "text/plain", 413),
    ],
)
def test_guestbook(content: bytes, media_type: str, status: int, names: dict[str, Any]) -> None:
    site = names["Guestbook"]()
    assert over_asgi(site, Ask("POST", "/guests", (("Content-Type", media_type),), content)).status == status
    assert over_asgi(site, Ask(target="/guests")).content == (content if status == 201 else b"")


def test_page(names: dict[str, Any]) -> None:
    site = names["Page"]()
    assert over_asgi(site, Ask("PUT", "/", content=b"second")).status == 428
    answer = over_asgi(site, Ask("PUT", "/", (("If-Match", '"1"'),), b"second"))
    assert (answer.status, answer.field("etag")) == (204, '"2"')
    assert over_asgi(site, Ask("PUT", "/", (("If-Match", '"1"'),), b"lost")).status == 412
    assert site.text == b"second"


@pytest.mark.parametrize("name", ["starlette_app", "fastapi_app"])
def test_mounted(name: str, names: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names["files"].site, "root", str(GUIDE.parent))
    sent = asyncio.run(events_of(names[name], scope_of(Ask(target="/files/library.md"))))
    assert answer_in(sent).content == GUIDE.read_bytes()


def test_all_names_in_the_table_are_attributes(names: dict[str, Any]) -> None:
    resource = names["Resource"]()
    table = re.findall(r"^\| (`.*?) \|", GUIDE.read_text(), re.MULTILINE)
    said = [name for cell in table for name in re.findall(r"`([a-z_]+)(?:=False)?`", cell)]
    assert len(said) > 10
    assert [name for name in said if not hasattr(resource, name)] == []
