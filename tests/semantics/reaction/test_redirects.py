"""Redirects: as which request, where to, and when not."""

from __future__ import annotations

import pytest
from tests.semantics.reaction.attempts import attempt, reaction

from statuary.semantics.reaction import Ask, Deliver, GiveUp, Moved, Policy, Send, follow_choice
from statuary.semantics.target_uri import uri_of


def sent(*texts: str, policy: Policy | None = None, **known: object) -> Send:
    done = reaction(*texts, policy=policy, **known)
    assert isinstance(done, Send), done
    return done


@pytest.mark.parametrize(
    ("method", "status", "becomes", "keeps"),
    [
        ("GET", 301, "GET", False),
        ("HEAD", 301, "HEAD", False),
        ("POST", 301, "GET", False),
        ("PUT", 301, "PUT", True),
        ("DELETE", 301, "DELETE", False),
        ("POST", 302, "GET", False),
        ("PUT", 302, "PUT", True),
        ("PATCH", 302, "PATCH", True),
        ("POST", 303, "GET", False),
        ("PUT", 303, "GET", False),
        ("HEAD", 303, "HEAD", False),
        ("GET", 303, "GET", False),
        ("POST", 307, "POST", True),
        ("PUT", 307, "PUT", True),
        ("POST", 308, "POST", True),
        ("PUT", 308, "PUT", True),
    ],
)
def test_method_and_content(method: str, status: int, becomes: str, keeps: bool) -> None:
    content = " || x" if method in ("POST", "PUT", "PATCH") else ""
    done = sent(f"{method} / | Content-Type: text/plain | Content-Language: en{content} => {status} | Location: /b")
    assert (done.request.method, done.keeps_content) == (becomes, keeps)
    if becomes != method:
        assert "content-type" not in done.request.fields
        assert "content-language" not in done.request.fields
        assert done.request.content_length is None


@pytest.mark.parametrize(
    ("location", "uri", "fragment"),
    [
        ("/b", "http://a.test/b", "old"),
        ("b", "http://a.test/x/b", "old"),
        ("../b", "http://a.test/b", "old"),
        ("?q", "http://a.test/x/y?q", "old"),
        ("//b.test/", "http://b.test/", "old"),
        ("http://b.test", "http://b.test", "old"),
        ("https://b.test:8443/c?d=e", "https://b.test:8443/c?d=e", "old"),
        ("/b#new", "http://a.test/b", "new"),
        ("/b#", "http://a.test/b", ""),
        ("/ü ber", "http://a.test/%FC%20ber", "old"),
        ("/%41%zz", "http://a.test/%41%zz", "old"),
        (" /b ", "http://a.test/b", "old"),
    ],
)
def test_location_in_every_legal_form(location: str, uri: str, fragment: str) -> None:
    done = sent(f"GET /x/y => 302 | Location: {location}", fragment="old")
    assert (uri_of(done.request), done.fragment) == (uri if "/" in uri[8:] else f"{uri}/", fragment)


@pytest.mark.parametrize(
    "location",
    ["mailto:a@b.test", "javascript:alert(1)", "ftp://a.test/", "http://", "http://a.test:x/", "file:///etc/passwd"],
)
def test_what_cannot_be_followed(location: str) -> None:
    assert isinstance(reaction(f"GET / => 302 | Location: {location}"), GiveUp)


def test_no_location_and_several() -> None:
    assert isinstance(reaction("GET / => 301"), GiveUp)
    assert isinstance(reaction("GET / => 301 | Location: /a | Location: /b"), GiveUp)


SECRETS = "Authorization: Basic eDp5 | Cookie: a=b"


@pytest.mark.parametrize(
    ("location", "keeps"),
    [
        ("/b", True),
        ("http://a.test:80/b", True),
        ("http://A.test/b", True),
        ("https://a.test/b", False),
        ("http://a.test:8080/b", False),
        ("http://www.a.test/b", False),
        ("http://a.test.b.test/", False),
    ],
)
def test_credentials_stay_within_their_origin(location: str, keeps: bool) -> None:
    names = set(sent(f"GET / | {SECRETS} | Accept: text/html => 302 | Location: {location}").request.fields.names())
    assert ({"authorization", "cookie"} <= names) is keeps
    assert keeps or names.isdisjoint({"authorization", "cookie"})
    assert "accept" in names


def test_what_the_sender_makes_anew_is_left_to_it() -> None:
    fields = " | ".join(
        [
            *("Host: a.test", "Connection: close, X-Hop", "X-Hop: 1", "TE: trailers", "Expect: 100-continue"),
            *("Referer: http://a.test/", "Proxy-Authorization: Basic eA==", "Origin: http://a.test"),
            "Content-Length: 1",
        ]
    )
    done = sent(f"PUT / | {fields} | Accept: */* || x => 308 | Location: /b")
    assert set(done.request.fields.names()) == {"accept"}


