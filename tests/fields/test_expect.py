import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary.fields.expect import Expectation, format_expect, parse_expect
from statuary.fields.grammar import INVALID, Invalid

from .strategies import lower_tokens, parameters, quotable_text

CONTINUE = Expectation("100-continue")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (None, None),
        ("", ()),
        ("100-continue", (CONTINUE,)),
        ("100-Continue", (CONTINUE,)),
        ("100-continue, ,100-continue", (CONTINUE, CONTINUE)),
        ("a=b", (Expectation("a", "b"),)),
        ('A="b, c";D=e', (Expectation("a", "b, c", (("d", "e"),)),)),
        ("a=b ; c=d, 100-continue", (Expectation("a", "b", (("c", "d"),)), CONTINUE)),
        ("100-continue;a=b", INVALID),  # parameters go with a value
        ("a=", INVALID),
        ("a = b", INVALID),
        ("a b", INVALID),
        ("=b", INVALID),
        ('a="b', INVALID),
        ("a=b;c", INVALID),
    ],
)
def test_parse_expect(text: str | None, value: tuple[Expectation, ...] | Invalid | None) -> None:
    assert parse_expect(text) == value


expectations = st.one_of(
    st.builds(Expectation, lower_tokens, st.none(), st.just(())),
    st.builds(Expectation, lower_tokens, quotable_text, parameters),
)


@given(st.lists(expectations, max_size=4).map(tuple))
def test_expect_is_read_as_written(value: tuple[Expectation, ...]) -> None:
    assert parse_expect(format_expect(value)) == value


@pytest.mark.parametrize(
    "expectation", [Expectation(""), Expectation("a b"), Expectation("a", "\n"), Expectation("a", None, (("b", "c"),))]
)
def test_what_expect_can_not_say(expectation: Expectation) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        format_expect([expectation])
