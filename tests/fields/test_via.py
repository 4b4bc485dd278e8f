import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary.fields.grammar import INVALID, Invalid
from statuary.fields.via import ViaMember, format_via, parse_via

from .strategies import tokens

FRED = ViaMember("HTTP", "1.0", "fred")
EXAMPLE = ViaMember("HTTP", "1.1", "p.example.net")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (None, None),
        ("", ()),
        ("1.0 fred, 1.1 p.example.net", (FRED, EXAMPLE)),
        (",1.0 fred ,, HTTP/1.1 p.example.net,", (FRED, EXAMPLE)),
        ("http/1.0\tfred", (FRED,)),
        ("HTTP/2 a:8080", (ViaMember("HTTP", "2", "a:8080"),)),
        ("TLS/1.3 a", (ViaMember("TLS", "1.3", "a"),)),
        ("1.1 a (Apache/1.1)", (ViaMember("HTTP", "1.1", "a", "(Apache/1.1)"),)),
        ("1.1 a (b, c), 1.0 fred", (ViaMember("HTTP", "1.1", "a", "(b, c)"), FRED)),
        (r'1.1 a (b (c) \) "), 1.0 fred', (ViaMember("HTTP", "1.1", "a", r'(b (c) \) ")'), FRED)),
        ("1.1 [::1]:80", (ViaMember("HTTP", "1.1", "[::1]:80"),)),
        ("1.1 a:", (ViaMember("HTTP", "1.1", "a:"),)),
        ("1.1", INVALID),
        ("1.1 a b", INVALID),
        ("1.1 a(b)", INVALID),
        ("1.1 a (b", INVALID),
        ("1.1 a (b))", INVALID),
        ("1.1 a (b) (c)", INVALID),
        ("1.1 a:b", INVALID),
        ("1.1 http://a", INVALID),
        ("/1.1 a", INVALID),
        ("1.1 (b)", INVALID),
        ("1.1 a\n", INVALID),
    ],
)
def test_parse_via(text: str | None, value: tuple[ViaMember, ...] | Invalid | None) -> None:
    assert parse_via(text) == value


comments = st.none() | st.sampled_from(["()", "(a)", "(a, b (c))", r"(\()", '("")', "(\xe9)"])
members = st.builds(ViaMember, tokens.map(str.upper) | st.just("HTTP"), tokens, tokens | st.just("[::1]:1"), comments)


@given(st.lists(members, max_size=4).map(tuple))
def test_via_is_read_as_written(value: tuple[ViaMember, ...]) -> None:
    assert parse_via(format_via(value)) == value


def test_the_name_of_http_is_left_out() -> None:
    assert format_via([FRED, ViaMember("TLS", "1.3", "a", "(b)")]) == "1.0 fred, TLS/1.3 a (b)"


@pytest.mark.parametrize(
    "member", [ViaMember("HTTP", "1.1", "a b"), ViaMember("HTTP", "1.1", "a", "b"), ViaMember("HTTP", "1.1", "a\n")]
)
def test_what_via_can_not_say(member: ViaMember) -> None:
    with pytest.raises(ValueError, match="not a member of Via"):
        format_via([member])
