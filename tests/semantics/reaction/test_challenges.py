"""Challenges: answered once, with what is meant for that origin or proxy, and with nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import pytest
from tests.semantics.reaction.attempts import NOW, attempt, reaction

from statuary.fields.authentication import Credentials, parse_credentials
from statuary.message.request import Request
from statuary.semantics.authentication import Authenticated, Unauthenticated, authenticate, challenges
from statuary.semantics.reaction import Ask, GiveUp, Login, Policy, Send, react
from statuary.semantics.resource import Access, User

HERE = Login("http://a.test:80", "alice", "wonderland")
TOKEN = Login("http://a.test:80", token="t0k3n")
BASIC = 'GET / => 401 | WWW-Authenticate: Basic realm="r"'
DIGEST = 'GET / => 401 | WWW-Authenticate: Digest realm="r", nonce="n", qop="auth", algorithm=SHA-256'


def given(text: str, *logins: Login, **policy: object) -> Credentials | None:
    done = reaction(text, policy=Policy(logins=logins, **policy))  # type: ignore[arg-type]
    if not isinstance(done, Send):
        return None
    credentials = parse_credentials(done.request.fields.get("authorization"))
    assert isinstance(credentials, Credentials)
    return credentials


def test_basic() -> None:
    found = given(BASIC, HERE)
    assert found is not None
    assert (found.scheme.lower(), found.token68) == ("basic", "YWxpY2U6d29uZGVybGFuZA==")
    assert given(BASIC, HERE, shows_basic=False) is None


def test_bearer() -> None:
    found = given('GET / => 401 | WWW-Authenticate: Bearer realm="r"', TOKEN)
    assert found is not None
    assert found.token68 == "t0k3n"
    assert given(BASIC, TOKEN) is None


def test_the_strongest_scheme_is_taken() -> None:
    both = BASIC + ' | WWW-Authenticate: Digest realm="r", nonce="n", qop="auth", algorithm=SHA-256'
    found = given(both, HERE)
    assert found is not None
    assert found.scheme.lower() == "digest"


def test_whoever_refuses_a_proof_is_not_given_the_password() -> None:
    both = BASIC + ' | WWW-Authenticate: Digest realm="r", nonce="n", qop="auth", algorithm=SHA-256'
    first = attempt(both)
    done = react([first], Policy(logins=(HERE,)))
    assert isinstance(done, Send)
    again = react([first, replace(first, request=done.request)], Policy(logins=(HERE,)))
    assert isinstance(again, GiveUp)


@pytest.mark.parametrize("scheme", ["Basic", "Digest", "Bearer"])
def test_what_is_sent_is_what_our_origin_server_takes(scheme: Literal["Basic", "Digest", "Bearer"]) -> None:
    users = {"alice": User(password="wonderland")}
    access = Access(realm="r", schemes=(scheme,), users=users, tokens={"t0k3n": "alice"}, key=b"k" * 32)
    lines = " | ".join(f"{name}: {value}" for name, value in challenges(access, NOW, Unauthenticated("absent")))
    first = attempt(f"GET /a?b => 401 | {lines}")
    done = react([first], Policy(logins=(HERE, TOKEN)))
    assert isinstance(done, Send)
    assert isinstance(authenticate(done.request, access, NOW), Authenticated)
    other = Request("GET", "/c", done.request.fields)
    assert scheme != "Digest" or isinstance(authenticate(other, access, NOW), Unauthenticated)


def test_md5_where_a_server_knows_nothing_better() -> None:
    # The example of RFC 7616 section 3.9.1
    text = (
        'GET /dir/index.html => 401 | WWW-Authenticate: Digest realm="http-auth@example.org", qop="auth, auth-int", '
        'algorithm=MD5, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", '
        'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
    )
    login = Login("http://a.test:80", "Mufasa", "Circle of Life")
    found = given(text, login, cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ")
    assert found is not None
    assert found.parameter("response") == "8ca523f5e9506fed4657c9700eebdbec"
    assert found.parameter("opaque") == "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"


@pytest.mark.parametrize(
    "login",
    [
        Login("http://b.test:80", "alice", "wonderland"),
        Login("https://a.test:443", "alice", "wonderland"),
        Login("http://a.test:8080", "alice", "wonderland"),
        Login("http://a.test:80", "alice", "wonderland", realm="other"),
    ],
)
def test_credentials_for_somewhere_else_are_not_sent(login: Login) -> None:
    done = reaction(BASIC, policy=Policy(logins=(login,)))
    assert isinstance(done, Ask)
    assert (done.question, done.options) == ("log in", ("r",))


def test_once() -> None:
    policy = Policy(logins=(HERE,))
    first = react([attempt(BASIC)], policy)
    assert isinstance(first, Send)
    refused = BASIC.replace("GET /", f"GET / | Authorization: {first.request.fields.get('authorization')}", 1)
    done = reaction(BASIC, refused, policy=policy)
    assert isinstance(done, GiveUp)
    assert done.because == "rfc9110-15.5.2-3"


def test_a_stale_nonce_is_another_matter() -> None:
    policy = Policy(logins=(HERE,))
    stale = DIGEST.replace('nonce="n"', 'nonce="n2", stale=true')
    answered = 'GET / | Authorization: Digest username="alice", realm="r", nonce="n", uri="/", response="x"'
    second = stale.replace("GET /", answered, 1)
    assert isinstance(reaction(DIGEST, second, policy=policy), Send)
    assert isinstance(reaction(DIGEST, *[second] * 5, policy=policy), GiveUp)


def test_a_proxy_gets_what_is_meant_for_it() -> None:
    text = 'GET / => 407 | Proxy-Authenticate: Basic realm="p"'
    proxy = Login("http://p.test:3128", "bob", "builder")
    done = react([attempt(text, proxy="http://p.test:3128")], Policy(logins=(HERE, proxy)))
    assert isinstance(done, Send)
    assert "authorization" not in done.request.fields
    assert "proxy-authorization" in done.request.fields
    assert isinstance(react([attempt(text)], Policy(logins=(HERE, proxy))), GiveUp)
    assert isinstance(react([attempt(text, proxy="http://p.test:3128")], Policy(logins=(HERE,))), Ask)


def test_after_a_redirect_the_proxy_may_ask_again() -> None:
    policy = Policy(logins=(Login("http://p.test:3128", "bob", "builder"),))
    challenge = '407 | Proxy-Authenticate: Basic realm="p"'
    given = "Proxy-Authorization: Basic Ym9iOmJ1aWxkZXI="
    texts = [f"GET /a => {challenge}", f"GET /a | {given} => 302 | Location: /b", f"GET /b => {challenge}"]
    attempts = [attempt(text, proxy="http://p.test:3128") for text in texts]
    assert isinstance(react(attempts, policy), Send)
    refused = attempt(f"GET /b | {given} => {challenge}", proxy="http://p.test:3128")
    assert isinstance(react([*attempts, refused], policy), GiveUp)


@pytest.mark.parametrize(
    "challenge",
    ["", "Negotiate", "Unknown x=y", 'Basic realm="', "Digest realm=x", 'Digest realm="r", nonce="n", qop="auth-int"'],
)
def test_what_cannot_be_answered(challenge: str) -> None:
    done = reaction(f"GET / => 401 | WWW-Authenticate: {challenge}", policy=Policy(logins=(HERE,)))
    assert isinstance(done, GiveUp | Ask)


def test_trace_would_show_them() -> None:
    done = reaction(BASIC.replace("GET", "TRACE"), policy=Policy(logins=(HERE,)))
    assert isinstance(done, GiveUp)
    assert done.because == "rfc9110-9.3.8-2"


ANSWERED = 'Authorization: Digest username="alice", realm="r", nonce="n", uri="/", response="x"'


def test_a_proof_is_for_its_target_alone() -> None:
    policy = Policy(logins=(HERE,))
    moved = f"GET / | {ANSWERED} => 302 | Location: /b"
    followed = reaction(DIGEST, moved, policy=policy)
    assert isinstance(followed, Send)
    assert "authorization" not in followed.request.fields
    # It was taken, so that the challenge for the next target is no refusal
    assert isinstance(reaction(DIGEST, moved, DIGEST.replace("GET /", "GET /b"), policy=policy), Send)


def test_a_proof_with_an_old_nonce_is_no_answer_to_a_challenge() -> None:
    policy = Policy(logins=(HERE,))
    early = DIGEST.replace("GET /", f"GET / | {ANSWERED}", 1)
    assert isinstance(reaction(early, policy=policy), Send)
    assert isinstance(reaction(early, early, policy=policy), GiveUp)
