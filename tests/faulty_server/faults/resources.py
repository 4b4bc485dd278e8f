"""Methods, writing, negotiation, credentials and limits done wrongly. RFC 9110 sections 9 to 12 and 15."""

from __future__ import annotations

import gzip
import zlib
from dataclasses import replace

from ..connection import Origin
from ..message import Refused, Request, Resource, Response, Variant, explained, members
from .registry import alters, plant, replaces

# Methods: RFC 9110 sections 9.1, 9.3, 15.5.6 and 15.6.2


@replaces("check_method", "no-head", "rfc9110-9.1-1", "MUST", "HEAD gets 501")
def _(self: Origin, request: Request, resource: Resource) -> None:
    if request.method == "HEAD":
        raise Refused(501, "HEAD is not implemented")
    Origin.check_method(self, request, resource)


@replaces("methods", "no-head-405", "rfc9110-9.1-1", "MUST", "HEAD gets 405")
def _(self: Origin, resource: Resource) -> tuple[str, ...]:
    return tuple(method for method in Origin.methods(self, resource) if method != "HEAD")


@replaces("check_expectation", "method-unknown-405", "rfc9110-9.1-3", "SHOULD", "An unknown method gets 405")
def _(self: Origin, request: Request) -> None:
    if request.method not in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE"):
        raise Refused(405, "not allowed", ("Allow", "GET, HEAD"))
    Origin.check_expectation(self, request)


@replaces("check_expectation", "method-unknown-as-get", "rfc9110-9.1-3", "SHOULD", "An unknown method is taken for GET")
def _(self: Origin, request: Request) -> None:
    if request.method not in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT"):
        request.method = "GET"
    Origin.check_expectation(self, request)


@replaces("request_line", "method-case", "rfc9110-9.1-3", "SHOULD", "get is taken for GET")
def _(self: Origin, line: bytes) -> tuple[str, str, tuple[int, int]]:
    method, target, version = Origin.request_line(self, line)
    return method.upper(), target, version


@replaces("request_line", "method-long-400", "rfc9112-3-2", "SHOULD", "A method longer than any known gets 400")
def _(self: Origin, line: bytes) -> tuple[str, str, tuple[int, int]]:
    if len(line.partition(b" ")[0]) > 20:
        raise Refused(400, "not a method", closes=True)
    return Origin.request_line(self, line)


@replaces("check_method", "not-allowed-404", "rfc9110-9.1-4", "SHOULD", "A known method that isn't allowed gets 404")
def _(self: Origin, request: Request, resource: Resource) -> None:
    if request.method not in self.methods(resource):
        raise Refused(404, "nothing is here")


@replaces(
    "check_method", "not-allowed-as-get", "rfc9110-9.1-4", "SHOULD", "POST, PUT and DELETE to a page are taken for GET"
)
def _(self: Origin, request: Request, resource: Resource) -> None:
    if request.method in ("POST", "PUT", "DELETE") and request.method not in self.methods(resource):
        request.method = "GET"
    Origin.check_method(self, request, resource)


@replaces("get", "head-differs", "rfc9110-9.3.2-2", "SHOULD", "HEAD gets 204 without the fields of GET")
def _(self: Origin, request: Request, resource: Resource) -> Response:
    return Response(204) if request.method == "HEAD" else Origin.get(self, request, resource)


@alters("head-other-type", "rfc9110-9.3.2-2", "SHOULD", "HEAD gets another Content-Type than GET")
def _(request: Request, response: Response) -> None:
    if request.method == "HEAD" and response.status == 200:
        response.set("Content-Type", "application/octet-stream")


@replaces("trace", "trace-without-content", "rfc9110-9.3.8-1", "SHOULD", "TRACE reflects nothing", traces=True)
def _(self: Origin, request: Request) -> Response:
    return Response(200, [("Content-Type", "message/http")])


