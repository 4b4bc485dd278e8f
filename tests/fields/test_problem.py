import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary.fields.grammar import INVALID
from statuary.fields.problem import Problem, format_problem, parse_problem

from .strategies import any_text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (None, None),
        ("{}", Problem()),
        ('{"type": "about:blank"}', Problem()),
        (
            '{"type": "https://example.com/probs/out-of-credit", "title": "a", "status": 403, "detail": "b",'
            ' "instance": "/account/12345/msgs/abc", "balance": 30, "accounts": ["/account/12345"]}',
            Problem(
                "https://example.com/probs/out-of-credit",
                "a",
                403,
                "b",
                "/account/12345/msgs/abc",
                {"balance": 30, "accounts": ["/account/12345"]},
            ),
        ),
        # members of the wrong type are ignored: RFC 9457 section 3.1
        ('{"type": 1, "title": null, "status": "403", "detail": ["b"], "instance": {}}', Problem()),
        ('{"status": true}', Problem()),
        ('{"status": 403.5}', Problem()),
        ('{"status": 99}', Problem()),
        ('{"status": 600}', Problem()),
        ('{"status": -404}', Problem()),
        ('{"status": 471}', Problem(status=471)),
        (' {"title": ""} \n', Problem(title="")),
    ],
)
def test_legal_problems(text: str | None, value: Problem | None) -> None:
    assert parse_problem(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        '"a"',
        "404",
        "{",
        '{"a": }',
        "{} {}",
        "{'a': 1}",
        '{"a": NaN}',
        '{"a": -Infinity}',
        '{"a": 1e999}',
    ],
)
def test_illegal_problems(text: str) -> None:
    assert parse_problem(text) is INVALID


def test_depth_and_size_are_no_exception() -> None:
    assert parse_problem('{"a":' + "[" * 200_000) is INVALID
    assert parse_problem('{"a":' + "[" * 200_000 + "]" * 200_000 + "}") is INVALID
    assert parse_problem('{"status":' + "9" * 10_000 + "}") is INVALID


scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8)
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
)
names = st.text(max_size=8).filter(lambda name: name not in ("type", "title", "status", "detail", "instance"))
strings = st.none() | st.text(max_size=12)
problems = st.builds(
    Problem,
    st.text(max_size=12),
    strings,
    st.none() | st.integers(100, 599),
    strings,
    strings,
    st.dictionaries(names, values, max_size=3),
)


@given(problems)
def test_problems_are_read_as_written(problem: Problem) -> None:
    text = format_problem(problem)
    assert parse_problem(text) == problem
    assert text.isascii()


def test_absent_members_are_left_out() -> None:
    assert format_problem(Problem()) == "{}"
    written = json.loads(format_problem(Problem(title="Gone", status=410, extensions={"temporary": False})))
    assert written == {"title": "Gone", "status": 410, "temporary": False}


@given(st.dictionaries(st.sampled_from(["type", "title", "status", "detail", "instance", "other"]), values))
def test_any_object_is_a_problem(members: dict[str, object]) -> None:
    assert isinstance(parse_problem(json.dumps(members)), Problem)


@given(any_text.map(json.dumps))
def test_any_other_json_is_invalid(text: str) -> None:
    assert parse_problem(text) is INVALID


@pytest.mark.parametrize("extensions", [{"status": 404}, {"a": float("nan")}, {"a": float("inf")}])
def test_what_no_problem_can_say(extensions: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        format_problem(Problem(extensions=extensions))
    with pytest.raises(TypeError, match="JSON"):
        format_problem(Problem(extensions={"a": object()}))
