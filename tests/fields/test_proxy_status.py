from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary.fields.grammar import INVALID, Invalid
from statuary.fields.proxy_status import (
    BareItem,
    ProxyStatusMember,
    Token,
    format_proxy_status,
    parse_proxy_status,
    token_or_string,
)

CDN = Token("ExampleCDN")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (None, None),
        ("", ()),
        ("  ", ()),
        ("ExampleCDN", (ProxyStatusMember(CDN),)),
        ("a, b", (ProxyStatusMember(Token("a")), ProxyStatusMember(Token("b")))),
        ("a\t,\tb", (ProxyStatusMember(Token("a")), ProxyStatusMember(Token("b")))),
        (" a ", (ProxyStatusMember(Token("a")),)),
        ('"a b"', (ProxyStatusMember("a b"),)),
        (r'"a\"\\"', (ProxyStatusMember('a"\\'),)),
        ("p.test:80/x", (ProxyStatusMember(Token("p.test:80/x")),)),
        ("ExampleCDN; error=dns_error", (ProxyStatusMember(CDN, (("error", Token("dns_error")),)),)),
        ("a;received-status=200", (ProxyStatusMember(Token("a"), (("received-status", 200),)),)),
        ("a;x=-1.50", (ProxyStatusMember(Token("a"), (("x", Decimal("-1.50")),)),)),
        ("a;x;y=?0;z=?1", (ProxyStatusMember(Token("a"), (("x", True), ("y", False), ("z", True))),)),
        ("a;x=:aDI=:", (ProxyStatusMember(Token("a"), (("x", b"h2"),)),)),
        ("a;x=1;y=2;x=3", (ProxyStatusMember(Token("a"), (("x", 3), ("y", 2))),)),
        ('a;details="b, c"', (ProxyStatusMember(Token("a"), (("details", "b, c"),)),)),
        ("a,", INVALID),
        (",a", INVALID),
        ("a,,b", INVALID),
        ("a b", INVALID),
        ("1", INVALID),
        ("?1", INVALID),
        ("(a b)", INVALID),
        ("a;X=1", INVALID),
        ("a;x=", INVALID),
        ("a;x=1.", INVALID),
        ("a;x=1.2345", INVALID),
        ("a;x=1234567890123456", INVALID),
        ("a;x=1234567890123.5", INVALID),
        ("a;x=:A:", INVALID),
        ("a ;x=1", INVALID),
        ('"a', INVALID),
        ('"\xe9"', INVALID),
    ],
)
def test_parse_proxy_status(text: str | None, value: tuple[ProxyStatusMember, ...] | Invalid | None) -> None:
    assert parse_proxy_status(text) == value


ascii_text = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=8)
sf_tokens = st.from_regex(r"\A[A-Za-z*][A-Za-z0-9!:/.]{0,6}\Z").map(Token)
decimals = st.decimals(-(10**12) + 1, 10**12 - 1, places=3)
items = st.one_of(
    sf_tokens, ascii_text, st.integers(-(10**15) + 1, 10**15 - 1), decimals, st.binary(max_size=5), st.booleans()
)
keys = st.from_regex(r"\A[a-z*][a-z0-9_.*-]{0,4}\Z")
members = st.builds(
    ProxyStatusMember, sf_tokens | ascii_text, st.dictionaries(keys, items, max_size=3).map(lambda d: tuple(d.items()))
)


@given(st.lists(members, max_size=3).map(tuple))
def test_proxy_status_is_read_as_written(value: tuple[ProxyStatusMember, ...]) -> None:
    assert parse_proxy_status(format_proxy_status(value)) == value


@pytest.mark.parametrize(
    ("name", "parameter"),
    [
        ("a\n", ("x", 1)),
        ("\xe9", ("x", 1)),
        (Token("a b"), ("x", 1)),
        ("a", ("X", 1)),
        ("a", ("x", 10**15)),
        ("a", ("x", Decimal(10**12))),
        ("a", ("x", Token(""))),
    ],
)
def test_what_proxy_status_can_not_say(name: str, parameter: tuple[str, BareItem]) -> None:
    with pytest.raises(ValueError, match=r"not the name|can't be written|too large"):
        format_proxy_status([ProxyStatusMember(name, (parameter,))])


def test_a_token_is_no_string() -> None:
    assert Token("a") == Token("a")
    assert Token("a") != "a"
    assert hash(Token("a")) == hash(Token("a"))
    assert repr(Token("a")) == "Token('a')"
    assert isinstance(token_or_string("a.test:80"), Token)
    assert not isinstance(token_or_string("[::1]"), Token)


def test_a_parameter_is_had_by_its_name() -> None:
    member = ProxyStatusMember(CDN, (("error", Token("dns_error")), ("rcode", "SERVFAIL")))
    assert member.parameter("rcode") == "SERVFAIL"
    assert member.parameter("details") is None
