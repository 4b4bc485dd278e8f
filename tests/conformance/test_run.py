"""Whole runs: what is found out first, what is played again, what judge adds, and that what was written is removed."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable

import pytest
from tests.conformance.memory_peer import MemoryPeer, ServerSide, always, answers

from statuary.conformance.discovery import Unreachable
from statuary.conformance.exchanging import Bounds
from statuary.conformance.report import Report
from statuary.conformance.run import Known, Plan, run
from statuary.conformance.scenario_files import read_scenarios

DATE = "Date: Sun, 22 Nov 2026 10:00:00 GMT\r\n"
MODIFIED = "Last-Modified: Sun, 01 Nov 2026 08:00:00 GMT\r\n"
CONTENT = 4 * "0123456789"


def response(status: int, *lines: str, content: str = "") -> bytes:
    head = "".join(f"{line}\r\n" for line in lines)
    return f"HTTP/1.1 {status} X\r\n{DATE}{head}Content-Length: {len(content)}\r\n\r\n{content}".encode()


class Files:
    """A small server of files, with an answer for each method and path that a test may replace."""

    def __init__(self) -> None:
        self.files = {"/": CONTENT}
        self.asked: list[tuple[str, str]] = []
        self.special: dict[tuple[str, str], Callable[[bytes], bytes]] = {}

    async def serve(self, side: ServerSide) -> None:
        while head := await side.head():
            method, path, _ = head.split(b"\r\n")[0].decode().split(" ")
            length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
            content = (await side.read(int(length[1]))).decode() if length else ""
            self.asked.append((method, path))
            side.write(self.answer(method, path, head, content))
            if b"connection: close" in head.lower():
                side.close()

    def answer(self, method: str, path: str, head: bytes, content: str) -> bytes:
        if (method, path) in self.special:
            return self.special[method, path](head)
        if method == "PUT":
            self.files[path] = content
            return response(201)
        if path not in self.files:
            return response(404, "Content-Type: text/plain", content="no")
        if method == "DELETE":
            del self.files[path]
            return response(204).replace(b"Content-Length: 0\r\n", b"")
        if b"range: bytes=0-0" in head.lower():
            return response(
                206, f"Content-Range: bytes 0-0/{len(self.files[path])}", 'ETag: "1"', MODIFIED.strip(), content="0"
            )
        return response(200, 'ETag: "1"', MODIFIED.strip(), "Content-Type: text/plain", content=self.files[path])


SCENARIO = """
[[scenario]]
id = "t.one"
title = "t"
shows = ["rfc9110-15.3.1-1"]
send = "GET {file}"
answers = [{ status = 200, why = "w" }]
otherwise = "rfc9110-15.3.1-1"
"""


def checked(files: Files, text: str = SCENARIO, *, judges: bool = False, told: dict[str, str] | None = None) -> Report:
    plan = Plan(read_scenarios(text, "t"), 4, Bounds(0.2, 5.0), judges)
    return asyncio.run(run(MemoryPeer(files.serve), Known("t", "http://a.test/", "v1", told or {}), plan))


def test_what_can_be_found_out() -> None:
    report = checked(Files())
    facts = report.facts
    assert (report.subject, report.url, report.version) == ("t", "http://a.test/", "v1")
    assert facts["file"] == "/"
    assert facts["file.content"] == CONTENT
    assert facts["file.strong"] == '"1"'
    assert facts["file.modified_rfc850"] == "Sunday, 01-Nov-26 08:00:00 GMT"
    assert facts["file.modified_asctime"] == "Sun Nov  1 08:00:00 2026"
    assert facts["file.earlier"] == "Sat, 31 Oct 2026 08:00:00 GMT"
    assert facts["file.ranges"] == "bytes"
    assert facts["missing"].startswith("/statuary-")
    assert [(one.id, one.verdict) for one in report.results] == [("t.one", "pass")]


def test_what_is_short_is_not_asked_for_in_parts() -> None:
    files = Files()
    files.files["/"] = CONTENT[:9]
    report = checked(files)
    assert "file.etag" in report.facts
    assert "file.ranges" not in report.facts
    assert "too short" in report.options["remarks"]
    assert checked(Files()).facts["file.ranges"] == "bytes"


def test_what_was_told_and_is_not_so_is_remarked() -> None:
    report = checked(Files(), told={"file": "/none", "large": "/none", "directory": "/none"})
    assert "file" not in report.facts
    assert report.options["remarks"].count("/none") == 3
    assert report.results[0].verdict == "not applicable"


def test_content_that_is_another_each_time_is_no_file() -> None:
    files = Files()
    counter = iter(range(1000))
    files.special["GET", "/"] = lambda head: response(200, content=str(next(counter)))
    assert "file" not in checked(files).facts


@pytest.mark.parametrize(
    ("octets", "message"),
    [(b"", "closes the connection without an answer"), (None, "does not answer")],
)
def test_what_is_no_http_server_is_said(octets: bytes | None, message: str) -> None:
    async def quiet(side: ServerSide) -> None:
        await asyncio.Event().wait()

    peer = MemoryPeer(quiet if octets is None else answers(octets))
    plan = Plan(read_scenarios(SCENARIO, "t"), 1, Bounds(0.05, 1.0))
    with pytest.raises(Unreachable, match=message):
        asyncio.run(run(peer, Known("t", "http://a.test/"), plan))


@pytest.mark.parametrize("octets", [b"SSH-2.0-x\r\n", b"http/1.1 200 OK\r\n\r\n", b"HTTP/1.1 OK\r\n\r\n"])
def test_answers_that_are_none_of_http_fail(octets: bytes) -> None:
    plan = Plan(read_scenarios(SCENARIO, "t"), 1, Bounds(0.2, 1.0))
    report = asyncio.run(run(MemoryPeer(answers(octets)), Known("t", "http://a.test/"), plan))
    (one,) = report.results
    assert (one.id, one.verdict, one.breaks) == ("discovery.readable", "fail", "rfc9110-2.2-12")
    assert one.events[-1].data == octets


WRITES = """
[[scenario]]
id = "t.writes"
title = "t"
shows = ["rfc9110-9.3.4-1"]
send = "PUT {new} || x"
answers = [{ status = 201, why = "w" }]
"""


def test_what_is_written_is_removed() -> None:
    files = Files()
    report = checked(files, WRITES, told={"writable": "/w/", "writable.type": "text/plain"})
    assert report.results[0].verdict == "pass"
    assert list(files.files) == ["/"]


def test_an_area_that_takes_no_writes_is_none() -> None:
    files = Files()
    files.answer = lambda *_: response(405, "Allow: GET") if _[0] == "PUT" else Files().answer(*_)  # type: ignore[method-assign]
    report = checked(files, WRITES, told={"writable": "/w/", "writable.type": "text/plain"})
    assert report.results[0].verdict == "not applicable"


FAILING = SCENARIO.replace("GET {file}", "GET {file}?x").replace("rfc9110-15.3.1-1", "rfc9110-13.1.2-5")


def test_a_failure_is_played_again() -> None:
    files = Files()
    report = checked(files, FAILING)
    assert [(one.verdict, one.plays, one.breaks) for one in report.results] == [("fail", 2, "rfc9110-13.1.2-5")]
    assert files.asked.count(("GET", "/?x")) == 2


def test_a_failure_that_does_not_come_again_is_inconclusive() -> None:
    files = Files()
    several = iter([response(404), response(200), response(200)])
    files.special["GET", "/?x"] = lambda head: next(several)
    (one,) = checked(files, FAILING).results
    assert (one.verdict, one.breaks, one.plays) == ("inconclusive", None, 2)
    assert "Played twice" in one.detail


def test_what_comes_after_a_failure_is_not_played() -> None:
    after = SCENARIO.replace("t.one", "t.two").replace('title = "t"', 'title = "t"\nafter = ["t.one"]')
    report = checked(Files(), FAILING + after)
    assert [one.verdict for one in report.results] == ["fail", "inconclusive"]
    report = checked(Files(), FAILING.replace('title = "t"', 'title = "t"\nneeds = ["upgrade"]') + after)
    assert [one.verdict for one in report.results] == ["not applicable", "not applicable"]
    assert [one.verdict for one in checked(Files(), SCENARIO + after).results] == ["pass", "pass"]


def test_judge_adds_what_the_messages_show() -> None:
    files = Files()
    files.special["GET", "/?x"] = lambda head: response(405)
    report = checked(files, FAILING, judges=True)
    by_id = {one.id: one for one in report.results}
    assert by_id["judge.rfc9110-15.5.6-1"].verdict == "fail"
    assert by_id["judge.rfc9110-15.5.6-1"].seen_in == ("t.one",)
    assert by_id["judge.rfc9110-15.5.6-1"].events


def test_judge_says_nothing_twice() -> None:
    files = Files()
    files.special["GET", "/?x"] = lambda head: response(405)
    report = checked(files, FAILING.replace("rfc9110-13.1.2-5", "rfc9110-15.5.6-1"), judges=True)
    assert [one.id for one in report.results if one.breaks == "rfc9110-15.5.6-1"] == ["t.one"]


def test_one_answer_for_everything_finds_no_facts() -> None:
    plan = Plan(read_scenarios(SCENARIO, "t"), 1, Bounds(0.2, 1.0))
    report = asyncio.run(run(MemoryPeer(always(response(500))), Known("t", "http://a.test/"), plan))
    assert "missing" not in report.facts
    assert report.results[0].verdict == "not applicable"
