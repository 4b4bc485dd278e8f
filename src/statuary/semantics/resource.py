"""What a site says about one target resource at one moment: all that the choice of a status code can depend on.

A site gathers this before anything is decided, as one value; see decision/ for what follows from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from statuary.fields.dates import format_http_date
from statuary.fields.validators import EntityTag, format_entity_tag
from statuary.message.fields import FieldLine, check_sendable


@dataclass(frozen=True, slots=True)
class Representation:
    """One representation of a resource (RFC 9110 section 3.2): what is said about it, and a handle to its octets.

    ``source`` is for the shell that supplies the octets; the core only passes it on. ``length`` is in octets, None when it
    is not known beforehand: such a representation has no ranges. ``last_modified`` is in seconds since the epoch.
    ``preference`` is the origin server's own, 0 to 1000, as in a qvalue of three decimals.
    """

    source: object = None
    media_type: str | None = None
    length: int | None = None
    etag: EntityTag | None = None
    last_modified: int | None = None
    coding: str | None = None
    language: str | None = None
    location: str | None = None
    """Content-Location: where this very representation can be had by itself."""
    fields: tuple[FieldLine, ...] = ()
    """Further fields that a 200 has: Cache-Control, Expires, Content-Disposition..."""
    preference: int = 1000
    has_ranges: bool = True
    described: tuple[FieldLine, ...] = field(init=False, repr=False, compare=False)
    """The fields that a 200 with it has (RFC 9110 section 8)."""
    described_in_part: tuple[FieldLine, ...] = field(init=False, repr=False, compare=False)
    """Those that a 206 has as well: all but type and length, which are those of the content sent (rfc9110-15.3.7-4)."""
    described_in_cache: tuple[FieldLine, ...] = field(init=False, repr=False, compare=False)
    """Those that a 304 repeats (rfc9110-15.4.5-1)."""

    def __post_init__(self) -> None:
        # Once, not for every response: a representation is sent more often than it changes
        lines = tuple(self._describe())
        check_sendable(lines)
        in_part = tuple(line for line in lines if line[0] not in ("Content-Type", "Content-Length"))
        in_cache = kept_by_304(lines)
        if self.etag is None and self.last_modified is not None:
            # Without an ETag, a cache has only this to tell by: RFC 9110 section 15.4.5
            in_cache += self.validators()
        object.__setattr__(self, "described", lines)
        object.__setattr__(self, "described_in_part", in_part)
        object.__setattr__(self, "described_in_cache", in_cache)

    def _describe(self) -> Iterator[FieldLine]:
        if self.media_type is not None:
            yield "Content-Type", self.media_type
        if self.length is not None:
            yield "Content-Length", str(self.length)
        if self.coding is not None:
            yield "Content-Encoding", self.coding
        if self.language is not None:
            yield "Content-Language", self.language
        if self.location is not None:
            yield "Content-Location", self.location
        yield from self.validators()
        if self.has_ranges and self.length is not None:
            yield "Accept-Ranges", "bytes"
        yield from self.fields

    def validators(self) -> tuple[FieldLine, ...]:
        """ETag and Last-Modified (RFC 9110 section 8.8)."""
        lines: list[FieldLine] = []
        if self.etag is not None:
            lines.append(("ETag", format_entity_tag(self.etag)))
        if self.last_modified is not None:
            lines.append(("Last-Modified", format_http_date(self.last_modified)))
        return tuple(lines)


_KEPT_BY_304 = frozenset({"cache-control", "content-location", "etag", "expires", "vary"})


def kept_by_304(lines: tuple[FieldLine, ...]) -> tuple[FieldLine, ...]:
    """Of the fields of a 200, those that a 304 must repeat (rfc9110-15.4.5-1)."""
    return tuple(line for line in lines if line[0].lower() in _KEPT_BY_304)


@dataclass(frozen=True, slots=True)
class Moved:
    """The resource is to be found at another URI. ``status`` is 301, 302, 303, 307 or 308; 305 names a proxy (RFC 2616)."""

    status: Literal[301, 302, 303, 305, 307, 308]
    location: str
    methods: frozenset[str] | None = None
    """The methods that are redirected, or None for all."""
    keeps_query: bool = True
    """Whether the query of the request goes along."""

    def __post_init__(self) -> None:
        check_sendable([("Location", self.location)])


@dataclass(frozen=True, slots=True)
class Gone:
    """The resource was here and is not coming back (RFC 9110 section 15.5.11)."""

    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Unavailable:
    """The service can't answer at the moment; ``retry_after`` in seconds (RFC 9110 section 15.6.4)."""

    retry_after: int | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class TooManyRequests:
    """The user has sent more than is allowed; ``retry_after`` in seconds (RFC 6585 section 4)."""

    retry_after: int | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """Access is for those who paid (RFC 9110 section 15.5.3). ``detail`` says how to."""

    detail: str | None = None


@dataclass(frozen=True, slots=True)
class LegalBlock:
    """Access is denied for legal reasons; ``blocked_by`` is the URI of who enforces it (RFC 7725)."""

    blocked_by: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class User:
    """One who may authenticate: a password, or the hash of "name:realm:password" that Digest calls A1 (SHA-256, hex)."""

    password: str | None = None
    secret_hash: str | None = None


