import copy
import pickle
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary.fields.grammar import (
    COMMENT,
    HUGE,
    INVALID,
    Invalid,
    Parameters,
    format_parameters,
    format_token_or_quoted,
    is_token,
    match_list,
    parse_digits,
    parse_parameters,
    parse_tokens,
    quote,
    required_token,
    split_list,
    unquote,
)

from .strategies import TCHAR, any_text, parameters, quotable_text, tokens


def test_invalid_is_one_falsy_value() -> None:
    assert not INVALID
    assert repr(INVALID) == "INVALID"
    assert copy.deepcopy(INVALID) is INVALID
    assert pickle.loads(pickle.dumps(INVALID)) is INVALID


def test_the_characters_of_a_token() -> None:
    assert {chr(code) for code in range(0x300) if is_token(chr(code))} == set(TCHAR)


@pytest.mark.parametrize("text", ["", " ", "a b", "a,b", "a\n", "é", "a:b", '"a"'])
def test_not_a_token(text: str) -> None:
    assert not is_token(text)
    with pytest.raises(ValueError, match="not a token"):
        required_token(text)


@pytest.mark.parametrize(
    ("text", "members"),
    [
        ("", []),
        (",", []),
        (",   ,", []),
        ("foo,bar", ["foo", "bar"]),
        ("foo ,bar,", ["foo", "bar"]),
        ("foo , ,bar,charlie", ["foo", "bar", "charlie"]),
        ("\tfoo\t,\t bar", ["foo", "bar"]),
        ("foo bar", ["foo bar"]),
        ("\xa0foo", ["\xa0foo"]),  # only SP and HTAB are whitespace
        ('"a,b", c', ['"a,b"', "c"]),
        ('x="a,b" , ,c', ['x="a,b"', "c"]),
        (r'"a\",b",c', [r'"a\",b"', "c"]),
        (r'"a\\",b', [r'"a\\"', "b"]),
        (r'a\",b"', [r'a\",b"']),  # a backslash means nothing outside of quotes
        ('""', ['""']),
        (',"a",', ['"a"']),
        ('"', INVALID),
        ('a,"b', INVALID),
        ('"a" "', INVALID),
        (r'"a\"', INVALID),
    ],
)
def test_split_list(text: str, members: list[str] | Invalid) -> None:
    assert split_list(text) == members


@given(st.lists(st.one_of(tokens, quotable_text.map(quote)), max_size=5))
def test_a_list_is_split_where_it_was_joined(members: list[str]) -> None:
    assert split_list(" ,\t".join(members)) == members
    assert split_list(",,".join(["", *members, ""])) == members


@given(any_text)
def test_split_list_loses_nothing_but_commas_and_whitespace(text: str) -> None:
    members = split_list(text)
    if members is not INVALID:
        assert all(member and member == member.strip(" \t") for member in members)
        assert "".join(members).translate(_NO_BLANKS) == text.translate(_NO_BLANKS) or '"' in text


_NO_BLANKS = str.maketrans("", "", ", \t")


def test_long_lists_and_strings_take_linear_time() -> None:
    # With a quadratic step these would not end within the patience of anyone running the tests.
    assert split_list("," * 1_000_000) == []
    assert split_list('"' + "\\" * 1_000_000) is INVALID
    assert split_list('"a",' * 100_000 + '"') is INVALID
    assert parse_parameters(";" * 1_000_000) == ()
    assert parse_parameters("; a=" + '"' + "\\a" * 500_000) is INVALID
    assert parse_digits("9" * 1_000_000) == HUGE


@pytest.mark.parametrize(
    ("quoted", "said"),
    [
        ('""', ""),
        ('"a b"', "a b"),
        (r'"a\"b"', 'a"b'),
        (r'"a\\b"', r"a\b"),
        (r'"\a"', "a"),
        ('"\xe9\t"', "\xe9\t"),
        ("a", INVALID),
        ("", INVALID),
        ('"', INVALID),
        ('"a"b"', INVALID),
        ('"a" ', INVALID),
        ('"a"\n', INVALID),
        ('"\x00"', INVALID),
        ('"\\\x7f"', INVALID),
        ('"€"', INVALID),
    ],
)
def test_unquote(quoted: str, said: str | Invalid) -> None:
    assert unquote(quoted) == said


@given(quotable_text)
def test_what_is_quoted_can_be_unquoted(text: str) -> None:
    assert unquote(quote(text)) == text
    assert format_token_or_quoted(text) == (text if is_token(text) else quote(text))


@pytest.mark.parametrize("text", ["\r\n", "\0", "\x7f", "€"])
def test_what_no_quoted_string_can_say(text: str) -> None:
    with pytest.raises(ValueError, match="not representable"):
        quote(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", ()),
        (";", ()),
        (" ; ;", ()),
        (";charset=utf-8", (("charset", "utf-8"),)),
        ("; Charset=UTF-8", (("charset", "UTF-8"),)),
        (';a="b;c"\t;\td=e', (("a", "b;c"), ("d", "e"))),
        (r';a="\"";', (("a", '"'),)),
        (';a=""', (("a", ""),)),
        (";a=1;a=2", (("a", "1"), ("a", "2"))),
        ("a=b", INVALID),
        (";a", INVALID),
        (";a=", INVALID),
        (";=b", INVALID),
        (";a =b", INVALID),  # no whitespace around the equals sign, not even bad whitespace
        (";a= b", INVALID),
        (";a=b c", INVALID),
        (';a="b', INVALID),
        (';a="b"c', INVALID),
    ],
)
def test_parse_parameters(text: str, value: Parameters | Invalid) -> None:
    assert parse_parameters(text) == value


@given(parameters)
def test_parameters_are_read_as_written(value: Parameters) -> None:
    assert parse_parameters(format_parameters(value)) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (None, None),
        ("", ()),
        ("close", ("close",)),
        ("Keep-Alive, ,Upgrade", ("keep-alive", "upgrade")),
        ("a b", INVALID),
        ('"a"', INVALID),
        ('a, "', INVALID),
    ],
)
def test_parse_tokens(text: str | None, value: tuple[str, ...] | Invalid | None) -> None:
    assert parse_tokens(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("007", 7),
        ("9" * 18, 10**18 - 1),
        ("1" + "0" * 18, HUGE),
        ("9" * 10_000, HUGE),
        ("0" * 10_000 + "5", 5),
        ("0" * 10_000, 0),
        ("", INVALID),
        ("+1", INVALID),
        ("-1", INVALID),
        ("1 ", INVALID),
        ("1_0", INVALID),
        ("0x1", INVALID),
        ("1.0", INVALID),
        ("٣", INVALID),
        ("²", INVALID),
    ],
)
def test_parse_digits(text: str, value: int | Invalid) -> None:
    assert parse_digits(text) == value


@pytest.mark.parametrize(
    ("text", "members"),
    [
        ("", []),
        ("(a), (b, c)", ["(a)", "(b, c)"]),
        ("((a, b))", ["((a, b))"]),
        (r"(\))", [r"(\))"]),
        (", (a) ,,(b)\t,", ["(a)", "(b)"]),
        ("(a) (b)", INVALID),
        ("(a", INVALID),
        ("(a))", INVALID),
        ("(" * 20 + ")" * 20, INVALID),  # deeper than we read
    ],
)
def test_match_list(text: str, members: list[str] | Invalid) -> None:
    found = match_list(re.compile(COMMENT), text)
    assert (INVALID if found is INVALID else [match[0] for match in found]) == members
