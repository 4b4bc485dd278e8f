"""What is asked of the servers compared, and the load that asks it: wrk on a core of its own."""

import json
import re
import subprocess
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from benchmarks.processes import HOST

CONNECTIONS = 256
"""Enough to keep the core of the server busy: with few, both cores of a virtual machine spend the time waking each other."""

# wrk's own count of errors leaves out a 304 for a 200, so the bytes of a response are compared too
REPORT = """
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format(
    '\\nREPORT {"requests": %d, "bytes": %d, "microseconds": %d, "refused": %d, "broken": %d}\\n',
    summary.requests, summary.bytes, summary.duration, e.status, e.connect + e.read + e.write + e.timeout))
end
"""

# Each request with another query and another header section, so that no server profits from having seen it before
VARY = """
local count = 0
local path
request = function()
  path = path or wrk.path
  count = count + 1
  wrk.headers["X-Count"] = tostring(count)
  return wrk.format(nil, path .. "?" .. count)
end
"""


@dataclass(frozen=True, slots=True)
class Case:
    """A kind of request: the status it must get, and the header fields that ask for it."""

    status: int
    fields: dict[str, str]

    def fields_for(self, etag: str) -> dict[str, str]:
        return {name: value.format(etag=etag) for name, value in self.fields.items()}


CASES: dict[str, Case] = {
    "200": Case(200, {}),
    "206": Case(206, {"Range": "bytes=0-99"}),
    "304": Case(304, {"If-None-Match": "{etag}"}),
}


class WrongAnswerError(Exception):
    """The server did not give the answer that the case is about."""


@dataclass(frozen=True, slots=True)
class Load:
    """What came of a load: how many requests were answered, and in how many seconds."""

    requests: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Asked:
    """One case against one file of one server, tried once: what wrk is to send, and how long the right answer is."""

    url: str
    fields: dict[str, str]
    response_bytes: int


def ask(port: int, path: str, case: Case) -> Asked:
    """Send the request once; raises `WrongAnswerError` unless the status is the case's."""
    _, etag, _ = exchange(port, path, {})
    if etag is None and case.status == 304:
        raise WrongAnswerError("no ETag to make the request with")
    fields = case.fields_for(etag or "")
    status, _, length = exchange(port, path, fields)
    if status != case.status:
        raise WrongAnswerError(f"answered {status}")
    return Asked(f"http://{HOST}:{port}{path}", fields, length)


def exchange(port: int, path: str, fields: dict[str, str]) -> tuple[int, str | None, int]:
    """The status of the response to a GET, its ETag, and about how many bytes it has with its header section."""
    connection = HTTPConnection(HOST, port, timeout=10)
    try:
        connection.request("GET", path, headers=fields)
        response = connection.getresponse()
        content = response.read()
        head = len(f"HTTP/1.1 {response.status} {response.reason}\r\n\r\n")
        head += sum(len(f"{name}: {value}\r\n") for name, value in response.getheaders())
        return response.status, response.getheader("ETag"), head + len(content)
    finally:
        connection.close()


def press(wrk: str, asked: Asked, seconds: float, core: int, work: Path, vary: bool) -> Load:
    """Send the request over and over for so many seconds; raises `WrongAnswerError` unless each answer is right.

    With ``vary`` no two requests are the same, in target or header section.
    """
    script = work / "report.lua"
    script.write_text(VARY + REPORT if vary else REPORT)
    fields = [part for name, value in asked.fields.items() for part in ("--header", f"{name}: {value}")]
    # wrk takes whole seconds only
    duration = f"{max(1, round(seconds))}s"
    argv = [wrk, "--threads", "1", "--connections", str(CONNECTIONS), "--duration", duration, "--timeout", "10s"]
    said = subprocess.run(
        ["taskset", "--cpu-list", str(core), *argv, "--script", str(script), *fields, asked.url],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    report = re.search(r"^REPORT (.*)$", said, re.MULTILINE)
    if report is None:
        raise RuntimeError(f"wrk wrote no report: {said}")
    return read_report(json.loads(report[1]), asked)


def read_report(report: dict[str, int], asked: Asked) -> Load:
    requests = report["requests"]
    if requests == 0:
        raise WrongAnswerError("answered nothing under load")
    if report["refused"] or report["broken"]:
        raise WrongAnswerError(f"{report['refused']} error statuses, {report['broken']} broken exchanges in {requests}")
    # Up to a response for each connection may have been cut off by the end of the load
    most = asked.response_bytes * (requests + CONNECTIONS)
    least = asked.response_bytes * requests
    if not 0.9 * least <= report["bytes"] <= 1.1 * most:
        raise WrongAnswerError(f"{report['bytes'] // requests} bytes a response under load, not {asked.response_bytes}")
    return Load(requests, report["microseconds"] / 1_000_000)
