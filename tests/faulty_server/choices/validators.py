"""Validators that are few, weak or strange, and what becomes of preconditions. RFC 9110 sections 8.8 and 13."""

from __future__ import annotations

import time
from dataclasses import replace

from ..answering import http_date
from ..connection import Origin
from ..message import Refused, Request, Resource, Response, Variant
from ..site import MODIFIED
from .registry import permitted


class Revalidated(Origin):
    """A server whose representations have other validators; no choice itself."""

    def validated(self, variant: Variant) -> Variant:
        return variant

    def find(self, request: Request) -> Resource:
        resource = super().find(request)
        return replace(resource, variants=tuple(self.validated(one) for one in resource.variants))

    def put(self, request: Request, resource: Resource) -> Response:
        response = super().put(request, resource)
        variant = self.validated(self.world.resources[request.path].variants[0])
        response.drop("ETag")
        if variant.etag is not None:
            response.set("ETag", variant.etag)
        return response


@permitted("RFC 9110 section 8.8.3.1: a SHOULD", {"rfc9110-8.8.3.1-1": "what was written could have one"})
class NoEntityTags(Revalidated):
    """No representation has an entity tag."""

    def validated(self, variant: Variant) -> Variant:
        return replace(super().validated(variant), etag=None)


@permitted("RFC 9110 section 8.8.2.1: a SHOULD", {"rfc9110-8.8.2.1-1": "what was written could have one"})
class NoDates(Revalidated):
    """No representation has a Last-Modified."""

    def validated(self, variant: Variant) -> Variant:
        return replace(super().validated(variant), modified=None)


@permitted(
    "RFC 9110 sections 8.8.2.1 and 8.8.3.1: SHOULDs; 13.1.1 to 13.1.4 say what conditions mean then",
    {
        "rfc9110-8.8.3.1-1": "what was written could have a tag",
        "rfc9110-8.8.2.1-1": "what was written could have a date",
    },
)
class NoValidators(NoEntityTags, NoDates):
    """No representation has any validator, so conditions have nothing to go by."""


@permitted("RFC 9110 section 8.8.1: a strong validator may be too costly")
class WeakEntityTags(Revalidated):
    """All entity tags are weak."""

    def validated(self, variant: Variant) -> Variant:
        variant = super().validated(variant)
        return replace(variant, etag=variant.etag and "W/" + variant.etag.removeprefix("W/"))


@permitted("RFC 9110 section 8.8.3: etagc")
class OddEntityTags(Revalidated):
    """Entity tags contain commas, backslashes and octets beyond ASCII."""

    def validated(self, variant: Variant) -> Variant:
        variant = super().validated(variant)
        return replace(variant, etag=variant.etag and variant.etag[:-1] + ',\\;W/=*\xe9"')


@permitted("RFC 9110 section 8.8.3: etagc")
class LongEntityTags(Revalidated):
    """Entity tags are four hundred octets long."""

    def validated(self, variant: Variant) -> Variant:
        variant = super().validated(variant)
        return replace(variant, etag=variant.etag and variant.etag[:-1] + "-" * 400 + '"')


@permitted("RFC 9110 section 8.8.2.1: made when it is asked for")
class ModifiedNow(Revalidated):
    """Last-Modified is the time of the response."""

    def validated(self, variant: Variant) -> Variant:
        return replace(super().validated(variant), modified=int(time.time()))


@permitted("RFC 9110 section 8.8.2: silence on how old a date may be")
class ModifiedAtTheEpoch(Revalidated):
    """Everything that was not written here was last modified on 1 January 1970."""

    def validated(self, variant: Variant) -> Variant:
        variant = super().validated(variant)
        return replace(variant, modified=0) if variant.modified == MODIFIED else variant


@permitted("RFC 9110 section 13.1.1: a condition that is false because the request was already done")
class DoneBefore(Origin):
    """A PUT whose condition is false succeeds where what it would store is there already."""

    def check_preconditions(self, request: Request, resource: Resource) -> None:
        try:
            super().check_preconditions(request, resource)
        except Refused:
            same = resource.variants and resource.variants[0].content == request.content
            stated = request.lines("If-Match") or request.lines("If-Unmodified-Since")
            if request.method != "PUT" or not stated or not request.content or not same:
                raise

    def answer(self, request: Request) -> Response:
        # Content has to be known before the condition counts
        if request.method == "PUT" and stated(request) and not request.lines("Expect"):
            self.read_content(request)
            request.length, request.chunked = 0, False
        return super().answer(request)

    def read_content(self, request: Request) -> None:
        if not request.content:
            super().read_content(request)

    def check_content(self, request: Request, resource: Resource) -> None:
        length, request.length = request.length, request.length or len(request.content)
        super().check_content(request, resource)
        request.length = length