@replaces("trace", "trace-secrets", "rfc9110-9.3.8-3", "SHOULD", "TRACE reflects credentials and cookies", traces=True)
def _(self: Origin, request: Request) -> Response:
    return Response(200, [("Content-Type", "message/http")], request.head)


# PUT, POST, DELETE: RFC 9110 sections 9.3.3 to 9.3.5


@replaces("put", "put-created-200", "rfc9110-9.3.4-1", "MUST", "PUT that creates gets 200")
def _(self: Origin, request: Request, resource: Resource) -> Response:
    response = Origin.put(self, request, resource)
    return explained(200, "Stored") if response.status == 201 else response


@replaces("put", "put-created-204", "rfc9110-9.3.4-1", "MUST", "PUT that creates gets 204")
def _(self: Origin, request: Request, resource: Resource) -> Response:
    Origin.put(self, request, resource)
    return Response(204)


@replaces("put", "put-replaced-201", "rfc9110-9.3.4-2", "MUST", "PUT that replaces gets 201")
def _(self: Origin, request: Request, resource: Resource) -> Response:
    Origin.put(self, request, resource)
    return explained(201, "Stored", ("Location", request.path))


@replaces("put", "put-replaced-303", "rfc9110-9.3.4-2", "MUST", "PUT that replaces gets 303")
def _(self: Origin, request: Request, resource: Resource) -> Response:
    response = Origin.put(self, request, resource)
    return explained(303, "Stored", ("Location", request.path)) if resource.variants else response


@replaces("put", "put-not-stored", "rfc9110-9.3.4-2", "MUST", "PUT that replaces stores nothing")
def _(self: Origin, request: Request, resource: Resource) -> Response:
    return Response(204) if resource.variants else Origin.put(self, request, resource)


@replaces("put", "put-appends", "rfc9110-9.3.4-2", "MUST", "PUT appends to what was there")
def _(self: Origin, request: Request, resource: Resource) -> Response:
    before = resource.variants[0].content if resource.variants else b""
    request.content = before + request.content
    response = Origin.put(self, request, resource)
    response.drop("ETag")
    return response


@replaces(
    "put",
    "put-changed-with-etag",
    "rfc9110-9.3.4-6",
    "MUST NOT",
    "Content is changed while it is stored, and PUT gets its ETag",
)
def _(self: Origin, request: Request, resource: Resource) -> Response:
    request.content += b"\nStored by a server\n"
    return Origin.put(self, request, resource)


@replaces("put", "put-old-etag", "rfc9110-9.3.4-6", "MUST NOT", "PUT that replaces gets the ETag of what was replaced")
def _(self: Origin, request: Request, resource: Resource) -> Response:
    response = Origin.put(self, request, resource)
    if resource.variants:
        response.set("ETag", resource.variants[0].etag or "")
    return response


@replaces("put", "put-other-etag", "rfc9110-9.3.4-6", "MUST NOT", "PUT gets an ETag that no GET gets")
def _(self: Origin, request: Request, resource: Resource) -> Response:
    response = Origin.put(self, request, resource)
    response.set("ETag", '"stored"')
    return response


@replaces(
    "check_put",
    "put-content-range-stored",
    "rfc9110-14.5-1",
    "SHOULD",
    "PUT with Content-Range replaces the whole by the part",
)
def _(self: Origin, request: Request) -> None:
    request.fields = [(key, value) for key, value in request.fields if key.lower() != "content-range"]
    Origin.check_put(self, request)


@replaces("check_put", "put-without-parent-500", "rfc9110-9.3.4-4", "SHOULD", "PUT below what doesn't exist gets 500")
def _(self: Origin, request: Request) -> None:
    try:
        Origin.check_put(self, request)
    except Refused as refused:
        raise Refused(500, "no such directory") if refused.response.status == 409 else refused from None


@replaces(
    "check_content", "put-any-type", "rfc9110-9.3.4-3", "SHOULD", "PUT takes any media type where only one is allowed"
)
def _(self: Origin, request: Request, resource: Resource) -> None:
    Origin.check_content(self, request, replace(resource, takes=()))