@dataclass(frozen=True, slots=True)
class Access:
    """Who may use a resource, and how they show who they are (RFC 9110 section 11).

    ``schemes`` are offered in this order. ``allowed`` names the users that may, None meaning all of them. ``key`` is a
    secret of the server from which Digest nonces are made, so that none need be stored; they expire after
    ``nonce_lifetime`` seconds. ``nonce_counts`` maps nonces to the highest count seen, against replay.
    """

    realm: str
    schemes: tuple[Literal["Basic", "Digest", "Bearer"], ...] = ("Basic",)
    users: Mapping[str, User] = field(default_factory=dict)
    tokens: Mapping[str, str] = field(default_factory=dict)
    """Bearer tokens, and the name each stands for."""
    allowed: frozenset[str] | None = None
    key: bytes = b""
    nonce_lifetime: int = 300
    nonce_counts: Mapping[str, int] = field(default_factory=dict)
    methods: frozenset[str] | None = None
    """The methods for which credentials are needed, or None for all."""

    def __post_init__(self) -> None:
        check_sendable([("WWW-Authenticate", self.realm)])
        if "Digest" in self.schemes and not self.key:
            raise ValueError("Digest needs a secret key, or anybody could make its nonces")


@dataclass(frozen=True, slots=True)
class ContentRules:
    """What request content a resource takes. Media types and codings are lower case; None stands for any."""

    most: int | None = None
    """Octets (413)."""
    retry_after: int | None = None
    """Seconds, when the limit is temporary."""
    needs_length: bool = False
    """Refuse content of unknown length (411)."""
    media_types: tuple[str, ...] | None = None
    """Accepted types (415): "text/plain", "image/*"."""
    codings: tuple[str, ...] = ()
    """Content codings understood (415), besides none at all."""


@dataclass(frozen=True, slots=True)
class Upgrade:
    """Protocols that may take over the connection here, most preferred first; ``required`` refuses all else (426)."""

    protocols: tuple[str, ...]
    required: bool = False
    methods: tuple[str, ...] = ("GET",)


@dataclass(frozen=True, slots=True)
class Simulated:
    """A status that is sent without a reason for it, by a server that clients are tested with.

    One below 200 goes ahead of a 200. ``content`` is what to send; without it, an explanation with ``detail`` and ``links``,
    which are pairs of URI and label. ``fields`` are those that the status demands.
    """

    status: int
    detail: str = ""
    fields: tuple[FieldLine, ...] = ()
    content: Representation | None = None
    links: tuple[tuple[str, str], ...] = ()
    methods: tuple[str, ...] = ("GET", "HEAD")

    def __post_init__(self) -> None:
        if not 100 <= self.status <= 599 or self.status == 101:
            # After a 101 nothing more would be HTTP: it takes a real upgrade
            raise ValueError(f"{self.status} can't be simulated")
        check_sendable(self.fields)


DEFAULT_METHODS = ("GET", "HEAD", "OPTIONS")
NO_RULES = ContentRules()


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One target resource, as of now.

    ``variants`` are its representations, in the order a list of choices would show them; a resource that exists may have
    none (a form that only takes POST). ``methods`` are those it supports in its present state (RFC 9110 section 10.2.1).
    Every other attribute is a reason for one status code or a few, and absent by default.
    """

    exists: bool = True
    variants: tuple[Representation, ...] = ()
    methods: tuple[str, ...] = DEFAULT_METHODS
    creatable_by: tuple[str, ...] = ()
    """Methods that apply although nothing exists yet: usually PUT."""
    varies_by: tuple[str, ...] = ()
    """Request fields that the choice among variants depends on: the Vary of RFC 9110 section 12.5.5."""
    scheme: str | None = None
    """The scheme of the target URIs that this server answers for; None for that which the connection implies (421)."""
    authorities: frozenset[str] | None = None
    """Hosts (and ports) served, lower case; None for any (421)."""
    unavailable: Unavailable | None = None
    too_many: TooManyRequests | None = None
    access: Access | None = None
    forbidden: str | None = None
    """Why nobody may (403); an empty string gives no reason."""
    legal_block: LegalBlock | None = None
    payment: Payment | None = None
    moved: Moved | None = None
    gone: Gone | None = None
    longest_query: int | None = None
    """Octets of query (414)."""
    largest_fields: int | None = None
    """Octets of header section (431)."""
    refuses_early_data: bool = False
    """Whether even a safe request must not be served out of TLS early data (425)."""
    upgrade: Upgrade | None = None
    content: ContentRules = NO_RULES
    conflict: str | None = None
    """Why a change can't be made in the present state (409)."""
    free_octets: int | None = None
    """What storage there is for request content (507)."""
    needs_precondition: bool = False
    """Whether a change must carry one (428)."""
    prefers_choice: bool = False
    """Whether to let the user choose (300) rather than decide between variants equally preferred."""
    hints: tuple[str, ...] = ()
    """Link values to send ahead in a 103."""
    fields: tuple[FieldLine, ...] = ()
    """Further fields of every success about this resource, and of a 304 what it has to repeat of them. Not of errors: a
    Cache-Control meant for a page must not keep a 503 in caches."""
    simulated: Simulated | None = None
    """A status for nothing but tests of clients."""
    accept_patch: tuple[str, ...] = ()
    """Patch formats (RFC 5789 section 3.1)."""
    pertinent: dict[str, tuple[object, ...]] = field(init=False, repr=False, compare=False, default_factory=dict)
    """For decide: the questions that can matter here, by method. Derived from the rest."""
    answers: dict[str, Any] = field(init=False, repr=False, compare=False, default_factory=dict)
    """For decide: what usual requests were answered, by method. Derived likewise."""

    def __post_init__(self) -> None:
        if self.fields or self.hints:
            check_sendable((*self.fields, *(("Link", hint) for hint in self.hints)))
