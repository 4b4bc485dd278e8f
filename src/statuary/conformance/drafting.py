"""A first subject file for a server: what could be found out about it, and what only its owner can tell, to be filled in."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime

from statuary import status
from statuary.conformance.channel import Peer
from statuary.conformance.conversation import Record
from statuary.conformance.discovery import Discovered, discover
from statuary.conformance.exchanging import Bounds
from statuary.conformance.fetch import target_of

_WORTH_TELLING = (
    ("large", '"/large.bin"', "GET: 200, some 100 KB"),
    ("directory", '"/directory"', "names a directory, without the slash at its end"),
    ("writable", '"/scratch/"', "PUT creates and replaces below it, DELETE removes"),
    ("writable_type", '"text/plain"', "the media type of what is written there"),
    ("protected", '{ path = "/secret", user = "alice", password = "wonderland" }', 'or token = "...", for Bearer'),
    ("negotiated", '{ path = "/page", types = ["text/html", "text/plain"], languages = ["en", "de"] }', ""),
    ("upgrade", '{ path = "/socket", protocol = "websocket" }', ""),
    ("form", '{ path = "/form", content = "name=a", type = "application/x-www-form-urlencoded" }', "takes POST"),
    ("content_limit", '{ path = "/upload", octets = 1000, method = "POST" }', "more content is refused"),
    ("patience", "2", "seconds after which an unfinished request is given up"),
)
_WORTH_MEETING = (
    *((code, f"GET /{word}") for code, word in ((301, "moved"), (302, "found"), (307, "for-now"), (308, "for-good"))),
    (303, "POST /order || item=1"),
    (402, "GET /paid"),
    (403, "GET /forbidden"),
    (410, "GET /gone"),
    (411, "POST /measured | Transfer-Encoding: chunked || 1\\r\\nx\\r\\n0\\r\\n\\r\\n"),
    (413, "POST /upload || {x*2000}"),
    (429, "GET /limited"),
    (451, "GET /blocked"),
    (500, "GET /failing"),
    (503, "GET /maintenance"),
)


async def draft(url: str, peer: Peer, bounds: Bounds) -> str:
    """The text of a subject file. Raises discovery.Unreachable, and ValueError for a URL that is none."""
    now = int(datetime.now(UTC).timestamp())
    record = Record(time.monotonic, time.monotonic())
    found = await discover(peer, target_of(url), {}, bounds, record, now)
    return "\n".join(_lines(url, found)) + "\n"


def _lines(url: str, found: Discovered) -> list[str]:
    facts = found.facts
    return [
        f"# {facts['host']} as a subject of statuary check: take the # away from what it has, and name it rightly.",
        "# docs/check.md of Statuary explains the keys.",
        "",
        f'name = "{facts["host"]}"',
        f'url = "{url}"',
        '# start = ["command", "--port", "{port}"]     # how it is started, with url = "http://127.0.0.1:{port}/"',
        '# version = ["command", "--version"]',
        "",
        "[offers]",
        *_file(facts),
        *(f"# {key} = {value}{f'     # {hint}' if hint else ''}" for key, value, hint in _WORTH_TELLING),
        "",
        "[meets]     # requests that are answered with each code",
        *(f'# {code} = "{request}"     # {status.phrase(code)}' for code, request in _WORTH_MEETING),
    ]


def _file(facts: Mapping[str, str]) -> list[str]:
    if "file" not in facts:
        return ['# file = "/file.txt"     # GET: 200, always the same content: nothing like that was found']
    known = {
        "file.strong": "a strong entity tag",
        "file.weak": "a weak entity tag",
        "file.modified": "Last-Modified",
        "file.ranges": "byte ranges",
    }
    has = [words for name, words in known.items() if name in facts]
    return [f'file = "{facts["file"]}"     # found to have {", ".join(has) or "no validators, and no ranges"}']
