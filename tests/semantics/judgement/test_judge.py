"""judge as a whole: it takes anything, keeps to its findings' shape, knows the roles, and owes nothing to decide."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary import requirements
from statuary.message.fields import Fields
from statuary.message.request import UNKNOWN_LENGTH, Request
from statuary.message.response import Exchange, Response
from statuary.semantics import judgement
from statuary.semantics.judgement import RULES, Finding, judge
from statuary.semantics.judgement.examples import read_examples
from statuary.semantics.judgement.rule import ROLES, Chapter, Role, Rule

NAMES = sorted({name for rule in RULES if isinstance(rule, Rule) for name in rule.present | rule.asked | rule.absent})
VALUES = (
    *("", "*", '"a"', 'W/"a"', 'W/"a", "b"', "bytes=0-1", "bytes=0-1, 4-5", "bytes=-0", "lines=1", "bytes 0-1/2"),
    *("bytes */5", "chunked", "chunked, chunked", "0", "5", "-1", "9" * 5000, "close", "upgrade, host", "a/b"),
    *("multipart/byteranges; boundary=b", "multipart/byteranges", "application/problem+json", "Basic realm=a"),
    *('Basic realm="a", realm="b"', "Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 0000 00:00:00 GMT", "gzip, , br"),
    *("max-age=5, private=a", "http://user@/a", "<a>; rel=blocked-by", "100-continue", "1.1 a", "²", "\0\r\n", "é"),
)
CONTENTS = (
    *(b"", b"ab", b"--b\r\nContent-Range: bytes 0-1/2\r\n\r\nab\r\n--b--", b"--b--", b"--b\n\xff", b"\r\n--b"),
    *(b'{"status": 400, "type": "a", "title": "\\u0000"}', b"[" * 5000, b'{"status": 1e999}', b"TRACE / HTTP/1.1"),
)
texts = st.one_of(st.sampled_from(VALUES), st.text(max_size=20))
sections = st.lists(st.tuples(st.one_of(st.sampled_from(NAMES), st.text(max_size=5)), texts), max_size=8).map(Fields)
statuses = st.one_of(
    st.sampled_from((100, 101, 103, 200, 201, 204, 205, 206, 207, 226, 300, 301, 304, 401, 405, 412, 416, 426, 451)),
    st.integers(min_value=-1, max_value=1000),
)
responses = st.builds(
    Response, statuses, sections, st.one_of(st.sampled_from(CONTENTS), st.binary(max_size=9)), st.none() | sections
)
methods = st.one_of(st.sampled_from(("GET", "HEAD", "POST", "PUT", "OPTIONS", "TRACE", "CONNECT")), st.text(max_size=5))
requests = st.builds(
    Request,
    methods,
    st.one_of(st.sampled_from(("/", "*", "", "http://a/b", "a:443")), st.text(max_size=5)),
    sections,
    query=st.none() | st.text(max_size=3),
    scheme=st.sampled_from(("http", "https")),
    authority=st.none() | st.text(max_size=3),
    version=st.sampled_from(((1, 0), (1, 1), (2, 0), (3, 0))),
    content_length=st.sampled_from((None, UNKNOWN_LENGTH, 0, 5)),
)
exchanges = st.builds(Exchange, requests, st.lists(responses, max_size=2).map(tuple), st.none() | responses)


@given(st.lists(exchanges, max_size=3), st.sampled_from(ROLES))
def test_any_exchange_is_judged(seen: list[Exchange], role: Role) -> None:
    for finding in judge(seen, role):
        assert requirements.lookup(finding.requirement).level == finding.level
        assert 0 <= finding.exchange < len(seen)
        assert finding.detail.isascii()
        assert finding.detail.isprintable()
        assert len(finding.detail) <= 240
        assert finding.message == "request" or role != "client"
        assert finding.message != "request" or role != "server"


@given(st.lists(exchanges, max_size=3))
def test_a_verdict_does_not_depend_on_what_was_judged_before(seen: list[Exchange]) -> None:
    assert judge(seen, "server") == judge(seen, "server")


@pytest.mark.parametrize(
    ("level", "strength"),
    [
        *(("MUST", "fail"), ("MUST NOT", "fail"), ("SHOULD", "warn"), ("SHOULD NOT", "warn"), ("RECOMMENDED", "warn")),
        *(("MAY", "note"), ("OPTIONAL", "note"), ("STATED", "note")),
    ],
)
def test_the_strength_follows_from_the_level(level: str, strength: str) -> None:
    assert Finding("rfc9110-15.5.6-1", level, 0, "response", "405 without Allow").strength == strength


def test_each_role_answers_for_what_it_sent() -> None:
    wrong = read_examples("GET / => 405 || no")
    assert {finding.message for finding in judge(wrong, "server")} == {"response"}
    assert {finding.message for finding in judge(wrong, "client")} == {"request"}
    # Allow is for the origin server to know, not for those who pass its response on.
    assert "rfc9110-15.5.6-1" not in {finding.requirement for finding in judge(wrong, "intermediary")}


def test_findings_come_in_the_order_of_exchanges() -> None:
    seen = read_examples("GET /a => 405 || no\nGET /b => 401 || no\nGET /c => 426 || no")
    places = [finding.exchange for finding in judge(seen, "server")]
    assert places == sorted(places)
    assert set(places) == {0, 1, 2}


def test_a_rule_without_examples_is_refused() -> None:
    chapter = Chapter()
    with pytest.raises(ValueError, match="passes it and one that fails it"):
        chapter.rule("rfc9110-15.5.6-1", passes=["GET / => 200"], fails=[])(lambda seen: None)
    with pytest.raises(ValueError, match="passes it and one that fails it"):
        chapter.sequence_rule("rfc9110-9.3.2-2", passes=[], fails=["GET / => 200"])(lambda seen: ())


def test_a_rule_for_which_nobody_answers_is_refused() -> None:
    with pytest.raises(ValueError, match="nobody answers"):
        Chapter().rule("rfc9110-15.5.6-1", on="request", passes=["GET / => 200"], fails=["GET / => 405"])(
            lambda seen: None
        )


@pytest.mark.parametrize("text", ['"' + '\\"' * 30_000, "<" * 60_000, ", " * 30_000, "a;" * 30_000, "a=" * 30_000])
def test_long_values_are_judged_like_others(text: str) -> None:
    # Were anything of it quadratic, this would take minutes.
    section = Fields([(name, text) for name in NAMES])
    seen = Exchange(Request("GET", "/", section), (), Response(401, section, b"no"))
    assert all(judge([seen], role) for role in ROLES)


def test_judge_owes_nothing_to_decide() -> None:
    for folder in judgement.__path__:
        for path in Path(folder).glob("*.py"):
            imported = {
                name
                for node in ast.walk(ast.parse(path.read_text()))
                for name in (
                    [alias.name for alias in node.names]
                    if isinstance(node, ast.Import)
                    else [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
                    if isinstance(node, ast.ImportFrom)
                    else []
                )
            }
            assert not [name for name in imported if "semantics" in name and "judgement" not in name], path.name
