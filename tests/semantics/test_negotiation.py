from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary.fields.negotiation import parse_accept, parse_accept_encoding, parse_accept_language
from statuary.message.fields import Fields
from statuary.message.request import Request
from statuary.semantics.decision import Respond, decide
from statuary.semantics.negotiation import coding_weight, language_weight, media_type_weight, rank
from statuary.semantics.resource import Representation, Resource

from .kinds import BARE, CHOICE, CODINGS, LANGUAGES, NOW, TYPES


def of_types(*types: str) -> tuple[Representation, ...]:
    return tuple(replace(BARE, media_type=media_type) for media_type in types)


def of_languages(*languages: str | None) -> tuple[Representation, ...]:
    return tuple(replace(BARE, language=language) for language in languages)


def of_codings(*codings: str | None) -> tuple[Representation, ...]:
    return tuple(replace(BARE, coding=coding) for coding in codings)


# The examples of RFC 9110 section 12.5.1
AUDIO = "audio/*; q=0.2, audio/basic"
ELABORATE = "text/plain; q=0.5, text/html, text/x-dvi; q=0.8, text/x-c"
PRECEDENCE = "text/*, text/plain, text/plain;format=flowed, */*"
TABLE_5 = "text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, text/plain;format=fixed;q=0.4, */*;q=0.5"


@pytest.mark.parametrize(
    ("accept", "media_type", "weight"),
    [
        (AUDIO, "audio/basic", 1000),
        (AUDIO, "audio/ogg", 200),
        (AUDIO, "text/html", 0),
        (ELABORATE, "text/html", 1000),
        (ELABORATE, "text/x-c", 1000),
        (ELABORATE, "text/x-dvi", 800),
        (ELABORATE, "text/plain", 500),
        (PRECEDENCE, "image/png", 1000),
        (TABLE_5, "text/plain;format=flowed", 1000),
        (TABLE_5, "text/plain", 700),
        (TABLE_5, "text/html", 300),
        (TABLE_5, "image/jpeg", 500),
        (TABLE_5, "text/plain;format=fixed", 400),
        # The table has 0.7 here, but only text/* and */* match text/html, and the former more closely
        (TABLE_5, "text/html;level=3", 300),
        (TABLE_5, "TEXT/Plain; FORMAT=flowed; charset=utf-8", 1000),
        # The more specific has precedence, wherever it stands and whatever it weighs
        ("*/*, text/html;q=0", "text/html", 0),
        ("text/html;q=0, */*", "text/html", 0),
        ("text/html;q=0, */*", "text/plain", 1000),
        ("text/html;q=0.1;level=1, text/html", "text/html;level=1", 100),  # q counts wherever it stands
        ("", "text/html", 0),
        (None, "text/html", 1000),
        ("text/plain", None, 1000),
        ("text/plain", "nonsense", 1000),
    ],
)
def test_media_type_weight(accept: str | None, media_type: str | None, weight: int) -> None:
    parsed = parse_accept(accept)
    assert parsed is None or isinstance(parsed, tuple)
    assert media_type_weight(media_type, parsed) == weight


# The example of RFC 9110 section 12.5.4, and RFC 4647 sections 3.3.1 and 3.4
DANISH = "da, en-gb;q=0.8, en;q=0.7"


@pytest.mark.parametrize(
    ("accept", "language", "weight"),
    [
        (DANISH, "da", 1000),
        (DANISH, "da-DK", 1000),
        (DANISH, "en-GB", 800),
        (DANISH, "en-GB-oed", 800),
        (DANISH, "en", 700),
        (DANISH, "en-US", 700),
        (DANISH, "de", 0),
        (DANISH, "dan", 0),  # a prefix ends where a subtag does
        (f"{DANISH}, *;q=0.1", "de", 100),
        ("en;q=0, *", "en-GB", 0),
        ("en-GB", "en", 1000),  # nothing closer is asked for
        ("en-GB, en;q=0", "en", 0),
        ("en-GB;q=0, en-US", "en", 1000),
        ("en-GB;q=0.2, en-US;q=0.1", "en", 200),
        ("*", "tlh", 1000),
        ("", "en", 0),
        (None, "en", 1000),
        ("en", None, 1000),
    ],
)
def test_language_weight(accept: str | None, language: str | None, weight: int) -> None:
    parsed = parse_accept_language(accept)
    assert parsed is None or isinstance(parsed, tuple)
    assert language_weight(language, parsed) == weight


