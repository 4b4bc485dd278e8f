"""A drop box: what is POSTed is accepted (202), worked on for a while, and then found at a URI of its own.

The state is on disk, so that it does not matter which worker is asked: for every item a file with its content and, written
after it, one that describes it. Nothing is stored that says whether the work is done: that follows from the time.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import secrets
from dataclasses import asdict, dataclass
from hashlib import sha256

from statuary.fields.grammar import Invalid
from statuary.fields.media_types import format_media_type, parse_media_type
from statuary.fields.validators import EntityTag
from statuary.message.request import Request
from statuary.origin_server.path_patterns import Names, PathPattern
from statuary.origin_server.paths import path_of
from statuary.origin_server.site import RequestContent
from statuary.origin_server.site_rules import taking_posts
from statuary.semantics.decision.outcome import Accepted, Outcome, StorageFull
from statuary.semantics.resource import Moved, Representation, Resource

MOST_ITEMS = 1000
MOST_OCTETS = 64 * 1024 * 1024
"""Octets of all items of a box together."""

_ID = re.compile(r"[0-9a-f]{24}")

# What somebody else has sent must not act in this site's name when a browser shows it
_AS_SENT = (
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", "sandbox; default-src 'none'"),
    ("Cache-Control", "no-cache"),
)


@dataclass(frozen=True, slots=True)
class Item:
    """Something that was dropped: when, in seconds since the epoch, and what it is."""

    accepted: int
    media_type: str
    size: int
    digest: str


class DropBox:
    """The drop box at the resource that ``pattern`` names. Items are done after ``seconds``; ``state`` keeps them."""

    def __init__(
        self,
        pattern: PathPattern,
        seconds: int,
        state: str,
        *,
        most_items: int = MOST_ITEMS,
        most_octets: int = MOST_OCTETS,
    ) -> None:
        # A box at "/box/" and one at "/box" have monitors alike, below it
        self._path = path_of([name for name in pattern.names if name])
        self._seconds = seconds
        self._most_items = most_items
        self._most_octets = most_octets
        self._directory = os.path.join(state, "drop_box", sha256(self._path.encode()).hexdigest()[:16])

    def taking(self, resource: Resource) -> Resource:
        """The drop box itself, over what the directory has there."""
        return taking_posts(resource)

    def resource(self, rest: Names, now: int) -> Resource | None:
        """The monitor or result that ``rest`` names below the box; None if it names neither."""
        if not _ID.fullmatch(rest[0]) or rest[1:] not in ((), ("result",)):
            return None
        item = self._item(rest[0])
        if item is None:
            return Resource(exists=False)
        done = item.accepted + self._seconds
        if now < done:
            return self._working(done - now) if len(rest) == 1 else Resource(exists=False)
        if len(rest) == 1:
            return Resource(moved=Moved(303, f"{self._path}/{rest[0]}/result", keeps_query=False))
        return self._result(rest[0], item)

    def _working(self, seconds: int) -> Resource:
        content = json.dumps({"state": "working"}).encode() + b"\n"
        fields = (("Retry-After", str(seconds)), ("Cache-Control", "no-store"))
        state = Representation(content, "application/json", len(content), fields=fields, has_ranges=False)
        return Resource(variants=(state,))

    def _result(self, name: str, item: Item) -> Resource:
        try:
            with open(os.path.join(self._directory, name + ".content"), "rb") as file:
                content = file.read()
        except FileNotFoundError:
            return Resource(exists=False)
        stored = Representation(
            content,
            item.media_type,
            len(content),
            EntityTag(item.digest, weak=False),
            item.accepted,
            fields=_AS_SENT,
        )
        return Resource(variants=(stored,))

    async def take(self, request: Request, content: RequestContent, now: int) -> Outcome:
        """Accept the content of ``request`` at the time ``now``."""
        data = await content.read()
        media_type = parse_media_type(request.fields.get("content-type"))
        kind = (
            "application/octet-stream"
            if media_type is None or isinstance(media_type, Invalid)
            else format_media_type(media_type)
        )
        item = Item(now, kind, len(data), sha256(data).hexdigest()[:24])
        name = secrets.token_hex(12)
        if not await asyncio.to_thread(self._store, name, item, data, now):
            return StorageFull()
        return Accepted(f"{self._path}/{name}", 1)

    # On disk

    def _item(self, name: str) -> Item | None:
        try:
            with open(os.path.join(self._directory, name + ".json"), encoding="utf-8") as file:
                return Item(**json.load(file))
        except FileNotFoundError:
            return None

    def _store(self, name: str, item: Item, data: bytes, now: int) -> bool:
        """Whether there was room, if need be that of items that are done, the oldest first."""
        os.makedirs(self._directory, exist_ok=True)
        if not self._make_room(item.size, now):
            return False
        described = json.dumps(asdict(item))
        for ending, written in ((".content", data), (".json", described.encode())):
            path = os.path.join(self._directory, name + ending)
            with open(path + ".new", "wb") as file:
                file.write(written)
                file.flush()
                os.fsync(file.fileno())
            os.rename(path + ".new", path)
        return True

    def _make_room(self, size: int, now: int) -> bool:
        names = [name.removesuffix(".json") for name in os.listdir(self._directory) if name.endswith(".json")]
        items = sorted(
            ((item, name) for name in names if (item := self._item(name))), key=lambda pair: pair[0].accepted
        )
        octets = sum(item.size for item, _ in items)
        count = len(items)
        for item, name in items:
            if count < self._most_items and octets + size <= self._most_octets:
                break
            if now >= item.accepted + self._seconds:
                self._remove(name)
                count -= 1
                octets -= item.size
        return count < self._most_items and octets + size <= self._most_octets

    def _remove(self, name: str) -> None:
        for ending in (".json", ".content"):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(os.path.join(self._directory, name + ending))
