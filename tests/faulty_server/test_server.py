"""The server without faults is right: by its own table, and by the wire checks, which were written from the RFCs as well."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from tests.wire_checks import checks
from tests.wire_checks.client import Connection
from tests.wire_checks.registry import Check, in_order
from tests.wire_checks.site import FILES, MODIFIED, Site

from .connection import Listener, Origin
from .message import Resource
from .site import RESOURCES, WRITTEN, World, plain

assert checks.__all__, "the checks register themselves when they are imported"

PATIENCE = 1.0
TYPES = {".txt": "text/plain; charset=utf-8", ".html": "text/html; charset=utf-8", ".bin": "application/octet-stream"}
MEETS: dict[str, str] = tomllib.loads(Path(__file__).with_name("subject.toml").read_text("utf-8"))["meets"]

TOPICS = (
    "chunked.",
    "expect.",
    "framing.",
    "host.",
    "pipelining.",
    "preconditions.",
    "ranges.",
    "request-line.",
    "target.",
)
DIFFERENT = {
    # The authority is a foreign one, and to that 421 is right as well
    "framing.get-content.length",
    "framing.get-content.chunked",
    "framing.get-content.a-request",
    "framing.get-content.large",
    # Nothing here was modified in the future
    "preconditions.future-file",
}


def _wire_checks() -> list[Check]:
    """Those that are about HTTP rather than about files on a disk."""
    lacking = {"languages", "precompressed", "directories-stay"}
    return [
        check
        for check in in_order()
        if check.id.startswith(TOPICS) and check.id not in DIFFERENT and not check.choice and not check.needs & lacking
    ]


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    """The correct server with its own site."""
    with Listener(Origin, World(patience=PATIENCE)) as listener:
        listener.start()
        yield listener
        listener.shutdown()


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """The correct server with the files of the wire checks, all of them writable."""
    resources = dict(RESOURCES)
    for name, content in FILES.items():
        variant = plain(content, TYPES.get(Path(name).suffix, "application/gzip"), MODIFIED)
        resources[f"/{quote(name)}"] = Resource(WRITTEN, (variant,), is_stored=True)
    future = resources["/future.txt"]
    resources["/future.txt"] = replace(future, variants=(replace(future.variants[0], modified=None),))
    resources["/sub/"] = resources["/sub/index.html"]
    with Listener(Origin, World(resources, writable="/", patience=PATIENCE)) as listener:
        listener.start()
        yield Site("127.0.0.1", listener.port)
        listener.shutdown()


@pytest.mark.parametrize("code", MEETS)
def test_every_status_is_met(code: str, listener: Listener) -> None:
    with Connection("127.0.0.1", listener.port, timeout=5.0) as connection:
        connection.send(_octets(MEETS[code], f"127.0.0.1:{listener.port}"))
        response = connection.read_interim(MEETS[code].split(" ")[0])
    assert response.status == int(code)


def _octets(text: str, host: str) -> bytes:
    """A request as the subject file writes it."""
    head, _, content = text.partition(" || ")
    content = _repeated(content)
    start, *fields = head.split(" | ")
    names = {field.partition(":")[0] for field in fields}
    lines = [_repeated(start) + ("" if " HTTP/" in start else " HTTP/1.1"), *map(_repeated, fields)]
    if "Host" not in names:
        lines.append(f"Host: {host}")
    if content and not names & {"Content-Length", "Transfer-Encoding"}:
        lines.append(f"Content-Length: {len(content)}")
    return "\r\n".join([*lines, "", content]).encode()


def _repeated(text: str) -> str:
    return re.sub(r"\{x\*(\d+)\}", lambda times: "x" * int(times[1]), text)


@pytest.mark.parametrize("check", [pytest.param(check, id=check.id) for check in _wire_checks()])
def test_wire_checks(check: Check, site: Site) -> None:
    check.run(site)
