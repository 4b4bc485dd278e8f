"""Verdicts: every code at the end of every shape of chain, and that no edit leads to what was not seen to be fine."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statuary.link_editor.verdict import (
    QUIET,
    Hop,
    Verdict,
    chain_from,
    chain_of,
    is_circle,
    sought,
    verdict_of,
    verdict_of_chain,
    without_user,
)
from statuary.message.fields import Fields
from statuary.message.request import Request
from statuary.message.response import Response
from statuary.semantics.reaction import Attempt, Deliver, Failure, GiveUp, Policy, Send, react

A, B, C, D = (f"https://{name}.example/deep/page" for name in "abcd")


def chain(*statuses: int, uris: Sequence[str] = (A, B, C, D)) -> tuple[Hop, ...]:
    """A chain with those statuses, each hop leading to the next URI."""
    hops = []
    for index, status in enumerate(statuses):
        to = uris[index + 1] if status // 100 == 3 and index + 1 < len(uris) else None
        hops.append(Hop(uris[index], status, None, to))
    return tuple(hops)


def request(uri: str) -> Request:
    parts = urlsplit(uri)
    query = parts.query if "?" in uri else None
    return Request("HEAD", parts.path or "/", query=query, scheme=parts.scheme, authority=parts.netloc)


def attempt(uri: str, status: int | None, *fields: tuple[str, str], failure: Failure | None = None) -> Attempt:
    final = None if status is None else Response(status, Fields(fields))
    return Attempt(request(uri), final=final, failure=failure)


ENDS = {
    **dict.fromkeys((200, 202, 203, 204, 206, 226, 299, 300), "fine"),
    **dict.fromkeys((401, 402, 403, 405, 406, 407, 426, 451), "refused"),
    **dict.fromkeys((400, 404, 409, 414, 418, 471, 499), "missing"),
    410: "gone",
    **dict.fromkeys((101, 304, 305, 408, 421, 425, 429, 500, 501, 502, 503, 504, 599, 600, 999), "unreachable"),
    **dict.fromkeys((301, 302, 303, 307, 308), "unreachable"),  # without a Location
}


@pytest.mark.parametrize(("status", "kind"), ENDS.items())
def test_each_code_at_once(status: int, kind: str) -> None:
    verdict = verdict_of([attempt(A, status)])
    assert (verdict.kind, verdict.to) == (kind, None)


@pytest.mark.parametrize("move", [301, 308])
@pytest.mark.parametrize(("status", "kind"), ENDS.items())
def test_each_code_behind_a_move_for_good(status: int, kind: str, move: int) -> None:
    verdict = verdict_of_chain(chain(move, status))
    if kind == "fine":
        assert (verdict.kind, verdict.to) == ("moved for good", B)
    else:
        assert (verdict.kind, verdict.to) == ("broken move", None)


@pytest.mark.parametrize("move", [302, 303, 307])
@pytest.mark.parametrize(("status", "kind"), ENDS.items())
def test_each_code_behind_a_redirect_for_now(status: int, kind: str, move: int) -> None:
    expected = {"fine": "elsewhere for now", "gone": "missing"}.get(kind, kind)
    verdict = verdict_of_chain(chain(move, status))
    assert (verdict.kind, verdict.to) == (expected, None)


@pytest.mark.parametrize(
    ("statuses", "to"),
    [
        ((301, 200), B),
        ((308, 301, 200), C),
        ((301, 308, 301, 204), D),
        ((301, 302, 200), B),  # as far as it is for good, and no further
        ((301, 301, 307, 200), C),
        ((301, 302, 301, 200), B),  # what follows the temporary hop may be elsewhere tomorrow
        ((302, 301, 200), None),
        ((307, 308, 308, 200), None),
    ],
)
def test_the_edit_goes_as_far_as_it_moved_for_good(statuses: tuple[int, ...], to: str | None) -> None:
    verdict = verdict_of_chain(chain(*statuses))
    assert verdict.to == to
    assert verdict.kind == ("elsewhere for now" if to is None else "moved for good")
    assert not verdict.asks


@pytest.mark.parametrize(
    ("fragment", "of_location", "to"),
    [
        (None, None, B),
        ("x", None, f"{B}#x"),  # inherited, rfc9110-10.2.2-1
        ("x", "y", f"{B}#y"),
        (None, "y", f"{B}#y"),
        ("", None, f"{B}#"),
    ],
)
def test_fragments_are_carried_over(fragment: str | None, of_location: str | None, to: str) -> None:
    location = B if of_location is None else f"{B}#{of_location}"
    attempts = [attempt(A, 301, ("Location", location)), attempt(B, 200)]
    assert verdict_of(attempts, fragment).to == to


@pytest.mark.parametrize(
    ("uri", "to", "kind"),
    [
        (A, "https://b.example/", "suspicious move"),
        (A, "https://b.example", "suspicious move"),
        (A, "https://a.example/index.html", "suspicious move"),
        (A, "https://a.example/en/", "suspicious move"),
        (A, "https://a.example/login?next=/deep/page", "suspicious move"),
        (A, "https://sso.example/oauth2/authorize", "suspicious move"),
        (A, "https://a.example/users/sign_in", "suspicious move"),
        ("https://a.example/", "https://b.example/", "moved for good"),
        ("https://a.example", "https://b.example/en/", "moved for good"),
        ("https://a.example/login", "https://b.example/login", "moved for good"),
        (A, "https://a.example/blogging/in", "moved for good"),
        (A, "https://a.example/go", "moved for good"),  # two letters, and no language
        (A, "https://a.example/?page=4", "moved for good"),
        ("http://a.example/deep", "https://a.example/deep", "moved for good"),
    ],
)
def test_a_suspicious_move_is_shown_and_asked_about(uri: str, to: str, kind: str) -> None:
    verdict = verdict_of_chain(chain(301, 200, uris=(uri, to)))
    assert verdict.kind == kind
    assert verdict.to == to
    assert verdict.asks == (kind == "suspicious move")


@pytest.mark.parametrize("to", ["https://a.example/", "https://a.example/login?next=/deep/page"])
def test_a_front_page_or_one_to_log_in_at_for_now_is_shown_too(to: str) -> None:
    verdict = verdict_of_chain(chain(302, 200, uris=(A, to)))
    assert (verdict.kind, verdict.to) == ("suspicious move", None)


def test_from_https_to_http_nothing_is_edited() -> None:
    followed = chain(301, 200, uris=(A, "http://a.example/deep/page"))
    assert (verdict_of_chain(followed).kind, verdict_of_chain(followed).to) == ("suspicious move", None)
    stranded = [Hop(A, 301, None, "http://a.example/deep/page")]
    assert (verdict_of_chain(stranded).kind, verdict_of_chain(stranded).to) == ("suspicious move", None)
    there_and_back = chain(301, 301, 200, uris=(A, "http://b.example/deep", C))
    assert verdict_of_chain(there_and_back).to is None


@pytest.mark.parametrize(
    ("hops", "kind"),
    [
        ([Hop(A, 301, None, A)], "loop"),
        ([Hop(A, 301, None, B), Hop(B, 302, None, A)], "loop"),
        ([Hop(A, 302, None, B), Hop(B, 302, None, B)], "loop"),
        ([Hop(f"https://a.example/{n}", 302, None, f"https://a.example/{n + 1}") for n in range(11)], "loop"),
        ([Hop(A, 301, None, "ftp://a.example/")], "broken move"),
        ([Hop(A, 302, None, "ftp://a.example/")], "unreachable"),
        ([Hop(A, failure="unreachable")], "unreachable"),
        ([Hop(A, failure="malformed")], "unreachable"),
        ([Hop(A, 301, None, B), Hop(B, failure="timeout")], "broken move"),
        # What depends on a cookie leads back in the end
        ([Hop(A, 301, None, B), Hop(B, 302, None, A), Hop(A, 200)], "suspicious move"),
        ([Hop(A, 301, None, B), Hop(B, 301, None, A), Hop(A, 200)], "elsewhere for now"),
    ],
)
def test_chains_that_end_badly(hops: list[Hop], kind: str) -> None:
    verdict = verdict_of_chain(hops)
    assert (verdict.kind, verdict.to) == (kind, None)


def test_of_repetitions_the_last_counts() -> None:
    attempts = [
        attempt(A, 503),
        attempt(A, None, failure="dropped"),
        attempt(A, 301, ("Location", B)),
        attempt(B, 500),
        attempt(B, 200),
    ]
    assert [(hop.uri, hop.status) for hop in chain_of(attempts)] == [(A, 301), (B, 200)]
    assert verdict_of(attempts).to == B


def test_several_locations_lead_nowhere() -> None:
    verdict = verdict_of([attempt(A, 301, ("Location", B), ("Location", C))])
    assert (verdict.kind, verdict.to) == ("unreachable", None)


def test_nothing_to_judge() -> None:
    with pytest.raises(ValueError, match="nothing was asked"):
        verdict_of([])


# A web of a few URIs that answer as they like, walked by react


URIS = [*(f"https://{host}.example{path}" for host in "abc" for path in ("/", "/x", "/y")), "http://a.example/x"]
STATUSES = [200, 204, 301, 302, 303, 307, 308, 300, 401, 404, 410, 500]


@st.composite
def webs(draw: st.DrawFn) -> dict[str, tuple[int, str]]:
    return {uri: (draw(st.sampled_from(STATUSES)), draw(st.sampled_from(URIS))) for uri in URIS}


def walked(start: str, web: dict[str, tuple[int, str]]) -> list[Attempt]:
    """All attempts as react asks for them."""
    attempts: list[Attempt] = []
    uri = start
    while True:
        status, to = web[uri]
        attempts.append(attempt(uri, status, *([("Location", to)] if status // 100 == 3 else [])))
        reaction = react(attempts, Policy(most_redirects=10, most_retries=0, chooses=False))
        if not isinstance(reaction, Send):
            assert isinstance(reaction, Deliver | GiveUp)
            return attempts
        uri = f"{reaction.request.scheme}://{reaction.request.authority}{reaction.request.target}"


@given(webs(), st.sampled_from(URIS))
def test_an_edit_never_leads_to_what_was_not_seen_to_be_fine(web: dict[str, tuple[int, str]], start: str) -> None:
    verdict = verdict_of(walked(start, web))
    if verdict.to is None:
        return
    # It was asked for, everything up to it moved for good, and everything from it on ended well
    uri = start
    while uri != verdict.to:
        assert web[uri][0] in (301, 308)
        uri = web[uri][1]
    again = verdict_of(walked(verdict.to, web))
    assert again.kind in (*QUIET, "suspicious move")
    assert again.to is None


@given(webs(), st.sampled_from(URIS))
def test_hop_by_hop_it_is_the_chain_that_react_walks(web: dict[str, tuple[int, str]], start: str) -> None:
    hops = {uri: Hop(uri, status, None, to if status // 100 == 3 else None) for uri, (status, to) in web.items()}
    chain = chain_from(start, hops)
    assert list(chain_of(walked(start, web)))[: len(chain)] == list(chain)
    assert verdict_of_chain(chain) == verdict_of(walked(start, web)) or is_circle(chain)


@pytest.mark.parametrize(
    ("hops", "fragment", "kind", "to"),
    [
        (chain(200), "x", "missing", None),
        (chain(302, 200), "x", "missing", None),
        (chain(301, 200), "x", "broken move", None),
        (chain(301, 302, 200), "x", "broken move", None),
        (chain(404), "x", "missing", None),
        (chain(410), "x", "gone", None),
    ],
)
def test_what_lacks_the_fragment(hops: tuple[Hop, ...], fragment: str, kind: str, to: str | None) -> None:
    verdict = verdict_of_chain(hops, fragment, is_named=False)
    assert (verdict.kind, verdict.to) == (kind, to)


def test_a_fragment_is_inherited_unless_a_redirect_has_one() -> None:
    assert sought(chain(301, 302, 200), "x") == "x"
    assert sought((Hop(A, 301, None, B, "y"), Hop(B, 200)), "x") == "y"
    assert sought((Hop(A, 302, None, B, "y"), Hop(B, 301, None, C, "z"), Hop(C, 200)), "x") is None


def test_an_edit_that_would_lose_a_name_is_asked_about() -> None:
    verdict = without_user(verdict_of_chain(chain(301, 200)))
    assert (verdict.kind, verdict.to, verdict.asks) == ("suspicious move", B, True)
    assert verdict.why.endswith("; the user's name in it would be lost.")


def test_why_there_was_no_connection_is_said() -> None:
    verdict = verdict_of_chain([Hop(A, failure="unreachable", problem="a.example: no such host")])
    assert verdict.why.endswith("a.example: no such host")


@given(webs(), st.sampled_from(URIS))
def test_every_chain_has_a_verdict_that_says_why(web: dict[str, tuple[int, str]], start: str) -> None:
    verdict = verdict_of(walked(start, web))
    assert isinstance(verdict, Verdict)
    assert verdict.why
    assert verdict.chain[0].uri == start