@replaces(
    "check_content",
    "put-coded-as-it-is",
    "rfc9110-9.3.4-3",
    "SHOULD",
    "PUT of compressed content is stored as if it weren't",
)
def _(self: Origin, request: Request, resource: Resource) -> None:
    request.fields = [(key, value) for key, value in request.fields if key.lower() != "content-encoding"]
    Origin.check_content(self, request, resource)


@replaces("put", "content-location-obeyed", "rfc9110-8.7-4", "MUST NOT", "PUT stores where Content-Location says")
def _(self: Origin, request: Request, resource: Resource) -> Response:
    if elsewhere := request.get("Content-Location"):
        self.world.store(elsewhere, replace(resource, is_stored=True), request.content, "text/plain")
        return explained(201, "Stored elsewhere")
    return Origin.put(self, request, resource)


@replaces("delete", "delete-not-done", "rfc9110-9.3.5-s1", "STATED", "DELETE gets 204, and the resource stays")
def _(self: Origin, request: Request, resource: Resource) -> Response:
    return Response(204)


@replaces("delete", "delete-201", "rfc9110-9.3.5-1", "SHOULD", "DELETE gets 201")
def _(self: Origin, request: Request, resource: Resource) -> Response:
    Origin.delete(self, request, resource)
    return explained(201, "Deleted")


@replaces("find", "delete-missing-204", "rfc9110-15.5.5-s1", "STATED", "GET of what was deleted gets 204")
def _(self: Origin, request: Request) -> Resource:
    resource = self.world.find(request.path)
    if request.method == "GET" and resource and resource.is_stored and not resource.variants:
        raise Refused(204, "")
    return Origin.find(self, request)


@replaces(
    "post", "post-created-without-location", "rfc9110-9.3.3-1", "SHOULD", "POST that creates gets 201 without Location"
)
def _(self: Origin, request: Request, resource: Resource) -> Response:
    response = Origin.post(self, request, resource)
    if response.status == 201:
        response.drop("Location")
    return response


@replaces("altered", "post-303-without-location", "rfc9110-15.4.4-s1", "STATED", "303 has no Location")
def _(self: Origin, request: Request | None, response: Response) -> None:
    if response.status == 303:
        response.drop("Location")


# Credentials: RFC 9110 section 11


@replaces("check_credentials", "wrong-password-403", "rfc9110-11.4-1", "SHOULD", "A wrong password gets 403")
def _(self: Origin, request: Request, resource: Resource) -> None:
    try:
        Origin.check_credentials(self, request, resource)
    except Refused:
        if request.lines("Authorization"):
            raise Refused(403, "wrong password") from None
        raise


@replaces(
    "check_credentials",
    "wrong-password-without-challenge",
    "rfc9110-11.6.1-1",
    "MUST",
    "401 to a wrong password has no challenge",
)
def _(self: Origin, request: Request, resource: Resource) -> None:
    try:
        Origin.check_credentials(self, request, resource)
    except Refused as refused:
        if request.lines("Authorization"):
            refused.response.drop("WWW-Authenticate")
        raise


@replaces("check_credentials", "any-password", "rfc9110-11.4-1", "SHOULD", "Any credentials open what is protected")
def _(self: Origin, request: Request, resource: Resource) -> None:
    if not request.lines("Authorization"):
        Origin.check_credentials(self, request, resource)


@replaces(
    "check_credentials",
    "partial-credentials-500",
    "rfc9110-11.4-1",
    "SHOULD",
    "Credentials that can't be decoded get 500",
)
def _(self: Origin, request: Request, resource: Resource) -> None:
    token = (request.get("Authorization") or "").partition(" ")[2]
    if request.lines("Authorization") and len(token) % 4:
        raise Refused(500, "decoding failed")
    Origin.check_credentials(self, request, resource)


@replaces("check_credentials", "from-opens", "rfc9110-10.1.2-3", "SHOULD NOT", "From opens what is protected")
def _(self: Origin, request: Request, resource: Resource) -> None:
    if not request.lines("From"):
        Origin.check_credentials(self, request, resource)


