"""Methods that are supported or not, and what writing and deleting is answered with. RFC 9110 sections 9 and 15."""

from __future__ import annotations

import re
from dataclasses import replace

from ..connection import Origin
from ..message import Refused, Request, Resource, Response, explained
from .registry import permitted

NOT_IMPLEMENTED = {"rfc9110-9.1-3": "501 is what ought to be sent", "rfc9112-3-2": "for long ones, too"}


@permitted("RFC 9110 section 9.1: GET and HEAD are all that is required")
class OnlyGetAndHead(Origin):
    """Every other method that is known is answered 405, but for POST where forms are."""

    def methods(self, resource: Resource) -> tuple[str, ...]:
        return tuple(one for one in super().methods(resource) if one in ("GET", "HEAD", "POST"))


class Unimplemented(Origin):
    """A server that does not know some methods; no choice itself."""

    UNKNOWN: tuple[str, ...] = ()

    def check_expectation(self, request: Request) -> None:
        if request.method in self.UNKNOWN:
            raise Refused(501, "no such method is implemented here")
        super().check_expectation(request)

    def methods(self, resource: Resource) -> tuple[str, ...]:
        return tuple(one for one in super().methods(resource) if one not in self.UNKNOWN)


@permitted("RFC 9110 section 9.1: GET and HEAD are all that is required")
class OnlyGetAndHeadImplemented(Unimplemented):
    """Every other method is answered 501."""

    UNKNOWN = ("OPTIONS", "POST", "PUT", "DELETE", "TRACE")


@permitted("RFC 9110 section 15.6.2")
class WritingNotImplemented(Unimplemented):
    """PUT and DELETE are answered 501."""

    UNKNOWN = ("PUT", "DELETE")


@permitted("RFC 9110 section 15.6.2")
class OptionsNotImplemented(Unimplemented):
    """OPTIONS is answered 501."""

    UNKNOWN = ("OPTIONS",)


@permitted("RFC 9110 section 15.6.2")
class TraceNotImplemented(Unimplemented):
    """TRACE is answered 501."""

    UNKNOWN = ("TRACE",)


@permitted("RFC 9110 section 9.3.8")
class TraceAllowed(Origin):
    """TRACE is answered."""

    def methods(self, resource: Resource) -> tuple[str, ...]:
        return (*super().methods(resource), "TRACE")


class Unknown(Origin):
    """A server that has another answer to methods that it does not know; no choice itself."""

    STATUS = 400
    CLOSES = False
    KNOWN = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "TRACE", "CONNECT")

    def check_expectation(self, request: Request) -> None:
        if request.method not in self.KNOWN:
            fields = (("Allow", "GET, HEAD, OPTIONS"),) if self.STATUS == 405 else ()
            raise Refused(self.STATUS, "no such method", *fields, closes=self.CLOSES)
        super().check_expectation(request)


@permitted("RFC 9110 section 9.1: a SHOULD", NOT_IMPLEMENTED)
class UnknownMethods400(Unknown):
    """A method that is not known is answered 400."""


@permitted("RFC 9110 section 9.1: a SHOULD", NOT_IMPLEMENTED)
class UnknownMethods403(Unknown):
    """A method that is not known is answered 403."""

    STATUS = 403


@permitted("RFC 9110 section 9.1: a SHOULD", NOT_IMPLEMENTED)
class UnknownMethods405(Unknown):
    """A method that is not known is answered 405."""

    STATUS = 405


@permitted("RFC 9112 section 9.6")
class UnknownMethodsClose(Unknown):
    """A method that is not known is answered 501, and the connection ends."""

    STATUS = 501
    CLOSES = True


@permitted("RFC 9110 section 9.3.6: most origin servers do not implement CONNECT")
class Connect405(Origin):
    """CONNECT is answered 405."""

    STATUS = 405

    def read_head(self) -> Request:
        request = super().read_head()
        if request.method == "CONNECT":
            fields = (("Allow", "GET, HEAD"),) if self.STATUS == 405 else ()
            raise Refused(self.STATUS, "this is no proxy", *fields, closes=True)
        return request


@permitted("RFC 9110 section 9.3.6: most origin servers do not implement CONNECT")
class Connect400(Connect405):
    """CONNECT is answered 400."""

    STATUS = 400


@permitted("RFC 9110 section 15.5.4")
class Connect403(Connect405):
    """CONNECT is answered 403."""

    STATUS = 403


@permitted("RFC 9110 section 9.3.7")
class OptionsWithContent(Origin):
    """OPTIONS is answered 200 with content."""

    def perform(self, request: Request, resource: Resource) -> Response:
        response = super().perform(request, resource)
        if request.method == "OPTIONS":
            allow = response.get("Allow") or ""
            return explained(200, f"There are {allow}", ("Allow", allow), ("Accept-Ranges", "bytes"))
        return response


@permitted("RFC 9110 section 9.3.7")
class OptionsEmpty(Origin):
    """OPTIONS is answered 200 without content."""

    def perform(self, request: Request, resource: Resource) -> Response:
        response = super().perform(request, resource)
        return Response(200, response.fields) if request.method == "OPTIONS" else response