# The examples of RFC 9110 section 12.5.3, by its three rules; 1 is "acceptable, but the last to be chosen"
@pytest.mark.parametrize(
    ("accept", "coding", "weight"),
    [
        ("compress, gzip", "gzip", 1000),
        ("compress, gzip", "compress", 1000),
        ("compress, gzip", "br", 0),
        ("compress, gzip", None, 1),
        ("", "gzip", 0),
        ("", None, 1),
        ("*", "gzip", 1000),
        ("*", None, 1000),
        ("compress;q=0.5, gzip;q=1.0", "compress", 500),
        ("compress;q=0.5, gzip;q=1.0", "gzip", 1000),
        ("compress;q=0.5, gzip;q=1.0", None, 1),
        ("gzip;q=1.0, identity; q=0.5, *;q=0", "gzip", 1000),
        ("gzip;q=1.0, identity; q=0.5, *;q=0", None, 500),
        ("gzip;q=1.0, identity; q=0.5, *;q=0", "br", 0),
        ("identity;q=0", None, 0),
        ("*;q=0", None, 0),
        ("*;q=0", "gzip", 0),
        ("*;q=0, identity", None, 1000),
        ("gzip;q=0", None, 1),
        ("gzip;q=0, *", "gzip", 0),
        # Names have no case, and x- none either: section 8.4.1
        ("X-GZip", "gzip", 1000),
        ("gzip", "x-gzip", 1000),
        ("x-compress", "compress", 1000),
        ("x-br", "br", 0),
        (None, "gzip", 1),
        (None, None, 1000),
    ],
)
def test_coding_weight(accept: str | None, coding: str | None, weight: int) -> None:
    parsed = parse_accept_encoding(accept)
    assert parsed is None or isinstance(parsed, tuple)
    assert coding_weight(coding, parsed) == weight


def ranked(variants: Sequence[Representation], attribute: str, *lines: tuple[str, str]) -> list[str | None]:
    return [getattr(variant, attribute) for _, variant in rank(variants, Fields(lines))]


@pytest.mark.parametrize(
    ("variants", "attribute", "lines", "order"),
    [
        (of_types("text/plain", "text/html"), "media_type", (), ["text/plain", "text/html"]),
        (of_types("text/plain", "text/html"), "media_type", (("Accept", ELABORATE),), ["text/html", "text/plain"]),
        (of_types("text/x-c", "text/html"), "media_type", (("Accept", ELABORATE),), ["text/x-c", "text/html"]),
        (of_types("text/plain", "audio/basic"), "media_type", (("Accept", AUDIO),), ["audio/basic"]),
        (of_types("text/plain", "text/html"), "media_type", (("Accept", "audio/*"),), []),
        # A preference outside the grammar is none
        (of_types("text/plain", "text/html"), "media_type", (("Accept", "audio"),), ["text/plain", "text/html"]),
        # Where variants don't differ, there is nothing to prefer: section 12.4.1
        (of_types("text/plain"), "media_type", (("Accept", "audio/*"),), ["text/plain"]),
        (of_types("text/plain", "text/plain"), "media_type", (("Accept", "audio/*"),), ["text/plain", "text/plain"]),
        (of_languages("en"), "language", (("Accept-Language", "fr"),), ["en"]),
        (of_languages("en", "de"), "language", (("Accept-Language", "fr"),), []),
        (of_languages("en", "da"), "language", (("Accept-Language", DANISH),), ["da", "en"]),
        (of_languages("en", None), "language", (("Accept-Language", "fr"),), [None]),
        (of_languages("en", "de"), "language", (("Accept-Language", "e n"),), ["en", "de"]),
        # But a coding that can't be undone is no use even if there is no other: section 12.5.3
        (of_codings("gzip"), "coding", (("Accept-Encoding", "br"),), []),
        (of_codings("gzip"), "coding", (), ["gzip"]),
        (of_codings(None), "coding", (("Accept-Encoding", "identity;q=0"),), []),
        (of_codings(None), "coding", (("Accept-Encoding", "br"),), [None]),
        (of_codings("gzip", None), "coding", (), [None, "gzip"]),
        (of_codings(None, "gzip", "br"), "coding", (("Accept-Encoding", "br, gzip"),), ["gzip", "br", None]),
        (of_codings(None, "gzip", "br"), "coding", (("Accept-Encoding", "br, gzip;q=0.9"),), ["br", "gzip", None]),
        (of_codings(None, "gzip"), "coding", (("Accept-Encoding", "gzip;q=2"),), [None, "gzip"]),
    ],
)
def test_rank(
    variants: tuple[Representation, ...],
    attribute: str,
    lines: tuple[tuple[str, str], ...],
    order: list[str | None],
) -> None:
    assert ranked(variants, attribute, *lines) == order


