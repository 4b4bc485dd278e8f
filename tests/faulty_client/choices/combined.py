"""Several choices at once, as real clients make them."""

from __future__ import annotations

from . import connections, redirections, repetition, requests, responses
from .registry import together

assert all((connections, redirections, repetition, requests, responses)), "they list choices when they are imported"

together(
    "bare-command",
    "never-follows",
    "hands-everything-on",
    "closes-always",
    "nothing-stored",
    "decodes-nothing",
    "never-expects",
    "credentials-at-once",
    "rest-not-asked-for",
)
together(
    "strict-library",
    "both-lengths-refused",
    "equal-lengths-refused",
    "bare-lf-refused",
    "bare-cr-refused",
    "coding-in-10-refused",
    "errors-fail",
    "loops-fail",
    "outside-fails",
    "extra-fails",
    "dropped-is-failure",
)
together(
    "lenient-library",
    "strange-lines-skipped",
    "lenient-status-line",
    "whitespace-ahead-skipped",
    "keep-alive-said",
    "follows-any-redirection",
    "first-of-two",
    "always-expects",
    "little-patience",
)
together(
    "browser",
    "browser-like",
    "keeps-post",
    "tells-referer",
    "remembers-permanent",
    "validates-with-both",
    "cut-is-failure",
)
together("crawler", "gets-only", "tells-status-only", "many-redirections", "repeats-after-errors", "anonymous")
together("old-program", "old-version", "closes-after-errors", "redirections-fail", "errors-fail", "tells-no-uri")
