"""Judgements that compare both sides of an intermediary: each with a play that passes it and those that fail it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from statuary.conformance.conversation import Answered, Asked
from statuary.conformance.intermediary.judgements import JUDGEMENTS, Sight
from statuary.conformance.requests import compose
from statuary.conformance.scripted.received import Received
from statuary.message.fields import FieldLine, Fields
from statuary.message.response import Response
from statuary.wire.response_reader import GRAMMAR, Problem


def played(
    said: list[FieldLine],
    got: list[FieldLine],
    *,
    interim_said: list[list[FieldLine]] | None = None,
    interim_got: list[list[FieldLine]] | None = None,
    content: tuple[bytes, bytes] = (b"", b""),
) -> Sight:
    """A play in which one response of the upstream became one for the client, perhaps after some that are 103."""
    received = Received("a", "GET", "/a", "HTTP/1.1", Fields(), b"", [])
    received.interim = [Response(103, Fields(lines)) for lines in interim_said or []]
    received.final = Response(200, Fields(said), content[0])
    interim = tuple(Response(103, Fields(lines)) for lines in interim_got or [])
    answer = Answered(Asked("GET", None, b""), "200", Response(200, Fields(got), content[1]), interim)
    return Sight([received], [answer], {})


def answered(version: tuple[int, int] = (1, 1), problem: str = "") -> Sight:
    """A play with an answer of that version, with whose octets something may be wrong."""
    problems = (Problem("response", GRAMMAR, problem),) if problem else ()
    asked = Asked("GET", None, b"")
    return Sight([], [Answered(asked, "200", Response(200, Fields()), version=version, problems=problems)], {})


def dated(date: str) -> Sight:
    """A play of 1994 with an answer of that Date."""
    return replace(played([], [("Date", date)]), facts={"now": "Sun, 06 Nov 1994 08:49:37 GMT"})


def ended(trailer: str) -> Sight:
    """A play in which Connection named X-Hop, and that trailer came."""
    sight = played(HOP, [])
    assert sight.answer is not None
    return replace(
        sight, answers=[replace(sight.answer, response=Response(200, Fields(), trailers=Fields([(trailer, "1")])))]
    )


LINK = [("Link", "</a>")]
HOP = [("Connection", "X-Hop")]
COOKIES = [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]


@pytest.mark.parametrize(
    ("name", "sight", "holds"),
    [
        ("content_is_kept", played([], [], content=(b"fine", b"fine")), True),
        ("content_is_kept", played([], [], content=(b"fine", b"fin")), False),
        ("content_is_kept", Sight([], [], {}), False),
        ("end_to_end_fields_are_kept", played([("X-A", "1")], [("X-A", "1"), ("Via", "1.1 a")]), True),
        ("end_to_end_fields_are_kept", played([("Connection", "X-A"), ("X-A", "1")], []), True),
        ("end_to_end_fields_are_kept", played([("X-A", "1"), ("X-A", "2")], [("X-A", "2"), ("X-A", "1")]), False),
        ("end_to_end_fields_are_kept", played([("X-A", "1")], []), False),
        ("end_to_end_fields_are_kept", Sight([], [], {}), False),
        ("content_fields_are_kept", played([("Content-Type", "a/b")], [("Content-Type", "a/b")]), True),
        ("content_fields_are_kept", played([], [("Content-Encoding", "gzip")]), False),
        ("content_fields_are_kept", Sight([], [], {}), False),
        ("set_cookie_lines_are_kept", played(COOKIES, COOKIES), True),
        ("set_cookie_lines_are_kept", played(COOKIES, [*COOKIES, ("Set-Cookie", "sticky=3")]), True),
        ("set_cookie_lines_are_kept", played(COOKIES, [("Set-Cookie", "a=1, b=2")]), False),
        ("set_cookie_lines_are_kept", played(COOKIES, COOKIES[::-1]), False),
        ("set_cookie_lines_are_kept", Sight([], [], {}), False),
        ("via_was_added_to_the_response", played([], [("Via", "1.1 a")]), True),
        ("via_was_added_to_the_response", played([("Via", "1.1 a")], [("Via", "1.1 a")]), False),
        ("via_was_added_to_the_response", played([], []), False),
        ("interim_fields_are_kept", played([], [], interim_said=[LINK], interim_got=[LINK]), True),
        ("interim_fields_are_kept", played([], [], interim_said=[LINK], interim_got=[[]]), False),
        ("interim_fields_are_kept", played([], [], interim_said=[LINK], interim_got=[]), False),
        (
            "interim_responses_lack_hop_fields",
            played([], [], interim_said=[[("Connection", "X-Hop"), ("X-Hop", "1")]], interim_got=[LINK]),
            True,
        ),
        (
            "interim_responses_lack_hop_fields",
            played([], [], interim_said=[[("Connection", "X-Hop")]], interim_got=[[("X-Hop", "1")]]),
            False,
        ),
        ("interim_responses_lack_hop_fields", Sight([], [], {}), True),
        ("interim_responses_lack_connection", played([], [], interim_said=[HOP], interim_got=[LINK]), True),
        ("interim_responses_lack_connection", played([], [], interim_said=[HOP], interim_got=[HOP]), False),
        ("interim_responses_lack_connection", Sight([], [], {}), True),
        ("interim_responses_lack_known_hop_fields", played([], [], interim_got=[LINK]), True),
        ("interim_responses_lack_known_hop_fields", played([], [], interim_got=[[("Keep-Alive", "max=3")]]), False),
        ("nominated_response_trailers_are_removed", ended("X-End"), True),
        ("nominated_response_trailers_are_removed", ended("X-Hop"), False),
        ("nominated_response_trailers_are_removed", Sight([], [], {}), False),
        ("date_is_of_now", dated("Sun, 06 Nov 1994 08:49:37 GMT"), True),
        ("date_is_of_now", dated("Sun, 06 Nov 1994 09:10:00 GMT"), True),
        ("date_is_of_now", dated("Sun, 06 Nov 1994 10:49:37 GMT"), False),
        ("date_is_of_now", dated("now"), False),
        ("date_is_of_now", Sight([], [], {}), False),
        ("interim_responses_lack_framing", played([], [], interim_got=[LINK]), True),
        ("interim_responses_lack_framing", played([], [], interim_got=[[("Content-Length", "4")]]), False),
        ("interim_responses_lack_framing", played([], [], interim_got=[[("Transfer-Encoding", "chunked")]]), False),
        ("answer_is_well_formed", answered(), True),
        ("answer_is_well_formed", answered(problem="The content ends after 3 of 5 octets."), True),
        ("answer_is_well_formed", answered(problem="A line ends in LF alone, without CR."), False),
        ("answer_is_well_formed", Sight([], [], {}), True),
        ("answer_is_of_1_1", answered((1, 1)), True),
        ("answer_is_of_1_1", answered((1, 0)), False),
        ("answer_is_of_1_1", Sight([], [], {}), False),
    ],
)
def test_what_both_sides_show(name: str, sight: Sight, holds: bool) -> None:
    assert (JUDGEMENTS[name](sight) is None) is holds


def passed_on(
    *lines: FieldLine,
    version: str = "HTTP/1.1",
    sent: str = "GET /a",
    octets: bytes = b"",
    trailers: list[FieldLine] | None = None,
    problem: str = "",
    facts: dict[str, str] | None = None,
) -> Sight:
    """A play in which that request was sent, and one with these field lines reached the upstream."""
    asked = compose(sent, {"host": "a.example"})
    received = Received("a", "GET", "/a", version, Fields(lines), octets or asked.octets, [])
    received.trailers = None if trailers is None else Fields(trailers)
    received.problems = [Problem("request", GRAMMAR, problem)] if problem else []
    answer = Answered(Asked("GET", asked.request, asked.octets), "200", Response(200, Fields()))
    return Sight([received], [answer], facts or {})


GARBAGE_SEEN = Sight([Received("a", "?", "", "HTTP/1.1", Fields(), b"?", [])], [], {})


@pytest.mark.parametrize(
    ("name", "sight", "holds"),
    [
        ("via_names_the_received_version", passed_on(("Via", "1.1 a")), True),
        ("via_names_the_received_version", passed_on(("Via", "1.0 a, 1.1 b")), True),
        ("via_names_the_received_version", passed_on(("Via", "1.1 a"), sent="GET /a HTTP/1.0"), False),
        ("via_names_the_received_version", passed_on(("Via", "http/1.1 name[7] (x)")), True),
        ("via_names_the_received_version", passed_on(("Via", "http/1.0 name[7] (x)")), False),
        ("via_names_the_received_version", passed_on(), False),
        ("via_names_the_received_version", Sight([], [], {}), False),
        ("nominated_trailers_are_removed", passed_on(sent="GET /a | Connection: X-T", trailers=[("X-U", "1")]), True),
        ("nominated_trailers_are_removed", passed_on(sent="GET /a | Connection: x-t", trailers=[("X-T", "1")]), False),
        ("nominated_trailers_are_removed", passed_on(), True),
        ("nominated_trailers_are_removed", Sight([], [], {}), False),
        ("upstream_is_sent_1_0", passed_on(version="HTTP/1.0"), True),
        ("upstream_is_sent_1_0", passed_on(), False),
        ("upstream_is_sent_1_0", Sight([], [], {}), False),
        ("upstream_is_sent_another_version", passed_on(version="HTTP/1.2"), True),
        ("upstream_is_sent_another_version", passed_on(), False),
        ("upstream_is_sent_another_version", Sight([], [], {}), False),
        ("what_reached_the_upstream_is_malformed", passed_on(problem="A line ends in LF alone."), True),
        ("what_reached_the_upstream_is_malformed", GARBAGE_SEEN, True),
        ("what_reached_the_upstream_is_malformed", passed_on(), False),
        ("what_reached_the_upstream_is_well_formed", passed_on(), True),
        ("what_reached_the_upstream_is_well_formed", passed_on(problem="A line ends in LF alone."), False),
        ("what_reached_the_upstream_is_well_formed", GARBAGE_SEEN, False),
        ("octets_are_kept", passed_on(), True),
        ("octets_are_kept", passed_on(octets=b"GET /a HTTP/1.1\r\n\r\n"), False),
        ("octets_are_kept", Sight([], [], {}), False),
        ("it_has_a_cache", passed_on(facts={"cache": "yes"}), True),
        ("it_has_a_cache", passed_on(), False),
    ],
)
def test_what_is_passed_on(name: str, sight: Sight, holds: bool) -> None:
    assert (JUDGEMENTS[name](sight) is None) is holds


def forwards(*pairs: tuple[str, str]) -> Sight:
    """A play of requests with these values of Max-Forwards: as it was sent, and as it reached the upstream."""
    plays = [passed_on(("Max-Forwards", after), sent=f"OPTIONS /a | Max-Forwards: {before}") for before, after in pairs]
    return Sight([one.received[0] for one in plays], [one.answers[0] for one in plays], {})


@pytest.mark.parametrize(
    ("sight", "holds"),
    [
        (forwards(("10", "9"), ("100", "99")), True),
        (forwards(("10", "9"), ("100", "20")), True),  # it supports 20
        (forwards(("10", "5"), ("100", "5")), True),
        (forwards(("10", "8"), ("100", "98")), False),
        (forwards(("10", "10"), ("100", "100")), False),
        (Sight([], [], {}), True),
    ],
)
def test_max_forwards(sight: Sight, holds: bool) -> None:
    assert (JUDGEMENTS["max_forwards_is_one_less_or_the_most"](sight) is None) is holds


@pytest.mark.parametrize(
    ("held", "holds"),
    [([False, True], True), ([True], True), ([True, True], False), ([False, False], False), ([], False)],
)
def test_content_that_is_held_back(held: list[bool], holds: bool) -> None:
    received = [passed_on().received[0] for _ in held]
    for one, value in zip(received, held, strict=True):
        one.held = value
    judged = JUDGEMENTS["only_the_last_content_was_held_back"](Sight(received, [], {}))
    assert (judged is None) is holds


@pytest.mark.parametrize(
    ("options", "connections", "holds"),
    [
        (["close", ""], [1, 1], True),
        (["keep-alive, Close", ""], [1, 1], True),
        (["close", ""], [1, 2], False),
        (["", "close"], [1, 1], False),
        ([], [], False),
    ],
)
def test_requests_behind_close(options: list[str], connections: list[int], holds: bool) -> None:
    received = [passed_on(("Connection", option)).received[0] for option in options]
    for one, connection in zip(received, connections, strict=True):
        one.connection = connection
    assert (JUDGEMENTS["a_request_followed_close"](Sight(received, [], {})) is None) is holds
