import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary.fields.cache_control import CacheControl, Directive, format_cache_control, parse_cache_control
from statuary.fields.grammar import HUGE, INVALID, Invalid

from .strategies import lower_tokens, quotable_text


@pytest.mark.parametrize(
    ("text", "directives"),
    [
        ("", ()),
        ("no-store", (("no-store", None),)),
        ("Max-Age=60, Public", (("max-age", "60"), ("public", None))),
        ('private="set-cookie, x", max-age="60"', (("private", "set-cookie, x"), ("max-age", "60"))),
        (",no-cache ,", (("no-cache", None),)),
        ("max-age=1,max-age=2", (("max-age", "1"), ("max-age", "2"))),
        ('private=""', (("private", ""),)),
        ("community=UCI", (("community", "UCI"),)),
    ],
)
def test_legal_cache_control(text: str, directives: tuple[Directive, ...]) -> None:
    assert parse_cache_control(text) == CacheControl(directives)


@pytest.mark.parametrize("text", ["max-age=", "max-age = 5", "a b", "=5", 'private="a', "no-store; max-age=0", "é"])
def test_illegal_cache_control(text: str) -> None:
    assert parse_cache_control(text) is INVALID


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("max-age=60", 60),
        ('max-age="60"', 60),
        ("max-age=1, max-age=2", 1),
        (f"max-age={'9' * 100}", HUGE),
        ("no-store", None),
        ("max-age", INVALID),
        ("max-age=-1", INVALID),
        ("max-age=1.5", INVALID),
    ],
)
def test_seconds(text: str, seconds: int | Invalid | None) -> None:
    value = parse_cache_control(text)
    assert value
    assert value.seconds("max-age") == seconds


def test_directives_by_name() -> None:
    value = CacheControl((("no-store", None), ("max-age", "5")))
    assert "no-store" in value
    assert "max-age" in value
    assert "private" not in value
    assert value.argument("max-age") == "5"
    assert value.argument("no-store") is None
    assert value.argument("private") is None


@given(st.lists(st.tuples(lower_tokens | st.just("private"), st.none() | quotable_text), max_size=4).map(tuple))
def test_cache_control_is_read_as_written(directives: tuple[Directive, ...]) -> None:
    assert parse_cache_control(format_cache_control(directives)) == CacheControl(directives)


def test_field_names_are_quoted_and_numbers_are_not() -> None:
    assert format_cache_control([("private", "x"), ("max-age", "5")]) == 'private="x", max-age=5'


@pytest.mark.parametrize("directive", [("", None), ("a b", None), ("a", "\n")])
def test_what_cache_control_can_not_say(directive: Directive) -> None:
    with pytest.raises(ValueError, match="not"):
        format_cache_control([directive])
