"""decide answers whatever the fields say: any text in any field that it reads, for every kind of resource."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from statuary.message.fields import Fields
from statuary.message.request import UNKNOWN_LENGTH, Request
from statuary.semantics.authentication import authenticate
from statuary.semantics.decision import QUESTIONS, REFUSALS, Perform, Respond, decide, path_of
from statuary.semantics.decision.pertinence import pertinent
from statuary.semantics.explanation import explanation

from .demands import check_response
from .kinds import ACCESS, ALICE, CUSTOM, KINDS, NOW, UNKNOWN, digest_credentials
from .test_decide_is_total import METHODS

READ = (
    *("Accept", "Accept-Encoding", "Accept-Language", "Authorization", "Connection", "Content-Encoding"),
    *("Content-Range", "Content-Type", "Cookie", "Early-Data", "Expect", "If-Match", "If-Modified-Since"),
    *(
        "If-None-Match",
        "If-Range",
        "If-Unmodified-Since",
        "Range",
        "Sec-WebSocket-Key",
        "Sec-WebSocket-Version",
        "Upgrade",
    ),
)
# Legal pieces raise the odds that a parser is reached, and passed
PIECES = (
    *('"a"', 'W/"a"', "*", "*/*", "text/html", ";q=0.5", "gzip", "identity;q=0", "en", "bytes=0-9", "bytes=-5,", "9-"),
    *("Tue, 14 Nov 2023 22:13:20 GMT", "100-continue", "upgrade", "websocket", "chat/2", "13", "c2hvcnQ=", ", ", ";"),
    *("9" * 5000, "-", "=", '"', "\\", "\xff", "\xb2", ALICE, "Digest ", "Bearer t0ken", digest_credentials("GET")),
)
# A field value holds what Latin-1 decoding gives, controls aside: RFC 9110 section 5.5
field_text = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f") | st.just("\t"))
values = st.one_of(
    field_text, st.sampled_from(PIECES), st.lists(st.sampled_from(PIECES) | field_text, max_size=6).map("".join)
).map(lambda text: text.strip(" \t"))
lines = st.lists(st.tuples(st.sampled_from(READ), values), max_size=6).map(tuple)


@given(
    kind=st.sampled_from(KINDS),
    method=st.sampled_from(METHODS),
    lines=lines,
    content_length=st.none() | st.just(UNKNOWN_LENGTH) | st.integers(0, 10**20),
    version=st.sampled_from([(1, 0), (1, 1)]),
    query=st.none() | st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=9),
    now=st.integers(0, 10**11),
)
def test_any_fields(kind, method, lines, content_length, version, query, now) -> None:  # type: ignore[no-untyped-def]
    request = kind.ask(method, lines, content_length=content_length, version=version, query=query)
    decision = decide(request, kind.resource, now)
    assert path_of(decision)[-1] == decision.question
    left_out = set(REFUSALS) - set(pertinent(REFUSALS, kind.resource, method))
    assert [refuses for refuses in left_out if refuses(request, kind.resource, now) is not None] == []
    if isinstance(decision, Respond):
        check_response(method, version, decision)
    else:
        assert method not in ("GET", "HEAD", "OPTIONS", "TRACE")
    # The same is decided again: nothing was remembered that shouldn't be
    assert decide(request, kind.resource, now) == decision


@given(scheme=st.sampled_from(["Basic ", "Digest ", "Bearer ", ""]), value=values, now=st.integers(0, 10**11))
def test_any_credentials(scheme: str, value: str, now: int) -> None:
    request = Request(path="/page", fields=Fields([("Authorization", scheme + value)]))
    assert authenticate(request, ACCESS, now) is not None


@given(
    parameters=st.dictionaries(
        st.sampled_from(["username", "realm", "uri", "nonce", "algorithm", "nc", "cnonce", "qop", "response"]),
        field_text.map(lambda text: '"' + text.replace("\\", "").replace('"', "") + '"'),
    )
)
def test_any_change_to_a_digest(parameters: dict[str, str]) -> None:
    value = digest_credentials("GET").removeprefix("Digest ")
    right = dict(part.split("=", 1) for part in value.split(", "))
    changed = ", ".join(f"{name}={text}" for name, text in (right | parameters).items())
    request = Request(path="/page", fields=Fields([("Authorization", f"Digest {changed}")]))
    authenticate(request, ACCESS, NOW)


@given(status=st.integers(100, 599), detail=st.text(), accept=values, uri=st.text(), label=st.text())
def test_anything_can_be_explained(status: int, detail: str, accept: str, uri: str, label: str) -> None:
    if any("\ud800" <= character <= "\udfff" for character in detail + uri + label):
        return
    about, content = explanation(status, detail, Fields([("Accept", accept)]), links=((uri, label),))
    assert dict(about)["Content-Length"] == str(len(content))


def test_the_kinds_are_enough_to_ask_every_question() -> None:
    asked = {decide(kind.ask(method), kind.resource, NOW).question for kind in KINDS for method in METHODS}
    assert asked > {"is_found", "is_performed", "asks_for_options"}
    assert asked <= set(QUESTIONS)
    assert {CUSTOM, UNKNOWN} <= set(METHODS)
    assert isinstance(decide(KINDS[0].ask(CUSTOM), KINDS[0].resource, NOW), Perform)
