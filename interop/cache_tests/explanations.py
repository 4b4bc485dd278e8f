"""Why our own cache does not do what a test would like it to: by the test's name."""

from __future__ import annotations

_CLOSED = (
    "where the server closes the connection ours answers 502, which can't have the number that the test looks for; it counts "
    "only for caches that use what is stale and has no validator then, and ours does not"
)
_PARTS = "only whole responses are stored; parts are served from them"

EXPLAINED: dict[str, str] = {
    "stale-close-must-revalidate": _CLOSED,
    "stale-close-proxy-revalidate": _CLOSED,
    "stale-close-no-cache": _CLOSED,
    "stale-close-s-maxage=2": _CLOSED,
    "headers-store-Transfer-Encoding": "a response with a transfer coding that does not exist can't be delimited: it is "
    "answered with 502 (RFC 9112 section 6.1)",
    "304-etag-update-response-ETag": "a 304 with another strong entity tag is about another response, and must not be used "
    "(RFC 9111 section 4.3.4); the request is sent again without condition, which the test's server answers with 999",
    "vary-normalise-lang-order": "order may mean preference (RFC 9110 section 12.5.4)",
    "vary-normalise-lang-select": "which language a server would choose is its own affair",
    "conditional-lm-fresh-no-lm": "Date is later than If-Modified-Since: it may have been modified since then "
    "(RFC 9111 section 4.3.2)",
    "partial-store-partial-reuse-partial": _PARTS,
    "partial-store-partial-reuse-partial-byterange": _PARTS,
    "partial-store-partial-reuse-partial-absent": _PARTS,
    "partial-store-partial-reuse-partial-suffix": _PARTS,
    "partial-store-partial-complete": _PARTS,
}
