"""Code by client, alone and with the adapter: what each sends in all, and the status it ends with.

The first answer to /a is the row's, all others are 200. What is asked for is a PUT, a POST or a GET with the same content.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx
import pytest
import requests
from tests.user_agent.adapters.server import Seen, answer, serving

from statuary.user_agent.adapters.httpx import AsyncReactTransport, ReactTransport
from statuary.user_agent.adapters.requests import mount


@dataclass
class Waits:
    """Instead of sleeping."""

    seconds: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.seconds.append(seconds)

    async def asleep(self, seconds: float) -> None:
        self.seconds.append(seconds)


Client = Callable[[str, str, bytes | None, Waits], int]


def httpx_alone(method: str, url: str, content: bytes | None, waits: Waits) -> int:
    with httpx.Client(follow_redirects=True, trust_env=False) as client:
        return client.request(method, url, content=content).status_code


def httpx_reacting(method: str, url: str, content: bytes | None, waits: Waits) -> int:
    with httpx.Client(transport=ReactTransport(sleep=waits.sleep)) as client:
        return client.request(method, url, content=content).status_code


def httpx_async_reacting(method: str, url: str, content: bytes | None, waits: Waits) -> int:
    async def run() -> int:
        async with httpx.AsyncClient(transport=AsyncReactTransport(sleep=waits.asleep)) as client:
            return (await client.request(method, url, content=content)).status_code

    return asyncio.run(run())


def requests_alone(method: str, url: str, content: bytes | None, waits: Waits) -> int:
    with requests.Session() as session:
        session.trust_env = False
        return session.request(method, url, data=content).status_code


def requests_reacting(method: str, url: str, content: bytes | None, waits: Waits) -> int:
    with requests.Session() as session:
        session.trust_env = False
        mount(session, sleep=waits.sleep)
        return session.request(method, url, data=content).status_code


TO_B = "Location: /b"
LATER = "Retry-After: 7"

# What each adapter does
REACTING = [
    (301, TO_B, "PUT", ["PUT /a x", "PUT /b x"], 200),
    (302, TO_B, "PUT", ["PUT /a x", "PUT /b x"], 200),
    (303, TO_B, "PUT", ["PUT /a x", "GET /b"], 200),
    (307, TO_B, "PUT", ["PUT /a x", "PUT /b x"], 200),
    (308, TO_B, "PUT", ["PUT /a x", "PUT /b x"], 200),
    (301, TO_B, "POST", ["POST /a x", "GET /b"], 200),
    (302, TO_B, "POST", ["POST /a x", "GET /b"], 200),
    (303, TO_B, "POST", ["POST /a x", "GET /b"], 200),
    (307, TO_B, "POST", ["POST /a x", "POST /b x"], 200),
    (308, TO_B, "POST", ["POST /a x", "POST /b x"], 200),
    (303, TO_B, "HEAD", ["HEAD /a", "HEAD /b"], 200),
    (302, "Location: /a", "GET", ["GET /a"], 302),  # a loop is seen before it is run
    (302, "X: no Location", "GET", ["GET /a"], 302),
    (304, TO_B, "GET", ["GET /a"], 304),
    (305, TO_B, "GET", ["GET /a"], 305),
    (399, TO_B, "GET", ["GET /a", "GET /b"], 200),  # as 300, the server's choice
    (408, "Connection: close", "GET", ["GET /a", "GET /a"], 200),
    (408, "Connection: close", "POST", ["POST /a x"], 408),
    (421, "X: -", "POST", ["POST /a x", "POST /a x"], 200),
    (425, "X: -", "GET", ["GET /a", "GET /a"], 200),
    (429, LATER, "GET", ["GET /a", "wait 7", "GET /a"], 200),
    (503, LATER, "PUT", ["PUT /a x", "wait 7", "PUT /a x"], 200),
    (503, LATER, "POST", ["POST /a x"], 503),
    (503, "Retry-After: 100000", "GET", ["GET /a"], 503),
    (413, LATER, "PUT", ["PUT /a x", "wait 7", "PUT /a x"], 200),
    (404, LATER, "GET", ["GET /a"], 404),
    (410, TO_B, "GET", ["GET /a"], 410),
    (204, "X: -", "PUT", ["PUT /a x"], 204),
]

# What they do alone: why there are adapters
ALONE = [
    (302, TO_B, "PUT", ["PUT /a x", "GET /b"], 200),
    (303, TO_B, "PUT", ["PUT /a x", "GET /b"], 200),
    (429, LATER, "GET", ["GET /a"], 429),
    (503, LATER, "PUT", ["PUT /a x"], 503),
    (421, "X: -", "POST", ["POST /a x"], 421),
    (425, "X: -", "GET", ["GET /a"], 425),
]


def play(client: Client, status: int, line: str, method: str) -> tuple[list[str], int]:
    """All that was sent and waited for, in order, and the status it ended with."""
    waits, happened = Waits(), list[str]()

    def script(seen: Seen) -> bytes:
        happened.extend(f"wait {seconds:g}" for seconds in waits.seconds)
        waits.seconds.clear()
        is_first = not happened
        happened.append(f"{seen.method} {seen.target} {seen.content.decode()}".rstrip())
        return answer(status if is_first else 200, *([line] if is_first else []))

    with serving(script) as server:
        content = b"x" if method in ("PUT", "POST") else None
        return happened, client(method, f"{server.origin}/a", content, waits)


@pytest.mark.parametrize("client", [httpx_reacting, httpx_async_reacting, requests_reacting])
@pytest.mark.parametrize(("status", "line", "method", "happens", "end"), REACTING)
def test_with_the_adapter(client: Client, status: int, line: str, method: str, happens: list[str], end: int) -> None:
    assert play(client, status, line, method) == (happens, end)


@pytest.mark.parametrize("client", [httpx_alone, requests_alone])
@pytest.mark.parametrize(("status", "line", "method", "happens", "end"), ALONE)
def test_alone(client: Client, status: int, line: str, method: str, happens: list[str], end: int) -> None:
    assert play(client, status, line, method) == (happens, end)


def test_requests_alone_repeats_a_moved_put_without_its_content() -> None:
    assert play(requests_alone, 301, TO_B, "PUT") == (["PUT /a x", "PUT /b"], 200)
