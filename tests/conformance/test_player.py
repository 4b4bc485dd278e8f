"""One scenario against subjects of every kind: the verdict, and that every play ends."""

from __future__ import annotations

import asyncio

import pytest
from tests.conformance.memory_peer import MemoryPeer, Serve, ServerSide, always, answers

from statuary.conformance.conversation import MOST_CONTENT
from statuary.conformance.exchanging import Baseline, Bounds
from statuary.conformance.player import Played, play
from statuary.conformance.requests import compose
from statuary.conformance.scenario_files import read_scenarios

FACTS = {"host": "a.test", "file": "/f", "scheme": "http"}
BASELINE = Baseline(compose("GET /f | Connection: close", FACTS), "200")
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
NO = b"HTTP/1.1 412 No\r\nContent-Length: 0\r\n\r\n"

PLAIN = """
[[scenario]]
id = "t.plain"
title = "a false condition"
codes = [412]
shows = ["rfc9110-13.1.1-3"]
send = "GET {file} | If-Match: \\"x\\""
answers = [
  { status = 412, why = "false" },
  { status = 200, breaks = "rfc9110-13.1.1-3", why = "performed all the same" },
]
otherwise = "rfc9110-15.5.13-s1"
"""


def played(serve: Serve, text: str = PLAIN, *, answer: float = 0.1, facts: dict[str, str] = FACTS) -> Played:
    (scenario,) = read_scenarios(text, "test")
    return asyncio.run(play(scenario, MemoryPeer(serve), facts, BASELINE, Bounds(answer, 5.0)))


def scenario(answers: str, **keys: str) -> str:
    lines = [f"{key} = {value}" for key, value in keys.items()]
    return "\n".join(["[[scenario]]", 'id = "t.one"', 'title = "t"', *lines, f"answers = [{answers}]"])


async def silence(side: ServerSide) -> None:
    await asyncio.Event().wait()


async def reset(side: ServerSide) -> None:
    await side.head()
    side.reset()


async def flood_of_interim_responses(side: ServerSide) -> None:
    await side.head()
    while True:
        side.write(b"HTTP/1.1 102 Processing\r\n\r\n" * 100)
        await asyncio.sleep(0)


async def endless_header_section(side: ServerSide) -> None:
    await side.head()
    side.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        side.write(b"X: " + b"y" * 4000 + b"\r\n")
        await asyncio.sleep(0)


