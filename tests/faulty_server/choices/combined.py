"""Servers that make several choices at once, as real ones do."""

from __future__ import annotations

from . import connections, methods, ranges, requests, resources, validators
from .registry import together

TOGETHER = (validators, ranges, methods, connections, requests, resources)
"""Where the choices are listed that are put together here."""

together(
    "small-device",
    "no-clock",
    "no-ranges",
    "no-validators",
    "only-get-and-head-implemented",
    "close-delimited",
    "no-reasons",
)
together(
    "static-files", "weak-entity-tags", "only-get-and-head", "closes-after-errors", "html-errors", "other-hosts-served"
)
together(
    "application", "no-validators", "no-ranges-said", "all-in-chunks", "unknown-fields", "problem-details", "put-200"
)
together(
    "strict",
    "content-of-get-refused",
    "targets-of-8000",
    "closes-after-errors",
    "http-10-refused",
    "other-hosts-400",
    "length-demanded",
)
together(
    "lenient",
    "bare-line-feeds",
    "folds-replaced",
    "empty-lines-skipped",
    "lenient-request-line",
    "equal-lengths-folded",
    "both-taken-as-chunked",
    "controls-replaced",
    "expectations-ignored",
    "targets-of-64-k",
)
together("chatty", "many-interim", "trailing", "varying-by-more", "upgrade-offered", "keep-alive-said", "many-segments")
together(
    "edge", "processing", "odd-chunks", "no-reasons", "lists-in-lines", "fields-in-other-spelling", "closes-after-three"
)
together(
    "archive",
    "no-entity-tags",
    "coalesced",
    "ranges-announced-in-wholes",
    "modified-at-the-epoch",
    "head-without-length",
)
together("editor", "conditions-demanded", "deleted-is-gone", "put-returns-representation", "delete-200", "partial-put")
together(
    "store",
    "odd-entity-tags",
    "put-tells-nothing",
    "delete-of-nothing",
    "not-modified-with-length",
    "gzip-where-accepted",
)
together(
    "shy",
    "other-hosts-404",
    "protected-hidden",
    "writing-forbidden",
    "missing-is-forbidden",
    "options-not-implemented",
    "connect-403",
)
together(
    "hurried",
    "closes-pipelines",
    "closes-after-content",
    "false-conditions-close",
    "unknown-methods-close",
    "silent-after-time-out",
)
together(
    "odd-multipart",
    "parts-with-preamble",
    "parts-in-chunks",
    "complete-length-unsaid",
    "odd-entity-tags",
    "coalesced-where-they-touch",
)
