from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from statuary.fields.authentication import parse_challenges
from statuary.message.fields import Fields
from statuary.message.request import Request
from statuary.semantics import authentication
from statuary.semantics.authentication import (
    Authenticated,
    Unauthenticated,
    authenticate,
    challenges,
    digest_response,
    make_nonce,
    nonce_age,
    secret_hash,
)
from statuary.semantics.resource import Access, User

from .kinds import ACCESS, ALICE, BASIC, BEARER, BOB, DIGEST, NOW, digest_credentials

ABSENT, MALFORMED, WRONG = Unauthenticated("absent"), Unauthenticated("malformed"), Unauthenticated("wrong")
STALE = Unauthenticated("wrong", stale=True)


def who_sent(
    authorization: str | None, access: Access, *, method: str = "GET", target: str = "/page", now: int = NOW
) -> object:
    fields = Fields(() if authorization is None else (("Authorization", authorization),))
    return authenticate(Request(method, "/page", fields, target=target), access, now)


# Basic: RFC 7617. The examples of sections 2 and 2.1 first
EXAMPLES = replace(BASIC, users={"Aladdin": User(password="open sesame"), "test": User(password="123£")})


@pytest.mark.parametrize(
    ("authorization", "outcome"),
    [
        ("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", Authenticated("Aladdin")),
        ("Basic dGVzdDoxMjPCow==", Authenticated("test")),
        ("Basic dGVzdDoxMjOj", MALFORMED),  # the same pound sign in Latin-1: we announce UTF-8
        ("basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", Authenticated("Aladdin")),  # schemes have no case
        ("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ", MALFORMED),  # padding missing
        ("Basic QWxhZGRpbg==", MALFORMED),  # no colon
        ("Basic QWxhZGRpbjpjbG9zZWQ=", WRONG),
        ("Basic bm9ib2R5Og==", WRONG),  # nobody, and no password
        ("Basic Og==", WRONG),  # neither name nor password
        ("Basic", MALFORMED),
        ('Basic realm="vault"', MALFORMED),
        ("", MALFORMED),
        (None, ABSENT),
        ("Bearer t0ken", WRONG),  # a scheme that is not on offer
        ("Negotiate YQ==", WRONG),
    ],
)
def test_basic(authorization: str | None, outcome: object) -> None:
    assert who_sent(authorization, EXAMPLES) == outcome


def test_a_password_can_be_kept_as_a_hash_for_basic_and_digest() -> None:
    assert who_sent(BOB, BASIC) == Authenticated("bob")
    assert isinstance(who_sent(digest_credentials("GET", name="bob", password="sesame"), DIGEST), Authenticated)
    in_capitals = replace(BASIC, users={"bob": User(secret_hash=secret_hash("bob", "vault", "sesame").upper())})
    assert who_sent(BOB, in_capitals) == Authenticated("bob")


def test_who_has_no_password_can_not_come_in_with_any() -> None:
    assert who_sent("Basic Ym9iOg==", replace(BASIC, users={"bob": User()})) == WRONG


# Digest: the numbers of RFC 7616 section 3.9.1, with SHA-256
def test_the_example_of_rfc7616() -> None:
    assert (
        digest_response(
            secret_hash("Mufasa", "http-auth@example.org", "Circle of Life"),
            "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
            "00000001",
            "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
            "GET",
            "/dir/index.html",
        )
        == "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"
    )


NONCE = make_nonce(ACCESS, NOW)
BOTH = f"{NONCE} c0ffee"
"""What a count belongs to: our nonce is that of all who were challenged in this second, and the client's tells them apart."""


@pytest.mark.parametrize(
    ("changed", "outcome"),
    [
        ({}, Authenticated("alice", BOTH, 1)),
        ({"algorithm": "sha-256"}, Authenticated("alice", BOTH, 1)),
        ({"algorithm": '"SHA-256"'}, Authenticated("alice", BOTH, 1)),
        ({"algorithm": "MD5"}, WRONG),
        ({"algorithm": ""}, WRONG),  # left out, it means MD5
        ({"algorithm": "SHA-256-sess"}, WRONG),
        ({"qop": "auth-int"}, MALFORMED),
        ({"qop": ""}, MALFORMED),
        ({"nc": ""}, MALFORMED),
        ({"cnonce": ""}, MALFORMED),
        ({"username": ""}, MALFORMED),
        ({"response": ""}, MALFORMED),
        ({"realm": '"another"'}, WRONG),
        ({"username": '"bob"'}, WRONG),
        ({"username": '"nobody"'}, WRONG),
        ({"uri": '"/other"'}, MALFORMED),  # it must be the target of this request: RFC 7616 section 3.4.6
        ({"uri": '"/page?a=b"'}, MALFORMED),
        ({"nonce": f'"{make_nonce(ACCESS, NOW - 1)}"'}, WRONG),  # ours, and not the one that was hashed
        ({"nonce": '"c0ffee"'}, WRONG),
        ({"nonce": f'"{NONCE}0"'}, WRONG),
        ({"nonce": f'"{NONCE[:-1]}"'}, WRONG),
        ({"nonce": '"."'}, WRONG),
        ({"nonce": f'"{make_nonce(replace(ACCESS, key=b"another"), NOW)}"'}, WRONG),
        ({"nc": "00000002"}, WRONG),
        ({"cnonce": '"tea"'}, WRONG),
        ({"response": f'"{"0" * 64}"'}, WRONG),
        ({"response": '"\xe9"'}, WRONG),
    ],
)
def test_digest(changed: dict[str, Any], outcome: object) -> None:
    assert who_sent(digest_credentials("GET", **changed), DIGEST) == outcome


