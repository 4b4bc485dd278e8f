import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary.fields.grammar import INVALID, Invalid
from statuary.fields.upgrade import Protocol, format_upgrade, parse_upgrade

from .strategies import lower_tokens, tokens


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (None, None),
        ("", ()),
        ("websocket", (Protocol("websocket"),)),
        ("WebSocket", (Protocol("websocket"),)),
        ("HTTP/2.0, SHTTP/1.3, IRC/6.9", (Protocol("http", "2.0"), Protocol("shttp", "1.3"), Protocol("irc", "6.9"))),
        (",h2c ,, TLS/1.2,", (Protocol("h2c"), Protocol("tls", "1.2"))),
        ("a/", INVALID),
        ("/1", INVALID),
        ("a/b/c", INVALID),
        ("a /1", INVALID),
        ("a b", INVALID),
        ('"a"', INVALID),
        ('a, "', INVALID),
    ],
)
def test_parse_upgrade(text: str | None, value: tuple[Protocol, ...] | Invalid | None) -> None:
    assert parse_upgrade(text) == value


@given(st.lists(st.builds(Protocol, lower_tokens, st.none() | tokens), max_size=4).map(tuple))
def test_upgrade_is_read_as_written(value: tuple[Protocol, ...]) -> None:
    assert parse_upgrade(format_upgrade(value)) == value


@pytest.mark.parametrize("protocol", [Protocol(""), Protocol("a b"), Protocol("a", ""), Protocol("a", "1/2")])
def test_what_upgrade_can_not_say(protocol: Protocol) -> None:
    with pytest.raises(ValueError, match="not a token"):
        format_upgrade([protocol])
