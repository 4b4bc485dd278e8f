import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary.fields.grammar import INVALID, Invalid, Parameters
from statuary.fields.negotiation import (
    Weighted,
    WeightedMediaRange,
    format_accept,
    format_weight,
    format_weighted,
    parse_accept,
    parse_accept_charset,
    parse_accept_encoding,
    parse_accept_language,
    parse_weight,
)

from .strategies import lower_tokens, parameters

weights = st.integers(0, 1000)
subtags = st.from_regex(r"[a-z]{1,8}(-[a-z0-9]{1,8}){0,2}", fullmatch=True)


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("0", 0),
        ("0.", 0),
        ("0.0", 0),
        ("0.000", 0),
        ("0.001", 1),
        ("0.5", 500),
        ("0.25", 250),
        ("0.999", 999),
        ("1", 1000),
        ("1.", 1000),
        ("1.000", 1000),
        ("", INVALID),
        (".5", INVALID),
        ("0.0001", INVALID),
        ("1.001", INVALID),
        ("1.0000", INVALID),
        ("2", INVALID),
        ("-1", INVALID),
        ("00.5", INVALID),
        ("0,5", INVALID),
        ("0.5 ", INVALID),
        ("0.٥", INVALID),
    ],
)
def test_parse_weight(text: str, weight: int | Invalid) -> None:
    assert parse_weight(text) == weight


@given(weights)
def test_weights_are_read_as_written(weight: int) -> None:
    assert parse_weight(format_weight(weight).removeprefix(";q=") or "1") == weight


@pytest.mark.parametrize("weight", [-1, 1001])
def test_what_is_no_weight(weight: int) -> None:
    with pytest.raises(ValueError, match="not a weight"):
        format_weight(weight)


def media_range(text: str, weight: int = 1000, *given_parameters: tuple[str, str]) -> WeightedMediaRange:
    type_, _, subtype = text.partition("/")
    return WeightedMediaRange(type_, subtype, given_parameters, weight)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (None, None),
        ("", ()),
        (",", ()),
        ("*/*", (media_range("*/*"),)),
        ("audio/*; q=0.2, audio/basic", (media_range("audio/*", 200), media_range("audio/basic"))),
        (
            "text/plain; q=0.5, text/html,\ttext/x-dvi; q=0.8, text/x-c",
            (
                media_range("text/plain", 500),
                media_range("text/html"),
                media_range("text/x-dvi", 800),
                media_range("text/x-c"),
            ),
        ),
        ("Text/Plain;Format=flowed", (media_range("text/plain", 1000, ("format", "flowed")),)),
        # q is the weight wherever it stands: rfc9110-12.5.1-2
        ("text/plain;q=0.4;format=fixed", (media_range("text/plain", 400, ("format", "fixed")),)),
        ("text/plain;format=fixed;Q=0.4;a=b", (media_range("text/plain", 400, ("format", "fixed"), ("a", "b")),)),
        ('text/plain;q="0.4"', (media_range("text/plain", 400),)),
        ('a/b;c="d,e;q=0",f/g', (media_range("a/b", 1000, ("c", "d,e;q=0")), media_range("f/g"))),
        ("text/html;q=1;q=1", INVALID),
        ("text/html;q=1.5", INVALID),
        ("text/html;q=.5", INVALID),
        ("text/html;q", INVALID),
        ("text/html;q=", INVALID),
        ("*/html", INVALID),
        ("*", INVALID),
        ("text", INVALID),
        ("text/html text/plain", INVALID),
        ("text/html, *;q=.2", INVALID),
        ('text/html;a="b', INVALID),
    ],
)
def test_parse_accept(text: str | None, value: tuple[WeightedMediaRange, ...] | Invalid | None) -> None:
    assert parse_accept(text) == value


ranges = st.builds(
    WeightedMediaRange,
    lower_tokens.filter(lambda name: name != "*"),
    lower_tokens,
    parameters.map(lambda pairs: tuple(pair for pair in pairs if pair[0] != "q")),
    weights,
)


@given(st.lists(ranges | st.builds(WeightedMediaRange, st.just("*"), st.just("*"), st.just(()), weights), max_size=4))
def test_accept_is_read_as_written(value: list[WeightedMediaRange]) -> None:
    assert parse_accept(format_accept(value)) == tuple(value)


@pytest.mark.parametrize("pairs", [(("q", "0.5"),), (("q", "x"),)])
def test_accept_has_no_parameter_named_q(pairs: Parameters) -> None:
    with pytest.raises(ValueError, match="is a weight"):
        format_accept([WeightedMediaRange("a", "b", pairs, 1000)])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (None, None),
        ("", ()),
        ("compress, gzip", (("compress", 1000), ("gzip", 1000))),
        ("*", (("*", 1000),)),
        ("compress;q=0.5, gzip;q=1.0", (("compress", 500), ("gzip", 1000))),
        ("gzip;q=1.0, identity; q=0.5, *;q=0", (("gzip", 1000), ("identity", 500), ("*", 0))),
        ("GZip ;Q=0.1", (("gzip", 100),)),
        (",br,,zstd,", (("br", 1000), ("zstd", 1000))),
        ("gzip;level=9", INVALID),
        ("gzip;q=1;q=1", INVALID),
        ("gzip; q =1", INVALID),
        ("gzip;q= 1", INVALID),
        ('gzip;q="1"', INVALID),
        ("gzip br", INVALID),
        ("gzip;", INVALID),
        ("br, gz/ip", INVALID),
        ('"gzip', INVALID),
    ],
)
def test_parse_accept_encoding(text: str | None, value: tuple[Weighted, ...] | Invalid | None) -> None:
    assert parse_accept_encoding(text) == value
    assert parse_accept_charset(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (None, None),
        ("", ()),
        ("da, en-GB;q=0.8, en;q=0.7", (("da", 1000), ("en-gb", 800), ("en", 700))),
        ("*;q=0.5", (("*", 500),)),
        ("zh-Hant-TW-x-private", (("zh-hant-tw-x-private", 1000),)),
        ("en_US", INVALID),
        ("abcdefghi", INVALID),
        ("en-", INVALID),
        ("1e", INVALID),
        ("en-*", INVALID),
        ("é", INVALID),
        ("en;q=2", INVALID),
    ],
)
def test_parse_accept_language(text: str | None, value: tuple[Weighted, ...] | Invalid | None) -> None:
    assert parse_accept_language(text) == value


@given(st.lists(st.tuples(lower_tokens, weights), max_size=4))
def test_codings_are_read_as_written(value: list[Weighted]) -> None:
    assert parse_accept_encoding(format_weighted(value)) == tuple(value)


@given(st.lists(st.tuples(subtags | st.just("*"), weights), max_size=4))
def test_languages_are_read_as_written(value: list[Weighted]) -> None:
    assert parse_accept_language(format_weighted(value)) == tuple(value)


@pytest.mark.parametrize("value", ["", "a b", "gzip;q=1"])
def test_what_has_no_weight(value: str) -> None:
    with pytest.raises(ValueError, match="not a token"):
        format_weighted([(value, 1000)])
