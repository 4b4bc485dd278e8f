"""What can be found out about a subject by asking: its file, validators, ranges, what is missing, where it takes writes.

A few well-formed requests, one after the other. What is found is told in facts (facts.py); what the subject was said to
have and has not is told in remarks.
"""

from __future__ import annotations

import asyncio
import mimetypes
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from statuary.conformance.channel import Peer
from statuary.conformance.conversation import Answered, Conversation, Record
from statuary.conformance.exchanging import FIRST_PATIENCE, Baseline, Bounds
from statuary.conformance.fetch import Target, reason_of
from statuary.conformance.requests import compose
from statuary.conformance.scenario import GARBAGE, NO_ANSWER, SILENCE
from statuary.fields.dates import format_http_date, parse_http_date
from statuary.fields.validators import parse_entity_tag
from statuary.message.response import Response

DAY = 86_400
LONG_AGO = 784_111_777
LEAST_IN_PARTS = 10
"""Octets that a resource has if scenarios about its parts apply: what they ask for lies within."""
_MADE_NOW = 3
_A_SECOND = 1.1
_OBSOLETE_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Unreachable(Exception):  # noqa: N818
    """There is no HTTP server to be checked. The message says what there is instead."""


class Unreadable(Unreachable):
    """There is a server, but what it answers is no response of HTTP/1.1."""


@dataclass(slots=True)
class Discovered:
    """Facts by name, the baseline for connections, and remarks about what did not work as told."""

    facts: dict[str, str]
    baseline: Baseline
    remarks: list[str] = field(default_factory=list)


async def discover(
    peer: Peer, target: Target, told: Mapping[str, str], bounds: Bounds, record: Record, now: int
) -> Discovered:
    """Ask a subject for what can be found out. Raises Unreachable where nothing answers, Unreadable where it is no HTTP."""
    return await _Asking(peer, target, told, bounds, record, now).discover()


def fresh_facts(facts: Mapping[str, str], now: int) -> dict[str, str]:
    """The facts of one play: those that are found, the time, and names that no other play uses."""
    unique = secrets.token_hex(6)
    found = {
        **facts,
        "unique": unique,
        "now": format_http_date(now),
        "tomorrow": format_http_date(now + DAY),
        "long_ago": format_http_date(LONG_AGO),
    }
    if "writable" in facts:
        ending = ".txt" if facts["writable.type"] == "text/plain" else mimetypes.guess_extension(facts["writable.type"])
        found["new"] = f"{facts['writable']}statuary-{unique}{ending or ''}"
    return found