@replaces(
    "check_credentials", "put-unprotected", "rfc9110-11.4-1", "SHOULD", "HEAD of what is protected needs no password"
)
def _(self: Origin, request: Request, resource: Resource) -> None:
    if request.method != "HEAD":
        Origin.check_credentials(self, request, resource)


# Negotiation: RFC 9110 section 12


@alters("no-vary", "rfc9110-12.5.5-3", "SHOULD", "What was negotiated has no Vary")
def _(request: Request, response: Response) -> None:
    response.drop("Vary")


@alters("vary-without-encoding", "rfc9110-12.5.5-3", "SHOULD", "Vary doesn't name Accept-Encoding")
def _(request: Request, response: Response) -> None:
    if response.get("Vary"):
        response.set("Vary", "Accept, Accept-Language")


@alters("no-content-encoding", "rfc9110-8.4-1", "MUST", "Compressed content isn't labelled")
def _(request: Request, response: Response) -> None:
    response.drop("Content-Encoding")


@replaces("q", "weight-first-parameter", "rfc9110-12.5.1-2", "SHOULD", "A weight counts only as the first parameter")
def _(self: Origin, parameters: list[str]) -> float:
    return Origin.q(self, parameters[:1])


@replaces("q", "weight-ignored", "rfc9110-12.5.1-2", "SHOULD", "Weights are ignored")
def _(self: Origin, parameters: list[str]) -> float:
    return 1.0


@replaces("q", "weight-zero-ignored", "rfc9110-12.5.3-2", "SHOULD", "A weight of 0 counts as a small one")
def _(self: Origin, parameters: list[str]) -> float:
    return Origin.q(self, parameters) or 0.1


@replaces(
    "selected",
    "coding-always",
    "rfc9110-12.5.3-2",
    "SHOULD",
    "Compressed content is sent whatever Accept-Encoding says",
)
def _(self: Origin, request: Request, resource: Resource) -> Variant:
    variant = Origin.selected(self, request, resource)
    coded = [one for one in resource.variants if one.coding and one.location == variant.location]
    return coded[0] if coded else variant


@replaces(
    "selected",
    "coding-unknown-406",
    "rfc9110-12.5.3-2",
    "SHOULD",
    "406 where no coding of Accept-Encoding is available",
)
def _(self: Origin, request: Request, resource: Resource) -> Variant:
    wanted = {member.partition(";")[0].strip().lower() for member in members(request.get("Accept-Encoding"))}
    if len(resource.variants) > 1 and wanted and not wanted & {"gzip", "identity", "*"}:
        raise Refused(406, "only gzip is there", ("Vary", "Accept-Encoding"))
    return Origin.selected(self, request, resource)


@replaces("selected", "406-as-500", "rfc9110-15.5.7-s1", "STATED", "Where nothing is acceptable, 500 is sent")
def _(self: Origin, request: Request, resource: Resource) -> Variant:
    try:
        return Origin.selected(self, request, resource)
    except Refused:
        raise Refused(500, "no variant") from None


# Statuses and limits: RFC 9110 section 15


@replaces("find", "404-as-200", "rfc9110-15.5.5-s1", "STATED", "What doesn't exist gets 200 and an apology")
def _(self: Origin, request: Request) -> Resource:
    try:
        return Origin.find(self, request)
    except Refused:
        if request.method in ("GET", "HEAD"):
            raise Refused(200, "Sorry, nothing is here") from None
        raise


@replaces("find", "404-as-500", "rfc9110-15.5.5-s1", "STATED", "What doesn't exist gets 500")
def _(self: Origin, request: Request) -> Resource:
    try:
        return Origin.find(self, request)
    except Refused:
        raise Refused(500, "no such file") from None


