import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary.fields.allow import format_allow, parse_allow
from statuary.fields.grammar import INVALID, Invalid

from .strategies import tokens


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (None, None),
        ("", ()),
        ("GET, HEAD, PUT", ("GET", "HEAD", "PUT")),
        (",GET ,,head", ("GET", "head")),
        ("GET HEAD", INVALID),
        ("GET;HEAD", INVALID),
        ('"GET"', INVALID),
        ('"', INVALID),
    ],
)
def test_parse_allow(text: str | None, value: tuple[str, ...] | Invalid | None) -> None:
    assert parse_allow(text) == value


@given(st.lists(tokens, max_size=4).map(tuple))
def test_allow_is_read_as_written(methods: tuple[str, ...]) -> None:
    assert parse_allow(format_allow(methods)) == methods


@pytest.mark.parametrize("method", ["", "GET,HEAD", "G\n"])
def test_what_allow_can_not_say(method: str) -> None:
    with pytest.raises(ValueError, match="not a token"):
        format_allow([method])