def test_the_server_has_preferences_too() -> None:
    plain, html = of_types("text/plain", "text/html")
    variants = (replace(plain, preference=300), html)
    assert ranked(variants, "media_type") == ["text/html", "text/plain"]
    assert ranked(variants, "media_type", ("Accept", "text/plain, text/html;q=0.2")) == ["text/plain", "text/html"]
    assert ranked((replace(plain, preference=0), html), "media_type") == ["text/html"]


variants = st.lists(
    st.builds(
        replace,
        st.just(BARE),
        media_type=st.sampled_from([None, "text/plain", "text/html", "text/html;level=1", "image/png"]),
        language=st.sampled_from([None, "en", "en-GB", "de"]),
        coding=st.sampled_from([None, "gzip", "br"]),
        preference=st.integers(0, 1000),
    ),
    max_size=5,
)
preferences = st.dictionaries(
    st.sampled_from(["Accept", "Accept-Language", "Accept-Encoding"]),
    st.sampled_from(["*", "*/*", "text/*;q=0.5, image/png", "en, de;q=0.1", "gzip, br;q=0.5", "*;q=0", "", "?/"]),
)


@given(variants=variants, fields=preferences.map(lambda chosen: Fields(chosen.items())))
def test_only_what_was_offered_is_ranked_and_the_best_is_first(variants: list[Representation], fields: Fields) -> None:
    result = rank(variants, fields)
    qualities = [quality for quality, _ in result]
    assert qualities == sorted(qualities, reverse=True)
    assert all(quality > 0 for quality in qualities)
    assert all(variant in variants for _, variant in result)
    # Of equals, the one offered first is first
    places = [(quality, -next(i for i, v in enumerate(variants) if v is variant)) for quality, variant in result]
    assert places == sorted(places, reverse=True) or len({id(v) for v in variants}) < len(variants)


# Through decide: RFC 9110 sections 12.1, 15.4.1 and 15.5.7
@pytest.mark.parametrize(
    ("resource", "line", "status", "location"),
    [
        (LANGUAGES, ("Accept-Language", "de"), 200, "/page.de.html"),
        (LANGUAGES, ("Accept-Language", "de, en"), 200, "/page.en.html"),
        (LANGUAGES, ("Accept-Language", "fr"), 406, None),
        (LANGUAGES, ("Accept-Language", "fr, *;q=0.1"), 200, "/page.en.html"),
        (TYPES, ("Accept", "image/*"), 200, "/page.png"),
        (TYPES, ("Accept", "audio/*"), 406, None),
        (CODINGS, ("Accept-Encoding", "gzip"), 200, None),
        (CODINGS, ("Accept-Encoding", "br"), 200, "/page.html"),
        (CODINGS, ("Accept-Encoding", "identity;q=0, br"), 406, None),
        (CHOICE, ("Accept-Language", "*"), 300, None),
        (CHOICE, ("Accept-Language", "de;q=0.5, en"), 200, "/page.en.html"),
    ],
)
def test_decided(resource: Resource, line: tuple[str, str], status: int, location: str | None) -> None:
    answer = decide(Request(fields=Fields([line])), resource, NOW)
    assert isinstance(answer, Respond)
    assert (answer.status, answer.field("Content-Location")) == (status, location)
    # Whatever was chosen, another request could have got another: section 12.5.5
    assert set(resource.varies_by) <= set((answer.field("Vary") or "").split(", "))


def test_a_406_lists_what_there_is_and_a_300_links_to_it() -> None:
    refused = decide(Request(fields=Fields([("Accept-Language", "fr")])), LANGUAGES, NOW)
    assert isinstance(refused, Respond)
    assert isinstance(refused.content, bytes)
    assert b'"/page.de.html"' in refused.content
    choice = decide(Request(), CHOICE, NOW)
    assert isinstance(choice, Respond)
    assert [value for name, value in choice.fields if name == "Link"] == [
        '</page.en.html>; rel="alternate"; type="text/html"; hreflang="en"',
        '</page.de.html>; rel="alternate"; type="text/html"; hreflang="de"',
    ]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "POST"])
def test_a_change_is_not_refused_for_want_of_an_acceptable_variant(method: str) -> None:
    resource = replace(LANGUAGES, needs_precondition=False)
    decision = decide(Request(method, fields=Fields([("Accept-Language", "fr")])), resource, NOW)
    assert not isinstance(decision, Respond)
    assert decision.current == resource.variants[0]
