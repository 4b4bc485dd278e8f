"""StatusCode, and the small values that its row is made of.

What the values of a row mean is said here, once; the rows themselves are in the module of their class.
"""

from __future__ import annotations

from statuary.status.fact import Fact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


class FieldRule(Fact):
    """A field that a response with some status code carries.

    ``level`` is MUST, SHOULD or MAY; ``stated`` where the specification says so without a keyword; ``typical`` where
    only practice does. ``when`` is a condition or a hint in our words, or None.
    """

    __slots__ = ("level", "name", "when")
    name: str
    level: str
    when: str | None

    def __init__(self, name: str, level: str, when: str | None = None) -> None:
        self._fill(name=name, level=level, when=when)

    def __repr__(self) -> str:
        return f"<FieldRule {self.name} {self.level}>"


class Redirect(Fact):
    """What a redirection means for the request that follows it: RFC 9110 section 15.4.

    location  ``recommended`` (SHOULD), ``expected`` (stated), ``optional``
    method    ``keep``, ``may-change-post-to-get``, ``get-or-head``, ``unspecified``
    relink    whether the new URI replaces the old one for good, so that links may be edited
    """

    __slots__ = ("location", "method", "relink")
    location: str
    method: str
    relink: bool

    def __init__(self, location: str, method: str, *, relink: bool = False) -> None:
        self._fill(location=location, method=method, relink=relink)

    def __repr__(self) -> str:
        return f"<Redirect {self.method}>"


class StatusCode(Fact):
    """The facts of one status code, registered or not.

    code, phrase        the phrase is advice only, and empty for a code that is not registered
    meaning             what it says, in a sentence of ours
    older_phrases       (spec, phrase) where an earlier specification named it otherwise
    spec, section       where it is defined now; section is None for a draft
    rfc2616, changed    its section in RFC 2616, and in our words what changed since; None where there is none
    introduced          (year, spec) of its first definition
    registry            ``assigned``, ``unused`` (reserved), ``deprecated``, ``obsoleted``, ``temporary``; and
                        ``unassigned`` where the code is not registered
    generators          who may generate it: ``any``, ``origin``, ``gateway``, ``proxy``, ``cache``; empty for nobody
    required_fields     the fields that it MUST carry
    recommended_fields  further fields, each with its level
    content             ``forbidden``, ``required``, ``expected``, ``recommended`` (SHOULD explain, except to HEAD),
                        ``typical``, ``optional``; a response to HEAD never has content
    cache_rule          ``heuristic``, ``explicit-only``, ``never-store``, ``partial`` (206), ``updates-stored`` (304),
                        ``only-if-understood``
    redirect            a Redirect, or None
    auto_retry          whether an automatic repeat is provided for; ``not-specified`` leaves it to the method
    client_action       what a client does first, and ``also`` what else
    note                what the other facts cannot say
    """

    __slots__ = (
        "also",
        "auto_retry",
        "cache_rule",
        "changed",
        "client_action",
        "code",
        "content",
        "generators",
        "introduced",
        "meaning",
        "note",
        "older_phrases",
        "phrase",
        "recommended_fields",
        "redirect",
        "registry",
        "required_fields",
        "rfc2616",
        "section",
        "spec",
    )
    code: int
    phrase: str
    meaning: str
    older_phrases: tuple[tuple[str, str], ...]
    spec: str
    section: str | None
    rfc2616: str | None
    changed: str | None
    introduced: tuple[int, str] | None
    registry: str
    generators: tuple[str, ...]
    required_fields: tuple[FieldRule, ...]
    recommended_fields: tuple[FieldRule, ...]
    content: str
    cache_rule: str
    redirect: Redirect | None
    auto_retry: str
    client_action: str
    also: tuple[str, ...]
    note: str | None

    def __init__(
        self,
        code: int,
        phrase: str,
        meaning: str,
        *,
        section: str | None,
        spec: str = "rfc9110",
        rfc2616: str | None = None,
        changed: str | None = None,
        introduced: tuple[int, str] | None = None,
        registry: str = "assigned",
        older_phrases: Iterable[tuple[str, str]] = (),
        generators: Iterable[str] = ("any",),
        required_fields: Iterable[FieldRule] = (),
        recommended_fields: Iterable[FieldRule] = (),
        content: str = "recommended",
        cache_rule: str = "explicit-only",
        redirect: Redirect | None = None,
        auto_retry: str = "no",
        client_action: str = "give-up",
        also: Iterable[str] = (),
        note: str | None = None,
    ) -> None:
        self._fill(
            code=code,
            phrase=phrase,
            meaning=meaning,
            section=section,
            spec=spec,
            rfc2616=rfc2616,
            changed=changed,
            introduced=introduced,
            registry=registry,
            older_phrases=tuple(older_phrases),
            generators=tuple(generators),
            required_fields=tuple(required_fields),
            recommended_fields=tuple(recommended_fields),
            content=content,
            cache_rule=cache_rule,
            redirect=redirect,
            auto_retry=auto_retry,
            client_action=client_action,
            also=tuple(also),
            note=note,
        )

    @property
    def status_class(self) -> int:
        """1 to 5: the first digit."""
        return self.code // 100

    @property
    def is_registered(self) -> bool:
        return self.registry != "unassigned"

    @property
    def is_final(self) -> bool:
        """False for an interim response: RFC 9110 section 15.2."""
        return self.code >= 200

    @property
    def treated_as(self) -> int:
        """The code itself where it is registered, x00 of its class where it is not: RFC 9110 section 15."""
        return self.code if self.is_registered else self.code // 100 * 100

    @property
    def ends_at_header_section(self) -> bool:
        """Whether the message ends with its header section, whatever its fields say: RFC 9112 section 6.3."""
        return self.code < 200 or self.code in (204, 304)

    @property
    def is_heuristically_cacheable(self) -> bool:
        """Whether a cache may reuse it without explicit freshness: RFC 9110 section 15.1."""
        return self.cache_rule in ("heuristic", "partial")

    def __int__(self) -> int:
        return self.code

    def __hash__(self) -> int:
        return hash(self.code)

    def __lt__(self, other: StatusCode) -> bool:
        if not isinstance(other, StatusCode):
            return NotImplemented
        return self.code < other.code

    def __le__(self, other: StatusCode) -> bool:
        if not isinstance(other, StatusCode):
            return NotImplemented
        return self.code <= other.code

    def __gt__(self, other: StatusCode) -> bool:
        if not isinstance(other, StatusCode):
            return NotImplemented
        return self.code > other.code

    def __ge__(self, other: StatusCode) -> bool:
        if not isinstance(other, StatusCode):
            return NotImplemented
        return self.code >= other.code

    def __repr__(self) -> str:
        return f"<StatusCode {self.code} {self.phrase}>" if self.phrase else f"<StatusCode {self.code}>"