@replaces(
    "answer_with_status",
    "redirect-loses-put",
    "rfc9110-9.3.4-8",
    "MUST",
    "PUT to what has moved is applied to the new place",
)
def _(self: Origin, request: Request, resource: Resource) -> None:
    if request.method == "PUT" and resource.location:
        raise Refused(204, "")
    Origin.answer_with_status(self, request, resource)


@replaces("check_content", "411-as-400", "rfc9110-15.5.12-s1", "STATED", "Where a length is required 400 is sent")
def _(self: Origin, request: Request, resource: Resource) -> None:
    try:
        Origin.check_content(self, request, resource)
    except Refused as refused:
        raise Refused(400, "no length") if refused.response.status == 411 else refused from None


@replaces("check_content", "413-as-500", "rfc9110-15.5.14-s1", "STATED", "Content above the limit gets 500")
def _(self: Origin, request: Request, resource: Resource) -> None:
    try:
        Origin.check_content(self, request, resource)
    except Refused as refused:
        raise Refused(500, "too large") if refused.response.status == 413 else refused from None


def _cut(self: Origin, request: Request, resource: Resource) -> None:
    request.content = request.content[: resource.limit]
    Origin.check_received(self, request, resource)


plant(
    "limit-cut",
    "rfc9110-15.5.14-s1",
    "STATED",
    "Content above the limit is cut off there, and stored",
    check_content=lambda self, request, resource: Origin.check_content(self, request, replace(resource, limit=10**7)),
    check_received=_cut,
)


plant(
    "421-never",
    "rfc9110-15.5.20-s1",
    "STATED",
    "A foreign authority is served",
    check_authority=lambda self, request: None,
)
plant(
    "early-data-served",
    "rfc8470-5.1-5",
    "MUST",
    "Early data with an unsafe method is acted upon",
    check_early_data=lambda self, request: None,
)


@replaces(
    "put",
    "put-keeps-fields",
    "rfc9110-9.3.4-5",
    "SHOULD",
    "Unknown fields of a PUT are stored, and sent with what was stored",
)
def _(self: Origin, request: Request, resource: Resource) -> Response:
    response = Origin.put(self, request, resource)
    known = ("host", "content-length", "content-type", "connection", "transfer-encoding", "expect", "accept")
    kept = tuple(pair for pair in request.fields if pair[0].lower() not in known and not pair[0].startswith("If-"))
    self.world.resources[request.path] = replace(self.world.resources[request.path], fields=kept)
    return response


@alters("gzip-is-zlib", "rfc9110-8.4-1", "MUST", "What Content-Encoding calls gzip is zlib")
def _(request: Request, response: Response) -> None:
    if response.get("Content-Encoding") == "gzip" and response.status == 200 and request.method == "GET":
        response.content = zlib.compress(gzip.decompress(response.content))
        response.set("Content-Length", str(len(response.content)))


@alters("gzip-is-called-br", "rfc9110-8.4-1", "MUST", "Content-Encoding of gzip says br")
def _(request: Request, response: Response) -> None:
    if response.get("Content-Encoding") == "gzip":
        response.set("Content-Encoding", "br")


@replaces("q", "weight-small-is-none", "rfc9110-15.5.7-s1", "STATED", "A weight below 0.01 is taken for 0")
def _(self: Origin, parameters: list[str]) -> float:
    weight = Origin.q(self, parameters)
    return 0.0 if weight < 0.01 else weight


@replaces("weight", "any-subtype-unknown", "rfc9110-15.5.7-s1", "STATED", "text/* is nothing that Accept can say")
def _(self: Origin, value: str | None, *names: str, unnamed: float = 0.0) -> float:
    return Origin.weight(
        self, value, *(name for name in names if not name.endswith("/*") or name == "*/*"), unnamed=unnamed
    )


@alters("redirect-head-length", "rfc9110-8.6-4", "MUST NOT", "HEAD of what is redirected has Content-Length: 0")
def _(request: Request, response: Response) -> None:
    if request.method == "HEAD" and response.status in (301, 302, 307, 308):
        response.set("Content-Length", "0")
