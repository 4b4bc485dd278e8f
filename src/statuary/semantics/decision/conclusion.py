"""From the outcome of a performed request to its response (RFC 9110 sections 9.3 and 15)."""

from __future__ import annotations

from statuary.message.fields import FieldLine
from statuary.message.request import Request
from statuary.message.response import Whole
from statuary.semantics.decision import outcome as came
from statuary.semantics.decision.answers import Respond, refuse, retry_after
from statuary.semantics.decision.request_content import storage_full, too_large
from statuary.semantics.resource import Representation, Resource


def conclude(request: Request, resource: Resource, outcome: came.Outcome) -> Respond:
    """The response to ``request`` after it was performed on ``resource`` with ``outcome``."""
    answer = _conclude(request, resource, outcome)
    answer.question = "is_performed"
    return answer


def _conclude(request: Request, resource: Resource, outcome: came.Outcome) -> Respond:
    match outcome:
        case came.Created(location, representation, report):
            # The URI of what was created, when it isn't the target: rfc9110-9.3.3-1, 15.3.2-1
            location_field = (("Location", location),) if location is not None else ()
            return _success(request, resource, 201, "rfc9110-9.3.4-1", location_field, representation, report)
        case came.Done(representation, report):
            status = 200 if report is not None else 204
            return _success(request, resource, status, "rfc9110-9.3.4-2", (), representation, report)
        case came.Accepted(monitor, seconds):
            fields: tuple[FieldLine, ...] = (
                () if monitor is None else (("Location", monitor), ("Link", f'<{monitor}>; rel="monitor"'))
            )
            links = () if monitor is None else ((monitor, "status of the work"),)
            detail = "The request was accepted, and its work is not finished."
            return refuse(
                request, 202, "rfc9110-15.3.3-s1", detail, *fields, *resource.fields, *retry_after(seconds), links=links
            )
        case came.ResetView():
            # Content-Length: 0 ends it, for a 205 does not end at its header section: RFC 9110 section 15.3.6
            return Respond(205, (("Content-Length", "0"), *resource.fields), b"", "rfc9110-15.3.6-1")
        case came.SeeOther(location):
            links = ((location, location),)
            detail = "See another resource for the answer."
            return refuse(request, 303, "rfc9110-15.4.4", detail, ("Location", location), *resource.fields, links=links)
        case came.Malformed(detail):
            return refuse(request, 400, "rfc9110-15.5.1", detail)
        case came.Refused(detail):
            return refuse(request, 403, "rfc9110-15.5.4", detail or "This change is refused.")
        case came.Vanished():
            return refuse(request, 404, "rfc9110-15.5.5", "There is nothing here any more.")
        case came.Conflict(detail):
            return refuse(request, 409, "rfc9110-15.5.10", detail)
        case came.TooLarge():
            return too_large(request, resource)
        case came.WrongType(accept):
            field = "Accept-Patch" if request.method == "PATCH" else "Accept"
            taken = ((field, ", ".join(accept)),) if accept else ()
            return refuse(request, 415, "rfc9110-15.5.16", "Content of this type is not taken here.", *taken)
        case came.Unprocessable(detail):
            return refuse(request, 422, "rfc9110-15.5.21", detail)
        case came.StorageFull():
            return storage_full(request)
        case came.Failed():
            return failure(request)
        case came.Overtaken(answer):
            return answer


def failure(request: Request) -> Respond:
    """500, telling nothing of what went wrong: that is for the log."""
    return refuse(request, 500, "rfc9110-15.6.1", "Something went wrong on this server.")


def _success(
    request: Request,
    resource: Resource,
    status: int,
    because: str,
    fields: tuple[FieldLine, ...],
    state: Representation | None,
    report: Representation | None,
) -> Respond:
    validators = () if state is None else state.validators()
    if report is None:
        # A 201 without content still has to end: Content-Length: 0; a 204 must not have the field (rfc9110-8.6-8)
        end = (("Content-Length", "0"),) if status == 201 else ()
        return Respond(status, (*fields, *validators, *end, *resource.fields), b"", because)
    # Validators in this response are those of the new state, not of the report: RFC 9110 section 8.8
    about = tuple(line for line in report.described if line[0] not in ("ETag", "Last-Modified", "Accept-Ranges"))
    return Respond(status, (*fields, *validators, *about, *resource.fields), Whole(report), because)
