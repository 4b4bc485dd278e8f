"""Authentication by an origin server: challenges, and whether credentials answer them (RFC 9110 section 11).

Basic (RFC 7617), Digest with SHA-256 and qop=auth (RFC 7616), Bearer (RFC 6750). Digest nonces carry their own time and
are signed, so nothing is stored to check them.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from statuary.fields.authentication import (
    Challenge,
    Credentials,
    format_challenge,
    parse_basic,
    parse_credentials,
)
from statuary.fields.grammar import Invalid
from statuary.message.fields import FieldLine
from statuary.message.request import Request
from statuary.semantics.resource import Access, User


@dataclass(frozen=True, slots=True)
class Authenticated:
    """The credentials are right. ``nonce`` and ``count`` are for a Digest's protection against replay.

    ``nonce`` is ours together with the client's: ours is the same for all who are challenged within a second, and each
    of them counts from 1. The proof covers both, so that a replay can't take another.
    """

    user: str
    nonce: str | None = None
    count: int = 0


@dataclass(frozen=True, slots=True)
class Unauthenticated:
    """No credentials, or wrong ones. ``stale`` says that only the nonce was too old: the password may be right."""

    reason: Literal["absent", "malformed", "wrong"]
    stale: bool = False


def authenticate(request: Request, access: Access, now: int) -> Authenticated | Unauthenticated:
    """Who sent ``request``, as far as its Authorization field shows."""
    credentials = parse_credentials(request.fields.get("authorization"))
    if credentials is None:
        return Unauthenticated("absent")
    if isinstance(credentials, Invalid):
        return Unauthenticated("malformed")
    match credentials.scheme.lower():
        case "basic" if "Basic" in access.schemes:
            return _basic(credentials, access)
        case "digest" if "Digest" in access.schemes:
            return _digest(credentials, access, request, now)
        case "bearer" if "Bearer" in access.schemes:
            return _bearer(credentials, access)
    return Unauthenticated("wrong")


def challenges(access: Access, now: int, failure: Unauthenticated) -> Iterator[FieldLine]:
    """A WWW-Authenticate line for each scheme on offer, each line apart since many clients misread a list (11.6.1)."""
    for scheme in access.schemes:
        parameters = [("realm", access.realm)]
        if scheme == "Basic":
            parameters.append(("charset", "UTF-8"))
        elif scheme == "Digest":
            parameters += [("qop", "auth"), ("algorithm", "SHA-256"), ("nonce", make_nonce(access, now))]
            if failure.stale:
                parameters.append(("stale", "true"))
        elif failure.reason == "wrong":
            # A request without credentials is told nothing about errors: RFC 6750 section 3.1
            parameters.append(("error", "invalid_token"))
        yield "WWW-Authenticate", format_challenge(Challenge(scheme, None, tuple(parameters)))


def make_nonce(access: Access, now: int) -> str:
    """The time and its signature (RFC 7616 section 5.4 leaves the form to the server)."""
    moment = f"{now:x}"
    return f"{moment}.{hmac.digest(access.key, moment.encode(), 'sha256').hex()[:32]}"


def nonce_age(access: Access, nonce: str, now: int) -> int | None:
    """Seconds since we made this nonce, or None if we did not."""
    moment, _, _ = nonce.partition(".")
    try:
        made = int(moment, 16)
    except ValueError:
        return None
    return now - made if _equal(make_nonce(access, made), nonce) else None


def secret_hash(name: str, realm: str, password: str) -> str:
    """The form in which a password can be kept: SHA-256 of A1 (RFC 7616 section 3.4.2), good for Basic and Digest."""
    return sha256(f"{name}:{realm}:{password}".encode()).hexdigest()


def _basic(credentials: Credentials, access: Access) -> Authenticated | Unauthenticated:
    pair = parse_basic(credentials)
    if isinstance(pair, Invalid):
        return Unauthenticated("malformed")
    name, password = pair
    expected = _expected_hash(name, access)
    given = secret_hash(name, access.realm, password)
    return Authenticated(name) if _equal(expected, given) else Unauthenticated("wrong")


def _digest(credentials: Credentials, access: Access, request: Request, now: int) -> Authenticated | Unauthenticated:
    given = dict(credentials.parameters)
    needed = ("username", "realm", "nonce", "uri", "response", "qop", "nc", "cnonce")
    if any(name not in given for name in needed) or given["qop"] != "auth":
        return Unauthenticated("malformed")
    if given.get("algorithm", "MD5").upper() != "SHA-256" or given["realm"] != access.realm:
        return Unauthenticated("wrong")
    # The digest covers this target, or it proves nothing about this request: RFC 7616 section 3.4.6
    if given["uri"] != request.target:
        return Unauthenticated("malformed")
    name, nonce = given["username"], given["nonce"]
    age = nonce_age(access, nonce, now)
    if age is None:
        return Unauthenticated("wrong")
    secret = _expected_hash(name, access)
    expected = digest_response(secret, nonce, given["nc"], given["cnonce"], request.method, given["uri"])
    if not _equal(expected, given["response"].lower()):
        return Unauthenticated("wrong")
    try:
        count = int(given["nc"], 16)
    except ValueError:
        return Unauthenticated("malformed")
    both = f"{nonce} {given['cnonce']}"
    if not 0 <= age <= access.nonce_lifetime or count <= access.nonce_counts.get(both, 0):
        return Unauthenticated("wrong", stale=True)
    return Authenticated(name, both, count)


def digest_response(secret: str, nonce: str, count: str, cnonce: str, method: str, uri: str) -> str:
    """The response of one who knows the secret hash, for qop=auth (RFC 7616 section 3.4.1)."""
    action = sha256(f"{method}:{uri}".encode()).hexdigest()
    return sha256(":".join((secret, nonce, count, cnonce, "auth", action)).encode()).hexdigest()


def _bearer(credentials: Credentials, access: Access) -> Authenticated | Unauthenticated:
    token = credentials.token68
    if token is None:
        return Unauthenticated("malformed")
    for known, name in access.tokens.items():
        if _equal(known, token):
            return Authenticated(name)
    return Unauthenticated("wrong")


def _expected_hash(name: str, access: Access) -> str:
    user = access.users.get(name, User())
    if user.secret_hash is not None:
        return user.secret_hash.lower()
    # For an unknown name, something that takes as long and equals nothing
    return secret_hash(name, access.realm, user.password) if user.password is not None else "-" * 64


def _equal(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
