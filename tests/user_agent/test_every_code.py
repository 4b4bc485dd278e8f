"""Every status code that our origin server can send, from the exhibit over a socket: what our user agent does about it.

Each row is a request, the status codes that come for it, what is done in the end, and words of the story that
``statuary fetch --explain`` tells of it.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

import pytest
from tests.origin_server.conftest import Served, serving

from statuary.cli.fetch_story import story_as_text
from statuary.origin_server.exhibit import FILES
from statuary.semantics.reaction import Ask, Deliver, GiveUp, Login, Policy
from statuary.user_agent.timeouts import Timeouts

from .conftest import Patience, agent, run

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
HANDSHAKE = {
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
FOR_CONTINUE = 7777.0


@dataclass(frozen=True)
class Row:
    """A request, and what becomes of it."""

    code: int
    method: str
    path: str
    statuses: list[int]
    kind: type
    story: str
    fields: dict[str, str] = field(default_factory=dict)
    content: Any = None
    user: tuple[str, str] | None = None
    options: dict[str, Any] = field(default_factory=dict)


class Stalls:
    """Content that begins and never goes on."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"name="
        await asyncio.Event().wait()


ROWS = [
    Row(
        *(100, "POST", "/forms/answer", [200], Deliver, "< 100 Continue"),
        FORM,
        b"name=Ada",
        options={"expects_continue": True},
    ),
    Row(101, "GET", "/echo", [101], Deliver, "The connection speaks the other protocol now.", HANDSHAKE),
    Row(103, "GET", "/early-hints.html", [200], Deliver, "< 103 Early Hints"),
    Row(200, "GET", "/hello.txt", [200], Deliver, "delivered: A success: 200. (RFC 9110 section 15.3.1)"),
    Row(201, "PUT", "/notes/new.txt", [201], Deliver, "A success: 201. (RFC 9110 section 15.3.2)", content=b"new"),
    Row(202, "POST", "/drop-box", [202], Deliver, "the work is not finished", FORM, b"text=a b"),
    Row(204, "POST", "/forms/quiet", [204], Deliver, "the view stays", FORM, b"vote=yes"),
    Row(205, "POST", "/forms/entry", [205], Deliver, "the form is to be cleared", FORM, b"entry=one"),
    Row(206, "GET", "/numbers.txt", [206], Deliver, "A part, as it was asked for.", {"Range": "bytes=0-99"}),
    Row(300, "GET", "/planets", [300], Ask, "There are 3 choices."),
    Row(301, "GET", "/moved/for-good", [301, 200], Deliver, "remembered: moved"),
    Row(302, "GET", "/moved/for-now", [302, 200], Deliver, "sent again: 302: GET"),
    Row(303, "POST", "/forms/order", [303, 200], Deliver, "without content", FORM, b"tea=green"),
    Row(304, "GET", "/hello.txt", [304], Deliver, "It has not changed.", {"If-None-Match": "*"}),
    Row(305, "GET", "/moved/behind-a-proxy", [305], GiveUp, "which no response may choose"),
    Row(307, "POST", "/moved/for-now-as-is", [307, 200], Deliver, "with its content", FORM, b"name=Ada"),
    Row(308, "GET", "/moved/for-good-as-is", [308, 200], Deliver, "remembered: moved"),
    Row(400, "GET", "/status/400", [400], GiveUp, "An error of the client's side: 400."),
    Row(401, "GET", "/private/", [401, 200], Deliver, "answered with Digest", user=("alice", "wonderland")),
    Row(401, "GET", "/private/", [401, 401], GiveUp, "were refused", user=("alice", "guess")),
    Row(401, "GET", "/private/", [401], Ask, "Credentials are needed"),
    Row(402, "GET", "/encyclopaedia", [402], Ask, "Payment is required."),
    Row(403, "GET", "/vault", [403], GiveUp, "(RFC 9110 section 15.5.4)"),
    Row(404, "GET", "/nothing-here", [404], GiveUp, "There is nothing there."),
    Row(405, "DELETE", "/hello.txt", [405], GiveUp, "not allowed here (GET, HEAD, OPTIONS)"),
    Row(406, "GET", "/planets", [406], GiveUp, "nothing acceptable", {"Accept": "image/png"}),
    Row(408, "POST", "/forms/answer", [408], GiveUp, "To repeat POST would be unsafe.", FORM, Stalls()),
    Row(409, "POST", "/forms/name", [409], GiveUp, "conflicts", FORM, b"name=alice"),
    Row(410, "GET", "/last-year", [410], GiveUp, "remembered: gone"),
    Row(411, "POST", "/forms/measured", [411, 204], Deliver, "once more, with it", FORM, [b"name=Ada"]),
    Row(412, "GET", "/hello.txt", [412], GiveUp, "someone changed it", {"If-Match": '"yesterday"'}),
    Row(413, "POST", "/forms/short", [413], GiveUp, "larger than is taken", FORM, b"text=" + b"a" * 500),
    Row(414, "GET", "/limits/query.html?q=" + "a" * 60, [414], GiveUp, "longer than is taken"),
    Row(415, "POST", "/forms/answer", [415], GiveUp, "is not taken", {"Content-Type": "image/png"}, b"x"),
    Row(416, "GET", "/numbers.txt", [416], GiveUp, "There is no such part.", {"Range": "bytes=999999-"}),
    Row(417, "GET", "/hello.txt", [417, 200], Deliver, "once more without it", {"Expect": "a-miracle"}),
    Row(421, "GET", "/status/421", [421, 421], GiveUp, "Another 421, on another connection."),
    Row(422, "POST", "/forms/answer", [422], GiveUp, "can't be processed", FORM, b"unknown=1"),
    Row(
        425, "POST", "/forms/answer", [425, 425], GiveUp, "RFC 8470 section 5.2", {**FORM, "Early-Data": "1"}, b"name=A"
    ),
    Row(426, "GET", "/echo", [426], GiveUp, "Another protocol is required (websocket)."),
    Row(428, "PUT", "/guarded/minutes.txt", [428], GiveUp, "send its entity tag in If-Match", content=b"Mine"),
    Row(429, "GET", "/status/429", [429, 429], GiveUp, "asks to wait 1 seconds"),
    Row(431, "GET", "/limits/fields.html", [431], GiveUp, "larger than is taken", {"Cookie": "a=" + "b" * 2000}),
    Row(451, "GET", "/status/451", [451], GiveUp, "(RFC 7725 section 3)"),
    Row(500, "GET", "/status/500", [500, 500], GiveUp, "may pass"),
    Row(501, "BREW", "/hello.txt", [501], GiveUp, "is not implemented there"),
    Row(503, "GET", "/status/503", [503, 503], GiveUp, "asks to wait 1 seconds"),
    Row(503, "GET", "/tea-room/", [503], GiveUp, "asks to wait 3600 seconds"),
    Row(505, "GET", "/status/505", [505], GiveUp, "(RFC 9110 section 15.6.6)"),
    Row(507, "PUT", "/shelf/long.txt", [507], GiveUp, "There is no room left there.", content=b"a\n" * 1000),
]


