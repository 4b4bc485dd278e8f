"""What is said of resources: redirections, credentials, negotiation, errors and fields. RFC 9110 sections 8 to 12 and 15."""

from __future__ import annotations

import gzip
import json
import time
from dataclasses import replace

from ..answering import http_date
from ..connection import Origin
from ..message import PHRASES, Refused, Request, Resource, Response, Variant
from ..site import DAYS, entity_tag
from .registry import permitted


class Directory(Origin):
    """A server with another answer where the slash of a directory is missing; no choice itself."""

    STATUS = 0

    def find(self, request: Request) -> Resource:
        resource = super().find(request)
        if request.path != "/directory":
            return resource
        if self.STATUS == 404:
            raise Refused(404, "nothing is here")
        return replace(resource, status=self.STATUS) if self.STATUS else super().find(replace_path(request))


def replace_path(request: Request) -> Request:
    """The request for the directory itself."""
    return replace(request, path="/directory/")


@permitted("RFC 9110 section 15.4: silence on directories")
class Directory302(Directory):
    """A directory without its slash is redirected with 302."""

    STATUS = 302


@permitted("RFC 9110 section 15.4: silence on directories")
class Directory308(Directory):
    """A directory without its slash is redirected with 308."""

    STATUS = 308


@permitted("RFC 9110 section 15.4: silence on directories")
class Directory404(Directory):
    """A directory without its slash does not exist."""

    STATUS = 404


@permitted("RFC 9110 section 15.4: silence on directories")
class DirectoryServed(Directory):
    """A directory is served without its slash, too."""