def test_the_response_may_be_in_capitals() -> None:
    authorization = digest_credentials("GET")
    head, _, response = authorization.partition("response=")
    assert who_sent(head + "response=" + response.upper(), DIGEST) == Authenticated("alice", BOTH, 1)


def test_digest_covers_method_and_target() -> None:
    assert who_sent(digest_credentials("GET"), DIGEST, method="PUT") == WRONG
    assert who_sent(digest_credentials("GET"), DIGEST, target="/page?x") == MALFORMED
    with_query = digest_credentials("GET", target="/page?x")
    assert isinstance(who_sent(with_query, DIGEST, target="/page?x"), Authenticated)


def test_a_count_that_is_no_number_is_malformed() -> None:
    assert who_sent(digest_credentials("GET", count="first"), DIGEST) == MALFORMED


@pytest.mark.parametrize(
    ("age", "is_fresh"),
    [(0, True), (1, True), (300, True), (301, False), (10**9, False), (-1, False), (-(10**6), False)],
)
def test_nonces_expire(age: int, is_fresh: bool) -> None:
    # stale=true tells the client that its password may be right: RFC 7616 section 3.3
    answer = who_sent(digest_credentials("GET", made=NOW - age), DIGEST)
    assert answer == (Authenticated("alice", f"{make_nonce(ACCESS, NOW - age)} c0ffee", 1) if is_fresh else STALE)


def test_a_stale_nonce_with_a_wrong_password_is_wrong() -> None:
    assert who_sent(digest_credentials("GET", made=NOW - 301, password="closed"), DIGEST) == WRONG


@pytest.mark.parametrize(("seen", "count", "is_new"), [(0, 1, True), (1, 1, False), (1, 2, True), (16, 15, False)])
def test_a_count_is_used_once(seen: int, count: int, is_new: bool) -> None:
    # Against replay: RFC 7616 sections 3.4.5 and 5.5
    access = replace(DIGEST, nonce_counts={BOTH: seen, NONCE: 99})
    answer = who_sent(digest_credentials("GET", count=f"{count:08x}"), access)
    assert answer == (Authenticated("alice", BOTH, count) if is_new else STALE)


@pytest.mark.parametrize(
    ("nonce", "age"),
    [
        (NONCE, 0),
        (make_nonce(ACCESS, NOW - 7), 7),
        (make_nonce(ACCESS, NOW + 7), -7),
        ("", None),
        ("0", None),
        (".", None),
        (" " + NONCE, None),
        ("0x" + NONCE, None),
        ("f" * 5000, None),
        ("\xb2.", None),
        (NONCE.upper(), None),
    ],
)
def test_nonce_age(nonce: str, age: int | None) -> None:
    assert nonce_age(ACCESS, nonce, NOW) == age


# Bearer: RFC 6750
@pytest.mark.parametrize(
    ("authorization", "outcome"),
    [
        ("Bearer t0ken", Authenticated("carol")),
        ("bearer t0ken", Authenticated("carol")),
        ("Bearer T0ken", WRONG),
        ("Bearer t0ke", WRONG),
        ("Bearer t0ken=", WRONG),
        ("Bearer", MALFORMED),
        ("Bearer a=b", MALFORMED),
        (ALICE, WRONG),
    ],
)
def test_bearer(authorization: str, outcome: object) -> None:
    assert who_sent(authorization, BEARER) == outcome


# Challenges: RFC 9110 section 11.6.1
@pytest.mark.parametrize(
    ("access", "failure", "lines"),
    [
        (BASIC, ABSENT, ['Basic realm="vault", charset="UTF-8"']),
        (BEARER, ABSENT, ['Bearer realm="vault"']),
        (BEARER, WRONG, ['Bearer realm="vault", error="invalid_token"']),
        (DIGEST, ABSENT, [f'Digest realm="vault", qop="auth", algorithm=SHA-256, nonce="{NONCE}"']),
        (DIGEST, STALE, [f'Digest realm="vault", qop="auth", algorithm=SHA-256, nonce="{NONCE}", stale=true']),
        (replace(BASIC, realm='a "b"'), ABSENT, ['Basic realm="a \\"b\\"", charset="UTF-8"']),
    ],
)
def test_challenges(access: Access, failure: Unauthenticated, lines: list[str]) -> None:
    assert [value for _, value in challenges(access, NOW, failure)] == lines


def test_each_scheme_has_a_line_of_its_own_in_the_order_of_the_offer() -> None:
    offered = [parse_challenges(value) for name, value in challenges(ACCESS, NOW, WRONG) if name == "WWW-Authenticate"]
    assert [line[0].scheme for line in offered if isinstance(line, tuple)] == ["basic", "digest", "bearer"]


def test_a_nonce_from_a_challenge_is_good_for_an_answer() -> None:
    (_, value), *_ = challenges(DIGEST, NOW, ABSENT)
    challenge = parse_challenges(value)
    assert isinstance(challenge, tuple)
    assert nonce_age(DIGEST, challenge[0].parameter("nonce") or "", NOW + 5) == 5


@pytest.mark.parametrize(
    "compares_secrets",
    [authentication._basic, authentication._digest, authentication._bearer, authentication.nonce_age],
)
def test_secrets_are_compared_in_constant_time(compares_secrets: Callable[..., object]) -> None:
    assert "_equal" in compares_secrets.__code__.co_names
    assert "compare_digest" in authentication._equal.__code__.co_names
