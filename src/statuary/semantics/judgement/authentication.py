"""Challenges: RFC 9110 section 11, in 401 and 407."""

from __future__ import annotations

import re

from statuary.fields.authentication import parse_challenges
from statuary.fields.grammar import INVALID, TOKEN
from statuary.semantics.judgement.quoting import without_quoted
from statuary.semantics.judgement.rule import Chapter, Seen, shown

chapter = Chapter()

_CHALLENGES = ("www-authenticate", "proxy-authenticate")
_CREDENTIALS = ("authorization", "proxy-authorization")
_bare_realm = re.compile(r'(?:^|[ ,\t])realm[ \t]*=[ \t]*[^"\s]', re.IGNORECASE)
# A scheme opens a challenge: a token followed by a space and something that is no equals sign.
_part = re.compile(rf"(?:^|,)[ \t]*(?:(?P<scheme>{TOKEN}) +)?(?P<name>{TOKEN})[ \t]*=(?!=)")


@chapter.rule(
    "rfc9110-15.5.2-1",
    also=["rfc9110-11.6.1-1"],
    status=(401,),
    passes=['GET / => 401 | WWW-Authenticate: Basic realm="a" || no'],
    fails=["GET / => 401 || no", "GET / => 401 | WWW-Authenticate: || no"],
)
def unauthorized_has_a_challenge(seen: Seen) -> str | None:
    return None if seen.get("www-authenticate") else "401 without WWW-Authenticate"


@chapter.rule(
    "rfc9110-15.5.8-1",
    also=["rfc9110-11.7.1-1"],
    roles=("server", "intermediary"),
    status=(407,),
    passes=['GET / => 407 | Proxy-Authenticate: Basic realm="a" || no'],
    fails=["GET / => 407 || no", 'GET / => 407 | WWW-Authenticate: Basic realm="a" || no'],
)
def proxy_has_a_challenge(seen: Seen) -> str | None:
    return None if seen.get("proxy-authenticate") else "407 without Proxy-Authenticate"


@chapter.rule(
    "rfc9110-11.2-1",
    present=_CHALLENGES,
    passes=['GET / => 401 | WWW-Authenticate: Basic realm="a", Digest realm="a", nonce="b" || no'],
    fails=['GET / => 401 | WWW-Authenticate: Basic realm="a", realm="b" || no'],
)
def parameters_once(seen: Seen) -> str | None:
    for field in _CHALLENGES:
        names: set[str] = set()
        for found in _part.finditer(without_quoted(seen.get(field))):
            if found["scheme"]:
                names.clear()
            name = found["name"].lower()
            if name in names:
                return f"a challenge in {field} has the parameter {shown(name)} twice"
            names.add(name)
    return None


@chapter.rule(
    "rfc9110-11.5-2",
    present=_CHALLENGES,
    passes=['GET / => 401 | WWW-Authenticate: Basic realm="a" || no'],
    fails=["GET / => 401 | WWW-Authenticate: Basic realm=a || no"],
)
def realm_is_quoted(seen: Seen) -> str | None:
    for field in _CHALLENGES:
        if _bare_realm.search(without_quoted(seen.get(field))):
            return f"the realm in {field} is not a quoted string"
    return None


# Whitespace at the equals sign of a parameter, and not after the padding of a token68
_bad_whitespace = re.compile(r"[^\s,=][ \t]+=|=[ \t]+[^\s,]")


@chapter.rule(
    "rfc9110-5.6.3-5",
    on="request response",
    present=(*_CHALLENGES, *_CREDENTIALS),
    passes=['GET / | Authorization: Basic YTo= => 401 | WWW-Authenticate: Negotiate YQ== , Basic realm="a = b" || no'],
    fails=['GET / => 401 | WWW-Authenticate: Basic realm = "a" || no', "GET / | Authorization: A b= c => 200"],
)
def parameters_have_no_bad_whitespace(seen: Seen) -> str | None:
    for field in (*_CHALLENGES, *_CREDENTIALS):
        if _bad_whitespace.search(without_quoted(seen.get(field))):
            return f"{field} has whitespace beside an equals sign, which is to be read and not to be sent"
    return None


@chapter.rule(
    "rfc9110-2.2-12",
    present=_CHALLENGES,
    passes=['GET / => 401 | WWW-Authenticate: Bearer, Basic realm="a, b" || no'],
    fails=['GET / => 401 | WWW-Authenticate: Basic realm="a || no', "GET / => 401 | WWW-Authenticate: =a || no"],
)
def challenges_can_be_read(seen: Seen) -> str | None:
    for field in _CHALLENGES:
        if parse_challenges(seen.get(field)) is INVALID:
            return f"{field} can't be read: {shown(seen.get(field) or '')}"
    return None


@chapter.rule(
    "rfc7617-2-1",
    present=_CHALLENGES,
    passes=[
        'GET / => 401 | WWW-Authenticate: Bearer, basic charset="UTF-8", Realm="a" || no',
        'GET / => 401 | WWW-Authenticate: Newauth realm="a" || no',
    ],
    fails=[
        "GET / => 401 | WWW-Authenticate: Basic || no",
        'GET / => 401 | WWW-Authenticate: Digest realm="a", nonce="b", Basic charset="UTF-8" || no',
    ],
)
def basic_has_a_realm(seen: Seen) -> str | None:
    for field in _CHALLENGES:
        for challenge in parse_challenges(seen.get(field)) or ():
            if challenge.scheme == "basic" and challenge.parameter("realm") is None:
                return f"the challenge of Basic in {field} names no realm"
    return None