@pytest.fixture(scope="module")
def exhibit() -> Iterator[Served]:
    with serving("--content-timeout", "1") as served:
        yield served


@pytest.mark.parametrize("row", [pytest.param(row, id=f"{row.code}-{number}") for number, row in enumerate(ROWS)])
def test_what_is_done(row: Row, exhibit: Served) -> None:
    if row.path == "/echo" and find_spec("wsproto") is None:
        pytest.skip("wsproto is not installed")
    patience = _Patience()

    async def test() -> None:
        logins = () if row.user is None else (Login(exhibit.origin, *row.user),)
        policy = Policy(most_retries=1, logins=logins)
        timeouts = Timeouts(first_octet=20, between_octets=20, for_continue=FOR_CONTINUE)
        async with agent(patience, policy, timeouts=timeouts) as mine:
            options: Any = {"expects_continue": False, **row.options}
            fetched = await mine.fetch(
                row.method, f"{exhibit.origin}{row.path}", fields=row.fields, content=row.content, **options
            )
        seen = [one.final.status for one in fetched.attempts if one.final is not None]
        seen += [one.status for one in fetched.interim]
        assert row.code in seen
        assert seen[: len(row.statuses)] == row.statuses
        assert type(fetched.reaction) is row.kind
        assert row.story in story_as_text(fetched.steps, None)

    run(test())


class _Patience(Patience):
    """No time passes while a 100 is waited for."""

    async def sleep(self, seconds: float) -> None:
        self.holds = seconds == FOR_CONTINUE
        await super().sleep(seconds)


def test_no_code_of_the_exhibit_is_forgotten() -> None:
    page = (FILES / "index.html").read_text("utf-8")
    assert {int(code) for code in re.findall(r'<article id="c(\d+)">', page)} == {row.code for row in ROWS}