@permitted("RFC 9110 section 9.3.7: a SHOULD", {"rfc9110-9.3.7-1": "something ought to be told, such as Allow"})
class OptionsTellNothing(Origin):
    """OPTIONS is answered 204 without Allow."""

    def perform(self, request: Request, resource: Resource) -> Response:
        return Response(204) if request.method == "OPTIONS" else super().perform(request, resource)


@permitted("RFC 9110 section 9.3.7: silence on resources that do not exist")
class OptionsForAnything(Origin):
    """OPTIONS is answered 204 whether there is a resource or not."""

    def find(self, request: Request) -> Resource:
        try:
            return super().find(request)
        except Refused:
            if request.method != "OPTIONS":
                raise
            return Resource()


@permitted("RFC 9110 section 9.1: a SHOULD", {"rfc9110-9.1-3": "501 is what ought to be sent"})
class OptionsOfServer400(Origin):
    """OPTIONS * is answered 400."""

    STATUS = 400

    def find(self, request: Request) -> Resource:
        if request.path == "*":
            raise Refused(self.STATUS, "not for the server as a whole", ("Allow", "GET, HEAD"))
        return super().find(request)


@permitted("RFC 9110 section 15.5.6")
class OptionsOfServer405(OptionsOfServer400):
    """OPTIONS * is answered 405."""

    STATUS = 405


@permitted("RFC 9110 section 15.5.5")
class OptionsOfServer404(OptionsOfServer400):
    """OPTIONS * is answered 404."""

    STATUS = 404


@permitted("RFC 9110 section 9.3.5")
class Delete200(Origin):
    """DELETE is answered 200 with content."""

    def delete(self, request: Request, resource: Resource) -> Response:
        super().delete(request, resource)
        return explained(200, "It is gone")


@permitted("RFC 9110 section 9.3.5")
class Delete202(Origin):
    """DELETE is answered 202, though it is done at once."""

    def delete(self, request: Request, resource: Resource) -> Response:
        super().delete(request, resource)
        return explained(202, "It will be gone")


@permitted("RFC 9110 section 9.2.2: the state that was asked for")
class DeleteOfNothing(Origin):
    """DELETE of what does not exist is answered 204."""

    def find(self, request: Request) -> Resource:
        resource = self.world.find(request.path)
        if request.method == "DELETE" and resource and resource.is_stored and not resource.variants:
            return resource
        return super().find(request)

    def delete(self, request: Request, resource: Resource) -> Response:
        return super().delete(request, resource) if resource.variants else Response(204)


@permitted("RFC 9110 section 15.5.11")
class DeletedIsGone(Origin):
    """What was deleted is answered 410 from then on."""

    def find(self, request: Request) -> Resource:
        try:
            return super().find(request)
        except Refused:
            if request.path in self.gone and request.method != "PUT":
                raise Refused(410, "it was deleted") from None
            raise

    @property
    def gone(self) -> set[str]:
        gone: set[str] = self.world.__dict__.setdefault("gone", set())
        return gone

    def delete(self, request: Request, resource: Resource) -> Response:
        self.gone.add(request.path)
        return super().delete(request, resource)


@permitted("RFC 9110 section 9.3.4")
class Put200(Origin):
    """PUT is answered with content, 200 where something was replaced."""

    def put(self, request: Request, resource: Resource) -> Response:
        response = super().put(request, resource)
        if response.status == 204:
            return explained(200, "It is replaced", *response.fields)
        return response


@permitted("RFC 9110 sections 8.7 and 9.3.4")
class PutReturnsRepresentation(Origin):
    """PUT is answered with what was stored, and Content-Location says so."""

    def put(self, request: Request, resource: Resource) -> Response:
        status = super().put(request, resource).status
        variant = self.world.resources[request.path].variants[0]
        fields = [*self.representation_fields(resource, variant), ("Content-Location", request.path)]
        return Response(201 if status == 201 else 200, fields, variant.content)


@permitted("RFC 9110 section 9.3.4: a tag only where nothing was changed, and no more than allowed")
class PutTellsNothing(Origin):
    """The answer to PUT has neither ETag nor Location nor content."""

    def put(self, request: Request, resource: Resource) -> Response:
        return Response(super().put(request, resource).status)


@permitted("RFC 6585 section 3")
class ConditionsDemanded(Origin):
    """What exists is only replaced or removed where If-Match says what it was."""

    def admit(self, request: Request) -> Resource:
        resource = super().admit(request)
        written = request.method in ("PUT", "DELETE") and resource.is_stored and resource.variants
        if written and not request.lines("If-Match"):
            raise Refused(428, "say with If-Match what is to be replaced", ("Cache-Control", "no-store"))
        return resource


@permitted("RFC 6585 section 3")
class ConditionsDemandedAlways(Origin):
    """PUT is only done with a precondition."""

    def check_put(self, request: Request) -> None:
        super().check_put(request)
        if not request.lines("If-Match") and not request.lines("If-None-Match"):
            raise Refused(428, "say what was there", ("Cache-Control", "no-store"))


