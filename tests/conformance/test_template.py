"""Placeholders: what they stand for, and that no text breaks them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary.conformance.template import Missing, facts_in, fill

FACTS = {"file": "/a", "file.content": "0123456789", "file.etag": '"x"'}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("GET {file} HTTP/1.1", "GET /a HTTP/1.1"),
        ("{file.content[2:4]}", "23"),
        ("{file.content[:2]}{file.content[-2:]}", "0189"),
        ("{x*5}", "xxxxx"),
        ("{ab*2}", "abab"),
        ("{{{file}}}", "{/a}"),
        ("{{}}", "{}"),
        ("plain", "plain"),
    ],
)
def test_fill(text: str, filled: str) -> None:
    assert fill(text, FACTS) == filled


def test_facts_in() -> None:
    assert facts_in("{file} {x*3} {{no}} {file.content[0:1]}") == ["file", "file.content"]


def test_missing() -> None:
    with pytest.raises(Missing, match="large"):
        fill("{large}", FACTS)


@pytest.mark.parametrize("text", ["{", "}", "{File}", "{file", "{}", "{x*9999999}", "{a b}", "a } b"])
def test_not_a_placeholder(text: str) -> None:
    with pytest.raises(ValueError, match=r"placeholder|lone"):
        facts_in(text)


@given(st.text(max_size=40))
def test_escaped_text_is_itself(text: str) -> None:
    assert fill(text.replace("{", "{{").replace("}", "}}"), {}) == text


@given(st.text(alphabet="{}x*[]:.0123456789file", max_size=20))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        names = facts_in(text)
    except ValueError:
        return
    assert isinstance(fill(text, dict.fromkeys(names, "value")), str)
