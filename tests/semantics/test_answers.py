from __future__ import annotations

import pytest

from statuary.message.request import Request
from statuary.semantics.decision import Perform, Respond
from statuary.semantics.decision.answers import allow, refuse, retry_after

from .kinds import EVERY, page

ANSWER = Respond(200, (("A", "b"), ("Link", "1"), ("link", "2")), b"c", "rfc9110-15.3.1", detail="d")


@pytest.mark.parametrize(("name", "value"), [("a", "b"), ("A", "b"), ("LINK", "1"), ("B", None)])
def test_a_field_is_found_in_any_case(name: str, value: str | None) -> None:
    assert ANSWER.field(name) == value


def test_responses_compare_by_content() -> None:
    same = Respond(200, ANSWER.fields, b"c", "rfc9110-15.3.1", detail="d")
    assert (same, hash(same)) == (ANSWER, hash(ANSWER))
    assert Respond(200, ANSWER.fields, b"other", "rfc9110-15.3.1", detail="d") != ANSWER
    assert Perform("PUT") != ANSWER
    assert repr(Respond(204, (), None, "rfc9110-15.3.5")) == "<Respond 204 because rfc9110-15.3.5 () ()>"


@pytest.mark.parametrize(("method", "has_content"), [("GET", True), ("PUT", True), ("HEAD", False)])
def test_a_refusal_explains_itself(method: str, has_content: bool) -> None:
    answer = refuse(Request(method), 404, "rfc9110-15.5.5", "There is nothing here.", ("X-A", "b"))
    assert (answer.content is not None) is has_content
    assert answer.field("X-A") == "b"
    assert int(answer.field("Content-Length") or 0) > 0
    assert answer.detail == "There is nothing here."


@pytest.mark.parametrize(("seconds", "lines"), [(None, ()), (0, (("Retry-After", "0"),)), (9, (("Retry-After", "9"),))])
def test_retry_after(seconds: int | None, lines: tuple[tuple[str, str], ...]) -> None:
    assert retry_after(seconds) == lines


def test_allow() -> None:
    assert allow(page()) == ("Allow", ", ".join(EVERY))
    assert allow(page(methods=())) == ("Allow", "")
