"""Cache-Control and what caches must not keep: RFC 9111 section 5, RFC 6585."""

from __future__ import annotations

import re

from statuary.semantics.judgement.rule import Chapter, Role, Seen

chapter = Chapter()

_TOKEN_ARGUMENTS: tuple[tuple[str, str, str], ...] = (
    ("rfc9111-5.2.1.1-1", "request", "max-age"),
    ("rfc9111-5.2.1.2-1", "request", "max-stale"),
    ("rfc9111-5.2.1.3-1", "request", "min-fresh"),
    ("rfc9111-5.2.2.1-1", "response", "max-age"),
    ("rfc9111-5.2.2.10-2", "response", "s-maxage"),
)


def _register_token_argument(requirement: str, on: str, directive: str) -> None:
    quoted = re.compile(rf'(?:^|[ ,\t]){directive}[ \t]*=[ \t]*"', re.IGNORECASE)

    def argument_is_a_token(seen: Seen) -> str | None:
        if quoted.search(seen.get("cache-control") or ""):
            return f"the argument of {directive} is a quoted string"
        return None

    message = f"GET / | Cache-Control: {directive}=%s => 200" if on == "request" else "GET / => 200 | Cache-Control: %s"
    argument = "%s" if on == "request" else f"{directive}=%s"
    chapter.rule(
        requirement,
        on=on,
        present=["cache-control"],
        passes=[message % (argument % "5")],
        fails=[message % (argument % '"5"')],
    )(argument_is_a_token)


def _register_quoted_argument(requirement: str, directive: str) -> None:
    bare = re.compile(rf'(?:^|[ ,\t]){directive}[ \t]*=[ \t]*[^" \t]', re.IGNORECASE)

    def argument_is_quoted(seen: Seen) -> str | None:
        if bare.search(seen.get("cache-control") or ""):
            return f"the argument of {directive} is not a quoted string"
        return None

    chapter.rule(
        requirement,
        present=["cache-control"],
        passes=[f"GET / => 200 | Cache-Control: {directive}", f'GET / => 200 | Cache-Control: {directive}="a, b"'],
        fails=[f"GET / => 200 | Cache-Control: max-age=5, {directive}=a"],
    )(argument_is_quoted)


for _requirement, _on, _directive in _TOKEN_ARGUMENTS:
    _register_token_argument(_requirement, _on, _directive)
for _requirement, _directive in (("rfc9111-5.2.2.4-3", "no-cache"), ("rfc9111-5.2.2.7-5", "private")):
    _register_quoted_argument(_requirement, _directive)


@chapter.rule(
    "rfc9111-5.2.2.3-1",
    present=["cache-control"],
    passes=["GET / => 200 | Cache-Control: must-understand, no-store"],
    fails=["GET / => 200 | Cache-Control: must-understand, max-age=5"],
)
def must_understand_needs_no_store(seen: Seen) -> str | None:
    names = {member.partition("=")[0].strip().lower() for member in (seen.get("cache-control") or "").split(",")}
    return "must-understand without no-store" if "must-understand" in names and "no-store" not in names else None


_CACHES: tuple[Role, ...] = ("intermediary",)


def _came_from_a_cache(seen: Seen) -> str | None:
    return f"a {seen.status} with Age comes from a cache, which must not store it"


for _requirement, _code in (
    ("rfc6585-3-2", 428),
    ("rfc6585-4-3", 429),
    ("rfc6585-5-3", 431),
    ("rfc6585-6-4", 511),
):
    chapter.rule(
        _requirement,
        roles=_CACHES,
        status=(_code,),
        present=["age"],
        passes=[f"GET / => {_code} || why", f"GET / => {_code} | Age: 0 || why"],
        fails=[f"GET / => {_code} | Age: 5 || why"],
    )(lambda seen: _came_from_a_cache(seen) if (seen.get("age") or "0").strip("0") else None)
