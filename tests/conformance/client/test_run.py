"""Runs of the client checker: over sockets, with clients of this process, of other processes, and of a command."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from statuary.cli.main import main
from statuary.conformance.client.calling import CallingDriver
from statuary.conformance.client.case import Order, Told
from statuary.conformance.client.client_file import ClientError, find_client, read_client, shipped
from statuary.conformance.client.run import CannotDrive, Plan, check
from statuary.conformance.client.scenario import ClientScenario
from statuary.conformance.client.scenario_files import packaged
from statuary.conformance.report import Report, read_json


def chosen(*ids: str) -> list[ClientScenario]:
    return [one for one in packaged() if one.id in ids]


def checked(obey: Callable[[Order, float], Any], *ids: str) -> Report:
    return asyncio.run(check(CallingDriver(obey), "mine", "1", Plan(chosen(*ids), 2)))


def obey(order: Order, seconds: float) -> Told:
    """A client over http.client, which follows nothing."""
    uri = urlsplit(order.url)
    connection = HTTPConnection(uri.netloc, timeout=seconds)
    content = None if order.content is None else order.content.encode("latin-1")
    headers = {"User-Agent": "test/1", **dict(order.fields)}
    connection.request(order.method, uri.path + (f"?{uri.query}" if uri.query else ""), content, headers)
    with closing(connection):
        response = connection.getresponse()
        return Told(response.status, response.read())


def verdicts(report: Report) -> dict[str, str]:
    return {one.id: one.verdict for one in report.results}


def test_right_and_wrong() -> None:
    report = checked(obey, "interim.103", "framing.short", "framing.length-letters", "redirection.302-get", "class.299")
    assert verdicts(report) == {
        "interim.103": "fail",
        "framing.short": "pass",
        "framing.length-letters": "fail",
        "redirection.302-get": "pass",
        "class.299": "pass",
    }
    wrong = next(one for one in report.results if one.id == "interim.103")
    assert wrong.breaks == "rfc9110-15.2-2"
    assert wrong.plays == 2
    assert [event.kind for event in wrong.events[:3]] == ["opened", "received", "sent"]


def test_what_the_client_is_not_able_to_do() -> None:
    report = checked(obey, "expect.100", "range.resumed")
    assert set(verdicts(report).values()) == {"not applicable"}


def test_judge_sees_every_request() -> None:
    def without_host(order: Order, seconds: float) -> Told:
        connection = HTTPConnection(urlsplit(order.url).netloc, timeout=seconds)
        connection.putrequest(order.method, urlsplit(order.url).path, skip_host=True)
        connection.endheaders()
        with closing(connection):
            response = connection.getresponse()
            return Told(response.status, response.read())

    report = checked(without_host, "class.299")
    assert verdicts(report)["judge.rfc9110-7.2-1"] == "fail"


def test_coroutine_functions() -> None:
    async def slow(order: Order, seconds: float) -> int:
        return await asyncio.to_thread(lambda: obey(order, seconds).status or 0)

    assert verdicts(asyncio.run(check(CallingDriver(slow), "mine", "", Plan(chosen("redirection.302-get"))))) == {
        "redirection.302-get": "pass"
    }


def test_a_client_that_makes_nothing_is_not_checked() -> None:
    with pytest.raises(CannotDrive, match="sent nothing"):
        checked(lambda order, seconds: 200, "class.299")


def test_a_loop(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    arguments = ["check", "client", "http-client", "--only", "interim.10[03]*", "-q", "--json", str(file)]
    assert main(arguments) == 1
    report = read_json(file.read_text())
    assert verdicts(report)["interim.100-unasked"] == "pass"
    assert verdicts(report)["interim.103"] == "fail"
    assert main(["report", str(file), "--html", str(tmp_path / "report.html")]) in (0, 1)


def test_a_command(tmp_path: Path) -> None:
    script = tmp_path / "client.py"
    script.write_text(
        "import sys, urllib.request, urllib.error\n"
        "try:\n"
        "    response = urllib.request.urlopen(sys.argv[1])\n"
        "except urllib.error.HTTPError as error:\n"
        "    response = error\n"
        "print('status', response.status)\n"
    )
    file = tmp_path / "client.toml"
    file.write_text(f"""
name = "urllib"
command = ["{sys.executable}", "{{here}}/client.py"]
[tells]
status = 'status (\\d+)'
""")
    report = tmp_path / "report.json"
    arguments = ["check", "client", str(file), "--only", "redirection.30[27]-get", "-q", "--json", str(report)]
    assert main(arguments) == 0
    assert verdicts(read_json(report.read_text()))["redirection.307-get"] == "pass"


def test_the_client_files_that_ship_can_be_read() -> None:
    clients = [find_client(path.stem) for path in shipped()]
    assert len(clients) >= 14
    assert all(client.abilities for client in clients)


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("", "either a command or a loop"),
        ('command = ["x"]\nloop = ["y"]', "either a command or a loop"),
        ('command = ["x"]\nspeed = 3', "known are"),
        ('command = ["x"]\ncan = ["fly"]', "known are"),
        ('command = ["x"]\n[tells]\nstatus = "("', "is no pattern"),
        ('command = ["x"]\n[tells]\nstatus = "x"', "needs a group"),
        ('command = "x"', "a list of texts"),
    ],
)
def test_mistakes_in_client_files_are_named(tmp_path: Path, text: str, mistake: str) -> None:
    file = tmp_path / "client.toml"
    file.write_text(text)
    with pytest.raises(ClientError, match=mistake):
        read_client(file)


@pytest.mark.parametrize("content_means_post", [True, False])
def test_content_is_posted_whether_its_arguments_say_so_or_not(tmp_path: Path, content_means_post: bool) -> None:
    script = tmp_path / "client.py"
    script.write_text(
        "import sys, urllib.request\n"
        "method, content, url = ['GET', None, None]\n"
        "for word in sys.argv[1:]:\n"
        "    if word == '-p': method = 'POST'\n"
        "    elif word[:2] == '-d': content = word[2:].encode()\n"
        "    else: url = word\n"
        f"if content and {content_means_post}: method = 'POST'\n"
        "request = urllib.request.Request(url, content, method=method)\n"
        "print('status', urllib.request.urlopen(request).status)\n"
    )
    file = tmp_path / "client.toml"
    file.write_text(f"""
name = "urllib"
command = ["{sys.executable}", "{{here}}/client.py"]
[arguments]
post = ["-p"]
content = ["-d{{content}}"]
[tells]
status = 'status (\\d+)'
""")
    report = tmp_path / "report.json"
    assert main(["check", "client", str(file), "--only", "redirection.303-post", "-q", "--json", str(report)]) == 0
    assert verdicts(read_json(report.read_text()))["redirection.303-post"] == "pass"


def test_what_judge_finds_in_one_play_has_to_come_again() -> None:
    plays = count(1)

    def once(order: Order, seconds: float) -> Told:
        is_the_first = urlsplit(order.url).path == "/start" and next(plays) == 1
        return obey(replace(order, fields=(("TE", "trailers"),)) if is_the_first else order, seconds)

    assert "judge.rfc9110-10.1.4-1" not in verdicts(checked(once, "class.299"))


def test_what_judge_finds_in_one_scenario_is_reported() -> None:
    def always(order: Order, seconds: float) -> Told:
        return obey(replace(order, fields=(("TE", "trailers"),)), seconds)

    assert verdicts(checked(always, "class.299"))["judge.rfc9110-10.1.4-1"] == "fail"
