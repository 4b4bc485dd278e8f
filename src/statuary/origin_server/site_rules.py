"""The rules that a configuration can have, one class for each list of tables, and what each says of a Resource.

The names of the attributes are the keys of the table. How they are read and checked is in configuration.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar, Literal

from statuary.message.fields import FieldLine
from statuary.origin_server.path_patterns import Names, PathPattern
from statuary.origin_server.paths import path_of
from statuary.semantics.resource import (
    Access,
    Gone,
    LegalBlock,
    Moved,
    Payment,
    Representation,
    Resource,
    Unavailable,
    Upgrade,
    User,
)

MOST_FORM_CONTENT = 1024 * 1024
"""Octets that a form or a drop box takes, unless a [[limits]] says otherwise."""

Scheme = Literal["Basic", "Digest", "Bearer"]

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"


@dataclass(frozen=True, slots=True)
class Where:
    """Where a rule is applied: the names of the path, the pattern that covers it, and the site's secrets for Digest."""

    names: Names
    pattern: PathPattern
    key: bytes = b""
    nonce_counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What all rules have. ``over`` gives the Resource as it is under the rule."""

    path: tuple[PathPattern, ...]

    guards: ClassVar[bool] = False
    """Whether the rule keeps somebody out: then it also holds for other names of the same content."""
    precedes: ClassVar[bool] = False
    """Whether it makes no difference what the directory has there."""
    adds_up: ClassVar[bool] = False
    """Whether all rules that cover a path count together, rather than only the most specific."""

    def over(self, resource: Resource, where: Where) -> Resource:
        return resource


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedRule(Rule):
    to: str
    status: Literal[301, 302, 303, 305, 307, 308] = 301
    keep_query: bool = True

    precedes: ClassVar[bool] = True

    def over(self, resource: Resource, where: Where) -> Resource:
        location = self.to
        if location.endswith("/*"):
            # Encoded anew from what it was decoded to, and never with an empty name: nothing leads to another host
            location = location[:-1] + path_of(list(where.pattern.rest(where.names)))[1:]
        return replace(resource, moved=Moved(self.status, location, keeps_query=self.keep_query))


@dataclass(frozen=True, slots=True, kw_only=True)
class GoneRule(Rule):
    detail: str | None = None

    precedes: ClassVar[bool] = True

    def over(self, resource: Resource, where: Where) -> Resource:
        return replace(resource, gone=Gone(self.detail))


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRule(Rule):
    realm: str
    schemes: tuple[Scheme, ...] = ()
    users: Mapping[str, User] = field(default_factory=dict)
    tokens: Mapping[str, str] = field(default_factory=dict)
    allowed: tuple[str, ...] | None = None
    methods: tuple[str, ...] | None = None

    guards: ClassVar[bool] = True

    def over(self, resource: Resource, where: Where) -> Resource:
        access = Access(
            self.realm,
            self.schemes or self._schemes_by_default(),
            self.users,
            self.tokens,
            None if self.allowed is None else frozenset(self.allowed),
            where.key,
            nonce_counts=where.nonce_counts,
            methods=None if self.methods is None else frozenset(self.methods),
        )
        return replace(resource, access=access)

    def _schemes_by_default(self) -> tuple[Scheme, ...]:
        basic: tuple[Scheme, ...] = ("Basic",) if self.users else ()
        return (*basic, "Bearer") if self.tokens else basic


@dataclass(frozen=True, slots=True, kw_only=True)
class ForbiddenRule(Rule):
    detail: str = ""

    guards: ClassVar[bool] = True

    def over(self, resource: Resource, where: Where) -> Resource:
        return replace(resource, forbidden=self.detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRule(Rule):
    detail: str | None = None

    guards: ClassVar[bool] = True

    def over(self, resource: Resource, where: Where) -> Resource:
        return replace(resource, payment=Payment(self.detail))


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalRule(Rule):
    blocked_by: str | None = None
    detail: str | None = None

    guards: ClassVar[bool] = True

    def over(self, resource: Resource, where: Where) -> Resource:
        return replace(resource, legal_block=LegalBlock(self.blocked_by, self.detail))


@dataclass(frozen=True, slots=True, kw_only=True)
class UnavailableRule(Rule):
    retry_after: int | None = None
    detail: str | None = None

    def over(self, resource: Resource, where: Where) -> Resource:
        return replace(resource, unavailable=Unavailable(self.retry_after, self.detail))


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsRule(Rule):
    content: int | None = None
    retry_after: int | None = None
    needs_length: bool = False
    query: int | None = None
    fields: int | None = None
    media_types: tuple[str, ...] | None = None
    codings: tuple[str, ...] = ()

    def over(self, resource: Resource, where: Where) -> Resource:
        most = [size for size in (self.content, resource.content.most) if size is not None]
        content = replace(
            resource.content,
            most=min(most, default=None),
            retry_after=self.retry_after,
            needs_length=self.needs_length,
            media_types=self.media_types or resource.content.media_types,
            codings=self.codings,
        )
        return replace(resource, content=content, longest_query=self.query, largest_fields=self.fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class RateRule(Rule):
    requests: int
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HintsRule(Rule):
    links: tuple[str, ...]

    adds_up: ClassVar[bool] = True

    def over(self, resource: Resource, where: Where) -> Resource:
        return replace(resource, hints=resource.hints + self.links)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreconditionRule(Rule):
    def over(self, resource: Resource, where: Where) -> Resource:
        return replace(resource, needs_precondition=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyDataRule(Rule):
    def over(self, resource: Resource, where: Where) -> Resource:
        return replace(resource, refuses_early_data=True)


_SPOKEN = b"<!doctype html>\n<title>WebSocket</title>\n<p>This resource echoes what it is sent over WebSocket.\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradeRule(Rule):
    protocols: tuple[str, ...] = ("websocket",)
    required: bool = False

    def over(self, resource: Resource, where: Where) -> Resource:
        if not resource.exists:
            # There need be no file to speak another protocol
            page = Representation(_SPOKEN, "text/html;charset=utf-8", len(_SPOKEN), has_ranges=False)
            resource = replace(resource, exists=True, variants=(page,), methods=("GET", "HEAD", "OPTIONS"))
        return replace(resource, upgrade=Upgrade(self.protocols, self.required))


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceRule(Rule):
    def over(self, resource: Resource, where: Where) -> Resource:
        return with_methods(resource, "TRACE")


@dataclass(frozen=True, slots=True, kw_only=True)
class WritableRule(Rule):
    quota: int | None = None
    tombstones: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DropBoxRule(Rule):
    seconds: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class FormRule(Rule):
    answer: Literal[200, 201, 204, 205, 303] = 200
    to: str | None = None
    media_types: tuple[str, ...] = (URLENCODED, MULTIPART)
    required: tuple[str, ...] = ()
    conflict: str | None = None

    def over(self, resource: Resource, where: Where) -> Resource:
        resource = taking_posts(resource)
        content = replace(resource.content, media_types=resource.content.media_types or self.media_types)
        return replace(resource, content=content, conflict=self.conflict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FailRule(Rule):
    precedes: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldsRule(Rule):
    set: tuple[FieldLine, ...]

    adds_up: ClassVar[bool] = True

    def over(self, resource: Resource, where: Where) -> Resource:
        # The more specific rule comes later, and replaces what the others say
        names = {name.lower() for name, _ in self.set}
        kept = tuple(line for line in resource.fields if line[0].lower() not in names)
        return replace(resource, fields=kept + self.set)


def with_methods(resource: Resource, *methods: str) -> Resource:
    added = tuple(method for method in methods if method not in resource.methods)
    return replace(resource, methods=resource.methods + added)


def taking_posts(resource: Resource) -> Resource:
    """A resource that takes POST, besides what the directory has there, if anything."""
    if not resource.exists:
        resource = replace(resource, exists=True, methods=("OPTIONS",), creatable_by=(), gone=None)
    if resource.content.most is None:
        resource = replace(resource, content=replace(resource.content, most=MOST_FORM_CONTENT))
    return with_methods(resource, "POST")
