"""Digest from the user agent's side: proofs of a password, and what of a login is good for more requests (RFC 7616)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import md5
from typing import Literal, cast

from statuary.fields.authentication import (
    Challenge,
    Credentials,
    parse_authentication_info,
    parse_challenges,
    parse_credentials,
)
from statuary.fields.grammar import Invalid
from statuary.message.fields import Fields
from statuary.message.request import Request
from statuary.message.response import Response
from statuary.semantics.authentication import digest_response, secret_hash
from statuary.semantics.reaction.attempt import Attempt
from statuary.semantics.reaction.policy import Login
from statuary.semantics.target_uri import origin_of, resolve, uri_of

Algorithm = Literal["SHA-256", "MD5"]
_ALGORITHMS: tuple[Algorithm, ...] = ("SHA-256", "MD5")


@dataclass(frozen=True, slots=True, repr=False)
class Space:
    """A protection space that was entered: requests there need no challenge of their own (RFC 7616 section 3.6).

    ``secret`` is a hash of the password, ``count`` says how often the nonce was used. ``domain`` has the URIs under which
    the space lies; empty for the whole origin, or for a proxy.
    """

    user: str
    realm: str
    nonce: str
    algorithm: Algorithm
    secret: str
    opaque: str | None = None
    count: int = 0
    domain: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<Space {self.realm!r}, used {self.count} times>"  # never the secret

    def covers(self, uri: str) -> bool:
        """Whether a URI of the origin lies in it: RFC 7616 section 3.3, on domain."""
        return not self.domain or any(_is_under(uri, one) for one in self.domain)

    def used(self) -> Space:
        """Once more: the nonce count is that of the next request, RFC 7616 section 3.4."""
        return replace(self, count=self.count + 1)

    def renewed(self, response: Response, *, of_proxy: bool = False) -> Space:
        """With the nonce that the response names for the next request, if it does: RFC 7616 section 3.5."""
        name = "proxy-authentication-info" if of_proxy else "authentication-info"
        info = parse_authentication_info(response.fields.get(name))
        nonce = None if info is None or isinstance(info, Invalid) else dict(info).get("nextnonce")
        return self if nonce is None or nonce == self.nonce else replace(self, nonce=nonce, count=0)


def space_for(challenge: Challenge, login: Login, base: str = "") -> Space | None:
    """The space that a challenge is about, for who has this login; None where it asks for more than we know.

    That is qop auth, with SHA-256, or MD5 where a server knows nothing better. ``base`` is the target URI.
    """
    nonce, realm = challenge.parameter("nonce"), challenge.parameter("realm")
    algorithm = cast("Algorithm", (challenge.parameter("algorithm") or "MD5").upper())
    qops = [qop.strip().lower() for qop in (challenge.parameter("qop") or "").split(",")]
    if nonce is None or realm is None or algorithm not in _ALGORITHMS or "auth" not in qops:
        return None
    found = [resolve(base, one) for one in (challenge.parameter("domain") or "").split()]
    domain = tuple(one[0] for one in found if one is not None and origin_of(one[0]) == login.origin)
    secret = _secret(algorithm, login, realm)
    return Space(login.user, realm, nonce, algorithm, secret, challenge.parameter("opaque"), 0, domain)


def proof(space: Space, request: Request, cnonce: str, *, of_proxy: bool = False) -> Credentials:
    """The credentials for one request: RFC 7616 section 3.4."""
    # As it stands in the request line, which for a proxy has the absolute form
    target = uri_of(request) if of_proxy and request.method != "CONNECT" else request.target
    count = f"{space.count:08x}"
    respond = digest_response if space.algorithm == "SHA-256" else _md5_response
    parameters = [
        ("username", space.user),
        ("realm", space.realm),
        ("nonce", space.nonce),
        ("uri", target),
        ("algorithm", space.algorithm),
        ("qop", "auth"),
        ("nc", count),
        ("cnonce", cnonce),
        ("response", respond(space.secret, space.nonce, count, cnonce, request.method, target)),
    ]
    if space.opaque is not None:
        parameters.append(("opaque", space.opaque))
    return Credentials("Digest", None, tuple(parameters))


def entered(attempts: Sequence[Attempt], logins: Sequence[Login], *, proxy: str | None = None) -> Space | None:
    """The space that the last attempt's credentials were taken for, if they answer a challenge of these attempts."""
    last = attempts[-1]
    field, challenged = (
        ("proxy-authorization", "proxy-authenticate") if proxy else ("authorization", "www-authenticate")
    )
    given = parse_credentials(last.request.fields.get(field))
    if not isinstance(given, Credentials) or given.scheme.lower() != "digest":
        return None
    origin = proxy if proxy is not None else origin_of(uri_of(last.request))
    user, nonce = given.parameter("username"), given.parameter("nonce")
    login = next((one for one in logins if (one.origin, one.user) == (origin, user) and one.token is None), None)
    if login is None:
        return None
    for attempt in reversed(attempts):
        for challenge in _challenges(attempt.final, challenged):
            if challenge.scheme.lower() == "digest" and challenge.parameter("nonce") == nonce:
                space = space_for(challenge, login, uri_of(attempt.request))
                return None if space is None else replace(space, count=_count(given))
    return None


def nonce_of(fields: Fields, name: str = "authorization") -> str | None:
    """The nonce of the Digest credentials in a field, None where there are none."""
    given = parse_credentials(fields.get(name))
    return given.parameter("nonce") if isinstance(given, Credentials) and given.scheme.lower() == "digest" else None


def _challenges(response: Response | None, name: str) -> tuple[Challenge, ...]:
    found = None if response is None else parse_challenges(response.fields.get(name))
    return () if found is None or isinstance(found, Invalid) else found


def _count(given: Credentials) -> int:
    try:
        return int(given.parameter("nc") or "", 16)
    except ValueError:
        return 0


def _is_under(uri: str, root: str) -> bool:
    return uri == root or uri.startswith(root if root.endswith("/") else f"{root}/")


def _secret(algorithm: Algorithm, login: Login, realm: str) -> str:
    if algorithm == "SHA-256":
        return secret_hash(login.user, realm, login.password)
    return _md5(f"{login.user}:{realm}:{login.password}")


def _md5(text: str) -> str:
    return md5(text.encode(), usedforsecurity=False).hexdigest()


def _md5_response(secret: str, nonce: str, count: str, cnonce: str, method: str, uri: str) -> str:
    return _md5(":".join((secret, nonce, count, cnonce, "auth", _md5(f"{method}:{uri}"))))