async def endless_content(side: ServerSide) -> None:
    await side.head()
    side.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        side.write(b"z" * 65536)
        await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("serve", "verdict", "breaks"),
    [
        (answers(NO, OK), "pass", None),
        (answers(NO), "pass", None),  # closed afterwards
        (answers(OK), "fail", "rfc9110-13.1.1-3"),
        (always(b"HTTP/1.1 304 Not Modified\r\n\r\n"), "note", "rfc9110-15.5.13-s1"),
        (always(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"), "inconclusive", None),
        (always(b"HTTP/1.1 429 Slow down\r\nContent-Length: 0\r\n\r\n"), "inconclusive", None),
        (answers(b""), "note", "rfc9110-15.5.13-s1"),
        (silence, "note", "rfc9110-15.5.13-s1"),
        (reset, "note", "rfc9110-15.5.13-s1"),
        (always(b"garbage and more of it\r\n"), "note", "rfc9110-15.5.13-s1"),
        (flood_of_interim_responses, "note", "rfc9110-15.5.13-s1"),
        (endless_header_section, "note", "rfc9110-15.5.13-s1"),
        (endless_content, "fail", "rfc9110-13.1.1-3"),
    ],
)
def test_every_subject_gets_its_verdict(serve: Serve, verdict: str, breaks: str | None) -> None:
    result = played(serve).result
    assert (result.verdict, result.breaks) == (verdict, breaks), result.detail


@pytest.mark.parametrize("status", ["429", "503"])
def test_a_server_that_is_busy_breaks_nothing_that_is_said_of_a_class(status: str) -> None:
    answer = always(f"HTTP/1.1 {status} Later\r\nContent-Length: 0\r\n\r\n".encode())
    of_class = '{ status = ["4xx", "5xx"], breaks = "rfc9110-13.1.1-3", why = "wrong" }'
    by_name = of_class.replace('"4xx"', f'"4xx", {status}')
    right = '{ status = ["4xx", "5xx"], why = "right" }'
    send = {"send": '"GET {file}"'}
    assert played(answer, scenario(of_class, **send)).result.verdict == "inconclusive"
    assert played(answer, scenario(by_name, **send)).result.verdict == "fail"
    assert played(answer, scenario(right, **send)).result.verdict == "pass"


def test_a_play_keeps_what_happened() -> None:
    one = played(answers(NO, OK))
    assert [event.kind for event in one.result.events][:3] == ["opened", "sent", "received"]
    assert one.result.events[1].data.startswith(b'GET /f HTTP/1.1\r\nHost: a.test\r\nIf-Match: "x"\r\n')
    assert one.result.statuses == (412,)
    assert [seen.exchange.final.status for _, seen in one.seen if seen.exchange.final] == [412, 200]


def test_what_is_kept_of_endless_content_is_bounded() -> None:
    one = played(endless_content)
    (_, seen) = one.seen[0]
    assert seen.exchange.final is not None
    assert len(seen.exchange.final.content) <= MOST_CONTENT
    assert sum(len(event.data) for event in one.result.events) < 500_000


def test_out_of_step_is_a_departure() -> None:
    # The content of the request is left unread, and taken for the next request
    text = PLAIN.replace("GET {file}", "PUT {file}").replace('\\"x\\"', '\\"x\\" || hello')

    async def leaves_content_unread(side: ServerSide) -> None:
        await side.head()
        side.write(NO)
        await side.head()
        side.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

    result = played(leaves_content_unread, text).result
    assert (result.verdict, result.breaks) == ("fail", "rfc9112-9.3-5")


def test_a_connection_that_ends_in_passing_is_opened_anew() -> None:
    text = """
[[scenario]]
id = "t.two"
title = "a false condition, and one more"
steps = [{ send = "GET {file}", answers = [200] }]
send = "GET {file} | If-Match: \\"x\\""
answers = [{ status = 412, why = "false" }]
"""

    async def ends_after_one(side: ServerSide) -> None:
        head = await side.head()
        side.write(NO if b"If-Match" in head else OK)
        await side.head()
        side.close()

    assert played(ends_after_one, text).result.verdict == "pass"
    post = text.replace('send = "GET {file} |', 'send = "POST {file} |')
    assert played(ends_after_one, post).result.verdict == "inconclusive"  # who knows what became of the first


def test_octets_after_the_answer_are_told_to_judge() -> None:
    one = played(answers(NO + b"excess"))
    assert one.result.verdict == "fail"
    assert [problem.because for _, seen in one.seen for problem in seen.problems] == ["rfc9110-8.6-11"]


def test_missing_facts_make_it_not_applicable() -> None:
    result = played(always(OK), PLAIN.replace("{file}", "{large}")).result
    assert result.verdict == "not applicable"
    assert "100 KB" in result.detail


def test_a_subject_that_takes_no_connection() -> None:
    class Nobody:
        takes_octets = half_closes = True

        async def connect(self) -> ServerSide:
            raise ConnectionRefusedError(111, "Connection refused")

    (one,) = read_scenarios(PLAIN, "test")
    result = asyncio.run(play(one, Nobody(), FACTS, BASELINE, Bounds(0.1, 1))).result  # type: ignore[arg-type]
    assert (result.verdict, result.detail) == ("inconclusive", "No connection: Connection refused")


def test_a_mistake_of_ours_is_no_failure_of_the_subject() -> None:
    class Broken:
        takes_octets = half_closes = True

        async def connect(self) -> ServerSide:
            raise ZeroDivisionError("ours")

    (one,) = read_scenarios(PLAIN, "test")
    result = asyncio.run(play(one, Broken(), FACTS, BASELINE, Bounds(0.1, 1))).result  # type: ignore[arg-type]
    assert (result.verdict, result.detail) == ("harness error", "ZeroDivisionError: ours")


def test_a_play_that_takes_too_long_ends() -> None:
    text = scenario('{ status = 200, why = "w" }', send='"GET {file}"', repeat="1000", until="[429]")
    (one,) = read_scenarios(text, "test")
    result = asyncio.run(play(one, MemoryPeer(silence), FACTS, BASELINE, Bounds(0.05, 0.2))).result
    assert result.verdict == "inconclusive"
    assert "not over" in result.detail


@pytest.mark.parametrize(
    ("conditions", "octets", "matches"),
    [
        ("status = 412", NO, True),
        ('status = ["2xx", 304]', OK, True),
        ('status = "4xx"', OK, False),
        ('status = "none"', b"", True),
        ('has = ["Content-Length"]', OK, True),
        ('has = ["ETag"]', OK, False),
        ('lacks = ["etag"]', OK, True),
        ('lacks = ["content-length"]', OK, False),
        ('fields = { Content-Length = "2" }', OK, True),
        ('fields = { Content-Length = "/^[0-3]$/" }', OK, True),
        ('fields = { Content-Length = "/7/" }', OK, False),
        ('content = "ok"', OK, True),
        ('content = ""', OK, False),
        ('content = "/^o/"', OK, True),
        ('content = "{file}"', OK.replace(b"ok", b"/f"), True),
        ("interim = []", OK, True),
        ("interim = [103]", b"HTTP/1.1 103 Early Hints\r\n\r\n" + OK, True),
        ("interim = []", b"HTTP/1.1 103 Early Hints\r\n\r\n" + OK, False),
        ('end = "closed"', OK, True),
        ('end = "open"', OK, False),
        ('holds = ["last_modified_is_not_in_the_future"]', OK, True),
    ],
)
def test_conditions_of_an_answer(conditions: str, octets: bytes, matches: bool) -> None:
    text = scenario(f'{{ {conditions}, why = "w" }}', send='"GET {file}"', astray='"any"')
    assert played(answers(octets), text).result.verdict == ("pass" if matches else "inconclusive")


def test_end_is_open_where_the_next_request_gets_its_answer() -> None:
    text = scenario('{ end = "open", why = "w" }', send='"GET {file}"')
    assert played(answers(OK, OK), text).result.verdict == "pass"


STEPS = """
[[scenario]]
id = "t.steps"
title = "several steps"
steps = [
  { send = "PUT {file} | Expect: 100-continue | Content-Length: 5", read = "interim", answers = [
    { status = 100, why = "the content is wanted" },
    { status = "4xx", why = "decided already", finishes = true },
  ], otherwise = "rfc9110-10.1.1-11" },
  { raw = "hello" , keep = { tag = "ETag" }, answers = [201] },
]
send = "GET {file} | If-None-Match: {tag}"
answers = [ { status = 304, why = "w" } ]
otherwise = "rfc9110-13.1.2-5"
"""


async def good(side: ServerSide) -> None:
    await side.head()
    side.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    await side.read(5)
    side.write(b'HTTP/1.1 201 Created\r\nETag: "1"\r\nContent-Length: 0\r\n\r\n')
    assert b'If-None-Match: "1"' in await side.head()
    side.write(b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n')
    await side.head()
    side.write(OK)
    side.close()


@pytest.mark.parametrize(
    ("serve", "verdict"),
    [
        (good, "pass"),
        (answers(b"HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n"), "pass"),
        (answers(b"HTTP/1.1 303 See Other\r\nContent-Length: 0\r\n\r\n"), "fail"),
        (silence, "fail"),
        (answers(b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n"), "inconclusive"),
    ],
)
def test_steps(serve: Serve, verdict: str) -> None:
    result = played(serve, STEPS).result
    assert result.verdict == verdict, result.detail


def test_pipelined_requests_get_their_answers_in_order() -> None:
    text = """
[[scenario]]
id = "t.pipelined"
title = "two at once"
steps = [ { send = ["GET {file}", "HEAD {file}"], answers = [200] } ]
answers = [ { status = 412, why = "the second one" } ]
"""
    assert played(answers(OK, NO, OK), text).result.verdict == "pass"


def test_pieces_half_close_and_connections() -> None:
    text = """
[[scenario]]
id = "t.raw"
title = "in pieces"
steps = [ { send = "GET {file}", connection = "b", answers = [200] } ]
raw = ["GET {file} HTTP/1.1\\r\\nHo", "st: {host}\\r\\n\\r\\n"]
half_close = true
answers = [ { status = 200, end = "closed", why = "w" } ]
"""
    one = played(answers(OK), text)
    assert one.result.verdict == "pass"
    assert {event.connection for event in one.result.events} == {"a", "b"}
    assert "half-closed" in [event.kind for event in one.result.events]
    assert all(seen.is_request_known for _, seen in one.seen)


def test_an_answer_that_was_kept_but_lacks_the_field() -> None:
    assert played(answers(b"HTTP/1.1 100 Continue\r\n\r\n", OK), STEPS).result.verdict == "inconclusive"
    text = scenario('{ status = 200, why = "w" }', send='"GET {file}"', keep='{ tag = "ETag" }')
    assert played(answers(OK), text).result.verdict == "not applicable"


@pytest.mark.parametrize(
    ("location", "verdict", "target"),
    [
        ("there?q#part", "pass", b"GET /a/there?q HTTP/1.1"),
        ("http://a.test", "pass", b"GET / HTTP/1.1"),
        ("//a.test/b", "pass", b"GET /b HTTP/1.1"),
        ("http://other.test/b", "not applicable", None),
        ("https://a.test/b", "not applicable", None),
        ("http://[a/", "inconclusive", None),
    ],
)
def test_where_location_leads(location: str, verdict: str, target: bytes | None) -> None:
    moved = f"HTTP/1.1 303 See Other\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()
    steps = '[{ send = "GET /a/here", keep = { to = "@location" }, answers = [303] }]'
    text = scenario('{ status = 200, why = "w" }', steps=steps, send='"GET {to}"')
    result = played(answers(moved, OK), text).result
    assert result.verdict == verdict
    if target is not None:
        assert any(event.data.startswith(target) for event in result.events)


@pytest.mark.parametrize(
    ("serve", "is_blamed"),
    [
        (answers(NO + b"\r\n", OK), True),
        (answers(NO + b"\r\n\r\n"), True),
        (answers(NO, OK + b"\r\n"), True),
        (answers(b"\r\n" + NO, OK), True),
        (answers(NO, OK), False),
    ],
)
def test_line_ends_between_responses_are_told_to_judge(serve: Serve, is_blamed: bool) -> None:
    one = played(serve)
    assert one.result.verdict == "pass"
    problems = [problem.because for _, seen in one.seen for problem in seen.problems]
    assert problems == ["rfc9110-2.2-12"] * is_blamed


@pytest.mark.parametrize(
    ("octets", "verdict"), [(b"<html>", "pass"), (b"\nHTTP", "pass"), (b"", "inconclusive"), (OK, "inconclusive")]
)
def test_an_answer_that_is_no_response_may_be_right(octets: bytes, verdict: str) -> None:
    text = scenario(
        '{ status = "garbage", why = "HTTP/0.9" }', shows='["rfc9112-3.2-1"]', raw='"GET {file}\\r\\n\\r\\n"'
    )
    one = played(answers(octets), text)
    assert one.result.verdict == verdict
