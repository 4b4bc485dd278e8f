"""Reports to render: an ordinary one, and strategies for those in which everything a peer chose is hostile."""

from __future__ import annotations

from hypothesis import strategies as st

from statuary.conformance.report import (
    EVENT_KINDS,
    VERDICTS,
    VIOLATIONS,
    Answer,
    Event,
    Report,
    Result,
)

ALLOW = "rfc9110-15.5.6-1"  # a MUST: 405 has Allow
EXPLAIN = "rfc9110-15.5-1"  # a SHOULD: errors explain themselves

REFUSED = Result(
    "methods.delete",
    "DELETE of a file",
    "fail",
    "Answered 405: without Allow.",
    ALLOW,
    shows=(ALLOW,),
    codes=(405,),
    statuses=(405,),
    answers=(
        Answer("405 with Allow", "The method isn't allowed here"),
        Answer("2xx", "It was deleted, which may be"),
        Answer("405 without Allow", "Nobody learns what is", ALLOW),
    ),
    events=(
        Event(0.0, "a", "opened"),
        Event(0.0, "a", "sent", b"DELETE /file.txt HTTP/1.1\r\n"),
        Event(0.01, "a", "sent", b"Host: a.example\r\n\r\n"),
        Event(0.02, "a", "received", b"HTTP/1.1 405 \xff\x1b[2J<script>alert(1)</script>\r\n"),
        Event(0.03, "a", "received", b"Content-Length: 0\r\n\r\n"),
        Event(0.04, "a", "ended"),
    ),
    fix="Send Allow with every 405.",
    plays=2,
    seconds=0.04,
)
POOR = Result("errors.explained", "An error without content", "warn", "Empty 404.", EXPLAIN, codes=(404,))
INFORMED = Result(
    "fields.server", "A Server field with details", "note", "nginx/1.22.1 tells much.", "rfc9110-10.2.4-1"
)
PASSED = Result(
    "range.first",
    "The first octets",
    "pass",
    shows=("rfc9110-14.2-2",),
    codes=(206,),
    statuses=(206,),
    answers=(Answer("206", "The part"), Answer("200", "Range may be ignored")),
    events=(
        Event(0.0, "a", "sent", b"GET / HTTP/1.1\r\nRange: bytes=0-1\r\n\r\n"),
        Event(0.1, "a", "received", b"x" * 9000),
    ),
)
LACKING = Result("put.new", "PUT of a new file", "not applicable", "There is no writable area.", codes=(201,))
UNCLEAR = Result("limits.uri", "A long target", "inconclusive", "The connection was reset.", codes=(414,))
BROKEN = Result("limits.fields", "Many fields", "harness error", "ZeroDivisionError", codes=(431,))
JUDGED_RESULT = Result(
    f"judge.{ALLOW}", "A 405 lists methods", "fail", "405 without Allow", ALLOW, seen_in=("methods.delete",)
)

RESULTS = (REFUSED, POOR, INFORMED, PASSED, LACKING, UNCLEAR, BROKEN)


def report(*results: Result, subject: str = "nginx", version: str = "1.22.1", **more: object) -> Report:
    """A run with those results, or with one of each verdict."""
    made = Report(subject, "http://127.0.0.1:8080/", version, "2026-11-22T19:00:00Z", "0.1.0", results or RESULTS, 1.25)
    return made.with_results(made.results, more.get("unused_waivers", ()))  # type: ignore[arg-type]


HOSTILE = st.sampled_from(
    [
        "<script>alert(1)</script>",
        "</script><img src=x onerror=alert(1)>",
        "</pre></style>]]>-->",
        "\x1b[2J\x07\x00\x9b31m",
        "\ud800\ufffe\uffff\u202e",
        "::error title=x::y\n::stop-commands::z",
        "%0A::error::",
        "```\n# heading @everyone | a | [x](javascript:alert(1))",
        "\"'&;<>\r\n\t\\r\\n",
    ]
)
TEXTS = HOSTILE | st.text(max_size=30)
OCTETS = st.binary(max_size=80) | HOSTILE.map(lambda text: text.encode("utf-8", "surrogatepass"))
REQUIREMENTS = st.sampled_from([ALLOW, EXPLAIN, "rfc9110-10.2.4-1", "rfc2616-8.2.2-1"])

EVENTS = st.builds(Event, st.floats(0, 1e6), TEXTS, st.sampled_from(EVENT_KINDS), OCTETS, st.integers(0, 10**6))


@st.composite
def hostile_results(draw: st.DrawFn) -> Result:
    """A result that bears hostile text wherever it can have text."""
    verdict = draw(st.sampled_from(VERDICTS))
    return Result(
        draw(TEXTS),
        draw(TEXTS),
        verdict,
        draw(TEXTS),
        draw(REQUIREMENTS) if verdict in VIOLATIONS else None,
        draw(st.lists(REQUIREMENTS, max_size=2).map(tuple)),
        draw(st.lists(st.integers(100, 599), max_size=2).map(tuple)),
        (),
        draw(st.lists(st.builds(Answer, TEXTS, TEXTS, st.none() | REQUIREMENTS), max_size=2).map(tuple)),
        draw(st.lists(EVENTS, max_size=4).map(tuple)),
        draw(TEXTS),
        waived=draw(st.none() | TEXTS) if verdict in VIOLATIONS else None,
        seen_in=draw(st.lists(TEXTS, max_size=2).map(tuple)),
    )


HOSTILE_REPORTS = st.builds(
    Report,
    subject=TEXTS,
    url=TEXTS,
    version=TEXTS,
    date=TEXTS,
    statuary=TEXTS,
    results=st.lists(hostile_results(), max_size=4, unique_by=lambda one: one.id).map(tuple),
    seconds=st.floats(0, 1e6),
    facts=st.dictionaries(TEXTS, TEXTS, max_size=2),
    options=st.dictionaries(TEXTS, TEXTS, max_size=2),
    unused_waivers=st.lists(TEXTS, max_size=2).map(tuple),
)
