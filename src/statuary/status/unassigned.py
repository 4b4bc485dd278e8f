"""Codes from 100 to 599 that nobody has registered: values of their class, RFC 9110 section 15.

A client treats them as x00 of their class; only what it may not assume of an unknown code differs from that row.
"""

from __future__ import annotations

from statuary import status
from statuary.status.code import Redirect, StatusCode


def unassigned(code: int) -> StatusCode:
    """The value of an unregistered code from 100 to 599."""
    as_if = status.lookup(code // 100 * 100)
    final = code >= 200
    return StatusCode(
        code,
        "",
        f"Not registered: a client treats it as {as_if.code} {as_if.phrase}.",
        section="15",
        registry="unassigned",
        content=as_if.content,
        # Nothing is heuristically cacheable that is not defined to be: RFC 9110 section 15.1
        cache_rule="explicit-only" if final else "never-store",
        # A redirection with a Location may be followed even when the code is not understood: RFC 9110 section 15.4
        redirect=Redirect("optional", "unspecified") if code // 100 == 3 else None,
        auto_retry=as_if.auto_retry,
        # 100 asks for content only from a client that waits for exactly 100: RFC 9110 section 10.1.1
        client_action=as_if.client_action if final else "wait",
        also=as_if.also,
    )
