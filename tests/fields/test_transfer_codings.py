import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary.fields.grammar import INVALID, Invalid
from statuary.fields.transfer_codings import (
    TransferCoding,
    WeightedTransferCoding,
    format_te,
    format_transfer_encoding,
    parse_te,
    parse_transfer_encoding,
)

from .strategies import lower_tokens, parameters

CHUNKED = TransferCoding("chunked")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (None, None),
        ("", ()),
        ("chunked", (CHUNKED,)),
        ("Chunked", (CHUNKED,)),
        ("gzip, chunked", (TransferCoding("gzip"), CHUNKED)),
        (",chunked ,,chunked,", (CHUNKED, CHUNKED)),
        ('a ; B = c;d="e, f"', (TransferCoding("a", (("b", "c"), ("d", "e, f"))),)),
        ("chunked;", INVALID),  # unlike elsewhere, a parameter can't be empty
        ("chunked;a", INVALID),
        ("chunked;a=", INVALID),
        ("chunked x", INVALID),
        ('"chunked"', INVALID),
        ("chunked\x0b", INVALID),
        ("\xa0chunked", INVALID),
        ("chun\nked", INVALID),
        ('a;b="', INVALID),
    ],
)
def test_parse_transfer_encoding(text: str | None, value: tuple[TransferCoding, ...] | Invalid | None) -> None:
    assert parse_transfer_encoding(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (None, None),
        ("", ()),
        ("deflate", (WeightedTransferCoding("deflate"),)),
        ("trailers", (WeightedTransferCoding("trailers"),)),
        (
            "Trailers, deflate;q=0.5",
            (WeightedTransferCoding("trailers"), WeightedTransferCoding("deflate", (), 500)),
        ),
        ("a;b=c;Q=0", (WeightedTransferCoding("a", (("b", "c"),), 0),)),
        ("a;q=2", INVALID),
        ("a;q=0;q=0", INVALID),
        ("a b", INVALID),
    ],
)
def test_parse_te(text: str | None, value: tuple[WeightedTransferCoding, ...] | Invalid | None) -> None:
    assert parse_te(text) == value


unweighted = parameters.map(lambda pairs: tuple(pair for pair in pairs if pair[0] != "q"))


@given(st.lists(st.builds(TransferCoding, lower_tokens, parameters), max_size=4).map(tuple))
def test_transfer_encoding_is_read_as_written(value: tuple[TransferCoding, ...]) -> None:
    assert parse_transfer_encoding(format_transfer_encoding(value)) == value


@given(
    st.lists(st.builds(WeightedTransferCoding, lower_tokens, unweighted, st.integers(0, 1000)), max_size=4).map(tuple)
)
def test_te_is_read_as_written(value: tuple[WeightedTransferCoding, ...]) -> None:
    assert parse_te(format_te(value)) == value


def test_what_transfer_encoding_and_te_can_not_say() -> None:
    with pytest.raises(ValueError, match="not a token"):
        format_transfer_encoding([TransferCoding("a b")])
    with pytest.raises(ValueError, match="not a weight"):
        format_te([WeightedTransferCoding("a", (), 2000)])
    with pytest.raises(ValueError, match="is a weight"):
        format_te([WeightedTransferCoding("a", (("q", "1"),))])