class _Asking:
    def __init__(
        self, peer: Peer, target: Target, told: Mapping[str, str], bounds: Bounds, record: Record, now: int
    ) -> None:
        self.peer = peer
        self.bounds = bounds
        self.record = record
        self.now = now
        self.target = target
        self.remarks: list[str] = []
        self.facts = {
            **told,
            "host": target.authority,
            "port": str(target.port),
            "scheme": target.scheme,
            "other_host": "statuary.invalid",
        }

    async def discover(self) -> Discovered:
        first = await self.ask(f"GET {self.facts.get('file', self.target.origin_form)}", needed=True)
        if "file" not in self.facts and first is not None and first.status == 200:
            self.facts["file"] = self.target.origin_form
        for resource in ("file", "large"):
            if resource in self.facts:
                await self.representation(resource)
        await self.missing()
        await self.directory()
        await self.writing()
        probe = f"GET {self.facts.get('file', self.target.origin_form)} | Connection: close"
        status = await self.ask(probe, needed=True)
        assert status is not None
        baseline = Baseline(compose(probe, self.facts, scheme=self.target.scheme), str(status.status))
        return Discovered(self.facts, baseline, self.remarks)

    async def ask(self, request: str, *, needed: bool = False) -> Response | None:
        """The final response to a request of its own connection, None where none came."""
        answered = await self.answered(request, FIRST_PATIENCE if needed else 1)
        if needed and (answered is None or answered.response is None):
            what = "no connection" if answered is None else answered.status
            where = f"{self.target.host} port {self.target.port}"
            if what == GARBAGE:
                raise Unreadable(f"{where}: its answer is not HTTP/1.1")
            told = {NO_ANSWER: "it closes the connection without an answer", SILENCE: "it does not answer"}
            raise Unreachable(f"{where}: {told.get(what, what)}")
        return None if answered is None else answered.response

    async def answered(self, request: str, patience: int = 1) -> Answered | None:
        try:
            conversation = Conversation("a", await self.peer.connect(), self.record)
        except OSError as error:
            raise Unreachable(reason_of(error, self.target)) from None
        try:
            conversation.ask(compose(request, self.facts, scheme=self.target.scheme))
            return await conversation.answer(self.bounds.answer * patience)
        finally:
            conversation.close()

    async def representation(self, resource: str) -> None:
        path = self.facts[resource]
        first, again = await self.ask(f"GET {path}"), await self.ask(f"GET {path}")
        if first is None or again is None or first.status != 200 or again.status != 200:
            self.remarks.append(f"{path} is not answered 200: it can't be the {resource}.")
            self.forget(resource)
            return
        if first.content != again.content:
            self.remarks.append(f"The content of {path} is another each time: it can't be the {resource}.")
            self.forget(resource)
            return
        self.content(resource, first)
        await self.validators(resource, first, again)
        if len(first.content) < LEAST_IN_PARTS:
            self.remarks.append(f"{path} is too short to be asked for in parts: {LEAST_IN_PARTS} octets would do.")
            return
        part = await self.ask(f"GET {path} | Range: bytes=0-0")
        if part is not None and part.status == 206:
            self.facts[f"{resource}.ranges"] = "bytes"

    def forget(self, resource: str) -> None:
        for name in [name for name in self.facts if name == resource or name.startswith(f"{resource}.")]:
            del self.facts[name]

    def content(self, resource: str, response: Response) -> None:
        if len(response.content) < 3:
            return
        self.facts[f"{resource}.content"] = response.content.decode("latin-1")
        self.facts[f"{resource}.length"] = str(len(response.content))
        self.facts[f"{resource}.last"] = str(len(response.content) - 1)
        if (media_type := response.fields.get("content-type")) is not None:
            self.facts[f"{resource}.type"] = media_type

    async def validators(self, resource: str, response: Response, again: Response) -> None:
        etag = response.fields.get("etag")
        if etag is not None and parse_entity_tag(etag) and etag == again.fields.get("etag"):
            self.facts[f"{resource}.etag"] = etag
            self.facts[f"{resource}.weak" if etag.startswith("W/") else f"{resource}.strong"] = etag
            other_case = etag.encode("latin-1").swapcase().decode("latin-1")
            if not etag.startswith("W/") and other_case != etag:
                self.facts[f"{resource}.other_case"] = other_case
        modified = parse_http_date(response.fields.get("last-modified"), self.now)
        if isinstance(modified, int) and response.fields.get("last-modified") == again.fields.get("last-modified"):
            if abs(modified - self.now) <= _MADE_NOW:
                # It may be the time of the answer, which was the same second for both
                await asyncio.sleep(_A_SECOND)
                third = await self.ask(f"GET {self.facts[resource]}")
                if third is None or third.fields.get("last-modified") != response.fields.get("last-modified"):
                    return
            self.dates(resource, modified)

    def dates(self, resource: str, modified: int) -> None:
        text = format_http_date(modified)
        day, date, month, year, clock, _ = text.replace(",", "").split(" ")
        full = next(name for name in _OBSOLETE_DAYS if name.startswith(day))
        self.facts[f"{resource}.modified"] = text
        self.facts[f"{resource}.modified_rfc850"] = f"{full}, {date}-{month}-{year[2:]} {clock} GMT"
        self.facts[f"{resource}.modified_asctime"] = (
            f"{day} {month} {date.replace('0', ' ', 1) if date[0] == '0' else date} {clock} {year}"
        )
        self.facts[f"{resource}.earlier"] = format_http_date(modified - DAY)
        self.facts[f"{resource}.second_earlier"] = format_http_date(modified - 1)
        if modified + 60 < self.now:
            self.facts[f"{resource}.second_later"] = format_http_date(modified + 1)
            self.facts[f"{resource}.later"] = format_http_date(min(modified + DAY, self.now - 30))

    async def missing(self) -> None:
        base = self.facts.get("file", "/").rpartition("/")[0]
        path = f"{base}/statuary-{secrets.token_hex(8)}"
        response = await self.ask(f"GET {path}")
        if response is not None and response.status == 404:
            self.facts["missing"] = path

    async def directory(self) -> None:
        path = self.facts.get("directory")
        if path is None:
            return
        response = await self.ask(f"GET {path}")
        if response is None or response.status >= 400:
            self.remarks.append(f"{path} is not answered: it can't be the directory.")
            self.forget("directory")

    async def writing(self) -> None:
        if "writable" not in self.facts:
            return
        new = fresh_facts(self.facts, self.now)["new"]
        response = await self.ask(f"PUT {new} | Content-Type: {self.facts['writable.type']} || statuary")
        if response is None or response.status // 100 != 2:
            self.remarks.append(f"A PUT below {self.facts['writable']} is not done: it can't be the writable area.")
            self.forget("writable")
            return
        await self.ask(f"DELETE {new}")
