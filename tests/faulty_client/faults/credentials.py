"""Credentials that go where they must not, and challenges answered wrongly: RFC 9110 sections 11 and 15.5."""

from __future__ import annotations

import re
from dataclasses import replace

from ..challenges import Challenge
from ..client import Client
from ..message import Fields, Request, Response, uri
from .registry import breaks, plant

ONCE = "rfc9110-15.5.2-3"
RESENT = "rfc9110-15.4-2"


@breaks(ONCE, "SHOULD")
class RepeatedForever(Client):
    """A 401 is answered again and again with the same credentials."""

    def was_refused(self, request: Request) -> bool:
        return False


@breaks(ONCE, "SHOULD")
class RepeatedThrice(Client):
    """A 401 is answered three times with the same credentials."""

    def was_refused(self, request: Request) -> bool:
        return self.attempts >= 3

    attempts = 0

    def after_challenge(self, request: Request, response: Response) -> Request | None:
        following = super().after_challenge(request, response)
        self.attempts += following is not None
        return following


@breaks(ONCE, "SHOULD")
class RepeatedWithoutCredentials(Client):
    """A 401 is answered by the same request without credentials, thrice."""

    def after_challenge(self, request: Request, response: Response) -> Request | None:
        self.attempts += 1
        return request if response.status == 401 and self.attempts <= 3 else None

    attempts = 0


@breaks(RESENT, "SHOULD")
class CredentialsForAnyOrigin(Client):
    """Challenges of any origin are answered."""

    def has_credentials(self, request: Request) -> bool:
        return request.task.credentials is not None


@breaks(RESENT, "SHOULD")
class CredentialsForAnyPort(Client):
    """Challenges of other ports of the same host are answered."""

    def has_credentials(self, request: Request) -> bool:
        return request.task.credentials is not None and request.uri.host == uri(request.task.url).host


@breaks(RESENT, "SHOULD")
class CredentialsGoAlong(Client):
    """Credentials that were sent go along with a redirection, wherever it leads."""

    def own_after(self, request: Request, following: Request) -> Fields:
        request = self.with_credentials(request)
        return [one for one in request.own if one[0] == "Authorization"]

    def with_credentials(self, request: Request) -> Request:
        if any(name == "Authorization" for name, _ in request.own):
            return request
        return super().with_credentials(request)


@breaks(RESENT, "SHOULD")
class CredentialsAtOnceAnywhere(Client):
    """Credentials are sent at once, to every origin."""

    def credential_fields(self, request: Request) -> Fields:
        if request.task.credentials is None or request.method == "TRACE":
            return []
        return [("Authorization", self.basic(*request.task.credentials))]


@breaks("rfc9110-2.4-1", "MUST")
class CredentialsForProxies(Client):
    """407 is answered with the user's credentials, in Proxy-Authorization."""

    def after_challenge(self, request: Request, response: Response) -> Request | None:
        if response.status == 407 and request.task.credentials is not None and "proxy" not in request.tried:
            field = ("Proxy-Authorization", self.basic(*request.task.credentials))
            return request.after("proxy", own=[*request.own, field])
        return super().after_challenge(request, response)


@breaks("rfc9110-2.4-1", "MUST")
class CredentialsForProxiesOnly(Client):
    """407 of a proxy is answered with the user's credentials."""

    def after_challenge(self, request: Request, response: Response) -> Request | None:
        if response.status == 407 and request.task.proxy and request.task.credentials and "proxy" not in request.tried:
            field = ("Proxy-Authorization", self.basic(*request.task.credentials))
            return request.after("proxy", own=[*request.own, field])
        return super().after_challenge(request, response)


@breaks("rfc9110-15.5.4-1", "SHOULD NOT")
class ForbiddenRepeated(Client):
    """After 403 the request is repeated with the same credentials."""

    def after_challenge(self, request: Request, response: Response) -> Request | None:
        if response.status == 403 and "forbidden" not in request.tried and self.has_credentials(request):
            return request.after("forbidden")
        return super().after_challenge(request, response)


@breaks("rfc9110-15.5.4-1", "SHOULD NOT")
class ForbiddenRepeatedAlways(Client):
    """After 403 any request is repeated."""

    def after_challenge(self, request: Request, response: Response) -> Request | None:
        if response.status == 403 and "forbidden" not in request.tried:
            return request.after("forbidden")
        return super().after_challenge(request, response)


@breaks(RESENT, "SHOULD")
class ContentLostWithCredentials(Client):
    """The request with credentials has no content."""

    def after_challenge(self, request: Request, response: Response) -> Request | None:
        following = super().after_challenge(request, response)
        return None if following is None else replace(following, content=None)


@breaks(RESENT, "SHOULD")
class MethodLostWithCredentials(Client):
    """The request with credentials is GET."""

    def after_challenge(self, request: Request, response: Response) -> Request | None:
        following = super().after_challenge(request, response)
        return None if following is None else replace(following, method="GET", content=None)


@breaks("rfc9110-5.6.4-1", "MUST")
class RealmNotUnescaped(Client):
    """Escapes in the realm stay, so that the digest is another."""

    def unquoted(self, text: str) -> str:
        return text


@breaks("rfc9110-5.6.1.2-1", "MUST")
class EmptyMembersAheadOfChallenges(Client):
    """An empty member ahead of a challenge makes it unknown."""

    def after_challenge(self, request: Request, response: Response) -> Request | None:
        if (response.get("WWW-Authenticate") or "").startswith(","):
            return None
        return super().after_challenge(request, response)


@breaks("rfc9110-9.3.8-2", "MUST NOT")
class CredentialsInTrace(Client):
    """TRACE has credentials."""

    def credential_fields(self, request: Request) -> Fields:
        if request.method == "TRACE" and request.task.credentials is not None:
            return [("Authorization", self.basic(*request.task.credentials))]
        return super().credential_fields(request)


plant(
    "basic-only-first",
    ONCE,
    "SHOULD",
    "Credentials are sent with a scheme of their own",
    basic=lambda self, user, password: f"Plain {user}:{password}",
)


@breaks("rfc9110-11.5-2", "MUST")
class RealmUnquoted(Client):
    """The realm is sent as a token."""

    def credentials(self, challenge: Challenge, request: Request) -> str:
        return re.sub(r'realm="([^"]*)"', r"realm=\1", super().credentials(challenge, request))


@breaks("rfc9110-11.2-1", "MUST")
class ParameterTwice(Client):
    """Digest credentials have the realm twice."""

    def credentials(self, challenge: Challenge, request: Request) -> str:
        value = super().credentials(challenge, request)
        return value + f', realm="{challenge[1]["realm"]}"' if value.startswith("Digest") else value
