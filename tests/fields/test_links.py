import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary.fields.grammar import INVALID, Invalid
from statuary.fields.links import Link, format_link, format_links, parse_links

from .strategies import lower_tokens, quotable_text

PREVIOUS = Link("http://example.com/TheBook/chapter2", (("rel", "previous"), ("title", "previous chapter")))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (None, None),
        ("", ()),
        ('<http://example.com/TheBook/chapter2>; rel="previous"; title="previous chapter"', (PREVIOUS,)),
        ('</>; rel="http://example.net/foo"', (Link("/", (("rel", "http://example.net/foo"),)),)),
        ('</terms>; rel="copyright"; anchor="#foo"', (Link("/terms", (("rel", "copyright"), ("anchor", "#foo"))),)),
        ("<a>;rel=x,<b>", (Link("a", (("rel", "x"),)), Link("b"))),
        ("<a,b>, <c>", (Link("a,b"), Link("c"))),
        ('<a>; title="b, <c>"', (Link("a", (("title", "b, <c>"),)),)),
        ("<>", (Link(""),)),
        (",<a> ,, <b>,", (Link("a"), Link("b"))),
        ("<a>; crossorigin", (Link("a", (("crossorigin", None),)),)),
        ("<a> ; Rel = x ; as=y", (Link("a", (("rel", "x"), ("as", "y"))),)),
        ("<a>;;rel=x;", (Link("a", (("rel", "x"),)),)),
        ("<a>; title*=UTF-8'de'n%c3%a4chstes", (Link("a", (("title*", "UTF-8'de'n%c3%a4chstes"),)),)),
        ("<a>; rel=", INVALID),
        ("<a>; =x", INVALID),
        ("<a> rel=x", INVALID),
        ("<a>; rel=http://x", INVALID),
        ("<a", INVALID),
        ("a; rel=x", INVALID),
        ("<a b>", INVALID),
        ("<é>", INVALID),
        ('<a>; title="', INVALID),
        ("<a> <b>", INVALID),
        ("<a>\n", INVALID),
    ],
)
def test_parse_links(text: str | None, value: tuple[Link, ...] | Invalid | None) -> None:
    assert parse_links(text) == value


@pytest.mark.parametrize(
    ("parameters", "relations"),
    [
        ((("rel", "next"),), ("next",)),
        ((("rel", "Start  http://Example.net/x"),), ("start", "http://example.net/x")),
        ((("rel", "a"), ("rel", "b")), ("a",)),  # the first counts: RFC 8288 section 3.3
        ((("rel", None),), ()),
        ((), ()),
    ],
)
def test_relations(parameters: tuple[tuple[str, str | None], ...], relations: tuple[str, ...]) -> None:
    assert Link("/", parameters).relations == relations


targets = st.text(alphabet="abcXYZ019-._~:/?#[]@!$&'()*+,;=%", max_size=12)
pairs = st.tuples(lower_tokens.filter(lambda name: not name.endswith("*")), st.none() | quotable_text)
links = st.builds(Link, targets, st.lists(pairs, max_size=4).map(tuple))


@given(st.lists(links, max_size=4).map(tuple))
def test_links_are_read_as_written(value: tuple[Link, ...]) -> None:
    assert parse_links(format_links(value)) == value


def test_the_extended_notation_is_not_quoted() -> None:
    assert format_link(Link("/", (("rel", "next"), ("title*", "UTF-8''a")))) == "</>; rel=\"next\"; title*=UTF-8''a"


@pytest.mark.parametrize(
    "link", [Link("<"), Link("\n"), Link("a b"), Link("", (("a b", None),)), Link("", (("a", "\n"),))]
)
def test_what_no_link_can_say(link: Link) -> None:
    with pytest.raises(ValueError, match="not"):
        format_link(link)
