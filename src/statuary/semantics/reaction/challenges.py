"""Answering challenges, once each, with what is meant for that origin or proxy alone: RFC 9110 section 11."""

from __future__ import annotations

from statuary.fields.authentication import (
    Challenge,
    Credentials,
    format_basic,
    format_credentials,
    parse_challenges,
    parse_credentials,
)
from statuary.message.fields import Fields
from statuary.semantics.reaction.digest import proof, space_for
from statuary.semantics.reaction.policy import Login
from statuary.semantics.reaction.reactions import Ask, GiveUp, Reaction, Send
from statuary.semantics.reaction.situation import Situation
from statuary.semantics.target_uri import origin_of, uri_of

# Strongest first
_SCHEMES = ("bearer", "digest", "basic")


def answer_challenge(situation: Situation) -> Reaction:
    """401: by the user agent for the origin. 407: for the proxy that the request went through, and only then."""
    is_proxy = situation.response.status == 407
    because = "rfc9110-15.5.8" if is_proxy else "rfc9110-15.5.2"
    if is_proxy and situation.last.proxy is None:
        return GiveUp(because, "A 407, though there is no proxy: credentials for one are not sent.", situation.response)
    if situation.request.method == "TRACE":
        says = "Credentials are not sent in TRACE, whose answer would show them."
        return GiveUp("rfc9110-9.3.8-2", says, situation.response)
    challenges = parse_challenges(situation.get("proxy-authenticate" if is_proxy else "www-authenticate"))
    if not challenges:
        return GiveUp(because, "It has no challenge that could be answered.", situation.response)
    origin = situation.last.proxy if is_proxy else origin_of(situation.uri)
    assert origin is not None
    field = "Proxy-Authorization" if is_proxy else "Authorization"
    for scheme in _SCHEMES:
        for challenge in challenges:
            credentials = _credentials(situation, challenge, scheme, origin, field)
            if credentials is not None:
                return _send(situation, field, credentials, because, challenge)
    realms = tuple(dict.fromkeys(challenge.parameter("realm") or "" for challenge in challenges))
    if any(_was_refused(situation, field, challenge) for challenge in challenges):
        # The same challenge after an attempt: its content is shown, rfc9110-15.5.2-3
        return GiveUp("rfc9110-15.5.2-3", "The credentials were refused.", situation.response)
    says = f"Credentials are needed for {origin}."
    return Ask("log in", because, says, situation.response, realms, origin=origin)


def _credentials(
    situation: Situation, challenge: Challenge, scheme: str, origin: str, field: str
) -> Credentials | None:
    if challenge.scheme.lower() != scheme or _was_refused(situation, field, challenge):
        return None
    login = _login(situation, origin, challenge, scheme)
    if login is None:
        return None
    if scheme == "bearer":
        return Credentials("Bearer", login.token)
    if scheme == "digest":
        return _digest(situation, challenge, login, of_proxy=field == "Proxy-Authorization")
    if situation.request.scheme != "https" and not situation.policy.shows_basic:
        return None
    if _times_refused(situation, field, "digest"):
        # Whoever refused a proof of the password is not given the password: RFC 9110 section 17.16.1
        return None
    try:
        return _parsed(format_basic(login.user, login.password))
    except ValueError:
        return None


def _parsed(text: str) -> Credentials | None:
    """Credentials from their text."""
    found = parse_credentials(text)
    return found if isinstance(found, Credentials) else None


def _login(situation: Situation, origin: str, challenge: Challenge, scheme: str) -> Login | None:
    realm = challenge.parameter("realm")
    return next(
        (
            login
            for login in situation.policy.logins
            if login.origin == origin
            and login.realm in (None, realm)
            and (login.token is not None) == (scheme == "bearer")
        ),
        None,
    )


def _was_refused(situation: Situation, field: str, challenge: Challenge) -> bool:
    """Whether credentials in that scheme were sent there and challenged again, not for a stale nonce."""
    scheme = challenge.scheme.lower()
    if scheme == "digest" and (challenge.parameter("stale") or "").lower() == "true":
        # Once more with the new nonce, but not for ever
        return _times_refused(situation, field, scheme) > 2
    return _times_refused(situation, field, scheme) > 0


def _times_refused(situation: Situation, field: str, scheme: str) -> int:
    """How often credentials in a scheme, in lower case, were sent to this origin or proxy and brought a challenge.

    A proof with the nonce of an earlier fetch is no answer to a challenge: only that nonce may have been refused.
    """
    origin, is_proxy = origin_of(situation.uri), field == "Proxy-Authorization"
    refused, was_challenged = 0, False
    for attempt in situation.attempts:
        if attempt.final is None or attempt.final.status != (407 if is_proxy else 401):
            continue
        if not is_proxy and origin_of(uri_of(attempt.request)) != origin:
            continue
        given = parse_credentials(attempt.request.fields.get(field.lower()))
        if isinstance(given, Credentials) and given.scheme.lower() == scheme:
            refused += scheme != "digest" or was_challenged
        was_challenged = True
    return refused


def _digest(situation: Situation, challenge: Challenge, login: Login, *, of_proxy: bool) -> Credentials | None:
    space = space_for(challenge, login)
    if space is None:
        return None
    return proof(space.used(), situation.request, situation.policy.cnonce, of_proxy=of_proxy)


def _send(situation: Situation, field: str, credentials: Credentials, because: str, challenge: Challenge) -> Reaction:
    old = situation.request
    lines = [line for line in old.fields if line[0].lower() != field.lower()]
    value = format_credentials(credentials)
    request = old.with_fields(Fields([*lines, (field, value)]))
    return Send(
        request,
        because,
        f"The challenge for {challenge.parameter('realm') or 'it'!r} is answered with {value.partition(' ')[0]}.",
        keeps_content=situation.last.content != "none",
        fragment=situation.last.fragment,
    )
