"""2xx, the request succeeded: RFC 9110 section 15.3."""

from __future__ import annotations

from statuary.status import PHRASES
from statuary.status.code import FieldRule, StatusCode

ROWS: tuple[StatusCode, ...] = (
    StatusCode(
        200,
        PHRASES[200],
        "The request succeeded.",
        section="15.3.1",
        rfc2616="10.2.1",
        changed="What the content stands for is now also said for PUT, DELETE and OPTIONS.",
        introduced=(1996, "rfc1945"),
        recommended_fields=(
            FieldRule("ETag", "SHOULD", "GET or HEAD and available"),
            FieldRule("Last-Modified", "SHOULD", "GET or HEAD and available"),
        ),
        content="expected",
        cache_rule="heuristic",
        client_action="deliver",
        note="content may be of zero length; to CONNECT it has none and opens a tunnel",
    ),
    StatusCode(
        201,
        PHRASES[201],
        "The request created one or more resources.",
        section="15.3.2",
        rfc2616="10.2.2",
        changed=(
            "A list of locations in the content is no longer a SHOULD; without Location the target URI itself "
            "was created."
        ),
        introduced=(1996, "rfc1945"),
        generators=("origin",),
        recommended_fields=(
            FieldRule("Location", "SHOULD", "POST that created something; otherwise the target URI is meant"),
            FieldRule("ETag", "MAY", "validators of the new state"),
        ),
        content="typical",
        client_action="deliver",
        note="PUT that created must use 201; to PUT validators only if content was stored unchanged",
    ),
    StatusCode(
        202,
        PHRASES[202],
        "The request was accepted; its work is not finished and may yet fail.",
        section="15.3.3",
        rfc2616="10.2.3",
        changed="Describing the state and pointing to a monitor went from SHOULD to ought to.",
        introduced=(1996, "rfc1945"),
        generators=("origin",),
        content="typical",
        client_action="monitor",
        note="content ought to give status and a monitor",
    ),
    StatusCode(
        203,
        PHRASES[203],
        "A 200 whose content a proxy has transformed on the way.",
        section="15.3.4",
        rfc2616="10.2.4",
        changed="Reserved for proxies that transformed a 200; any local or third-party copy could use it before.",
        introduced=(1997, "rfc2068"),
        generators=("proxy",),
        content="expected",
        cache_rule="heuristic",
        client_action="deliver",
        note="a 200 transformed by a proxy; rfc2616 let any third-party copy use it",
    ),
    StatusCode(
        204,
        PHRASES[204],
        "The request succeeded, and there is nothing to show.",
        section="15.3.5",
        rfc2616="10.2.5",
        changed="Now heuristically cacheable; keeping the current view is no longer put as a SHOULD NOT.",
        introduced=(1996, "rfc1945"),
        recommended_fields=(FieldRule("ETag", "MAY", "new state after the action"),),
        content="forbidden",
        cache_rule="heuristic",
        client_action="stay",
        note="no Content-Length and no Transfer-Encoding",
    ),
    StatusCode(
        205,
        PHRASES[205],
        "The request succeeded; clear the form or view that sent it.",
        section="15.3.6",
        rfc2616="10.2.6",
        changed="Resetting the view is now the server's wish; it was a SHOULD for the user agent.",
        introduced=(1997, "rfc2068"),
        generators=("origin",),
        content="forbidden",
        client_action="reset-view",
        note=(
            "not among the codes that end at the header section: must be framed as zero-length (Content-Length: "
            "0, empty chunked, or close)"
        ),
    ),
    StatusCode(
        206,
        PHRASES[206],
        "The parts of the representation that the request asked for.",
        section="15.3.7",
        rfc2616="10.2.7",
        changed="Expires, Cache-Control and Vary are now sent whenever the 200 would have them, changed or not.",
        introduced=(1997, "rfc2068"),
        required_fields=(
            FieldRule("Content-Range", "MUST", "single part; and inside each part of several"),
            FieldRule("Content-Type", "MUST", "multipart/byteranges with boundary when several parts"),
            FieldRule("Date", "MUST", "the 200 would have had it"),
            FieldRule("Cache-Control", "MUST", "the 200 would have had it"),
            FieldRule("ETag", "MUST", "the 200 would have had it"),
            FieldRule("Expires", "MUST", "the 200 would have had it"),
            FieldRule("Content-Location", "MUST", "the 200 would have had it"),
            FieldRule("Vary", "MUST", "the 200 would have had it"),
        ),
        content="required",
        cache_rule="partial",
        client_action="combine",
        note=(
            "only to GET with Range; no Content-Range in the header section of a multipart one; no multipart to "
            "a single-range request; stored only by caches that support ranges"
        ),
    ),
    StatusCode(
        207,
        PHRASES[207],
        "Several outcomes, one for each resource concerned, listed in the content.",
        section="11.1",
        spec="rfc4918",
        introduced=(1999, "rfc2518"),
        generators=("origin",),
        content="required",
        client_action="inspect-parts",
        note="XML multistatus body; success or failure stands inside",
    ),
    StatusCode(
        208,
        PHRASES[208],
        "The members of this collection were already listed under another name.",
        section="7.1",
        spec="rfc5842",
        introduced=(2010, "rfc5842"),
        generators=("origin",),
        content="expected",
        client_action="inspect-parts",
        note=(
            "stands inside a 207 body, not as the status of a response; only to a client that sent DAV: bind, "
            "others get 508"
        ),
    ),
    StatusCode(
        226,
        PHRASES[226],
        "Not the resource itself but its changes, or another manipulation the client accepts.",
        section="10.4.1",
        spec="rfc3229",
        introduced=(2002, "rfc3229"),
        required_fields=(FieldRule("ETag", "MUST"),),
        recommended_fields=(FieldRule("IM", "typical"), FieldRule("Delta-Base", "typical")),
        content="expected",
        cache_rule="only-if-understood",
        client_action="combine",
        note="only to a request with A-IM",
    ),
)
