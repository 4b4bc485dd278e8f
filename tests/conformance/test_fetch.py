"""What a URL answers, over real sockets: all that is asked, and that no answer can hold it up, blow it up or hurt it."""

from __future__ import annotations

import asyncio

import pytest

from statuary.conformance.fetch import Bounds, CannotFetch, explore, fetch, target_of
from statuary.wire.response_reader import CONTENT_TO_HEAD, WRONG_LENGTH
from statuary.wire.transcript import Seen

from .scripted import Script, scripted

BOUNDS = Bounds(closing_seconds=5)
EMPTY = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


def explored(
    answer: bytes | Script, *, tls: bool = False, verify: bool = True
) -> tuple[tuple[Seen, ...], tuple[str, ...]]:
    def always(head: bytes) -> bytes | None:
        return answer(head) if callable(answer) else answer

    async def play() -> tuple[tuple[Seen, ...], tuple[str, ...]]:
        async with scripted(always, tls=tls) as url:
            return await explore(f"{url}/a?b", BOUNDS, verify=verify)

    return asyncio.run(play())


def asked_for(seen: tuple[Seen, ...]) -> list[tuple[str, str]]:
    known = ("if-none-match", "if-modified-since", "range")
    return [
        (one.exchange.request.method, next((name for name in known if name in one.exchange.request.fields), ""))
        for one in seen
    ]


@pytest.mark.parametrize(
    ("lines", "asked"),
    [
        ("", [("GET", ""), ("HEAD", "")]),
        ('ETag: "1"\r\n', [("GET", ""), ("HEAD", ""), ("GET", "if-none-match")]),
        ("ETag: 1\r\n", [("GET", ""), ("HEAD", "")]),
        ("Last-Modified: x\r\n", [("GET", ""), ("HEAD", ""), ("GET", "if-modified-since")]),
        ("Accept-Ranges: bytes\r\n", [("GET", ""), ("HEAD", ""), ("GET", "range")]),
        ("Accept-Ranges: none\r\n", [("GET", ""), ("HEAD", "")]),
    ],
)
def test_what_is_asked_follows_from_what_the_first_answer_offers(lines: str, asked: list[tuple[str, str]]) -> None:
    seen, remarks = explored(f"HTTP/1.1 200 OK\r\n{lines}Content-Length: 0\r\n\r\n".encode())
    assert (asked_for(seen), remarks) == (asked, ())


def test_the_request_is_one_that_any_server_takes() -> None:
    heads: list[bytes] = []

    def script(head: bytes) -> bytes:
        heads.append(head)
        return b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n" + (b"" if head.startswith(b"HEAD") else b"no")

    seen, _ = explored(script)
    assert heads[0].startswith(b"GET /a?b HTTP/1.1\r\nHost: 127.0.0.1:")
    assert b"\r\nConnection: close\r\n" in heads[0]
    assert seen[0].exchange.final is not None
    assert (seen[0].exchange.final.content, seen[0].problems, seen[1].problems) == (b"no", (), ())


def test_content_after_the_end_is_seen() -> None:
    seen, _ = explored(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabc")
    assert [[problem.because for problem in one.problems] for one in seen] == [[WRONG_LENGTH], [CONTENT_TO_HEAD]]


def test_tls_with_a_certificate_that_nobody_trusts() -> None:
    with pytest.raises(CannotFetch, match="certificate is not trusted"):
        explored(EMPTY, tls=True)
    seen, _ = explored(EMPTY, tls=True, verify=False)
    assert seen[0].exchange.request.scheme == "https"


def test_failures_have_a_reason() -> None:
    with pytest.raises(CannotFetch, match="closed without an answer"):
        explored(b"")

    async def play() -> None:
        async with scripted(lambda head: EMPTY) as url:
            with pytest.raises(CannotFetch, match="no TLS"):
                await explore(url.replace("http:", "https:"), BOUNDS)
        with pytest.raises(CannotFetch, match="refused"):
            await explore(url, BOUNDS)
        async with scripted(lambda head: None) as url:
            with pytest.raises(CannotFetch, match=r"no answer within 0\.05 seconds"):
                await explore(url, Bounds(seconds=0.05))

    asyncio.run(play())


def test_later_failures_are_remarks() -> None:
    seen, remarks = explored(lambda head: EMPTY if head.startswith(b"GET") else b"")
    assert len(seen) == 1
    assert remarks[0].startswith("HEAD: 127.0.0.1 port ")


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nA: " + b"a" * 100_000,
        b"HTTP/1.1 100 Continue\r\n\r\n" * 1000,
        b"\x00\xff" * 1000,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nabc",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nabc",
    ],
)
def test_hostile_answers_are_seen_for_what_they_are(answer: bytes) -> None:
    seen, _ = explored(answer)
    assert seen[0].problems
    assert all(one.exchange.final is None or not one.is_content_known for one in seen[:1])


def test_what_is_too_much_or_too_slow_is_cut_and_not_held_against_the_server() -> None:
    async def play() -> tuple[Seen, Seen]:
        async with scripted(lambda head: b"HTTP/1.1 200 OK\r\n\r\n" + b"a" * 1_000_000) as url:
            much = await fetch(target_of(url), "GET", (), Bounds(octets=1000))
        part = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"
        async with scripted(lambda head: part, stays_open=True) as url:
            slow = await fetch(target_of(url), "GET", (), Bounds(seconds=1))
        return much, slow

    for one in asyncio.run(play()):
        assert (one.problems, one.is_content_known) == ((), False)


@pytest.mark.parametrize(
    ("url", "authority", "origin_form"),
    [
        ("http://example.org", "example.org", "/"),
        ("https://example.org:443/a b?c d#e", "example.org", "/a%20b?c%20d"),
        ("http://Example.org:8080/%41?", "example.org:8080", "/%41"),
        ("http://[::1]:8080/é", "[::1]:8080", "/%C3%A9"),
        ("http://bücher.example/\r\nX:", "xn--bcher-kva.example", "/X:"),
    ],
)
def test_targets(url: str, authority: str, origin_form: str) -> None:
    target = target_of(url)
    assert (target.authority, target.origin_form) == (authority, origin_form)


@pytest.mark.parametrize(
    "url", ["ftp://a/", "http://", "http://a:x/", "http://[::1/", "http://" + "é" * 70 + "/", "http://a b/"]
)
def test_what_is_no_url(url: str) -> None:
    with pytest.raises(ValueError, match=r"URL|host"):
        target_of(url)
