"""No response, or not all of one."""

from __future__ import annotations

from typing import get_args

import pytest
from tests.semantics.forwarding.ways import GATEWAY, HOPS, NOW, PROXY, asked, failed, like

from statuary.fields.dates import format_http_date
from statuary.message.request import Request
from statuary.semantics.forwarding import Abandon, Again, Answer, Cut, Failure, FailureKind, Hop
from statuary.semantics.forwarding.failures import MEANINGS

KINDS = get_args(FailureKind)
GET = asked()
POST = asked("POST http://a.test/b", "Content-Length: 5")
PUT = asked("PUT http://a.test/b", "Transfer-Encoding: chunked")
BREW = asked("BREW http://a.test/b")


def test_every_kind_of_failure_has_its_meaning() -> None:
    assert set(KINDS) == {*MEANINGS, "client_gone"}


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("connection_refused", 502),
        ("connection_terminated", 502),
        ("dns_error", 502),
        ("destination_ip_unroutable", 502),
        ("destination_ip_prohibited", 502),
        ("http_protocol_error", 502),
        ("http_response_incomplete", 502),
        ("http_response_header_section_size", 502),
        ("tls_certificate_error", 502),
        ("destination_unavailable", 503),
        ("connection_limit_reached", 503),
        ("dns_timeout", 504),
        ("connection_timeout", 504),
        ("connection_read_timeout", 504),
        ("connection_write_timeout", 504),
        ("http_response_timeout", 504),
        ("destination_not_found", 500),
        ("proxy_internal_error", 500),
    ],
)
@pytest.mark.parametrize("hop", HOPS, ids=lambda hop: hop.role)
def test_502_against_503_against_504(kind: str, status: int, hop: Hop) -> None:
    outcome = failed(GET, hop, kind=kind)
    assert isinstance(outcome, Answer)
    assert outcome.response.status == status
    assert outcome.response.fields.get("retry-after") == ("10" if status == 503 else None)
    assert outcome.response.fields.get("date") == format_http_date(NOW)
    assert outcome.response.fields.get("proxy-status") == f"{hop.name};error={kind}"
    assert outcome.response.content
    assert not outcome.closes


def test_without_advice_and_without_content() -> None:
    outcome = failed(asked("HEAD http://a.test/"), like(PROXY, retry_after=None), kind="destination_unavailable")
    assert isinstance(outcome, Answer)
    assert "retry-after" not in outcome.response.fields
    assert outcome.response.content == b""
    assert int(outcome.response.fields.get("content-length", "0")) > 0


def test_content_that_may_be_unread_ends_the_connection() -> None:
    outcome = failed(POST, kind="connection_read_timeout")
    assert isinstance(outcome, Answer)
    assert outcome.closes
    assert outcome.response.fields.get("connection") == "close"


@pytest.mark.parametrize(
    ("request_", "failure", "again"),
    [
        # The server closed an idle connection just as the request went out
        (GET, {"kind": "connection_terminated", "was_idle": True}, Again),
        (PUT, {"kind": "connection_terminated", "was_idle": True}, Again),
        (PUT, {"kind": "connection_terminated", "was_idle": True, "is_repeatable": False}, Answer),
        (GET, {"kind": "connection_terminated", "was_idle": True, "is_repeatable": False}, Again),
        (GET, {"kind": "connection_terminated", "was_idle": True, "attempts": 2}, Answer),
        (GET, {"kind": "connection_terminated"}, Answer),
        (GET, {"kind": "connection_terminated", "has_alternative": True}, Again),
        # Never what may have been acted upon: rfc9110-9.2.2-2
        (POST, {"kind": "connection_terminated", "was_idle": True, "has_alternative": True}, Answer),
        (BREW, {"kind": "connection_terminated", "was_idle": True, "has_alternative": True}, Answer),
        # What was never sent, to another server
        (POST, {"kind": "connection_refused", "has_alternative": True}, Again),
        (POST, {"kind": "connection_refused"}, Answer),
        (POST, {"kind": "connection_refused", "has_alternative": True, "is_repeatable": False}, Answer),
        (POST, {"kind": "connection_refused", "has_alternative": True, "attempts": 2}, Answer),
        (GET, {"kind": "connection_timeout", "has_alternative": True}, Again),
        # Nor what was answered, if badly, or may still be worked on
        (GET, {"kind": "http_protocol_error", "was_idle": True, "has_alternative": True}, Answer),
        (GET, {"kind": "connection_read_timeout", "was_idle": True, "has_alternative": True}, Answer),
        (GET, {"kind": "destination_ip_prohibited", "has_alternative": True}, Answer),
    ],
)
def test_what_is_sent_once_more(request_: Request, failure: dict[str, object], again: type) -> None:
    assert isinstance(failed(request_, GATEWAY, **failure), again)


def test_where_it_is_sent_once_more() -> None:
    idle = failed(GET, kind="connection_terminated", was_idle=True, has_alternative=True)
    other = failed(GET, kind="connection_terminated", has_alternative=True)
    assert isinstance(idle, Again)
    assert isinstance(other, Again)
    assert (idle.elsewhere, other.elsewhere) == (False, True)


@pytest.mark.parametrize(
    ("begun", "resets"), [("length", False), ("chunked", False), ("close", True), ("switched", True)]
)
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "client_gone"])
def test_what_was_begun_is_cut(kind: str, begun: str, resets: bool) -> None:
    outcome = failed(GET, kind=kind, begun=begun, was_idle=True, has_alternative=True)
    assert isinstance(outcome, Cut)
    assert outcome.resets is resets


@pytest.mark.parametrize("begun", [None, "length"])
def test_nobody_is_answered_who_is_gone(begun: str | None) -> None:
    assert isinstance(failed(GET, kind="client_gone", begun=begun), Abandon)


def test_what_is_no_kind_of_failure() -> None:
    with pytest.raises(ValueError, match="not a kind of failure"):
        Failure("bad luck")  # type: ignore[arg-type]
