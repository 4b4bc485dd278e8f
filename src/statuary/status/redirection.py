"""3xx, something is left to do: RFC 9110 section 15.4."""

from __future__ import annotations

from statuary.status import PHRASES
from statuary.status.code import FieldRule, Redirect, StatusCode

ROWS: tuple[StatusCode, ...] = (
    StatusCode(
        300,
        PHRASES[300],
        "There are several representations, and the server leaves the choice to the client.",
        section="15.4.1",
        rfc2616="10.3.1",
        introduced=(1996, "rfc1945"),
        generators=("origin",),
        recommended_fields=(FieldRule("Location", "SHOULD", "server has a preferred choice"),),
        cache_rule="heuristic",
        redirect=Redirect("optional", "unspecified"),
        client_action="choose",
        note="content lists the choices (not to HEAD); an unknown 3xx is treated as 300",
    ),
    StatusCode(
        301,
        PHRASES[301],
        "The resource has a new URI for good.",
        section="15.4.2",
        rfc2616="10.3.2",
        changed=(
            "A POST may be followed with GET; before, anything but GET and HEAD needed the user's consent. "
            "Re-linking is left to trusted editors."
        ),
        introduced=(1996, "rfc1945"),
        recommended_fields=(FieldRule("Location", "SHOULD"),),
        content="typical",
        cache_rule="heuristic",
        redirect=Redirect("recommended", "may-change-post-to-get", relink=True),
        client_action="redirect-post-to-get-allowed",
        also=("relink",),
    ),
    StatusCode(
        302,
        PHRASES[302],
        "The resource is at another URI for the time being.",
        section="15.4.3",
        rfc2616="10.3.3",
        changed="A POST may be followed with GET; before, anything but GET and HEAD needed the user's consent.",
        introduced=(1996, "rfc1945"),
        older_phrases=(("rfc1945", "Moved Temporarily"), ("rfc2068", "Moved Temporarily")),
        recommended_fields=(FieldRule("Location", "SHOULD"),),
        content="typical",
        redirect=Redirect("recommended", "may-change-post-to-get"),
        client_action="redirect-post-to-get-allowed",
    ),
    StatusCode(
        303,
        PHRASES[303],
        "The answer to this request is found at another resource.",
        section="15.4.4",
        rfc2616="10.3.4",
        changed=(
            "Applies to every method and allows HEAD; caching it is no longer forbidden, and Location no longer "
            "a SHOULD."
        ),
        introduced=(1997, "rfc2068"),
        recommended_fields=(FieldRule("Location", "stated", "the redirect target; SHOULD in rfc2616"),),
        content="typical",
        redirect=Redirect("expected", "get-or-head"),
        client_action="redirect-get",
        note="the new URI does not stand for the target; rfc2616 forbade caching it, rfc9110 does not",
    ),
    StatusCode(
        304,
        PHRASES[304],
        "The client's stored copy is still good.",
        section="15.4.5",
        rfc2616="10.3.5",
        changed="Answers HEAD too; which fields it carries follows the 200, not the kind of validator.",
        introduced=(1996, "rfc1945"),
        required_fields=(
            FieldRule("Date", "MUST", "the 200 would have had it"),
            FieldRule("ETag", "MUST", "the 200 would have had it"),
            FieldRule("Content-Location", "MUST", "the 200 would have had it"),
            FieldRule("Vary", "MUST", "the 200 would have had it"),
            FieldRule("Cache-Control", "MUST", "the 200 would have had it"),
            FieldRule("Expires", "MUST", "the 200 would have had it"),
        ),
        recommended_fields=(FieldRule("Last-Modified", "MAY", "no ETag, to guide cache updates"),),
        content="forbidden",
        cache_rule="updates-stored",
        client_action="use-cached",
        note=(
            "only to conditional GET or HEAD; other representation metadata SHOULD be left out; may carry a "
            "Content-Length equal to that of the 200"
        ),
    ),
    StatusCode(
        305,
        PHRASES[305],
        "The resource had to be fetched through a proxy named in the response.",
        section="15.4.6",
        rfc2616="10.3.6",
        changed="Deprecated as unsafe; before, the client repeated this one request through the proxy in Location.",
        introduced=(1997, "rfc2068"),
        registry="deprecated",
        generators=("origin",),
        content="optional",
        note=(
            "deprecated for security reasons (rfc7231 appendix B); rfc2616 had Location name the proxy and only "
            "origins generate it; do not follow"
        ),
    ),
    StatusCode(
        306,
        PHRASES[306],
        "Reserved; it once told the client to switch to another proxy.",
        section="15.4.7",
        rfc2616="10.3.7",
        introduced=(1999, "rfc2616"),
        registry="unused",
        generators=(),
        content="optional",
        note="used in an early draft (switch proxy); reserved since rfc2616; do not generate",
    ),
    StatusCode(
        307,
        PHRASES[307],
        "The resource is at another URI for the time being; repeat the request there unchanged.",
        section="15.4.8",
        rfc2616="10.3.8",
        changed="The method must stay; before, anything but GET and HEAD needed the user's consent.",
        introduced=(1999, "rfc2616"),
        recommended_fields=(FieldRule("Location", "SHOULD"),),
        content="typical",
        redirect=Redirect("recommended", "keep"),
        client_action="redirect-same-method",
    ),
    StatusCode(
        308,
        PHRASES[308],
        "The resource has a new URI for good; repeat the request there unchanged.",
        section="15.4.9",
        introduced=(2014, "rfc7238"),
        recommended_fields=(FieldRule("Location", "SHOULD"),),
        content="typical",
        cache_rule="heuristic",
        redirect=Redirect("recommended", "keep", relink=True),
        client_action="redirect-same-method",
        also=("relink",),
        note="rfc7538 (2015) before rfc9110; that the method stays is stated, not put as MUST NOT as for 307",
    ),
)
