"""Interim responses, 1xx: RFC 9110 section 15.2."""

from __future__ import annotations

from statuary.status import PHRASES
from statuary.status.code import FieldRule, StatusCode

ROWS: tuple[StatusCode, ...] = (
    StatusCode(
        100,
        PHRASES[100],
        "The header section does not rule the request out: the client may send the content.",
        section="15.2.1",
        rfc2616="10.1.1",
        changed="Going on with the request is now what the client ought to do; it was a SHOULD.",
        introduced=(1997, "rfc2068"),
        content="forbidden",
        cache_rule="never-store",
        auto_retry="not-specified",
        client_action="send-body",
        note=(
            "awaited only after Expect: 100-continue; never to HTTP/1.0; a proxy may send it itself for an "
            "HTTP/1.0 next hop"
        ),
    ),
    StatusCode(
        101,
        PHRASES[101],
        "The connection switches to the protocol that the client offered.",
        section="15.2.2",
        rfc2616="10.1.2",
        changed="That switching should pay is now assumed of the server; it was a SHOULD.",
        introduced=(1997, "rfc2068"),
        required_fields=(
            FieldRule("Upgrade", "MUST"),
            FieldRule("Connection", "MUST", "with option upgrade, as for any sent Upgrade"),
        ),
        content="forbidden",
        cache_rule="never-store",
        auto_retry="not-specified",
        client_action="switch",
        note=(
            "only to a protocol the request offered; hop-by-hop; HTTP/1.1 only (HTTP/2 and HTTP/3 have no 101); "
            "follows 100 when both were asked for"
        ),
    ),
    StatusCode(
        102,
        PHRASES[102],
        "The request is still being worked on.",
        section="10.1",
        spec="rfc2518",
        introduced=(1999, "rfc2518"),
        generators=("origin",),
        content="forbidden",
        cache_rule="never-store",
        auto_retry="not-specified",
        client_action="wait",
        note="left out of rfc4918; still registered; a final response follows",
    ),
    StatusCode(
        103,
        PHRASES[103],
        "Fields that the final response will probably have, so that the client can start early.",
        section="2",
        spec="rfc8297",
        introduced=(2017, "rfc8297"),
        recommended_fields=(FieldRule("Link", "typical"),),
        content="forbidden",
        cache_rule="never-store",
        auto_retry="not-specified",
        client_action="use-hints",
        note="may come several times; its fields are guesses about the final response only",
    ),
    StatusCode(
        104,
        PHRASES[104],
        "The upload has a resource of its own, where it can be resumed if it breaks off.",
        section=None,
        spec="draft-ietf-httpbis-resumable-upload",
        introduced=(2024, "draft-ietf-httpbis-resumable-upload"),
        registry="temporary",
        generators=("origin",),
        recommended_fields=(FieldRule("Location", "typical", "the upload resource"),),
        content="forbidden",
        cache_rule="never-store",
        auto_retry="not-specified",
        client_action="wait",
        note=(
            "temporary registration of 2024-11-13, extended to 2026-11-13, for a draft still in progress; "
            "announces where an upload can be resumed"
        ),
    ),
)