def stated(request: Request) -> bool:
    """Whether a condition says that the resource has to be as it was."""
    return bool(request.lines("If-Match") or request.lines("If-Unmodified-Since"))


@permitted("RFC 9110 section 5.5: silence on what becomes of a field that is invalid")
class MalformedTagsRefused(Origin):
    """If-Match and If-None-Match that are no lists of entity tags are answered 400."""

    def check_preconditions(self, request: Request, resource: Resource) -> None:
        for name in ("If-Match", "If-None-Match"):
            value = request.get(name)
            if value is not None and value != "*" and not self.tags(value):
                raise Refused(400, f"{name} is invalid")
        super().check_preconditions(request, resource)


@permitted("RFC 9110 section 5.5: silence on what becomes of a field that is invalid")
class MalformedTagsIgnored(Origin):
    """If-Match and If-None-Match that are no lists of entity tags are ignored."""

    def admit(self, request: Request) -> Resource:
        for name in ("If-Match", "If-None-Match"):
            value = request.get(name)
            if value is not None and value != "*" and not self.tags(value):
                request.fields = [one for one in request.fields if one[0].lower() != name.lower()]
        return super().admit(request)


@permitted("RFC 9110 section 13.2.1: evaluated before the content is processed; RFC 9112 section 9.6")
class FalseConditionsClose(Origin):
    """After a 412 the connection ends, and content isn't read."""

    def refuse(self, request: Request, response: Response) -> Response:
        response.closes |= response.status == 412
        return super().refuse(request, response)


@permitted("RFC 9110 section 15.5: a SHOULD", {"rfc9110-15.5-1": "an error ought to be explained"})
class FalseConditionsSilent(Origin):
    """A 412 has no content."""

    def altered(self, request: Request | None, response: Response) -> None:
        super().altered(request, response)
        if response.status == 412:
            response.content = b""
            response.drop("Content-Type")
            response.set("Content-Length", "0")


@permitted("RFC 9110 section 15.4.5: fields that are no metadata of the representation")
class NotModifiedWithMore(Origin):
    """A 304 has fields of control and of the server's own."""

    def altered(self, request: Request | None, response: Response) -> None:
        super().altered(request, response)
        if response.status == 304:
            response.fields += [
                ("Server", "more/1"),
                ("Set-Cookie", "a=b"),
                ("X-Served-By", "304"),
                ("Accept-Ranges", "bytes"),
                ("Expires", http_date(time.time() + 60)),
            ]


@permitted("RFC 9110 section 8.6: what the 200 would have had")
class NotModifiedWithLength(Origin):
    """A 304 has the Content-Length of the 200."""

    def not_modified(self, request: Request, resource: Resource, variant: Variant | None) -> Refused:
        answer = super().not_modified(request, resource, variant)
        assert variant is not None
        answer.response.set("Content-Length", str(len(variant.content)))
        return answer


@permitted("RFC 9110 section 15.4.5: a SHOULD NOT", {"rfc9110-15.4.5-2": "metadata that updates no cache"})
class NotModifiedWithAll(Origin):
    """A 304 has all fields of the 200."""

    def not_modified(self, request: Request, resource: Resource, variant: Variant | None) -> Refused:
        answer = super().not_modified(request, resource, variant)
        assert variant is not None
        answer.response = Response(304, self.representation_fields(resource, variant))
        return answer


@permitted(
    "RFC 9110 section 13.1.3: a SHOULD NOT",
    {"rfc9110-13.1.3-5": "never looked at", "rfc9110-13.1.3-6": "done all the same", "rfc9110-13.1.3-7": "not 304"},
)
class ModifiedSinceIgnored(Origin):
    """If-Modified-Since is ignored."""

    def if_modified_since(self, request: Request, modified: int | None) -> bool:
        return True


@permitted(
    "RFC 9110 section 13.1.3: a SHOULD NOT",
    {"rfc9110-13.1.3-6": "a later date makes it false", "rfc9110-13.1.3-7": "not 304"},
)
class ModifiedSinceExact(Origin):
    """If-Modified-Since is false only where it is exactly the date."""

    def if_modified_since(self, request: Request, modified: int | None) -> bool:
        since = self.date(request.get("If-Modified-Since"))
        return since is None or since != modified


@permitted("RFC 9110 section 14.2: Range may be ignored", {"rfc9110-13.1.5-8": "true, and yet the whole is sent"})
class IfRangeNeverTrue(Origin):
    """Where there is an If-Range the whole is sent."""

    def if_range(self, request: Request, variant: Variant) -> bool:
        return request.get("If-Range") is None


@permitted("RFC 9110 section 14.2: Range may be ignored")
class IfRangeOfTagsAlone(Origin):
    """If-Range with a date is never true."""

    def if_range(self, request: Request, variant: Variant) -> bool:
        return self.date(request.get("If-Range")) is None and super().if_range(request, variant)