def test_validators_of_the_store_do_not_follow() -> None:
    from statuary.message.fields import NO_FIELDS
    from statuary.message.response import Response
    from statuary.semantics.reaction import Stored

    text = 'GET / | If-None-Match: "1" => 302 | Location: /b'
    assert "if-none-match" in sent(text).request.fields
    stored = Policy(stored=Stored("http://a.test/", Response(200, NO_FIELDS), 0))
    assert "if-none-match" not in sent(text, policy=stored).request.fields


def test_permanent_moves_are_remembered() -> None:
    assert sent("GET /a => 301 | Location: /b").remember == (Moved("http://a.test/a", "http://a.test/b"),)
    assert sent("POST /a || x => 308 | Location: /b").remember == (Moved("http://a.test/a", "http://a.test/b"),)
    for code in (302, 303, 307):
        assert sent(f"GET /a => {code} | Location: /b").remember == ()


def test_a_loop_is_found_as_a_loop() -> None:
    done = reaction("GET /a => 302 | Location: /b", "GET /b => 302 | Location: /a")
    assert isinstance(done, GiveUp)
    assert "circle" in done.says
    assert isinstance(reaction("GET /a => 301 | Location: /a"), GiveUp)


def test_a_cookie_may_make_it_another_request() -> None:
    assert isinstance(reaction("GET /a => 302 | Location: /a | Set-Cookie: a=b"), Send)
    chain = ["GET /a => 302 | Location: /a | Set-Cookie: a=b"] * 21
    assert isinstance(reaction(*chain[:20]), Send)
    assert isinstance(reaction(*chain), GiveUp)


def test_post_to_get_of_the_same_target_is_no_loop() -> None:
    assert isinstance(reaction("POST /a || x => 303 | Location: /a"), Send)


def test_redirects_have_a_limit() -> None:
    chain = [f"GET /{number} => 302 | Location: /{number + 1}" for number in range(21)]
    assert isinstance(reaction(*chain[:20]), Send)
    done = reaction(*chain)
    assert isinstance(done, GiveUp)
    assert "20 redirects" in done.says


def test_permissions() -> None:
    get, put = "GET / => 302 | Location: /b", "PUT / || x => 307 | Location: /b"
    assert isinstance(reaction(get, policy=Policy(follows=False)), Deliver)
    assert isinstance(reaction(put, policy=Policy(unsafe_redirects="leave")), GiveUp)
    asked = reaction(put, policy=Policy(unsafe_redirects="ask"))
    assert isinstance(asked, Ask)
    assert asked.then == reaction(put)
    assert isinstance(reaction("POST / || x => 303 | Location: /b", policy=Policy(unsafe_redirects="leave")), Send)


def test_https_does_not_lead_to_http_by_itself() -> None:
    text = "GET / => 302 | Location: http://a.test/b"
    assert isinstance(reaction(text, scheme="https"), GiveUp)
    assert isinstance(reaction(text, scheme="https", policy=Policy(downgrades="ask")), Ask)
    assert isinstance(reaction(text, scheme="https", policy=Policy(downgrades="do")), Send)


def test_a_redirect_may_ask_for_patience() -> None:
    assert sent("GET / => 303 | Location: /b | Retry-After: 7").after == 7.0
    assert isinstance(reaction("GET / => 303 | Location: /b | Retry-After: 9999"), GiveUp)


def test_choices() -> None:
    links = "GET / => 300 | Link: </en>; rel=alternate, </de>; rel=alternate, </x>; rel=next"
    done = reaction(links)
    assert isinstance(done, Ask)
    assert done.options == ("http://a.test/en", "http://a.test/de")
    assert isinstance(reaction("GET / => 300 | Location: /en", policy=Policy(chooses=False)), Deliver)


def test_305_only_by_option() -> None:
    text = "GET / => 305 | Location: http://p.test:3128/"
    done = sent(text, policy=Policy(obeys_305=True))
    assert (done.proxy, uri_of(done.request)) == ("http://p.test:3128/", "http://a.test/")
    assert isinstance(reaction("PUT / || x => 305 | Location: http://p.test/", policy=Policy(obeys_305=True)), GiveUp)
    again = attempt(text, proxy="http://p.test:3128/")
    from statuary.semantics.reaction import react

    assert isinstance(react([again], Policy(obeys_305=True)), GiveUp)


def test_a_choice_that_was_made_is_followed_like_a_redirect() -> None:
    attempts = [attempt("GET /planets => 300")]
    done = follow_choice(attempts, Policy(), "http://example.org/planets.de")
    assert isinstance(done, Send)
    assert uri_of(done.request) == "http://example.org/planets.de"
    assert isinstance(follow_choice(attempts, Policy(), "ftp://example.org/"), GiveUp)


def test_a_reference_without_host_or_with_user_information_leads_nowhere() -> None:
    for location in ("http:///b", "http:b", "https://", "http://user@b.test/", "//user:pass@b.test/"):
        assert isinstance(reaction(f"GET / => 302 | Location: {location}"), GiveUp), location
