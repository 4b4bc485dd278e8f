"""Questions about the selected representation: which one, has it changed, and how much of it is wanted?

These come last. If anything before them refused the request, preconditions and ranges count for nothing: rfc9110-13.2.1-2.
"""

from __future__ import annotations

from statuary.fields.grammar import Invalid
from statuary.fields.ranges import parse_range
from statuary.message.fields import FieldLine, Fields
from statuary.message.request import Request
from statuary.message.response import Content, Part, Response, Whole
from statuary.semantics.decision.answers import Respond, refuse
from statuary.semantics.negotiation import accepts_uncoded, rank
from statuary.semantics.preconditions import evaluate, if_range_holds
from statuary.semantics.ranges import content_range, multipart, satisfiable_spans
from statuary.semantics.resource import Representation, Resource, kept_by_304

READS = frozenset({"GET", "HEAD"})


def select(request: Request, resource: Resource) -> Representation | Respond | None:
    """The representation that the request selects, or a 300 or 406 if there is none; None where nothing is represented."""
    variants = resource.variants
    if not variants:
        return None
    if (
        len(variants) == 1
        and variants[0].coding is None
        and accepts_uncoded(request.fields.by_name.get("accept-encoding", ""))
    ):
        return variants[0]
    ranked = rank(variants, request.fields)
    if not ranked:
        # What a change applies to is not a matter of what its sender would like to be sent
        return _not_acceptable(request, resource) if request.method in READS else variants[0]
    best = ranked[0][0]
    equals = [variant for quality, variant in ranked if quality == best]
    if len(equals) > 1 and resource.prefers_choice and request.method in READS:
        return _choices(request, resource, equals)
    return equals[0]


def _choices(request: Request, resource: Resource, variants: list[Representation]) -> Respond:
    # A list from which the user or user agent picks: rfc9110-15.4.1-1, and the server's own choice in Location, if any
    detail = "This comes in several forms, and the request prefers none of them."
    answer = refuse(request, 300, "rfc9110-15.4.1", detail, *_vary(resource), links=_links(variants))
    alternates = tuple(
        ("Link", f'<{variant.location}>; rel="alternate"{_described(variant)}')
        for variant in variants
        if variant.location
    )
    answer.fields = alternates + answer.fields
    return answer


def _described(variant: Representation) -> str:
    # A hint, so without the parameters, which may have quotes of their own: RFC 8288 section 3.4.1
    essence = (variant.media_type or "").partition(";")[0].rstrip()
    kind = f'; type="{essence}"' if essence else ""
    return kind + (f'; hreflang="{variant.language}"' if variant.language else "")


def _links(variants: list[Representation]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (variant.location, ", ".join(filter(None, (variant.media_type, variant.language, variant.coding))))
        for variant in variants
        if variant.location
    )


def _not_acceptable(request: Request, resource: Resource) -> Respond:
    # What there is, to choose from: rfc9110-15.5.7-1
    detail = "None of the forms in which this exists is acceptable to the request."
    answer = refuse(request, 406, "rfc9110-15.5.7", detail, links=_links(list(resource.variants)))
    varies = ", ".join(dict.fromkeys(("Accept", *(resource.varies_by or ("Accept-Encoding",)))))
    answer.fields = tuple(("Vary", varies) if name == "Vary" else (name, value) for name, value in answer.fields)
    return answer


def is_precondition_true(
    request: Request, resource: Resource, selected: Representation | None, now: int
) -> Respond | None:
    status = evaluate(request, selected, now)
    if status is None:
        return None
    if status == 304 and selected is not None:
        fields = selected.described_in_cache + _vary(resource) + kept_by_304(resource.fields)
        return Respond(304, fields, None, "rfc9110-13.2.2-1")
    return refuse(request, 412, "rfc9110-13.2.2-1", "The resource is not in the state that the request requires.")


def is_part_wanted(request: Request, resource: Resource, selected: Representation | None, now: int) -> Respond | None:
    # Range is for GET alone (rfc9110-14.2-2), and for what has ranges
    if "range" not in request.fields.by_name or request.method != "GET" or selected is None:
        return None
    if not selected.has_ranges or selected.length is None:
        return None
    ranges = parse_range(request.fields.get("range"))
    if ranges is None or isinstance(ranges, Invalid):
        return None
    if not if_range_holds(request.fields.get("if-range"), selected, now):
        return None
    spans = satisfiable_spans(ranges, selected.length)
    if spans is None:
        return None
    if not spans:
        length = ("Content-Range", content_range(None, selected.length))
        return refuse(request, 416, "rfc9110-14.2-10", f"There are only {selected.length} octets here.", length)
    resumed = "if-range" in request.fields
    if len(spans) > 1:
        media_type, parts = multipart(selected, spans, now)
        fields = (("Content-Type", media_type), *_part_fields(selected, resource, parts.length, resumed))
        return Respond(206, fields, parts, "rfc9110-15.3.7.2")
    first, last = spans[0]
    fields = (
        *_part_fields(selected, resource, last - first + 1, resumed),
        ("Content-Range", content_range(spans[0], selected.length)),
    )
    if selected.media_type is not None and not resumed:
        fields = (("Content-Type", selected.media_type), *fields)
    return Respond(206, fields, Part(selected, first, last), "rfc9110-15.3.7.1")


def _part_fields(selected: Representation, resource: Resource, length: int, resumed: bool) -> tuple[FieldLine, ...]:
    # All representation fields of the 200 (rfc9110-15.3.7-4), but to If-Range, which shows that the client has them
    # already, only what a 304 would repeat (rfc9110-15.3.7-2 and -3)
    if resumed:
        about, general = selected.described_in_cache, kept_by_304(resource.fields)
    else:
        about, general = selected.described_in_part, resource.fields
    return (("Content-Length", str(length)), *about, *_vary(resource), *general)


def is_found(request: Request, resource: Resource, selected: Representation | None, now: int) -> Respond | None:
    if request.method not in READS:
        return None
    if selected is None:
        return Respond(204, (*_vary(resource), *resource.fields), None, "rfc9110-15.3.5")
    content: Content = None if request.method == "HEAD" else Whole(selected)
    return Respond(200, found_fields(selected, resource), content, "rfc9110-15.3.1", interim=_hints(request, resource))


def found_fields(selected: Representation, resource: Resource) -> tuple[FieldLine, ...]:
    """The fields of a 200 to GET or HEAD (RFC 9110 sections 8 and 15.3.1)."""
    return selected.described + _vary(resource) + resource.fields


def _vary(resource: Resource) -> tuple[FieldLine, ...]:
    # rfc9110-12.5.5-3
    return (("Vary", ", ".join(resource.varies_by)),) if resource.varies_by else ()


def _hints(request: Request, resource: Resource) -> tuple[Response, ...]:
    # No 1xx to HTTP/1.0: rfc9110-15.2-1
    if not resource.hints or request.version < (1, 1):
        return ()
    return (Response(103, Fields(("Link", hint) for hint in resource.hints)),)