@permitted("RFC 9110 section 10.2.2: a URI reference")
class LocationsAbsolute(Origin):
    """Location is an absolute URI, with a fragment where it redirects."""

    def location(self, request: Request, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{super().location(request, path)}#part"


@permitted("RFC 9110 section 10.2.2: a URI reference")
class LocationsRelative(Origin):
    """Location is a relative path."""

    def location(self, request: Request, path: str) -> str:
        return "." + super().location(request, path)


@permitted("RFC 9110 section 15.5.4: 404 hides what is forbidden")
class ProtectedHidden(Origin):
    """What is protected does not exist for those without credentials."""

    STATUS = 404

    def check_credentials(self, request: Request, resource: Resource) -> None:
        try:
            super().check_credentials(request, resource)
        except Refused:
            if request.lines("Authorization"):
                raise
            raise Refused(self.STATUS, "nothing is here") from None


@permitted("RFC 9110 section 11.6.2: a SHOULD", {"rfc9110-11.4-1": "401 is what ought to be sent"})
class ProtectedForbidden(ProtectedHidden):
    """What is protected is forbidden to those without credentials."""

    STATUS = 403


@permitted("RFC 9110 section 11.6.1")
class ManyChallenges(Origin):
    """A 401 has several challenges, in one line and in several."""

    def altered(self, request: Request | None, response: Response) -> None:
        super().altered(request, response)
        if response.status == 401:
            response.fields += [
                ("WWW-Authenticate", 'Digest realm="w, \\"x\\"", qop="auth, auth-int", nonce="abc==", Negotiate'),
                ("WWW-Authenticate", 'Bearer realm="b" , error="invalid_token",scope="a b", New a2Jq=='),
            ]


@permitted("RFC 9110 section 11.6.2: silence where no credentials are needed")
class UselessCredentialsRefused(Origin):
    """Credentials of a scheme that is not known are answered 400 everywhere."""

    def check_credentials(self, request: Request, resource: Resource) -> None:
        scheme = (request.get("Authorization") or "basic").partition(" ")[0].lower()
        if scheme not in ("basic", "bearer") and not resource.is_protected:
            raise Refused(400, "no such scheme")
        super().check_credentials(request, resource)


@permitted("RFC 9110 section 12: a server need not negotiate")
class NoNegotiation(Origin):
    """There is one representation of everything."""

    def find(self, request: Request) -> Resource:
        resource = super().find(request)
        return replace(resource, variants=resource.variants[:1])


@permitted("RFC 9110 section 12.4.1: what is not acceptable may be sent")
class NotAcceptableSent(Origin):
    """Where nothing is acceptable the default is sent."""

    def selected(self, request: Request, resource: Resource) -> Variant:
        try:
            return super().selected(request, resource)
        except Refused:
            return resource.variants[0]


@permitted("RFC 9110 section 12.5.4: strict where no language suits")
class LanguagesStrict(Origin):
    """Where no language is acceptable 406 is sent."""

    def quality(self, request: Request, variant: Variant) -> float:
        language = self.weight(request.get("Accept-Language") or "*", variant.language or "", "*")
        return super().quality(request, variant) if language else 0.0


@permitted("RFC 9110 section 12.5.4: disregarding the field")
class LanguagesIgnored(Origin):
    """Accept-Language is ignored."""

    def find(self, request: Request) -> Resource:
        request.fields = [one for one in request.fields if one[0].lower() != "accept-language"]
        return super().find(request)


@permitted("RFC 9110 section 12.5.3: a SHOULD", {"rfc9110-12.5.3-2": "identity is sent, though it is excluded"})
class IdentityAlways(Origin):
    """Accept-Encoding is ignored, and nothing is encoded."""

    def find(self, request: Request) -> Resource:
        request.fields = [one for one in request.fields if one[0].lower() != "accept-encoding"]
        return super().find(request)


@permitted("RFC 9110 section 12.2")
class ChoicesGiven(Origin):
    """What has several representations is answered 300."""

    def check_credentials(self, request: Request, resource: Resource) -> None:
        super().check_credentials(request, resource)
        if len(resource.variants) > 1 and request.method in ("GET", "HEAD"):
            paths = sorted({one.location or "" for one in resource.variants})
            links = tuple(("Link", f"<{path}>; rel=alternate") for path in paths)
            raise Refused(300, "There are:\n" + "\n".join(paths), ("Location", paths[0]), *links)


@permitted("RFC 9110 section 12.5.5")
class VaryingByAnything(Origin):
    """Vary is an asterisk wherever it is sent."""

    def altered(self, request: Request | None, response: Response) -> None:
        super().altered(request, response)
        if response.get("Vary"):
            response.set("Vary", "*")


@permitted("RFC 9110 section 12.5.5")
class VaryingByMore(Origin):
    """Vary is in every response, and lists what might matter one day."""

    def altered(self, request: Request | None, response: Response) -> None:
        super().altered(request, response)
        old = response.get("Vary")
        response.set("Vary", f"{old}, Cookie, User-Agent" if old else "accept-encoding,  Origin")


@permitted("RFC 9110 section 12.5.3")
class GzipWhereAccepted(Origin):
    """Every file is sent compressed where gzip is accepted."""

    def find(self, request: Request) -> Resource:
        resource = super().find(request)
        if len(resource.variants) != 1 or request.method not in ("GET", "HEAD"):
            return resource
        plain = resource.variants[0]
        content = gzip.compress(plain.content, mtime=0)
        weak = (plain.etag or "").startswith("W/")
        zipped = replace(plain, content=content, coding="gzip", etag=plain.etag if weak else entity_tag(content))
        others = tuple(one for one in resource.fields if one[0] != "Vary")
        return replace(resource, variants=(plain, zipped), fields=others)


@permitted("RFC 9110 sections 6.6.1 and 8.8.2.1: no clock", {"rfc9110-8.8.2.1-1": "that there is none can't be seen"})
class NoClock(Origin):
    """Date is never sent, nor a Last-Modified of its own."""

    def complete(self, request: Request | None, response: Response, closes: bool) -> None:
        super().complete(request, response, closes)
        response.drop("Date")

    def representation_fields(self, resource: Resource, variant: Variant) -> list[tuple[str, str]]:
        return super().representation_fields(resource, replace(variant, modified=self.old(variant.modified)))

    def if_modified_since(self, request: Request, modified: int | None) -> bool:
        return super().if_modified_since(request, self.old(modified))

    def if_unmodified_since(self, request: Request, modified: int | None) -> bool:
        return super().if_unmodified_since(request, self.old(modified))

    def old(self, modified: int | None) -> int | None:
        return modified if modified is not None and modified < time.time() - DAYS else None


@permitted("RFC 9110 section 6.6.1: approximately")
class ClockIsSlow(Origin):
    """The clock is twenty seconds behind."""

    def complete(self, request: Request | None, response: Response, closes: bool) -> None:
        super().complete(request, response, closes)
        response.set("Date", http_date(time.time() - 20))

    def find(self, request: Request) -> Resource:
        resource = super().find(request)
        now = int(time.time()) - 20
        variants = tuple(replace(one, modified=one.modified and min(one.modified, now)) for one in resource.variants)
        return replace(resource, variants=variants)


@permitted("RFC 9110 section 10.2.4")
class OddServer(Origin):
    """Server has several products with comments in comments."""

    def altered(self, request: Request | None, response: Response) -> None:
        super().altered(request, response)
        response.set("Server", "odd/1.0~x (a (b \\) c) \xe9) other more/2 ()")


@permitted("RFC 9110 section 5.1: fields that nobody knows")
class UnknownFields(Origin):
    """Every response has fields that nobody knows, some several times, some empty."""

    def altered(self, request: Request | None, response: Response) -> None:
        super().altered(request, response)
        response.fields += [
            ("X-Nothing", ""),
            ("!#$%&'*+-.^_`|~", 'a, "b'),
            ("Content-Odd", "\xff"),
            ("X-Nothing", ""),
            ("Set-Cookie", "a=b; Path=/; Expires=Wed, 09 Jun 2032 10:18:14 GMT"),
            ("Set-Cookie", "c=d"),
            ("Strict-Transport-Security", "max-age=1"),
            ("Alt-Svc", 'h3=":443"; ma=60'),
        ]


@permitted("RFC 9110 section 10.2.1: in any response")
class AllowEverywhere(Origin):
    """Allow is in every response that knows its resource."""

    def admit(self, request: Request) -> Resource:
        resource = super().admit(request)
        self.__dict__["allowed"] = ", ".join(self.methods(resource))
        return resource

    def altered(self, request: Request | None, response: Response) -> None:
        super().altered(request, response)
        allowed = self.__dict__.pop("allowed", None)
        if allowed and response.get("Allow") is None and response.status != 304:
            response.set("Allow", allowed)


@permitted("RFC 9110 section 15.5.11")
class MissingIsGone(Origin):
    """What does not exist is answered 410."""

    STATUS = 410

    def find(self, request: Request) -> Resource:
        try:
            return super().find(request)
        except Refused as refused:
            if refused.response.status == 404:
                raise Refused(self.STATUS, "nothing is here") from None
            raise


@permitted("RFC 9110 section 15.5.4: a server that tells nothing")
class MissingIsForbidden(MissingIsGone):
    """What does not exist is answered 403."""

    STATUS = 403


@permitted("RFC 9110 section 15.4.3: what does not exist leads to the start page")
class MissingIsRedirected(Origin):
    """What does not exist is answered 302."""

    def find(self, request: Request) -> Resource:
        try:
            return super().find(request)
        except Refused as refused:
            if refused.response.status == 404 and request.method in ("GET", "HEAD"):
                raise Refused(302, "See /file.txt", ("Location", "/file.txt")) from None
            raise


class Explaining(Origin):
    """A server with another form of content in errors; no choice itself."""

    TYPE = ""

    def explanation(self, response: Response) -> bytes:
        raise NotImplementedError

    def complete(self, request: Request | None, response: Response, closes: bool) -> None:
        if response.status >= 400:
            response.content = self.explanation(response)
            response.drop("Content-Type")
            if self.TYPE:
                response.set("Content-Type", self.TYPE)
        super().complete(request, response, closes)


@permitted("RFC 9457")
class ProblemDetails(Explaining):
    """Errors are explained as application/problem+json."""

    TYPE = "application/problem+json"

    def explanation(self, response: Response) -> bytes:
        problem = {"title": PHRASES[response.status], "status": response.status, "detail": response.content.decode()}
        return json.dumps(problem).encode()


@permitted("RFC 9110 section 15.5: silence on the form")
class HtmlErrors(Explaining):
    """Errors are explained in HTML, without a language or a charset."""

    TYPE = "text/html"

    def explanation(self, response: Response) -> bytes:
        return b"<h1>Sorry</h1>\n" + b"<!-- padding for browsers -->\n" * 20


UNEXPLAINED = dict.fromkeys(
    (
        *("rfc6585-3-1", "rfc6585-4-1", "rfc6585-5-2", "rfc7725-3-1", "rfc9110-15.5-1", "rfc9110-15.5.7-1"),
        *("rfc9110-15.5.10-1", "rfc9110-15.6-1", "rfc9110-15.6.6-1"),
    ),
    "an error ought to be explained",
)


@permitted("RFC 9110 section 15.5: a SHOULD", UNEXPLAINED)
class ErrorsUnexplained(Explaining):
    """Errors have no content."""

    def explanation(self, response: Response) -> bytes:
        return b""


@permitted("RFC 9110 section 8.3: a SHOULD", {"rfc9110-8.3-1": "content ought to have a type"})
class NoTypes(Origin):
    """Content-Type is never sent, but with multipart."""

    def altered(self, request: Request | None, response: Response) -> None:
        super().altered(request, response)
        if not (response.get("Content-Type") or "").startswith("multipart"):
            response.drop("Content-Type")


@permitted("RFC 9110 section 10.2.3")
class RetryAfterDates(Origin):
    """Retry-After is a date."""

    def altered(self, request: Request | None, response: Response) -> None:
        super().altered(request, response)
        if seconds := response.get("Retry-After"):
            response.set("Retry-After", http_date(time.time() + int(seconds)))


@permitted("RFC 9110 section 15.6.4: no more than a MAY")
class RetryAfterUnsaid(Origin):
    """Retry-After is never sent."""

    def altered(self, request: Request | None, response: Response) -> None:
        super().altered(request, response)
        response.drop("Retry-After")


class Busy(Origin):
    """A server that has at times no time; no choice itself."""

    STATUS = 503
    EVERY = 7

    def admit(self, request: Request) -> Resource:
        count = self.world.__dict__["count"] = self.world.__dict__.get("count", 0) + 1
        if count > 20 and count * 2_654_435_761 % 2**32 % self.EVERY == 0:
            raise Refused(self.STATUS, "come back later", ("Retry-After", "1"))
        return super().admit(request)


@permitted("RFC 9110 section 15.6.4")
class BusyAtTimes(Busy):
    """One request in seven is answered 503."""


@permitted("RFC 6585 section 4")
class RateLimited(Busy):
    """One request in five is answered 429."""

    STATUS = 429
    EVERY = 5