@permitted("RFC 9110 section 9.3.4: no obligation to restrict types")
class PutTakesAnyType(Origin):
    """PUT stores any media type."""

    def find(self, request: Request) -> Resource:
        return replace(super().find(request), takes=())

    def check_put(self, request: Request) -> None:
        super().check_put(request)
        if not re.match(r"[\w.+-]+/[\w.+-]+ *($|;)", request.get("Content-Type") or "text/plain"):
            raise Refused(400, "Content-Type is invalid")


@permitted("RFC 9110 section 14.5")
class PartialPut(Origin):
    """PUT with Content-Range replaces those octets."""

    def check_put(self, request: Request) -> None:
        value = request.get("Content-Range")
        if value is None:
            super().check_put(request)
            return
        match = re.fullmatch(r"bytes ([0-9]+)-([0-9]+)/([0-9]+|\*)", value)
        resource = self.world.find(request.path)
        there = len(resource.variants[0].content) if resource and resource.variants else 0
        if not match or not int(match[1]) <= int(match[2]) < (there if match[3] == "*" else int(match[3])):
            raise Refused(400, "Content-Range makes no sense")
        if request.length and request.length != int(match[2]) - int(match[1]) + 1:
            raise Refused(400, "Content-Range and Content-Length contradict each other")
        if match[3] != "*" and int(match[3]) != there:
            raise Refused(400, "only what has that length can be changed")

    def put(self, request: Request, resource: Resource) -> Response:
        match = re.match(r"bytes ([0-9]+)-([0-9]+)", request.get("Content-Range") or "")
        if match:
            first, last = int(match[1]), int(match[2])
            if len(request.content) != last - first + 1:
                raise Refused(400, "Content-Range and the content contradict each other")
            old = resource.variants[0].content
            request.content = old[:first] + request.content + old[last + 1 :]
        return super().put(request, resource)


@permitted("RFC 9110 section 15.5.4")
class WritingForbidden(Origin):
    """PUT and DELETE are always answered 403."""

    STATUS = 403
    FIELDS: tuple[tuple[str, str], ...] = ()

    def check_method(self, request: Request, resource: Resource) -> None:
        super().check_method(request, resource)
        if request.method in ("PUT", "DELETE"):
            raise Refused(self.STATUS, "nobody may write", *self.FIELDS)


@permitted("RFC 9110 section 15.5.2")
class WritingNeedsCredentials(WritingForbidden):
    """PUT and DELETE are always answered 401."""

    STATUS = 401
    FIELDS = (("WWW-Authenticate", 'Bearer realm="writers"'),)


class Posting(Origin):
    """A server that has an answer to POST to any file; no choice itself."""

    STATUS = 200
    FIELDS: tuple[tuple[str, str], ...] = ()

    def methods(self, resource: Resource) -> tuple[str, ...]:
        methods = super().methods(resource)
        return methods if "POST" in methods or not resource.variants else (*methods, "POST")

    def post(self, request: Request, resource: Resource) -> Response:
        if "POST" in resource.methods:
            return super().post(request, resource)
        if self.STATUS == 204:
            return Response(204)
        return explained(self.STATUS, "That was posted", *self.FIELDS)


@permitted("RFC 9110 section 9.3.3")
class PostToFiles200(Posting):
    """POST to a file is answered 200."""


@permitted("RFC 9110 section 9.3.3")
class PostToFiles204(Posting):
    """POST to a file is answered 204."""

    STATUS = 204


@permitted("RFC 9110 section 9.3.3")
class PostToFiles303(Posting):
    """POST to a file is answered 303."""

    STATUS = 303
    FIELDS = (("Location", "/file.txt"),)


@permitted("RFC 9110 section 15.5.1")
class PostToFiles400(Posting):
    """POST to a file is answered 400."""

    STATUS = 400


@permitted("RFC 9110 section 9.3.3: like GET, as servers of files do")
class PostReadsFiles(Posting):
    """POST to a file is answered with the file."""

    def post(self, request: Request, resource: Resource) -> Response:
        if "POST" in resource.methods:
            return super().post(request, resource)
        variant = self.selected(request, resource)
        return Response(200, self.representation_fields(resource, variant), variant.content)


@permitted("RFC 9110 section 9.3.4: PUT may be a request to create in place of a page")
class FilesReplaceable(Origin):
    """Everything that can be read can be replaced, for as long as the request lasts."""

    def methods(self, resource: Resource) -> tuple[str, ...]:
        methods = super().methods(resource)
        return methods if "PUT" in methods or not resource.variants else (*methods, "PUT")

    def put(self, request: Request, resource: Resource) -> Response:
        if resource.is_stored:
            return super().put(request, resource)
        raise Refused(409, "it is being edited")


@permitted("RFC 9110 section 9.1: further methods")
class Patchable(Origin):
    """PATCH is known, and refused where its media type is none that is understood."""

    def check_expectation(self, request: Request) -> None:
        super().check_expectation(request)
        if request.method == "PATCH":
            resource = self.find(request)
            self.check_credentials(request, resource)
            raise Refused(415, "no patch format is understood", ("Accept-Patch", "application/json-patch+json"))
