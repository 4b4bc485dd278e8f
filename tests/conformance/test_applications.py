"""Applications as subjects, in memory: well-known frameworks, and what a server adds around them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from statuary.conformance.applications import Application, AsgiPeer, asgi, wsgi
from statuary.conformance.choosing import choose
from statuary.conformance.conversation import Conversation, Record
from statuary.conformance.report import Report
from statuary.conformance.requests import compose
from statuary.conformance.run import Known, Plan, run
from statuary.conformance.scenario_files import packaged
from statuary.conformance.subject import SubjectError
from statuary.message.response import Response as Seen
from statuary.origin_server.asgi import ASGIApp
from statuary.origin_server.directory import DirectorySite

FACTS = {"host": "a.test", "file": "/"}


async def page(request: Request) -> Response:
    if request.method == "POST":
        return PlainTextResponse((await request.body()).decode() + request.url.query)
    return PlainTextResponse("hello, this is a page")


async def failing(request: Request) -> Response:
    raise RuntimeError("a mistake")


STARLETTE = Starlette(routes=[Route("/", page, methods=["GET", "POST"]), Route("/failing", failing)])


def plain_wsgi(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    if environ["PATH_INFO"] == "/failing":
        raise RuntimeError("a mistake")
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD", "POST"):
        start_response("405 Method Not Allowed", [("Content-Type", "text/plain")])
        return [b"no"]
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hello, ", environ["wsgi.input"].read(), environ.get("HTTP_X_NAME", "").encode()]


def asked(application: Application, text: str) -> Seen:
    async def ask() -> Seen:
        conversation = Conversation("a", await application.peer.connect(), Record(lambda: 0.0, 0.0))
        conversation.ask(compose(text, FACTS))
        response = (await conversation.answer(5.0)).response
        conversation.close()
        assert response is not None
        return response

    return asyncio.run(ask())


@pytest.mark.parametrize("application", [asgi(STARLETTE), wsgi(plain_wsgi)], ids=["asgi", "wsgi"])
def test_messages_pass_as_through_a_server(application: Application) -> None:
    response = asked(application, "GET /")
    assert response.status == 200
    assert {"date", "content-length"} <= set(response.fields.names())
    assert asked(application, "POST / | X-Name: x || content").content.find(b"content") >= 0
    head = asked(application, "HEAD /")
    assert (head.status, head.content) == (200, b"")


@pytest.mark.parametrize("application", [asgi(STARLETTE), wsgi(plain_wsgi)], ids=["asgi", "wsgi"])
def test_an_exception_is_a_500_and_said(application: Application, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked(application, "GET /failing").status == 500
    assert "a mistake" in capsys.readouterr().err


def test_an_application_that_says_nothing_is_a_500() -> None:
    async def nothing(scope: Any, receive: Any, send: Any) -> None:
        return

    assert asked(Application(AsgiPeer(nothing), {}), "GET /").status == 500
    assert asked(wsgi(lambda environ, start_response: []), "GET /").status == 500


def test_what_is_told_is_read_as_in_a_subject_file() -> None:
    application = asgi(STARLETTE, offers={"file": "/x"}, meets={402: "GET /paid"})
    assert {"file": "/x", "meets.402": "GET /paid"}.items() <= application.facts.items()
    with pytest.raises(SubjectError, match="known are"):
        asgi(STARLETTE, offers={"film": "/x"})


def checked(application: Application, *only: str) -> Report:
    plan = Plan(choose(packaged(), only=only))
    return asyncio.run(run(application.peer, Known("app", "http://a.test/", told=application.facts), plan))


def test_faults_of_an_application_are_found() -> None:
    report = checked(wsgi(plain_wsgi), "methods.*")
    assert "judge.rfc9110-15.5.6-1" in [one.id for one in report.violations("fail")]


def test_what_needs_octets_is_not_applicable() -> None:
    report = checked(asgi(STARLETTE))
    octets = {scenario.id for scenario in packaged() if scenario.needs_octets}
    verdicts = {one.id: one.verdict for one in report.results}
    assert octets
    assert {verdicts[id] for id in octets} == {"not applicable"}
    assert report.counts()["harness error"] == 0
    assert report.counts()["pass"] > 20


def test_our_own_application_is_faultless(tmp_path: Any) -> None:
    (tmp_path / "index.html").write_text("<!doctype html><title>a page</title>" * 20)
    report = checked(asgi(ASGIApp(DirectorySite(tmp_path))))
    assert [(one.id, one.detail) for one in report.violations("fail", "warn")] == []
    assert report.counts()["pass"] > 100
