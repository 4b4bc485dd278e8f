"""Each question of decide: a request that it answers, with what, and one that passes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import pytest

from statuary.fields.validators import EntityTag
from statuary.message.request import UNKNOWN_LENGTH, Request
from statuary.semantics.decision import QUESTIONS, Perform, Respond, decide, path_of
from statuary.semantics.resource import (
    ContentRules,
    Gone,
    LegalBlock,
    Moved,
    Payment,
    Resource,
    Simulated,
    TooManyRequests,
    Unavailable,
    Upgrade,
)

from .kinds import (
    ALICE,
    BASIC,
    BOB,
    CHAT,
    CHOICE,
    EVERY,
    HANDSHAKE,
    LANGUAGES,
    NOW,
    PAGE,
    TYPES,
    UNKNOWN,
    Kind,
    Lines,
    authorized,
    page,
    with_content,
)

Asked = tuple[Request, Resource]
MISSING = Resource(exists=False, methods=EVERY)


def ask(resource: Resource, method: str = "GET", *lines: tuple[str, str], **attributes: Any) -> Asked:
    return Kind("", resource).ask(method, lines, **attributes), resource


class Row(NamedTuple):
    question: str
    status: int | None
    """None for what is performed."""
    answered: Asked
    fields: Mapping[str, str | None]
    """Of the answer; None for a field that it must not have."""
    passed: Asked


SWITCHED = {"Upgrade": "websocket", "Sec-WebSocket-Accept": "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="}
"""The example of RFC 6455 section 1.3."""

ROWS = (
    Row(
        "is_service_available",
        503,
        ask(page(unavailable=Unavailable(120))),
        {"Retry-After": "120"},
        ask(page()),
    ),
    Row("is_service_available", 503, ask(page(unavailable=Unavailable()), UNKNOWN), {"Retry-After": None}, ask(page())),
    Row("is_method_implemented", 501, ask(page(), UNKNOWN), {"Allow": None}, ask(Resource(), "DELETE")),
    Row("is_method_implemented", 501, ask(page(), "CONNECT"), {}, ask(page(methods=("CONNECT",)), "CONNECT")),
    Row("is_method_implemented", 501, ask(page(), "get"), {}, ask(page(), "GET")),
    Row(
        "is_origin_of_target",
        421,
        ask(page(authorities=frozenset({"a"})), authority="b"),
        {},
        ask(page(authorities=frozenset({"a"})), authority="a:8080"),
    ),
    Row(
        "is_origin_of_target",
        421,
        ask(page(authorities=frozenset({"a:80"})), authority="a:8080"),
        {},
        ask(page(authorities=frozenset({"[::1]"})), authority="[::1]:80"),
    ),
    Row(
        "is_origin_of_target",
        421,
        ask(page(), scheme="https", carried_by="http"),
        {},
        ask(page(authorities=frozenset({"a"})), version=(1, 0)),
    ),
    Row(
        "is_origin_of_target",
        421,
        ask(page(scheme="http"), scheme="https"),
        {},
        ask(page(scheme="https"), scheme="https", carried_by="http"),
    ),
    Row(
        "is_it_about_the_server",
        204,
        ask(page(), "OPTIONS", path="*"),
        {"Allow": "GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH"},
        ask(page(), "OPTIONS"),
    ),
    Row(
        "is_early_data_safe",
        425,
        ask(page(), "POST", ("Early-Data", "1")),
        {},
        ask(page(), "GET", ("Early-Data", "1")),
    ),
    Row(
        "is_early_data_safe",
        425,
        ask(page(refuses_early_data=True), "GET", ("Early-Data", "0, 1")),
        {},
        ask(page(refuses_early_data=True), "POST"),
    ),
    Row("is_early_data_safe", 425, ask(page(), "PURGE", ("Early-Data", "1")), {}, ask(page(), "PURGE")),
    Row("is_rate_within_limit", 429, ask(page(too_many=TooManyRequests(30))), {"Retry-After": "30"}, ask(page())),
    Row(
        "is_query_within_limit",
        414,
        ask(page(longest_query=4), query="12345"),
        {},
        ask(page(longest_query=4), query="1234"),
    ),
    Row(
        "are_fields_within_limit",
        431,
        ask(page(largest_fields=10), "GET", ("X-A", "12345678")),
        {},
        ask(page(largest_fields=10), "GET", ("X-A", "123")),
    ),
    Row(
        "are_fields_within_limit",
        431,
        ask(page(largest_fields=10), "GET", ("X-A", "1"), ("X-B", "1")),
        {},
        ask(page(largest_fields=16), "GET", ("X-A", "1"), ("X-B", "1")),
    ),
    Row(
        "are_credentials_sufficient",
        401,
        ask(page(access=BASIC)),
        {"WWW-Authenticate": 'Basic realm="vault", charset="UTF-8"'},
        ask(page(access=BASIC), "GET", *authorized(ALICE)),
    ),
    Row(
        "are_credentials_sufficient",
        403,
        ask(page(access=BASIC), "GET", *authorized(BOB)),
        {"WWW-Authenticate": None},
        ask(page(access=replace(BASIC, allowed=None)), "GET", *authorized(BOB)),
    ),
    Row(
        "are_credentials_sufficient",
        401,
        ask(page(access=replace(BASIC, methods=frozenset({"PUT"}))), "PUT"),
        {},
        ask(page(access=replace(BASIC, methods=frozenset({"PUT"}))), "GET"),
    ),
    Row("is_access_permitted", 403, ask(page(forbidden="")), {}, ask(page())),
    Row(
        "is_access_lawful",
        451,
        ask(page(legal_block=LegalBlock("https://court.example/"))),
        {"Link": '<https://court.example/>; rel="blocked-by"'},
        ask(page()),
    ),
    Row("is_it_paid_for", 402, ask(page(payment=Payment())), {}, ask(page())),
    *(
        Row("is_it_here", status, ask(page(moved=Moved(status, "/new"))), {"Location": "/new"}, ask(page()))
        for status in (301, 302, 303, 305, 307, 308)
    ),
    Row(
        "is_it_here",
        301,
        ask(page(moved=Moved(301, "/new#part")), query="a=b"),
        {"Location": "/new?a=b#part"},
        ask(page(moved=Moved(302, "/new", methods=frozenset({"GET"}))), "PUT"),
    ),
    Row("is_it_here", 308, ask(page(moved=Moved(308, "/n?x")), query="a"), {"Location": "/n?x"}, ask(page())),
    Row(
        "is_it_here",
        307,
        ask(page(moved=Moved(307, "/n", keeps_query=False)), query="a"),
        {"Location": "/n"},
        ask(page()),
    ),
    Row(
        "is_it_still_there",
        410,
        ask(replace(MISSING, gone=Gone())),
        {},
        ask(replace(MISSING, gone=Gone(), creatable_by=("PUT",)), "PUT"),
    ),
    Row("is_method_allowed", 405, ask(Resource(), "PUT"), {"Allow": "GET, HEAD, OPTIONS"}, ask(Resource(), "OPTIONS")),
    Row("is_method_allowed", 405, ask(page(methods=())), {"Allow": ""}, ask(page())),
    Row("does_it_exist", 404, ask(MISSING), {}, ask(replace(MISSING, creatable_by=("PUT",)), "PUT")),
    Row("does_it_exist", 404, ask(MISSING, "OPTIONS"), {}, ask(replace(MISSING, creatable_by=("PUT",)), "OPTIONS")),
    Row(
        "is_expectation_met",
        417,
        ask(page(), "PUT", ("Expect", "tea")),
        {},
        ask(page(), "PUT", ("Expect", "100-Continue")),
    ),
    Row("is_expectation_met", 417, ask(page(), "GET", ("Expect", "100-continue=1")), {}, ask(page())),
    Row("is_expectation_met", 417, ask(page(), "GET", ("Expect", "a b")), {}, ask(page(), "GET", ("Expect", ""))),
    Row(
        "asks_for_options",
        204,
        ask(page(accept_patch=("text/x-diff",)), "OPTIONS"),
        {"Allow": ", ".join(EVERY), "Accept-Ranges": "bytes", "Accept-Patch": "text/x-diff"},
        ask(page(), "DELETE"),
    ),
    Row("asks_for_options", 204, ask(page(variants=()), "OPTIONS"), {"Accept-Ranges": None}, ask(page())),
    Row("asks_for_trace", 200, ask(page(), "TRACE"), {"Content-Type": "message/http"}, ask(page())),
    Row("asks_for_trace", 400, ask(page(), "TRACE", content_length=1), {}, ask(page())),
    Row(
        "is_protocol_switched",
        101,
        ask(page(upgrade=Upgrade(("chat/2", "websocket"))), "GET", *HANDSHAKE),
        SWITCHED,
        ask(page(upgrade=Upgrade(("websocket",))), "HEAD", *HANDSHAKE),
    ),
    Row(
        "is_protocol_switched",
        101,
        ask(page(upgrade=Upgrade(("chat/2",))), "GET", *CHAT),
        {"Upgrade": "chat/2", "Sec-WebSocket-Accept": None},
        ask(page(upgrade=Upgrade(("chat",))), "GET", *CHAT),
    ),
    Row(
        "is_protocol_switched",
        426,
        ask(page(upgrade=Upgrade(("chat/2", "chat/1"), required=True))),
        {"Upgrade": "chat/2, chat/1", "Sec-WebSocket-Version": None},
        ask(page(upgrade=Upgrade(("chat/2",), required=True)), "PUT"),
    ),
    Row(
        "is_protocol_switched",
        426,
        ask(page(upgrade=Upgrade(("websocket",))), "GET", *HANDSHAKE[:2], ("Sec-WebSocket-Version", "8")),
        {"Upgrade": "websocket", "Sec-WebSocket-Version": "13"},
        # Upgrade is for a connection that names it, in HTTP/1.1
        ask(page(upgrade=Upgrade(("websocket",))), "GET", *HANDSHAKE[1:]),
    ),
    *(
        Row(
            "is_protocol_switched",
            426,
            ask(page(upgrade=Upgrade(("websocket",))), "GET", *HANDSHAKE[:3], ("Sec-WebSocket-Key", key)),
            {},
            ask(page(upgrade=Upgrade(("websocket",))), "GET", *HANDSHAKE, version=(1, 0)),
        )
        for key in ("c2hvcnQ=", "not base64", "\xe9")
    ),
    Row(
        "is_protocol_switched",
        426,
        ask(page(upgrade=Upgrade(("chat/2",), required=True)), "HEAD", *CHAT),
        {},
        ask(page(upgrade=Upgrade(("chat/2",))), "GET", ("Connection", "upgrade"), ("Upgrade", "chat /2")),
    ),
    Row(
        "is_it_simulated",
        471,
        ask(page(simulated=Simulated(471, "Odd.", (("X-A", "b"),)))),
        {"X-A": "b"},
        ask(page(simulated=Simulated(471)), "PUT"),
    ),
    Row("is_it_simulated", 204, ask(page(simulated=Simulated(204))), {"Content-Length": None}, ask(page())),
    Row("is_it_simulated", 205, ask(page(simulated=Simulated(205))), {"Content-Length": "0"}, ask(page())),
    Row("is_it_simulated", 203, ask(page(simulated=Simulated(203, content=PAGE))), {"ETag": '"a"'}, ask(page())),
    Row(
        "is_it_simulated",
        200,
        ask(page(simulated=Simulated(102))),
        {"ETag": '"a"'},
        ask(page(variants=(), simulated=Simulated(102))),
    ),
    Row(
        "is_length_known",
        411,
        ask(with_content(needs_length=True), "PUT", content_length=UNKNOWN_LENGTH),
        {},
        ask(with_content(needs_length=True), "PUT", content_length=0),
    ),
    Row(
        "is_content_small_enough",
        413,
        ask(with_content(most=9, retry_after=60), "PUT", content_length=10),
        {"Retry-After": "60"},
        ask(with_content(most=9), "PUT", content_length=9),
    ),
    Row(
        "is_content_small_enough",
        413,
        ask(with_content(most=0), "POST", content_length=1),
        {"Retry-After": None},
        ask(with_content(most=0), "POST", content_length=UNKNOWN_LENGTH),
    ),
    Row(
        "is_content_coding_taken",
        415,
        ask(with_content(codings=("gzip", "br")), "PUT", ("Content-Encoding", "gzip, zstd")),
        {"Accept-Encoding": "gzip, br", "Accept": None},
        ask(with_content(codings=("gzip",)), "PUT", ("Content-Encoding", "GZIP")),
    ),
    Row(
        "is_content_coding_taken",
        415,
        ask(page(), "POST", ("Content-Encoding", "gzip")),
        {"Accept-Encoding": "identity"},
        ask(page(), "POST", ("Content-Encoding", "identity")),
    ),
    Row(
        "is_content_coding_taken",
        415,
        ask(page(), "POST", ("Content-Encoding", '"gzip')),
        {},
        ask(page(), "GET", ("Content-Encoding", "gzip")),
    ),
    Row(
        "is_content_type_taken",
        415,
        ask(with_content(media_types=("text/*", "image/png")), "PUT", ("Content-Type", "image/gif"), content_length=1),
        {"Accept": "text/*, image/png", "Accept-Encoding": None, "Accept-Patch": None},
        ask(with_content(media_types=("text/*",)), "PUT", ("Content-Type", "Text/Plain; a=b"), content_length=1),
    ),
    Row(
        "is_content_type_taken",
        415,
        ask(page(accept_patch=("text/x-diff",)), "PATCH", ("Content-Type", "text/plain"), content_length=1),
        {"Accept-Patch": "text/x-diff", "Accept": None},
        ask(page(accept_patch=("text/x-diff",)), "PUT", ("Content-Type", "text/plain"), content_length=1),
    ),
    Row(
        "is_content_type_taken",
        415,
        ask(with_content(media_types=("text/*",)), "PUT", content_length=UNKNOWN_LENGTH),
        {},
        ask(with_content(media_types=("application/octet-stream",)), "PUT", content_length=UNKNOWN_LENGTH),
    ),
    Row(
        "is_content_type_taken",
        415,
        ask(with_content(media_types=("*/*",)), "PUT", ("Content-Type", "text"), content_length=1),
        {},
        ask(with_content(media_types=("*/*",)), "PUT", content_length=1),
    ),
    Row(
        "is_content_complete",
        400,
        ask(page(), "PUT", ("Content-Range", "bytes 0-9/20")),
        {},
        ask(page(), "PATCH", ("Content-Range", "bytes 0-9/20")),
    ),
    Row("is_state_fit", 409, ask(page(conflict="It is checked out."), "PUT"), {}, ask(page(conflict="It is."), "GET")),
    Row(
        "is_there_storage",
        507,
        ask(page(free_octets=9), "PUT", content_length=10),
        {},
        ask(page(free_octets=9), "PUT", content_length=9),
    ),
    Row(
        "is_precondition_given",
        428,
        ask(page(needs_precondition=True), "PUT", ("If-Modified-Since", "x")),
        {},
        ask(page(needs_precondition=True), "PUT", ("If-Match", '"a"')),
    ),
    Row(
        "is_precondition_given",
        428,
        ask(page(needs_precondition=True), "DELETE"),
        {},
        ask(page(needs_precondition=True), "POST"),
    ),
    Row(
        "select",
        406,
        ask(TYPES, "GET", ("Accept", "audio/*")),
        {"Vary": "Accept"},
        ask(TYPES, "GET", ("Accept", "*/*")),
    ),
    Row(
        "select",
        406,
        ask(LANGUAGES, "HEAD", ("Accept-Language", "fr")),
        {"Vary": "Accept, Accept-Language"},
        ask(LANGUAGES, "PUT", ("Accept-Language", "fr")),
    ),
    Row("select", 300, ask(CHOICE), {"Vary": "Accept-Language"}, ask(CHOICE, "GET", ("Accept-Language", "de"))),
    Row(
        "is_precondition_true",
        304,
        ask(page(), "GET", ("If-None-Match", '"a"')),
        {"ETag": '"a"', "Last-Modified": None, "Content-Type": None, "Cache-Control": "max-age=60"},
        ask(page(), "GET", ("If-None-Match", '"b"')),
    ),
    Row(
        "is_precondition_true",
        412,
        ask(page(), "PUT", ("If-Match", '"b"')),
        {"ETag": None},
        ask(page(), "PUT", ("If-Match", '"a"')),
    ),
    Row(
        "is_part_wanted",
        206,
        ask(page(), "GET", ("Range", "bytes=0-9"), ("If-Range", '"a"')),
        {"Content-Range": "bytes 0-9/1000", "Content-Length": "10"},
        ask(page(), "GET", ("Range", "bytes=0-9"), ("If-Range", '"b"')),
    ),
    Row(
        "is_part_wanted",
        416,
        ask(page(), "GET", ("Range", "bytes=1000-")),
        {"Content-Range": "bytes */1000"},
        ask(page(), "HEAD", ("Range", "bytes=1000-")),
    ),
    Row("is_found", 200, ask(page()), {"Content-Length": "1000", "Accept-Ranges": "bytes"}, ask(page(), "PUT")),
    Row("is_found", 204, ask(page(variants=())), {"ETag": None}, ask(page(), "DELETE")),
)


def name_of(row: Row) -> str:
    return f"{row.question} {row.status}"


@pytest.mark.parametrize("row", ROWS, ids=name_of)
def test_a_question_answers(row: Row) -> None:
    answer = decide(*row.answered, NOW)
    assert isinstance(answer, Respond)
    assert (answer.question, answer.status) == (row.question, row.status)
    assert {name: answer.field(name) for name in row.fields} == row.fields


@pytest.mark.parametrize("row", ROWS, ids=name_of)
def test_a_question_passes(row: Row) -> None:
    assert row.question in path_of(decide(*row.passed, NOW))[:-1]


def test_what_passes_all_is_performed() -> None:
    decision = decide(*ask(page(content=ContentRules(most=9)), "PUT"), NOW)
    assert decision == Perform("PUT", (), PAGE, 9)
    assert path_of(decision) == QUESTIONS


def test_every_question_has_its_rows() -> None:
    assert {row.question for row in ROWS} | {"is_performed"} == set(QUESTIONS)


# Everything that can be wrong is wrong; whatever is answered first is put right, until nothing is left. The limits are below
# zero, so that even content of unknown length, which is -1, exceeds them.
PUT_RIGHT: tuple[tuple[str, int, dict[str, Any], Lines], ...] = (
    ("is_service_available", 503, {"unavailable": None}, ()),
    ("is_origin_of_target", 421, {"authorities": None}, ()),
    ("is_early_data_safe", 425, {}, (("Early-Data", "1"),)),
    ("is_rate_within_limit", 429, {"too_many": None}, ()),
    ("is_query_within_limit", 414, {"longest_query": None}, ()),
    ("are_fields_within_limit", 431, {"largest_fields": None}, ()),
    ("are_credentials_sufficient", 401, {"access": None}, ()),
    ("is_access_permitted", 403, {"forbidden": None}, ()),
    ("is_access_lawful", 451, {"legal_block": None}, ()),
    ("is_it_paid_for", 402, {"payment": None}, ()),
    ("is_it_here", 301, {"moved": None}, ()),
    ("is_it_still_there", 410, {"gone": None}, ()),
    ("is_method_allowed", 405, {"methods": EVERY}, ()),
    ("does_it_exist", 404, {"exists": True}, ()),
    ("is_expectation_met", 417, {}, (("Expect", "tea"),)),
    ("is_protocol_switched", 426, {"upgrade": None}, ()),
    ("is_length_known", 411, {"content": ContentRules(most=-2, media_types=("text/*",))}, ()),
    ("is_content_small_enough", 413, {"content": ContentRules(media_types=("text/*",))}, ()),
    ("is_content_coding_taken", 415, {}, (("Content-Encoding", "zstd"),)),
    ("is_content_type_taken", 415, {"content": ContentRules()}, ()),
    ("is_content_complete", 400, {}, (("Content-Range", "bytes 0-9/20"),)),
    ("is_state_fit", 409, {"conflict": None}, ()),
    ("is_there_storage", 507, {"free_octets": None}, ()),
    ("is_precondition_given", 428, {"needs_precondition": False}, ()),
    ("is_performed", 0, {}, ()),
)


def test_the_order_of_the_questions() -> None:
    resource = Resource(
        exists=False,
        variants=(PAGE,),
        unavailable=Unavailable(),
        authorities=frozenset({"a"}),
        too_many=TooManyRequests(),
        longest_query=1,
        largest_fields=1,
        access=BASIC,
        forbidden="",
        legal_block=LegalBlock(),
        payment=Payment(),
        moved=Moved(301, "/new"),
        gone=Gone(),
        upgrade=Upgrade(("chat/2",), required=True, methods=("PUT",)),
        content=ContentRules(needs_length=True, most=-2, media_types=("text/*",)),
        conflict="It is checked out.",
        free_octets=-2,
        needs_precondition=True,
    )
    lines = tuple(line for _, _, _, wrong in PUT_RIGHT for line in wrong)
    for question, status, right, wrong in PUT_RIGHT:
        request, _ = ask(resource, "PUT", *lines, authority="b", query="long", content_length=UNKNOWN_LENGTH)
        decision = decide(request, resource, NOW)
        assert decision.question == question
        assert (decision.status if isinstance(decision, Respond) else 0) == status
        resource = replace(resource, **right)
        lines = tuple(line for line in lines if line not in wrong)


def test_credentials_are_not_traced() -> None:
    # RFC 9110 section 9.3.8: no field that has a secret in it
    secrets = (("Authorization", ALICE), ("cookie", "a=b"), ("Proxy-Authorization", BOB), ("X-A", "caf\xe9"))
    answer = decide(*ask(page(), "TRACE", *secrets, query="q"), NOW)
    assert isinstance(answer, Respond)
    assert answer.content == b"TRACE /page?q HTTP/1.1\r\nX-A: caf\xe9\r\n\r\n"


def test_the_field_that_is_too_large_is_named() -> None:
    answer = decide(*ask(page(largest_fields=50), "GET", ("X-A", "b"), ("X-Large", "c" * 50)), NOW)
    assert isinstance(answer, Respond)
    assert "X-Large" in answer.detail


@pytest.mark.parametrize(("version", "statuses"), [((1, 1), [100]), ((1, 0), [])])
def test_100_goes_ahead_of_101_to_a_client_that_waits(version: tuple[int, int], statuses: list[int]) -> None:
    # RFC 9110 section 7.8
    resource = page(upgrade=Upgrade(("chat/2",)))
    answer = decide(*ask(resource, "GET", *CHAT, ("Expect", "100-continue"), version=version), NOW)
    assert [interim.status for interim in answer.interim] == statuses


@pytest.mark.parametrize(
    ("content_length", "version", "expect", "statuses"),
    [
        (10, (1, 1), "100-continue", [100]),
        (UNKNOWN_LENGTH, (1, 1), "100-continue", [100]),
        (UNKNOWN_LENGTH, (1, 1), "100-CONTINUE", [100]),
        (10, (1, 1), None, []),
        (0, (1, 1), "100-continue", []),  # no content to wait for: RFC 9110 section 10.1.1
        (None, (1, 1), "100-continue", []),
        (10, (1, 0), "100-continue", []),
    ],
)
def test_100_is_for_who_waits_with_content(
    content_length: int | None, version: tuple[int, int], expect: str | None, statuses: list[int]
) -> None:
    lines = () if expect is None else (("Expect", expect),)
    decision = decide(*ask(page(), "PUT", *lines, content_length=content_length, version=version), NOW)
    assert isinstance(decision, Perform)
    assert [interim.status for interim in decision.interim] == statuses


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_hints_go_ahead_of_a_200(method: str) -> None:
    resource = page(hints=("</a.css>; rel=preload", "</b.js>; rel=preload"))
    (hints,) = decide(*ask(resource, method), NOW).interim
    assert (hints.status, hints.fields.all("link")) == (103, list(resource.hints))
    assert decide(*ask(resource, method, ("If-None-Match", '"a"')), NOW).interim == ()


def test_the_selected_representation_is_what_a_change_is_about() -> None:
    # A precondition compares with the variant that the request selects
    german = EntityTag("g", weak=False)
    for tag, is_performed in (('"g"', True), ('"a"', False)):
        decision = decide(*ask(LANGUAGES, "PUT", ("Accept-Language", "de"), ("If-Match", tag)), NOW)
        assert isinstance(decision, Perform) == is_performed
        if isinstance(decision, Perform):
            assert decision.current is not None
            assert decision.current.etag == german
