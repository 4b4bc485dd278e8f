"""The facts of HTTP's methods: those of RFC 9110 section 9, and PATCH (RFC 5789).

What a method means to a resource is decided elsewhere; here is what holds for the method whatever the resource.
"""

from __future__ import annotations

from statuary.status.fact import Fact

__all__ = ["IMPLEMENTABLE", "KNOWN", "METHODS", "Method", "lookup"]


class Method(Fact):
    """The facts of one method. Names are case-sensitive: RFC 9110 section 9.1.

    is_safe, is_idempotent  RFC 9110 sections 9.2.1 and 9.2.2
    is_cacheable            a response to it may be stored and reused: RFC 9110 section 9.2.3
    needs_freshness         ... but only with explicit freshness and a Content-Location that equals the target URI
    content                 what content in the request means: ``defined``, ``none`` (allowed, without meaning) or
                            ``forbidden``
    range_applies           whether Range has a meaning: RFC 9110 section 14.2 defines it for GET alone
    """

    __slots__ = (
        "content",
        "is_cacheable",
        "is_idempotent",
        "is_safe",
        "name",
        "needs_freshness",
        "range_applies",
        "section",
        "spec",
    )
    name: str
    is_safe: bool
    is_idempotent: bool
    is_cacheable: bool
    needs_freshness: bool
    content: str
    range_applies: bool
    spec: str
    section: str

    def __init__(
        self,
        name: str,
        section: str,
        *,
        content: str,
        is_safe: bool = False,
        is_idempotent: bool = False,
        is_cacheable: bool = False,
        needs_freshness: bool = False,
        range_applies: bool = False,
        spec: str = "rfc9110",
    ) -> None:
        self._fill(
            name=name,
            section=section,
            spec=spec,
            content=content,
            is_safe=is_safe,
            # Safe methods are idempotent too: RFC 9110 section 9.2.2
            is_idempotent=is_idempotent or is_safe,
            is_cacheable=is_cacheable,
            needs_freshness=needs_freshness,
            range_applies=range_applies,
        )

    def __repr__(self) -> str:
        return f"<Method {self.name}>"


_ROWS = (
    Method("GET", "9.3.1", content="none", is_safe=True, is_cacheable=True, range_applies=True),
    Method("HEAD", "9.3.2", content="none", is_safe=True, is_cacheable=True),
    Method("POST", "9.3.3", content="defined", is_cacheable=True, needs_freshness=True),
    Method("PUT", "9.3.4", content="defined", is_idempotent=True),
    Method("DELETE", "9.3.5", content="none", is_idempotent=True),
    Method("CONNECT", "9.3.6", content="forbidden"),
    # A client may send content with OPTIONS, but no use is defined for it.
    Method("OPTIONS", "9.3.7", content="none", is_safe=True),
    Method("TRACE", "9.3.8", content="forbidden", is_safe=True),
    Method("PATCH", "2", content="defined", is_cacheable=True, needs_freshness=True, spec="rfc5789"),
)

METHODS: dict[str, Method] = {row.name: row for row in _ROWS}
# In the order of the sections, for a list that people read; and as a set, for the question whether a method is known.
IMPLEMENTABLE: tuple[str, ...] = tuple(METHODS)
KNOWN: frozenset[str] = frozenset(METHODS)


def lookup(name: str) -> Method | None:
    """The facts of a method, or None where its name is not known here."""
    return METHODS.get(name)
